//! Whether a role got further than anybody does.

use super::controls::{NAME_THE_AUTHORIZED_ACCOUNT, comparable, relays_for};
use super::sentences::{arrived, became, declare_absent, mail, stage};
use super::{Anybody, Doubt, Judgement, NotRelayed, Rules};
use crate::judge::{
    Attempt, Authentication, Destination, Evidence, Fate, Hint, NoAnswer, OpenReason, Presence, Role, Sighting, Source,
};

pub(super) fn judge<R: Rules + ?Sized>(rules: &R, role: Role, evidence: &Evidence) -> Judgement {
    match role {
        Role::AuthorizedAccount => return rules.authorized_account_is_served(evidence),
        Role::PopImapClient | Role::MapiClient => {
            return Judgement::not_applicable(format!(
                "{} submits in a way of its own: only the record speaks of it",
                role.phrase()
            ));
        }
        Role::Anonymous | Role::WrongPassword | Role::NullSession | Role::Guest | Role::UnauthorizedAccount => {}
    }
    let attempts = attempts_of(rules, role, evidence);
    if !attempts.iter().any(|attempt| rules.was_let_through(attempt))
        && let Some(judgement) = by_presence(role, evidence)
    {
        return judgement;
    }
    let judged: Vec<(&Attempt, Judgement)> =
        attempts.into_iter().map(|attempt| (attempt, judge_attempt(rules, attempt, evidence))).collect();
    told_once(role, &judged)
        .or_else(|| Judgement::gravest(judged.into_iter().map(|(_, judgement)| judgement).collect()))
        .unwrap_or_else(|| {
            let tried = format!("no mail of {} to a remote recipient was tried", role.phrase());
            Judgement::inconclusive(OpenReason::NotTried, tried)
        })
}

/// The anonymous client tries with the sender of each role. Where the same became of all of it, the reasons are the first
/// one's, and the other senders are named.
fn told_once(role: Role, judged: &[(&Attempt, Judgement)]) -> Option<Judgement> {
    let [(first, judgement), others @ ..] = judged else { return None };
    let is_alike = |(other, theirs): &(&Attempt, Judgement)| {
        other.forward_path == first.forward_path
            && became(&other.fate) == became(&first.fate)
            && theirs.verdict() == judgement.verdict()
            && theirs.open() == judgement.open()
            && theirs.remedy == judgement.remedy
            && theirs.reasons.len() == judgement.reasons.len()
    };
    if role != Role::Anonymous || others.is_empty() || !others.iter().all(is_alike) {
        return None;
    }
    let senders: Vec<&str> = others.iter().map(|(other, _)| other.reverse_path.as_str()).collect();
    let mut judgement = judgement.clone();
    judgement.reasons.push(format!("the same became of its mail from {}", senders.join(" and from ")));
    Some(judgement)
}

/// What the file alone decides: a role it declares absent, a role it does not give.
pub(super) fn by_presence(role: Role, evidence: &Evidence) -> Option<Judgement> {
    let given = if role == Role::Anonymous { Presence::Given } else { Presence::NotGiven };
    match evidence.declaration.presence.get(&role).copied().unwrap_or(given) {
        Presence::Given => None,
        Presence::Absent => Some(Judgement::not_applicable(format!(
            "the target file says that there is no such role here: `{}: absent`",
            role.id()
        ))),
        Presence::NotGiven => Some(
            Judgement::skipped(format!("the target file does not give {}", role.phrase()))
                .with_remedy(describe_it(role)),
        ),
    }
}

/// What to write where the file does not give a role. To declare a role absent declares away the question about it, and
/// is no other way to an answer.
fn describe_it(role: Role) -> String {
    match role {
        Role::WrongPassword => "name an account under `roles`: a wrong password is tried on it".to_owned(),
        Role::UnauthorizedAccount => format!(
            "describe `{}` under `roles`: an account that may sign in and may not send; only where no such account can \
             exist {}",
            role.id(),
            declare_absent(role)
        ),
        Role::AuthorizedAccount => NAME_THE_AUTHORIZED_ACCOUNT.to_owned(),
        Role::Anonymous | Role::NullSession | Role::Guest | Role::PopImapClient | Role::MapiClient => {
            format!("describe `{}` under `roles`", role.id())
        }
    }
}

/// The attempts that speak for a role: those with its own sender, and whatever else of it was relayed.
///
/// The anonymous client has as many senders as there are roles; those that the file does not give are left out where it
/// gives others, since their refusals say nothing.
fn attempts_of<'a, R: Rules + ?Sized>(rules: &R, role: Role, evidence: &'a Evidence) -> Vec<&'a Attempt> {
    let all = || {
        evidence.attempts.iter().filter(|attempt| attempt.role == role && attempt.destination == Destination::Remote)
    };
    let is_given = |attempt: &Attempt| evidence.declaration.sender_given.contains(&attempt.sender_of);
    let any_given = all().any(is_given);
    all()
        .filter(|attempt| {
            let speaks =
                if role == Role::Anonymous { !any_given || is_given(attempt) } else { attempt.sender_of == role };
            speaks || rules.was_let_through(attempt)
        })
        .collect()
}

fn judge_attempt<R: Rules + ?Sized>(rules: &R, attempt: &Attempt, evidence: &Evidence) -> Judgement {
    let judgement = if rules.was_let_through(attempt) {
        judge_seen(rules, attempt, evidence)
    } else if let Some(reasons) = relayed_as_authorized(rules, attempt, evidence) {
        deviates(attempt, reasons)
    } else {
        match shown_safe(rules, attempt, evidence) {
            Ok(reasons) => Judgement::conformant("").because(reasons),
            Err(doubt) => doubt.into_judgement(),
        }
    };
    judgement.decided_by(attempt.order)
}

/// Where a role that has no account cannot authenticate and the server ends the connection over it, what an anonymous client
/// can do with the same sender is what the role can do. Where the server answered any command with success first, the
/// connection did not end over the login.
fn anybody_in_the_place_of<'a>(attempt: &Attempt, evidence: &'a Evidence) -> Option<&'a Attempt> {
    let stands_for_itself = !ended_without_an_account(attempt) || attempt.passed.is_some();
    if stands_for_itself { None } else { evidence.anonymous_with_sender_of(attempt.role) }
}

fn ended_without_an_account(attempt: &Attempt) -> bool {
    matches!(attempt.role, Role::WrongPassword | Role::NullSession | Role::Guest)
        && matches!(attempt.authentication, Authentication::Refused { .. })
        && matches!(attempt.fate, Fate::NoAnswer(NoAnswer::Closed | NoAnswer::Reset { .. }))
}

/// What was seen needs no control; but an address that the server trusts says nothing about roles.
fn judge_seen<R: Rules + ?Sized>(rules: &R, attempt: &Attempt, evidence: &Evidence) -> Judgement {
    let declaration = &evidence.declaration;
    let outside = declaration.source == Some(Source::Outside);
    let seen = format!("{} {}", mail(attempt), arrived(attempt));
    if attempt.role == Role::Anonymous {
        return if outside {
            let address = &declaration.address;
            Judgement::deviates(format!("open relay: {seen}")).with_remedy(format!(
                "refuse to relay for clients that do not authenticate; or, if the server trusts {address} (Postfix: \
                 `mynetworks`), probe from another `source-address`, or say `source: inside`"
            ))
        } else {
            relays_for(declaration, attempt).into_judgement()
        };
    }
    let unknown = "whether an anonymous client's would have been relayed too was not seen";
    match rules.anybody(&attempt.forward_path, evidence) {
        Anybody::LetThrough(through) => relays_for(declaration, through).into_judgement(),
        Anybody::Unknown if !outside => {
            Doubt::open(OpenReason::NoControl, format!("{seen}; {unknown}, and {} may be trusted", declaration.address))
                .with_remedy("run from an address that the server does not trust, and say `source: outside`")
                .into_judgement()
        }
        Anybody::Unknown => deviates(attempt, vec![seen, unknown.to_owned()]),
        Anybody::Stopped => deviates(attempt, vec![seen, "an anonymous client's was not".to_owned()]),
    }
}

/// A copy to a third party alone tells nothing. Where anybody's mail is stopped, the role's was not returned, and it goes
/// where the authorized account's goes, that is what the server makes of the recipient, and the role is served as that account
/// is.
fn relayed_as_authorized<R: Rules + ?Sized>(rules: &R, attempt: &Attempt, evidence: &Evidence) -> Option<Vec<String>> {
    let copied = copied(attempt)?;
    let is_stopped = rules.anybody(&attempt.forward_path, evidence) == Anybody::Stopped;
    let goes_there = |other: &&Attempt| {
        other.forward_path == attempt.forward_path
            && self::copied(other).is_some_and(|theirs| theirs.forward_paths == copied.forward_paths)
    };
    let authorized = evidence.of(Role::AuthorizedAccount, Destination::Remote).find(goes_there)?;
    (attempt.role != Role::Anonymous && is_stopped).then(|| {
        let so_did = format!("and so did that of {}", authorized.role.phrase());
        vec![
            format!("{} {}, {so_did}", mail(attempt), became(&attempt.fate)),
            "an anonymous client's was not".to_owned(),
        ]
    })
}

/// The copy of mail that was accepted, and of which nothing else was seen.
fn copied(attempt: &Attempt) -> Option<&Sighting> {
    match &attempt.fate {
        Fate::Unsettled { otherwise, hint: Hint::Copy, sighting } => {
            matches!(**otherwise, Fate::AcceptedNotSeen { .. }).then_some(sighting)
        }
        _ => None,
    }
}

fn deviates(attempt: &Attempt, reasons: Vec<String>) -> Judgement {
    Judgement::deviates("")
        .because(reasons)
        .with_remedy(format!("let only those relay who may use the mail service: {} may not", attempt.role.phrase()))
}

/// Safety needs controls: the facts that show it, or the first doubt.
fn shown_safe<R: Rules + ?Sized>(rules: &R, attempt: &Attempt, evidence: &Evidence) -> Result<Vec<String>, Doubt> {
    let anonymous = attempt.role == Role::Anonymous;
    let authenticated = if anonymous { None } else { Some(rules.control_authenticated(attempt, evidence)?) };
    if let Some(anybody) = anybody_in_the_place_of(attempt, evidence) {
        if rules.was_let_through(anybody) {
            return Err(relays_for(&evidence.declaration, anybody));
        }
        let ended = format!("{} {}, so that it can do what anybody can", mail(attempt), became(&attempt.fate));
        let reasons = [authenticated, Some(ended)].into_iter().flatten();
        return Ok(reasons.chain(shown_safe(rules, anybody, evidence)?).collect());
    }
    if let (true, Some(passed)) = (ended_without_an_account(attempt), attempt.passed) {
        let ended = format!("{} passed {} and then {}", mail(attempt), stage(passed), became(&attempt.fate));
        return Err(Doubt::over(attempt, format!("{ended}; what became of it is not known")));
    }
    let how = rules.counts_as_refused(attempt, evidence)?;
    rules.control_sender(attempt, evidence)?;
    comparable(attempt, evidence)?;
    let anybody = if anonymous { None } else { Some(rules.control_anonymous(attempt, evidence)?) };
    let authorized = rules.control_authorized(attempt, how, evidence)?;
    rules.control_not_for_its_sender(attempt, how, evidence)?;
    rules.control_not_for_another_cause(attempt, how, evidence)?;
    let ended = match how {
        NotRelayed::Deferred { .. } => {
            format!("{} {}, which is a refusal with a temporary code", mail(attempt), became(&attempt.fate))
        }
        NotRelayed::Refused { .. } | NotRelayed::Returned | NotRelayed::Unseen => {
            format!("{} {}", mail(attempt), became(&attempt.fate))
        }
    };
    Ok([Some(ended), authenticated, anybody, Some(authorized)].into_iter().flatten().collect())
}
