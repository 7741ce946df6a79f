//! From Gherkin's scenarios to cases: what has to be there is there, or is said to be missing.

use std::collections::BTreeSet;

use cucumber::gherkin::{Background, Scenario, Step, StepType};

use super::case::{Case, Subject};
use super::id::case_id;
use super::lines::{Line, Look, scan};
use super::lint::{ClaimId, OurTag, StepLint, deployment_of, order, read_tag};
use super::outline::{self, Expanded, Row, placeholders};
use super::parser::Parsed;
use super::sources::sources;
use super::text::FeatureText;
use crate::diagnostic::Diagnostic;
use crate::judge::{Level, Requirement, Role};
use crate::reference::deployment::catalogue::Catalogue;

/// The cases of one file on their way.
pub(super) struct Drafts<'a> {
    parsed: &'a Parsed,
    lines: Vec<Line<'a>>,
    catalogue: &'a Catalogue,
    /// The first row of the outline at hand.
    first_row: Option<usize>,
    pub(super) cases: Vec<Case>,
    pub(super) wrong: Vec<Diagnostic>,
}

/// What stands around a scenario.
struct Around<'a> {
    tags: Vec<&'a String>,
    steps: Vec<&'a Step>,
    descriptions: Vec<&'a String>,
}

/// What the tags of a scenario say.
#[derive(Default)]
struct Tagged {
    id: Option<String>,
    level: Option<Level>,
    claims: BTreeSet<ClaimId>,
    model_only: bool,
    disruptive: bool,
    all: Vec<String>,
}

impl<'a> Drafts<'a> {
    pub(super) fn new(parsed: &'a Parsed, catalogue: &'a Catalogue) -> Self {
        let lines = scan(&parsed.source.text);
        Self { parsed, lines, catalogue, first_row: None, cases: Vec::new(), wrong: Vec::new() }
    }

    pub(super) fn read(&mut self) {
        let feature = &self.parsed.feature;
        let steps_of = |background: &'a Option<Background>| background.iter().flat_map(|background| &background.steps);
        let scenarios = feature.scenarios.len() + feature.rules.iter().map(|rule| rule.scenarios.len()).sum::<usize>();
        if scenarios == 0 {
            let line = self.lines.iter().find(|line| matches!(line.look, Look::Part(_))).map_or(1, |line| line.number);
            self.wrong.push(
                Diagnostic::error("a feature without a scenario")
                    .at(self.source().line(line))
                    .remedy("write one: `Scenario: ` and a sentence that has to hold"),
            );
        }
        for scenario in &feature.scenarios {
            let around = Around {
                tags: feature.tags.iter().collect(),
                steps: steps_of(&feature.background).collect(),
                descriptions: feature.description.iter().collect(),
            };
            self.scenario(scenario, &around);
        }
        for rule in &feature.rules {
            for scenario in &rule.scenarios {
                let around = Around {
                    tags: feature.tags.iter().chain(&rule.tags).collect(),
                    steps: steps_of(&feature.background).chain(steps_of(&rule.background)).collect(),
                    descriptions: feature.description.iter().chain(&rule.description).collect(),
                };
                self.scenario(scenario, &around);
            }
        }
    }

    fn source(&self) -> &'a FeatureText {
        &self.parsed.source
    }

    fn scenario(&mut self, scenario: &Scenario, around: &Around<'_>) {
        let line = self.line_of(scenario.span.start);
        let before = self.wrong.len();
        let tagged = self.tags(scenario, around, line);
        self.structure(scenario, line);
        let before_columns = self.wrong.len();
        let rows = outline::rows(scenario, &self.lines);
        self.columns(scenario, &rows, line);
        // With a value missing, or with none, steps would be complained about for that.
        if self.wrong.len() > before_columns || scenario.steps.is_empty() {
            return;
        }
        let is_sound = self.wrong.len() == before;
        let kept_on = keep_on(around.steps.iter().copied()).chain(keep_on(&scenario.steps));
        let steps: Vec<Step> = kept_on.map(|step| self.placed(step)).collect();
        let mut complained = BTreeSet::new();
        self.first_row = rows.first().map(|(row, _)| row.line);
        let rows: Vec<_> = if rows.is_empty() { vec![None] } else { rows.into_iter().map(Some).collect() };
        for row in rows {
            let expanded = outline::expand(&scenario.name, &steps, row);
            if !self.steps(&expanded, &mut complained) {
                continue;
            }
            let Some(subject) = self.subject(&expanded, line, &mut complained) else { continue };
            if let Some((step, diagnostic)) = order(self.source(), &expanded.steps) {
                if complained.insert((step.position.line, step.value.clone())) {
                    self.wrong.push(diagnostic);
                }
                continue;
            }
            // What is wrong with the steps is said, whatever is wrong with the tags.
            let Some(id) = tagged.id.as_deref().filter(|_| is_sound) else { continue };
            let requirement = Requirement {
                id: case_id(&self.source().name, id, &steps, expanded.row.as_ref()),
                sentence: expanded.name.clone(),
                sources: sources(
                    &tagged.claims,
                    scenario.description.iter().chain(around.descriptions.iter().copied()),
                ),
                level: level(&tagged, &subject),
                place: format!("{}:{}", self.source().name, expanded.row.as_ref().map_or(line, |row| row.line)),
            };
            let case = self.case(scenario, expanded, requirement, subject, &tagged, line);
            self.cases.push(case);
        }
    }

    fn case(
        &self,
        scenario: &Scenario,
        expanded: Expanded,
        requirement: Requirement,
        subject: Subject,
        tagged: &Tagged,
        line: usize,
    ) -> Case {
        let last = self.line_of(scenario.span.end.saturating_sub(1)).max(line);
        Case {
            requirement,
            subject,
            role: expanded.steps.iter().find_map(sender),
            claims: tagged.claims.iter().copied().collect(),
            tags: tagged.all.iter().cloned().chain(expanded.tags).collect(),
            model_only: tagged.model_only,
            disruptive: tagged.disruptive,
            scenario: scenario.name.clone(),
            file: self.source().name.clone(),
            scenario_lines: self.first_tag_line(line)..=last,
            line: expanded.row.as_ref().map_or(line, |row| row.line),
            first_row: self.first_row.unwrap_or(line),
            is_row: expanded.row.is_some(),
            steps: expanded.steps,
        }
    }

    fn tags(&mut self, scenario: &Scenario, around: &Around<'_>, line: usize) -> Tagged {
        let mut tagged = Tagged::default();
        let before = self.wrong.len();
        let own = scenario.tags.iter().chain(scenario.examples.iter().flat_map(|examples| &examples.tags));
        let inherited = around.tags.iter().copied().map(|tag| (tag, true));
        for (tag, is_inherited) in inherited.chain(own.map(|tag| (tag, false))) {
            match read_tag(tag) {
                Ok(Some(OurTag::Id(_))) if is_inherited => {
                    let error = Diagnostic::error("an `@id:` names one scenario, not all of them")
                        .at(self.tag_place(tag, 1))
                        .remedy("write it in front of the scenario");
                    self.complain_once(error);
                }
                Ok(Some(our)) => tagged.take(our),
                Ok(None) => {}
                Err(diagnostic) => {
                    let place = self.tag_place(tag, if is_inherited { 1 } else { self.first_tag_line(line) });
                    self.complain_once(diagnostic.at(place));
                }
            }
            tagged.all.push(tag.clone());
        }
        // An id that is not well written was complained about.
        if tagged.id.is_none() && self.wrong.len() == before {
            let suggestion = scenario.name.to_lowercase().split_whitespace().take(3).collect::<Vec<_>>().join("-");
            let suggestion: String = suggestion.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
            self.wrong.push(
                Diagnostic::error("a scenario without an id")
                    .at(self.source().line(line))
                    .note("an id is what selects a case, and what reports call it")
                    .remedy(format!("write it above the scenario, for example `@id:{suggestion}`")),
            );
        }
        tagged
    }

    fn structure(&mut self, scenario: &Scenario, line: usize) {
        if scenario.steps.is_empty() {
            let error = Diagnostic::error("a scenario without steps")
                .at(self.source().line(line))
                .remedy("write what there is (`Given`), what happens (`When`) and what has to come of it (`Then`)");
            self.wrong.push(error);
        } else if !scenario.steps.iter().any(|step| step.ty == StepType::Then) {
            let error = Diagnostic::error("a scenario that nothing has to come of")
                .at(self.source().line(line))
                .remedy("add a `Then` step: without one it cannot fail");
            self.wrong.push(error);
        }
    }

    /// Columns that nothing uses, and placeholders that no column fills.
    fn columns(&mut self, scenario: &Scenario, rows: &[(Row, Vec<String>)], line: usize) {
        let is_outline = scenario.keyword.contains("Outline") || scenario.keyword.contains("Template");
        if rows.is_empty() {
            if is_outline || !scenario.examples.is_empty() {
                let error = Diagnostic::error("an outline without examples")
                    .at(self.source().line(line))
                    .remedy("write `Examples:` under its steps, with a row of columns and a row a case");
                self.wrong.push(error);
            }
            return;
        }
        let mut texts: Vec<(&str, usize)> = vec![(&scenario.name, line)];
        for step in &scenario.steps {
            texts.push((&step.value, self.line_of(step.span.start)));
            texts.extend(step.docstring.as_deref().map(|text| (text, self.line_of(step.span.start))));
            let cells = step.table.iter().flat_map(|table| &table.rows).flatten();
            texts.extend(cells.map(|cell| (cell.as_str(), self.line_of(step.span.start))));
        }
        for examples in &scenario.examples {
            let Some(header) = examples.table.as_ref().and_then(|table| table.rows.first()) else { continue };
            let header_line = self.header_line(examples.span.start);
            for column in header {
                if !texts.iter().any(|(text, _)| placeholders(text).contains(&column.as_str())) {
                    self.wrong.push(
                        Diagnostic::error(format!("nothing uses the column `{column}`"))
                            .at(self.source().word(header_line, column))
                            .remedy(format!("write `<{column}>` in a step or in the name, or leave the column out")),
                    );
                }
            }
            for (text, line) in &texts {
                for name in placeholders(text).into_iter().filter(|name| !header.iter().any(|column| column == name)) {
                    let columns = header.iter().map(String::as_str);
                    let error = Diagnostic::error(format!("no column is called `{name}`"))
                        .at(self.source().word(*line, &format!("<{name}>")))
                        .note(format!("the columns are: {}", header.join(", ")))
                        .did_you_mean(name, columns);
                    self.complain_once(error);
                }
            }
        }
    }

    /// Whether all steps can run. What is wrong with a step is said once, for the first row that shows it.
    fn steps(&mut self, expanded: &Expanded, complained: &mut BTreeSet<(usize, String)>) -> bool {
        let lint = StepLint { source: self.source(), catalogue: self.catalogue, row: expanded.row.as_ref() };
        let mut fine = true;
        for step in &expanded.steps {
            if let Some(diagnostic) = lint.step(step) {
                fine = false;
                if complained.insert((step.position.line, step.value.clone())) {
                    self.wrong.push(diagnostic);
                }
            }
        }
        fine
    }

    fn subject(
        &mut self,
        expanded: &Expanded,
        line: usize,
        complained: &mut BTreeSet<(usize, String)>,
    ) -> Option<Subject> {
        let says = |sentence: &str| expanded.steps.iter().any(|step| step.value == sentence);
        let makes_up_a_file = expanded.steps.iter().any(|step| step.value.starts_with("a deployment file that "));
        let mut deployments = Vec::new();
        for name in expanded.steps.iter().filter_map(|step| deployment_of(&step.value)) {
            if !deployments.contains(&name) {
                deployments.push(name);
            }
        }
        let not_both = |one: &str, other: &str| {
            Diagnostic::error(format!("a case is about {one} or about {other}, not both")).remedy("write two scenarios")
        };
        let error = match (says("the mail server"), deployments.is_empty(), makes_up_a_file) {
            (true, true, false) => return Some(Subject::MailServer),
            (false, false, false) => return Some(Subject::Deployments(deployments)),
            (false, true, true) => return Some(Subject::DeploymentFile),
            (false, true, false) => Diagnostic::error("no step says what is judged")
                .remedy("begin with `Given the mail server`, or with `Given the deployment ` and its id"),
            (true, false, _) => not_both("the mail server", "deployments"),
            (true, true, true) => not_both("the mail server", "a file that it makes up"),
            (false, false, true) => not_both("deployments", "a file that it makes up"),
        };
        if complained.insert((line, "subject".to_owned())) {
            self.wrong.push(error.at(self.source().line(line)));
        }
        None
    }

    /// The step with its line as counted here.
    fn placed(&self, mut step: Step) -> Step {
        step.position.line = self.line_of(step.span.start);
        step
    }

    fn complain_once(&mut self, diagnostic: Diagnostic) {
        if !self.wrong.contains(&diagnostic) {
            self.wrong.push(diagnostic);
        }
    }

    /// The line that a byte is in.
    fn line_of(&self, offset: usize) -> usize {
        let after = self.lines.partition_point(|line| line.span.start <= offset);
        self.lines.get(after.saturating_sub(1)).map_or(1, |line| line.number)
    }

    /// The first of the lines of tags right above a line.
    fn first_tag_line(&self, line: usize) -> usize {
        let above = self.lines.get(..line.saturating_sub(1)).unwrap_or_default().iter().rev();
        let belongs = |line: &&Line<'_>| matches!(line.look, Look::Tags | Look::Comment { .. } | Look::Blank);
        let tags = above.take_while(belongs).filter(|line| line.look == Look::Tags);
        tags.last().map_or(line, |line| line.number)
    }

    /// The first place of a tag from a line on.
    fn tag_place(&self, tag: &str, from: usize) -> crate::diagnostic::Excerpt {
        let written = format!("@{tag}");
        let lines = self.lines.get(from.saturating_sub(1)..).unwrap_or_default().iter();
        let mut tags = lines.filter(|line| line.look == Look::Tags);
        let line = tags.find(|line| line.text.split_whitespace().any(|word| word == written));
        self.source().word(line.map_or(from, |line| line.number), &written)
    }

    /// The line of the first row behind `Examples:`.
    fn header_line(&self, offset: usize) -> usize {
        let from = self.line_of(offset);
        let lines = self.lines.get(from.saturating_sub(1)..).unwrap_or_default().iter();
        lines.into_iter().find(|line| matches!(line.look, Look::Row { .. })).map_or(from, |line| line.number)
    }
}

impl Tagged {
    fn take(&mut self, tag: OurTag) {
        match tag {
            OurTag::Must => self.level = Some(Level::Must),
            OurTag::Should => self.level = Some(Level::Should),
            OurTag::ModelOnly => self.model_only = true,
            OurTag::Disruptive => self.disruptive = true,
            OurTag::Claim(claim) => drop(self.claims.insert(claim)),
            OurTag::Id(id) => self.id = Some(id),
        }
    }
}

/// `And`, `But` and `*` go on with the step before. Gherkin's parser takes `*` for `Given`, and so what goes on with
/// it.
fn keep_on<'a>(steps: impl IntoIterator<Item = &'a Step>) -> impl Iterator<Item = Step> {
    let mut before = None;
    steps.into_iter().cloned().map(move |mut step| {
        if let (Some(kind), "And" | "But" | "*") = (before, step.keyword.trim()) {
            step.ty = kind;
        }
        before = Some(step.ty);
        step
    })
}

const fn level(tagged: &Tagged, subject: &Subject) -> Level {
    match (tagged.level, subject) {
        (Some(level), _) => level,
        (None, Subject::MailServer) => Level::Must,
        (None, Subject::Deployments(_) | Subject::DeploymentFile) => Level::Record,
    }
}

/// The role whose mail a step sends.
fn sender(step: &Step) -> Option<Role> {
    Role::ALL.into_iter().find(|role| {
        let doing = step.value.strip_prefix(role.phrase());
        doing.is_some_and(|doing| doing.starts_with(" sends ") || doing.starts_with(" submits "))
    })
}
