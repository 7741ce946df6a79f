//! The form of a step: its keyword, its sentence with parameters in braces, and what it says.

use super::parameters::{PARAMETERS, ParameterForm};

/// The word in front of a step. `And` and `But` repeat the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StepKeyword {
    /// What there is.
    Given,
    /// What happens.
    When,
    /// What has to come of it.
    Then,
}

impl std::fmt::Display for StepKeyword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Given => "Given",
            Self::When => "When",
            Self::Then => "Then",
        })
    }
}

/// A sentence that can stand in a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepForm {
    /// The word in front.
    pub keyword: StepKeyword,
    /// The sentence, parameters in braces.
    pub form: &'static str,
    /// What it does.
    pub says: &'static str,
    /// One that fits.
    pub example: &'static str,
}

impl StepForm {
    pub(in crate::feature) const fn given(form: &'static str, says: &'static str, example: &'static str) -> Self {
        Self { keyword: StepKeyword::Given, form, says, example }
    }

    pub(in crate::feature) const fn when(form: &'static str, says: &'static str, example: &'static str) -> Self {
        Self { keyword: StepKeyword::When, form, says, example }
    }

    pub(in crate::feature) const fn then(form: &'static str, says: &'static str, example: &'static str) -> Self {
        Self { keyword: StepKeyword::Then, form, says, example }
    }

    /// Its parameters, in order.
    pub fn parameters(&self) -> Vec<&'static ParameterForm> {
        let names = self.form.split('{').skip(1).filter_map(|rest| rest.split('}').next());
        names.filter_map(|name| PARAMETERS.iter().find(|parameter| parameter.name == name)).collect()
    }
}
