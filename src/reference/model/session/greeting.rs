//! HELO, EHLO (RFC 5321 4.1.1.1) and STARTTLS (RFC 3207).

use std::borrow::Cow;

use super::super::output::{Output, SpokenFact};
use super::super::render::SpokenLine;
use super::super::seams::Channel;
use super::conversation::{Conversation, Hello, argument_filling};
use super::state::{Phase, Transaction};
use crate::protocol::sasl::Mechanism;
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
        let components = &self.model.components;
        let offers_tls = self.model.behaviours.certificate && components.channel.is_offered(self.channel);
        let listed = self.model.behaviours.keywords.iter().filter(|keyword| match keyword.when {
            KeywordCondition::Always => true,
            KeywordCondition::Certificate => offers_tls,
        });
        let lines = listed.filter_map(|keyword| {
            Some(SpokenLine {
                text: format!("250 {}", self.on_this_channel(&keyword.text)?).into_bytes(),
                fact: SpokenFact { fact: keyword.fact.clone(), chosen: keyword.confidence == Confidence::Chosen },
            })
        });
        lines.collect()
    }

    /// The keyword without the mechanisms that are not listed on this channel; `None` where none is left. `AUTH=LOGIN` is
    /// what clients of before RFC 2554 look for.
    fn on_this_channel<'a>(&self, keyword: &'a str) -> Option<Cow<'a, str>> {
        let Some(names) = keyword.strip_prefix("AUTH").filter(|names| names.starts_with([' ', '='])) else {
            return Some(Cow::Borrowed(keyword));
        };
        let behaviours = &self.model.behaviours;
        let choice = &self.model.components.mechanisms;
        let is_listed = |name: &&str| {
            let mechanism = Mechanism::from_name(name.as_bytes());
            mechanism.is_none_or(|mechanism| choice.lists(mechanism, self.channel, behaviours))
        };
        let words = || names.split([' ', '=']).filter(|name| !name.is_empty());
        let listed: Vec<&str> = words().filter(is_listed).collect();
        if listed.len() == words().count() {
            return Some(Cow::Borrowed(keyword));
        }
        let separator = names.get(..1).unwrap_or(" ");
        (!listed.is_empty()).then(|| Cow::Owned(format!("AUTH{separator}{}", listed.join(" "))))
    }

    /// What the client sent behind STARTTLS is thrown away by [`Phase::TlsAwaited`].
    pub(super) fn starttls(&mut self, transaction: Transaction) -> Phase {
        if self.channel == Channel::Tls {
            return self.answer(ReplyKey::StarttlsAlready, transaction);
        }
        if !self.model.behaviours.certificate {
            return self.answer(ReplyKey::StarttlsUnavailable, transaction);
        }
        self.say(ReplyKey::StarttlsOk);
        self.give(Output::BeginTls);
        Phase::TlsAwaited(transaction)
    }
}

fn verb_filling(verb: &str) -> super::super::render::Filling {
    super::super::render::Filling::new().with(Placeholder::Verb, verb)
}
