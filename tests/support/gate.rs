//! Tests that need software from outside, which is not on every machine: each sort has a gate, an environment variable.
//! With the gate set, a counterpart that is missing or does not start fails the test; without it the test passes, and
//! one line on standard error says what was skipped. `.ci/run` sets every gate and takes that line for a failure.

use std::io::Write;
use std::sync::Once;

/// What the helpers fail with: one sentence for whoever reads the test's output.
pub(crate) type Failure = String;

/// A sort of test that needs software from outside.
pub(crate) struct Gate {
    /// Set to `1`, it promises that the software is there.
    variable: &'static str,
    /// Completes "the tests with a real …"; `.ci/run` searches for that sentence.
    counterpart: &'static str,
    /// What has to be there before the variable may be set.
    needs: &'static str,
    said: Once,
}

impl Gate {
    /// A gate; `needs` completes "they need …".
    pub(crate) const fn new(variable: &'static str, counterpart: &'static str, needs: &'static str) -> Self {
        Self { variable, counterpart, needs, said: Once::new() }
    }

    /// Whether the variable is set to `1`.
    pub(crate) fn is_set(&self) -> bool {
        std::env::var_os(self.variable).is_some_and(|value| value == "1")
    }

    /// Says that tests are skipped, once for all of this gate's, on the handle: `eprintln!` would be captured.
    pub(crate) fn say_skipped(&self, reason: &str) {
        self.said.call_once(|| {
            let line = format!(
                "skipped: the tests with a real {}: {reason} ({}=1 runs them; they need {})\n",
                self.counterpart, self.variable, self.needs
            );
            // Where standard error is closed there is nobody to tell.
            let _ = std::io::stderr().write_all(line.as_bytes());
        });
    }
}
