//! Counterparts that nobody here wrote: a real Postfix to be judged, real clients to be served.
//!
//! What they need is not on every machine, so each sort of test has a gate, an environment variable. With the gate
//! set, a counterpart that is missing or does not start fails the test; without it the test passes, and one line on
//! standard error says what was skipped. `.ci/run` sets every gate and takes that line for a failure.

pub(crate) mod curl;
mod curl_behaves;
mod dialogue;
mod postfix;
mod postfix_behaves;
mod postfix_verdicts;
mod receiver;
mod scripted;
mod upkeep;
mod verifier;

use std::io::Write;
use std::sync::Once;

/// What the helpers fail with: one sentence for whoever reads the test's output.
pub(crate) type Failure = String;

/// A sort of test that needs software from outside.
#[derive(Clone, Copy)]
struct Gate {
    /// Set to `1`, it promises that the software is there.
    variable: &'static str,
    /// Completes "the tests with a real …"; `.ci/run` searches for that sentence.
    counterpart: &'static str,
    /// What has to be there before the variable may be set.
    needs: &'static str,
}

static POSTFIX: Gate = Gate {
    variable: "SMTPSPEC_POSTFIX",
    counterpart: "Postfix",
    needs: "root, and the packages postfix, dovecot-core and swaks",
};
static CURL: Gate =
    Gate { variable: "SMTPSPEC_CURL", counterpart: "curl", needs: "a curl that speaks SMTP and offers NTLM" };

static POSTFIX_SKIPPED: Once = Once::new();
static CURL_SKIPPED: Once = Once::new();

impl Gate {
    /// Whether the variable is set to `1`.
    fn is_set(&self) -> bool {
        std::env::var_os(self.variable).is_some_and(|value| value == "1")
    }

    /// Says that tests are skipped, once for all of this gate's, on the handle: `eprintln!` would be captured.
    fn say_skipped(&self, said: &Once, reason: &str) {
        said.call_once(|| {
            let line = format!(
                "skipped: the tests with a real {}: {reason} ({}=1 runs them; they need {})\n",
                self.counterpart, self.variable, self.needs
            );
            // Where standard error is closed there is nobody to tell.
            let _ = std::io::stderr().write_all(line.as_bytes());
        });
    }
}

/// Whether the tests with a real Postfix run; where they do not, says so.
fn postfix_is_wanted() -> bool {
    let wanted = POSTFIX.is_set();
    if !wanted {
        POSTFIX.say_skipped(&POSTFIX_SKIPPED, "not asked for");
    }
    wanted
}

/// Whether the tests with a real curl run: where it is there, or has been promised.
///
/// # Errors
/// The gate is set, and there is no curl that would do.
pub(crate) fn curl_is_wanted() -> Result<bool, Failure> {
    match curl::usable() {
        Ok(()) => Ok(true),
        Err(reason) if CURL.is_set() => Err(reason),
        Err(reason) => {
            CURL.say_skipped(&CURL_SKIPPED, &reason);
            Ok(false)
        }
    }
}
