//! Counterparts that nobody here wrote: real servers to be judged, a real client to be served.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on says so")]

#[path = "../support/curl.rs"]
mod curl;
mod curl_behaves;
mod dialogue;
#[path = "../support/gate.rs"]
mod gate;
mod postfix;
mod postfix_behaves;
mod postfix_verdicts;
mod receiver;
mod scripted;
mod upkeep;
mod verifier;

use gate::{Failure, Gate};

static POSTFIX: Gate =
    Gate::new("SMTPSPEC_POSTFIX", "Postfix", "root, and the packages postfix, dovecot-core and swaks");

/// Whether the tests with a real Postfix run; where they do not, says so.
fn postfix_is_wanted() -> bool {
    let wanted = POSTFIX.is_set();
    if !wanted {
        POSTFIX.say_skipped("not asked for");
    }
    wanted
}
