//! A link on which frames are said and heard: the channel's machines, with octets from a socket.

use std::time::Duration;

use tokio::time::{Instant, timeout};

use super::channel::{
    ANSWER, Answering, Asking, HELLO, HandshakeError, Key, NewsError, Opener, PROOF, SealError, Sealer, Session,
};
use crate::transport::{Link, Received};

/// For the whole handshake: a connection on which nobody proves anything is over soon.
const HANDSHAKE_LIMIT: Duration = Duration::from_secs(5);

/// How often each side says that it is there, where there is nothing else to say.
pub(super) const BEAT: Duration = Duration::from_secs(3);

/// How long a side may say nothing, or take nothing, until the connection counts as gone.
const SILENCE: Duration = Duration::from_secs(10);

/// The longest body of a frame from the witness: a message of the greatest size in base64, with its envelope.
const MOST_FROM_WITNESS: usize = 16 << 20;

/// The longest body of a frame from a run.
const MOST_FROM_RUN: usize = 1024;

/// Why a connection is over.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Parted {
    /// The other side closed it.
    #[error("the connection was closed")]
    Closed,
    /// It broke.
    #[error("the connection was reset ({0})")]
    Reset(String),
    /// Nothing came, or nothing was taken.
    #[error("nothing was heard for {} s", .0.as_secs())]
    Silent(Duration),
    /// The two will not speak.
    #[error(transparent)]
    Handshake(#[from] HandshakeError),
    /// What came is no frame of this connection.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// A frame says nothing known.
    #[error(transparent)]
    News(#[from] NewsError),
    /// A frame came where it has no place.
    #[error("it said something out of its turn")]
    OutOfTurn,
    /// The run was not told in time what is no longer kept.
    #[error("it fell behind by more than is kept")]
    FellBehind,
    /// The system has no octets to draw.
    #[error("the system gives no random octets: {0}")]
    NoRandomness(String),
}

/// A connection on which both have proved the key.
#[derive(Debug)]
pub(super) struct Connection {
    link: Link,
    sealer: Sealer,
    opener: Opener,
    /// When something was heard last.
    heard: Instant,
}

impl Connection {
    /// The run's side.
    pub(super) async fn ask(mut link: Link, key: Key) -> Result<Self, Parted> {
        let handshake = async {
            let (asking, hello) = Asking::begin(key, draw()?);
            send(&mut link, &hello).await?;
            let mut heard = Vec::new();
            let answer = take::<ANSWER>(&mut link, &mut heard).await?;
            let (session, proof) = asking.answered(&answer)?;
            send(&mut link, &proof).await?;
            Ok::<_, Parted>((session, heard))
        };
        let (session, heard) =
            timeout(HANDSHAKE_LIMIT, handshake).await.unwrap_or(Err(Parted::Silent(HANDSHAKE_LIMIT)))?;
        Ok(Self::of(link, Sealer::of_run(&session), Opener::of_witness(&session, MOST_FROM_WITNESS), &heard))
    }

    /// The witness's side.
    pub(super) async fn answer(mut link: Link, key: Key) -> Result<Self, Parted> {
        let handshake = async {
            let mut heard = Vec::new();
            let hello = take::<HELLO>(&mut link, &mut heard).await?;
            let (answering, answer) = Answering::begin(key, draw()?, &hello)?;
            send(&mut link, &answer).await?;
            let proof = take::<PROOF>(&mut link, &mut heard).await?;
            Ok::<(Session, Vec<u8>), Parted>((answering.proved(&proof)?, heard))
        };
        let (session, heard) =
            timeout(HANDSHAKE_LIMIT, handshake).await.unwrap_or(Err(Parted::Silent(HANDSHAKE_LIMIT)))?;
        Ok(Self::of(link, Sealer::of_witness(&session), Opener::of_run(&session, MOST_FROM_RUN), &heard))
    }

    fn of(link: Link, sealer: Sealer, mut opener: Opener, heard: &[u8]) -> Self {
        opener.push(heard);
        Self { link, sealer, opener, heard: Instant::now() }
    }

    /// Says something.
    pub(super) async fn say(&mut self, body: &[u8]) -> Result<(), Parted> {
        let frame = self.sealer.seal(body);
        send(&mut self.link, &frame).await
    }

    /// Hears the next frame's body. What was heard of one is kept where this is dropped.
    pub(super) async fn hear(&mut self) -> Result<Vec<u8>, Parted> {
        loop {
            if let Some(body) = self.opener.open()? {
                return Ok(body);
            }
            // Counted from what was heard last, however often this was dropped in between.
            let left = SILENCE.saturating_sub(self.heard.elapsed());
            let octets = match receive(&mut self.link, left).await {
                Err(Parted::Silent(_)) => return Err(Parted::Silent(SILENCE)),
                other => other?,
            };
            self.heard = Instant::now();
            self.opener.push(&octets);
        }
    }
}

async fn send(link: &mut Link, octets: &[u8]) -> Result<(), Parted> {
    link.send(octets, SILENCE).await.map_err(|what| parted(what, SILENCE))
}

async fn receive(link: &mut Link, within: Duration) -> Result<Vec<u8>, Parted> {
    match link.receive(within).await {
        Received::Bytes(octets) => Ok(octets),
        what => Err(parted(what, within)),
    }
}

/// Takes so many octets; what came behind them stays in `heard`.
async fn take<const COUNT: usize>(link: &mut Link, heard: &mut Vec<u8>) -> Result<[u8; COUNT], Parted> {
    loop {
        if let Some(taken) = heard.first_chunk::<COUNT>().copied() {
            heard.drain(..COUNT);
            return Ok(taken);
        }
        let octets = receive(link, HANDSHAKE_LIMIT).await?;
        heard.extend_from_slice(&octets);
    }
}

fn parted(what: Received, within: Duration) -> Parted {
    match what {
        Received::Closed | Received::Bytes(_) => Parted::Closed,
        Received::Reset(reason) => Parted::Reset(reason),
        Received::Broken(error) => Parted::Reset(error.to_string()),
        Received::TimedOut => Parted::Silent(within),
    }
}

/// A proof over what can be foreseen proves nothing, so that there is no other source than the system.
fn draw() -> Result<[u8; 32], Parted> {
    let mut drawn = [0; 32];
    getrandom::fill(&mut drawn).map_err(|error| Parted::NoRandomness(error.to_string()))?;
    Ok(drawn)
}
