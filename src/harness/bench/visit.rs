//! A connection in the hands of a role: greeting, introduction, signing in, mail transactions.

use super::authentication::classify;
use super::profile::choose_mechanism;
use super::target::Ready;
use crate::harness::client::{Authenticate, Outcome, Step};
use crate::harness::dialogue::Dialogue;
use crate::harness::nonces::Nonces;
use crate::judge::{Authentication, NoAnswer, Role, Spoken, Stage};
use crate::protocol::sasl::{Entropy, Mechanism};
use crate::protocol::transcript::Content;
use crate::protocol::wire::{Extensions, Reply, ReplyClass};

/// Waits for the greeting and introduces the client. A server that does not take the introduction has turned it away.
pub(super) async fn introduce(ready: &Ready, dialogue: &mut Dialogue) -> Result<Extensions, NoAnswer> {
    let greeting = ready.greeting(dialogue).await?;
    if !greeting.code().is_positive() {
        return Err(NoAnswer::TurnedAway { reply: (&greeting).into() });
    }
    let step = Step::Ehlo { name: ready.profile.client_name.clone(), helo_fallback: true };
    match dialogue.perform(step).await {
        Outcome::Introduced { reply, extensions } if reply.code().is_positive() => Ok(extensions),
        outcome => {
            let reply = outcome.into_reply()?;
            Err(NoAnswer::TurnedAway { reply: (&reply).into() })
        }
    }
}

/// Signs in as a role, and tells the mechanism asked for.
pub(crate) async fn sign_in(
    ready: &Ready,
    dialogue: &mut Dialogue,
    role: Role,
    asked: Option<Mechanism>,
    extensions: &Extensions,
    nonces: &mut Nonces,
) -> (Option<Mechanism>, Authentication) {
    let Some(login) = ready.profile.roles.get(&role).and_then(|profile| profile.login.as_ref()) else {
        return (None, Authentication::NotTried);
    };
    let listed = extensions.authentication_mechanisms();
    let Some(mechanism) = asked.or(login.mechanism).or_else(|| choose_mechanism(&listed)) else {
        return (None, Authentication::NoMechanism { listed, without_tls: extensions.has("STARTTLS") });
    };
    if let Err(why) = ready.may_sign_in(Some(role)) {
        return (Some(mechanism), Authentication::NoAnswer(why));
    }
    let entropy = Entropy { nonce: nonces.octets(), unix_milliseconds: ready.clock.unix_time().0 };
    let step = Step::Authenticate(Authenticate { mechanism, credentials: login.credentials.clone(), entropy });
    let said_before = credentials_said(dialogue);
    let answer = match dialogue.perform(step).await {
        Outcome::Exchange(exchange) => classify(exchange, extensions.has("STARTTLS")),
        Outcome::NoAnswer(why) => Authentication::NoAnswer(why),
        Outcome::Sent | Outcome::Reply(_) | Outcome::Introduced { .. } | Outcome::Secured { .. } => {
            Authentication::CannotSpeak { reason: "AUTH came to no answer".to_owned() }
        }
    };
    // Whatever the answer, or none: a server that was given credentials and did not say 235 may have counted a failure.
    if let Authentication::Accepted { .. } = answer {
        ready.has_signed_in(role);
    } else if credentials_said(dialogue) > said_before {
        ready.login_failed(Some(role));
    }
    let is_final = matches!(
        answer,
        Authentication::Refused { .. } | Authentication::Unavailable { .. } | Authentication::NeedsTls { .. }
    );
    if asked.is_none() && is_final {
        ready.was_turned_down(role, answer.clone());
    }
    (Some(mechanism), answer)
}

fn credentials_said(dialogue: &Dialogue) -> usize {
    let entries = dialogue.transcript().entries.iter();
    entries.filter(|entry| matches!(entry.content, Content::Credential { .. })).count()
}

/// What a mail transaction came to, as far as replies tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    Refused { at: Stage, reply: Spoken },
    Deferred { at: Stage, reply: Spoken },
    Accepted { at: Stage },
    NoAnswer(NoAnswer),
}

impl Ended {
    /// Whether a second try was put off as the first was. The wording may hold a time or a queue id.
    pub(super) fn is_same_answer(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Deferred { at, reply }, Self::Deferred { at: other_at, reply: other }) => {
                at == other_at && reply.code == other.code && reply.enhanced == other.enhanced
            }
            _ => false,
        }
    }
}

/// What came of trying a mail transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tried {
    /// What the last try came to.
    pub(super) ended: Ended,
    /// Whether it was tried a second time, with the same answer.
    pub(super) retried: bool,
    /// Whether mail data went out, to whatever reply: the server may have passed it on.
    pub(super) mail_data_was_sent: bool,
    /// The last command that was answered with success, whatever came of the next one.
    pub(super) passed: Option<Stage>,
}

impl Tried {
    /// Once, and over before the mail data.
    pub(super) const fn unsent(ended: Ended) -> Self {
        Self { ended, retried: false, mail_data_was_sent: false, passed: None }
    }
}

/// The envelope of a mail transaction, and the message if it is to be sent.
#[derive(Clone, Debug)]
pub(super) struct Transaction {
    pub(super) sender: String,
    pub(super) recipients: Vec<String>,
    pub(super) message: Option<Vec<u8>>,
}

/// Tries a mail transaction up to its first refusal.
pub(super) async fn transact(dialogue: &mut Dialogue, transaction: Transaction) -> Tried {
    let mut steps = vec![(Stage::Mail, Step::Command(format!("MAIL FROM:<{}>", transaction.sender).into_bytes()))];
    for recipient in &transaction.recipients {
        steps.push((Stage::Rcpt, Step::Command(format!("RCPT TO:<{recipient}>").into_bytes())));
    }
    if let Some(message) = transaction.message {
        steps.push((Stage::Data, Step::Command(b"DATA".to_vec())));
        steps.push((Stage::EndOfData, Step::MailData(message)));
    }
    let mut tried = Tried::unsent(Ended::Accepted { at: Stage::Rcpt });
    for (at, step) in steps {
        tried.mail_data_was_sent = at == Stage::EndOfData;
        tried.ended = match dialogue.perform(step).await.into_reply() {
            Err(why) => Ended::NoAnswer(why),
            Ok(reply) => read(at, &reply),
        };
        if !matches!(tried.ended, Ended::Accepted { .. }) {
            break;
        }
        tried.passed = Some(at);
    }
    tried
}

pub(super) fn read(at: Stage, reply: &Reply) -> Ended {
    if let Some(why) = NoAnswer::of_contradiction(reply) {
        return Ended::NoAnswer(why);
    }
    match (at, reply.code().class()) {
        (Stage::Data, ReplyClass::PositiveIntermediate) => Ended::Accepted { at },
        (Stage::Mail | Stage::Rcpt | Stage::EndOfData, ReplyClass::PositiveCompletion) => Ended::Accepted { at },
        (_, ReplyClass::TransientNegative) => Ended::Deferred { at, reply: reply.into() },
        (_, ReplyClass::PermanentNegative) => Ended::Refused { at, reply: reply.into() },
        (Stage::Data, ReplyClass::PositiveCompletion)
        | (Stage::Mail | Stage::Rcpt | Stage::EndOfData, ReplyClass::PositiveIntermediate) => {
            Ended::NoAnswer(NoAnswer::NoReply { what: format!("{} where it means nothing", reply.code()) })
        }
    }
}
