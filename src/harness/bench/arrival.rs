//! What the witness saw of an attempt's mail, and what became of the mail by that and by the replies.

use super::target::Ready;
use super::visit::{Ended, Tried};
use crate::harness::witness::{Delivery, MarkPlace, Said, Witness};
use crate::judge::{Action, Attempt, Destination, Door, Fate, Hint, Sighting};

/// How a message that came in at the witness belongs to an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Arrival {
    /// The mail, at the door where it was meant to arrive.
    AtItsDoor,
    /// A notice to the attempt's reverse-path that the mail comes back. `is_stated`: it says so for machines.
    Returned { is_stated: bool },
    /// The mail, at the other door.
    Elsewhere,
    /// What leaves open what became of the mail.
    Open(Hint),
}

impl Arrival {
    /// Its place among what was seen of one message: what says more comes first. Mail that went out and was returned too
    /// went out.
    const fn rank(self) -> u8 {
        match self {
            Self::AtItsDoor => 0,
            Self::Open(hint) if outweighs_replies(hint) => 1,
            Self::Returned { .. } => 2,
            Self::Elsewhere => 3,
            Self::Open(_) => 4,
        }
    }

    /// Whether nothing that arrives behind it matters.
    const fn ends_the_wait(self) -> bool {
        matches!(self, Self::AtItsDoor | Self::Returned { is_stated: true })
    }
}

/// Whether it stays open what became of the mail, whatever was answered to it and whatever notice came back.
const fn outweighs_replies(hint: Hint) -> bool {
    match hint {
        Hint::Reported { action } => action.is_success(),
        Hint::AutomaticReply | Hint::Unmarked => false,
    }
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
    let is_telling = |delivery: &Delivery| read(attempt, delivery).is_some_and(Arrival::ends_the_wait);
    witness.sighted(&attempt.nonce, is_telling, waited).await;
    let told = match told {
        Fate::AcceptedUnproven { .. } => Fate::AcceptedNotSeen { waited },
        told => told,
    };
    match foremost(ready, witness, attempt) {
        Some((Arrival::AtItsDoor | Arrival::Elsewhere, sighting)) => Fate::Arrived { sighting },
        Some((Arrival::Returned { .. }, notice)) if is_open(&told) => Fate::Bounced { notice },
        Some((Arrival::Open(hint), sighting)) => opened(told, hint, sighting),
        Some((Arrival::Returned { .. }, _)) | None => told,
    }
}

/// What says most of all that was seen of an attempt's mail, or may be of it.
fn foremost(ready: &Ready, witness: &Witness, attempt: &Attempt) -> Option<(Arrival, Sighting)> {
    let deliveries = witness.deliveries(&attempt.nonce).into_iter();
    let telling = deliveries.filter_map(|delivery| Some((read(attempt, &delivery)?, delivery.sighting)));
    telling.min_by_key(|(arrival, _)| arrival.rank()).or_else(|| {
        let may_be_it = |sighting: &Sighting| may_be_it(ready, attempt, sighting);
        Some((Arrival::Open(Hint::Unmarked), witness.unmarked().into_iter().find(may_be_it)?))
    })
}

/// Whether what arrived without a mark may be an attempt's mail. Another role's sender says whose it is instead; a sender that
/// is nobody's may be one that the server has rewritten.
fn may_be_it(ready: &Ready, attempt: &Attempt, unmarked: &Sighting) -> bool {
    let is_from = |sender: &str| unmarked.reverse_path.eq_ignore_ascii_case(sender);
    let is_anothers = || ready.profile.roles.values().any(|role| is_from(&role.sender));
    attempt.destination == Destination::Remote
        && unmarked.forward_paths.iter().any(|path| is_same_mailbox(path, &attempt.forward_path))
        && (is_from(&attempt.reverse_path) || !is_anothers())
}

/// Whether the replies leave it to the witness.
const fn is_open(told: &Fate) -> bool {
    matches!(told, Fate::AcceptedNotSeen { .. } | Fate::NoAnswer(_))
}

/// A fate with what leaves it open, where it does.
fn opened(otherwise: Fate, hint: Hint, sighting: Sighting) -> Fate {
    if outweighs_replies(hint) || matches!(otherwise, Fate::AcceptedNotSeen { .. }) {
        Fate::Unsettled { otherwise: Box::new(otherwise), hint, sighting }
    } else {
        otherwise
    }
}

/// Mail that went out, or what leaves open whether it did, found by now although it was not when its fate was told. Mail may
/// take longer than anybody waits for one message.
pub(super) fn late(ready: &Ready, attempt: &Attempt) -> Option<Fate> {
    let (is_settled, otherwise) = match &attempt.fate {
        Fate::Arrived { sighting } => (sighting.door == Door::Outside, None),
        Fate::Unsettled { otherwise, .. } => (false, Some(&**otherwise)),
        fate @ (Fate::Refused { .. }
        | Fate::Deferred { .. }
        | Fate::Bounced { .. }
        | Fate::AcceptedNotSeen { .. }
        | Fate::AcceptedUnproven { .. }
        | Fate::NoAnswer(_)
        | Fate::NotTried { .. }) => (false, Some(fate)),
    };
    if is_settled || attempt.destination == Destination::Local {
        return None;
    }
    let fate = match (foremost(ready, ready.witness.as_ref()?, attempt)?, otherwise) {
        ((Arrival::AtItsDoor, sighting), _) => Fate::Arrived { sighting },
        ((Arrival::Open(hint), sighting), Some(otherwise)) => opened(otherwise.clone(), hint, sighting),
        ((Arrival::Open(_) | Arrival::Returned { .. } | Arrival::Elsewhere, _), _) => return None,
    };
    (fate != attempt.fate).then_some(fate)
}

/// `None` for what tells nothing of the mail: a copy of a notice to somebody else.
fn read(attempt: &Attempt, delivery: &Delivery) -> Option<Arrival> {
    let Delivery { sighting, place, report } = delivery;
    let Attempt { reverse_path, forward_path, .. } = attempt;
    let is_for = |recipient: &str| sighting.forward_paths.iter().any(|path| is_same_mailbox(path, recipient));
    // A sender's mailbox may be spelled in another case where a notice goes to it.
    let is_the_senders = |path: &String| !reverse_path.is_empty() && path.eq_ignore_ascii_case(reverse_path);
    let is_for_the_sender = sighting.forward_paths.iter().any(is_the_senders);
    let is_for_the_recipient = is_for(forward_path) && !is_same_mailbox(forward_path, reverse_path);
    // RFC 5321 3.6.3 and 6.1 want a null reverse-path in a notice; not every server gives it one. A notice may come in at the
    // same door as the mail was meant to.
    let is_notice = sighting.reverse_path.is_empty() || *place == MarkPlace::Body;
    if is_for_the_sender && !is_for_the_recipient && is_notice {
        return Some(match report.about(forward_path) {
            Said::Done(Action::Failed) => Arrival::Returned { is_stated: true },
            Said::Done(action) => Arrival::Open(Hint::Reported { action }),
            Said::AutomaticReply => Arrival::Open(Hint::AutomaticReply),
            Said::Nothing => Arrival::Returned { is_stated: false },
        });
    }
    // The marked message itself went out, though the server has rewritten its recipient.
    let is_itself = *place == MarkPlace::Header && !sighting.forward_paths.iter().all(is_the_senders);
    if !(is_for(forward_path) || is_itself) {
        return None;
    }
    let door = match attempt.destination {
        Destination::Remote => Door::Outside,
        Destination::Local => Door::Inside,
    };
    Some(if sighting.door == door { Arrival::AtItsDoor } else { Arrival::Elsewhere })
}

/// Whether two mailboxes are the same: capitals count in the local part alone (RFC 5321 2.4).
fn is_same_mailbox(one: &str, other: &str) -> bool {
    match (one.rsplit_once('@'), other.rsplit_once('@')) {
        (Some((local_part, domain)), Some((other_local_part, other_domain))) => {
            let (domain, other_domain) = (domain.trim_end_matches('.'), other_domain.trim_end_matches('.'));
            local_part == other_local_part && domain.eq_ignore_ascii_case(other_domain)
        }
        (None, None) => one == other,
        _ => false,
    }
}

#[cfg(test)]
mod tests;
