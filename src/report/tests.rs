use std::sync::{Arc, Mutex};

use super::*;

/// Fails on every event, or counts them.
struct Probe {
    fails: bool,
    events: Arc<Mutex<(usize, bool)>>,
}

impl Report for Probe {
    fn event(&mut self, _: &RunEvent) -> io::Result<()> {
        self.events.lock().unwrap().0 += 1;
        if self.fails { Err(io::Error::other("disk full")) } else { Ok(()) }
    }

    fn finish(self: Box<Self>) -> io::Result<()> {
        self.events.lock().unwrap().1 = true;
        if self.fails { Err(io::Error::other("disk full")) } else { Ok(()) }
    }
}

#[test]
fn one_that_fails_does_not_keep_the_others_from_their_events() {
    let seen = Arc::new(Mutex::new((0, false)));
    let failing = Probe { fails: true, events: Arc::default() };
    let counting = Probe { fails: false, events: Arc::clone(&seen) };
    let mut reports = Box::new(Reports(vec![Box::new(failing), Box::new(counting)]));
    for event in fixture::inconclusive() {
        assert_eq!(reports.event(&event).unwrap_err().to_string(), "disk full");
    }
    assert_eq!(reports.finish().unwrap_err().to_string(), "disk full");
    assert_eq!(*seen.lock().unwrap(), (fixture::inconclusive().len(), true));
}
