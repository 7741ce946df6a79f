//! A run's side of a witness in a process of its own: what it is told is noted as if it had come in here. A connection that
//! breaks is made anew, and what came in the meantime is told then; where it cannot be, that is noted as missed.

use std::net::SocketAddr;
use std::time::Duration;

use super::channel::{HandshakeError, Key, ToRun, ToWitness};
use super::connection::{BEAT, Connection, Parted};
use super::lifeline::Lifeline;
use super::store::Witness;
use crate::transport::{ConnectError, connect};

/// Before a connection is made anew, the first time and at most.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Why a witness elsewhere cannot be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FollowError {
    /// There is no connection.
    #[error("{0}")]
    Connect(#[from] ConnectError),
    /// It came to nothing.
    #[error("{0}")]
    Parted(#[from] Parted),
    /// It receives nothing of what a server passes inside, and that is wanted.
    #[error("the witness has no door for what a server passes inside")]
    NoInside,
}

impl FollowError {
    /// Whether the other side holds another key.
    pub const fn is_other_key(&self) -> bool {
        matches!(self, Self::Parted(Parted::Handshake(HandshakeError::OtherKey)))
    }
}

/// A run following a witness, until it is dropped.
#[derive(Debug)]
pub struct Follower(tokio::task::JoinHandle<()>);

impl Drop for Follower {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Follower {
    /// Connects, and follows from now on: what comes in is noted at `witness`, which has to be one of
    /// [`Witness::elsewhere`]. `within` is for a connection to stand; `inside` says whether its inside door is wanted.
    ///
    /// # Errors
    /// When nobody is there, nobody who holds the key, or a witness without the door that is wanted.
    pub async fn begin(
        at: SocketAddr,
        key: Key,
        witness: Witness,
        within: Duration,
        inside: bool,
    ) -> Result<Self, FollowError> {
        let lifeline = witness.lifeline();
        let mut following = Following { at, key, witness, lifeline, within, inside, heard: None };
        let connection = following.join().await?;
        Ok(Self(tokio::spawn(async move { following.follow(connection).await })))
    }
}

struct Following {
    at: SocketAddr,
    key: Key,
    witness: Witness,
    lifeline: Lifeline,
    within: Duration,
    inside: bool,
    /// Who was heard last, and the number behind the last message.
    heard: Option<(String, u64)>,
}

impl Following {
    async fn follow(&mut self, mut connection: Connection) {
        loop {
            let why = self.hear(&mut connection).await;
            drop(connection);
            self.lifeline.is_lost(self.lost(&why.to_string()));
            let mut pause = FIRST_PAUSE;
            connection = loop {
                tokio::time::sleep(pause).await;
                match self.join().await {
                    Ok(connection) => break connection,
                    Err(why) => self.lifeline.is_lost(self.lost(&why.to_string())),
                }
                pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
            };
        }
    }

    /// Connects, proves the key, and says from where on it wants to be told.
    async fn join(&mut self) -> Result<Connection, FollowError> {
        let link = connect(self.at, None, self.within).await?;
        let mut connection = Connection::ask(link, self.key.clone()).await?;
        connection.say(&ToWitness::Follow { after: self.heard.clone() }.to_octets()).await?;
        let body = connection.hear().await?;
        let ToRun::Following { witness, from, inside } = ToRun::read(&body).map_err(Parted::from)? else {
            return Err(Parted::OutOfTurn.into());
        };
        if self.inside && !inside {
            return Err(FollowError::NoInside);
        }
        if let Some((known, next)) = &self.heard {
            let missed = if *known != witness {
                Some("it was started anew, and what the one before had received was not told")
            } else if from != *next {
                Some("it no longer has all that it received while there was no connection")
            } else {
                None
            };
            if let Some(why) = missed {
                self.lifeline.has_missed(self.witness.now(), self.lost(why));
            }
        }
        self.heard = Some((witness, from));
        self.lifeline.stands();
        Ok(connection)
    }

    /// Notes what is told, until the connection is over.
    async fn hear(&mut self, connection: &mut Connection) -> Parted {
        let mut asked = 0;
        loop {
            let done = tokio::select! {
                heard = connection.hear() => match heard {
                    Ok(body) => self.note(&body),
                    Err(why) => Err(why),
                },
                question = self.lifeline.question_after(asked) => {
                    asked = question;
                    connection.say(&ToWitness::Ask { question }.to_octets()).await
                }
                () = tokio::time::sleep(BEAT) => connection.say(&ToWitness::Here.to_octets()).await,
            };
            if let Err(why) = done {
                return why;
            }
        }
    }

    fn note(&mut self, body: &[u8]) -> Result<(), Parted> {
        match ToRun::read(body)? {
            ToRun::Received(received) => {
                let next = self.heard.as_mut().map(|(_, next)| next);
                let next = next.filter(|next| **next == received.number).ok_or(Parted::OutOfTurn)?;
                *next = next.saturating_add(1);
                let at = self.witness.now().saturating_sub(Duration::from_millis(received.ago));
                self.witness.note_at(received.door, &received.message()?, at);
                Ok(())
            }
            ToRun::Told { question } => {
                self.lifeline.is_answered(question);
                Ok(())
            }
            ToRun::Here => Ok(()),
            ToRun::Following { .. } => Err(Parted::OutOfTurn),
        }
    }

    fn lost(&self, why: &str) -> String {
        format!("{}: {why}", self.at)
    }
}
