//! A Postfix of the test's own: its own configuration, queue and port, its own Dovecot for SASL, nothing shared with
//! the machine's mail system or with another instance.

mod certificates;
mod configuration;

use super::Failure;
use super::upkeep::Upkeep;
use std::fs::{File, Permissions};
use std::io::Read;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant, SystemTime};

/// Where an instance listens; it is in `mynetworks` too, so that a client from here is an insider.
pub(super) const INSIDE_SOURCE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
/// An address of the same machine outside `mynetworks`: where to probe from.
pub(super) const OUTSIDE_SOURCE: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));

/// A recipient whose mail is taken from anybody, and discarded.
pub(super) const LOCAL_RECIPIENT: &str = "postmaster@inside.example";
/// A recipient whose mail, where it is let through, goes to the witness; as does mail for every other remote domain.
pub(super) const REMOTE_RECIPIENT: &str = "witness@elsewhere.example";
/// Refused to everybody with 450 4.1.2, before the relay policy is asked.
pub(super) const UNRESOLVED_RECIPIENT: &str = "witness@unresolved.example";
/// Refused to everybody with 550 5.1.2, before the relay policy is asked.
pub(super) const NONEXISTENT_RECIPIENT: &str = "witness@nonexistent.example";
/// Refused with 450 4.1.2, but only to those whom the relay policy lets through.
pub(super) const UNRESOLVED_LATER_RECIPIENT: &str = "witness@unresolved-later.example";

/// How often a port that was free a moment ago may turn out to be taken.
const ATTEMPTS: u32 = 3;
const START_LIMIT: Duration = Duration::from_secs(20);
const POLL: Duration = Duration::from_millis(5);

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
}

/// The accounts that can authenticate. Which of them may relay is the [`Policy`]'s business.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Account {
    Authorized,
    Unauthorized,
}

impl Account {
    /// The authentication identity.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Authorized => "authorized",
            Self::Unauthorized => "unauthorized",
        }
    }
}

/// A running instance. Dropping it ends it and removes everything it wrote.
pub(super) struct Postfix {
    upkeep: Upkeep,
    address: SocketAddr,
    /// Where every octet is TLS; nobody listens there in an instance without TLS.
    wrapped_address: SocketAddr,
    passwords: Passwords,
}

struct Passwords {
    authorized: String,
    unauthorized: String,
}

impl Postfix {
    /// Starts an instance and waits for its greeting. Mail that it relays goes to `witness_port` on 127.0.0.1, where
    /// nobody need listen yet; the server there must not announce itself as `mx.inside.example`, which Postfix takes
    /// for a loop.
    ///
    /// # Errors
    /// Something is missing or does not start; with the end of the log.
    pub(super) fn start(policy: Policy, witness_port: u16) -> Result<Self, Failure> {
        Self::start_as(policy, witness_port, false)
    }

    /// The same, with STARTTLS, AUTH listed under TLS alone (`smtpd_tls_auth_only`), and a second port of which every octet
    /// is TLS (`smtpd_tls_wrappermode`). The certificate of its authority is `tls/ca.pem` in [`Postfix::directory`];
    /// `tls/other.pem` is another's.
    ///
    /// # Errors
    /// As [`Postfix::start`].
    pub(super) fn start_with_tls(policy: Policy, witness_port: u16) -> Result<Self, Failure> {
        Self::start_as(policy, witness_port, true)
    }

    fn start_as(policy: Policy, witness_port: u16, has_tls: bool) -> Result<Self, Failure> {
        for _ in 1..ATTEMPTS {
            match Self::try_start(policy, witness_port, free_port()?, has_tls) {
                Ok(postfix) => return Ok(postfix),
                Err(Unstarted::Ended(_)) => {}
                Err(Unstarted::Otherwise(failure)) => return Err(failure),
            }
        }
        Self::try_start(policy, witness_port, free_port()?, has_tls).map_err(|unstarted| match unstarted {
            Unstarted::Ended(failure) | Unstarted::Otherwise(failure) => failure,
        })
    }

    /// Where it listens.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where every octet is TLS.
    pub(super) fn wrapped_address(&self) -> SocketAddr {
        self.wrapped_address
    }

    /// The password of an account, another one in every instance.
    pub(super) fn password_of(&self, account: Account) -> &str {
        match account {
            Account::Authorized => &self.passwords.authorized,
            Account::Unauthorized => &self.passwords.unauthorized,
        }
    }

    /// The directory that everything of this instance is in.
    pub(super) fn directory(&self) -> &Path {
        self.upkeep.directory()
    }

    fn try_start(policy: Policy, witness_port: u16, port: u16, has_tls: bool) -> Result<Self, Unstarted> {
        let mut upkeep = Upkeep::new()?;
        let passwords = Passwords { authorized: random_word()?, unauthorized: random_word()? };
        start_dovecot(&mut upkeep, &passwords)?;

        let nonce = random_word()?;
        let wrapped_port = has_tls.then(free_port).transpose()?;
        if has_tls {
            certificates::write_to(upkeep.directory())?;
        }
        let instance = configuration::Instance { policy, port, wrapped_port, witness_port, nonce: &nonce };
        start_postfix(&mut upkeep, &instance)?;
        let address = SocketAddr::new(INSIDE_SOURCE, port);
        await_condition(&mut upkeep, "Postfix does not greet", || greets_with(address, &nonce))?;
        let wrapped_address = SocketAddr::new(INSIDE_SOURCE, wrapped_port.unwrap_or_default());
        Ok(Self { upkeep, address, wrapped_address, passwords })
    }
}

/// Why an instance did not come up.
enum Unstarted {
    /// Something ended by itself, as `master` does, without a word, when its port is taken: worth another port.
    Ended(Failure),
    Otherwise(Failure),
}

impl From<Failure> for Unstarted {
    fn from(failure: Failure) -> Self {
        Self::Otherwise(failure)
    }
}

fn start_dovecot(upkeep: &mut Upkeep, passwords: &Passwords) -> Result<(), Unstarted> {
    let directory = upkeep.directory().to_owned();
    let accounts = [Account::Authorized, Account::Unauthorized].map(|account| {
        let password = match account {
            Account::Authorized => &passwords.authorized,
            Account::Unauthorized => &passwords.unauthorized,
        };
        format!("{}:{{PLAIN}}{password}\n", account.name())
    });
    write(&directory.join("accounts"), &accounts.concat())?;
    set_mode(&directory.join("accounts"), 0o600)?;
    write(&directory.join("dovecot.conf"), &configuration::dovecot(&directory))?;

    let mut command = Command::new("dovecot");
    command.arg("-F").arg("-c").arg(directory.join("dovecot.conf"));
    upkeep.start(logged(&mut command, &directory)?)?;
    let socket = configuration::sasl_socket(&directory);
    await_condition(upkeep, "Dovecot does not listen", || {
        std::os::unix::net::UnixStream::connect(&socket).map(drop).map_err(|error| error.to_string())
    })
}

/// Starts `master` itself: `postfix start-fg` keeps a shell in front of it, which a signal would end in its place.
fn start_postfix(upkeep: &mut Upkeep, instance: &configuration::Instance<'_>) -> Result<(), Failure> {
    let directory = upkeep.directory().to_owned();
    let config = directory.join("postfix");
    make_directory(&config, 0o755, None)?;
    write(&config.join("main.cf"), &configuration::main_cf(&directory, instance))?;
    // While main.cf is younger than a second, every program of Postfix's waits, lest somebody be editing it.
    File::options()
        .write(true)
        .open(config.join("main.cf"))
        .and_then(|file| file.set_modified(SystemTime::now() - Duration::from_secs(60)))
        .map_err(|error| format!("main.cf: {error}"))?;
    write(&config.join("master.cf"), &configuration::master_cf(instance.port, instance.wrapped_port))?;
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

/// Waits for what comes up only after a program has started.
fn await_condition(
    upkeep: &mut Upkeep,
    complaint: &str,
    mut condition: impl FnMut() -> Result<(), Failure>,
) -> Result<(), Unstarted> {
    let deadline = Instant::now() + START_LIMIT;
    loop {
        let Err(last) = condition() else { return Ok(()) };
        let ended = upkeep.lost_one();
        if ended || Instant::now() > deadline {
            let log = std::fs::read_to_string(upkeep.directory().join("log")).unwrap_or_default();
            let failure = format!("{complaint}: {last}; the log:\n{log}");
            return Err(if ended { Unstarted::Ended(failure) } else { Unstarted::Otherwise(failure) });
        }
        std::thread::sleep(POLL);
    }
}

/// Whether this instance, and not somebody who took the port before it, sends the greeting.
fn greets_with(address: SocketAddr, nonce: &str) -> Result<(), Failure> {
    let (mut dialogue, greeting) = super::dialogue::Dialogue::open(INSIDE_SOURCE, address)?;
    if greeting.lines.iter().any(|line| line.contains(nonce)) {
        dialogue.command("QUIT").map(drop)
    } else {
        Err(format!("somebody else's greeting: {greeting:?}"))
    }
}

fn logged<'a>(command: &'a mut Command, directory: &Path) -> Result<&'a mut Command, Failure> {
    let path = directory.join("log");
    let open = || File::options().create(true).append(true).open(&path);
    let (output, errors) = open().and_then(|output| Ok((output, open()?))).map_err(|error| error.to_string())?;
    Ok(command.stdout(output).stderr(errors))
}

/// The number in the third field of a line of passwd(5) or group(5).
fn id_in(file: &str, name: &str) -> Result<u32, Failure> {
    let text = std::fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
    text.lines()
        .map(|line| line.split(':').collect::<Vec<_>>())
        .find(|fields| fields.first() == Some(&name))
        .and_then(|fields| fields.get(2)?.parse().ok())
        .ok_or_else(|| format!("{file} has no {name}: is Postfix installed?"))
}

fn make_directory(path: &Path, mode: u32, owner: Option<(u32, Option<u32>)>) -> Result<(), Failure> {
    let made = std::fs::create_dir(path).and_then(|()| match owner {
        Some((user, group)) => chown(path, Some(user), group),
        None => Ok(()),
    });
    made.map_err(|error| format!("{}: {error} (root is needed)", path.display()))?;
    set_mode(path, mode)
}

fn set_mode(path: &Path, mode: u32) -> Result<(), Failure> {
    std::fs::set_permissions(path, Permissions::from_mode(mode)).map_err(|error| format!("{}: {error}", path.display()))
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

/// 64 bits from the kernel, in hexadecimal.
fn random_word() -> Result<String, Failure> {
    let mut bytes = [0; 8];
    File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut bytes))
        .map_err(|error| format!("/dev/urandom: {error}"))?;
    Ok(format!("{:016x}", u64::from_be_bytes(bytes)))
}

/// A port of loopback that is free now. It may be gone when Postfix binds it: see [`ATTEMPTS`].
fn free_port() -> Result<u16, Failure> {
    TcpListener::bind((INSIDE_SOURCE, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|error| format!("no free port: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_that_is_taken_is_told_from_other_trouble() {
        if !crate::postfix_is_wanted() {
            return;
        }
        let occupant = TcpListener::bind((INSIDE_SOURCE, 0)).unwrap();
        let port = occupant.local_addr().unwrap().port();
        std::thread::spawn(move || occupant.incoming().for_each(drop));
        let started = Postfix::try_start(Policy::Closed, 9, port, false);
        assert!(matches!(started, Err(Unstarted::Ended(_))));
    }
}
