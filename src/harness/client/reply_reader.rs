//! How whole replies are found among octets.

use crate::protocol::wire::{Reply, ReplyDecoder, ReplyError};

/// Cuts replies out of what the server sends. A seam: a reader that takes half a reply for a whole one can be put in
/// the place of [`ReplyDecoder`], and be seen to mislead a verdict.
pub trait ReplyReader: Send + std::fmt::Debug {
    /// Takes octets, cut anyhow.
    fn push(&mut self, octets: &[u8]);

    /// The next whole reply. `None`: its end has not arrived.
    fn next_reply(&mut self) -> Option<Result<Reply, ReplyError>>;
}

impl ReplyReader for ReplyDecoder {
    fn push(&mut self, octets: &[u8]) {
        Self::push(self, octets);
    }

    fn next_reply(&mut self) -> Option<Result<Reply, ReplyError>> {
        Self::next_reply(self)
    }
}
