//! The bar that is drawn while a run lasts.

use std::fmt::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::judge::{Role, Summary};

/// How often the elapsed time is redrawn, so that a slow server does not look like a dead program.
const TICK: Duration = Duration::from_millis(200);

pub(super) struct Progress {
    bar: ProgressBar,
    /// The case that is under way, as it is shown.
    case: String,
    /// Until when the witness is waited for.
    until: Until,
}

type Until = Arc<Mutex<Option<Instant>>>;

impl Progress {
    pub(super) fn hidden() -> Self {
        Self { bar: ProgressBar::hidden(), case: String::new(), until: Until::default() }
    }

    pub(super) fn new(shown: bool, cases: u32) -> Self {
        if !shown {
            return Self::hidden();
        }
        let bar = ProgressBar::with_draw_target(Some(u64::from(cases)), ProgressDrawTarget::stderr());
        let style = ProgressStyle::with_template("{bar:24} {pos}/{len} {elapsed} {prefix}{left}{wide_msg}");
        let until = Until::default();
        let ticking = Arc::clone(&until);
        let left = move |_: &ProgressState, out: &mut dyn Write| {
            let until = *ticking.lock().unwrap_or_else(PoisonError::into_inner);
            // A line that cannot be drawn is drawn the next time.
            let _ = out.write_str(&left(until, Instant::now()));
        };
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).with_key("left", left));
        bar.enable_steady_tick(TICK);
        Self { bar, until, ..Self::hidden() }
    }

    pub(super) fn case_started(&mut self, case: &str, target: &str) {
        self.case = format!("{case} on {target}");
        self.bar.set_message(self.case.clone());
    }

    /// A role was tried within the case: the first case about a role tries several. The role stands first, since what
    /// does not fit the line is cut at its end.
    pub(super) fn attempted(&self, role: Role) {
        self.bar.set_message(format!("tried {}; {}", role.phrase(), self.case));
    }

    /// The witness is waited for, the seconds that are left in front.
    pub(super) fn waits(&self, text: &str, lasts: Duration) {
        *self.until.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now().checked_add(lasts);
        self.bar.set_message(text.to_owned());
    }

    /// What is waited for has come, or the time is over.
    pub(super) fn waits_no_more(&self) {
        *self.until.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.bar.set_message(self.case.clone());
    }

    /// How many cases have ended, and what those came to that decide.
    pub(super) fn ended(&self, cases: usize, deciding: &Summary) {
        self.bar.set_position(u64::try_from(cases).unwrap_or(u64::MAX));
        let Summary { deviates, inconclusive, .. } = deciding;
        let is_clean = *deviates == 0 && *inconclusive == 0;
        self.bar.set_prefix(if is_clean { String::new() } else { format!("({deviates} ✗, {inconclusive} ?) ") });
    }

    /// Takes the bar away while something else is written.
    pub(super) fn suspended<T>(&self, write: impl FnOnce() -> T) -> T {
        self.bar.suspend(write)
    }

    pub(super) fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

/// `12 s left: `, rounded up, so that the last second is shown as one.
fn left(until: Option<Instant>, now: Instant) -> String {
    until.map_or_else(String::new, |until| {
        let left = until.saturating_duration_since(now);
        let seconds = left.as_secs().saturating_add(u64::from(left.subsec_nanos() > 0));
        format!("{seconds} s left: ")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seconds_that_are_left_are_counted_down() {
        let now = Instant::now();
        let shown = |milliseconds| left(now.checked_add(Duration::from_millis(milliseconds)), now);
        assert_eq!([0, 1, 1000, 19_500].map(shown), ["0 s left: ", "1 s left: ", "1 s left: ", "20 s left: "]);
        assert_eq!(left(Some(now), now + Duration::from_secs(1)), "0 s left: ");
        assert_eq!(left(None, now), "");
    }

    #[test]
    fn a_wait_is_shown_until_it_is_over() {
        let mut progress = Progress::hidden();
        progress.case_started("relay/anonymous", "127.0.0.1:25");
        progress.waits("waiting for 1 message at the witness", Duration::from_secs(20));
        assert_eq!(progress.bar.message(), "waiting for 1 message at the witness");
        assert!(progress.until.lock().unwrap().is_some());
        progress.waits_no_more();
        assert_eq!(progress.bar.message(), "relay/anonymous on 127.0.0.1:25");
        assert!(progress.until.lock().unwrap().is_none());
    }

    #[test]
    fn the_role_that_was_tried_stands_in_front_of_its_case() {
        let mut progress = Progress::hidden();
        progress.case_started("relay/anonymous", "127.0.0.1:25");
        assert_eq!(progress.bar.message(), "relay/anonymous on 127.0.0.1:25");
        progress.attempted(Role::NullSession);
        assert_eq!(progress.bar.message(), "tried the null session; relay/anonymous on 127.0.0.1:25");
        progress.case_started("relay/guest", "127.0.0.1:25");
        assert_eq!(progress.bar.message(), "relay/guest on 127.0.0.1:25");
    }

    /// A case that is judged again changes what the cases came to, not how many there are.
    #[test]
    fn the_bar_stands_where_the_cases_do() {
        let progress = Progress::hidden();
        progress.bar.set_length(2);
        let deviating = Summary { conformant: 1, deviates: 1, ..Summary::default() };
        for deciding in [Summary { conformant: 2, ..Summary::default() }, deviating] {
            progress.ended(2, &deciding);
        }
        assert_eq!((progress.bar.position(), progress.bar.length()), (2, Some(2)));
        assert_eq!(progress.bar.prefix(), "(1 ✗, 0 ?) ");
        progress.ended(2, &Summary { conformant: 2, ..Summary::default() });
        assert_eq!(progress.bar.prefix(), "");
    }
}
