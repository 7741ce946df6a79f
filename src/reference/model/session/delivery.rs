//! What becomes of a message after its data.

use super::super::mail::bounce::{ReturnReason, Returned};
use super::super::mail::{date, queue_id, trace};
use super::super::output::{Hop, Mail, Output};
use super::super::render::Filling;
use super::super::seams::{SubmissionDecision, SubmissionRequest};
use super::conversation::{Conversation, reverse_filling};
use super::state::{Content, Destination, Envelope, Phase, Transaction};
use crate::reference::deployment::facts::{Placeholder, ReplyKey};

impl Conversation {
    /// Ends the mail transaction: refused, or taken and on its way.
    pub(super) fn accept(&mut self, envelope: &Envelope, content: Content) -> Phase {
        let received = content.received();
        let Some(octets) = content.into_octets() else {
            return self.answer(ReplyKey::DataTooLarge, Transaction::Idle);
        };
        let decision = self.model.components.submission.judge(&SubmissionRequest {
            authorized: self.access.authorized(),
            reverse_path: &envelope.reverse_path,
            directory: &self.model.directory,
        });
        let filling = reverse_filling(&envelope.reverse_path);
        match decision {
            SubmissionDecision::Accept => {}
            SubmissionDecision::NotHomed => {
                return self.answer_with(ReplyKey::DataNotHomed, filling, Transaction::Idle);
            }
            SubmissionDecision::OriginatorMismatch => {
                return self.answer_with(ReplyKey::DataOriginatorMismatch, filling, Transaction::Idle);
            }
        }
        self.messages = self.messages.wrapping_add(1);
        let id = queue_id::make(&self.model.host, self.now, self.messages);
        let filling = Filling::new().with(Placeholder::QueueId, &id).with(Placeholder::Octets, received.to_string());
        self.say_with(ReplyKey::DataAccepted, filling.clone());
        self.dispatch(envelope, &octets, &id, filling);
        Phase::Command(Transaction::Idle)
    }

    fn dispatch(&mut self, envelope: &Envelope, octets: &[u8], id: &str, filling: Filling) {
        let filling = self.with_general(filling);
        let header = self.model.components.trace.header(&self.model.behaviours, &filling);
        let content = [header.as_slice(), octets].concat();
        let goes_round = trace::count(octets) > self.model.behaviours.hop_limit;
        let reverse_path = envelope.reverse_path.address();
        for hop in [Hop::Inside, Hop::Outside] {
            let is_bound = |destination| destination == Destination::Transmit(hop) && !goes_round;
            let bound = envelope.recipients.iter().filter(|recipient| is_bound(recipient.destination));
            let forward_paths: Vec<_> = bound.map(|recipient| recipient.address.clone()).collect();
            if !forward_paths.is_empty() {
                let mail = Mail { reverse_path: reverse_path.clone(), forward_paths, content: content.clone() };
                self.give(Output::Transmit { hop, mail });
            }
        }
        let returned = envelope.recipients.iter().filter_map(|recipient| match recipient.destination {
            Destination::Return(reason) => Some((recipient.address.clone(), reason)),
            Destination::Transmit(_) if goes_round => Some((recipient.address.clone(), ReturnReason::HopCount)),
            Destination::Transmit(_) => None,
        });
        let notice = self.model.components.bounce.bounce(&Returned {
            host: &self.model.host,
            date: &date::format(self.now),
            queue_id: id,
            reverse_path: &reverse_path,
            recipients: &returned.collect::<Vec<_>>(),
            content: &content,
        });
        if let Some(mail) = notice {
            let next_hop = &self.model.components.next_hop;
            let hop = next_hop.hop(&envelope.reverse_path, &self.model.host, self.connection.local);
            self.give(Output::Transmit { hop, mail });
        }
    }
}
