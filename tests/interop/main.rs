//! Counterparts that nobody here wrote: real servers to be judged, a real client to be served.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on says so")]

mod aiosmtpd;
mod counterpart;
#[path = "../support/curl.rs"]
mod curl;
mod curl_behaves;
mod dialogue;
mod exim;
#[path = "../support/gate.rs"]
mod gate;
mod ntlm_behaves;
mod policies;
mod policy;
mod postfix;
mod postfix_behaves;
mod postfix_verdicts;
mod receiver;
mod scripted;
mod server;
mod upkeep;
mod verifier;

use gate::{Failure, Gate};

static POSTFIX: Gate =
    Gate::new("SMTPSPEC_POSTFIX", "Postfix", "root, and the packages postfix, dovecot-core and swaks");

static EXIM: Gate = Gate::new("SMTPSPEC_EXIM", "Exim", "root, and what `.ci/install` installs");
static AIOSMTPD: Gate = Gate::new("SMTPSPEC_AIOSMTPD", "aiosmtpd", "what `.ci/install` installs");

/// Whether the tests of a gate run; where they do not, says so.
fn is_wanted(gate: &Gate) -> bool {
    let wanted = gate.is_set();
    if !wanted {
        gate.say_skipped("not asked for");
    }
    wanted
}

/// Whether the tests with a real Postfix run; where they do not, says so.
fn postfix_is_wanted() -> bool {
    is_wanted(&POSTFIX)
}
