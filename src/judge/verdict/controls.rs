//! The controls: what must hold before a refusal is safety.

use super::local_mail::was_promised;
use super::sentences::{arrived, authenticate_answer, became, declare_absent, mail, spoken, who};
use super::served;
use super::{Doubt, NotRelayed, Rules};
use crate::judge::{Attempt, Authentication, Declaration, Destination, Evidence, Fate, Presence, Role, Source, Spoken};

pub(super) const NAME_THE_AUTHORIZED_ACCOUNT: &str = "describe `authorized-account` under `roles`; only where no account \
                                                      at all may relay say `authorized: none`";

pub(super) const ROUTE_TO_THE_WITNESS: &str =
    "check that the server's mail to the remote recipient's domain reaches the witness";

pub(super) const EXEMPT_FROM_GREYLISTING: &str = "run again later, or exempt the probing address from greylisting";

/// Some servers put off every login from an address from which logins failed before, for a while (Dovecot has such a
/// penalty).
const WAIT_FOR_LOGINS: &str = "run again later: the server may be slowing down or locking out after failed logins, those \
                               of an earlier run included; wait some minutes";

const CLOSE_IT_FIRST: &str = "refuse to relay for clients that do not authenticate, and run again";

/// What is known of anonymous mail to one forward-path, whichever sender it used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anybody<'a> {
    /// It was relayed.
    LetThrough(&'a Attempt),
    /// It was answered, and not relayed.
    Stopped,
    /// It was not tried, or not answered.
    Unknown,
}

pub(super) fn anybody<'a, R: Rules + ?Sized>(rules: &R, forward_path: &str, evidence: &'a Evidence) -> Anybody<'a> {
    if let Some(through) = anonymous_at(forward_path, evidence).find(|attempt| rules.was_let_through(attempt)) {
        Anybody::LetThrough(through)
    } else if anonymous_at(forward_path, evidence).any(is_answered) {
        Anybody::Stopped
    } else {
        Anybody::Unknown
    }
}

fn anonymous_at<'a>(forward_path: &str, evidence: &'a Evidence) -> impl Iterator<Item = &'a Attempt> {
    evidence
        .attempts
        .iter()
        .filter(move |attempt| attempt.role == Role::Anonymous && attempt.forward_path == forward_path)
}

/// The same, with the sender of this attempt.
pub(super) fn anonymous_in_the_place_of<'a>(
    attempt: &'a Attempt,
    evidence: &'a Evidence,
) -> impl Iterator<Item = &'a Attempt> {
    anonymous_at(&attempt.forward_path, evidence)
        .filter(|control| control.sender_of == attempt.role || control.reverse_path == attempt.reverse_path)
}

pub(super) fn is_answered(attempt: &Attempt) -> bool {
    !matches!(attempt.fate, Fate::Unsettled { .. } | Fate::NoAnswer(_) | Fate::NotTried { .. })
}

/// The clause and the remedy for an address that relays for anybody.
pub(super) fn relays_for(declaration: &Declaration, through: &Attempt) -> Doubt {
    let address = &declaration.address;
    let doubt = Doubt::open(format!("the server relays for {address}: {} {}", mail(through), arrived(through)));
    match declaration.source {
        Some(Source::Outside) => doubt.with_remedy(CLOSE_IT_FIRST),
        Some(Source::Inside) => doubt.with_remedy("run from an address that the server does not trust"),
        None => doubt.with_remedy(
            "run from an address that the server does not trust; where it already should not trust this one, say \
             `source: outside`",
        ),
    }
}

/// Whether others' mail can be a control. A case that sends to the local recipient, or with a sender or a recipient of its own,
/// reads that mail alone.
pub(in crate::judge) fn comparable(attempt: &Attempt, evidence: &Evidence) -> Result<(), Doubt> {
    let declaration = &evidence.declaration;
    let authorized_is_given = !declaration.no_authorized_account
        && declaration.presence.get(&Role::AuthorizedAccount) == Some(&Presence::Given);
    let is_compared = attempt.role != Role::Anonymous || authorized_is_given;
    if !is_compared || evidence.attempts.len() > 1 {
        return Ok(());
    }
    Err(Doubt::open(format!(
        "{} {}; there is no control for it: only mail to the remote recipient from the role's own sender is evidence of roles",
        mail(attempt),
        became(&attempt.fate)
    ))
    .with_remedy("send it to the remote recipient, from the role's own sender"))
}

pub(super) fn anonymous<R: Rules + ?Sized>(rules: &R, attempt: &Attempt, evidence: &Evidence) -> Result<String, Doubt> {
    if let Anybody::LetThrough(through) = rules.anybody(&attempt.forward_path, evidence) {
        return Err(relays_for(&evidence.declaration, through));
    }
    let mut unanswered = None;
    for control in anonymous_in_the_place_of(attempt, evidence) {
        if is_answered(control) {
            return Ok(format!("{} {}", mail(control), became(&control.fate)));
        }
        unanswered = Some(control);
    }
    let seen = format!("{} {}", mail(attempt), became(&attempt.fate));
    let doubt = Doubt::open(match unanswered {
        Some(control) => {
            format!("{seen}; what anybody gets here is not known: {} {}", mail(control), became(&control.fate))
        }
        None => format!(
            "{seen}; what anybody gets here is not known: no anonymous mail from {} to {} was tried",
            attempt.reverse_path, attempt.forward_path
        ),
    });
    Err(match unanswered {
        Some(control) => doubt.about(&control.fate),
        None => doubt,
    })
}

pub(super) fn authorized<R: Rules + ?Sized>(
    rules: &R,
    attempt: &Attempt,
    how: NotRelayed<'_>,
    evidence: &Evidence,
) -> Result<String, Doubt> {
    if evidence.declaration.no_authorized_account {
        without_authorized_account(rules, attempt, how, evidence)
    } else {
        with_authorized_account(rules, attempt, how, evidence)
    }
}

fn with_authorized_account<R: Rules + ?Sized>(
    rules: &R,
    attempt: &Attempt,
    how: NotRelayed<'_>,
    evidence: &Evidence,
) -> Result<String, Doubt> {
    let same_path = || {
        evidence
            .of(Role::AuthorizedAccount, Destination::Remote)
            .filter(|other| other.forward_path == attempt.forward_path)
    };
    let passes = |other: &&Attempt| {
        matches!(other.authentication, Authentication::Accepted { .. })
            && match &other.fate {
                Fate::AcceptedUnproven { at } => !evidence.declaration.witness && *at >= how.stage(),
                _ => rules.was_let_through(other),
            }
    };
    if how == NotRelayed::Unseen {
        return match same_path().filter(|other| other.order > attempt.order).find(|other| {
            matches!(other.authentication, Authentication::Accepted { .. }) && rules.was_let_through(other)
        }) {
            Some(later) => Ok(format!("{}, sent later, {}", mail(later), became(&later.fate))),
            None => Err(nothing_shows(rules, attempt, how, same_path().last(), evidence)),
        };
    }
    if let Some(passed) = same_path().find(passes) {
        return Ok(format!("{} {}", mail(passed), became(&passed.fate)));
    }
    Err(nothing_shows(rules, attempt, how, same_path().last(), evidence))
}

/// The doubt where the authorized account's mail does not show what it is to show. What stopped that mail is what the user
/// has to mend, whichever role is asked about.
fn nothing_shows<R: Rules + ?Sized>(
    rules: &R,
    attempt: &Attempt,
    how: NotRelayed<'_>,
    control: Option<&Attempt>,
    evidence: &Evidence,
) -> Doubt {
    let seen = format!("{} {}", mail(attempt), became(&attempt.fate));
    let Some(control) = control else {
        let doubt = Doubt::open(format!(
            "{seen}; no authorized account tried the same recipient, so it may have been refused for something else"
        ));
        return match evidence.declaration.presence.get(&Role::AuthorizedAccount) {
            Some(Presence::Given) => doubt,
            Some(Presence::NotGiven | Presence::Absent) | None => doubt.with_remedy(NAME_THE_AUTHORIZED_ACCOUNT),
        };
    };
    let ended = match &control.authentication {
        Authentication::Accepted { .. } => format!("{} {}", mail(control), became(&control.fate)),
        other => format!("{} {}", who(control), authenticate_answer(other)),
    };
    let doubt = Doubt::open(match how {
        NotRelayed::Unseen => format!(
            "{seen}; no mail of the authorized account to the same recipient, sent later, was seen either: {ended}"
        ),
        NotRelayed::Refused { .. } | NotRelayed::Deferred { .. } | NotRelayed::Returned => {
            format!("{seen}; {ended}, so that nothing shows the refusal to be about authorization")
        }
    });
    let is_authenticated = matches!(control.authentication, Authentication::Accepted { .. });
    if is_authenticated && rules.was_let_through(control) {
        return doubt.with_remedy(ROUTE_TO_THE_WITNESS);
    }
    match served::judge_attempt(rules, control, evidence).remedy {
        Some(remedy) => doubt.with_remedy(remedy),
        None => doubt,
    }
}

fn without_authorized_account<R: Rules + ?Sized>(
    rules: &R,
    attempt: &Attempt,
    how: NotRelayed<'_>,
    evidence: &Evidence,
) -> Result<String, Doubt> {
    let seen = format!("{} {}", mail(attempt), became(&attempt.fate));
    let Some(reply) = how.reply() else {
        return Err(Doubt::open(format!(
            "{seen}; with `authorized: none` only a refusal that says it is about authorization can be read"
        )));
    };
    if !rules.is_about_authorization(reply, &evidence.declaration.refusal_wordings) {
        return Err(Doubt::open(format!("{seen}; the refusal does not say that it is about authorization (x.7.1)"))
            .with_remedy(format!(
                "where `{}` is how this server words it, name that under `refusal-wordings`",
                reply.text.trim()
            )));
    }
    let local = || {
        evidence
            .attempts
            .iter()
            .filter(|other| other.role == Role::Anonymous && other.destination == Destination::Local)
    };
    let taken: Vec<&Attempt> = local().filter(|other| rules.was_taken(other)).collect();
    if let Some(taken) = taken.iter().find(|other| was_promised(other).is_ok()) {
        return Ok(format!("the refusal is about authorization, and {} was taken", mail(taken)));
    }
    if let Some(doubt) = taken.iter().find_map(|other| was_promised(other).err()) {
        return Err(doubt);
    }
    Err(match local().next_back() {
        Some(other) => local_mail_was_not_taken(
            other,
            Doubt::open(format!(
                "{seen}; {} {}, so that the server may refuse all mail",
                mail(other),
                became(&other.fate)
            )),
        ),
        None => Doubt::open(format!("{seen}; no mail for a local recipient was tried"))
            .with_remedy("name a local recipient"),
    })
}

/// The doubt with what there is to do about mail for the local recipient that was not taken.
pub(super) fn local_mail_was_not_taken(attempt: &Attempt, doubt: Doubt) -> Doubt {
    match &attempt.fate {
        Fate::Refused { .. } | Fate::Bounced { .. } => {
            doubt.with_remedy("name a local recipient for whom the server takes mail")
        }
        Fate::Deferred { .. } => doubt.with_remedy(EXEMPT_FROM_GREYLISTING),
        Fate::Arrived { .. }
        | Fate::AcceptedNotSeen { .. }
        | Fate::AcceptedUnproven { .. }
        | Fate::Unsettled { .. }
        | Fate::NoAnswer(_)
        | Fate::NotTried { .. } => doubt.about(&attempt.fate),
    }
}

pub(super) fn is_about_authorization(reply: &Spoken, wordings: &[String]) -> bool {
    let not_authorized = reply
        .enhanced
        .as_deref()
        .is_some_and(|enhanced| matches!(enhanced.split('.').collect::<Vec<_>>().as_slice(), [_, "7", "1"]));
    not_authorized || has_wording(reply, wordings)
}

/// Whether a line of the reply has one of these in it, capitals or not.
pub(super) fn has_wording(reply: &Spoken, wordings: &[String]) -> bool {
    let lines: Vec<String> = reply.lines().map(str::to_lowercase).collect();
    let mut wordings = wordings.iter().map(|wording| wording.trim().to_lowercase());
    wordings.any(|wording| !wording.is_empty() && lines.iter().any(|line| line.contains(&wording)))
}

pub(super) fn authenticated(attempt: &Attempt, evidence: &Evidence) -> Result<String, Doubt> {
    let declaration = &evidence.declaration;
    let said = format!("{} {}", who(attempt), authenticate_answer(&attempt.authentication));
    match &attempt.authentication {
        Authentication::Accepted { .. } => Ok(said),
        Authentication::Refused { reply } => match attempt.role {
            Role::Anonymous | Role::WrongPassword | Role::NullSession | Role::Guest => {
                Ok(format!("{} cannot authenticate: {}", who(attempt), spoken(reply)))
            }
            Role::UnauthorizedAccount | Role::AuthorizedAccount | Role::PopImapClient | Role::MapiClient => {
                if declaration.login_refused.contains(&attempt.role) {
                    Ok(format!(
                        "{said}: its login was refused, as the file says it is, so nothing is known of its rights"
                    ))
                } else if declaration.passwords_are_ours {
                    Ok(format!("{said}, although its password is right"))
                } else {
                    Err(Doubt::open(format!("{said}; the password may be wrong")).with_remedy(format!(
                        "check the password of {}; only if this server refuses its login by design say `login: refused`",
                        attempt.role.phrase()
                    )))
                }
            }
        },
        Authentication::NotTried => match attempt.role {
            Role::Anonymous | Role::PopImapClient | Role::MapiClient => Ok(said),
            Role::WrongPassword
            | Role::NullSession
            | Role::Guest
            | Role::UnauthorizedAccount
            | Role::AuthorizedAccount => {
                Err(Doubt::open(format!("{said}; {} {}", mail(attempt), became(&attempt.fate))).about(&attempt.fate))
            }
        },
        Authentication::Unavailable { .. } => {
            Err(Doubt::unavailable(said).with_remedy(mechanism_that_can_be_had(attempt.role)))
        }
        Authentication::NeedsTls { .. } => {
            Err(Doubt::open(said).with_remedy("write `tls: starttls` into the target file"))
        }
        Authentication::NoMechanism { without_tls, .. } => {
            let tls = if *without_tls { ", or a port on which TLS is used: more may be listed there" } else { "" };
            let remedy = format!("name a mechanism for the role that both the server and smtpspec speak{tls}");
            Err(Doubt::open(said).with_remedy(remedy))
        }
        Authentication::CannotSpeak { .. } => Err(Doubt::open(said).with_remedy("name another mechanism for the role")),
        Authentication::Deferred { .. } => Err(Doubt::open(said).with_remedy(WAIT_FOR_LOGINS)),
        Authentication::NoAnswer(why) => Err(Doubt::open(said).about_silence(why)),
    }
}

fn mechanism_that_can_be_had(role: Role) -> String {
    match role {
        Role::NullSession => format!("where the server has no NTLM, {}", declare_absent(role)),
        Role::WrongPassword | Role::Guest => {
            format!(
                "name a mechanism that the server has; where nobody can authenticate here, {}",
                declare_absent(role)
            )
        }
        // Absent, an account would leave unasked what the run is about.
        Role::Anonymous
        | Role::UnauthorizedAccount
        | Role::AuthorizedAccount
        | Role::PopImapClient
        | Role::MapiClient => "name a mechanism that the server has".to_owned(),
    }
}
