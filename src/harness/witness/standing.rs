//! The witness in a process of its own: its doors, and the port at which runs follow what comes in.

use std::net::SocketAddr;
use std::sync::Arc;

use super::channel::{Key, Received, ToRun, ToWitness};
use super::connection::{BEAT, Connection, Parted};
use super::kept::{Kept, Looked};
use super::{Message, WitnessListener};
use crate::harness::clock::Clock;
use crate::harness::nonces::Nonces;
use crate::harness::service::Service;
use crate::judge::Door;
use crate::transport::{Accepted, Link};

/// Runs that follow at a time, those included that have proved nothing yet.
const MOST_RUNS: usize = 64;

/// What happens at a witness, for its log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AtWitness {
    /// A message came in. It is kept, and the server is told 250 next.
    Received {
        /// Where.
        door: Door,
        /// The message.
        message: Arc<Message>,
    },
    /// A run follows from now on.
    Joined {
        /// From where.
        run: SocketAddr,
    },
    /// A connection to the control port is over.
    Parted {
        /// From where.
        run: SocketAddr,
        /// Why.
        why: Parted,
        /// Whether it had proved the key.
        had_joined: bool,
    },
}

/// Where the log goes.
pub type WitnessLog = Arc<dyn Fn(AtWitness) + Send + Sync>;

/// Where it listens; port 0 takes a free one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ports {
    /// For mail to the world outside.
    pub outside: SocketAddr,
    /// For mail that a server passes to its internal server.
    pub inside: Option<SocketAddr>,
    /// For runs.
    pub control: SocketAddr,
}

/// A witness at work, until it is dropped. It takes any mail, for the domain of a reverse-path too, and passes none on.
#[derive(Debug)]
pub struct StandingWitness {
    ports: Ports,
    _doors: Vec<WitnessListener>,
    _control: Service,
}

impl StandingWitness {
    /// Opens its ports.
    ///
    /// # Errors
    /// The address that cannot be had, and what the system says.
    pub async fn open(at: Ports, key: Key, log: WitnessLog) -> Result<Self, (SocketAddr, std::io::Error)> {
        let kept = Kept::new(Clock::system());
        let named = |address: SocketAddr| move |error| (address, error);
        let open = async |address: SocketAddr, door: Door| {
            let (kept, log) = (kept.clone(), Arc::clone(&log));
            let note = move |message: Message| {
                log(AtWitness::Received { door, message: Arc::new(message.clone()) });
                kept.add(door, message);
            };
            WitnessListener::open_for(address, Arc::new(note)).await.map_err(named(address))
        };
        let outside = open(at.outside, Door::Outside).await?;
        let inside = match at.inside {
            Some(address) => Some(open(address, Door::Inside).await?),
            None => None,
        };
        let (name, inside_door) = (Nonces::System.mark().0, inside.is_some());
        let host = Host { name, key, kept: kept.clone(), inside: inside_door, log: Arc::clone(&log) };
        let attend = move |accepted: Accepted| host.clone().attend(accepted);
        let control = Service::open(at.control, MOST_RUNS, attend).await.map_err(named(at.control))?;
        let ports = Ports {
            outside: outside.address(),
            inside: inside.as_ref().map(WitnessListener::address),
            control: control.address(),
        };
        let doors = std::iter::once(outside).chain(inside).collect();
        Ok(Self { ports, _doors: doors, _control: control })
    }

    /// Where it listens.
    pub const fn ports(&self) -> Ports {
        self.ports
    }
}

/// What every connection of a run is attended with.
#[derive(Clone)]
struct Host {
    /// This process's.
    name: String,
    key: Key,
    kept: Kept,
    /// Whether there is a door for what a server passes inside.
    inside: bool,
    log: WitnessLog,
}

impl Host {
    async fn attend(self, accepted: Accepted) {
        let run = accepted.peer;
        let (had_joined, why) = match self.join(accepted.link, run).await {
            Ok((connection, next)) => (true, self.tell(connection, next).await),
            Err(why) => (false, why),
        };
        (self.log)(AtWitness::Parted { run, why, had_joined });
    }

    /// Both proofs, and from where on the run is told.
    async fn join(&self, link: Link, run: SocketAddr) -> Result<(Connection, u64), Parted> {
        let mut connection = Connection::answer(link, self.key.clone()).await?;
        let ToWitness::Follow { after } = ToWitness::read(&connection.hear().await?)? else {
            return Err(Parted::OutOfTurn);
        };
        let (oldest, next) = self.kept.range();
        let from = match after {
            Some((name, after)) if name == self.name => after.clamp(oldest, next),
            // Of another process's messages it was told; of this one's it may want all.
            Some(_) => oldest,
            None => next,
        };
        connection.say(&ToRun::Following { witness: self.name.clone(), from, inside: self.inside }.to_octets()).await?;
        (self.log)(AtWitness::Joined { run });
        Ok((connection, from))
    }

    /// Tells of messages from a number on, until the connection is over. One that takes nothing holds up nobody else.
    async fn tell(&self, mut connection: Connection, mut next: u64) -> Parted {
        loop {
            let told = tokio::select! {
                biased;
                () = self.kept.arrived(next) => match self.kept.look(next) {
                    Looked::Kept(one) => {
                        let received = Received::new(next, self.kept.ago(&one), one.door, &one.message);
                        next = next.saturating_add(1);
                        connection.say(&ToRun::Received(received).to_octets()).await
                    }
                    Looked::Gone => Err(Parted::FellBehind),
                    Looked::ToCome => Ok(()),
                },
                heard = connection.hear() => match heard.and_then(|body| Ok(ToWitness::read(&body)?)) {
                    Ok(ToWitness::Here) => Ok(()),
                    // Asked behind all that was there: what had come in before is told already.
                    Ok(ToWitness::Ask { question }) => self.answer(&mut connection, &mut next, question).await,
                    Ok(ToWitness::Follow { .. }) => Err(Parted::OutOfTurn),
                    Err(why) => Err(why),
                },
                () = tokio::time::sleep(BEAT) => connection.say(&ToRun::Here.to_octets()).await,
            };
            if let Err(why) = told {
                return why;
            }
        }
    }

    /// Tells all that has come in by now, and then that it has.
    async fn answer(&self, connection: &mut Connection, next: &mut u64, question: u64) -> Result<(), Parted> {
        let (_, end) = self.kept.range();
        while *next < end {
            let Looked::Kept(one) = self.kept.look(*next) else { return Err(Parted::FellBehind) };
            let received = Received::new(*next, self.kept.ago(&one), one.door, &one.message);
            connection.say(&ToRun::Received(received).to_octets()).await?;
            *next = next.saturating_add(1);
        }
        connection.say(&ToRun::Told { question }.to_octets()).await
    }
}
