//! A Postfix of the test's own, with a Dovecot of its own for SASL.

mod configuration;

use super::Failure;
use super::policy;
use super::server::{
    Account, Server, Setup, Unstarted, await_condition, id_in, logged, make_directory, set_mode, write,
};
use super::upkeep::Upkeep;
use std::fs::File;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};

/// Refused to everybody with 450 4.1.2, before the relay policy is asked.
pub(super) const UNRESOLVED_RECIPIENT: &str = "witness@unresolved.example";
/// Refused to everybody with 550 5.1.2, before the relay policy is asked.
pub(super) const NONEXISTENT_RECIPIENT: &str = "witness@nonexistent.example";
/// Refused with 450 4.1.2, but only to those whom the relay policy lets through.
pub(super) const UNRESOLVED_LATER_RECIPIENT: &str = "witness@unresolved-later.example";

/// Who may relay: the values of `smtpd_relay_restrictions` and `mynetworks`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Policy {
    /// [`Account::Authorized`] alone.
    AuthorizedOnly,
    /// Whoever authenticates, which is the flaw of MS02-011 as a configuration of today.
    AnyAuthenticated,
    /// [`Account::Authorized`] alone, and each account with its own sender alone.
    AuthorizedOnlyAsItself,
    /// Whoever authenticates, and each account with its own sender alone.
    AnyAuthenticatedAsItself,
    /// What Postfix ships with (postconf(5), since 2.10): insiders and whoever authenticates; anybody else is put off
    /// with a temporary code.
    AsShipped,
    /// Nobody.
    Closed,
    /// Everybody: what Postfix ships with, and every network is trusted.
    Open,
    /// Everybody, to any domain that DNS has; [`Account::Authorized`] is let through before that is looked up.
    OpenBehindDns,
    /// [`Account::Authorized`] alone; mail of others is accepted, and dropped.
    DropsTheRest,
    /// Nobody; all mail is accepted, and dropped.
    DropsEverything,
    /// [`Account::Authorized`] alone; mail of others is refused behind the mail data.
    RefusesLate,
    /// [`Account::Authorized`] alone; mail of others is refused with a temporary code.
    RefusesForNow,
}

impl From<policy::Policy> for Policy {
    fn from(policy: policy::Policy) -> Self {
        match policy {
            policy::Policy::AuthorizedOnly => Self::AuthorizedOnly,
            policy::Policy::AnyAuthenticated => Self::AnyAuthenticated,
            policy::Policy::Open => Self::Open,
            policy::Policy::Closed => Self::Closed,
            policy::Policy::DropsTheRest => Self::DropsTheRest,
            policy::Policy::DropsEverything => Self::DropsEverything,
            policy::Policy::RefusesLate => Self::RefusesLate,
            policy::Policy::RefusesForNow => Self::RefusesForNow,
        }
    }
}

/// Starts an instance: see [`Server::start`].
pub(super) fn start(policy: Policy, witness_port: u16) -> Result<Server, Failure> {
    Server::start(witness_port, |upkeep, setup| launch(policy, upkeep, setup))
}

fn launch(policy: Policy, upkeep: &mut Upkeep, setup: &Setup) -> Result<(), Unstarted> {
    start_dovecot(upkeep, setup)?;
    start_postfix(policy, upkeep, setup)?;
    Ok(())
}

fn start_dovecot(upkeep: &mut Upkeep, setup: &Setup) -> Result<(), Unstarted> {
    let directory = upkeep.directory().to_owned();
    let accounts = [Account::Authorized, Account::Unauthorized]
        .map(|account| format!("{}:{{PLAIN}}{}\n", account.name(), setup.passwords.of(account)));
    write(&directory.join("accounts"), &accounts.concat())?;
    set_mode(&directory.join("accounts"), 0o600)?;
    write(&directory.join("dovecot.conf"), &configuration::dovecot(&directory))?;
    write(&directory.join("oauth2.conf"), &configuration::oauth2(&directory))?;

    let mut command = Command::new("dovecot");
    command.arg("-F").arg("-c").arg(directory.join("dovecot.conf"));
    upkeep.start(logged(&mut command, &directory)?)?;
    let socket = configuration::sasl_socket(&directory);
    await_condition(upkeep, "Dovecot does not listen", || {
        std::os::unix::net::UnixStream::connect(&socket).map(drop).map_err(|error| error.to_string())
    })
}

/// Starts `master` itself: `postfix start-fg` keeps a shell in front of it, which a signal would end in its place.
fn start_postfix(policy: Policy, upkeep: &mut Upkeep, setup: &Setup) -> Result<(), Failure> {
    let directory = upkeep.directory().to_owned();
    let config = directory.join("postfix");
    make_directory(&config, 0o755, None)?;
    write(&config.join("main.cf"), &configuration::main_cf(&directory, policy, setup))?;
    // While main.cf is younger than a second, every program of Postfix's waits, lest somebody be editing it.
    File::options()
        .write(true)
        .open(config.join("main.cf"))
        .and_then(|file| file.set_modified(SystemTime::now() - Duration::from_secs(60)))
        .map_err(|error| format!("main.cf: {error}"))?;
    write(&config.join("master.cf"), &configuration::master_cf(setup.port))?;
    make_queue(&directory)?;

    let output = Command::new("postconf")
        .arg("-c")
        .arg(&config)
        .args(["-h", "daemon_directory"])
        .output()
        .map_err(|error| format!("postconf does not start: {error}"))?;
    let daemons = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if daemons.is_empty() {
        return Err(format!("postconf: {}", String::from_utf8_lossy(&output.stderr)));
    }
    let mut command = Command::new(Path::new(&daemons).join("master"));
    command.arg("-c").arg(&config).arg("-s");
    upkeep.start(logged(&mut command, &directory)?)
}

/// The directories of `$queue_directory` and `$data_directory`, with the owners and modes of `postfix-files(5)`.
fn make_queue(directory: &Path) -> Result<(), Failure> {
    let postfix = id_in("/etc/passwd", "postfix")?;
    let postdrop = id_in("/etc/group", "postdrop")?;
    let queue = directory.join("queue");
    make_directory(&directory.join("data"), 0o700, Some((postfix, None)))?;
    make_directory(&queue, 0o755, None)?;
    make_directory(&queue.join("pid"), 0o755, None)?;
    make_directory(&queue.join("maildrop"), 0o730, Some((postfix, Some(postdrop))))?;
    make_directory(&queue.join("public"), 0o710, Some((postfix, Some(postdrop))))?;
    for name in
        ["active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private", "saved", "trace"]
    {
        make_directory(&queue.join(name), 0o700, Some((postfix, None)))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::server::INSIDE_SOURCE;
    use super::*;
    use std::net::TcpListener;

    #[test]
    fn a_port_that_is_taken_is_told_from_other_trouble() {
        if !crate::postfix_is_wanted() {
            return;
        }
        let occupant = TcpListener::bind((INSIDE_SOURCE, 0)).unwrap();
        let port = occupant.local_addr().unwrap().port();
        std::thread::spawn(move || occupant.incoming().for_each(drop));
        let started = Server::try_start(9, port, |upkeep, setup| launch(Policy::Closed, upkeep, setup));
        assert!(matches!(started, Err(Unstarted::Ended(_))));
    }
}
