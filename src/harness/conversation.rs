//! A dialogue led line by line, for cases that say their own lines.

use crate::judge::{Authentication, Destination, NoAnswer, Nonce, Role};
use crate::protocol::transcript::Transcript;
use crate::protocol::wire::{Extensions, Reply};

/// A connection with the client in the hands of a case. All it says and hears is in its transcript.
#[derive(Debug)]
pub struct Conversation {}

impl Conversation {
    /// The greeting.
    pub fn greeting(&self) -> &Reply {
        todo!()
    }

    /// Sends a line and reads one whole reply.
    ///
    /// # Errors
    /// When no reply comes.
    pub async fn say(&mut self, line: &str) -> Result<Reply, NoAnswer> {
        let _ = line;
        todo!()
    }

    /// Sends octets as they are, in one write, and reads nothing.
    ///
    /// # Errors
    /// When the connection is gone.
    pub async fn send(&mut self, octets: &[u8]) -> Result<(), NoAnswer> {
        let _ = octets;
        todo!()
    }

    /// Reads one whole reply.
    ///
    /// # Errors
    /// When none comes.
    pub async fn reply(&mut self) -> Result<Reply, NoAnswer> {
        todo!()
    }

    /// EHLO with the client's name, and what it lists.
    ///
    /// # Errors
    /// When no reply comes.
    pub async fn ehlo(&mut self) -> Result<(Reply, Extensions), NoAnswer> {
        todo!()
    }

    /// Authenticates as a role does at this target.
    pub async fn authenticate_as(&mut self, role: Role) -> Authentication {
        let _ = role;
        todo!()
    }

    /// The reverse-path of a role at this target, without brackets.
    pub fn sender_of(&self, role: Role) -> String {
        let _ = role;
        todo!()
    }

    /// The recipient for a destination at this target, without brackets.
    pub fn recipient(&self, destination: Destination) -> String {
        let _ = destination;
        todo!()
    }

    /// Sends a message made for this conversation behind a DATA that was answered 354, and reads the reply.
    ///
    /// # Errors
    /// When no reply comes.
    pub async fn send_message(&mut self) -> Result<Reply, NoAnswer> {
        todo!()
    }

    /// The mark in the message of this conversation.
    pub fn nonce(&self) -> &Nonce {
        todo!()
    }

    /// What was said so far.
    pub fn transcript(&self) -> &Transcript {
        todo!()
    }
}
