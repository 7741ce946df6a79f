//! The matrix: a row a target, a column a role, both answers and the verdict in a cell.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::text::{self, printable, width};
use crate::judge::{Authentication, Cell, Door, Fate, Role, Verdict};
use crate::report::describe;
use crate::report::layout::hanging;
use crate::report::palette::{Palette, paint};
use crate::report::run::{Run, Standing};

pub(super) fn lines(run: &Run, palette: &Palette, columns: usize) -> Vec<String> {
    if run.cells.is_empty() {
        return Vec::new();
    }
    let groups = groups(run);
    let longest = groups.iter().flat_map(Group::labels).map(width).max().unwrap_or(0);
    let layout = Layout::of(columns, longest + INDENT);
    let cells: BTreeMap<(&str, Role), &Cell> =
        run.cells.iter().map(|cell| ((cell.target.as_str(), cell.role), cell)).collect();

    let mut lines = vec![String::new()];
    lines.extend(layout.header().map(|line| paint(palette.heading, &line)));
    lines.push(paint(palette.faint, &"─".repeat(layout.width())));
    for group in &groups {
        if let Some(heading) = &group.heading {
            lines.extend(text::wrap(heading, columns).iter().map(|line| paint(palette.heading, line)));
        }
        for row in &group.rows {
            let indent = if group.heading.is_some() { INDENT } else { 0 };
            let drawn: Vec<String> = Role::MATRIX
                .into_iter()
                .map(|role| {
                    let cell = cells.get(&(row.target, role)).map(|cell| (*cell, run.standing(cell)));
                    layout.cell(role, cell, palette)
                })
                .collect();
            let mut label = layout.label(&row.label, indent).into_iter();
            let first = label.next().unwrap_or_default();
            lines.push(format!("{first}{}", drawn.concat()).trim_end().to_owned());
            lines.extend(label.map(|line| line.trim_end().to_owned()));
        }
    }
    lines.push(String::new());
    lines.extend(legend(&layout, run, palette, columns));
    lines
}

const INDENT: usize = 2;

/// Rows of one family: titles that begin alike up to the first comma.
struct Group<'a> {
    /// `None`: a single row that is its own heading.
    heading: Option<String>,
    rows: Vec<Row<'a>>,
}

struct Row<'a> {
    target: &'a str,
    label: String,
}

impl Group<'_> {
    fn labels(&self) -> impl Iterator<Item = &str> {
        self.heading.as_deref().into_iter().chain(self.rows.iter().map(|row| row.label.as_str()))
    }
}

/// The targets that have cells, those of one family brought together where its first stands.
fn groups(run: &Run) -> Vec<Group<'_>> {
    let mut families: Vec<(String, Vec<(&str, String)>)> = Vec::new();
    let mut seen = BTreeSet::new();
    for cell in &run.cells {
        let target = cell.target.as_str();
        if !seen.insert(target) {
            continue;
        }
        let title = printable(run.title_of(target)).into_owned();
        let family = title.split(", ").next().unwrap_or_default().to_owned();
        match families.iter_mut().find(|(name, _)| *name == family) {
            Some((_, rows)) => rows.push((target, title)),
            None => families.push((family, vec![(target, title)])),
        }
    }
    families
        .into_iter()
        .map(|(family, rows)| {
            let is_alone = rows.len() == 1;
            let label = |title: String| match title.strip_prefix(&family).and_then(|rest| rest.strip_prefix(", ")) {
                Some(rest) if !is_alone => rest.to_owned(),
                _ => title,
            };
            let rows = rows.into_iter().map(|(target, title)| Row { target, label: label(title) }).collect();
            Group { heading: (!is_alone).then_some(family), rows }
        })
        .collect()
}

/// Whether cells are in codes or in words.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Vocabulary {
    Codes,
    Words,
}

struct Layout {
    vocabulary: Vocabulary,
    label: usize,
    gap: usize,
}

/// The layouts, the roomiest first: cells, columns from one cell to the next, the least that a row's label gets.
const LAYOUTS: [(Vocabulary, usize, usize); 4] =
    [(Vocabulary::Words, 3, 24), (Vocabulary::Words, 1, 22), (Vocabulary::Codes, 3, 24), (Vocabulary::Codes, 1, 24)];

impl Layout {
    /// The roomiest that fits the columns.
    fn of(columns: usize, longest_label: usize) -> Self {
        let mut layout = Self { vocabulary: Vocabulary::Codes, gap: 1, label: 0 };
        for (vocabulary, gap, label) in LAYOUTS {
            let candidate = Self { vocabulary, gap, label: label.min(longest_label) };
            if candidate.width() <= columns {
                layout = candidate;
                break;
            }
        }
        layout.label = longest_label.min(columns.saturating_sub(layout.width() - layout.label));
        layout
    }

    fn width(&self) -> usize {
        self.label + Role::MATRIX.into_iter().map(|role| self.gap + self.cell_width(role)).sum::<usize>()
    }

    const fn fate_width(&self) -> usize {
        match self.vocabulary {
            Vocabulary::Codes => "250".len(),
            Vocabulary::Words => "no answer".len(),
        }
    }

    /// The answers, a space and the mark. An anonymous client never authenticates: it has no place for what AUTH said.
    const fn cell_width(&self, role: Role) -> usize {
        let answers = self.fate_width() + 2;
        match role {
            Role::Anonymous => answers,
            _ => "235 ".len() + answers,
        }
    }

    fn header(&self) -> [String; 2] {
        let names: [[&str; 2]; 6] = match self.vocabulary {
            Vocabulary::Codes => [
                ["anon-", "ymous"],
                ["wrong", "password"],
                ["null", "session"],
                ["", "Guest"],
                ["unauthor-", "ized"],
                ["author-", "ized"],
            ],
            Vocabulary::Words => [
                ["", "anonymous"],
                ["wrong", "password"],
                ["null", "session"],
                ["", "Guest"],
                ["unauthorized", "account"],
                ["authorized", "account"],
            ],
        };
        [0, 1].map(|line: usize| {
            let mut header = " ".repeat(self.label);
            for (role, name) in Role::MATRIX.into_iter().zip(names) {
                let columns = self.gap + self.cell_width(role);
                let name = name.get(line).copied().unwrap_or_default();
                header.push_str(&padded(&format!("{:gap$}{name}", "", gap = self.gap), columns));
            }
            header.trim_end().to_owned()
        })
    }

    /// A label as the lines it takes, each padded to the label's width, the further ones indented.
    fn label(&self, label: &str, indent: usize) -> Vec<String> {
        let room = self.label.saturating_sub(INDENT).max(1);
        let lines = text::wrap(label, room);
        let pieces = lines.iter().flat_map(|line| text::cut(line, room)).enumerate();
        pieces
            .map(|(index, piece)| {
                let indent = if index == 0 { indent } else { INDENT };
                padded(&format!("{:indent$}{piece}", ""), self.label)
            })
            .collect()
    }

    /// A cell with the gap before it.
    fn cell(&self, role: Role, cell: Option<(&Cell, Standing)>, palette: &Palette) -> String {
        let margin = " ".repeat(self.gap / 2);
        let gap = format!("{margin}{}{margin}", paint(palette.faint, "│"));
        let Some((cell, standing)) = cell else { return gap + &" ".repeat(self.cell_width(role)) };
        let fate = format!("{:<columns$}", fate(self.vocabulary, &cell.fate).text, columns = self.fate_width());
        let answers = match role {
            Role::Anonymous => fate,
            _ => format!("{:>3} {fate}", authentication(&cell.authentication).text),
        };
        let style = palette.standing(standing);
        let mark = paint(style, describe::mark_of(standing));
        match standing {
            Standing::Judged(Verdict::Conformant) => format!("{gap}{answers} {mark}"),
            _ => format!("{gap}{} {mark}", paint(style, &answers)),
        }
    }
}

fn padded(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// What stands in a cell, and what the legend says of it; `None`: it needs no words.
struct Term {
    text: String,
    meaning: Option<String>,
}

impl Term {
    fn code(code: u16) -> Self {
        Self { text: code.to_string(), meaning: None }
    }

    fn explained(text: &str, meaning: impl Into<String>) -> Self {
        Self { text: text.to_owned(), meaning: Some(meaning.into()) }
    }
}

fn authentication(answer: &Authentication) -> Term {
    match answer {
        Authentication::NotTried => Term::explained("-", "not tried"),
        Authentication::Accepted { reply }
        | Authentication::Refused { reply }
        | Authentication::Unavailable { reply }
        | Authentication::NeedsTls { reply }
        | Authentication::Deferred { reply } => Term::code(reply.code),
        Authentication::NoMechanism { .. } => Term::explained("n/m", "no mechanism listed that is used unasked"),
        Authentication::CannotSpeak { .. } => Term::explained("n/s", "not spoken to its end by this program"),
        Authentication::NoAnswer(_) => Term::explained("---", "no answer"),
    }
}

fn fate(vocabulary: Vocabulary, fate: &Fate) -> Term {
    let (code, word, meaning) = match fate {
        Fate::Refused { reply, .. } | Fate::Deferred { reply, .. } => return Term::code(reply.code),
        Fate::NotTried { .. } => return Term::explained("-", "not tried"),
        Fate::NoAnswer(_) => ("---", "no answer", None),
        Fate::Bounced { .. } => ("ndr", "bounced", Some("a notice came back")),
        Fate::AcceptedNotSeen { .. } => ("250", "unseen", Some("accepted, nothing arrived")),
        Fate::Unsettled { .. } => ("n/k", "not known", Some("what arrived leaves it open")),
        Fate::AcceptedUnproven { .. } => ("250", "unproven", Some("accepted, no witness to prove anything")),
        Fate::Arrived { sighting } => match sighting.door {
            Door::Outside => ("out", "relayed", Some("it arrived at the witness")),
            Door::Inside => ("in", "inside", Some("it arrived at the internal server")),
        },
    };
    match (vocabulary, meaning) {
        (Vocabulary::Codes, None) => Term::explained(code, word),
        (Vocabulary::Codes, Some(meaning)) => Term::explained(code, format!("{word} ({meaning})")),
        (Vocabulary::Words, None) => Term { text: word.to_owned(), meaning: None },
        (Vocabulary::Words, Some(meaning)) => Term::explained(word, meaning),
    }
}

fn legend(layout: &Layout, run: &Run, palette: &Palette, columns: usize) -> Vec<String> {
    let relayed = match layout.vocabulary {
        Vocabulary::Codes => "out",
        Vocabulary::Words => "relayed",
    };
    let mut terms: Vec<String> = Vec::new();
    for cell in &run.cells {
        for term in [authentication(&cell.authentication), fate(layout.vocabulary, &cell.fate)] {
            let entry = term.meaning.map(|meaning| format!("{} = {meaning}", term.text));
            terms.extend(entry.filter(|entry| !terms.contains(entry)));
        }
    }
    terms.push("any other code = the reply".to_owned());
    let mut marks: Vec<String> =
        VERDICTS.map(|verdict| format!("{} {}", describe::mark(verdict), describe::verdict(verdict))).to_vec();
    if run.cells.iter().any(|cell| run.standing(cell) == Standing::Expected) {
        let (mark, word) = (describe::mark_of(Standing::Expected), describe::standing(Standing::Expected));
        marks.push(format!("{mark} {word} to deviate"));
    }
    let example = format!("`235 {relayed} ✗`: AUTH said 235, the mail was relayed, and that deviates");
    let entries = [
        ("A cell", "what AUTH said, what became of the mail to outside, and the verdict".to_owned()),
        ("Example", example),
        ("Verdicts", marks.join(", ")),
        ("Answers", terms.join("; ")),
    ];
    let lines = entries.iter().flat_map(|(label, text)| hanging(&format!("{label:<9} "), text, columns));
    lines.map(|line| paint(palette.faint, &line)).collect()
}

const VERDICTS: [Verdict; 5] =
    [Verdict::Conformant, Verdict::Deviates, Verdict::Inconclusive, Verdict::Skipped, Verdict::NotApplicable];
