//! The clock of a run: the system's for real servers, a virtual one in process.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

use crate::reference::model::UnixTime;

/// Noon of the day on which MS02-011 was published, 2002-02-27, UTC: when every virtual clock begins.
const VIRTUAL_START: u64 = 1_014_811_200_000;

/// Where all time comes from: what is measured, waited and printed.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The system's.
    System {
        /// When the run began, for durations.
        began: Instant,
        /// The same moment, for dates.
        began_at: UnixTime,
    },
    /// Stands still, and advances when somebody waits: a wait costs no time. Clones are the same clock.
    Virtual {
        /// Since it began, in microseconds.
        passed: Arc<AtomicU64>,
    },
}

impl Clock {
    /// The system's, from now on.
    pub fn system() -> Self {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self::System { began: Instant::now(), began_at: UnixTime(milliseconds(since_epoch)) }
    }

    /// A virtual one, at its start.
    pub fn new_virtual() -> Self {
        Self::Virtual { passed: Arc::default() }
    }

    /// Since the clock began.
    pub fn now(&self) -> Duration {
        match self {
            Self::System { began, .. } => began.elapsed(),
            Self::Virtual { passed } => Duration::from_micros(passed.load(Ordering::Relaxed)),
        }
    }

    /// The date and time.
    pub fn unix_time(&self) -> UnixTime {
        let start = match self {
            Self::System { began_at, .. } => began_at.0,
            Self::Virtual { .. } => VIRTUAL_START,
        };
        UnixTime(start.saturating_add(milliseconds(self.now())))
    }

    /// Waits.
    pub async fn wait(&self, duration: Duration) {
        match self {
            Self::System { .. } => tokio::time::sleep(duration).await,
            Self::Virtual { .. } => self.let_pass(duration),
        }
    }

    /// Lets time pass that was waited for elsewhere: nothing to do for the system's clock, which noticed.
    pub fn let_pass(&self, duration: Duration) {
        if let Self::Virtual { passed } = self {
            let microseconds = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
            passed.fetch_add(microseconds, Ordering::Relaxed);
        }
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_wait_on_a_virtual_clock_moves_it_and_all_its_clones() {
        let clock = Clock::new_virtual();
        let other = clock.clone();
        clock.wait(Duration::from_secs(3600)).await;
        assert_eq!(other.now(), Duration::from_secs(3600));
        // 2002-02-27T13:00:00Z by `date -u -d @1014814800`.
        assert_eq!(other.unix_time(), UnixTime(1_014_814_800_000));
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_on_the_systems_clock_takes_its_time() {
        let clock = Clock::system();
        clock.wait(Duration::from_secs(3600)).await;
        assert!(clock.now() >= Duration::from_secs(3600));
        let before = clock.now();
        clock.let_pass(Duration::from_secs(3600));
        assert!(clock.now() < before + Duration::from_secs(3600));
    }
}
