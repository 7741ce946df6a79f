//! What the witness saw of an attempt's mail, and what became of the mail by that and by the replies.

mod reach;

use std::time::Duration;

use reach::{Reached, is_same_mailbox};

use super::target::{Ready, Wait};
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

/// Mail of which the witness may still tell something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pending {
    /// When the server was through with it, on the clock of the target.
    since: Duration,
    /// How long from then on it is waited for.
    wait: Wait,
}

impl Pending {
    /// How much longer it is waited for.
    pub(super) fn left(self, ready: &Ready) -> Duration {
        self.since.saturating_add(self.wait.lasts).saturating_sub(ready.clock.now())
    }
}

/// What became of the mail by the replies alone; and, where that is not the end of it, what is waited for. The witness is
/// asked wherever mail data was sent: a refusal behind it is as much of a claim as a 250.
pub(super) fn told(ready: &Ready, destination: Destination, tried: Tried) -> (Fate, Option<Pending>) {
    let Tried { ended, retried, mail_data_was_sent, passed: _ } = tried;
    let told = match ended {
        Ended::Refused { at, reply } => Fate::Refused { at, reply },
        Ended::Deferred { at, reply } => Fate::Deferred { at, reply, retried },
        Ended::NoAnswer(why) => Fate::NoAnswer(why),
        Ended::Accepted { at } => Fate::AcceptedUnproven { at },
    };
    let is_asked_about = match (destination, &told) {
        (Destination::Remote, _) => true,
        (Destination::Local, Fate::AcceptedUnproven { .. }) => ready.profile.inside_door,
        // Of local mail the reply is what is asked for.
        (Destination::Local, _) => false,
    };
    let is_pending = ready.witness.is_some() && mail_data_was_sent && is_asked_about;
    let pending = || Pending { since: ready.clock.now(), wait: ready.wait(ready.profile.limits.witness) };
    (told, is_pending.then(pending))
}

/// Whether the witness has told all that is waited for.
pub(super) fn is_settled(ready: &Ready, attempt: &Attempt) -> bool {
    let deliveries = ready.witness.as_ref().map(|witness| witness.deliveries(&attempt.nonce)).unwrap_or_default();
    deliveries.iter().any(|delivery| ends_the_wait(ready, attempt, delivery))
}

fn ends_the_wait(ready: &Ready, attempt: &Attempt, delivery: &Delivery) -> bool {
    read(ready, attempt, delivery).is_some_and(Arrival::ends_the_wait)
}

/// Waits for what the witness sees of mail, as long as is left for that, and tells what became of the mail by that and by the
/// replies, which have told its fate so far.
pub(super) async fn settle(ready: &Ready, attempt: &Attempt, pending: Pending) -> Fate {
    let (told, wait) = (attempt.fate.clone(), pending.wait);
    let Some(witness) = &ready.witness else { return told };
    let is_telling = |delivery: &Delivery| ends_the_wait(ready, attempt, delivery);
    let has_ended = witness.sighted(&attempt.nonce, is_telling, pending.left(ready)).await.is_some();
    // Asked where it has said nothing that ends the wait: what it never told of may have arrived.
    let vouched = if has_ended { Ok(()) } else { witness.vouch(&attempt.nonce).await };
    let told = match told {
        Fate::AcceptedUnproven { .. } => Fate::AcceptedNotSeen { waited: wait.lasts },
        told => told,
    };
    let fate = weigh(seen(ready, witness, attempt), told);
    match wait.cut().or(vouched.err()) {
        // What leaves it open does so whatever else would have arrived.
        Some(why) if !has_ended && !matches!(fate, Fate::Arrived { .. } | Fate::Unsettled { .. }) => {
            Fate::NoAnswer(why)
        }
        Some(_) | None => fate,
    }
}

/// All that was seen of an attempt's mail; where that is nothing, what may be of it.
fn seen(ready: &Ready, witness: &Witness, attempt: &Attempt) -> Vec<(Arrival, Sighting)> {
    let deliveries = witness.deliveries(&attempt.nonce).into_iter();
    let telling = deliveries.filter_map(|delivery| {
        let arrival = read(ready, attempt, &delivery)?;
        let Delivery { mut sighting, report, place: _ } = delivery;
        if let Arrival::Returned { .. } = arrival {
            sighting.stated = report.stated(&attempt.forward_path);
        }
        Some((arrival, sighting))
    });
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
