//! What a model beside a target came to, by its own answers to what the target's client said.

use crate::harness::bench::arrival;
use crate::harness::bench::authentication::classify;
use crate::harness::bench::target::Ready;
use crate::harness::bench::visit::{Ended, Tried, read};
use crate::harness::client::Exchange;
use crate::judge::{Answers, Attempt, Authentication, Fate, NoAnswer, Stage};
use crate::protocol::transcript::{Content, Entry, Happening, Side, Turn};
use crate::protocol::wire::{Extensions, Reply};

/// Both answers of the model in one attempt, as they would be read of a target.
pub(super) async fn of(ready: &Ready, turns: &[Turn], attempt: &Attempt) -> Answers {
    let authentication = authentication(turns, attempt);
    let fate = match transaction(turns, attempt) {
        Some(tried) => {
            let (fate, pending) = arrival::told(ready, attempt.destination, tried);
            let told = Attempt { fate, ..attempt.clone() };
            match pending {
                Some(pending) => arrival::settle(ready, &told, pending).await,
                None => told.fate,
            }
        }
        None => match end(turns) {
            Some(why) => Fate::NoAnswer(why),
            None => Fate::NotTried { reason: "the target ended the dialogue before the mail".to_owned() },
        },
    };
    Answers { authentication, fate }
}

fn authentication(turns: &[Turn], attempt: &Attempt) -> Authentication {
    if matches!(attempt.authentication, Authentication::NotTried) {
        return Authentication::NotTried;
    }
    let Some(begin) = turns.iter().position(|turn| says(turn, b"AUTH ")) else {
        return match (&attempt.authentication, end(turns)) {
            // What we keep back ourselves is kept back from both.
            (Authentication::NoAnswer(why @ NoAnswer::LimitReached { .. }), _) => Authentication::NoAnswer(why.clone()),
            (_, Some(why)) => Authentication::NoAnswer(why),
            (_, None) => Authentication::NotTried,
        };
    };
    let starttls_is_offered = turns
        .iter()
        .take(begin)
        .rev()
        .find(|turn| says(turn, b"EHLO "))
        .is_some_and(|turn| reply(turn).is_some_and(|reply| Extensions::from_reply(&reply).has("STARTTLS")));
    let mut challenged = false;
    for (number, turn) in turns.iter().enumerate().skip(begin) {
        if number > begin && !responds(turn) {
            break;
        }
        match reply(turn) {
            Some(reply) if reply.code().get() == 334 => challenged = true,
            Some(reply) => return classify(Exchange::Answered { reply, challenged }, starttls_is_offered),
            None => return Authentication::NoAnswer(silence(turn)),
        }
    }
    Authentication::CannotSpeak { reason: "it asks for one more response than the target did".to_owned() }
}

/// The attempt's mail transaction, the last try of it; `None` where it never came to one.
fn transaction(turns: &[Turn], attempt: &Attempt) -> Option<Tried> {
    let mail = format!("MAIL FROM:<{}>", attempt.reverse_path);
    let rcpt = format!("RCPT TO:<{}>", attempt.forward_path);
    let is_its = |pair: &[Turn]| match pair {
        [first, second] => says(first, mail.as_bytes()) && says(second, rcpt.as_bytes()),
        _ => false,
    };
    let was_refused = |at: &Turn| says(at, mail.as_bytes());
    let begin = turns.windows(2).rposition(is_its).or_else(|| turns.iter().rposition(was_refused))?;
    let mut tried = Tried::unsent(Ended::Accepted { at: Stage::Mail });
    for turn in turns.iter().skip(begin) {
        let Some(at) = stage(turn, &rcpt) else { break };
        let is_sent = at == Stage::EndOfData;
        tried.mail_data_was_sent |= is_sent;
        tried.ended = match reply(turn) {
            Some(reply) => read(at, &reply),
            None => Ended::NoAnswer(silence(turn)),
        };
        if !matches!(tried.ended, Ended::Accepted { .. }) {
            break;
        }
        tried.passed = Some(at);
    }
    let tries = turns.windows(2).filter(|pair| is_its(pair)).count();
    tried.retried = tries > 1 && matches!(tried.ended, Ended::Deferred { .. });
    Some(tried)
}

/// What a turn of a transaction says; `None`: the transaction is over.
fn stage(turn: &Turn, rcpt: &str) -> Option<Stage> {
    if turn.said.iter().any(|entry| matches!(entry.content, Content::MailData { .. })) {
        Some(Stage::EndOfData)
    } else if says(turn, b"MAIL FROM:") {
        Some(Stage::Mail)
    } else if says(turn, rcpt.as_bytes()) || says(turn, b"RCPT TO:") {
        Some(Stage::Rcpt)
    } else if says(turn, b"DATA") {
        Some(Stage::Data)
    } else {
        None
    }
}

fn says(turn: &Turn, beginning: &[u8]) -> bool {
    let begins = |entry: &Entry| match &entry.content {
        Content::Line { bytes, .. } => bytes.get(..beginning.len()) == Some(beginning),
        Content::Credential { .. } | Content::MailData { .. } | Content::Happening(_) => false,
    };
    turn.said.iter().any(begins)
}

/// Whether a turn goes on with an exchange: a response, or its end.
fn responds(turn: &Turn) -> bool {
    turn.said.iter().any(|entry| match &entry.content {
        Content::Credential { .. } => true,
        Content::Line { bytes, .. } => bytes == b"*",
        Content::MailData { .. } | Content::Happening(_) => false,
    })
}

/// The model's first reply in a turn.
fn reply(turn: &Turn) -> Option<Reply> {
    let mut octets = Vec::new();
    for entry in &turn.model {
        match &entry.content {
            Content::Line { bytes, .. } => octets.extend_from_slice(bytes),
            // What a server says of a password is a challenge.
            Content::Credential { .. } => octets.extend_from_slice(b"334 "),
            Content::MailData { .. } | Content::Happening(_) => continue,
        }
        octets.extend_from_slice(b"\r\n");
    }
    Reply::from_bytes(&octets)?.ok()
}

fn silence(turn: &Turn) -> NoAnswer {
    let is_closed = |entry: &Entry| matches!(entry.content, Content::Happening(Happening::Closed));
    match turn.model.iter().any(is_closed) {
        true => NoAnswer::Closed,
        false => NoAnswer::NoReply { what: "nothing".to_owned() },
    }
}

/// That the connection ended, where it did.
fn end(turns: &[Turn]) -> Option<NoAnswer> {
    let mut entries = turns.iter().flat_map(|turn| &turn.model);
    let is_end =
        |entry: &Entry| entry.side == Side::Server && matches!(entry.content, Content::Happening(Happening::Closed));
    entries.any(is_end).then_some(NoAnswer::Closed)
}
