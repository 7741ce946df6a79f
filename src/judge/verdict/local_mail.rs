//! Whether mail for the local recipient is taken from anybody.

use super::sender::{is_nobodys_here, names_no_sender};
use super::sentences::{became, mail};
use super::{Doubt, Judgement, Rules, Verdict};
use crate::judge::{Attempt, Destination, Evidence, Fate, OpenReason, Role, Service, Stage};

pub(super) fn judge<R: Rules + ?Sized>(rules: &R, evidence: &Evidence) -> Judgement {
    match evidence.declaration.service {
        Service::Mx => {}
        Service::Submission => {
            return Judgement::not_applicable(
                "the target file says `service: submission`, and a submission service need not take mail from anybody",
            );
        }
    }
    let judgements: Vec<Judgement> = evidence
        .attempts
        .iter()
        .filter(|attempt| attempt.role == Role::Anonymous && attempt.destination == Destination::Local)
        .map(|attempt| judge_attempt(rules, attempt, evidence).decided_by(attempt.order))
        .collect();
    if let Some(taken) = judgements.iter().find(|judgement| judgement.verdict() == Verdict::Conformant) {
        return taken.clone();
    }
    Judgement::gravest(judgements).unwrap_or_else(|| {
        Judgement::inconclusive(
            OpenReason::NoLocalRecipient,
            "no mail of an anonymous client for a local recipient was tried",
        )
    })
}

/// The reply to RCPT is no promise yet; the one after the mail data is (RFC 5321 4.2.5).
pub(super) fn was_promised(attempt: &Attempt) -> Result<(), Doubt> {
    match attempt.fate {
        Fate::AcceptedUnproven { at: Stage::Mail | Stage::Rcpt | Stage::Data } => {
            let ended = format!("{} {}", mail(attempt), became(&attempt.fate));
            Err(Doubt::over(attempt, format!("{ended}; no mail data was sent"))
                .with_remedy("name a witness, or allow mail data to be sent without one"))
        }
        Fate::AcceptedUnproven { at: Stage::EndOfData }
        | Fate::Arrived { .. }
        | Fate::AcceptedNotSeen { .. }
        | Fate::Unsettled { .. }
        | Fate::Refused { .. }
        | Fate::Deferred { .. }
        | Fate::Bounced { .. }
        | Fate::NoAnswer(_)
        | Fate::NotTried { .. } => Ok(()),
    }
}

/// A server may take mail from an address of its own domains only from whom it belongs to.
fn is_not_one_of_its_senders(attempt: &Attempt, evidence: &Evidence) -> Result<(), Doubt> {
    if evidence.declaration.passwords_are_ours || is_nobodys_here(&attempt.reverse_path, &evidence.attempts) {
        return Ok(());
    }
    Err(Doubt::open(
        OpenReason::SenderRefusal,
        format!(
            "{} {}; its sender {} is in a domain of the server's own, which it may guard",
            mail(attempt),
            became(&attempt.fate),
            attempt.reverse_path
        ),
    )
    .with_remedy("give the file a `sender` in a domain that is not the server's"))
}

fn judge_attempt<R: Rules + ?Sized>(rules: &R, attempt: &Attempt, evidence: &Evidence) -> Judgement {
    let ended = format!("{} {}", mail(attempt), became(&attempt.fate));
    if rules.was_taken(attempt) {
        return match was_promised(attempt) {
            Ok(()) => Judgement::conformant(ended),
            Err(doubt) => doubt.into_judgement(),
        };
    }
    match attempt.fate {
        Fate::Refused { .. } | Fate::Bounced { .. } => {
            let is_its_own_fault = rules
                .control_sender(attempt, evidence)
                .and_then(|()| names_no_sender(attempt))
                .and_then(|()| is_not_one_of_its_senders(attempt, evidence));
            match is_its_own_fault {
                Ok(()) => Judgement::deviates(ended)
                    .with_remedy("check that the local recipient exists, and that its mail is taken from anybody"),
                Err(doubt) => doubt.into_judgement(),
            }
        }
        Fate::Deferred { .. }
        | Fate::Arrived { .. }
        | Fate::AcceptedNotSeen { .. }
        | Fate::AcceptedUnproven { .. }
        | Fate::Unsettled { .. }
        | Fate::NoAnswer(_)
        | Fate::NotTried { .. } => Doubt::over(attempt, ended).into_judgement(),
    }
}
