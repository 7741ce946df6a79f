//! The witness: receives what a target sends on. What it has seen is noted before it says 250, so that nothing a server
//! was told to be done is ever missing here.

mod inspect;
mod listener;
mod peer;
mod receiver;
mod store;

pub use inspect::{Altered, Inspected, MarkPlace, Report, Said, is_as_sent};
pub use listener::WitnessListener;
pub use peer::WitnessPeer;
pub use receiver::{Message, Receiver, Told};
pub use store::{Delivery, Witness};
