//! Feature files read, checked and written out into cases.

use std::collections::BTreeMap;

use super::case::Case;
use super::draft::Drafts;
use super::parser;
use super::selector::Selector;
use super::text::FeatureText;
use crate::diagnostic::Diagnostic;
use crate::judge::CaseId;
use crate::reference::deployment::catalogue::Catalogue;

/// Cases, in the order of their files and lines.
#[derive(Clone, Debug, Default)]
pub struct Suite {
    pub(super) cases: Vec<Case>,
}

impl Suite {
    /// Reads feature files. Every step is one of the vocabulary then, every deployment one of the catalogue, every id
    /// given once.
    ///
    /// # Errors
    /// All that is wrong with them, each with its place and what to do about it.
    pub fn load(texts: impl IntoIterator<Item = FeatureText>, catalogue: &Catalogue) -> Result<Self, Vec<Diagnostic>> {
        let mut wrong = Vec::new();
        let mut cases: Vec<(Case, FeatureText)> = Vec::new();
        for source in texts {
            match parser::parse(source) {
                Ok(parsed) => {
                    let mut drafts = Drafts::new(&parsed, catalogue);
                    drafts.read();
                    wrong.append(&mut drafts.wrong);
                    cases.extend(drafts.cases.into_iter().map(|case| (case, parsed.source.clone())));
                }
                Err(mut found) => wrong.append(&mut found),
            }
        }
        wrong.extend(given_twice(&cases));
        if !wrong.is_empty() {
            return Err(wrong);
        }
        Ok(Self { cases: cases.into_iter().map(|(case, _)| case).collect() })
    }

    /// Its cases.
    pub fn cases(&self) -> &[Case] {
        &self.cases
    }

    /// How many requirements and how many cases of the record there are.
    pub fn counts(&self) -> (usize, usize) {
        let record = self.cases.iter().filter(|case| case.is_record()).count();
        (self.cases.len() - record, record)
    }

    /// The cases that at least one selector names; all of them where there is none.
    ///
    /// # Errors
    /// A selector that names nothing, with the nearest one that would.
    pub fn select(&self, selectors: &[String]) -> Result<Self, Vec<Diagnostic>> {
        if selectors.is_empty() {
            return Ok(self.clone());
        }
        let selectors: Vec<(&String, Selector)> =
            selectors.iter().map(|selector| (selector, Selector::read(selector))).collect();
        let wrong: Vec<Diagnostic> = selectors
            .iter()
            .filter(|(_, selector)| !self.cases.iter().any(|case| selector.names(case)))
            .map(|(written, selector)| selector.names_nothing(written, &self.cases))
            .collect();
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let named = |case: &&Case| selectors.iter().any(|(_, selector)| selector.names(case));
        Ok(Self { cases: self.cases.iter().filter(named).cloned().collect() })
    }
}

fn given_twice(cases: &[(Case, FeatureText)]) -> Vec<Diagnostic> {
    let mut first: BTreeMap<&CaseId, &Case> = BTreeMap::new();
    let mut wrong = Vec::new();
    for (case, source) in cases {
        let id = &case.requirement.id;
        let Some(other) = first.get(id) else {
            first.insert(id, case);
            continue;
        };
        let same_outline = other.file == case.file && other.scenario_lines == case.scenario_lines && case.is_row;
        wrong.push(if same_outline {
            Diagnostic::error("this row puts in the same values as another")
                .at(source.line(case.line))
                .note(format!("so both would be the case `{id}`; the other stands in line {}", other.line))
                .remedy("leave one of them out, or put in what tells them apart")
        } else {
            Diagnostic::error(format!("the id of the case `{id}` is given twice"))
                .at(source.line(case.line))
                .note(format!("the other stands at {}", other.requirement.place))
                .remedy("write another `@id:` in front of one of them")
        });
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::Suite;
    use crate::feature::text::FeatureText;
    use crate::reference::deployment::catalogue::Catalogue;
    use proptest::prelude::*;

    /// Lines of which feature files are made, well and badly.
    const PIECES: [&str; 24] = [
        "Feature: F",
        "Rule: R",
        "Background:",
        "Scenario: S",
        "Scenario Outline: <a>",
        "Examples:",
        "| a |",
        "| a | b |",
        "| \\| |",
        "|",
        "@id:x @must",
        "@",
        "Given the mail server",
        "When the client connects",
        "Then the greeting has the code 220",
        "And <a>",
        "* the server refuses",
        "\"\"\"",
        "```",
        "# language: en",
        "Senario: x",
        "prose <",
        "\u{feff}",
        "",
    ];

    fn load(text: &str) {
        let loaded = Suite::load([FeatureText::new("own.feature", text)], &Catalogue::default());
        // Whatever is wrong can be shown, and whatever is read has its place in the text.
        match loaded {
            Ok(suite) => assert!(suite.cases().iter().all(|case| case.line <= text.split('\n').count())),
            Err(wrong) => {
                assert!(!wrong.is_empty());
                let _ = wrong.iter().map(|diagnostic| diagnostic.render(true, 80)).collect::<String>();
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in any::<String>()) {
            load(&text);
        }

        #[test]
        fn any_lines_are_read_or_refused(
            lines in prop::collection::vec((prop::sample::select(&PIECES[..]), 0_usize..4), 0..20),
            end in prop::sample::select(&["\n", "\r\n"][..]),
        ) {
            let indented = |(piece, indent): (&str, usize)| format!("{:indent$}{piece}", "");
            let lines: Vec<String> = lines.into_iter().map(indented).collect();
            load(&lines.join(end));
        }
    }
}
