//! Steps that judge one message to many recipients.

use cucumber::then;

use crate::feature::world::{CaseWorld, Sent, StepError, silence};
use crate::judge::{Door, Fate, OpenReason, Stage};

#[then(expr = "every recipient is accepted")]
fn every_recipient_is_accepted(world: &mut CaseWorld) -> Result<(), StepError> {
    let sent = many(world)?;
    let Some(attempt) = sent.attempt(None) else {
        return world.leave_open(OpenReason::NotTried, "nothing was tried");
    };
    let open = OpenReason::of_attempt(attempt);
    let (holds, seen) = match &attempt.fate {
        // 452 says "too many recipients" (RFC 5321 4.5.3.1.10), and 100 are not; any other 4xx asks for another time.
        Fate::Deferred { reply, .. } if reply.code != 452 => {
            let reason = format!("one was answered `{} {}`", reply.code, reply.text);
            return world.leave_open(open, reason);
        }
        Fate::Refused { at, reply } | Fate::Deferred { at, reply, .. } if *at <= Stage::Rcpt => {
            (false, format!("one was answered `{} {}`", reply.code, reply.text))
        }
        Fate::NoAnswer(why) => {
            let reason = silence(why);
            return world.leave_open(open, reason);
        }
        Fate::NotTried { reason } => {
            let reason = reason.clone();
            return world.leave_open(open, reason);
        }
        Fate::Refused { .. }
        | Fate::Deferred { .. }
        | Fate::Arrived { .. }
        | Fate::Bounced { .. }
        | Fate::AcceptedNotSeen { .. }
        | Fate::Unsettled { .. }
        | Fate::AcceptedUnproven { .. } => (true, format!("{} recipients were accepted", sent.recipients.len())),
    };
    world.require(holds, "every recipient to be accepted", &seen)
}

#[then(expr = "the message is relayed to every recipient")]
fn relayed_to_every_recipient(world: &mut CaseWorld) -> Result<(), StepError> {
    many(world)?;
    if !world.declaration()?.witness {
        return world.leave_open(OpenReason::NoWitness, "there is no witness to see it arrive");
    }
    // No answer, a witness that was lost: what was not seen then may have been relayed all the same.
    if let Some(attempt) = many(world)?.attempt(None)
        && let Fate::NoAnswer(why) = &attempt.fate
    {
        let (open, reason) = (OpenReason::of_attempt(attempt), silence(why));
        return world.leave_open(open, reason);
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
