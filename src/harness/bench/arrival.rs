//! What the witness saw of an attempt's mail, and what became of the mail by that and by the replies.

use super::target::Ready;
use super::visit::{Ended, Tried};
use crate::harness::witness::{Delivery, MarkPlace};
use crate::judge::{Attempt, Destination, Door, Fate};

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
    let is_telling =
        |delivery: &Delivery| matches!(read(attempt, delivery), Some(Arrival::AtItsDoor | Arrival::Returned));
    witness.sighted(&attempt.nonce, is_telling, waited).await;
    // Mail that went out and was returned too went out.
    let deliveries = witness.deliveries(&attempt.nonce).into_iter();
    let telling = deliveries.filter_map(|delivery| Some((read(attempt, &delivery)?, delivery.sighting)));
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
    let deliveries = ready.witness.as_ref()?.deliveries(&attempt.nonce);
    let arrived = deliveries.into_iter().find(|delivery| read(attempt, delivery) == Some(Arrival::AtItsDoor))?;
    Some(Fate::Arrived { sighting: arrived.sighting })
}

/// `None` for what tells nothing of the mail: a copy of a notice to somebody else.
fn read(attempt: &Attempt, delivery: &Delivery) -> Option<Arrival> {
    let Delivery { sighting, place } = delivery;
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
        return Some(Arrival::Returned);
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
mod tests {
    use std::time::Duration;

    use MarkPlace::{Body, Header};
    use rstest::rstest;

    use super::*;
    use crate::judge::{Authentication, Nonce, Role, Sighting, Stage};
    use crate::protocol::transcript::Transcript;

    fn attempt(reverse_path: &str) -> Attempt {
        Attempt {
            role: Role::UnauthorizedAccount,
            sender_of: Role::UnauthorizedAccount,
            reverse_path: reverse_path.to_owned(),
            fresh_sender: false,
            forward_path: "somebody@elsewhere.example".to_owned(),
            destination: Destination::Remote,
            mechanism: None,
            nonce: Nonce("ours".to_owned()),
            authentication: Authentication::NotTried,
            fate: Fate::AcceptedUnproven { at: Stage::EndOfData },
            order: 0,
            transcript: Transcript::new(),
            deciding_entry: None,
        }
    }

    fn delivery(door: Door, place: MarkPlace, reverse_path: &str, forward_path: &str) -> Delivery {
        let sighting = Sighting {
            nonce: Nonce("ours".to_owned()),
            door,
            reverse_path: reverse_path.to_owned(),
            forward_paths: forward_path.split(' ').map(str::to_owned).collect(),
            trace: Vec::new(),
            octets: 1,
            at: Duration::ZERO,
        };
        Delivery { sighting, place }
    }

    /// RFC 5321 6.1 for notices; 2.4 for capitals. The sender is `bob@inside.example`.
    #[rstest]
    #[case::as_sent(Header, "bob@inside.example", "somebody@elsewhere.example", Some(Arrival::AtItsDoor))]
    #[case::domain_in_capitals(Header, "bob@inside.example", "somebody@ELSEWHERE.example.", Some(Arrival::AtItsDoor))]
    #[case::null_reverse_path(Header, "", "somebody@elsewhere.example", Some(Arrival::AtItsDoor))]
    #[case::wrapped_up(Body, "bob@inside.example", "somebody@elsewhere.example", Some(Arrival::AtItsDoor))]
    #[case::recipient_rewritten(
        Header,
        "bob@inside.example",
        "somebody@mx.elsewhere.example",
        Some(Arrival::AtItsDoor)
    )]
    #[case::to_several(
        Header,
        "x@y.example",
        "bob@inside.example somebody@elsewhere.example",
        Some(Arrival::AtItsDoor)
    )]
    #[case::notice(Body, "", "bob@inside.example", Some(Arrival::Returned))]
    #[case::notice_with_the_header_copied(Header, "", "bob@inside.example", Some(Arrival::Returned))]
    #[case::notice_from_a_daemon(Body, "MAILER-DAEMON@inside.example", "Bob@Inside.example", Some(Arrival::Returned))]
    #[case::notice_to_the_postmaster(Body, "", "postmaster@inside.example", None)]
    #[case::from_a_daemon_to_the_postmaster(Body, "MAILER-DAEMON@inside.example", "postmaster@inside.example", None)]
    #[case::sent_back_as_it_is(Header, "MAILER-DAEMON@inside.example", "bob@inside.example", None)]
    fn what_came_in_is_told_apart(
        #[case] place: MarkPlace,
        #[case] reverse_path: &str,
        #[case] forward_path: &str,
        #[case] expected: Option<Arrival>,
    ) {
        let seen = delivery(Door::Outside, place, reverse_path, forward_path);
        assert_eq!(read(&attempt("bob@inside.example"), &seen), expected);
    }

    #[rstest]
    #[case::mail(Header, "somebody@elsewhere.example", Some(Arrival::Elsewhere))]
    #[case::notice(Body, "bob@inside.example", Some(Arrival::Returned))]
    fn the_other_door_is_another_answer(
        #[case] place: MarkPlace,
        #[case] forward_path: &str,
        #[case] expected: Option<Arrival>,
    ) {
        let seen = delivery(Door::Inside, place, "daemon@inside.example", forward_path);
        assert_eq!(read(&attempt("bob@inside.example"), &seen), expected);
    }

    /// Whoever is sender and recipient in one gets notices too.
    #[rstest]
    #[case::mail(Header, "somebody@elsewhere.example", Some(Arrival::AtItsDoor))]
    #[case::notice(Body, "daemon@inside.example", Some(Arrival::Returned))]
    fn mail_to_oneself_is_told_by_its_mark(
        #[case] place: MarkPlace,
        #[case] reverse_path: &str,
        #[case] expected: Option<Arrival>,
    ) {
        let seen = delivery(Door::Outside, place, reverse_path, "somebody@elsewhere.example");
        assert_eq!(read(&attempt("somebody@elsewhere.example"), &seen), expected);
    }
}
