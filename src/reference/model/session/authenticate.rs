//! AUTH (RFC 4954; MS-SMTPNTLM): the exchange, then stages 1 and 2, one after the other.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::output::Output;
use super::super::render::Filling;
use super::super::stages::Authorization;
use super::conversation::{Conversation, argument_filling};
use super::state::{Access, Beginning, Exchange, Phase, Transaction};
use crate::protocol::sasl::{Mechanism, Proof, ServerError, ServerExchange, ServerParameters, ServerStep};
use crate::protocol::wire::Line;
use crate::reference::deployment::facts::{Placeholder, ReplyKey};

/// The prompts of LOGIN as all products word them (wire-facts 3.2, 3.4).
const LOGIN_PROMPTS: [&[u8]; 2] = [b"Username:", b"Password:"];

impl Conversation {
    pub(super) fn authenticate(
        &mut self,
        mechanism: &[u8],
        initial_response: Option<&[u8]>,
        transaction: Transaction,
    ) -> Phase {
        let strictness = self.model.behaviours.strictness;
        if self.access.is_authenticated() {
            return self.answer(ReplyKey::AuthenticateAlready, transaction);
        }
        if self.hello.is_none() && !strictness.authenticates_before_helo {
            return self.answer(ReplyKey::AuthenticateBeforeHelo, transaction);
        }
        if !matches!(transaction, Transaction::Idle) && !strictness.authenticates_inside_transaction {
            return self.answer(ReplyKey::AuthenticateInsideTransaction, transaction);
        }
        let (behaviours, choice) = (&self.model.behaviours, &self.model.components.mechanisms);
        let is_taken =
            |known: &Mechanism| behaviours.mechanisms.contains(known) && choice.takes(*known, self.channel, behaviours);
        // 504 too for a mechanism that "requires an encryption layer" (RFC 4954 4); 538 is historical (6).
        let known = Mechanism::from_name(mechanism).filter(is_taken);
        let Some(known) = known else {
            let filling = argument_filling(mechanism);
            return self.answer_with(ReplyKey::AuthenticateMechanismUnknown, filling, transaction);
        };
        let initial_response = match initial_response {
            None => None,
            // RFC 4954 4: a response of no octets.
            Some(b"=") => Some(Vec::new()),
            Some(text) => match STANDARD.decode(text) {
                Ok(response) => Some(response),
                Err(_) => return self.answer(ReplyKey::AuthenticateBadBase64, transaction),
            },
        };
        let beginning = Beginning { mechanism: known, initial_response, transaction };
        match known {
            Mechanism::CramMd5 | Mechanism::Ntlm | Mechanism::ScramSha256 => {
                self.give(Output::NeedNonce);
                Phase::NonceWanted(beginning)
            }
            // These have no challenge that must not be foreseen.
            Mechanism::Anonymous
            | Mechanism::External
            | Mechanism::Login
            | Mechanism::OauthBearer
            | Mechanism::Plain
            | Mechanism::Xoauth2 => self.begin_exchange(beginning, [0; 8]),
        }
    }

    pub(super) fn begin_exchange(&mut self, beginning: Beginning, nonce: [u8; 8]) -> Phase {
        let Beginning { mechanism, initial_response, transaction } = beginning;
        let parameters = ServerParameters {
            nonce,
            unix_milliseconds: self.now.0,
            host: self.model.host.clone(),
            login_prompts: LOGIN_PROMPTS.map(<[u8]>::to_vec),
            ntlm: self.model.behaviours.challenge_style.clone(),
        };
        match ServerExchange::begin(mechanism, parameters, initial_response.as_deref()) {
            Ok((server, step)) => self.exchange_step(Exchange { mechanism, server, transaction, judged: None }, step),
            Err(ServerError::Malformed { .. } | ServerError::Over) => {
                self.answer(ReplyKey::AuthenticateMalformed, transaction)
            }
        }
    }

    /// Takes a response line.
    pub(super) fn response(&mut self, line: &Line, mut exchange: Exchange) -> Phase {
        let Line::Complete { bytes, .. } = line else {
            return self.answer(ReplyKey::AuthenticateLineTooLong, exchange.transaction);
        };
        if bytes == b"*" {
            return self.answer(ReplyKey::AuthenticateCancelled, exchange.transaction);
        }
        let Ok(response) = STANDARD.decode(bytes) else {
            return self.answer(ReplyKey::AuthenticateBadBase64, exchange.transaction);
        };
        match exchange.server.respond(&response) {
            Ok(step) => self.exchange_step(exchange, step),
            Err(ServerError::Malformed { .. } | ServerError::Over) => {
                self.answer(ReplyKey::AuthenticateMalformed, exchange.transaction)
            }
        }
    }

    fn exchange_step(&mut self, mut exchange: Exchange, step: ServerStep) -> Phase {
        match step {
            ServerStep::Challenge(Some(challenge)) => {
                let filling = Filling::new().with(Placeholder::Challenge, STANDARD.encode(challenge));
                self.say_with(ReplyKey::AuthenticateChallenge, filling);
                Phase::Response(exchange)
            }
            ServerStep::Challenge(None) => {
                self.say(ReplyKey::AuthenticateNtlmSupported);
                Phase::Response(exchange)
            }
            ServerStep::Offered(proof) => {
                let (access, key) = self.judge(&proof, exchange.mechanism);
                let is_success = key == ReplyKey::AuthenticateOk(exchange.mechanism);
                let account = proof.user().and_then(|user| self.model.directory.find(&user));
                let secret = account.map(|account| account.secret.clone()).filter(|_| is_success);
                match exchange.server.conclude(&proof, secret.as_ref()) {
                    Some(step) => {
                        exchange.judged = Some((access, key));
                        self.exchange_step(exchange, step)
                    }
                    None => self.conclude(access, key, exchange.transaction),
                }
            }
            ServerStep::Acknowledged => match exchange.judged {
                Some((access, key)) => self.conclude(access, key, exchange.transaction),
                None => self.answer(ReplyKey::AuthenticateMalformed, exchange.transaction),
            },
        }
    }

    fn conclude(&mut self, access: Access, key: ReplyKey, transaction: Transaction) -> Phase {
        self.access = access;
        self.answer(key, transaction)
    }

    /// Stage 1, then stage 2 where there is one.
    fn judge(&self, proof: &Proof, mechanism: Mechanism) -> (Access, ReplyKey) {
        let components = &self.model.components;
        let directory = &self.model.directory;
        let Some(identity) = components.authenticate.authenticate(proof, directory) else {
            return (Access::Anonymous, ReplyKey::AuthenticateRefused(mechanism));
        };
        let ok = ReplyKey::AuthenticateOk(mechanism);
        match &components.authorization {
            Authorization::Absent => (Access::Authorized(identity), ok),
            Authorization::AtAuthentication(authorize) if authorize.may_use_mail(&identity, directory) => {
                (Access::Authorized(identity), ok)
            }
            Authorization::AtAuthentication(_) => (Access::Anonymous, ReplyKey::AuthenticateNotAuthorized(mechanism)),
            Authorization::AfterAuthentication(authorize) if authorize.may_use_mail(&identity, directory) => {
                (Access::Authorized(identity), ok)
            }
            Authorization::AfterAuthentication(_) => (Access::Unauthorized, ok),
        }
    }
}
