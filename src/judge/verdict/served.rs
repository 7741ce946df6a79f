//! Whether the authorized account is served.

use super::controls;
use super::relay::by_presence;
use super::sentences::{authenticate_answer, became, mail, settle_it, who};
use super::{Doubt, Judgement, Rules, Verdict};
use crate::judge::{Attempt, Authentication, Destination, Evidence, Fate, Role};

const ROLE: Role = Role::AuthorizedAccount;

const MAY_RELAY: &str = "check that the authorized account may relay and that the server knows the recipient's domain";

pub(super) fn judge<R: Rules + ?Sized>(rules: &R, evidence: &Evidence) -> Judgement {
    if evidence.declaration.no_authorized_account {
        return Judgement::new(
            Verdict::NotApplicable,
            "the target file says that no account may relay: `authorized: none`",
        );
    }
    if let Some(judgement) = by_presence(ROLE, evidence) {
        return judgement;
    }
    let judged: Vec<(&Attempt, Judgement)> = evidence
        .of(ROLE, Destination::Remote)
        .map(|attempt| (attempt, judge_attempt(rules, attempt, evidence).decided_by(attempt.order)))
        .collect();
    let is_served = |mechanism: &Option<String>| {
        judged
            .iter()
            .any(|(attempt, judgement)| attempt.mechanism == *mechanism && judgement.verdict == Verdict::Conformant)
    };
    let telling = judged
        .iter()
        .filter(|(attempt, judgement)| judgement.verdict == Verdict::Conformant || !is_served(&attempt.mechanism))
        .map(|(_, judgement)| judgement.clone())
        .collect();
    Judgement::gravest(telling).unwrap_or_else(|| {
        Judgement::new(Verdict::Inconclusive, format!("no mail of {} to a remote recipient was tried", ROLE.phrase()))
    })
}

pub(super) fn judge_attempt<R: Rules + ?Sized>(rules: &R, attempt: &Attempt, evidence: &Evidence) -> Judgement {
    let said = format!("{} {}", who(attempt), authenticate_answer(&attempt.authentication));
    match &attempt.authentication {
        Authentication::Accepted { .. } => {}
        Authentication::Refused { .. } if evidence.declaration.passwords_are_ours => {
            return Judgement::new(Verdict::Deviates, format!("{said}, although its password is right"));
        }
        Authentication::Refused { .. } => {
            return Doubt::open(format!("{said}; the password may be wrong"))
                .with_remedy("check the name and the password of the authorized account")
                .into_judgement();
        }
        Authentication::NotTried
        | Authentication::Unavailable { .. }
        | Authentication::NeedsTls { .. }
        | Authentication::Deferred { .. }
        | Authentication::NoMechanism { .. }
        | Authentication::CannotSpeak { .. }
        | Authentication::NoAnswer(_) => {
            return controls::authenticated(attempt, evidence)
                .map_or_else(Doubt::into_judgement, |said| Judgement::new(Verdict::Inconclusive, said));
        }
    }
    let ended = format!("{} {}", mail(attempt), became(&attempt.fate));
    if rules.was_let_through(attempt) {
        return Judgement::because(Verdict::Conformant, vec![ended, said]);
    }
    match &attempt.fate {
        Fate::Refused { .. } | Fate::Bounced { .. } => Doubt::open(format!(
            "{ended}; whether the account may not relay or the recipient is refused to all is not known"
        ))
        .with_remedy(MAY_RELAY),
        Fate::Deferred { .. } => Doubt::open(format!("{ended}; whether it would have been taken later is not known"))
            .with_remedy(format!("run again later; if the reply stays, {MAY_RELAY}")),
        Fate::AcceptedUnproven { .. } => Doubt::open(format!("{ended}: a claim, not a proof"))
            .with_remedy("name a witness that receives what the server sends to the remote recipient's domain"),
        Fate::AcceptedNotSeen { .. } => Doubt::open(ended).with_remedy(controls::ROUTE_TO_THE_WITNESS),
        Fate::Unsettled { hint, .. } => Doubt::open(ended).with_remedy(settle_it(*hint)),
        Fate::Arrived { .. } | Fate::NoAnswer(_) | Fate::NotTried { .. } => Doubt::open(ended).about(&attempt.fate),
    }
    .into_judgement()
}
