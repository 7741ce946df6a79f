//! Steps: each has to be one of the vocabulary, and the deployments they name have to be there.

use cucumber::gherkin::Step;
use cucumber::step::AmbiguousMatchError;

use crate::diagnostic::{Diagnostic, Excerpt};
use crate::feature::case::DeploymentName;
use crate::feature::lines::{Line, Look, scan};
use crate::feature::outline::Row;
use crate::feature::steps::{find, keyword};
use crate::feature::text::FeatureText;
use crate::feature::vocabulary;
use crate::reference::bulletin::check_date;
use crate::reference::deployment::catalogue::Catalogue;

/// Where steps stand while they are looked at.
pub(in crate::feature) struct StepLint<'a> {
    pub(in crate::feature) source: &'a FeatureText,
    pub(in crate::feature) catalogue: &'a Catalogue,
    /// The row that was put into the outline.
    pub(in crate::feature) row: Option<&'a Row>,
}

impl StepLint<'_> {
    /// What is wrong with a step, with the outline's values put in.
    pub(in crate::feature) fn step(&self, step: &Step) -> Option<Diagnostic> {
        let diagnostic = match find(keyword(step), &step.value) {
            Ok(Some(_)) => deployment_of(&step.value)
                .and_then(|name| self.deployment(step, &name))
                .or_else(|| self.date(step))
                .or_else(|| self.unread(step))?,
            Ok(None) => self.undefined(step),
            Err(several) => ambiguous(self.place(step), &several),
        };
        Some(match self.row {
            Some(row) => diagnostic.note(format!("with the row in line {} put in", row.line)),
            None => diagnostic,
        })
    }

    fn undefined(&self, step: &Step) -> Diagnostic {
        let error = Diagnostic::error("there is no such step").at(self.place(step));
        let Some(nearest) = vocabulary::nearest(keyword(step), &step.value) else {
            return error.remedy("`smtpspec list steps` prints all there are");
        };
        let form = nearest.form;
        let error = match &nearest.misfit {
            Some((word, parameter)) => {
                let error = error.label(format!("`{word}` is no {}", parameter.name));
                match parameter.words {
                    Some(words) => {
                        let words: Vec<&str> = words.split('|').collect();
                        let listed = words.join(", ");
                        error.note(format!("{} is one of: {listed}", parameter.name)).did_you_mean(word, words)
                    }
                    None => error.note(format!("{} is {}", parameter.name, parameter.says)),
                }
            }
            None => error,
        };
        let error = error.note(format!("the nearest step is: {} {}", form.keyword, form.form));
        match error.remedy {
            Some(_) => error,
            None => error.remedy(format!("write it as in: {} {}", form.keyword, form.example)),
        }
    }

    /// What is wrong with a deployment that a step names.
    fn deployment(&self, step: &Step, name: &DeploymentName) -> Option<Diagnostic> {
        let place = self.source.word(step.position.line, &name.to_string());
        let Some(deployment) = self.catalogue.get(&name.id) else {
            let ids = self.catalogue.deployments.iter().map(|deployment| deployment.id.as_str());
            return Some(
                Diagnostic::error(format!("there is no deployment `{}`", name.id))
                    .at(place)
                    .remedy("`smtpspec list deployments` prints all there are")
                    .did_you_mean(&name.id, ids),
            );
        };
        let listeners: Vec<&str> = deployment.listeners.iter().map(|listener| listener.name.as_str()).collect();
        match &name.listener {
            Some(listener) if !listeners.contains(&listener.as_str()) => Some(
                Diagnostic::error(format!("`{}` has no listener `{listener}`", name.id))
                    .at(place)
                    .note(format!("its listeners are: {}", listeners.join(", ")))
                    .did_you_mean(listener, listeners),
            ),
            None if listeners.len() > 1 => Some(
                Diagnostic::error(format!("`{}` has several listeners, and none is named", name.id))
                    .at(place)
                    .note(format!("its listeners are: {}", listeners.join(", ")))
                    .remedy(format!("name one behind a colon: `{}:{}`", name.id, listeners.first().unwrap_or(&""))),
            ),
            _ => None,
        }
    }

    /// A day that is none, though it is written as one.
    fn date(&self, step: &Step) -> Option<Diagnostic> {
        let date = step.value.strip_prefix("advice of ")?.strip_suffix(" is asked for")?;
        let why = check_date(date).err()?;
        Some(
            Diagnostic::error(format!("`{date}` is no date"))
                .at(self.source.word(step.position.line, date))
                .label(why.to_string())
                .remedy("write a day as in: 2002-03-01"),
        )
    }

    /// A table or a doc string under a step: no step reads one, so that what it says would be lost.
    fn unread(&self, step: &Step) -> Option<Diagnostic> {
        let what = match (&step.table, &step.docstring) {
            (Some(_), _) => "table",
            (None, Some(_)) => "doc string",
            (None, None) => return None,
        };
        let is_its_first =
            |line: &Line<'_>| line.number > step.position.line && matches!(line.look, Look::Row { .. } | Look::Fence);
        let first = scan(&self.source.text).into_iter().find(is_its_first);
        Some(
            Diagnostic::error(format!("no step reads a {what}"))
                .at(self.source.line(first.map_or(step.position.line, |line| line.number)))
                .note(format!("it stands under: {}", step.value))
                .remedy("write what it says into the sentence, or as rows under `Examples:`"),
        )
    }

    fn place(&self, step: &Step) -> Excerpt {
        self.source.word(step.position.line, &step.value)
    }
}

/// A step that fits several of the vocabulary: ours do not overlap, and a test keeps them from it.
fn ambiguous(place: Excerpt, several: &AmbiguousMatchError) -> Diagnostic {
    let places: Vec<String> =
        several.possible_matches.iter().filter_map(|(_, place)| place.as_ref()).map(ToString::to_string).collect();
    Diagnostic::error("this step could mean several things")
        .at(place)
        .note(format!("it fits the steps at {}", places.join(" and at ")))
        .remedy("word it as `smtpspec list steps` has it")
}

/// The deployment that a step names, where it names one.
pub(in crate::feature) fn deployment_of(sentence: &str) -> Option<DeploymentName> {
    sentence.strip_prefix("the deployment ").map(DeploymentName::read)
}

#[cfg(test)]
mod tests {
    use super::ambiguous;
    use crate::diagnostic::Excerpt;
    use cucumber::step::{AmbiguousMatchError, Location};
    use regex::Regex;

    #[test]
    fn an_ambiguous_step_names_what_it_fits() {
        let place = |line| Some(Location { path: "src/feature/steps/role.rs", line, column: 1 });
        let fits = |line| (Regex::new("^the server .*$").unwrap().into(), place(line));
        let several = AmbiguousMatchError { possible_matches: vec![fits(12), fits(34)] };
        let text = "Feature: Ours\n    Then the server refuses\n";
        let error = ambiguous(Excerpt::line_of("own.feature", text, 2), &several);
        assert_eq!(error.to_string(), "own.feature:2:5: error: this step could mean several things");
        assert_eq!(
            error.notes,
            ["it fits the steps at src/feature/steps/role.rs:12:1 and at src/feature/steps/role.rs:34:1"]
        );
    }
}
