//! Steps that say what is judged.

use cucumber::{given, then};

use super::dialogue::{connect, introduce, unheard};
use super::form::StepForm;
use super::parameters::{DeploymentWord, KeywordWord, ProductWord, SystemWord};
use crate::feature::case::DeploymentName;
use crate::feature::world::{CaseWorld, Context, Heard, StepError};
use crate::harness::TargetName;
use crate::judge::Judgement;
use crate::reference::deployment::Listener;
use crate::reference::deployment::identity::ServiceState;

pub(in crate::feature) const FORMS: [StepForm; 7] = [
    StepForm::given("the mail server", "the server that is judged, whichever it is", "the mail server"),
    StepForm::given(
        "the deployment {deployment}",
        "a server as the record describes it: the model, or the machine that stands for it",
        "the deployment windows-2000",
    ),
    StepForm::given(
        "the server offers {keyword}",
        "goes on only where EHLO lists this keyword; elsewhere the case is skipped",
        "the server offers CHUNKING",
    ),
    StepForm::given(
        "a deployment file that puts {product} on {system}",
        "reads a built-in deployment of the product with another operating system written into it",
        "a deployment file that puts exchange-2000 on windows-nt4",
    ),
    StepForm::given(
        "a deployment file that sets {string} of {product} to {string}",
        "the same, with another value written behind one of its keys",
        "a deployment file that sets \"reroute\" of exchange-5.0 to \"authenticated\"",
    ),
    StepForm::then(
        "the file is refused with {string}",
        "the file is no deployment, and the error says these words",
        "the file is refused with \"Windows 2000\"",
    ),
    StepForm::then(
        "no other service listens there",
        "of the deployment's host nothing else is reached by SMTP",
        "no other service listens there",
    ),
];

#[given(expr = "the mail server")]
fn mail_server(world: &mut CaseWorld) -> Result<(), StepError> {
    let target = world.context()?.target.clone();
    let target = target.ok_or(StepError::Misplaced("this run is of the record: it judges no mail server"))?;
    world.turn_to(target, None);
    Ok(())
}

#[given(expr = "the deployment {deployment}")]
fn deployment(world: &mut CaseWorld, name: DeploymentWord) -> Result<(), StepError> {
    let target = target_of(&*world.context()?, &name.0)?;
    world.turn_to(target, Some(name.0));
    Ok(())
}

/// The target at which a deployment answers: the machine that stands for it, or the model.
pub(in crate::feature) fn target_of(context: &Context, name: &DeploymentName) -> Result<TargetName, StepError> {
    match &context.stand_in {
        Some(stand_in) if stand_in.deployment.id == name.id => Ok(stand_in.target.clone()),
        Some(_) => Err(StepError::Misplaced("no machine stands for this deployment")),
        None => Ok(model_target(name)),
    }
}

/// What the bench calls the model of a deployment's listener.
pub(in crate::feature) fn model_target(name: &DeploymentName) -> TargetName {
    TargetName(name.to_string())
}

#[given(expr = "the server offers {keyword}")]
async fn offers(world: &mut CaseWorld, keyword: KeywordWord) -> Result<(), StepError> {
    world.in_clear |= keyword.0.eq_ignore_ascii_case("STARTTLS");
    connect(world).await?;
    let offered = introduce(world).await?;
    if offered.is_some_and(|extensions| extensions.has(&keyword.0)) {
        return Ok(());
    }
    if let Some(Heard::Silence(_)) = world.heard {
        return unheard(world);
    }
    world.judge(Judgement::skipped(format!("this server does not offer {}", keyword.0)))
}

#[given(expr = "a deployment file that puts {product} on {system}")]
fn file_with_system(world: &mut CaseWorld, product: ProductWord, system: SystemWord) -> Result<(), StepError> {
    make_up_a_file(world, &product, "system", &system.0)
}

#[given(expr = "a deployment file that sets {string} of {product} to {string}")]
fn file_with_value(world: &mut CaseWorld, key: String, product: ProductWord, value: String) -> Result<(), StepError> {
    make_up_a_file(world, &product, &key, &value)
}

/// Reads the first built-in deployment of a product with another value behind a key.
fn make_up_a_file(world: &mut CaseWorld, product: &ProductWord, key: &str, value: &str) -> Result<(), StepError> {
    let context = world.context()?;
    let built_in = context
        .catalogue
        .deployments
        .iter()
        .find(|deployment| deployment.listeners.iter().any(|listener| listener.identity.product.0 == product.0))
        .and_then(|deployment| context.catalogue.source(&deployment.id))
        .ok_or(StepError::Misplaced("no built-in deployment is of this product"))?
        .excerpt(None)
        .text;
    let indentation = |line: &str| {
        let (indentation, rest) = line.split_at(line.len() - line.trim_start().len());
        rest.strip_prefix(key).is_some_and(|rest| rest.starts_with(':')).then(|| indentation.to_owned())
    };
    if !built_in.lines().any(|line| indentation(line).is_some()) {
        return Err(StepError::Misplaced("the built-in deployment of this product has no such key"));
    }
    let text = built_in
        .lines()
        .map(|line| match indentation(line) {
            Some(indentation) => format!("{indentation}{key}: {value}"),
            None => line.to_owned(),
        })
        .collect::<Vec<_>>()
        .join("\n");
    let read = context.catalogue.read_deployment("made-up.yaml", &text);
    world.refused_file = Some(read.map(|_| ()));
    Ok(())
}

#[then(expr = "the file is refused with {string}")]
fn file_is_refused(world: &mut CaseWorld, words: String) -> Result<(), StepError> {
    if words.trim().is_empty() {
        return Err(StepError::Misplaced("it does not say which words the error has to have"));
    }
    let came_of_it =
        world.refused_file.take().ok_or(StepError::Misplaced("no step before this one makes up a file"))?;
    let expected = format!("an error that says \"{words}\"");
    match came_of_it {
        Ok(()) => world.require(false, &expected, "the file was read as a deployment"),
        Err(diagnostics) => {
            let said = diagnostics.iter().map(|diagnostic| diagnostic.render(false, 200)).collect::<String>();
            world.require(said.contains(&words), &expected, &format!("the file was refused: {}", said.trim()))
        }
    }
}

#[then(expr = "no other service listens there")]
fn nothing_else_listens(world: &mut CaseWorld) -> Result<(), StepError> {
    let name = world.deployment.clone().ok_or(StepError::Misplaced("it is about a deployment, and none was named"))?;
    let context = world.context()?;
    let deployment = context.catalogue.get(&name.id).ok_or(StepError::Misplaced("there is no such deployment"))?;
    let mut running = deployment.listeners.iter().filter(|listener| listener.identity.service == ServiceState::Running);
    let is_meant = |listener: &&Listener| match (&name.listener, deployment.listeners.as_slice()) {
        (Some(meant), _) => listener.name == *meant,
        (None, [only]) => listener.name == only.name,
        (None, _) => false,
    };
    match running.find(|listener| !is_meant(listener)) {
        Some(other) => {
            let seen = format!("{} listens at port {} too", other.name, other.port);
            world.require(false, "no other service on this host", &seen)
        }
        None => world.require(true, "no other service on this host", "nothing else listens there"),
    }
}
