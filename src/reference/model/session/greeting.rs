//! HELO, EHLO (RFC 5321 4.1.1.1) and STARTTLS (RFC 3207).

use super::super::output::{Output, SpokenFact};
use super::super::render::SpokenLine;
use super::conversation::{Conversation, Hello, argument_filling};
use super::state::{Phase, Transaction};
use crate::reference::deployment::behaviours::KeywordCondition;
use crate::reference::deployment::facts::{Confidence, Placeholder, ReplyKey};

impl Conversation {
    pub(super) fn helo(&mut self, argument: Option<Vec<u8>>, transaction: Transaction) -> Phase {
        if self.wants_argument(argument.as_deref()) {
            return self.answer_with(ReplyKey::HeloArgumentMissing, verb_filling("HELO"), transaction);
        }
        let filling = argument_filling(argument.as_deref().unwrap_or_default());
        self.hello = Some(Hello { argument, is_extended: false });
        self.answer_with(ReplyKey::HeloOk, filling, Transaction::Idle)
    }

    pub(super) fn ehlo(&mut self, argument: Option<Vec<u8>>, transaction: Transaction) -> Phase {
        if self.wants_argument(argument.as_deref()) {
            return self.answer_with(ReplyKey::HeloArgumentMissing, verb_filling("EHLO"), transaction);
        }
        let is_repeated = self.hello.as_ref().is_some_and(|hello| hello.is_extended);
        if is_repeated && self.model.behaviours.strictness.second_ehlo_refused {
            return self.answer(ReplyKey::EhloRepeated, transaction);
        }
        let filling = argument_filling(argument.as_deref().unwrap_or_default());
        self.hello = Some(Hello { argument, is_extended: true });
        let keywords = self.keyword_lines();
        self.say_with_keywords(ReplyKey::EhloFirstLine, filling, keywords);
        Phase::Command(Transaction::Idle)
    }

    fn wants_argument(&self, argument: Option<&[u8]>) -> bool {
        argument.is_none() && self.model.behaviours.strictness.helo_needs_argument
    }

    fn keyword_lines(&self) -> Vec<SpokenLine> {
        let offers_tls = self.model.behaviours.certificate && !self.uses_tls;
        let listed = self.model.behaviours.keywords.iter().filter(|keyword| match keyword.when {
            KeywordCondition::Always => true,
            KeywordCondition::Certificate => offers_tls,
        });
        let lines = listed.map(|keyword| SpokenLine {
            text: format!("250 {}", keyword.text).into_bytes(),
            fact: SpokenFact { fact: keyword.fact.clone(), chosen: keyword.confidence == Confidence::Chosen },
        });
        lines.collect()
    }

    /// What the client sent behind STARTTLS is thrown away by [`Phase::TlsAwaited`].
    pub(super) fn starttls(&mut self, transaction: Transaction) -> Phase {
        if self.uses_tls {
            return self.answer(ReplyKey::StarttlsAlready, transaction);
        }
        if !self.model.behaviours.certificate {
            return self.answer(ReplyKey::StarttlsUnavailable, transaction);
        }
        self.say(ReplyKey::StarttlsOk);
        self.give(Output::BeginTls);
        Phase::TlsAwaited
    }
}

fn verb_filling(verb: &str) -> super::super::render::Filling {
    super::super::render::Filling::new().with(Placeholder::Verb, verb)
}
