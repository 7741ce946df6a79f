//! The witness: receives what a target sends on. What it has seen is noted before it says 250, so that nothing a server
//! was told to be done is ever missing here. It is part of a run, or a process of its own that runs follow.

pub mod channel;
mod connection;
mod follower;
mod inspect;
mod kept;
mod lifeline;
mod listener;
mod peer;
mod receiver;
mod standing;
mod store;

pub use connection::Parted;
pub use follower::{FollowError, Follower};
pub use inspect::{Altered, Inspected, MarkPlace, Report, Said, is_as_sent};
pub use listener::WitnessListener;
pub use peer::WitnessPeer;
pub use receiver::{Message, Receiver, Told};
pub use standing::{AtWitness, Ports, StandingWitness, WitnessLog};
pub use store::{Delivery, Witness};

/// What has to last for as long as a run wants to see what comes in.
#[derive(Debug)]
pub enum Held {
    /// A door of the run's own.
    Door(WitnessListener),
    /// The connection to a witness elsewhere.
    Follower(Follower),
}

#[cfg(test)]
mod tests;
