//! From the rules of the texts to findings and actions.

use super::files::{BulletinFile, Condition, Patch, PatchOf, Says, Service, SettingRule};
use super::{Action, Advice, Finding};
use crate::reference::deployment::identity::{HostIdentity, ListenerIdentity, PatchId, ServiceState};
use crate::reference::deployment::settings::RelaySettings;

/// What is asked about: identity and nothing else.
pub(super) struct Subject<'a> {
    pub(super) host: &'a HostIdentity,
    pub(super) listener: &'a ListenerIdentity,
}

/// What the texts in force say of a listener, and what to do.
pub(super) fn advice(texts: &[&BulletinFile], listener: String, subject: &Subject<'_>) -> Advice {
    let mut findings = Vec::new();
    let (mut patches, mut settings) = (Vec::new(), Vec::new());
    for text in texts {
        let service = text.services.iter().find(|service| service.product.value == subject.listener.product.0);
        let finding = finding(text, service, subject);
        if let Some(patch) = service.and_then(|service| service.patch.as_ref()).filter(|_| finding.affected) {
            add_patch(&mut patches, text, patch);
        }
        findings.push(finding);
        settings.extend(
            service
                .into_iter()
                .flat_map(|service| advised(service, subject))
                .map(|rule| Action::Set { setting: rule.setting.clone(), why: rule.why.clone() }),
        );
    }
    patches.append(&mut settings);
    Advice { listener, findings, actions: patches }
}

fn finding(text: &BulletinFile, service: Option<&Service>, subject: &Subject<'_>) -> Finding {
    let said = |affected: bool, why: &str, citation: &str| Finding {
        edition: text.edition,
        affected,
        why: why.to_owned(),
        citation: citation.to_owned(),
    };
    let Some(service) = service else { return said(false, &text.not_named.why, &text.not_named.citation) };
    match service.says {
        Says::LacksIt => said(false, &with_settings(service, subject), &service.citation),
        Says::HasIt if subject.listener.service != ServiceState::Running => match &service.not_running {
            Some(reason) => said(false, &reason.why, &reason.citation),
            None => said(false, "The service does not run here.", &service.citation),
        },
        Says::HasIt => match service.patch.as_ref().filter(|patch| is_installed(patch, subject)) {
            Some(patch) => said(false, &format!("{} is installed. {}", patch.id, patch.why), &patch.citation),
            None => said(true, &with_settings(service, subject), &service.citation),
        },
    }
}

/// The service's sentence, with those about settings that are as advised.
fn with_settings(service: &Service, subject: &Subject<'_>) -> String {
    let mut why = service.why.clone();
    let is_running = subject.listener.service == ServiceState::Running;
    for rule in service.settings.iter().filter(|rule| is_running && !holds(rule.when, subject)) {
        if !rule.otherwise.is_empty() {
            why.push(' ');
            why.push_str(&rule.otherwise);
        }
    }
    why
}

fn advised<'a>(service: &'a Service, subject: &'a Subject<'_>) -> impl Iterator<Item = &'a SettingRule> {
    let is_running = subject.listener.service == ServiceState::Running;
    service.settings.iter().filter(move |rule| is_running && holds(rule.when, subject))
}

fn holds(condition: Condition, subject: &Subject<'_>) -> bool {
    match condition {
        Condition::AnyoneMayReroute => {
            let reroutes = match &subject.listener.settings.relay {
                RelaySettings::Exchange50 { reroute } => *reroute,
                RelaySettings::Exchange55(routing) => routing.reroute,
                RelaySettings::Iis(_) | RelaySettings::Reference(_) => false,
            };
            reroutes && subject.listener.settings.let_everyone_relay()
        }
    }
}

fn is_installed(patch: &Patch, subject: &Subject<'_>) -> bool {
    let installed = match patch.of {
        PatchOf::Host => &subject.host.patches,
        PatchOf::Listener => &subject.listener.patches,
    };
    installed.iter().any(|id| id.0 == patch.id)
}

/// A patch that several texts name is one action.
fn add_patch(actions: &mut Vec<Action>, text: &BulletinFile, wanted: &Patch) {
    let known = actions.iter_mut().find_map(|action| match action {
        Action::Install { patch, editions, why } if patch.0 == wanted.id => Some((editions, why)),
        Action::Install { .. } | Action::Set { .. } => None,
    });
    match known {
        Some((editions, why)) => {
            editions.push(text.edition);
            if !why.contains(&wanted.why) {
                why.push(' ');
                why.push_str(&wanted.why);
            }
        }
        None => actions.push(Action::Install {
            patch: PatchId(wanted.id.clone()),
            editions: vec![text.edition],
            why: wanted.why.clone(),
        }),
    }
}
