//! Steps that judge what became of a role's mail.

use std::sync::Arc;

use cucumber::then;

use super::dialogue::unheard;
use super::form::StepForm;
use super::parameters::{AuthenticationWord, CodeWord, FateWord};
use crate::feature::world::{CaseWorld, StepError, silence};
use crate::harness::Conversation;
use crate::harness::witness::is_as_sent;
use crate::judge::record::{ExpectedFate, ExpectedOutcome, INSIDE_DOOR};
use crate::judge::{Attempt, Authentication, Door, Fate, Judgement, Nonce, Stage, Verdict, no_mechanism};
use crate::protocol::transcript::{Content, Side};

pub(in crate::feature) const FORMS: [StepForm; 15] = [
    StepForm::then("AUTH is {authentication}", "what AUTH answered the role", "AUTH is accepted"),
    StepForm::then(
        "AUTH is answered with the code {code}",
        "the reply code of the last word on AUTH",
        "AUTH is answered with the code 500",
    ),
    StepForm::then("the mail is {fate}", "what became of the role's mail", "the mail is relayed"),
    StepForm::then(
        "the mail is refused at the end of its data with the code {code}",
        "every command was accepted, and the message itself was not",
        "the mail is refused at the end of its data with the code 554",
    ),
    StepForm::then(
        "it comes to the same for every role",
        "what became of the mail of one role became of every other's",
        "it comes to the same for every role",
    ),
    StepForm::then("nothing answers", "there is no connection, or no greeting on it", "nothing answers"),
    StepForm::then(
        "its mail goes no further than an anonymous client's",
        "the rules of a requirement, with their controls",
        "its mail goes no further than an anonymous client's",
    ),
    StepForm::then(
        "its mail goes no further than anybody's may",
        "the same for the anonymous client itself: it must not relay",
        "its mail goes no further than anybody's may",
    ),
    StepForm::then(
        "the authorized account is served",
        "it authenticates, and its mail for the remote recipient goes out",
        "the authorized account is served",
    ),
    StepForm::then(
        "the mail for the local recipient is taken",
        "as a server has to that takes mail from the Internet",
        "the mail for the local recipient is taken",
    ),
    StepForm::then(
        "its newest trace header names the server",
        "the first `Received:` of the relayed message is the server's own",
        "its newest trace header names the server",
    ),
    StepForm::then("every recipient is accepted", "each RCPT was answered 2xx", "every recipient is accepted"),
    StepForm::then(
        "the message is relayed to every recipient",
        "the witness saw it for each of them",
        "the message is relayed to every recipient",
    ),
    StepForm::then(
        "the message is delivered inside",
        "the witness saw the dialogue's message at the internal server, as it was sent but for header fields before it",
        "the message is delivered inside",
    ),
    StepForm::then("the message goes out", "the witness saw the message that came by MAPI", "the message goes out"),
];

#[then(expr = "AUTH is {authentication}")]
fn authentication_is(world: &mut CaseWorld, expected: AuthenticationWord) -> Result<(), StepError> {
    let rules = Arc::clone(&world.context()?.rules);
    let compared: Vec<Judgement> = match (&world.signed_in, &world.sent) {
        (Some((role, answer)), _) => {
            let fate = Fate::NotTried { reason: "this connection is for a dialogue".to_owned() };
            vec![rules.record_authentication(expected.0, *role, answer, &fate)]
        }
        (None, Some(sent)) => sent
            .attempts()
            .map(|attempt| {
                rules
                    .record_authentication(expected.0, attempt.role, &attempt.authentication, &attempt.fate)
                    .decided_by(attempt.order)
            })
            .collect(),
        (None, None) => return Err(StepError::Misplaced("nobody authenticated before this step")),
    };
    // One attempt a mechanism: the first that does not conform decides.
    let decisive = compared.iter().find(|judgement| judgement.verdict != Verdict::Conformant).or(compared.first());
    match decisive.cloned() {
        Some(judgement) => world.judge(judgement),
        None => world.conclude(Verdict::Inconclusive, "nothing was tried"),
    }
}

#[then(expr = "AUTH is answered with the code {code}")]
fn authentication_has_code(world: &mut CaseWorld, code: CodeWord) -> Result<(), StepError> {
    let answers: Vec<Authentication> = match (&world.signed_in, &world.sent) {
        (Some((_, answer)), _) => vec![answer.clone()],
        (None, Some(sent)) => sent.attempts().map(|attempt| attempt.authentication.clone()).collect(),
        (None, None) => return Err(StepError::Misplaced("nobody authenticated before this step")),
    };
    if answers.is_empty() {
        return world.conclude(Verdict::Inconclusive, "nothing was tried");
    }
    for answer in answers {
        match answer {
            Authentication::Accepted { reply }
            | Authentication::Refused { reply }
            | Authentication::Unavailable { reply }
            | Authentication::NeedsTls { reply }
            | Authentication::Deferred { reply } => {
                let seen = format!("it was answered `{} {}`", reply.code, reply.text);
                world.require(reply.code == code.0, &format!("AUTH to be answered with the code {}", code.0), &seen)?;
            }
            Authentication::NotTried => world.conclude(Verdict::Inconclusive, "AUTH was not tried")?,
            Authentication::NoMechanism { listed, .. } => {
                world.conclude(Verdict::Inconclusive, no_mechanism(&listed))?;
            }
            Authentication::CannotSpeak { reason } => world.conclude(Verdict::Inconclusive, reason)?,
            Authentication::NoAnswer(why) => world.conclude(Verdict::Inconclusive, silence(&why))?,
        }
    }
    Ok(())
}

#[then(expr = "the mail is {fate}")]
fn mail_is(world: &mut CaseWorld, expected: FateWord) -> Result<(), StepError> {
    judge_fate(world, expected.0)
}

#[then(expr = "nothing answers")]
fn nothing_answers(world: &mut CaseWorld) -> Result<(), StepError> {
    judge_fate(world, ExpectedFate::NoAnswer)
}

fn judge_fate(world: &mut CaseWorld, expected: ExpectedFate) -> Result<(), StepError> {
    let is_model = world.is_model()?;
    let sent = world.sent()?;
    let expected = ExpectedOutcome::of_mail(expected).to(sent.destination);
    let judgement = world.context()?.rules.record(expected, sent.role, &sent.evidence, is_model);
    world.judge(judgement)
}

#[then(expr = "its newest trace header names the server")]
fn trace_names_server(world: &mut CaseWorld) -> Result<(), StepError> {
    let deployment = world.deployment.as_ref().and_then(|name| {
        let context = world.context.as_ref()?;
        context.catalogue.get(&name.id).map(|deployment| deployment.host.name.clone())
    });
    let is_model = world.is_model()?;
    let sent = world.sent()?;
    let Some(attempt) = sent.attempt(None) else {
        return world.conclude(Verdict::Inconclusive, "nothing was tried");
    };
    let Fate::Arrived { sighting } = &attempt.fate else {
        return world.conclude(Verdict::Inconclusive, "the message was not seen");
    };
    let name = deployment.filter(|_| is_model).or_else(|| greeted_as(attempt));
    let Some(name) = name else {
        return world.conclude(Verdict::Inconclusive, "the server did not say its name");
    };
    let newest = sighting.trace.first().cloned().unwrap_or_default();
    let by = format!(" by {name} ").to_lowercase();
    let names = newest.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase().contains(&by);
    world.require(names, &format!("a trace header `by {name}` on top"), &format!("the newest is `{newest}`"))
}

#[then(expr = "the mail is refused at the end of its data with the code {code}")]
fn refused_at_end_of_data(world: &mut CaseWorld, code: CodeWord) -> Result<(), StepError> {
    let sent = world.sent()?;
    let Some(attempt) = sent.attempt(None) else {
        return world.conclude(Verdict::Inconclusive, "nothing was tried");
    };
    let expected = format!("a refusal at the end of the mail data with the code {}", code.0);
    let (holds, seen) = match &attempt.fate {
        Fate::Refused { at, reply } => (
            *at == Stage::EndOfData && reply.code == code.0,
            format!("it was refused at {} with `{} {}`", place(*at), reply.code, reply.text),
        ),
        Fate::Arrived { .. } => (false, "it arrived".to_owned()),
        Fate::Bounced { .. } => (false, "it was taken and returned".to_owned()),
        Fate::AcceptedNotSeen { .. } | Fate::AcceptedUnproven { .. } => (false, "it was taken".to_owned()),
        Fate::Deferred { at, reply, .. } => {
            (false, format!("it was deferred at {} with `{} {}`", place(*at), reply.code, reply.text))
        }
        Fate::Unsettled { .. } => {
            let reason = "something came in at the witness that leaves open what became of it";
            return world.conclude(Verdict::Inconclusive, reason);
        }
        Fate::NoAnswer(why) => {
            let reason = silence(why);
            return world.conclude(Verdict::Inconclusive, reason);
        }
        Fate::NotTried { reason } => {
            let reason = reason.clone();
            return world.conclude(Verdict::Inconclusive, reason);
        }
    };
    world.require(holds, &expected, &seen)
}

const fn place(stage: Stage) -> &'static str {
    match stage {
        Stage::Mail => "MAIL",
        Stage::Rcpt => "RCPT",
        Stage::Data => "DATA",
        Stage::EndOfData => "the end of the mail data",
    }
}

#[then(expr = "it comes to the same for every role")]
fn same_for_every_role(world: &mut CaseWorld) -> Result<(), StepError> {
    let mut known = Vec::new();
    for attempt in &world.outcomes {
        match outcome(&attempt.fate) {
            Some(outcome) => known.push((attempt, outcome)),
            None => {
                let reason = format!("what became of the mail of {} is not known", attempt.role.phrase());
                return world.conclude(Verdict::Inconclusive, reason);
            }
        }
    }
    let Some((first, outcome)) = known.first().copied() else {
        return Err(StepError::Misplaced("no step before this one has every role send mail"));
    };
    let said = |(attempt, outcome): (&Attempt, ExpectedFate)| format!("of {} {outcome}", attempt.role.phrase());
    let other = known.iter().find(|(_, of_another)| *of_another != outcome).copied();
    let seen = match other {
        Some(other) => format!("the mail {}, and the mail {}", said((first, outcome)), said(other)),
        None => format!("the mail of every role came to: {outcome}"),
    };
    // What decides is shown: the dialogue of the one that is treated otherwise.
    world.past.extend(other.map(|(attempt, _)| attempt.transcript.clone()));
    world.require(other.is_none(), "the same for every role", &seen)
}

/// What became of mail, as the record says it; `None` where that is not known.
fn outcome(fate: &Fate) -> Option<ExpectedFate> {
    match fate {
        Fate::Arrived { sighting } => Some(match sighting.door {
            Door::Outside => ExpectedFate::Relayed,
            Door::Inside => ExpectedFate::DeliveredInside,
        }),
        Fate::Bounced { .. } => Some(ExpectedFate::Bounced),
        Fate::Refused { .. } | Fate::Deferred { retried: true, .. } => Some(ExpectedFate::Refused),
        Fate::Deferred { retried: false, .. }
        | Fate::AcceptedNotSeen { .. }
        | Fate::AcceptedUnproven { .. }
        | Fate::Unsettled { .. }
        | Fate::NoAnswer(_)
        | Fate::NotTried { .. } => None,
    }
}

/// The name in the greeting: the first word behind 220 (RFC 5321 4.2).
fn greeted_as(attempt: &Attempt) -> Option<String> {
    attempt.transcript.entries.iter().find_map(|entry| match &entry.content {
        Content::Line { bytes, .. } if entry.side == Side::Server => {
            let line = String::from_utf8_lossy(bytes);
            line.get(4..)?.split_whitespace().next().map(str::to_owned)
        }
        _ => None,
    })
}

#[then(expr = "the message is delivered inside")]
async fn delivered_inside(world: &mut CaseWorld) -> Result<(), StepError> {
    let (bench, target) = (world.context()?.bench.clone(), world.target()?);
    if !bench.sees_inside(&target) {
        let judgement = Judgement::new(Verdict::Inconclusive, "no witness receives what the server passes inside");
        return world.judge(judgement.with_remedy(INSIDE_DOOR));
    }
    let Some(nonce) = world.conversation.as_ref().map(|conversation| conversation.nonce().clone()) else {
        return unheard(world);
    };
    let sightings = bench.sightings(&target, &nonce).await;
    let holds = sightings.iter().any(|sighting| sighting.door == Door::Inside);
    let seen = if holds { "it was seen there" } else { "it was not seen there" };
    // A real server may hold mail back for longer than anybody waits.
    if !holds && !bench.is_model(&target) {
        return world.conclude(Verdict::Inconclusive, format!("expected the message to be delivered inside; {seen}"));
    }
    world.require(holds, "the message to be delivered inside", seen)?;
    arrived_as_sent(world, &nonce).await
}

/// A server adds header fields before a message and leaves it as it is otherwise (RFC 5321 4.4, 6.4). A real one may hand
/// it on to something that does not.
async fn arrived_as_sent(world: &mut CaseWorld, nonce: &Nonce) -> Result<(), StepError> {
    let (bench, target) = (world.context()?.bench.clone(), world.target()?);
    let contents = bench.contents(&target, nonce, Door::Inside).await;
    let sent = world.conversation.as_ref().and_then(Conversation::sent).unwrap_or_default();
    let altered = contents.iter().find_map(|content| is_as_sent(content, sent).err());
    match altered {
        None => Ok(()),
        Some(altered) if bench.is_model(&target) => {
            world.require(false, "the message as it was sent, with header fields before it", &altered.to_string())
        }
        Some(altered) => world.conclude(Verdict::Inconclusive, altered.to_string()),
    }
}

#[then(expr = "the message goes out")]
fn message_goes_out(world: &mut CaseWorld) -> Result<(), StepError> {
    let sightings = world.by_mapi.as_ref().ok_or(StepError::Misplaced("no MAPI client submitted anything"))?;
    let holds = sightings.iter().any(|sighting| sighting.door == Door::Outside);
    let seen = if holds { "the witness saw it" } else { "the witness did not see it" };
    world.require(holds, "the message to go out", seen)
}

/// Both answers of the role that a case is about, for the result and the matrix.
pub(in crate::feature) fn answers(world: &CaseWorld, deciding: Option<u32>) -> Option<(Authentication, Fate)> {
    let attempt = world.sent.as_ref()?.attempt(deciding)?;
    Some((attempt.authentication.clone(), attempt.fate.clone()))
}

#[cfg(test)]
mod tests;
