//! The model on a socket.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};

use super::{Act, Attendant, HostCertificate, Outbox};
use crate::harness::clock::Clock;
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
    certificate: HostCertificate,
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
        let certificate = HostCertificate::new(&model.host);
        let shown = certificate.clone();
        let attend = move |accepted: Accepted| {
            let connection = Connection { peer: accepted.peer.ip(), peer_name: None, local: accepted.local.ip() };
            let model = Arc::clone(&model);
            let attendant = attendant(model, shown.clone(), connection, clock.clone(), options.nonces.clone());
            attend(accepted.link, attendant, queue.clone(), Arc::clone(&failures))
        };
        let service = Service::open(options.listen, options.sessions, attend).await?;
        let sending = tokio::spawn(async move {
            while let Some((hop, mail)) = queued.recv().await {
                outbox.transmit(hop, mail).await;
            }
        });
        Ok(Self { service, certificate, sending })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.service.address()
    }

    /// What it shows behind STARTTLS.
    pub fn certificate(&self) -> &HostCertificate {
        &self.certificate
    }
}

impl Drop for ModelServer {
    fn drop(&mut self) {
        self.sending.abort();
    }
}

/// Nobody asks a session on a socket which fact is behind a line, so none is kept.
fn attendant(
    model: Arc<Model>,
    certificate: HostCertificate,
    connection: Connection,
    clock: Clock,
    nonces: Nonces,
) -> Attendant {
    Attendant::new(model, certificate, connection, clock, nonces, None)
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
                Received::Closed | Received::Reset(_) | Received::Broken(_) => return,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::*;
    use crate::reference::deployment::catalogue::Catalogue;

    /// What a session holds once all it gave out was taken, seen from outside: its `Debug` form prints every buffer.
    fn held(attendant: &mut Attendant) -> usize {
        while attendant.act().is_some() {}
        format!("{attendant:?}").len()
    }

    #[test]
    fn a_session_holds_no_more_for_more_commands() {
        let catalogue = Catalogue::built_in().unwrap();
        let behaviours = catalogue.get("windows-2000").unwrap().listeners[0].behaviours.clone().unwrap();
        let model = Arc::new(Model::new(Arc::new(behaviours), Arc::default(), "mail.inside.example"));
        let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let connection = Connection { peer: address, peer_name: None, local: address };
        let mut attendant = attendant(
            model,
            HostCertificate::new("mail.inside.example"),
            connection,
            Clock::new_virtual(),
            Nonces::seeded("bounds"),
        );
        let mut round = || {
            attendant.receive(b"HELO client.example\r\nNOOP\r\nHELP\r\nMAIL FROM:<>\r\nRSET\r\n");
            held(&mut attendant)
        };
        let at_first = round();
        for _ in 0..1000 {
            assert_eq!(round(), at_first);
        }
    }
}
