//! Something of ours that listens: takes connections until it is dropped, so many at a time.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::transport::{Accepted, Listener, listen};

/// How long nothing is accepted after the system could not: descriptors come free when connections end.
const PAUSE: Duration = Duration::from_millis(100);

/// A listener at work. Dropping it ends it, and every connection with it.
#[derive(Debug)]
pub(super) struct Service {
    address: SocketAddr,
    accepting: tokio::task::JoinHandle<()>,
}

impl Service {
    /// Opens one at an address, port 0 taking a free one. At most `most` connections are attended at a time; more wait
    /// to be accepted.
    ///
    /// # Errors
    /// What the system says: the address is in use, or not ours.
    pub(super) async fn open<A, F>(at: SocketAddr, most: usize, attend: A) -> std::io::Result<Self>
    where
        A: Fn(Accepted) -> F + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = listen(at).await?;
        let address = listener.address()?;
        Ok(Self { address, accepting: tokio::spawn(accept(listener, most, attend)) })
    }

    /// Where it listens.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept<A, F>(listener: Listener, most: usize, attend: A)
where
    A: Fn(Accepted) -> F + Send + 'static,
    F: Future<Output = ()> + Send + 'static,
{
    let places = Arc::new(Semaphore::new(most));
    // Connections end with the listener: a set aborts what is in it when it is dropped.
    let mut connections = JoinSet::new();
    while let Ok(place) = Arc::clone(&places).acquire_owned().await {
        while connections.try_join_next().is_some() {}
        match listener.accept().await {
            Ok(accepted) => {
                let attending = attend(accepted);
                connections.spawn(async move {
                    attending.await;
                    drop(place);
                });
            }
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}
