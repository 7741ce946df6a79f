//! The steps, by theme. Each does one thing and says what came of it to the world; none panics.

pub(super) mod advice;
pub(super) mod chunks;
pub(super) mod dialogue;
pub(super) mod form;
pub(super) mod judgement;
mod many;
pub(super) mod parameters;
pub(super) mod role;
mod rules;
pub(super) mod target;
pub(super) mod tls;

use std::sync::LazyLock;

use cucumber::World as _;
use cucumber::gherkin::{Step, StepType};
use cucumber::step::{AmbiguousMatchError, Collection, Context, WithContext};
use futures::future::LocalBoxFuture;
use regex::Regex;

use self::form::StepKeyword;
use super::world::CaseWorld;

static STEPS: LazyLock<Collection<CaseWorld>> = LazyLock::new(CaseWorld::collection);

/// The step that a sentence is.
///
/// # Errors
/// When it is several.
pub(super) fn find(
    keyword: StepKeyword,
    sentence: &str,
) -> Result<Option<WithContext<'static, CaseWorld>>, AmbiguousMatchError> {
    let step = Step::builder().keyword(keyword.to_string()).ty(kind(keyword)).value(sentence.to_owned()).build();
    STEPS.find(&step)
}

/// The steps as the engine gets them: one that fits everything, and puts down which step it is before it runs it, so
/// that a verdict can name its line.
pub(super) fn for_the_engine() -> Collection<CaseWorld> {
    let mut steps = Collection::new();
    if let Ok(everything) = Regex::new("(?s).*") {
        steps = steps.given(None, everything.clone(), put_down_and_run);
        steps = steps.when(None, everything.clone(), put_down_and_run);
        steps = steps.then(None, everything, put_down_and_run);
    }
    steps
}

fn put_down_and_run(world: &mut CaseWorld, context: Context) -> LocalBoxFuture<'_, ()> {
    if world.is_over {
        return Box::pin(async {});
    }
    world.step = Some(context.step.clone());
    // What is no step, or several, was refused when the suite was loaded.
    match STEPS.find(&context.step) {
        Ok(Some((run, _, _, context))) => run(world, context),
        Ok(None) | Err(_) => Box::pin(async {}),
    }
}

/// The word in front of a step, once `And` is resolved.
pub(super) const fn keyword(step: &Step) -> StepKeyword {
    match step.ty {
        StepType::Given => StepKeyword::Given,
        StepType::When => StepKeyword::When,
        StepType::Then => StepKeyword::Then,
    }
}

const fn kind(keyword: StepKeyword) -> StepType {
    match keyword {
        StepKeyword::Given => StepType::Given,
        StepKeyword::When => StepType::When,
        StepKeyword::Then => StepType::Then,
    }
}
