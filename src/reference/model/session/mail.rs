//! MAIL (RFC 5321 4.1.1.2) and the parameters of MAIL and RCPT.

use std::collections::BTreeSet;

use super::super::render::Filling;
use super::conversation::{Conversation, argument_filling, reverse_filling};
use super::state::{Envelope, Phase, Transaction};
use crate::protocol::wire::{Parameter, Parameters, Path, Tolerance};
use crate::reference::deployment::facts::{Placeholder, ReplyKey};

/// The parameters of MAIL, with the EHLO keywords that bring them: RFC 1870, 6152, 3030, 3461, 4954.
const MAIL_PARAMETERS: &[(&str, &[&str])] = &[
    ("AUTH", &["AUTH"]),
    ("BODY", &["8BITMIME", "BINARYMIME"]),
    ("ENVID", &["DSN"]),
    ("RET", &["DSN"]),
    ("SIZE", &["SIZE"]),
];

/// The parameters of RCPT: RFC 3461.
const RCPT_PARAMETERS: &[(&str, &[&str])] = &[("NOTIFY", &["DSN"]), ("ORCPT", &["DSN"])];

impl Conversation {
    pub(super) fn mail(&mut self, reverse_path: Path, parameters: &Parameters, transaction: Transaction) -> Phase {
        if !matches!(transaction, Transaction::Idle) {
            return self.answer(ReplyKey::MailNested, transaction);
        }
        if has_control(&reverse_path) || self.refuses_mailbox(&reverse_path) {
            return self.answer_with(ReplyKey::MailMalformedPath, argument_filling(reverse_path.raw()), transaction);
        }
        if !self.has_room_for(&reverse_path) {
            return self.answer(ReplyKey::MailPathTooLong, transaction);
        }
        if let Some(filling) = self.repeated_parameter(parameters) {
            return self.answer_with(ReplyKey::ParameterRepeated, filling, transaction);
        }
        if let Some(filling) = self.refused_parameter(parameters, MAIL_PARAMETERS) {
            return self.answer_with(ReplyKey::ParameterRefused, filling, transaction);
        }
        let size = parameters.size();
        let sized = |filling: Filling, size: u64| filling.with(Placeholder::Size, size.to_string());
        if let Some(size) = size
            && size > self.model.behaviours.limits.message as u64
        {
            return self.answer_with(ReplyKey::MailTooLarge, sized(Filling::new(), size), transaction);
        }
        let reverse_path = self.with_default_domain(reverse_path);
        let filling = reverse_filling(&reverse_path);
        match size {
            Some(size) if self.model.behaviours.strictness.confirms_size => {
                self.say_with(ReplyKey::MailOkWithSize, sized(filling, size));
            }
            Some(_) | None => self.say_with(ReplyKey::MailOk, filling),
        }
        let body = parameters.body();
        Phase::Command(Transaction::Open(Envelope { reverse_path, body, recipients: Vec::new() }))
    }

    /// Whether the path is within the limits of paths.
    pub(super) fn has_room_for(&self, path: &Path) -> bool {
        self.model.behaviours.limits.paths.is_none_or(|limits| limits.allow(path))
    }

    /// Whether the path's mailbox is none, and that matters.
    pub(super) fn refuses_mailbox(&self, path: &Path) -> bool {
        let is_malformed =
            |tolerance| matches!(tolerance, &Tolerance::MalformedLocalPart | &Tolerance::MalformedDomain);
        self.model.behaviours.strictness.malformed_mailboxes_refused && path.deviations().iter().any(is_malformed)
    }

    /// The first parameter that stands there a second time, where that matters.
    pub(super) fn repeated_parameter(&self, parameters: &Parameters) -> Option<Filling> {
        let mut seen = BTreeSet::new();
        let mut keywords = parameters.0.iter().map(|parameter| parameter.keyword.to_ascii_uppercase());
        let repeated = keywords.find(|keyword| !seen.insert(keyword.clone()))?;
        self.model.behaviours.strictness.repeated_parameters_refused.then(|| argument_filling(&repeated))
    }

    pub(super) fn refused_rcpt_parameter(&self, parameters: &Parameters) -> Option<Filling> {
        self.refused_parameter(parameters, RCPT_PARAMETERS)
    }

    /// The first parameter that the product has no keyword for or whose value cannot be read.
    fn refused_parameter(&self, parameters: &Parameters, known: &[(&str, &[&str])]) -> Option<Filling> {
        let is_known = |parameter: &Parameter| {
            let name = known.iter().find(|(name, _)| parameter.keyword.eq_ignore_ascii_case(name.as_bytes()));
            name.is_some_and(|(_, keywords)| keywords.iter().any(|keyword| self.model.behaviours.lists(keyword)))
        };
        let is_readable = |parameter: &Parameter| {
            let alone = Parameters(vec![parameter.clone()]);
            match parameter.keyword.to_ascii_uppercase().as_slice() {
                b"BODY" => alone.body().is_some(),
                b"SIZE" => alone.size().is_some(),
                _ => parameter.value.is_some(),
            }
        };
        let refused = parameters.0.iter().find(|parameter| !is_known(parameter) || !is_readable(parameter))?;
        Some(argument_filling(&refused.keyword))
    }
}

/// Whether a control octet stands in the path, quoted or not. It would go on to the next hop and break a line there.
pub(super) fn has_control(path: &Path) -> bool {
    path.raw().iter().any(u8::is_ascii_control)
}
