//! Runs written by hand, for the tests of the reports. The replies are of the kind that the Windows 2000 SMTP service
//! gives (BindView's advisory of 2002-03-01), down to a whole session of it.

pub(super) mod any;

use std::time::Duration;

use crate::judge::fixture::judgement_of;
use crate::judge::{
    Attempt, Authentication, CaseId, CaseResult, Cell, Citation, Destination, Door, Fate, Judgement, Level, NoAnswer,
    Nonce, Requirement, Role, RunEvent, Sighting, Spoken, Stage, Summary, TargetKind, Verdict,
};
use crate::protocol::transcript::{FactMark, Happening, Side, Transcript};

pub(super) fn spoken(code: u16, enhanced: &str, text: &str) -> Spoken {
    Spoken {
        code,
        enhanced: (!enhanced.is_empty()).then(|| enhanced.to_owned()),
        text: text.to_owned(),
        more: Vec::new(),
    }
}

pub(super) fn accepted() -> Authentication {
    Authentication::Accepted { reply: spoken(235, "2.7.0", "Authentication successful.") }
}

pub(super) fn wrong() -> Authentication {
    Authentication::Refused { reply: spoken(535, "5.7.3", "Authentication unsuccessful.") }
}

pub(super) fn refused() -> Fate {
    Fate::Refused { at: Stage::Rcpt, reply: spoken(550, "5.7.1", "Unable to relay for remote@elsewhere.example") }
}

pub(super) fn sighting(door: Door) -> Sighting {
    Sighting {
        nonce: Nonce("n-0007".to_owned()),
        door,
        reverse_path: "someone@inside.example".to_owned(),
        forward_paths: vec!["remote@elsewhere.example".to_owned()],
        trace: vec!["from client.example by mail.example; Mon, 1 Apr 2002 00:00:00 +0000".to_owned()],
        octets: 412,
        at: Duration::from_millis(310),
        after: Some(Duration::from_millis(290)),
        stated: None,
    }
}

pub(super) fn relayed() -> Fate {
    Fate::Arrived { sighting: sighting(Door::Outside) }
}

pub(super) fn silent() -> NoAnswer {
    NoAnswer::NotConnected { reason: "Connection refused (os error 111)".to_owned() }
}

/// The session in which the mail of an account without mail rights is relayed; entry 10 decides.
pub(super) fn session() -> (Transcript, usize) {
    let mut transcript = Transcript::new();
    let at = Duration::from_millis;
    transcript.happened(Side::Server, at(0), Happening::Connected);
    transcript.line(Side::Server, at(2), "220 mail.example Microsoft ESMTP MAIL Service ready");
    transcript.line(Side::Client, at(2), "EHLO client.example");
    transcript.line(Side::Server, at(3), "250 OK");
    transcript.line(Side::Client, at(3), "AUTH NTLM");
    transcript.line(Side::Server, at(4), "334 ntlm supported");
    transcript.credential(at(4), "NTLM message 3", 88);
    transcript.line(Side::Server, at(5), "235 2.7.0 Authentication successful.");
    transcript.line(Side::Client, at(5), "MAIL FROM:<someone@inside.example>");
    transcript.line(Side::Server, at(6), "250 2.1.0 someone@inside.example....Sender OK");
    transcript.line(Side::Server, at(7), "250 2.1.5 remote@elsewhere.example");
    transcript.line(Side::Client, at(8), "QUIT");
    if let Some(greeting) = transcript.entries.get_mut(1) {
        greeting.mark = Some(FactMark { fact: "windows-2000-smtp/greeting".to_owned(), chosen: true });
    }
    (transcript, 10)
}

pub(super) fn requirement(id: &str, sentence: &str, level: Level) -> Requirement {
    Requirement {
        id: CaseId(id.to_owned()),
        sentence: sentence.to_owned(),
        sources: vec![Citation("ms02-011-c08".to_owned()), Citation("RFC 5321 7.9".to_owned())],
        level,
        place: "features/requirements/relay.feature:12".to_owned(),
    }
}

pub(super) fn judgement(verdict: Verdict, reasons: &[&str], remedy: Option<&str>) -> Judgement {
    let judgement = judgement_of(verdict, "").because(reasons.iter().map(|reason| (*reason).to_owned()).collect());
    match remedy {
        Some(remedy) => judgement.with_remedy(remedy),
        None => judgement,
    }
}

pub(super) fn result(target: &str, requirement: Requirement, judgement: Judgement) -> CaseResult {
    CaseResult {
        requirement,
        target: target.to_owned(),
        role: None,
        authentication: None,
        fate: None,
        judgement,
        transcript: None,
        deciding_entry: None,
        took: Duration::from_millis(12),
    }
}

pub(super) fn ended(result: CaseResult, decides: bool) -> [RunEvent; 2] {
    let started = RunEvent::CaseStarted { case: result.requirement.id.clone(), target: result.target.clone() };
    [started, RunEvent::CaseFinished { result: Box::new(result), decides, listed: None }]
}

pub(super) fn cell(target: &str, role: Role, authentication: Authentication, fate: Fate, verdict: Verdict) -> RunEvent {
    let (case, target) = (CaseId(format!("relay/{role}")), target.to_owned());
    RunEvent::CellFilled { cell: Box::new(Cell { case, target, role, authentication, fate, verdict }) }
}

pub(super) fn model(target: &str, title: &str) -> RunEvent {
    RunEvent::TargetStarted { target: target.to_owned(), kind: TargetKind::Model { title: title.to_owned() } }
}

fn external() -> RunEvent {
    let address = "mail.inside.example:25".to_owned();
    RunEvent::TargetStarted {
        target: "our-server".to_owned(),
        kind: TargetKind::External { address, title: None, tls: None },
    }
}

fn started(cases: u32, selectors: &[&str]) -> RunEvent {
    RunEvent::RunStarted {
        version: "0.1.0".to_owned(),
        schema: crate::report::ndjson::SCHEMA,
        selectors: selectors.iter().map(|selector| (*selector).to_owned()).collect(),
        cases,
    }
}

fn finished(summary: Summary, unjudged: Vec<(String, Role, String)>, exit: u8) -> RunEvent {
    RunEvent::RunFinished { summary, unjudged, took: Duration::from_millis(412), exit }
}

/// What a system's row shows.
enum Row {
    /// Every identity that authenticates is let through.
    Unpatched,
    /// Only the authorized account is.
    Patched,
    /// As patched, but the refusal comes at the end of AUTH.
    RefusedAtAuthentication,
    /// Anybody is.
    Open,
    /// Takes every recipient and sends a notice.
    Bounces,
    /// Does not answer.
    Stopped,
}

impl Row {
    fn cells(&self, target: &str) -> Vec<RunEvent> {
        use Verdict::{Conformant, Deviates, Inconclusive, NotApplicable, Skipped};
        let not_tried = || Authentication::NotTried;
        let here = |role, authentication, fate, verdict| cell(target, role, authentication, fate, verdict);
        let own = |authentication, fate: Fate, verdict| {
            vec![
                here(Role::Anonymous, not_tried(), refused(), Conformant),
                here(Role::WrongPassword, wrong(), refused(), Conformant),
                here(Role::NullSession, accepted(), fate.clone(), verdict),
                here(Role::Guest, wrong(), refused(), Conformant),
                here(Role::UnauthorizedAccount, authentication, fate, verdict),
                here(Role::AuthorizedAccount, accepted(), relayed(), Conformant),
            ]
        };
        match self {
            Self::Unpatched => own(accepted(), relayed(), Deviates),
            Self::Patched => own(accepted(), refused(), Conformant),
            Self::RefusedAtAuthentication => own(wrong(), refused(), Conformant),
            Self::Open => Role::MATRIX.map(|role| here(role, not_tried(), relayed(), Inconclusive)).to_vec(),
            Self::Bounces => {
                let notice = || Fate::Bounced { notice: sighting(Door::Inside) };
                let unavailable =
                    || Authentication::Unavailable { reply: spoken(504, "", "Unrecognized authentication type") };
                Role::MATRIX
                    .map(|role| match role {
                        Role::Anonymous => here(role, not_tried(), notice(), Conformant),
                        Role::AuthorizedAccount => {
                            let reason = "Exchange 5.0 has no authorized account".to_owned();
                            here(role, not_tried(), Fate::NotTried { reason }, NotApplicable)
                        }
                        _ => here(role, unavailable(), notice(), Skipped),
                    })
                    .to_vec()
            }
            Self::Stopped => Role::MATRIX
                .map(|role| {
                    let answer = match role {
                        Role::Anonymous => not_tried(),
                        _ => Authentication::NoAnswer(silent()),
                    };
                    here(role, answer, Fate::NoAnswer(silent()), Inconclusive)
                })
                .to_vec(),
        }
    }
}

const SYSTEMS: [(&str, &str, Row); 10] = [
    ("windows-2000", "Windows 2000, as installed", Row::Unpatched),
    ("nt-4.0-option-pack", "Windows NT 4.0, with the Option Pack", Row::Unpatched),
    ("windows-2000-patched", "Windows 2000, patched", Row::RefusedAtAuthentication),
    ("windows-2000-stopped", "Windows 2000, service stopped", Row::Stopped),
    ("nt-4.0-option-pack-patched", "Windows NT 4.0, with the Option Pack, patched", Row::Patched),
    ("exchange-5.0", "Exchange 5.0, re-routing", Row::Open),
    ("exchange-5.0-no-reroute", "Exchange 5.0, not re-routing", Row::Bounces),
    ("exchange-5.5", "Exchange 5.5 on Windows 2000, the Windows patch only", Row::Unpatched),
    ("exchange-5.5-2525", "Exchange 5.5 on Windows 2000, the connector patch only, native service", Row::Patched),
    ("exchange-2000", "Exchange 2000 on Windows 2000 without the Windows patch", Row::Patched),
];

/// The record on some of the built-in systems: every case of the record conforms, the requirements fill the matrix.
pub(super) fn conformant() -> Vec<RunEvent> {
    let mut events = vec![started(20, &[])];
    for (target, title, row) in &SYSTEMS {
        events.push(model(target, title));
        let id = format!("bulletin/c08/{target}/unauthorized-account");
        let record = requirement(&id, "What the bulletin says of the system is so", Level::Record);
        events.extend(ended(result(target, record, judgement(Verdict::Conformant, &[], None)), true));
        let relay = requirement("relay/unauthorized-account", UNAUTHORIZED, Level::Must);
        let (verdict, reason) = match row {
            Row::Unpatched => (Verdict::Deviates, "its mail arrived at the witness, anonymous's was refused"),
            Row::Open | Row::Stopped | Row::Bounces => (Verdict::Inconclusive, "nothing can be said about it here"),
            Row::Patched | Row::RefusedAtAuthentication => (Verdict::Conformant, "its mail was refused"),
        };
        events.extend(ended(result(target, relay, judgement(verdict, &[reason], None)), false));
        events.extend(row.cells(target));
    }
    events.push(finished(Summary { conformant: 10, ..Summary::default() }, Vec::new(), 0));
    events
}

const UNAUTHORIZED: &str = "The mail of an account without mail rights goes no further than anybody's";

/// A server that lets everybody relay who authenticates.
pub(super) fn deviating() -> Vec<RunEvent> {
    let target = "our-server";
    let (transcript, deciding_entry) = session();
    let mut events = vec![started(4, &["relay", "local"]), external()];
    let deviates = CaseResult {
        role: Some(Role::UnauthorizedAccount),
        authentication: Some(accepted()),
        fate: Some(relayed()),
        transcript: Some(transcript),
        deciding_entry: Some(deciding_entry),
        ..result(
            target,
            requirement("relay/unauthorized-account", UNAUTHORIZED, Level::Must),
            judgement(
                Verdict::Deviates,
                &[
                    "the unauthorized account's mail arrived at the witness, the anonymous client's was refused at RCPT \
                     (550 5.7.1)",
                    "both had the same forward-path",
                ],
                Some("let only accounts with mail rights relay: see `smtpspec advise`"),
            ),
        )
    };
    events.extend(ended(deviates, true));
    for id in ["relay/anonymous", "relay/wrong-password"] {
        let conformant = judgement(Verdict::Conformant, &["its mail was refused at RCPT"], None);
        events.extend(ended(result(target, requirement(id, "It is refused", Level::Must), conformant), true));
    }
    let guest = judgement(Verdict::Skipped, &["the target file gives no name for the Guest"], None);
    events.extend(ended(result(target, requirement("relay/guest", "It is refused", Level::Must), guest), true));
    events.extend(Row::Unpatched.cells(target));
    let summary = Summary { conformant: 2, deviates: 1, skipped: 1, ..Summary::default() };
    events.push(finished(summary, Vec::new(), 1));
    events
}

/// A server that stops answering.
pub(super) fn inconclusive() -> Vec<RunEvent> {
    let target = "our-server";
    let mut events = vec![started(2, &[]), external()];
    let attempt = attempt();
    let order = attempt.order;
    events.push(RunEvent::Attempted { target: target.to_owned(), attempt: Box::new(attempt) });
    for id in ["relay/anonymous", "relay/unauthorized-account"] {
        let mut unknown = judgement(
            Verdict::Inconclusive,
            &["there is no answer from mail.inside.example:25 (connection refused)"],
            Some("check the address in the target file, and that the server listens there"),
        );
        unknown.deciding_attempt = Some(order);
        events.extend(ended(result(target, requirement(id, "It is refused", Level::Must), unknown), true));
    }
    events.extend(Row::Stopped.cells(target));
    let reason = "nothing was judged about the null session: the limit of 3 failed logins was reached before it";
    let unjudged = vec![(target.to_owned(), Role::NullSession, reason.to_owned())];
    events.push(finished(Summary { inconclusive: 2, ..Summary::default() }, unjudged, 3));
    events
}

/// The run of [`conformant`], broken off in a case.
pub(super) fn broken_off() -> Vec<RunEvent> {
    let mut events: Vec<RunEvent> = conformant().into_iter().take(16).collect();
    let case = CaseId("bulletin/c08/nt-4.0-option-pack/null-session".to_owned());
    events.push(RunEvent::CaseStarted { case, target: "nt-4.0-option-pack".to_owned() });
    events
}

/// A run on one server that the user broke off while its one case was judged a second time.
pub(super) fn broken_off_again() -> Vec<RunEvent> {
    let role = Role::UnauthorizedAccount;
    let case = requirement("relay/unauthorized-account", "Its mail goes no further than anybody's", Level::Must);
    let first =
        CaseResult { role: Some(role), ..result("our-server", case, judgement(Verdict::Conformant, &[], None)) };
    let [started, finished] = ended(first, true);
    let mut events: Vec<RunEvent> = inconclusive().into_iter().take(2).collect();
    events.extend([started.clone(), finished]);
    events.extend([cell("our-server", role, accepted(), refused(), Verdict::Conformant), started]);
    let (summary, unjudged, took) = (Summary::default(), Vec::new(), Duration::from_secs(3));
    events.push(RunEvent::RunFinished { summary, unjudged, took, exit: RunEvent::BROKEN_OFF });
    events
}

pub(super) fn attempt() -> Attempt {
    let mut transcript = Transcript::new();
    let reason = "Connection refused (os error 111)".to_owned();
    transcript.happened(Side::Server, Duration::ZERO, Happening::NotConnected { reason });
    Attempt {
        role: Role::Anonymous,
        sender_of: Role::Anonymous,
        reverse_path: "someone@inside.example".to_owned(),
        fresh_sender: false,
        forward_path: "remote@elsewhere.example".to_owned(),
        destination: Destination::Remote,
        mechanism: None,
        nonce: Nonce("n-0001".to_owned()),
        authentication: Authentication::NotTried,
        retried: false,
        passed: None,
        fate: Fate::NoAnswer(silent()),
        order: 0,
        transcript,
        deciding_entry: Some(0),
    }
}
