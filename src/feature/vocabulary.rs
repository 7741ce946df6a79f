//! The sentences a case can be written in, as people read them: `smtpspec list steps`, and the nearest one where a step
//! is none.

use std::sync::LazyLock;

use regex::Regex;

use super::steps::form::{StepForm, StepKeyword};
use super::steps::parameters::{self, PARAMETERS, ParameterForm};
use super::steps::{advice, chunks, dialogue, judgement, role, target, tls};

/// Steps of one theme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    /// What they are about.
    pub title: &'static str,
    /// The steps.
    pub steps: &'static [StepForm],
}

/// Everything that can stand in a case.
pub const VOCABULARY: [Theme; 7] = [
    Theme { title: "What is judged", steps: &target::FORMS },
    Theme { title: "A role's mail", steps: &role::FORMS },
    Theme { title: "A dialogue line by line", steps: &dialogue::FORMS },
    Theme { title: "Chunks", steps: &chunks::FORMS },
    Theme { title: "TLS", steps: &tls::FORMS },
    Theme { title: "What has to come of it", steps: &judgement::FORMS },
    Theme { title: "What the bulletins advise", steps: &advice::FORMS },
];

/// The parameters of steps.
pub fn parameters() -> &'static [ParameterForm] {
    &PARAMETERS
}

pub(super) fn forms() -> impl Iterator<Item = &'static StepForm> {
    VOCABULARY.iter().flat_map(|theme| theme.steps)
}

/// The form that a sentence is of.
pub(super) fn form_of(keyword: StepKeyword, sentence: &str) -> Option<&'static StepForm> {
    let plain = forms().find(|form| form.keyword == keyword && form.form == sentence);
    let fits = |loose: &&Loose| loose.form.keyword == keyword && loose.sentence.is_match(sentence);
    plain.or_else(|| LOOSE.iter().filter(fits).find(|loose| loose.misfit(sentence).is_none()).map(|loose| loose.form))
}

/// What a sentence that is no step was probably meant as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Nearest {
    pub(super) form: &'static StepForm,
    /// The word that does not fit, with the parameter it stands for, where the sentence fits but for it.
    pub(super) misfit: Option<(String, &'static ParameterForm)>,
}

/// The form a sentence is nearest to: one that fits but for a parameter, or else the one that looks most like it, if
/// any does.
pub(super) fn nearest(keyword: StepKeyword, sentence: &str) -> Option<Nearest> {
    let but_for_a_word = LOOSE.iter().filter(|loose| loose.form.keyword == keyword).find_map(|loose| {
        let misfit = loose.misfit(sentence)?;
        Some(Nearest { form: loose.form, misfit: Some(misfit) })
    });
    but_for_a_word.or_else(|| {
        let likeness = |form: &StepForm| {
            let as_example = strsim::normalized_damerau_levenshtein(sentence, form.example);
            let as_form = strsim::normalized_damerau_levenshtein(sentence, form.form);
            let of_another_kind = if form.keyword == keyword { 0.0 } else { 0.05 };
            as_example.max(as_form) - of_another_kind
        };
        let best = forms().map(|form| (likeness(form), form)).max_by(|(one, _), (other, _)| one.total_cmp(other))?;
        (best.0 > LEAST_LIKENESS).then_some(Nearest { form: best.1, misfit: None })
    })
}

/// Below this, two sentences have nothing to do with each other.
const LEAST_LIKENESS: f64 = 0.45;

/// A form with anything at all in its parameters' places.
struct Loose {
    form: &'static StepForm,
    sentence: Regex,
    parameters: Vec<(&'static ParameterForm, Regex)>,
}

impl Loose {
    fn of(form: &'static StepForm) -> Option<Self> {
        let mut pieces = form.form.split(['{', '}']);
        let mut sentence = format!("^{}", regex::escape(pieces.next()?));
        while let (Some(_), Some(literal)) = (pieces.next(), pieces.next()) {
            sentence.push_str("(.+?)");
            sentence.push_str(&regex::escape(literal));
        }
        sentence.push('$');
        let parameters = form
            .parameters()
            .into_iter()
            .map(|parameter| {
                let expression = parameters::expression(parameter.name)?;
                Some((parameter, Regex::new(&format!("^(?:{expression})$")).ok()?))
            })
            .collect::<Option<_>>()?;
        Some(Self { form, sentence: Regex::new(&sentence).ok()?, parameters })
    }

    fn misfit(&self, sentence: &str) -> Option<(String, &'static ParameterForm)> {
        let found = self.sentence.captures(sentence)?;
        let words = found.iter().skip(1).flatten().map(|word| word.as_str());
        words
            .zip(&self.parameters)
            .find(|(word, (_, expression))| !expression.is_match(word))
            .map(|(word, (parameter, _))| (word.to_owned(), *parameter))
    }
}

static LOOSE: LazyLock<Vec<Loose>> =
    LazyLock::new(|| forms().filter(|form| form.form.contains('{')).filter_map(Loose::of).collect());

#[cfg(test)]
mod tests {
    use super::{StepKeyword, forms, nearest};
    use crate::feature::steps::find;
    use cucumber::codegen::{StepConstructor as _, WorldInventory};
    use rstest::rstest;
    use std::collections::BTreeSet;

    use crate::feature::world::CaseWorld;

    /// Every registered step by its place, from the macros' own list.
    fn registered() -> BTreeSet<String> {
        let given = cucumber::codegen::inventory::iter::<<CaseWorld as WorldInventory>::Given>;
        let when = cucumber::codegen::inventory::iter::<<CaseWorld as WorldInventory>::When>;
        let then = cucumber::codegen::inventory::iter::<<CaseWorld as WorldInventory>::Then>;
        given
            .into_iter()
            .map(|step| step.inner().0)
            .chain(when.into_iter().map(|step| step.inner().0))
            .chain(then.into_iter().map(|step| step.inner().0))
            .map(|place| place.to_string())
            .collect()
    }

    #[test]
    fn every_registered_step_has_one_form_and_every_form_a_step() {
        let mut described = BTreeSet::new();
        for form in forms() {
            let found = find(form.keyword, form.example).unwrap();
            let (_, _, place, _) = found.unwrap_or_else(|| panic!("no step: {} {}", form.keyword, form.example));
            assert!(described.insert(place.unwrap().to_string()), "described twice: {}", form.form);
        }
        assert_eq!(described, registered());
    }

    #[test]
    fn every_example_is_of_its_form() {
        for form in forms() {
            let loose = super::Loose::of(form).unwrap();
            assert!(loose.sentence.is_match(form.example), "{}", form.form);
            assert_eq!(loose.parameters.len(), form.form.matches('{').count(), "{}", form.form);
            assert_eq!(loose.misfit(form.example), None, "{}", form.form);
        }
    }

    #[rstest]
    #[case::role(StepKeyword::When, "the nul session sends mail to the remote recipient", "the nul session", "role")]
    #[case::fate(StepKeyword::Then, "the mail is rejected", "rejected", "fate")]
    #[case::deployment(StepKeyword::Given, "the deployment Windows 2000", "Windows 2000", "deployment")]
    fn a_word_that_does_not_fit_is_named(
        #[case] keyword: StepKeyword,
        #[case] sentence: &str,
        #[case] word: &str,
        #[case] parameter: &str,
    ) {
        let misfit = nearest(keyword, sentence).unwrap().misfit.unwrap();
        assert_eq!((misfit.0.as_str(), misfit.1.name), (word, parameter));
    }

    #[rstest]
    #[case::slip(StepKeyword::Given, "the mailserver", Some("the mail server"))]
    #[case::other_kind(StepKeyword::Then, "advice is asked for", Some("advice is asked for"))]
    #[case::nothing_like_it(StepKeyword::When, "pigs fly over Redmond, twice", None)]
    fn the_sentence_most_like_it_is_named(
        #[case] keyword: StepKeyword,
        #[case] sentence: &str,
        #[case] expected: Option<&str>,
    ) {
        assert_eq!(nearest(keyword, sentence).map(|nearest| nearest.form.form), expected);
    }
}
