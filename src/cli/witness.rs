//! `smtpspec witness`: a witness in a process of its own, until it is ended.

mod log;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use super::arguments::Witness;
use super::exit::{Exit, Failure};
use super::verify;
use crate::harness::witness::channel::{Key, LEAST_KEY};
use crate::harness::witness::{Ports, StandingWitness};
use crate::protocol::secret::Secret;
use log::Log;

/// The most that is read of a key's file.
const MOST_OF_A_KEY: usize = 4096;

pub(super) fn witness(arguments: &Witness) -> Result<Exit, Failure> {
    let ports = Ports { outside: arguments.listen, inside: arguments.inside, control: arguments.control };
    for (argument, address) in
        [("--listen", Some(ports.outside)), ("--inside", ports.inside), ("--control", Some(ports.control))]
    {
        if let Some(address) = address {
            is_allowed(argument, address, arguments)?;
        }
    }
    let key = key(arguments)?;
    let log = Arc::new(Log::new(arguments.log));
    let ended = verify::runtime()?.block_on(async {
        let noting = Arc::clone(&log);
        let opened = StandingWitness::open(ports, key, Arc::new(move |what| noting.note(&what))).await;
        let witness = opened.map_err(|(address, error)| {
            let title = format!("the witness cannot listen on {address}: {error}");
            Failure::argument(title, "end what listens there, or name another port")
        })?;
        // Said once it can be ended: who has read where it listens may do that at once.
        let opened = async {
            log.opened(witness.ports());
            std::future::pending::<()>().await;
        };
        tokio::select! {
            biased;
            ended = verify::broken_off() => Ok(ended),
            () = opened => Ok(Ok(())),
        }
    })?;
    ended.map_err(|error| Failure::Ours(format!("no signal can be waited for: {error}")))?;
    Ok(Exit::Conformant)
}

/// A receiver that is open to the network takes anybody's mail: whoever opens one has to mean it.
fn is_allowed(argument: &str, address: SocketAddr, arguments: &Witness) -> Result<(), Failure> {
    if address.ip().is_loopback() || arguments.allow_address.contains(&address.ip()) {
        return Ok(());
    }
    let title = format!("{argument} {address}: this is not a loopback address, and it is not allowed");
    Err(Failure::argument(title, format!("if it is meant to be open there, say `--allow-address {}`", address.ip())))
}

fn key(arguments: &Witness) -> Result<Key, Failure> {
    let (from, octets) = match (&arguments.key_env, &arguments.key_file) {
        (Some(name), _) => {
            let value = std::env::var_os(name).ok_or_else(|| {
                let remedy = format!("draw one, and keep it for the runs: export {name}=$(openssl rand -hex 32)");
                Failure::argument(format!("the variable `{name}` is not set"), remedy)
            })?;
            (format!("the variable `{name}`"), value.into_encoded_bytes())
        }
        (None, Some(path)) => (path.display().to_string(), read(path)?),
        (None, None) => return Err(Failure::argument("there is no key", "say `--key-env NAME` or `--key-file PATH`")),
    };
    // An editor ends a file with a line; a key is one.
    let octets = octets.strip_suffix(b"\n").map_or(octets.as_slice(), |rest| rest.strip_suffix(b"\r").unwrap_or(rest));
    if octets.len() > MOST_OF_A_KEY {
        return Err(Failure::argument(
            format!("{from}: this is too long for a key"),
            "one line with the key is wanted",
        ));
    }
    Key::new(&Secret::new(octets)).map_err(|short| {
        let remedy = format!("draw one of at least {LEAST_KEY} octets: openssl rand -hex 32");
        Failure::argument(format!("{from}: {short}"), remedy)
    })
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| {
        Failure::argument(format!("{} cannot be read: {error}", path.display()), "put the key there, as its only line")
    })
}
