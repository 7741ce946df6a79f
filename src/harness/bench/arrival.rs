//! What the witness saw of an attempt's mail, and what became of the mail by that and by the replies.

mod reach;

use reach::{Reached, is_same_mailbox};

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
        Hint::Copy => true,
        Hint::Reported { action } => action.is_success(),
        Hint::AutomaticReply | Hint::Unmarked => false,
    }
}

/// From the replies and the witness to what became of the mail. The witness is asked wherever mail data was sent: a
/// refusal behind it is as much of a claim as a 250.
pub(super) async fn fate(ready: &Ready, attempt: &Attempt, tried: Tried) -> Fate {
    let Tried { ended, retried, mail_data_was_sent, passed: _ } = tried;
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
    let wait = ready.wait(ready.profile.limits.witness);
    let is_telling = |delivery: &Delivery| read(ready, attempt, delivery).is_some_and(Arrival::ends_the_wait);
    let has_ended = witness.sighted(&attempt.nonce, is_telling, wait.lasts).await.is_some();
    let told = match told {
        Fate::AcceptedUnproven { .. } => Fate::AcceptedNotSeen { waited: wait.lasts },
        told => told,
    };
    let fate = weigh(seen(ready, witness, attempt), told);
    match (wait.cut(), &fate) {
        // What leaves it open does so whatever else would have arrived.
        (Some(why), _) if !has_ended && !matches!(fate, Fate::Arrived { .. } | Fate::Unsettled { .. }) => {
            Fate::NoAnswer(why)
        }
        _ => fate,
    }
}

/// All that was seen of an attempt's mail; where that is nothing, what may be of it.
fn seen(ready: &Ready, witness: &Witness, attempt: &Attempt) -> Vec<(Arrival, Sighting)> {
    let deliveries = witness.deliveries(&attempt.nonce).into_iter();
    let telling = deliveries.filter_map(|delivery| Some((read(ready, attempt, &delivery)?, delivery.sighting)));
    let mut seen: Vec<(Arrival, Sighting)> = telling.collect();
    if seen.is_empty() {
        let unmarked = witness.unmarked().into_iter().find(|sighting| may_be_it(ready, attempt, sighting));
        seen.extend(unmarked.map(|sighting| (Arrival::Open(Hint::Unmarked), sighting)));
    }
    seen
}

/// What became of mail by what was seen of it, where the replies have told this.
fn weigh(mut seen: Vec<(Arrival, Sighting)>, told: Fate) -> Fate {
    seen.sort_by_key(|(arrival, _)| arrival.rank());
    let mut seen = seen.into_iter();
    match seen.next() {
        None => told,
        Some((Arrival::AtItsDoor | Arrival::Elsewhere, sighting)) => Fate::Arrived { sighting },
        Some((Arrival::Returned { .. }, notice)) => match told {
            Fate::AcceptedNotSeen { .. } | Fate::NoAnswer(_) => Fate::Bounced { notice },
            told => told,
        },
        Some((Arrival::Open(hint), sighting)) => {
            let otherwise = weigh(seen.filter(|(arrival, _)| !matches!(arrival, Arrival::Open(_))).collect(), told);
            if outweighs_replies(hint) || matches!(otherwise, Fate::AcceptedNotSeen { .. }) {
                Fate::Unsettled { otherwise: Box::new(otherwise), hint, sighting }
            } else {
                otherwise
            }
        }
    }
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

/// Mail that went out, or what leaves open whether it did, found by now although it was not when its fate was told. Mail may
/// take longer than anybody waits for one message.
pub(super) fn late(ready: &Ready, attempt: &Attempt) -> Option<Fate> {
    let told = match &attempt.fate {
        Fate::Arrived { sighting } if sighting.door == Door::Outside => return None,
        Fate::Unsettled { otherwise, .. } => otherwise,
        told @ (Fate::Arrived { .. }
        | Fate::Refused { .. }
        | Fate::Deferred { .. }
        | Fate::Bounced { .. }
        | Fate::AcceptedNotSeen { .. }
        | Fate::AcceptedUnproven { .. }
        | Fate::NoAnswer(_)
        | Fate::NotTried { .. }) => told,
    };
    if attempt.destination == Destination::Local {
        return None;
    }
    let fate = weigh(seen(ready, ready.witness.as_ref()?, attempt), told.clone());
    let is_news = match &fate {
        Fate::Arrived { sighting } => sighting.door == Door::Outside,
        Fate::Unsettled { .. } => fate != attempt.fate,
        Fate::Refused { .. }
        | Fate::Deferred { .. }
        | Fate::Bounced { .. }
        | Fate::AcceptedNotSeen { .. }
        | Fate::AcceptedUnproven { .. }
        | Fate::NoAnswer(_)
        | Fate::NotTried { .. } => false,
    };
    is_news.then_some(fate)
}

/// `None` for what tells nothing of the mail: a copy of it to a mailbox of the server's own, or of a notice to somebody else.
fn read(ready: &Ready, attempt: &Attempt, delivery: &Delivery) -> Option<Arrival> {
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
    if (attempt.destination, sighting.door) == (Destination::Remote, Door::Outside) {
        let others = sighting.forward_paths.iter().filter(|path| !is_the_senders(path) || is_for(forward_path));
        let reached = others.map(|path| Reached::of(path, forward_path, &ready.profile));
        // A null reverse-path of the server's making says that it is a notice (RFC 5321 4.5.5).
        let is_notice = sighting.reverse_path.is_empty() && !reverse_path.is_empty();
        return reached.filter_map(|reached| relayed(reached, *place, is_notice)).min_by_key(|arrival| arrival.rank());
    }
    // The marked message itself, though the server has rewritten its recipient.
    let is_itself = *place == MarkPlace::Header && !sighting.forward_paths.iter().all(is_the_senders);
    if !(is_for(forward_path) || is_itself) {
        return None;
    }
    let is_at_its_door = (attempt.destination, sighting.door) == (Destination::Local, Door::Inside);
    Some(if is_at_its_door { Arrival::AtItsDoor } else { Arrival::Elsewhere })
}

/// What it says of mail to the world outside that it has reached somebody there.
const fn relayed(reached: Reached, place: MarkPlace, is_notice: bool) -> Option<Arrival> {
    match (reached, place) {
        (Reached::Recipient, _) | (Reached::Rewritten, MarkPlace::Header) => Some(Arrival::AtItsDoor),
        (Reached::Inside, _) => None,
        (Reached::Rewritten | Reached::Another, _) if is_notice => None,
        (Reached::Rewritten, MarkPlace::Body) | (Reached::Another, _) => Some(Arrival::Open(Hint::Copy)),
    }
}

#[cfg(test)]
mod tests;
