//! Where the witness of a target file is: in the run itself, or in a process of its own.

use super::TargetFile;
use super::address::HostAndPort;
use super::check::Checks;
use super::file::{SecretPlace, Witness as InFile};
use crate::diagnostic::Diagnostic;
use crate::harness::clock::Clock;
use crate::harness::witness::channel::{HandshakeError, Key};
use crate::harness::witness::{FollowError, Follower, Held, Parted, Witness, WitnessListener};
use crate::judge::Door;
use crate::reference::yaml::Placed;
use crate::transport::resolve;
use std::net::SocketAddr;

/// Where the witness is.
#[derive(Clone, Debug)]
pub(super) enum Place {
    /// The run listens itself.
    Here { outside: (Placed<String>, SocketAddr), inside: Option<(Placed<String>, SocketAddr)> },
    /// Another process listens, and the run follows it.
    Elsewhere { at: Placed<String>, host: HostAndPort, key: Placed<SecretPlace>, sees_inside: bool },
}

impl Place {
    /// Whether it receives what the target passes to an internal server.
    pub(super) const fn sees_inside(&self) -> bool {
        match self {
            Self::Here { inside, .. } => inside.is_some(),
            Self::Elsewhere { sees_inside, .. } => *sees_inside,
        }
    }
}

impl Checks<'_> {
    pub(super) fn witness(&mut self, placed: &Placed<InFile>, allowed: &[String]) -> Option<Place> {
        let witness = &placed.value;
        match (&witness.listen, &witness.at) {
            (Some(listen), None) => {
                self.of_the_other("at", witness.allow_address.as_ref(), "allow-address");
                self.of_the_other("at", witness.key.as_ref(), "key");
                self.of_the_other("at", witness.sees_inside.as_ref(), "sees-inside");
                self.here(listen, witness.inside.as_ref())
            }
            (None, Some(at)) => {
                self.of_the_other("listen", witness.inside.as_ref(), "inside");
                self.elsewhere(at, witness, allowed)
            }
            (Some(_), Some(at)) => {
                let title = "the witness is in the run (`listen`), and yet it is elsewhere (`at`)";
                self.error(at, title, "keep the one that is true");
                None
            }
            (None, None) => {
                if !self.left_out.may_be("listen") && !self.left_out.may_be("at") {
                    let remedy = "say `listen: 127.0.0.1:2526`, or `at: HOST:PORT` where `smtpspec witness` runs";
                    self.error(placed, "the witness is nowhere: `listen` and `at` are missing", remedy);
                }
                None
            }
        }
    }

    /// A key that only makes sense beside another.
    fn of_the_other<T>(&mut self, other: &str, at: Option<&Placed<T>>, key: &str) {
        if let Some(at) = at {
            self.error(at, format!("`{key}` goes with `{other}`"), format!("leave it away, or say `{other}`"));
        }
    }

    fn here(&mut self, listen: &Placed<String>, inside: Option<&Placed<String>>) -> Option<Place> {
        let outside = self.door(listen);
        let inside = match inside {
            Some(at) => Some(self.door(at)?),
            None => None,
        };
        let outside = outside?;
        if let Some((at, inside)) = &inside
            && *inside == outside.1
        {
            self.error(at, "both doors of the witness are at the same address", "give each a port of its own");
        }
        Some(Place::Here { outside, inside })
    }

    /// A receiver that is open to the network would itself be taken for a relay.
    fn door(&mut self, at: &Placed<String>) -> Option<(Placed<String>, SocketAddr)> {
        let Ok(address) = at.value.parse::<SocketAddr>() else {
            self.error(at, "this is no address with its port", "write it as 127.0.0.1:2526");
            return None;
        };
        if !address.ip().is_loopback() || address.port() == 0 {
            self.error(at, "the witness listens on a fixed port of a loopback address", "write it as 127.0.0.1:2526");
            return None;
        }
        Some((at.clone(), address))
    }

    fn elsewhere(&mut self, at: &Placed<String>, witness: &InFile, allowed: &[String]) -> Option<Place> {
        let host = self.address(at, witness.allow_address.as_ref(), allowed);
        let key = match &witness.key {
            Some(key) if key.value == SecretPlace::Inline => {
                let remedy =
                    "say where it is: `key: { env: NAME }`, `key: { file: PATH }` or `key: { command: PROGRAM }`";
                self.error(key, "a key is not taken here: the file may be read by many", remedy);
                None
            }
            Some(key) => {
                self.command(key);
                Some(key.clone())
            }
            None => {
                if !self.left_out.may_be("key") {
                    let remedy =
                        "say where the key is that it was started with: `key: { env: NAME }`, or `key: { file: PATH }`";
                    self.error(at, "a witness elsewhere has to prove that it is ours, and there is no `key`", remedy);
                }
                None
            }
        };
        let sees_inside = witness.sees_inside.as_ref().is_some_and(|placed| placed.value);
        Some(Place::Elsewhere { at: at.clone(), host: host?, key: key?, sees_inside })
    }
}

impl TargetFile {
    /// Opens the doors, or follows the witness that is elsewhere. `None` where something is wrong, or the file names none.
    pub(super) async fn hold_witness(
        &self,
        clock: &Clock,
        wrong: &mut Vec<Diagnostic>,
    ) -> Option<(Witness, Vec<Held>)> {
        match self.witness.as_ref()? {
            Place::Here { outside, inside } => {
                let witness = Witness::new(clock.clone());
                let named = [(Door::Outside, Some(outside)), (Door::Inside, inside.as_ref())];
                let mut open = Vec::new();
                for (door, at) in named {
                    let Some((place, address)) = at else { continue };
                    match WitnessListener::open(*address, witness.clone(), door).await {
                        Ok(listener) => open.push(Held::Door(listener)),
                        Err(reason) => wrong.push(
                            self.text
                                .error_at(place, format!("the witness cannot listen on {address}: {reason}"))
                                .remedy(
                                    "end what listens there, or name another port here and in the server's routing",
                                ),
                        ),
                    }
                }
                Some((witness, open))
            }
            Place::Elsewhere { at, host, key, sees_inside } => {
                let witness = Witness::elsewhere(clock.clone());
                match self.follow(&witness, at, host, key, *sees_inside).await {
                    Ok(follower) => Some((witness, vec![Held::Follower(follower)])),
                    Err(diagnostic) => {
                        wrong.push(*diagnostic);
                        None
                    }
                }
            }
        }
    }

    async fn follow(
        &self,
        witness: &Witness,
        at: &Placed<String>,
        host: &HostAndPort,
        key: &Placed<SecretPlace>,
        sees_inside: bool,
    ) -> Result<Follower, Box<Diagnostic>> {
        let error = |title: String, remedy: &str| Box::new(self.text.error_at(at, title).remedy(remedy));
        let secret = self.secret(key).await?;
        let key = Key::new(&secret).map_err(|short| {
            let remedy = "draw a long one, and start the witness with the same: openssl rand -hex 32";
            Box::new(self.text.error_at(key, short.to_string()).remedy(remedy))
        })?;
        let within = self.limits.connect;
        let found = resolve(&host.host, host.port, within).await.map_err(|reason| {
            error(format!("{} cannot be resolved: {reason}", host.host), "check the name, or write the address itself")
        })?;
        // `localhost` needs no leave, so it has to be what it says.
        let fits = |address: &&SocketAddr| !host.is_loopback() || address.ip().is_loopback();
        let Some(address) = found.iter().find(fits) else {
            let title = format!("{} is no loopback address here", host.host);
            return Err(error(title, "write the address itself"));
        };
        Follower::begin(*address, key, witness.clone(), within, sees_inside).await.map_err(|why| {
            let remedy = match &why {
                FollowError::Connect(_) => {
                    "start it there (`smtpspec witness`), and let this machine reach its control port"
                }
                FollowError::Parted(Parted::Handshake(HandshakeError::OtherKey)) => {
                    "give both the same key, octet for octet"
                }
                FollowError::Parted(_) => {
                    "check that this is the control port of `smtpspec witness` of the same version"
                }
                FollowError::NoInside => "start it with `--inside`, or leave `sees-inside` away",
            };
            error(format!("there is no witness at {address}: {why}"), remedy)
        })
    }
}
