//! The matrix of a single target: a row a role.

use crate::diagnostic::text::printable;
use crate::judge::{Authentication, Cell as MatrixCell, Door, Fate, Role};
use crate::report::describe;
use crate::report::layout::{Cell, row};
use crate::report::palette::{Palette, paint};
use crate::report::run::Run;

const ROLE: usize = "unauthorized account".len();
const SAID: usize = "530 needs TLS".len();
const VERDICT: usize = "- not applicable".len();
/// What the mail's column takes at most: longer lines are hard to follow to their verdict.
const MAIL: usize = 40;

/// The target, if there is only one and it has cells.
pub(super) fn only_target(run: &Run) -> Option<&str> {
    let [(target, _)] = run.targets.as_slice() else { return None };
    let mut cells = run.cells.iter().map(|cell| &cell.target).peekable();
    cells.peek()?;
    cells.all(|of| of == target).then_some(target)
}

pub(super) fn lines(run: &Run, target: &str, palette: &Palette, columns: usize) -> Vec<String> {
    let mail = columns.saturating_sub(ROLE + SAID + VERDICT + 3 * "  ".len()).min(MAIL);
    let title = format!("Who may relay through {}?", printable(run.title_of(target)));
    let drawn = |role, said, became, verdict| row(&[(ROLE, role), (SAID, said), (mail, became), (VERDICT, verdict)]);
    let heading = |text: &str| Cell::new(palette.heading, text);

    let mut lines = vec![String::new(), paint(palette.heading, &title), String::new()];
    lines.extend(drawn(heading("role"), heading("AUTH said"), heading("its mail to outside"), heading("verdict")));
    lines.push(paint(palette.faint, &"─".repeat(ROLE + SAID + mail + VERDICT + 3 * "  ".len())));
    let cells = run.cells.iter().filter(|cell| Role::MATRIX.contains(&cell.role));
    for MatrixCell { role, authentication, fate, verdict, target: _ } in cells {
        let style = palette.verdict(*verdict);
        lines.extend(drawn(
            Cell::plain(describe::role(*role)),
            Cell::plain(said(authentication)),
            Cell::plain(became(fate)),
            Cell::new(style, format!("{} {}", describe::mark(*verdict), describe::verdict(*verdict))),
        ));
    }
    lines
}

fn said(answer: &Authentication) -> String {
    match answer {
        Authentication::NotTried => "not used".to_owned(),
        Authentication::Accepted { reply } | Authentication::Refused { reply } => describe::codes(reply),
        Authentication::Unavailable { reply } => format!("{} not here", reply.code),
        Authentication::NeedsTls { reply } => format!("{} needs TLS", reply.code),
        Authentication::Deferred { reply } => format!("{} deferred", reply.code),
        Authentication::CannotSpeak { .. } => "not spoken".to_owned(),
        Authentication::NoAnswer(_) => "no answer".to_owned(),
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
        Fate::AcceptedUnproven { .. } => "accepted, unproven".to_owned(),
        Fate::NoAnswer(_) => "no answer".to_owned(),
        Fate::NotTried { .. } => "not tried".to_owned(),
    }
}
