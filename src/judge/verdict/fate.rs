//! From what became of mail to whether that counts as not relayed.

use super::cause::is_about_rights;
use super::controls::{anonymous_in_the_place_of, is_answered, local_mail_was_not_taken};
use super::sender::is_same_answer;
use super::sentences::{became, behind, mail, no_answer, settle_it, spoken};
use super::{Doubt, Rules};
use crate::judge::open::is_greylisting;
use crate::judge::{Attempt, Destination, Evidence, Fate, OpenReason, Role, Spoken, Stage};

/// How mail ended short of being relayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotRelayed<'a> {
    /// A 5xx.
    Refused {
        /// At which command.
        at: Stage,
        /// The reply.
        reply: &'a Spoken,
    },
    /// A 4xx that stayed and is no greylisting: refused, with a temporary code.
    Deferred {
        /// At which command.
        at: Stage,
        /// The reply to the last try.
        reply: &'a Spoken,
    },
    /// Accepted, and returned with a notice: nothing got.
    Returned,
    /// Accepted, and not seen by the witness: holds only if later mail was seen.
    Unseen,
}

impl<'a> NotRelayed<'a> {
    /// The command that the authorized account's mail has to pass to show that others were stopped there.
    pub fn stage(self) -> Stage {
        match self {
            Self::Refused { at, .. } | Self::Deferred { at, .. } => at,
            Self::Returned | Self::Unseen => Stage::EndOfData,
        }
    }

    /// The reply that refused it, where one did.
    pub fn reply(self) -> Option<&'a Spoken> {
        match self {
            Self::Refused { reply, .. } | Self::Deferred { reply, .. } => Some(reply),
            Self::Returned | Self::Unseen => None,
        }
    }
}

pub(super) fn counts_as_refused<'a, R: Rules + ?Sized>(
    rules: &R,
    attempt: &'a Attempt,
    evidence: &Evidence,
) -> Result<NotRelayed<'a>, Doubt> {
    let mail = mail(attempt);
    match &attempt.fate {
        Fate::Refused { at, reply } => Ok(NotRelayed::Refused { at: *at, reply }),
        Fate::Bounced { .. } => Ok(NotRelayed::Returned),
        Fate::AcceptedNotSeen { .. } => Ok(NotRelayed::Unseen),
        Fate::Deferred { at, reply, retried: true } => {
            rules.deferral_is_no_greylisting(attempt, evidence)?;
            rules.deferral_is_what_anybody_gets(attempt, evidence)?;
            Ok(NotRelayed::Deferred { at: *at, reply })
        }
        Fate::Deferred { reply, retried: false, .. } => Err(Doubt::over(
            attempt,
            format!("{mail} was deferred, and not twice with the same answer: {}", spoken(reply)),
        )),
        Fate::AcceptedUnproven { .. } => {
            Err(Doubt::over(attempt, format!("{mail} {}: a claim, not a proof", became(&attempt.fate))))
        }
        Fate::Arrived { .. } => Err(Doubt::over(
            attempt,
            format!(
                "{mail} {}, and not at the door to the world outside: whether it leaves from there was not seen",
                became(&attempt.fate)
            ),
        )),
        Fate::Unsettled { hint, .. } => {
            Err(Doubt::over(attempt, format!("{mail} {}", became(&attempt.fate))).with_remedy(settle_it(*hint)))
        }
        Fate::NoAnswer(why) => {
            Err(Doubt::over(attempt, format!("{mail} got no answer{}: {}", behind(attempt), no_answer(why))))
        }
        Fate::NotTried { .. } => Err(Doubt::over(attempt, format!("{mail} {}", became(&attempt.fate)))),
    }
}

pub(super) fn deferral_is_no_greylisting<R: Rules + ?Sized>(
    rules: &R,
    attempt: &Attempt,
    evidence: &Evidence,
) -> Result<(), Doubt> {
    let fresh: Vec<&Attempt> = evidence
        .attempts
        .iter()
        .filter(|other| other.role == attempt.role && other.destination == Destination::Local && other.fresh_sender)
        .collect();
    let deferred = format!("{} {}", mail(attempt), became(&attempt.fate));
    if let Some(stopped) = fresh.iter().find(|other| !rules.was_taken(other)) {
        let ended = format!("{} with a fresh reverse-path {}", mail(stopped), became(&stopped.fate));
        return Err(match (&stopped.fate, OpenReason::of_attempt(attempt)) {
            (Fate::Deferred { .. }, open @ (OpenReason::RateLimited | OpenReason::ServiceClosing)) => {
                Doubt::open(open, format!("{deferred}; {ended} too"))
            }
            (Fate::Deferred { .. }, _) => {
                Doubt::open(OpenReason::Greylisted, format!("{deferred}; {ended} too, as a greylister would have it"))
            }
            _ => local_mail_was_not_taken(stopped, format!("{deferred}; {ended}, so that it may be greylisting")),
        });
    }
    if let Fate::Deferred { reply, .. } = &attempt.fate {
        if is_greylisting(reply) {
            return Err(Doubt::open(OpenReason::Greylisted, format!("{deferred}, as a greylister says it")));
        }
        // RFC 5321 4.5.1 and RFC 2142 want their mail taken; greylisters leave them out.
        let is_exempt = |path: &str| {
            let local_part = path.split('@').next().unwrap_or_default();
            ["postmaster", "abuse"].iter().any(|name| name.eq_ignore_ascii_case(local_part))
        };
        let is_about_authorization = rules.is_about_authorization(reply, &evidence.declaration.refusal_wordings);
        if let Some(exempt) = fresh.first()
            && fresh.iter().all(|other| is_exempt(&other.forward_path))
            && !is_about_authorization
            && is_about_rights(attempt, reply).is_ok()
        {
            return Err(Doubt::open(
                OpenReason::TemporaryRefusal,
                format!("{deferred}; {} was taken, whom greylisters leave out", mail(exempt)),
            )
            .with_remedy("name another `local-recipient` than postmaster or abuse"));
        }
    }
    if fresh.is_empty() {
        let has_local_recipient = evidence.attempts.iter().any(|other| other.destination == Destination::Local);
        let open = match OpenReason::of_attempt(attempt) {
            OpenReason::TemporaryRefusal if !has_local_recipient => OpenReason::NoLocalRecipient,
            open => open,
        };
        let reason = format!(
            "{deferred}; no mail of the same client with a fresh reverse-path to the local recipient was tried, so it may be \
             greylisting"
        );
        return Err(Doubt::open(open, reason));
    }
    Ok(())
}

pub(super) fn deferral_is_what_anybody_gets(attempt: &Attempt, evidence: &Evidence) -> Result<(), Doubt> {
    if attempt.role == Role::Anonymous {
        return Ok(());
    }
    let answered: Vec<&Attempt> =
        anonymous_in_the_place_of(attempt, evidence).filter(|control| is_answered(control)).collect();
    let is_anybodys = answered.iter().any(|control| is_same_answer(&control.fate, &attempt.fate));
    match answered.first() {
        Some(control) if !is_anybodys => Err(Doubt::over(
            attempt,
            format!(
                "{} {}, and {} {}, so that it may have been put off for something else than its rights",
                mail(attempt),
                became(&attempt.fate),
                mail(control),
                became(&control.fate)
            ),
        )),
        // Control (a) asks for an answer.
        Some(_) | None => Ok(()),
    }
}
