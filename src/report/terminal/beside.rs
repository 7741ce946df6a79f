//! The targets beside a model: what each role came to on both, then where they part first.

use std::collections::BTreeSet;

use super::roles;
use crate::diagnostic::text::{cut, printable, shorten, width};
use crate::judge::{Answers, Authentication, BothAnswers, CaseId, Compared, Comparison, Destination, Role, Weight};
use crate::protocol::transcript::{Entry, Turn};
use crate::report::beside::{counted, parts_in, sentence, substitutions, title};
use crate::report::dialogue::entry_line;
use crate::report::layout::{Cell, hanging, row};
use crate::report::palette::{Palette, paint};
use crate::report::run::Run;
use crate::report::{TerminalOptions, describe};

/// What stands before a line of a dialogue, and between its halves.
const MARGIN: usize = "    > ".len();
const GAP: usize = " │ ".len();
const ROLE: usize = "unauthorized account".len();
/// Turns shown before the one in which two part, and after it.
const BEFORE: usize = 1;
const AFTER: usize = 1;

pub(super) fn lines(run: &Run, palette: &Palette, options: &TerminalOptions) -> Vec<String> {
    let writer = Writer { palette, verbose: options.verbose, columns: options.columns() };
    let mut lines = Vec::new();
    for (target, _) in &run.targets {
        let of_target = || run.comparisons.iter().filter(|(name, _)| name == target).map(|(_, comparison)| comparison);
        let Some(first) = of_target().next() else { continue };
        let titles = [printable(run.title_of(target)), printable(&first.beside)];
        lines.push(String::new());
        lines.push(writer.rule(&format!("{} beside {}", titles[0], titles[1])));
        lines.push(String::new());
        lines.extend(writer.table(of_target(), titles.each_ref().map(|title| &**title)));
        lines.extend(writer.partings(&of_target().collect::<Vec<_>>()));
        lines.push(String::new());
        lines.extend(hanging("Beside    ", &format!("of the dialogues {}", counted(of_target())), writer.columns));
    }
    lines
}

struct Writer<'a> {
    palette: &'a Palette,
    verbose: bool,
    columns: usize,
}

impl Writer<'_> {
    fn rule(&self, title: &str) -> String {
        let title = shorten(title, self.columns.saturating_sub(2 + 1 + 1 + 1));
        let rest = "─".repeat(self.columns.saturating_sub(2 + 1 + width(&title) + 1));
        let rule = |text: &str| paint(self.palette.faint, text);
        format!("{} {} {}", rule("──"), paint(self.palette.heading, &title), rule(&rest))
    }

    /// A row a role: both answers of the target, and those of the model where they are not the same.
    fn table<'a>(&self, comparisons: impl Iterator<Item = &'a Comparison> + Clone, titles: [&str; 2]) -> Vec<String> {
        let answers = self.columns.saturating_sub(ROLE + 2 * "  ".len()) / 2;
        let drawn = |role, target, model| row(&[(ROLE, role), (answers, target), (answers, model)]);
        let heading = |text: &str| Cell::new(self.palette.heading, text);
        let mut rows = Vec::new();
        for role in Role::MATRIX {
            let of_role = comparisons.clone().filter(|comparison| is_of(comparison, role)).last();
            let Some((comparison, BothAnswers { target, model })) =
                of_role.and_then(|comparison| Some((comparison, comparison.answers.as_ref()?)))
            else {
                continue;
            };
            let (style, model) = match (comparison.weight, both(model)) {
                (Weight::Outcome, answers) => (self.palette.deviates, answers),
                (_, answers) if answers == both(target) => (self.palette.faint, "the same".to_owned()),
                (_, answers) => (self.palette.inconclusive, answers),
            };
            rows.extend(drawn(Cell::plain(describe::role(role)), Cell::plain(both(target)), Cell::new(style, model)));
        }
        if rows.is_empty() {
            return rows;
        }
        let mut lines = drawn(heading("role"), heading(titles[0]), heading(titles[1]));
        lines.push(paint(self.palette.faint, &"─".repeat(ROLE + 2 * answers + 2 * "  ".len())));
        lines.extend(rows);
        lines
    }

    /// Where dialogues part, those told once that part in the same answers.
    fn partings(&self, comparisons: &[&Comparison]) -> Vec<String> {
        let least = if self.verbose { Weight::Wording } else { Weight::Codes };
        let mut groups: Vec<(&Comparison, Vec<&Comparison>)> = Vec::new();
        let mut telling: Vec<&&Comparison> =
            comparisons.iter().filter(|comparison| comparison.weight >= least).collect();
        // Roles first: what a case of its own comes to is seldom anything new.
        telling.sort_by_key(|comparison| is_of_a_case(comparison));
        for comparison in telling {
            match groups.iter_mut().find(|(first, _)| is_alike(first, comparison)) {
                Some((_, others)) if !self.verbose => others.push(comparison),
                _ => groups.push((comparison, Vec::new())),
            }
        }
        groups.sort_by_key(|(first, _)| (std::cmp::Reverse(first.weight), is_of_a_case(first)));
        groups.iter().flat_map(|(first, others)| self.parting(first, others)).collect()
    }

    fn parting(&self, comparison: &Comparison, others: &[&Comparison]) -> Vec<String> {
        let style = if comparison.weight.matters() { self.palette.deviates } else { self.palette.inconclusive };
        let mark = if comparison.weight.matters() { "≠ " } else { "≈ " };
        let mut lines = vec![String::new()];
        let heading = hanging(mark, &printable(&title(comparison)), self.columns);
        lines.extend(heading.iter().map(|line| paint(style, line)));
        let (cases, roles): (Vec<&Comparison>, Vec<&Comparison>) =
            others.iter().copied().partition(|other| is_of_a_case(other));
        let mut likewise: Vec<String> = roles.iter().map(|other| title(other)).collect();
        match cases.len() {
            0 => {}
            1 => likewise.extend(cases.iter().map(|case| title(case))),
            count => likewise.push(format!("{count} dialogues of cases")),
        }
        if !likewise.is_empty() {
            lines.extend(self.labelled("likewise", &printable(&likewise.join(", "))));
        }
        lines.extend(self.labelled("matters", &printable(&sentence(comparison))));
        let touched: BTreeSet<&CaseId> =
            std::iter::once(&comparison).chain(others).flat_map(|comparison| &comparison.touches).collect();
        let touches: Vec<&str> = touched.iter().map(|case| case.0.as_str()).collect();
        if !touches.is_empty() {
            lines.extend(self.labelled("touches", &printable(&touches.join(", "))));
        }
        if let Some(parting) = comparison.first_parting() {
            let text = format!("at entry {}, in {}", parting.entry, parts_in(parting.parts_in));
            lines.extend(self.labelled("parts", &text));
        }
        let substitutions = substitutions(comparison);
        if self.verbose && !substitutions.is_empty() {
            lines.extend(self.labelled("named", &printable(&substitutions)));
        }
        lines.push(String::new());
        lines.extend(self.dialogue(comparison));
        lines
    }

    fn labelled(&self, label: &str, text: &str) -> Vec<String> {
        hanging(&format!("    {label:<8} "), text, self.columns)
    }

    /// The turns around the first parting, the target's answers at the left and the model's at the right.
    fn dialogue(&self, comparison: &Comparison) -> Vec<String> {
        let Some(parting) = comparison.first_parting() else { return Vec::new() };
        let count = comparison.turns.len();
        let (first, end) = match self.verbose {
            true => (0, count),
            false => (parting.turn.saturating_sub(BEFORE), parting.turn.saturating_add(AFTER + 1).min(count)),
        };
        let mut lines = Vec::new();
        for (number, turn) in comparison.turns.iter().enumerate().take(end).skip(first) {
            let place = match number.cmp(&parting.turn) {
                std::cmp::Ordering::Less => Place::Before,
                std::cmp::Ordering::Equal => Place::Here,
                std::cmp::Ordering::Greater if parting.parts_in.is_told() => Place::Diverged,
                std::cmp::Ordering::Greater => Place::Before,
            };
            lines.extend(self.turn(turn, place));
        }
        lines
    }

    fn turn(&self, turn: &Turn, place: Place) -> Vec<String> {
        let mut lines = Vec::new();
        for entry in &turn.said {
            for piece in cut(&entry_line(entry), self.columns.saturating_sub(MARGIN)) {
                lines.push(paint(self.palette.faint, &format!("      {piece}")));
            }
        }
        let half = self.columns.saturating_sub(MARGIN + GAP) / 2;
        let [target, model] = [&turn.target, &turn.model].map(|entries| halves(entries, half, self.verbose));
        let (mark, style) = match place {
            Place::Before => (" ", self.palette.faint),
            Place::Here => (">", self.palette.decides),
            Place::Diverged => ("~", self.palette.faint),
        };
        for line in 0..target.len().max(model.len()) {
            let [left, right] = [&target, &model].map(|side| side.get(line).map_or("", String::as_str));
            let padding = " ".repeat(half.saturating_sub(width(left)));
            let text = format!("    {mark} {left}{padding} │ {right}");
            lines.push(paint(style, text.trim_end()));
        }
        lines
    }
}

/// Where a turn stands to the one in which two part.
#[derive(Clone, Copy)]
enum Place {
    Before,
    Here,
    /// Behind it: the model may be somewhere else by now.
    Diverged,
}

/// Lines of one answer that are shown; EHLO's keywords and what a model takes for commands may be many.
const MOST_LINES: usize = 12;

/// Pieces that one line is cut into at most, but where all is told: a challenge is long, and says nothing to a reader.
const MOST_PIECES: usize = 2;

fn halves(entries: &[Entry], half: usize, verbose: bool) -> Vec<String> {
    let mut lines = Vec::new();
    if entries.is_empty() {
        lines.push("(says nothing)".to_owned());
    }
    for entry in entries.iter().take(MOST_LINES) {
        let line = entry_line(entry);
        let mut pieces: Vec<String> = cut(&line, half).into_iter().map(str::to_owned).collect();
        if !verbose && pieces.len() > MOST_PIECES {
            pieces.truncate(MOST_PIECES - 1);
            pieces.push("…".to_owned());
        }
        lines.extend(pieces);
    }
    match entries.len().saturating_sub(MOST_LINES) {
        0 => {}
        1 => lines.push("… 1 line more".to_owned()),
        count => lines.push(format!("… {count} lines more")),
    }
    lines
}

/// Whether it is about a role's own mail to the remote recipient.
fn is_of(comparison: &Comparison, role: Role) -> bool {
    match &comparison.of {
        Compared::Attempt { order: _, role: its, sender_of, destination } => {
            *its == role && *sender_of == role && *destination == Destination::Remote
        }
        Compared::Dialogue { .. } => false,
    }
}

const fn is_of_a_case(comparison: &Comparison) -> bool {
    match comparison.of {
        Compared::Attempt { .. } => false,
        Compared::Dialogue { .. } => true,
    }
}

/// `235 2.7.0, relayed`.
fn both(Answers { authentication, fate }: &Answers) -> String {
    match authentication {
        Authentication::NotTried => roles::became(fate),
        said => format!("{}, {}", roles::said(said), roles::became(fate)),
    }
}

/// Whether two dialogues part in the same answers to the same.
fn is_alike(one: &Comparison, other: &Comparison) -> bool {
    let of = |comparison: &Comparison| {
        let parting = comparison.first_parting()?;
        let turn = comparison.turns.get(parting.turn)?;
        let texts = |entries: &[Entry]| entries.iter().map(entry_line).collect::<Vec<_>>();
        Some((parting.parts_in, texts(&turn.target), texts(&turn.model)))
    };
    one.weight == other.weight && of(one) == of(other)
}
