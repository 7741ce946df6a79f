//! What may come between the chunks of a message (RFC 3030 2; MS02-012).

use crate::protocol::wire::Verb;
use crate::reference::deployment::behaviours::ChunkingComponent;

/// What becomes of a command that comes after a chunk that was not the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BetweenChunks {
    /// It runs.
    Run,
    /// It is answered with "BDAT expected".
    Expected,
    /// It runs, and right after its reply the service fails. When exactly the service failed is not on record; its
    /// reply is (wire-facts 6 and row 18 of 8).
    RunAndFail,
    /// It runs, and right after its reply this connection is closed and no other. No product of ours does so; a wrong
    /// part can.
    RunAndClose,
    /// It is answered with "BDAT expected", and the service fails all the same. No product of ours does so; a wrong part
    /// can.
    ExpectedAndFail,
}

/// The sequence of chunks.
pub trait ChunkSequence: Send + Sync {
    /// Judges a verb.
    fn judge(&self, verb: &Verb) -> BetweenChunks;
}

/// With the check that the patch brought, or without it.
#[derive(Clone, Copy, Debug)]
pub enum Chunks {
    /// Only BDAT, RSET, NOOP and QUIT run.
    Sequenced,
    /// Everything runs (CVE-2002-0055).
    Unsequenced,
}

impl Chunks {
    /// The behaviours' part. Without BDAT there is no chunk, and nothing is ever asked.
    pub const fn of(component: ChunkingComponent) -> Self {
        match component {
            ChunkingComponent::Absent | ChunkingComponent::Sequenced => Self::Sequenced,
            ChunkingComponent::Unsequenced => Self::Unsequenced,
        }
    }
}

impl ChunkSequence for Chunks {
    fn judge(&self, verb: &Verb) -> BetweenChunks {
        match (self, verb) {
            (_, Verb::Bdat | Verb::Rset | Verb::Noop | Verb::Quit) => BetweenChunks::Run,
            (Self::Sequenced, _) => BetweenChunks::Expected,
            (Self::Unsequenced, _) => BetweenChunks::RunAndFail,
        }
    }
}
