//! The matrix of a single target: a row a role.

use crate::diagnostic::text::printable;
use crate::judge::{Authentication, Cell as MatrixCell, Door, Fate, Role, Verdict};
use crate::report::describe;
use crate::report::layout::{Cell, hanging, row};
use crate::report::palette::{Palette, paint};
use crate::report::run::{Run, Standing};

const ROLE: usize = "unauthorized account".len();
const SAID: usize = "530 needs TLS".len();
const VERDICT: usize = "- not applicable".len();
/// What the mail's column takes at most: longer lines are hard to follow to their verdict.
const MAIL: usize = 40;

/// The target, if there is only one and there is something to show of it.
pub(super) fn only_target(run: &Run) -> Option<&str> {
    let [(target, _)] = run.targets.as_slice() else { return None };
    let all_its = run.cells.iter().all(|cell| cell.target == *target);
    let shown = all_its && Role::MATRIX.into_iter().any(|role| !answers(run, target, role).is_empty());
    shown.then_some(target)
}

/// What is known of a role: its two answers, and the verdict if it was judged.
struct Answers<'a> {
    said: &'a Authentication,
    /// Behind what AUTH said.
    declared: &'static str,
    fate: &'a Fate,
    standing: Option<Standing>,
}

/// The cells of a role; in a run that was broken off, what was seen of a role that has none yet.
fn answers<'a>(run: &'a Run, target: &str, role: Role) -> Vec<Answers<'a>> {
    let cells = run.cells.iter().filter(|cell| cell.role == role).map(|cell| {
        let declared = if run.rests_on_the_file(cell) { ", as the file says" } else { "" };
        Answers { said: &cell.authentication, declared, fate: &cell.fate, standing: Some(run.standing(cell)) }
    });
    let judged: Vec<Answers<'_>> = cells.collect();
    if !judged.is_empty() || run.end.is_some() {
        return judged;
    }
    let seen = run.attempt(target, role).map(|attempt| Answers {
        said: &attempt.authentication,
        declared: "",
        fate: &attempt.fate,
        standing: None,
    });
    seen.into_iter().collect()
}

pub(super) fn lines(run: &Run, target: &str, palette: &Palette, columns: usize) -> Vec<String> {
    let mail = columns.saturating_sub(ROLE + SAID + VERDICT + 3 * "  ".len()).min(MAIL);
    let title = format!("Who may relay through {}?", printable(&run.title_and_address_of(target)));
    let drawn = |role, said, became, verdict| row(&[(ROLE, role), (SAID, said), (mail, became), (VERDICT, verdict)]);
    let heading = |text: &str| Cell::new(palette.heading, text);

    let mut lines = vec![String::new(), paint(palette.heading, &title), String::new()];
    lines.extend(drawn(heading("role"), heading("AUTH said"), heading("its mail to outside"), heading("verdict")));
    lines.push(paint(palette.faint, &"─".repeat(ROLE + SAID + mail + VERDICT + 3 * "  ".len())));
    let mut terms: Vec<&str> = Vec::new();
    for role in Role::MATRIX {
        for Answers { said, declared, fate, standing } in answers(run, target, role) {
            let meanings = [meaning_of_said(said), meaning_of_fate(fate)].into_iter().flatten();
            for meaning in meanings {
                if !terms.contains(&meaning) {
                    terms.push(meaning);
                }
            }
            let verdict = match standing {
                Some(standing) => {
                    let text = format!("{} {}", describe::mark_of(standing), describe::standing(standing));
                    Cell::new(palette.standing(standing), text)
                }
                None => Cell::new(palette.faint, "not judged"),
            };
            lines.extend(drawn(
                Cell::plain(describe::role(role)),
                Cell::plain(format!("{}{declared}", self::said(said))),
                Cell::plain(became(fate)),
                verdict,
            ));
        }
    }
    let is_expected = |cell: &MatrixCell| run.standing(cell) == Standing::Expected;
    if run.cells.iter().any(is_expected) {
        terms.push("expected = it deviates, and a file says that this is known");
    }
    if !terms.is_empty() {
        lines.push(String::new());
        lines.extend(hanging("Answers   ", &terms.join("; "), columns).iter().map(|line| paint(palette.faint, line)));
    }
    if hides_the_roles(run) {
        lines.push(String::new());
        lines.extend(hanging("", OPEN, columns).iter().map(|line| paint(palette.inconclusive, line)));
    }
    lines
}

const OPEN: &str = "This address is let through without authenticating: that tells nothing of roles.";

/// Whether mail of a role was relayed and says nothing, because an anonymous client's is relayed too.
fn hides_the_roles(run: &Run) -> bool {
    let relayed =
        |cell: &MatrixCell| matches!(&cell.fate, Fate::Arrived { sighting } if sighting.door == Door::Outside);
    let is_open = |cell: &MatrixCell| cell.role == Role::Anonymous && relayed(cell);
    let is_hidden =
        |cell: &MatrixCell| cell.role != Role::Anonymous && cell.verdict == Verdict::Inconclusive && relayed(cell);
    run.cells.iter().any(is_open) && run.cells.iter().any(is_hidden)
}

fn said(answer: &Authentication) -> String {
    match answer {
        Authentication::NotTried => "not used".to_owned(),
        Authentication::Accepted { reply } | Authentication::Refused { reply } => describe::codes(reply),
        Authentication::Unavailable { reply } => format!("{} not here", reply.code),
        Authentication::NeedsTls { reply } => format!("{} needs TLS", reply.code),
        Authentication::Deferred { reply } => format!("{} deferred", reply.code),
        Authentication::NoMechanism { .. } => "no mechanism".to_owned(),
        Authentication::CannotSpeak { .. } => "not spoken".to_owned(),
        Authentication::NoAnswer(_) => "no answer".to_owned(),
    }
}

const DEFERRED: &str = "deferred = put off with a 4xx, which is no final refusal";

/// What the legend says of a word in the column of AUTH; `None`: it needs no words.
const fn meaning_of_said(answer: &Authentication) -> Option<&'static str> {
    match answer {
        Authentication::Unavailable { .. } => Some("not here = the server does not have the mechanism"),
        Authentication::NeedsTls { .. } => Some("needs TLS = refused without TLS, which smtpspec does not speak yet"),
        Authentication::Deferred { .. } => Some(DEFERRED),
        Authentication::NoMechanism { .. } => Some("no mechanism = the server lists none that smtpspec uses unasked"),
        Authentication::CannotSpeak { .. } => Some("not spoken = smtpspec could not bring the exchange to its end"),
        Authentication::NotTried
        | Authentication::Accepted { .. }
        | Authentication::Refused { .. }
        | Authentication::NoAnswer(_) => None,
    }
}

/// The same of what became of the mail.
fn meaning_of_fate(fate: &Fate) -> Option<&'static str> {
    match fate {
        Fate::Deferred { .. } => Some(DEFERRED),
        Fate::Arrived { sighting } if sighting.door == Door::Inside => {
            Some("passed inside = it arrived at the internal server")
        }
        Fate::Unsettled { .. } => Some("not known = what arrived leaves it open"),
        Fate::AcceptedUnproven { .. } => Some("unproven = there is no witness to see what became of it"),
        Fate::Refused { .. }
        | Fate::Arrived { .. }
        | Fate::Bounced { .. }
        | Fate::AcceptedNotSeen { .. }
        | Fate::NoAnswer(_)
        | Fate::NotTried { .. } => None,
    }
}

fn became(fate: &Fate) -> String {
    match fate {
        Fate::Refused { at, reply } => format!("{} refused: {}", describe::stage(*at), describe::codes(reply)),
        Fate::Deferred { at, reply, .. } => format!("{} deferred: {}", describe::stage(*at), describe::codes(reply)),
        Fate::Arrived { sighting } => match sighting.door {
            Door::Outside => "relayed".to_owned(),
            Door::Inside => "passed inside".to_owned(),
        },
        Fate::Bounced { .. } => "accepted, then bounced".to_owned(),
        Fate::AcceptedNotSeen { .. } => "accepted, but not seen".to_owned(),
        Fate::Unsettled { .. } => "not known".to_owned(),
        Fate::AcceptedUnproven { .. } => "accepted, unproven".to_owned(),
        Fate::NoAnswer(_) => "no answer".to_owned(),
        Fate::NotTried { .. } => "not tried".to_owned(),
    }
}
