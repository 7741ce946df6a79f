//! The layout of a feature file, judged before the Gherkin parser sees it. Gherkin takes `Senario: two` for prose and
//! loses the scenario without a word; here every line has to be something.

use crate::diagnostic::{Diagnostic, nearest};
use crate::feature::lines::{Line, Look, PARTS, Part, STEP_WORDS, scan};
use crate::feature::text::FeatureText;

/// Where in a feature file a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Before `Feature:`.
    Top,
    /// Behind the line that begins a part, where its description may stand.
    Description(Part),
    /// Behind a step.
    Steps,
    /// In the table of examples.
    Table,
}

/// What is wrong with the layout, in order.
pub(in crate::feature) fn layout(source: &FeatureText) -> Vec<Diagnostic> {
    let mut check =
        Check { source, place: Place::Top, features: 0, table: None, tags: None, fence: None, found: Vec::new() };
    for line in scan(&source.text) {
        check.line(&line);
    }
    check.end();
    check.found
}

struct Check<'a> {
    source: &'a FeatureText,
    place: Place,
    features: usize,
    /// The cells of the table's first row, while a table goes on.
    table: Option<usize>,
    /// The last line of tags, until what they are for has come.
    tags: Option<usize>,
    /// The line of the quotes that began a doc string.
    fence: Option<usize>,
    found: Vec<Diagnostic>,
}

impl Check<'_> {
    fn line(&mut self, line: &Line<'_>) {
        if !matches!(line.look, Look::Row { .. } | Look::Blank | Look::Comment { .. }) {
            self.table = None;
        }
        match line.look {
            Look::Blank | Look::InsideDocString => {}
            Look::Comment { language } => self.language(line, language),
            Look::Tags => self.tags = Some(line.number),
            Look::Part(part) => self.part(line, part),
            Look::Step => self.step(line),
            Look::Row { cells } => self.row(line, cells),
            Look::Fence => self.fence(line),
            Look::Text => self.text(line),
        }
    }

    fn language(&mut self, line: &Line<'_>, language: Option<&str>) {
        if let Some(language) = language.filter(|language| *language != "en") {
            let error = Diagnostic::error(format!("the language `{language}` is not one that steps are written in"))
                .at(self.source.at(line.span.clone()))
                .remedy("write the case in English and leave this line out");
            self.found.push(error);
        }
    }

    fn part(&mut self, line: &Line<'_>, part: Part) {
        if part == Part::Background {
            self.loose_tags("a background takes no tags");
        }
        self.tags = None;
        if part == Part::Feature {
            self.features += 1;
            if self.features > 1 {
                let error = Diagnostic::error("a second `Feature:` in one file")
                    .at(self.source.at(line.span.clone()))
                    .remedy("write it into a file of its own");
                self.found.push(error);
            }
        } else if self.features == 0 {
            self.before_feature(line);
        }
        self.place = Place::Description(part);
    }

    fn step(&mut self, line: &Line<'_>) {
        self.loose_tags("a step takes no tags");
        match self.place {
            Place::Top => self.before_feature(line),
            Place::Description(Part::Scenario | Part::Background) | Place::Steps => self.place = Place::Steps,
            Place::Description(Part::Examples) | Place::Table => {
                let error = Diagnostic::error("a step behind the examples")
                    .at(self.source.at(line.span.clone()))
                    .remedy("move it in front of `Examples:`");
                self.found.push(error);
            }
            // Prose may well begin with one of these words.
            Place::Description(Part::Feature | Part::Rule) => {}
        }
    }

    fn row(&mut self, line: &Line<'_>, cells: usize) {
        match self.place {
            Place::Description(Part::Examples) => self.place = Place::Table,
            Place::Table | Place::Steps => {}
            Place::Top | Place::Description(_) => {
                let error = Diagnostic::error("a row of a table that belongs to nothing")
                    .at(self.source.at(line.span.clone()))
                    .remedy("put it under `Examples:`; no step reads a table");
                self.found.push(error);
                return;
            }
        }
        match self.table {
            None => self.table = Some(cells),
            Some(first) if first == cells => {}
            Some(first) => {
                let error = Diagnostic::error(format!(
                    "this row has {cells}, the first of its table {first}",
                    cells = counted(cells)
                ))
                .at(self.source.at(line.span.clone()))
                .remedy("give every row of the table as many cells as its first; `\\|` is a bar within a cell");
                self.found.push(error);
            }
        }
    }

    fn fence(&mut self, line: &Line<'_>) {
        self.fence = match self.fence {
            Some(_) => None,
            None => Some(line.number),
        };
        if self.fence.is_some() && self.place != Place::Steps {
            let error = Diagnostic::error("a doc string that belongs to nothing")
                .at(self.source.at(line.span.clone()))
                .remedy("leave it out; nothing reads a doc string");
            self.found.push(error);
        }
    }

    fn text(&mut self, line: &Line<'_>) {
        if let Some(part) = misspelt_part(line.text) {
            self.misspelt(line, part);
            return;
        }
        self.loose_tags("tags stand in front of `Feature:`, `Rule:`, `Scenario:` or `Examples:`");
        let meant = misspelt_step_word(line.text).filter(|_| !begins_like_prose(line.text));
        match self.place {
            Place::Top => self.before_feature(line),
            Place::Description(Part::Scenario | Part::Background) if meant.is_some() => self.no_step(line, meant),
            Place::Description(_) => {}
            Place::Steps | Place::Table => self.no_step(line, meant),
        }
    }

    fn misspelt(&mut self, line: &Line<'_>, part: &str) {
        let word = line.text.split(':').next().unwrap_or_default();
        let error = Diagnostic::error(format!("`{}:` is not a word of Gherkin", word.trim_end()))
            .at(self.source.at(line.span.start..line.span.start + word.len()))
            .note("Gherkin would take this line, and what follows, for prose")
            .remedy(format!("did you mean `{part}:`?"));
        self.found.push(error);
        // Taken for what was meant, so that one slip is one error.
        self.tags = None;
        self.place = Place::Description(meant(part));
        if self.features == 0 {
            self.features = 1;
        }
    }

    fn no_step(&mut self, line: &Line<'_>, meant: Option<&str>) {
        let word = line.text.split_whitespace().next().unwrap_or_default();
        let error = match meant {
            Some(meant) => Diagnostic::error(format!("`{word}` does not begin a step"))
                .at(self.source.at(line.span.start..line.span.start + word.len()))
                .remedy(format!("did you mean `{meant}`?")),
            None => Diagnostic::error("a line that is neither a step nor anything else")
                .at(self.source.at(line.span.clone()))
                .remedy("begin it with `Given`, `When`, `Then`, `And` or `But`, or with `#` if it is a comment"),
        };
        self.found.push(error);
    }

    fn before_feature(&mut self, line: &Line<'_>) {
        if self.features == 0 {
            let error = Diagnostic::error("text in front of `Feature:`").at(self.source.at(line.span.clone())).remedy(
                "a feature file begins with `Feature: …`, which says what it is about; `smtpspec new case` writes a \
                     whole one",
            );
            self.found.push(error);
            // Said once.
            self.features = 1;
        }
    }

    fn loose_tags(&mut self, why: &str) {
        if let Some(number) = self.tags.take() {
            self.found.push(Diagnostic::error("tags that belong to nothing").at(self.source.line(number)).note(why));
        }
    }

    fn end(&mut self) {
        self.loose_tags("nothing comes behind them");
        if let Some(number) = self.fence {
            let error = Diagnostic::error("a doc string without an end")
                .at(self.source.line(number))
                .remedy("leave the quotes out; nothing reads a doc string");
            self.found.push(error);
        }
        if self.features == 0 {
            let error = Diagnostic::error("a file without a feature")
                .at(self.source.line(1))
                .remedy("begin it with `Feature: ` and what it is about; `smtpspec new case` writes a first one");
            self.found.push(error);
        }
    }
}

/// The word of Gherkin that this line was probably meant to begin with.
fn misspelt_part(line: &str) -> Option<&'static str> {
    let (word, _) = line.split_once(':')?;
    if word.split_whitespace().count() > 2 {
        return None;
    }
    nearest(word.trim(), PARTS).and_then(|near| PARTS.into_iter().find(|part| *part == near))
}

fn misspelt_step_word(line: &str) -> Option<&'static str> {
    let word = line.split_whitespace().next()?;
    let near = nearest(word.trim_end_matches(':'), STEP_WORDS)?;
    STEP_WORDS.into_iter().find(|known| *known == near && *known != "*")
}

/// Whether the first word is a common one that only looks like a step's: "The server …" in a description is no `Then`.
fn begins_like_prose(line: &str) -> bool {
    const COMMON: [&str; 14] =
        ["a", "an", "any", "as", "at", "both", "it", "out", "than", "that", "the", "them", "they", "where"];
    let word = line.split_whitespace().next().unwrap_or_default().to_lowercase();
    COMMON.contains(&word.as_str())
}

fn counted(cells: usize) -> String {
    if cells == 1 { "1 cell".to_owned() } else { format!("{cells} cells") }
}

fn meant(word: &str) -> Part {
    match word {
        "Feature" => Part::Feature,
        "Rule" => Part::Rule,
        "Background" => Part::Background,
        "Examples" | "Scenarios" => Part::Examples,
        _ => Part::Scenario,
    }
}
