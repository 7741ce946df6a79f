//! A mail server of the test's own, whichever: a directory, a port, passwords, and the start and end of its programs.
//! Nothing is shared with the machine's mail system or with another instance.

use super::Failure;
use super::upkeep::Upkeep;
use std::fs::{File, Permissions};
use std::io::Read;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// Where an instance listens; it is in `mynetworks` too, so that a client from here is an insider.
pub(super) const INSIDE_SOURCE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
/// An address of the same machine outside `mynetworks`: where to probe from.
pub(super) const OUTSIDE_SOURCE: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));

/// A recipient whose mail is taken from anybody, and discarded.
pub(super) const LOCAL_RECIPIENT: &str = "postmaster@inside.example";
/// A recipient whose mail, where it is let through, goes to the witness; as does mail for every other remote domain.
pub(super) const REMOTE_RECIPIENT: &str = "witness@elsewhere.example";
/// How often a port that was free a moment ago may turn out to be taken.
const ATTEMPTS: u32 = 3;
const START_LIMIT: Duration = Duration::from_secs(20);
const POLL: Duration = Duration::from_millis(5);

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
pub(super) struct Server {
    upkeep: Upkeep,
    address: SocketAddr,
    passwords: Passwords,
}

/// What differs between two instances of the same policy.
pub(super) struct Setup {
    /// Where to listen, on 127.0.0.1.
    pub(super) port: u16,
    /// Where relayed mail goes, on 127.0.0.1.
    pub(super) witness_port: u16,
    /// Shown in the greeting, so that an instance can be told from another.
    pub(super) nonce: String,
    pub(super) passwords: Passwords,
}

pub(super) struct Passwords {
    authorized: String,
    unauthorized: String,
}

impl Passwords {
    pub(super) fn of(&self, account: Account) -> &str {
        match account {
            Account::Authorized => &self.authorized,
            Account::Unauthorized => &self.unauthorized,
        }
    }
}

impl Server {
    /// Starts an instance and waits for its greeting. Mail that it relays goes to `witness_port` on 127.0.0.1, where
    /// nobody need listen yet; the server there must not announce itself as `mx.inside.example`, which is taken for a
    /// loop.
    ///
    /// # Errors
    /// Something is missing or does not start; with the end of the log.
    pub(super) fn start(
        witness_port: u16,
        launch: impl Fn(&mut Upkeep, &Setup) -> Result<(), Unstarted>,
    ) -> Result<Self, Failure> {
        for _ in 1..ATTEMPTS {
            match Self::try_start(witness_port, free_port()?, &launch) {
                Ok(server) => return Ok(server),
                Err(Unstarted::Ended(_)) => {}
                Err(Unstarted::Otherwise(failure)) => return Err(failure),
            }
        }
        Self::try_start(witness_port, free_port()?, &launch).map_err(|unstarted| match unstarted {
            Unstarted::Ended(failure) | Unstarted::Otherwise(failure) => failure,
        })
    }

    /// Starts an instance on a port, once.
    ///
    /// # Errors
    /// [`Unstarted::Ended`] where a program has ended by itself, as where the port is taken.
    pub(super) fn try_start(
        witness_port: u16,
        port: u16,
        launch: impl Fn(&mut Upkeep, &Setup) -> Result<(), Unstarted>,
    ) -> Result<Self, Unstarted> {
        let mut upkeep = Upkeep::new()?;
        let passwords = Passwords { authorized: random_word()?, unauthorized: random_word()? };
        let setup = Setup { port, witness_port, nonce: random_word()?, passwords };
        launch(&mut upkeep, &setup)?;
        let address = SocketAddr::new(INSIDE_SOURCE, port);
        await_condition(&mut upkeep, "the server does not greet", || greets_with(address, &setup.nonce))?;
        Ok(Self { upkeep, address, passwords: setup.passwords })
    }

    /// Where it listens.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The password of an account, another one in every instance.
    pub(super) fn password_of(&self, account: Account) -> &str {
        self.passwords.of(account)
    }

    /// The directory that everything of this instance is in.
    pub(super) fn directory(&self) -> &Path {
        self.upkeep.directory()
    }
}

/// Why an instance did not come up.
pub(super) enum Unstarted {
    /// Something ended by itself, as `master` does, without a word, when its port is taken: worth another port.
    Ended(Failure),
    Otherwise(Failure),
}

impl From<Failure> for Unstarted {
    fn from(failure: Failure) -> Self {
        Self::Otherwise(failure)
    }
}

/// Waits for what comes up only after a program has started.
pub(super) fn await_condition(
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

pub(super) fn logged<'a>(command: &'a mut Command, directory: &Path) -> Result<&'a mut Command, Failure> {
    let path = directory.join("log");
    let open = || File::options().create(true).append(true).open(&path);
    let (output, errors) = open().and_then(|output| Ok((output, open()?))).map_err(|error| error.to_string())?;
    Ok(command.stdout(output).stderr(errors))
}

/// The number in the third field of a line of passwd(5) or group(5).
pub(super) fn id_in(file: &str, name: &str) -> Result<u32, Failure> {
    let text = std::fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
    text.lines()
        .map(|line| line.split(':').collect::<Vec<_>>())
        .find(|fields| fields.first() == Some(&name))
        .and_then(|fields| fields.get(2)?.parse().ok())
        .ok_or_else(|| format!("{file} has no {name}: is its package installed?"))
}

pub(super) fn make_directory(path: &Path, mode: u32, owner: Option<(u32, Option<u32>)>) -> Result<(), Failure> {
    let made = std::fs::create_dir(path).and_then(|()| match owner {
        Some((user, group)) => chown(path, Some(user), group),
        None => Ok(()),
    });
    made.map_err(|error| format!("{}: {error} (root is needed)", path.display()))?;
    set_mode(path, mode)
}

pub(super) fn set_mode(path: &Path, mode: u32) -> Result<(), Failure> {
    std::fs::set_permissions(path, Permissions::from_mode(mode)).map_err(|error| format!("{}: {error}", path.display()))
}

pub(super) fn write(path: &Path, text: &str) -> Result<(), Failure> {
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

/// A port of loopback that is free now. It may be gone when the server binds it: see [`ATTEMPTS`].
fn free_port() -> Result<u16, Failure> {
    TcpListener::bind((INSIDE_SOURCE, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|error| format!("no free port: {error}"))
}
