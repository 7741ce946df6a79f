//! An aiosmtpd of the test's own, run by the program beside this file. It has the NTLM that aiosmtpd does not bring.

use super::Failure;
use super::policy::Policy;
use super::server::{Account, Server, Setup, Unstarted, logged, set_mode, write};
use super::upkeep::Upkeep;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Starts an instance: see [`Server::start`].
pub(super) fn start(policy: Policy, witness_port: u16) -> Result<Server, Failure> {
    Server::start(witness_port, |upkeep, setup| launch(policy, upkeep, setup))
}

fn launch(policy: Policy, upkeep: &mut Upkeep, setup: &Setup) -> Result<(), Unstarted> {
    let directory = upkeep.directory().to_owned();
    let accounts = directory.join("accounts");
    let lines = [Account::Authorized, Account::Unauthorized]
        .map(|account| format!("{}:{}\n", account.name(), setup.passwords.of(account)));
    write(&accounts, &lines.concat())?;
    set_mode(&accounts, 0o600)?;

    let mut command = Command::new(python());
    command.arg("-I").arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/aiosmtpd/server.py"));
    command.args([setup.port.to_string(), setup.witness_port.to_string(), setup.nonce.clone()]);
    command.arg(name(policy)).arg(accounts);
    upkeep.start(logged(&mut command, &directory)?)?;
    Ok(())
}

/// What the program calls a policy.
fn name(policy: Policy) -> &'static str {
    match policy {
        Policy::AuthorizedOnly => "authorized-only",
        Policy::AnyAuthenticated => "any-authenticated",
        Policy::Open => "open",
        Policy::Closed => "closed",
        Policy::DropsTheRest => "drops-the-rest",
        Policy::DropsEverything => "drops-everything",
        Policy::RefusesLate => "refuses-late",
        Policy::RefusesForNow => "refuses-for-now",
    }
}

/// The Python that `.ci/install` gives aiosmtpd to, else the machine's own.
fn python() -> PathBuf {
    let own = Path::new(env!("CARGO_TARGET_TMPDIR")).join("aiosmtpd/bin/python");
    if own.exists() { own } else { PathBuf::from("python3") }
}
