//! BDAT (RFC 3030).

use super::super::render::Filling;
use super::conversation::Conversation;
use super::state::{Chunk, Content, Phase, Transaction};
use crate::reference::deployment::facts::{Placeholder, ReplyKey};

impl Conversation {
    /// The chunk's octets follow the command at once, so they are read before anything is said.
    pub(super) fn bdat(&mut self, size: u64, is_last: bool, transaction: Transaction) -> Phase {
        let chunk = match transaction {
            Transaction::Idle => Chunk::Refused { transaction, key: ReplyKey::BdatWithoutMail, remaining: size },
            Transaction::Open(envelope) if envelope.recipients.is_empty() => Chunk::Refused {
                transaction: Transaction::Open(envelope),
                key: ReplyKey::BdatWithoutRcpt,
                remaining: size,
            },
            Transaction::Open(envelope) => {
                Chunk::Taken { envelope, content: Content::default(), size, remaining: size, is_last }
            }
            Transaction::Chunking(envelope, content) => {
                Chunk::Taken { envelope, content, size, remaining: size, is_last }
            }
        };
        Phase::Chunk(chunk)
    }

    /// Takes a piece of a chunk, at most what remains of it; an empty one only where nothing remains.
    pub(super) fn chunk_data(&mut self, chunk: Chunk, piece: &[u8]) -> Phase {
        let remaining = chunk.remaining().saturating_sub(piece.len() as u64);
        match chunk {
            Chunk::Refused { transaction, key, .. } if remaining == 0 => self.answer(key, transaction),
            Chunk::Refused { transaction, key, .. } => Phase::Chunk(Chunk::Refused { transaction, key, remaining }),
            Chunk::Taken { envelope, mut content, size, is_last, .. } => {
                content.extend(piece, self.model.behaviours.limits.message);
                if remaining > 0 {
                    return Phase::Chunk(Chunk::Taken { envelope, content, size, remaining, is_last });
                }
                if is_last {
                    return self.accept(&envelope, content);
                }
                if content.is_over_limit() {
                    return self.answer(ReplyKey::DataTooLarge, Transaction::Chunking(envelope, content));
                }
                let filling = Filling::new().with(Placeholder::Octets, size.to_string());
                self.answer_with(ReplyKey::BdatChunk, filling, Transaction::Chunking(envelope, content))
            }
        }
    }
}
