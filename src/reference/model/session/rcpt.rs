//! RCPT (RFC 5321 4.1.1.3): where stage 3 is asked.

use super::super::encapsulation::hidden_path;
use super::super::mail::bounce::ReturnReason;
use super::super::output::Hop;
use super::super::relay_policy::Ownership;
use super::super::stages::{RelayDecision, RelayRequest};
use super::conversation::{Conversation, argument_filling, forward_filling};
use super::mail::has_control;
use super::state::{Destination, Phase, Recipient, Transaction};
use crate::protocol::wire::{Parameters, Path};
use crate::reference::deployment::behaviours::EncapsulatedAddresses;
use crate::reference::deployment::facts::ReplyKey;

impl Conversation {
    pub(super) fn rcpt(&mut self, forward_path: Path, parameters: &Parameters, transaction: Transaction) -> Phase {
        let (Transaction::Open(envelope) | Transaction::Chunking(envelope, _)) = &transaction else {
            return self.answer(ReplyKey::RcptBeforeMail, transaction);
        };
        let has_room = envelope.recipients.len() < self.model.behaviours.limits.recipients;
        if forward_path.local_part().is_empty() {
            return self.answer_with(ReplyKey::RcptSyntax, argument_filling(forward_path.raw()), transaction);
        }
        if has_control(&forward_path) || self.refuses_mailbox(&forward_path) {
            return self.answer_with(ReplyKey::RcptMalformedPath, argument_filling(forward_path.raw()), transaction);
        }
        if !self.has_room_for(&forward_path) {
            return self.answer(ReplyKey::RcptPathTooLong, transaction);
        }
        if let Some(filling) = self.repeated_parameter(parameters) {
            return self.answer_with(ReplyKey::ParameterRepeated, filling, transaction);
        }
        if let Some(filling) = self.refused_rcpt_parameter(parameters) {
            return self.answer_with(ReplyKey::ParameterRefused, filling, transaction);
        }
        if self.model.behaviours.strictness.bare_recipient_refused && is_bare(&forward_path) {
            return self.answer_with(ReplyKey::RcptBareRefused, forward_filling(&forward_path), transaction);
        }
        let forward_path = self.with_default_domain(forward_path);
        let filling = forward_filling(&forward_path);
        if !has_room {
            return self.answer_with(ReplyKey::RcptTooMany, filling, transaction);
        }
        let Some(recipient) = self.recipient(&forward_path) else {
            return self.answer_with(ReplyKey::RcptRelayRefused, filling, transaction);
        };
        self.answer_with(ReplyKey::RcptOk, filling, transaction.with_recipient(recipient))
    }

    /// What becomes of the recipient; `None`: it is refused.
    fn recipient(&self, path: &Path) -> Option<Recipient> {
        let decision = self.decide(path);
        let hidden = match (decision, self.model.behaviours.encapsulated_addresses) {
            (RelayDecision::Inside, EncapsulatedAddresses::Refused | EncapsulatedAddresses::Relayed) => {
                hidden_path(path)
            }
            _ => None,
        };
        match (hidden, self.model.behaviours.encapsulated_addresses) {
            (Some(hidden), EncapsulatedAddresses::Relayed) => {
                let hop = self.model.components.next_hop.hop(&hidden, &self.model.host, self.connection.local);
                Some(Recipient { address: hidden.address(), destination: Destination::Transmit(hop) })
            }
            (Some(hidden), EncapsulatedAddresses::Refused | EncapsulatedAddresses::Local) => {
                self.recipient_as(&hidden, self.decide(&hidden))
            }
            (None, _) => self.recipient_as(path, decision),
        }
    }

    fn recipient_as(&self, path: &Path, decision: RelayDecision) -> Option<Recipient> {
        let destination = match decision {
            RelayDecision::Inside if self.has_no_mailbox(path) => Destination::Return(ReturnReason::NoSuchMailbox),
            RelayDecision::Inside => Destination::Transmit(Hop::Inside),
            RelayDecision::Outside => Destination::Transmit(Hop::Outside),
            RelayDecision::AcceptAndReturn => Destination::Return(ReturnReason::RelayRefused),
            RelayDecision::Refuse => return None,
        };
        Some(Recipient { address: path.address(), destination })
    }

    fn decide(&self, forward_path: &Path) -> RelayDecision {
        self.model.components.relay_policy.decide(&RelayRequest {
            peer: self.connection.peer,
            local: self.connection.local,
            host: &self.model.host,
            authorized: self.access.authorized(),
            forward_path,
        })
    }

    /// A local part that hides another address is taken at RCPT, since only the domain is looked at, and has no mailbox:
    /// the mail comes back and is never sent on (KB:Q304897, KB:Q244346). Every other local part is taken to have one;
    /// a gateway leaves the question to the server inside.
    fn has_no_mailbox(&self, path: &Path) -> bool {
        let ownership = self.domains.ownership(path, &self.model.host, self.connection.local);
        let hides_address = path.local_part().iter().any(|octet| matches!(octet, b'%' | b'!' | b'@'));
        ownership == Ownership::Local && (hides_address || hidden_path(path).is_some())
    }
}

impl Transaction {
    fn with_recipient(mut self, recipient: Recipient) -> Self {
        match &mut self {
            Self::Idle => {}
            Self::Open(envelope) | Self::Chunking(envelope, _) => envelope.recipients.push(recipient),
        }
        self
    }
}

fn is_bare(path: &Path) -> bool {
    path.domain().is_none() && !path.local_part().eq_ignore_ascii_case(b"postmaster")
}
