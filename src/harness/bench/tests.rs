mod again;
mod altered;
mod contradiction;
mod cuts;
mod deferred;
mod elsewhere;
pub(super) mod external;
mod logins;
mod model;
mod mute;
mod permission;
pub(super) mod scripted;
mod senders;
pub(super) mod tls;
mod together;
mod witnessed;

use std::sync::{Arc, Mutex};

use super::*;

/// A sink that keeps what it is given.
fn kept() -> (Arc<Mutex<Vec<RunEvent>>>, EventSink) {
    let events: Arc<Mutex<Vec<RunEvent>>> = Arc::default();
    let keeping = Arc::clone(&events);
    (events, Arc::new(move |event| keeping.lock().unwrap().push(event)))
}

fn silent() -> EventSink {
    Arc::new(|_| {})
}
