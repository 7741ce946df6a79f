//! Steps that ask what the bulletins say of a deployment, and what to do about it.

use cucumber::{then, when};

use super::form::StepForm;
use super::parameters::{AffectedWord, ArticleWord, BulletinWord, DateWord, PatchWord};
use crate::feature::world::{CaseWorld, StepError};
use crate::judge::Judgement;
use crate::reference::bulletin::{Action, Advice, Edition};
use crate::reference::deployment::identity::PatchId;

pub(in crate::feature) const FORMS: [StepForm; 11] = [
    StepForm::when("advice is asked for", "by the texts in force today", "advice is asked for"),
    StepForm::when(
        "advice of {date} is asked for",
        "by the texts in force on that day",
        "advice of 2002-03-01 is asked for",
    ),
    StepForm::then(
        "it is {affected} by {bulletin}",
        "what the bulletin says of the deployment",
        "it is not affected by MS02-012",
    ),
    StepForm::then(
        "the advice is to install {patch}",
        "the patches advised: exactly this one, at least one, or none",
        "the advice is to install Q313450",
    ),
    StepForm::then(
        "the advice names the setting {string}",
        "a setting advised, in the words of the product's own dialog",
        "the advice names the setting \"Do not re-route incoming SMTP mail\"",
    ),
    StepForm::then(
        "the advice says {string}",
        "a finding of a bulletin, or what is to be done, says these words",
        "the advice says \"With rerouting off it is protected against relaying.\"",
    ),
    StepForm::then("nothing is advised", "neither patch nor setting", "nothing is advised"),
    StepForm::then(
        "nothing else is advised",
        "neither patch nor setting that no step before has named",
        "nothing else is advised",
    ),
    StepForm::then("{article} is not advised", "this patch is not among those advised", "Q313450 is not advised"),
    StepForm::then(
        "{article} is advised for {bulletin} only",
        "this patch is advised, and the other bulletin is no reason for it",
        "Q313450 is advised for MS02-012 only",
    ),
    StepForm::then(
        "one patch is advised for both",
        "a single patch, for MS02-011 and MS02-012",
        "one patch is advised for both",
    ),
];

#[when(expr = "advice is asked for")]
fn advice_is_asked_for(world: &mut CaseWorld) -> Result<(), StepError> {
    ask(world, None)
}

#[when(expr = "advice of {date} is asked for")]
fn advice_of_a_day(world: &mut CaseWorld, day: DateWord) -> Result<(), StepError> {
    ask(world, Some(&day.0))
}

fn ask(world: &mut CaseWorld, day: Option<&str>) -> Result<(), StepError> {
    let context = world.context()?;
    let name =
        world.deployment.clone().ok_or(StepError::Misplaced("advice is about a deployment, and none was named"))?;
    let deployment = context.catalogue.get(&name.id).ok_or(StepError::Misplaced("there is no such deployment"))?;
    let listeners: Vec<_> =
        deployment.listeners.iter().map(|listener| (listener.name.clone(), &listener.identity)).collect();
    let advice = context.advisor.advise(&deployment.host, &listeners, day);
    let wanted = |advice: &&Advice| name.listener.as_ref().is_none_or(|listener| *listener == advice.listener);
    world.advice = advice.iter().find(wanted).cloned();
    world.named = Vec::new();
    if world.advice.is_some() {
        return Ok(());
    }
    world.judge(Judgement::deviates("expected advice, but there was none about this listener"))
}

fn advice(world: &CaseWorld) -> Result<&Advice, StepError> {
    world.advice.as_ref().ok_or(StepError::Misplaced("no advice was asked for before this step"))
}

#[then(expr = "it is {affected} by {bulletin}")]
fn is_affected(world: &mut CaseWorld, affected: AffectedWord, bulletin: BulletinWord) -> Result<(), StepError> {
    let finding = advice(world)?.findings.iter().find(|finding| bulletin_of(finding.edition) == bulletin);
    let Some(finding) = finding else {
        let reason = format!("expected a finding by {}, but there was none", bulletin.word());
        return world.judge(Judgement::deviates(reason));
    };
    let word = |affected| if affected { "affected" } else { "not affected" };
    let seen = format!("the finding is \"{}\": {}", word(finding.affected), finding.why);
    let holds = finding.affected == affected.0;
    world.require(holds, &format!("\"{}\" by {}", word(affected.0), bulletin.word()), &seen)
}

#[then(expr = "the advice is to install {patch}")]
fn advice_is_to_install(world: &mut CaseWorld, patch: PatchWord) -> Result<(), StepError> {
    let advised = patches(advice(world)?);
    let (holds, expected) = match &patch {
        PatchWord::Any => (!advised.is_empty(), "a patch to be advised".to_owned()),
        PatchWord::None => (advised.is_empty(), "no patch to be advised".to_owned()),
        PatchWord::One(wanted) => {
            (advised == [wanted.clone()], format!("{} and no other patch to be advised", wanted.0))
        }
    };
    let seen = match advised.as_slice() {
        [] => "no patch was advised".to_owned(),
        some => format!("{} was advised", some.iter().map(|patch| patch.0.as_str()).collect::<Vec<_>>().join(", ")),
    };
    name(world, |action| matches!(action, Action::Install { .. }))?;
    world.require(holds, &expected, &seen)
}

#[then(expr = "the advice names the setting {string}")]
fn advice_names_setting(world: &mut CaseWorld, wanted: String) -> Result<(), StepError> {
    let advised: Vec<&str> = advice(world)?
        .actions
        .iter()
        .filter_map(|action| match action {
            Action::Set { setting, .. } => Some(setting.as_str()),
            Action::Install { .. } => None,
        })
        .collect();
    let holds = advised.contains(&wanted.as_str());
    let seen = match advised.as_slice() {
        [] => "no setting was advised".to_owned(),
        some => format!("\"{}\" was advised", some.join("\", \"")),
    };
    name(world, |action| matches!(action, Action::Set { setting, .. } if *setting == wanted))?;
    world.require(holds, &format!("the setting \"{wanted}\" to be advised"), &seen)
}

#[then(expr = "the advice says {string}")]
fn advice_says(world: &mut CaseWorld, words: String) -> Result<(), StepError> {
    if words.trim().is_empty() {
        return Err(StepError::Misplaced("it does not say which words the advice has to have"));
    }
    let Advice { findings, actions, .. } = advice(world)?;
    let found = findings.iter().map(|finding| finding.why.as_str());
    let to_do = actions.iter().map(|action| match action {
        Action::Install { why, .. } | Action::Set { why, .. } => why.as_str(),
    });
    let said: Vec<&str> = found.chain(to_do).collect();
    let holds = said.iter().any(|sentence| sentence.contains(&words));
    let seen = format!("it says \"{}\"", said.join(" "));
    world.require(holds, &format!("advice that says \"{words}\""), &seen)
}

#[then(expr = "nothing is advised")]
fn nothing_is_advised(world: &mut CaseWorld) -> Result<(), StepError> {
    let count = advice(world)?.actions.len();
    world.require(count == 0, "no advice", &format!("{count} things were advised"))
}

#[then(expr = "nothing else is advised")]
fn nothing_else_is_advised(world: &mut CaseWorld) -> Result<(), StepError> {
    let actions = advice(world)?.actions.iter();
    let others: Vec<&str> = actions
        .filter(|action| !world.named.contains(action))
        .map(|action| match action {
            Action::Install { patch, .. } => patch.0.as_str(),
            Action::Set { setting, .. } => setting.as_str(),
        })
        .collect();
    let (count, seen) = (others.len(), format!("\"{}\" was advised too", others.join("\", \"")));
    let seen = if count == 0 { "nothing else was advised".to_owned() } else { seen };
    world.require(count == 0, "no other advice", &seen)
}

#[then(expr = "{article} is not advised")]
fn is_not_advised(world: &mut CaseWorld, article: ArticleWord) -> Result<(), StepError> {
    let is_advised = patches(advice(world)?).contains(&article.0);
    let seen = format!("{} was {}advised", article.0.0, if is_advised { "" } else { "not " });
    world.require(!is_advised, &format!("{} not to be advised", article.0.0), &seen)
}

#[then(expr = "{article} is advised for {bulletin} only")]
fn is_advised_for_one(world: &mut CaseWorld, article: ArticleWord, bulletin: BulletinWord) -> Result<(), StepError> {
    let reasons = advice(world)?.actions.iter().find_map(|action| match action {
        Action::Install { patch, editions, .. } if *patch == article.0 => {
            Some(editions.iter().map(|edition| bulletin_of(*edition)).collect::<Vec<_>>())
        }
        Action::Install { .. } | Action::Set { .. } => None,
    });
    let seen = match &reasons {
        Some(reasons) => {
            let words: Vec<&str> = reasons.iter().map(|bulletin| bulletin.word()).collect();
            format!("{} was advised for {}", article.0.0, words.join(" and "))
        }
        None => format!("{} was not advised", article.0.0),
    };
    name(world, |action| matches!(action, Action::Install { patch, .. } if *patch == article.0))?;
    let holds = reasons.is_some_and(|reasons| reasons == [bulletin]);
    world.require(holds, &format!("{} to be advised for {} only", article.0.0, bulletin.word()), &seen)
}

/// Puts down what a step names of the advice, so that a later one can speak of the rest.
fn name(world: &mut CaseWorld, is_named: impl Fn(&Action) -> bool) -> Result<(), StepError> {
    let named: Vec<Action> = advice(world)?.actions.iter().filter(|action| is_named(action)).cloned().collect();
    world.named.extend(named);
    Ok(())
}

#[then(expr = "one patch is advised for both")]
fn one_patch_for_both(world: &mut CaseWorld) -> Result<(), StepError> {
    let for_both = advice(world)?.actions.iter().any(|action| match action {
        Action::Install { editions, .. } => [BulletinWord::Ms02011, BulletinWord::Ms02012]
            .iter()
            .all(|bulletin| editions.iter().any(|edition| bulletin_of(*edition) == *bulletin)),
        Action::Set { .. } => false,
    });
    let count = patches(advice(world)?).len();
    name(world, |action| matches!(action, Action::Install { .. }))?;
    let seen = format!("{count} patches were advised, {} for both", if for_both { "one" } else { "none" });
    world.require(for_both && count == 1, "one patch for both bulletins", &seen)
}

fn patches(advice: &Advice) -> Vec<PatchId> {
    let installs = advice.actions.iter().filter_map(|action| match action {
        Action::Install { patch, .. } => Some(patch.clone()),
        Action::Set { .. } => None,
    });
    installs.collect()
}

const fn bulletin_of(edition: Edition) -> BulletinWord {
    match edition {
        Edition::Ms02011V1 | Edition::Ms02011V2 => BulletinWord::Ms02011,
        Edition::Ms02012 => BulletinWord::Ms02012,
    }
}
