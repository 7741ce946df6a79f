//! DATA (RFC 5321 4.1.1.4).

use super::conversation::Conversation;
use super::state::{Content, MailData, Phase, Transaction};
use crate::protocol::wire::{BodyType, DotDecoder};
use crate::reference::deployment::facts::ReplyKey;

impl Conversation {
    pub(super) fn data(&mut self, transaction: Transaction) -> Phase {
        let (Transaction::Open(envelope) | Transaction::Chunking(envelope, _)) = transaction else {
            return self.answer(ReplyKey::DataWithoutMail, transaction);
        };
        if envelope.recipients.is_empty() {
            return self.answer(ReplyKey::DataWithoutRcpt, Transaction::Open(envelope));
        }
        // RFC 3030 3: BINARYMIME cannot be sent by DATA.
        let has_chunks = self.model.components.commands.understands("BDAT", &self.model.behaviours);
        if envelope.body == Some(BodyType::BinaryMime) && has_chunks {
            return self.answer(ReplyKey::BdatExpected, Transaction::Open(envelope));
        }
        self.say(ReplyKey::DataStart);
        Phase::MailData(MailData { envelope, decoder: DotDecoder::new(), content: Content::default() })
    }

    /// Takes a piece of mail data; tells also how many octets of it were mail data.
    pub(super) fn mail_data(&mut self, data: MailData, piece: &[u8]) -> (Phase, usize) {
        let MailData { envelope, mut decoder, mut content } = data;
        let mut decoded = Vec::new();
        let (used, is_at_end) = decoder.decode(piece, &mut decoded);
        content.extend(&decoded, self.model.behaviours.limits.message);
        let phase = if is_at_end {
            self.accept(&envelope, content)
        } else {
            Phase::MailData(MailData { envelope, decoder, content })
        };
        (phase, used)
    }
}
