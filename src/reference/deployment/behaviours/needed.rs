//! Which replies a listener with these behaviours can give, so that its facts can be asked to be complete.

use std::collections::BTreeSet;

use super::{AuthorizationComponent, Behaviours, ChunkingComponent, KeywordCondition};
use crate::protocol::sasl::Mechanism;
use crate::reference::deployment::facts::ReplyKey;
use crate::reference::deployment::settings::{Exchange55RoutingSettings, RelaySettings};

/// Given whatever the behaviours are.
const ALWAYS: &[ReplyKey] = &[
    ReplyKey::Greeting,
    ReplyKey::LineTooLong,
    ReplyKey::ServiceStopping,
    ReplyKey::Timeout,
    ReplyKey::TraceHeader,
    ReplyKey::UnknownCommand,
];

impl Behaviours {
    /// Whether the verb, in upper case, is understood.
    pub fn understands(&self, verb: &str) -> bool {
        let is_listed = self.verbs.iter().any(|listed| listed == verb);
        match verb {
            "AUTH" => is_listed && !self.mechanisms.is_empty(),
            "BDAT" => is_listed && self.chunking != ChunkingComponent::Absent,
            _ => is_listed,
        }
    }

    /// Whether a keyword is listed at some time: `SIZE`, whatever stands behind it.
    pub fn lists(&self, keyword: &str) -> bool {
        self.keywords.iter().any(|line| {
            let can_be_listed = match line.when {
                KeywordCondition::Always => true,
                KeywordCondition::Certificate => self.certificate,
            };
            can_be_listed && line.text.split([' ', '=']).next().is_some_and(|word| word.eq_ignore_ascii_case(keyword))
        })
    }

    /// The replies that can be given. Facts for others are not needed.
    pub fn needed_replies(&self) -> BTreeSet<ReplyKey> {
        let mut needed: BTreeSet<ReplyKey> = ALWAYS.iter().copied().collect();
        for verb in self.verbs.iter().filter(|verb| self.understands(verb)) {
            needed.extend(self.needed_by_verb(verb));
        }
        if self.strictness.unexpected_arguments_refused {
            needed.insert(ReplyKey::ArgumentUnexpected);
        }
        if !self.settings.anonymous_access && !self.verbs_closed_to_anonymous.is_empty() {
            needed.insert(ReplyKey::AnonymousRefused);
        }
        if !self.verbs_wanting_tls.is_empty() {
            needed.insert(ReplyKey::TlsRequired);
        }
        needed
    }

    fn needed_by_verb(&self, verb: &str) -> Vec<ReplyKey> {
        match verb {
            "ATRN" => vec![ReplyKey::AtrnNotAuthenticated, ReplyKey::AtrnRefused],
            "AUTH" => self.needed_by_authentication(),
            "BDAT" => vec![
                ReplyKey::BdatChunk,
                ReplyKey::BdatExpected,
                ReplyKey::BdatSyntax,
                ReplyKey::BdatWithoutMail,
                ReplyKey::BdatWithoutRcpt,
                ReplyKey::DataAccepted,
                ReplyKey::DataTooLarge,
            ],
            "DATA" => self.needed_by_data(),
            "EHLO" => {
                let repeated = self.strictness.second_ehlo_refused.then_some(ReplyKey::EhloRepeated);
                [ReplyKey::EhloFirstLine].into_iter().chain(repeated).chain(self.needed_by_bare_hello()).collect()
            }
            "ETRN" => vec![ReplyKey::EtrnOk, ReplyKey::EtrnArgumentMissing, ReplyKey::EtrnRefused],
            "EXPN" => vec![ReplyKey::ExpnRefused],
            "HELO" => [ReplyKey::HeloOk].into_iter().chain(self.needed_by_bare_hello()).collect(),
            "HELP" => vec![ReplyKey::Help],
            "MAIL" => self.needed_by_mail(),
            "NOOP" => vec![ReplyKey::NoopOk],
            "QUIT" => vec![ReplyKey::Quit],
            "RCPT" => self.needed_by_rcpt(),
            "RSET" => vec![ReplyKey::RsetOk],
            "SAML" | "SEND" | "SOML" => vec![ReplyKey::SomlRefused],
            "STARTTLS" => vec![ReplyKey::StarttlsOk, ReplyKey::StarttlsUnavailable, ReplyKey::StarttlsAlready],
            "TURN" => vec![ReplyKey::TurnNotAuthenticated, ReplyKey::TurnRefused],
            "VRFY" => vec![ReplyKey::VrfyOk, ReplyKey::VrfyArgumentMissing],
            "XEXCH50" => {
                let refused = self.understands("AUTH").then_some(ReplyKey::Xexch50Refused);
                [ReplyKey::Xexch50NotAuthenticated].into_iter().chain(refused).collect()
            }
            _ => Vec::new(),
        }
    }

    fn needed_by_bare_hello(&self) -> Option<ReplyKey> {
        self.strictness.helo_needs_argument.then_some(ReplyKey::HeloArgumentMissing)
    }

    fn needed_by_mail(&self) -> Vec<ReplyKey> {
        let mut needed = vec![
            ReplyKey::MailMalformedPath,
            ReplyKey::MailNested,
            ReplyKey::MailOk,
            ReplyKey::MailSyntax,
            ReplyKey::MailTooLarge,
            ReplyKey::MailUnbalanced,
            ReplyKey::ParameterRefused,
        ];
        if self.strictness.repeated_parameters_refused {
            needed.push(ReplyKey::ParameterRepeated);
        }
        if self.limits.paths.is_some() {
            needed.push(ReplyKey::MailPathTooLong);
        }
        if self.strictness.confirms_size {
            needed.push(ReplyKey::MailOkWithSize);
        }
        if self.strictness.mail_needs_helo {
            needed.push(ReplyKey::MailBeforeHelo);
        }
        if !self.settings.anonymous_access && self.authorization == AuthorizationComponent::AfterAuthentication {
            needed.push(ReplyKey::MailSubmissionRefused);
        }
        needed
    }

    fn needed_by_rcpt(&self) -> Vec<ReplyKey> {
        let mut needed = vec![
            ReplyKey::ParameterRefused,
            ReplyKey::RcptBeforeMail,
            ReplyKey::RcptMalformedPath,
            ReplyKey::RcptOk,
            ReplyKey::RcptSyntax,
            ReplyKey::RcptTooMany,
            ReplyKey::RcptUnbalanced,
        ];
        if !matches!(self.settings.relay, RelaySettings::Exchange50 { .. }) {
            needed.push(ReplyKey::RcptRelayRefused);
        }
        if self.strictness.repeated_parameters_refused {
            needed.push(ReplyKey::ParameterRepeated);
        }
        if self.limits.paths.is_some() {
            needed.push(ReplyKey::RcptPathTooLong);
        }
        if self.strictness.bare_recipient_refused {
            needed.push(ReplyKey::RcptBareRefused);
        }
        needed
    }

    fn needed_by_data(&self) -> Vec<ReplyKey> {
        let mut needed = vec![
            ReplyKey::DataAccepted,
            ReplyKey::DataStart,
            ReplyKey::DataTooLarge,
            ReplyKey::DataWithoutMail,
            ReplyKey::DataWithoutRcpt,
        ];
        if let RelaySettings::Exchange55(Exchange55RoutingSettings { homed_only, account_matches_address, .. }) =
            &self.settings.relay
        {
            needed.extend(homed_only.then_some(ReplyKey::DataNotHomed));
            needed.extend(account_matches_address.then_some(ReplyKey::DataOriginatorMismatch));
        }
        needed
    }

    fn needed_by_authentication(&self) -> Vec<ReplyKey> {
        let mut needed = vec![
            ReplyKey::AuthenticateAlready,
            ReplyKey::AuthenticateArgumentMissing,
            ReplyKey::AuthenticateBadBase64,
            ReplyKey::AuthenticateCancelled,
            ReplyKey::AuthenticateChallenge,
            ReplyKey::AuthenticateLineTooLong,
            ReplyKey::AuthenticateMalformed,
            ReplyKey::AuthenticateMechanismUnknown,
        ];
        if !self.strictness.authenticates_inside_transaction {
            needed.push(ReplyKey::AuthenticateInsideTransaction);
        }
        if !self.strictness.authenticates_before_helo {
            needed.push(ReplyKey::AuthenticateBeforeHelo);
        }
        for mechanism in self.mechanisms.iter().copied() {
            needed.push(ReplyKey::AuthenticateOk(mechanism));
            needed.push(ReplyKey::AuthenticateRefused(mechanism));
            if self.authorization == AuthorizationComponent::AtAuthentication {
                needed.push(ReplyKey::AuthenticateNotAuthorized(mechanism));
            }
            if mechanism == Mechanism::Ntlm {
                needed.push(ReplyKey::AuthenticateNtlmSupported);
            }
        }
        needed
    }
}
