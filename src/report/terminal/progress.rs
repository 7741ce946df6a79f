//! The bar that is drawn while a run lasts.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::judge::{Role, Verdict};

/// How often the elapsed time is redrawn, so that a slow server does not look like a dead program.
const TICK: Duration = Duration::from_millis(200);

pub(super) struct Progress {
    bar: ProgressBar,
    deviates: u32,
    inconclusive: u32,
    /// The case that is under way, as it is shown.
    case: String,
}

impl Progress {
    pub(super) fn hidden() -> Self {
        Self { bar: ProgressBar::hidden(), deviates: 0, inconclusive: 0, case: String::new() }
    }

    pub(super) fn new(shown: bool, cases: u32) -> Self {
        if !shown {
            return Self::hidden();
        }
        let bar = ProgressBar::with_draw_target(Some(u64::from(cases)), ProgressDrawTarget::stderr());
        let style = ProgressStyle::with_template("{bar:24} {pos}/{len} {elapsed} {prefix}{wide_msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.enable_steady_tick(TICK);
        Self { bar, ..Self::hidden() }
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

    pub(super) fn case_ended(&mut self, decides: bool, verdict: Verdict) {
        self.bar.inc(1);
        match verdict {
            Verdict::Deviates if decides => self.deviates += 1,
            Verdict::Inconclusive if decides => self.inconclusive += 1,
            _ => return,
        }
        self.bar.set_prefix(format!("({} ✗, {} ?) ", self.deviates, self.inconclusive));
    }

    /// Takes the bar away while something else is written.
    pub(super) fn suspended<T>(&self, write: impl FnOnce() -> T) -> T {
        self.bar.suspend(write)
    }

    pub(super) fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
