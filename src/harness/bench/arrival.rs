//! What the witness saw of an attempt's mail, and what became of the mail by that and by the replies.

use super::target::Ready;
use super::visit::{Ended, Tried};
use crate::judge::{Attempt, Destination, Door, Fate, Sighting};

/// How a message that came in at the witness belongs to an attempt; what says more about it comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Arrival {
    /// At the door where the mail was meant to arrive.
    AtItsDoor,
    /// A notice to the attempt's reverse-path.
    Returned,
    /// At the other door.
    Elsewhere,
}

/// From the replies and the witness to what became of the mail. The witness is asked wherever mail data was sent: a
/// refusal behind it is as much of a claim as a 250.
pub(super) async fn fate(ready: &Ready, attempt: &Attempt, tried: Tried) -> Fate {
    let Tried { ended, retried, mail_data_was_sent } = tried;
    let told = match ended {
        Ended::Refused { at, reply } => Fate::Refused { at, reply },
        Ended::Deferred { at, reply } => Fate::Deferred { at, reply, retried },
        Ended::NoAnswer(why) => Fate::NoAnswer(why),
        Ended::Accepted { at } => Fate::AcceptedUnproven { at },
    };
    let is_asked_about = match (attempt.destination, &told) {
        (Destination::Remote, _) => true,
        (Destination::Local, Fate::AcceptedUnproven { .. }) => ready.profile.inside_door,
        // Of local mail the reply is what is asked for.
        (Destination::Local, _) => false,
    };
    let (Some(witness), true, true) = (&ready.witness, mail_data_was_sent, is_asked_about) else { return told };
    let waited = ready.profile.limits.witness;
    let is_telling = |seen: &Sighting| matches!(read(attempt, seen), Arrival::AtItsDoor | Arrival::Returned);
    witness.sighted(&attempt.nonce, is_telling, waited).await;
    // Mail that went out and was returned too went out.
    let telling = witness.sightings(&attempt.nonce).into_iter().map(|seen| (read(attempt, &seen), seen));
    match (telling.min_by_key(|(arrival, _)| *arrival), told) {
        (Some((Arrival::AtItsDoor | Arrival::Elsewhere, sighting)), _) => Fate::Arrived { sighting },
        (Some((Arrival::Returned, notice)), Fate::AcceptedUnproven { .. } | Fate::NoAnswer(_)) => {
            Fate::Bounced { notice }
        }
        (None, Fate::AcceptedUnproven { .. }) => Fate::AcceptedNotSeen { waited },
        (Some((Arrival::Returned, _)) | None, told) => told,
    }
}

/// Mail that went out, found by now although it was not when its fate was told. Mail may take longer than anybody waits
/// for one message.
pub(super) fn late(ready: &Ready, attempt: &Attempt) -> Option<Fate> {
    let is_settled = match &attempt.fate {
        Fate::Arrived { sighting } => sighting.door == Door::Outside,
        Fate::Refused { .. }
        | Fate::Deferred { .. }
        | Fate::Bounced { .. }
        | Fate::AcceptedNotSeen { .. }
        | Fate::AcceptedUnproven { .. }
        | Fate::NoAnswer(_)
        | Fate::NotTried { .. } => false,
    };
    if is_settled || attempt.destination == Destination::Local {
        return None;
    }
    let sightings = ready.witness.as_ref()?.sightings(&attempt.nonce);
    let sighting = sightings.into_iter().find(|seen| read(attempt, seen) == Arrival::AtItsDoor)?;
    Some(Fate::Arrived { sighting })
}

fn read(attempt: &Attempt, seen: &Sighting) -> Arrival {
    let door = match attempt.destination {
        Destination::Remote => Door::Outside,
        Destination::Local => Door::Inside,
    };
    // A notice may come in at the same door as the mail was meant to.
    if seen.is_notice_to(&attempt.reverse_path) {
        Arrival::Returned
    } else if seen.door == door {
        Arrival::AtItsDoor
    } else {
        Arrival::Elsewhere
    }
}
