//! The bar that is drawn while a run lasts.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::judge::Verdict;

/// How often the elapsed time is redrawn, so that a slow server does not look like a dead program.
const TICK: Duration = Duration::from_millis(200);

pub(super) struct Progress {
    bar: ProgressBar,
    deviates: u32,
    inconclusive: u32,
}

impl Progress {
    pub(super) fn hidden() -> Self {
        Self { bar: ProgressBar::hidden(), deviates: 0, inconclusive: 0 }
    }

    pub(super) fn new(shown: bool, cases: u32) -> Self {
        if !shown {
            return Self::hidden();
        }
        let bar = ProgressBar::with_draw_target(Some(u64::from(cases)), ProgressDrawTarget::stderr());
        let style = ProgressStyle::with_template("{bar:24} {pos}/{len} {elapsed} {prefix}{wide_msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.enable_steady_tick(TICK);
        Self { bar, deviates: 0, inconclusive: 0 }
    }

    pub(super) fn case_started(&self, case: &str, target: &str) {
        self.bar.set_message(format!("{case} on {target}"));
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
