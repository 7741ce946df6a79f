//! Steps that judge one message to many recipients.

use cucumber::then;

use crate::feature::world::{CaseWorld, Sent, StepError, silence};
use crate::judge::{Door, Fate, Stage, Verdict};

#[then(expr = "every recipient is accepted")]
fn every_recipient_is_accepted(world: &mut CaseWorld) -> Result<(), StepError> {
    let sent = many(world)?;
    let (holds, seen) = match sent.attempt(None).map(|attempt| &attempt.fate) {
        Some(Fate::Refused { at, reply } | Fate::Deferred { at, reply, .. }) if *at <= Stage::Rcpt => {
            (false, format!("one was answered `{} {}`", reply.code, reply.text))
        }
        Some(Fate::NoAnswer(why)) => {
            let reason = silence(why);
            return world.conclude(Verdict::Inconclusive, reason);
        }
        Some(Fate::NotTried { reason }) => {
            let reason = reason.clone();
            return world.conclude(Verdict::Inconclusive, reason);
        }
        Some(_) => (true, format!("{} recipients were accepted", sent.recipients.len())),
        None => return world.conclude(Verdict::Inconclusive, "nothing was tried"),
    };
    world.require(holds, "every recipient to be accepted", &seen)
}

#[then(expr = "the message is relayed to every recipient")]
fn relayed_to_every_recipient(world: &mut CaseWorld) -> Result<(), StepError> {
    many(world)?;
    if !world.declaration()?.witness {
        return world.conclude(Verdict::Inconclusive, "there is no witness to see it arrive");
    }
    // No answer, a witness that was lost: what was not seen then may have been relayed all the same.
    if let Some(Fate::NoAnswer(why)) = many(world)?.attempt(None).map(|attempt| &attempt.fate) {
        let reason = silence(why);
        return world.conclude(Verdict::Inconclusive, reason);
    }
    let sent = many(world)?;
    let relayed = |recipient: &str| {
        let outside = sent.sightings.iter().filter(|sighting| sighting.door == Door::Outside);
        outside.flat_map(|sighting| &sighting.forward_paths).any(|path| path.eq_ignore_ascii_case(recipient))
    };
    let missing: Vec<&String> = sent.recipients.iter().filter(|recipient| !relayed(recipient)).collect();
    let seen = match missing.first() {
        Some(first) => format!("for {} of {} it was not seen, {first} the first", missing.len(), sent.recipients.len()),
        None => format!("it was seen for all {}", sent.recipients.len()),
    };
    world.require(missing.is_empty(), "the message to be relayed to every recipient", &seen)
}

/// The mail whose recipients are known: that to recipients of the case's own.
fn many(world: &CaseWorld) -> Result<&Sent, StepError> {
    let sent = world.sent()?;
    if sent.recipients.is_empty() {
        return Err(StepError::Misplaced("no step before this one sends mail to recipients of the case's own"));
    }
    Ok(sent)
}
