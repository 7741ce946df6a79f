//! Steps that judge mail by the rules of a requirement, with their controls.

use cucumber::then;

use crate::feature::world::{CaseWorld, Sent, StepError};
use crate::judge::{Destination, Role};

#[then(expr = "its mail goes no further than an anonymous client's")]
fn no_further_than_anonymous(world: &mut CaseWorld) -> Result<(), StepError> {
    let fits = |role| match role {
        Role::WrongPassword | Role::NullSession | Role::Guest | Role::UnauthorizedAccount => true,
        Role::Anonymous | Role::AuthorizedAccount | Role::PopImapClient | Role::MapiClient => false,
    };
    judge_relay(world, fits, "it is about the remote mail of a role that authenticates and may not relay")
}

#[then(expr = "its mail goes no further than anybody's may")]
fn no_further_than_anybody(world: &mut CaseWorld) -> Result<(), StepError> {
    judge_relay(world, |role| role == Role::Anonymous, "it is about the remote mail of an anonymous client")
}

fn judge_relay(world: &mut CaseWorld, fits: fn(Role) -> bool, otherwise: &'static str) -> Result<(), StepError> {
    let context = world.context()?;
    let sent = judged(world, |role, destination| fits(role) && destination == Destination::Remote, otherwise)?;
    let (role, judgement) = (sent.role, context.rules.relay(sent.role, &sent.evidence));
    world.cell = Some(role);
    world.judge(judgement)
}

#[then(expr = "the authorized account is served")]
fn authorized_account_is_served(world: &mut CaseWorld) -> Result<(), StepError> {
    let context = world.context()?;
    let fits = |role, destination| role == Role::AuthorizedAccount && destination == Destination::Remote;
    let sent = judged(world, fits, "it is about the remote mail of the authorized account")?;
    let judgement = context.rules.authorized_account_is_served(&sent.evidence);
    world.cell = Some(Role::AuthorizedAccount);
    world.judge(judgement)
}

#[then(expr = "the mail for the local recipient is taken")]
fn local_mail_is_taken(world: &mut CaseWorld) -> Result<(), StepError> {
    let context = world.context()?;
    let fits = |role, destination| role == Role::Anonymous && destination == Destination::Local;
    let sent = judged(world, fits, "it is about the local mail of an anonymous client")?;
    let judgement = context.rules.local_mail(&sent.evidence);
    world.judge(judgement)
}

/// The mail that a rule is about. Mail of the record is sent without the controls that a rule asks for.
fn judged<'a>(
    world: &'a CaseWorld,
    fits: impl Fn(Role, Destination) -> bool,
    otherwise: &'static str,
) -> Result<&'a Sent, StepError> {
    let sent = world.sent()?;
    if world.deployment.is_some() {
        return Err(StepError::Misplaced(
            "it judges the mail server; of a deployment say what is on record: `Then the mail is refused`",
        ));
    }
    if !fits(sent.role, sent.destination) {
        return Err(StepError::Misplaced(otherwise));
    }
    Ok(sent)
}
