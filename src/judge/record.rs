//! The record: what a source says of one system, compared with what was seen of it. These are not the rules of
//! [`Rules`]: a case of the record states an outcome for each role, whatever anybody else gets.

mod words;

pub use words::UnknownOutcome;

use super::verdict::{Judgement, Rules, StandardRules, Verdict, authenticate_answer, became, comparable, mail, stage};
use super::{Attempt, Authentication, Destination, Door, Evidence, Fate, NoAnswer, OpenReason, Role};

/// What the record says that AUTH answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExpectedAuthentication {
    /// 235.
    Accepted,
    /// A final refusal once the exchange had begun.
    Refused,
    /// The mechanism cannot be had.
    Unavailable,
    /// The role does not authenticate.
    NotTried,
    /// No answer.
    NoAnswer,
    /// Any final refusal, at whatever point of the exchange.
    CannotAuthenticate,
}

/// What the record says becomes of the mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExpectedFate {
    /// It leaves for the world outside.
    Relayed,
    /// A reply refuses it.
    Refused,
    /// It is accepted and returned with a notice.
    Bounced,
    /// One of the two, the record does not say which.
    ReturnedOrRefused,
    /// It is passed to the internal server or mailbox.
    DeliveredInside,
    /// The server does not answer.
    NoAnswer,
    /// It does not leave for the world outside: refused, returned, or the client is not even able to submit it.
    NotRelayed,
}

impl ExpectedFate {
    /// Whether a machine that is not the model has to show that this is for the reason meant, and no typo or DNS.
    const fn is_refusal(self) -> bool {
        match self {
            Self::Refused | Self::Bounced | Self::ReturnedOrRefused | Self::NotRelayed => true,
            Self::Relayed | Self::DeliveredInside | Self::NoAnswer => false,
        }
    }
}

/// What the record states about one role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ExpectedOutcome {
    /// What AUTH answers; `None` where the record is silent.
    pub authentication: Option<ExpectedAuthentication>,
    /// What becomes of the mail.
    pub fate: ExpectedFate,
    /// Which recipient the mail is for.
    pub destination: Destination,
}

impl ExpectedOutcome {
    /// Mail for the remote recipient; nothing said about AUTH.
    pub const fn of_mail(fate: ExpectedFate) -> Self {
        Self { authentication: None, fate, destination: Destination::Remote }
    }

    /// The same, with AUTH's answer.
    #[must_use]
    pub const fn with_authentication(self, authentication: ExpectedAuthentication) -> Self {
        Self { authentication: Some(authentication), ..self }
    }

    /// The same, for the other recipient.
    #[must_use]
    pub const fn to(self, destination: Destination) -> Self {
        Self { destination, ..self }
    }
}

/// What to do where nobody sees what a server passes inside.
pub const INSIDE_DOOR: &str = "name a door of the witness, `inside`, and route what the server passes inside to it";

/// What to do where mail for the local recipient was taken, and more than that was expected.
const ASK_WHETHER_IT_IS_TAKEN: &str = "have an anonymous client send it, and say `the mail for the local recipient is taken`; \
                                       mail that is relayed goes to the remote recipient";

const OUTSIDE_DOOR: &str = "name a witness that receives what the server sends to the remote recipient's domain";

/// How a part of what was seen stands to what was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Match {
    Meets,
    Contradicts,
    Unknown,
}

impl Match {
    const fn meets_if(meets: bool) -> Self {
        if meets { Self::Meets } else { Self::Contradicts }
    }

    /// The judgement, with why it is open where it is.
    fn judgement(self, open: OpenReason, reason: String) -> Judgement {
        match self {
            Self::Meets => Judgement::conformant(reason),
            Self::Contradicts => Judgement::deviates(reason),
            Self::Unknown => Judgement::inconclusive(open, reason),
        }
    }
}

/// Compares what the record states about a role with everything seen of it. On a machine that is not the model a
/// refusal needs the controls of [`Rules`] too; nothing else does.
///
/// A role with no attempt is inconclusive; where there are several (one a mechanism), the gravest comparison decides.
pub fn judge_record(expected: ExpectedOutcome, role: Role, evidence: &Evidence, is_model: bool) -> Judgement {
    judge_record_by(&StandardRules, expected, role, evidence, is_model)
}

/// The same with the controls of these rules.
pub(super) fn judge_record_by<R: Rules + ?Sized>(
    rules: &R,
    expected: ExpectedOutcome,
    role: Role,
    evidence: &Evidence,
    is_model: bool,
) -> Judgement {
    let judgements = evidence
        .of(role, expected.destination)
        .map(|attempt| {
            let judgement = compare(expected, attempt);
            if is_model || !expected.fate.is_refusal() || judgement.verdict() != Verdict::Conformant {
                return judgement;
            }
            controlled(rules, judgement, attempt, evidence)
        })
        .collect();
    Judgement::gravest(judgements).unwrap_or_else(|| {
        Judgement::inconclusive(OpenReason::NotTried, format!("no mail of {} was tried", role.phrase()))
    })
}

/// A refusal on a real machine: conformant only as far as the controls hold.
fn controlled<R: Rules + ?Sized>(
    rules: &R,
    mut judgement: Judgement,
    attempt: &Attempt,
    evidence: &Evidence,
) -> Judgement {
    let controls = || {
        let mut facts = Vec::new();
        if attempt.role != Role::Anonymous {
            facts.push(rules.control_authenticated(attempt, evidence)?);
        }
        let how = rules.counts_as_refused(attempt, evidence)?;
        rules.control_sender(attempt, evidence)?;
        comparable(attempt, evidence)?;
        if attempt.role != Role::Anonymous {
            facts.push(rules.control_anonymous(attempt, evidence)?);
        }
        facts.push(rules.control_authorized(attempt, how, evidence)?);
        rules.control_not_for_its_sender(attempt, how, evidence)?;
        rules.control_not_for_another_cause(attempt, how, evidence)?;
        Ok(facts)
    };
    match controls() {
        Ok(facts) => {
            judgement.reasons.extend(facts);
            judgement
        }
        Err(doubt) => super::Doubt::into_judgement(doubt).decided_by(attempt.order),
    }
}

/// Compares what the record states with one attempt: both answers, AUTH's first.
pub fn compare(expected: ExpectedOutcome, attempt: &Attempt) -> Judgement {
    let ended = match (&attempt.fate, attempt.destination) {
        (Fate::AcceptedUnproven { at }, Destination::Local) => format!(
            "{} was accepted at {}, and the witness sees mail for the local recipient at its door `inside` alone",
            mail(attempt),
            stage(*at)
        ),
        (fate, _) => format!("{} {}", mail(attempt), became(fate)),
    };
    let fate = match match_fate(expected.fate, attempt) {
        Match::Meets => Judgement::conformant(ended),
        unmet => {
            let open = match (expected.fate, &attempt.fate) {
                (ExpectedFate::DeliveredInside, Fate::AcceptedUnproven { .. }) => OpenReason::NoWitness,
                _ => OpenReason::of_attempt(attempt),
            };
            let judgement = unmet.judgement(open, format!("expected {}, but {ended}", expected.fate));
            match (expected.fate, &attempt.fate) {
                (ExpectedFate::DeliveredInside, Fate::AcceptedUnproven { .. }) => judgement.with_remedy(INSIDE_DOOR),
                (_, Fate::AcceptedUnproven { .. }) => judgement.with_remedy(match attempt.destination {
                    Destination::Remote => OUTSIDE_DOOR,
                    Destination::Local => ASK_WHETHER_IT_IS_TAKEN,
                }),
                _ => judgement,
            }
        }
    };
    let authentication = expected
        .authentication
        .map(|answer| compare_authentication(answer, attempt.role, &attempt.authentication, &attempt.fate));
    let both: Vec<Judgement> = authentication.into_iter().chain([fate.clone()]).collect();
    Judgement::gravest(both).unwrap_or(fate).decided_by(attempt.order)
}

/// Compares AUTH's answer alone. What became of the mail tells a role that does not authenticate from a server that does
/// not answer.
pub fn compare_authentication(
    expected: ExpectedAuthentication,
    role: Role,
    answer: &Authentication,
    fate: &Fate,
) -> Judgement {
    let said = format!("{} {}", role.phrase(), authenticate_answer(answer));
    match match_authentication(expected, answer, fate) {
        Match::Meets => Judgement::conformant(said),
        unmet => {
            unmet.judgement(OpenReason::of_authentication(answer), format!("expected of AUTH {expected}, but {said}"))
        }
    }
}

fn match_authentication(expected: ExpectedAuthentication, answer: &Authentication, fate: &Fate) -> Match {
    use ExpectedAuthentication as Expected;
    match answer {
        Authentication::Accepted { .. } => Match::meets_if(expected == Expected::Accepted),
        Authentication::Refused { .. } => {
            Match::meets_if(matches!(expected, Expected::Refused | Expected::CannotAuthenticate))
        }
        Authentication::Unavailable { .. } => {
            Match::meets_if(matches!(expected, Expected::Unavailable | Expected::CannotAuthenticate))
        }
        Authentication::NotTried => match (expected, fate) {
            (Expected::NotTried, _) => Match::Meets,
            (Expected::NoAnswer, Fate::NoAnswer(why)) => match_silence(why),
            _ => Match::Unknown,
        },
        Authentication::NoAnswer(why) if expected == Expected::NoAnswer => match_silence(why),
        Authentication::NeedsTls { .. }
        | Authentication::Deferred { .. }
        | Authentication::NoMechanism { .. }
        | Authentication::CannotSpeak { .. }
        | Authentication::NoAnswer(_) => Match::Unknown,
    }
}

fn match_fate(expected: ExpectedFate, attempt: &Attempt) -> Match {
    use ExpectedFate as Expected;
    match &attempt.fate {
        Fate::Refused { .. } | Fate::Deferred { retried: true, .. } => {
            Match::meets_if(matches!(expected, Expected::Refused | Expected::ReturnedOrRefused | Expected::NotRelayed))
        }
        Fate::Bounced { .. } => {
            Match::meets_if(matches!(expected, Expected::Bounced | Expected::ReturnedOrRefused | Expected::NotRelayed))
        }
        Fate::Arrived { sighting } => match sighting.door {
            Door::Outside => Match::meets_if(expected == Expected::Relayed),
            Door::Inside => Match::meets_if(matches!(expected, Expected::DeliveredInside | Expected::NotRelayed)),
        },
        Fate::AcceptedNotSeen { .. } | Fate::AcceptedUnproven { .. } => match expected {
            Expected::Refused | Expected::NoAnswer => Match::Contradicts,
            Expected::Relayed
            | Expected::Bounced
            | Expected::ReturnedOrRefused
            | Expected::DeliveredInside
            | Expected::NotRelayed => Match::Unknown,
        },
        Fate::Deferred { retried: false, .. } | Fate::Unsettled { .. } => Match::Unknown,
        Fate::NoAnswer(why) => match expected {
            Expected::NoAnswer => match_silence(why),
            Expected::NotRelayed => match_inability(why),
            Expected::Relayed
            | Expected::Refused
            | Expected::Bounced
            | Expected::ReturnedOrRefused
            | Expected::DeliveredInside => Match::Unknown,
        },
        Fate::NotTried { .. } => match (expected, &attempt.authentication) {
            (Expected::NotRelayed, Authentication::Refused { .. } | Authentication::Unavailable { .. }) => Match::Meets,
            _ => Match::Unknown,
        },
    }
}

/// Whether this is what a server does that "does not answer". A greeting that turns away is an answer.
const fn match_silence(why: &NoAnswer) -> Match {
    match why {
        NoAnswer::NotConnected { .. }
        | NoAnswer::ConnectTimedOut { .. }
        | NoAnswer::GivenUp { .. }
        | NoAnswer::NoGreeting { .. }
        | NoAnswer::Closed
        | NoAnswer::Reset { .. }
        | NoAnswer::TimedOut { .. } => Match::Meets,
        NoAnswer::TurnedAway { .. } => Match::Contradicts,
        NoAnswer::NotSmtp { .. }
        | NoAnswer::NoReply { .. }
        | NoAnswer::LimitReached { .. }
        | NoAnswer::WitnessLost { .. }
        | NoAnswer::NoTls { .. } => Match::Unknown,
    }
}

/// Whether the client was unable to submit anything at all.
const fn match_inability(why: &NoAnswer) -> Match {
    match why {
        NoAnswer::NotConnected { .. }
        | NoAnswer::ConnectTimedOut { .. }
        | NoAnswer::GivenUp { .. }
        | NoAnswer::TurnedAway { .. } => Match::Meets,
        NoAnswer::NoGreeting { .. }
        | NoAnswer::NotSmtp { .. }
        | NoAnswer::Closed
        | NoAnswer::Reset { .. }
        | NoAnswer::TimedOut { .. }
        | NoAnswer::NoReply { .. }
        | NoAnswer::LimitReached { .. }
        | NoAnswer::WitnessLost { .. }
        | NoAnswer::NoTls { .. } => Match::Unknown,
    }
}

#[cfg(test)]
mod tests;
