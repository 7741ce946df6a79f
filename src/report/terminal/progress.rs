//! The bar that is drawn while a run lasts.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::judge::{Role, Summary};

/// How often the elapsed time is redrawn, so that a slow server does not look like a dead program.
const TICK: Duration = Duration::from_millis(200);

pub(super) struct Progress {
    bar: ProgressBar,
    /// The case that is under way, as it is shown.
    case: String,
}

impl Progress {
    pub(super) fn hidden() -> Self {
        Self { bar: ProgressBar::hidden(), case: String::new() }
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
