//! An Exim of the test's own. Its package excludes Postfix's, so `.ci/install` unpacks it and installs its libraries
//! alone.

mod configuration;

use super::Failure;
use super::policy::Policy;
use super::server::{Account, Server, Setup, Unstarted, id_in, logged, make_directory, set_mode, write};
use super::upkeep::Upkeep;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Debian's package has the name of this account compiled in.
const USER: &str = "Debian-exim";

/// What NTLM takes for the password of a name that has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unknown {
    /// There is no such login.
    IsRefused,
    /// The empty string, which is what a lookup without `fail` expands to.
    HasTheEmptyPassword,
}

/// Starts an instance: see [`Server::start`].
pub(super) fn start(policy: Policy, unknown: Unknown, witness_port: u16) -> Result<Server, Failure> {
    Server::start(witness_port, |upkeep, setup| launch(policy, unknown, upkeep, setup))
}

fn launch(policy: Policy, unknown: Unknown, upkeep: &mut Upkeep, setup: &Setup) -> Result<(), Unstarted> {
    let directory = upkeep.directory().to_owned();
    let user = id_in("/etc/passwd", USER)?;
    for name in ["spool", "logs"] {
        make_directory(&directory.join(name), 0o750, Some((user, None)))?;
    }
    let accounts = [Account::Authorized, Account::Unauthorized]
        .map(|account| format!("{}: {}\n", account.name(), setup.passwords.of(account)));
    let file = directory.join("accounts");
    write(&file, &accounts.concat())?;
    set_mode(&file, 0o600)?;
    chown(&file, Some(user), None).map_err(|error| format!("{}: {error}", file.display()))?;

    let config = directory.join("exim.conf");
    let program = program();
    write(&config, &configuration::text(&directory, &program, policy, unknown, setup))?;
    let mut command = Command::new(&program);
    // In the foreground, without queue runs: what is deferred would be tried again when the test is over.
    command.arg("-C").arg(&config).arg("-bdf");
    upkeep.start(logged(&mut command, &directory)?)?;
    Ok(())
}

/// Where `.ci/install` unpacks the package, else the machine's own.
fn program() -> PathBuf {
    let unpacked = Path::new(env!("CARGO_TARGET_TMPDIR")).join("exim4/usr/sbin/exim4");
    if unpacked.exists() { unpacked } else { PathBuf::from("/usr/sbin/exim4") }
}
