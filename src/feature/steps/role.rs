//! Steps in which a role sends mail.

use cucumber::when;

use super::form::StepForm;
use super::parameters::{CountWord, DestinationWord, RolePhrase};
use crate::feature::world::{CaseWorld, Sent, StepError, silence};
use crate::harness::bench::Errand;
use crate::judge::{Destination, Evidence, Fate, Judgement, OpenReason, Presence, Role};

pub(in crate::feature) const FORMS: [StepForm; 6] = [
    StepForm::when(
        "{role} sends mail to the {destination} recipient",
        "connects, authenticates as the role does, and sends one message",
        "the null session sends mail to the remote recipient",
    ),
    StepForm::when(
        "{role} sends mail to {string}",
        "the same, to a recipient of your own",
        "an anonymous client sends mail to \"somebody@branch.example\"",
    ),
    StepForm::when(
        "{role} sends mail from {string} to the {destination} recipient",
        "the same, under another sender",
        "the null session sends mail from \"someone.else@elsewhere.example\" to the remote recipient",
    ),
    StepForm::when(
        "{role} sends one message to {count} remote recipients",
        "the same, with as many RCPT commands",
        "the null session sends one message to 50 remote recipients",
    ),
    StepForm::when(
        "every role sends mail to the {destination} recipient",
        "each of the six roles, one after the other",
        "every role sends mail to the remote recipient",
    ),
    StepForm::when(
        "a MAPI client submits a message for the remote recipient",
        "hands a message to the model by other means than SMTP",
        "a MAPI client submits a message for the remote recipient",
    ),
];

#[when(expr = "{role} sends mail to the {destination} recipient")]
async fn sends_mail(world: &mut CaseWorld, role: RolePhrase, destination: DestinationWord) -> Result<(), StepError> {
    let (RolePhrase(role), DestinationWord(destination)) = (role, destination);
    // Of a role that is absent or not given the rules of requirements say so themselves, for the matrix too.
    if world.deployment.is_some() {
        presence(world, role)?;
    }
    world.end_conversation();
    let (bench, target) = (world.context()?.bench.clone(), world.target()?);
    // The record on the model states outcomes and compares them alone; all else needs the controls too.
    let alone = world.deployment.is_some() && bench.is_model(&target);
    let evidence = if alone || destination == Destination::Local {
        let attempt = bench.attempt(&target, role, destination).await;
        Evidence { declaration: world.declaration()?, attempts: attempt.into_iter().collect() }
    } else {
        bench.evidence(&target, &[role]).await
    };
    world.note(&evidence.attempts);
    world.sent = Some(Sent { role, destination, evidence, recipients: Vec::new(), sightings: Vec::new() });
    Ok(())
}

#[when(expr = "{role} sends mail to {string}")]
async fn sends_mail_to(world: &mut CaseWorld, role: RolePhrase, recipient: String) -> Result<(), StepError> {
    let errand = Errand { recipients: vec![recipient], ..Errand::new(role.0, Destination::Remote) };
    sends(world, errand).await
}

#[when(expr = "{role} sends mail from {string} to the {destination} recipient")]
async fn sends_mail_from(
    world: &mut CaseWorld,
    role: RolePhrase,
    sender: String,
    destination: DestinationWord,
) -> Result<(), StepError> {
    sends(world, Errand { sender: Some(sender), ..Errand::new(role.0, destination.0) }).await
}

#[when(expr = "{role} sends one message to {count} remote recipients")]
async fn sends_to_many(world: &mut CaseWorld, role: RolePhrase, count: CountWord) -> Result<(), StepError> {
    presence(world, role.0)?;
    let (bench, target) = (world.context()?.bench.clone(), world.target()?);
    let recipient = match bench.converse(&target).await {
        Ok(conversation) => conversation.recipient(Destination::Remote),
        Err(why) => return world.unanswered(&why, silence(&why)),
    };
    let (local_part, domain) = recipient.rsplit_once('@').unwrap_or(("", &recipient));
    let recipients = (1..=count.0).map(|number| format!("{local_part}-{number}@{domain}")).collect();
    sends(world, Errand { recipients, ..Errand::new(role.0, Destination::Remote) }).await
}

#[when(expr = "every role sends mail to the {destination} recipient")]
async fn every_role_sends_mail(world: &mut CaseWorld, destination: DestinationWord) -> Result<(), StepError> {
    world.end_conversation();
    world.sent = None;
    world.outcomes = Vec::new();
    let (bench, target) = (world.context()?.bench.clone(), world.target()?);
    for role in Role::MATRIX {
        presence(world, role)?;
        match bench.attempt(&target, role, destination.0).await {
            Some(attempt) => {
                world.note(std::slice::from_ref(&attempt));
                world.outcomes.push(attempt);
            }
            None => {
                let reason = format!("no mail of {} could be tried", role.phrase());
                return world.leave_open(OpenReason::NotTried, reason);
            }
        }
    }
    Ok(())
}

#[when(expr = "a MAPI client submits a message for the remote recipient")]
async fn submits_by_mapi(world: &mut CaseWorld) -> Result<(), StepError> {
    let (bench, target) = (world.context()?.bench.clone(), world.target()?);
    match bench.submit_by_mapi(&target).await {
        Some(sightings) => {
            world.by_mapi = Some(sightings);
            Ok(())
        }
        None => world.judge(Judgement::not_applicable("only the model takes mail by MAPI")),
    }
}

async fn sends(world: &mut CaseWorld, errand: Errand) -> Result<(), StepError> {
    presence(world, errand.role)?;
    world.end_conversation();
    let (bench, target) = (world.context()?.bench.clone(), world.target()?);
    let attempt = bench.attempt_as(&target, &errand).await;
    let Errand { role, destination, recipients, .. } = errand;
    let sightings = match &attempt {
        Some(attempt) if !recipients.is_empty() && may_be_seen(&attempt.fate) => {
            bench.sightings(&target, &attempt.nonce).await
        }
        Some(_) | None => Vec::new(),
    };
    let evidence = Evidence { declaration: world.declaration()?, attempts: attempt.into_iter().collect() };
    world.sent = Some(Sent { role, destination, evidence, recipients, sightings });
    Ok(())
}

/// Whether it is worth waiting for the witness to see it for every recipient.
const fn may_be_seen(fate: &Fate) -> bool {
    matches!(fate, Fate::Arrived { .. } | Fate::Bounced { .. } | Fate::AcceptedNotSeen { .. })
}

/// Ends the case where the target has no such role, or was given no credentials for it. Requirements leave that to the
/// rules, which say more about it.
pub(super) fn presence(world: &mut CaseWorld, role: Role) -> Result<(), StepError> {
    if world.is_model()? {
        return Ok(());
    }
    match world.declaration()?.presence.get(&role) {
        Some(Presence::Absent) => {
            let reason = format!("this server has no such role: {}", role.phrase());
            world.judge(Judgement::not_applicable(reason))
        }
        Some(Presence::NotGiven) if world.deployment.is_some() => {
            let reason = format!("the target file says nothing of {}", role.phrase());
            world.judge(Judgement::skipped(reason))
        }
        _ => Ok(()),
    }
}
