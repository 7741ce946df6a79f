//! Whether a refusal may be about the sender of the mail instead of about who sends it.

use super::controls::has_wording;
use super::sentences::{became, mail};
use super::{Doubt, NotRelayed, Rules};
use crate::judge::{Attempt, Authentication, Destination, Evidence, Fate, OpenReason, Role, Spoken, Stage};

pub(super) fn is_given(attempt: &Attempt, evidence: &Evidence) -> Result<(), Doubt> {
    if evidence.declaration.sender_given.contains(&attempt.sender_of) {
        return Ok(());
    }
    Err(Doubt::open(
        OpenReason::NoSender,
        format!(
            "{} {}; the file gives {} no sender, so that it may have been refused for its sender",
            mail(attempt),
            became(&attempt.fate),
            attempt.sender_of.phrase()
        ),
    )
    .with_remedy(format!("give `{}` a `sender`", attempt.sender_of.id())))
}

pub(super) fn is_not_why<R: Rules + ?Sized>(
    rules: &R,
    attempt: &Attempt,
    how: NotRelayed<'_>,
    evidence: &Evidence,
) -> Result<(), Doubt> {
    let declaration = &evidence.declaration;
    let Some(reply) = how.reply() else { return Ok(()) };
    if declaration.passwords_are_ours || attempt.role == Role::AuthorizedAccount {
        return Ok(());
    }
    names_no_sender(attempt)?;
    let is_authenticated = matches!(attempt.authentication, Authentication::Accepted { .. });
    let is_no_matter_of_the_sender = if is_authenticated {
        is_what_anybody_gets(attempt, &evidence.attempts) || own_local_mail_was_taken(rules, attempt, how, evidence)
    } else {
        how.stage() != Stage::Mail || asks_who(reply) || local_mail_passed_mail(attempt, evidence)
    };
    if is_no_matter_of_the_sender || has_wording(reply, &declaration.refusal_wordings) {
        return Ok(());
    }
    let has_local_recipient = evidence.attempts.iter().any(|other| other.destination == Destination::Local);
    let name_one = if has_local_recipient { "" } else { ", name a `local-recipient`" };
    Err(for_its_sender(attempt).with_remedy(format!(
        "check the `sender` of `{}`{name_one}, or, where `{}` is how this server words a refusal for want of rights, name \
         that under `refusal-wordings`",
        attempt.sender_of.id(),
        reply.text.trim()
    )))
}

/// X.1.7 is "Bad sender's mailbox address syntax", X.1.8 "Bad sender's system address" (RFC 3463 3.2).
pub(super) fn names_no_sender(attempt: &Attempt) -> Result<(), Doubt> {
    let Some((_, reply)) = answer(&attempt.fate) else { return Ok(()) };
    match subject_and_detail(reply) {
        Some(("1", "7" | "8")) => {
            Err(for_its_sender(attempt).with_remedy(format!("check the `sender` of `{}`", attempt.sender_of.id())))
        }
        _ => Ok(()),
    }
}

/// Whether the anonymous client got the same answer to mail for the same recipient, with the same sender and with one of its
/// own that is nobody's here: what is answered to whoever comes, with whatever sender, is not about the sender. A server may
/// guard each address of its own domains, so that one of those is no sender of the client's own. 530 asks who the client is.
pub(crate) fn is_what_anybody_gets(attempt: &Attempt, attempts: &[Attempt]) -> bool {
    let Some((_, reply)) = answer(&attempt.fate) else { return false };
    let got_it_too = |other: &&Attempt| {
        other.role == Role::Anonymous
            && other.forward_path == attempt.forward_path
            && is_same_answer(&other.fate, &attempt.fate)
    };
    let with_its_own = |other: &Attempt| {
        other.sender_of == Role::Anonymous && (reply.code == 530 || is_nobodys_here(&other.reverse_path, attempts))
    };
    let anonymous = || attempts.iter().filter(got_it_too);
    anonymous().any(|other| other.reverse_path == attempt.reverse_path) && anonymous().any(with_its_own)
}

/// Whether a reverse-path is in no domain of the server's, as far as its accounts and its own recipient tell.
pub(super) fn is_nobodys_here(reverse_path: &str, attempts: &[Attempt]) -> bool {
    let mut own = attempts.iter().filter_map(|attempt| match (attempt.destination, attempt.sender_of) {
        (Destination::Local, _) => domain(&attempt.forward_path),
        (Destination::Remote, Role::AuthorizedAccount | Role::UnauthorizedAccount) => domain(&attempt.reverse_path),
        (Destination::Remote, _) => None,
    });
    domain(reverse_path).is_none_or(|theirs| !own.any(|ours| ours.eq_ignore_ascii_case(theirs)))
}

fn domain(path: &str) -> Option<&str> {
    path.rsplit_once('@').map(|(_, domain)| domain)
}

/// The same command, code and enhanced code. The wording may hold an address, a time or a queue id.
pub(super) fn is_same_answer(one: &Fate, other: &Fate) -> bool {
    match (answer(one), answer(other)) {
        (Some((at, reply)), Some((other_at, other))) => {
            at == other_at && reply.code == other.code && reply.enhanced == other.enhanced
        }
        _ => false,
    }
}

pub(super) fn answer(fate: &Fate) -> Option<(Stage, &Spoken)> {
    match fate {
        Fate::Refused { at, reply } | Fate::Deferred { at, reply, .. } => Some((*at, reply)),
        Fate::Arrived { .. }
        | Fate::Bounced { .. }
        | Fate::AcceptedNotSeen { .. }
        | Fate::Unsettled { .. }
        | Fate::AcceptedUnproven { .. }
        | Fate::NoAnswer(_)
        | Fate::NotTried { .. } => None,
    }
}

/// Mail of the same client from the same sender to the local recipient got past the command that refused this.
fn own_local_mail_was_taken<R: Rules + ?Sized>(
    rules: &R,
    attempt: &Attempt,
    how: NotRelayed<'_>,
    evidence: &Evidence,
) -> bool {
    evidence.of(attempt.role, Destination::Local).any(|local| {
        let went_far_enough = match local.fate {
            Fate::AcceptedUnproven { at } => at >= how.stage(),
            _ => true,
        };
        matches!(local.authentication, Authentication::Accepted { .. })
            && local.mechanism == attempt.mechanism
            && local.reverse_path == attempt.reverse_path
            && rules.was_taken(local)
            && went_far_enough
    })
}

/// Of clients that did not authenticate one is as good as another.
fn local_mail_passed_mail(attempt: &Attempt, evidence: &Evidence) -> bool {
    evidence.attempts.iter().any(|local| {
        local.destination == Destination::Local
            && !matches!(local.authentication, Authentication::Accepted { .. })
            && local.reverse_path == attempt.reverse_path
            && match local.fate {
                Fate::Refused { at, .. } | Fate::Deferred { at, .. } => at > Stage::Mail,
                Fate::Arrived { .. }
                | Fate::Bounced { .. }
                | Fate::AcceptedNotSeen { .. }
                | Fate::Unsettled { .. }
                | Fate::AcceptedUnproven { .. } => true,
                Fate::NoAnswer(_) | Fate::NotTried { .. } => false,
            }
    })
}

/// "Authentication required" (RFC 4954 6), or a code about security or policy (RFC 3463 3.8).
fn asks_who(reply: &Spoken) -> bool {
    reply.code == 530 || matches!(subject_and_detail(reply), Some(("7", _)))
}

pub(super) fn subject_and_detail(reply: &Spoken) -> Option<(&str, &str)> {
    let (_, rest) = reply.enhanced.as_deref()?.split_once('.')?;
    rest.split_once('.')
}

fn for_its_sender(attempt: &Attempt) -> Doubt {
    let sender = if attempt.reverse_path.is_empty() { "<>" } else { attempt.reverse_path.as_str() };
    Doubt::open(
        OpenReason::SenderRefusal,
        format!("{} {}; it may have been refused for its sender {sender}", mail(attempt), became(&attempt.fate)),
    )
}
