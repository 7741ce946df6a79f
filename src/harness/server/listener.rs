//! The model on a socket.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};

use super::{Act, Attendant, Outbox};
use crate::harness::dialogue::FactLog;
use crate::harness::nonces::Nonces;
use crate::harness::service::Service;
use crate::reference::model::{Connection, Hop, Mail, Model};
use crate::transport::{Accepted, Link, Received};

/// Messages on their way to a next hop; a session that has more to send waits.
const QUEUE: usize = 64;

/// How long a client may take to read a reply.
const WRITE_LIMIT: Duration = Duration::from_secs(60);

/// What a server may be told.
#[derive(Clone, Debug)]
pub struct ServerOptions {
    /// Where it listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Sessions at a time; more clients wait to be accepted.
    pub sessions: usize,
    /// Where challenges come from: the same for each connection where seeded.
    pub nonces: Nonces,
}

/// A model that listens until it is dropped.
#[derive(Debug)]
pub struct ModelServer {
    service: Service,
    sending: tokio::task::JoinHandle<()>,
}

impl ModelServer {
    /// Opens it.
    ///
    /// # Errors
    /// What the system says: the address is in use, or not ours.
    pub async fn open(options: ServerOptions, model: Arc<Model>, outbox: Outbox) -> std::io::Result<Self> {
        let (queue, mut queued) = mpsc::channel::<(Hop, Mail)>(QUEUE);
        let clock = outbox.clock.clone();
        let failures = Arc::new(watch::Sender::new(0_u64));
        let attend = move |accepted: Accepted| {
            let connection = Connection { peer: accepted.peer.ip(), peer_name: None, local: accepted.local.ip() };
            let (model, clock, nonces) = (Arc::clone(&model), clock.clone(), options.nonces.clone());
            let attendant = Attendant::new(model, connection, clock, nonces, FactLog::default());
            attend(accepted.link, attendant, queue.clone(), Arc::clone(&failures))
        };
        let service = Service::open(options.listen, options.sessions, attend).await?;
        let sending = tokio::spawn(async move {
            while let Some((hop, mail)) = queued.recv().await {
                outbox.transmit(hop, mail).await;
            }
        });
        Ok(Self { service, sending })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.service.address()
    }
}

impl Drop for ModelServer {
    fn drop(&mut self) {
        self.sending.abort();
    }
}

async fn attend(
    mut link: Link,
    mut attendant: Attendant,
    queue: mpsc::Sender<(Hop, Mail)>,
    failures: Arc<watch::Sender<u64>>,
) {
    let mut failed = failures.subscribe();
    loop {
        while let Some(act) = attendant.act() {
            match act {
                Act::Send(octets) => {
                    if link.send(&octets, WRITE_LIMIT).await.is_err() {
                        return;
                    }
                }
                Act::Transmit { hop, mail } => {
                    if queue.send((hop, mail)).await.is_err() {
                        return;
                    }
                }
                Act::Close => return link.finish().await,
                Act::Fail => failures.send_modify(|count| *count = count.saturating_add(1)),
            }
        }
        let patience = attendant.patience();
        tokio::select! {
            biased;
            _ = failed.changed() => return link.finish().await,
            received = link.receive(patience) => match received {
                Received::Bytes(octets) => attendant.receive(&octets),
                Received::TimedOut => attendant.time_out(),
                Received::Closed | Received::Reset(_) => return,
            },
        }
    }
}
