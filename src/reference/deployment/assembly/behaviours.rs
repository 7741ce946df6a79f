//! Behaviours put together: the product's own, its component's, the settings.

use std::time::Duration;

use crate::protocol::sasl::ntlm::ChallengeStyle;
use crate::protocol::wire::{Limits, PathLimits};
use crate::reference::deployment::behaviours::{AuthorizationComponent, Behaviours, Keyword, Strictness};
use crate::reference::deployment::files::{AuthorizationChoice, BehavioursFile, ChallengeFile, KeywordFile};
use crate::reference::deployment::identity::{HostIdentity, ListenerIdentity};
use crate::reference::deployment::product::Product;
use crate::reference::deployment::settings::{RelaySettings, Repair, Settings};
use crate::reference::yaml::Placed;

/// What a listener of this identity does while its service runs. `None` only for a component the product does not have.
pub(super) fn of(host: &HostIdentity, identity: &ListenerIdentity, product: &Product) -> Option<Behaviours> {
    let name = product.component_after(&host.patches, &identity.patches);
    let component = product.component(name)?;
    let file = &product.file.behaviours;
    Some(Behaviours {
        version: component.version.value.clone(),
        facts: product.facts_with(name),
        keywords: product.file.keywords.iter().map(|line| keyword(&product.id, line)).collect(),
        verbs: words(&file.verbs.value),
        verbs_closed_to_anonymous: words(&file.verbs_closed_to_anonymous.value),
        verbs_wanting_tls: if identity.tls_required { words(&file.verbs_wanting_tls.value) } else { Vec::new() },
        passwords_need_tls: identity.passwords_need_tls,
        mechanisms: file.mechanisms.value.clone(),
        challenge_style: challenge_style(file.challenge.value, host, &identity.settings),
        certificate: identity.certificate,
        strictness: strictness(file),
        limits: Limits {
            command_line: file.command_line_octets.value,
            authentication_line: file.authentication_line_octets.value,
            message: file.message_octets.value,
            recipients: file.recipients.value,
            paths: file.long_paths_refused.value.then(PathLimits::standard),
            ..Limits::server()
        },
        hop_limit: file.hop_limit.value,
        idle_limit: Duration::from_secs(file.idle_seconds.value),
        guest_enabled: host.guest_enabled,
        administrator_refused: file.administrator_refused.value,
        null_session_authenticates: file.null_session_authenticates.value,
        authorization: authorization(component.authorization.value, &identity.settings),
        chunking: component.chunking.value,
        encapsulated_addresses: component.encapsulated_addresses.value,
        settings: identity.settings.clone(),
    })
}

fn words(placed: &[Placed<String>]) -> Vec<String> {
    placed.iter().map(|word| word.value.clone()).collect()
}

fn keyword(product: &str, line: &KeywordFile) -> Keyword {
    let text = line.text.value.clone();
    let fact = format!("{product}/ehlo.{}", text.to_ascii_lowercase().replace(' ', "-"));
    Keyword { text, when: line.when, confidence: line.confidence.value, fact }
}

/// The target is named after the host, or after the domain it would be in: the first label of its first local domain,
/// as short names of the period are.
fn challenge_style(file: ChallengeFile, host: &HostIdentity, settings: &Settings) -> ChallengeStyle {
    let of_domain = settings.local_domains.first().filter(|_| file.target_is_domain);
    let long = of_domain.map_or(host.name.as_str(), |domain| domain.trim_start_matches('#'));
    ChallengeStyle {
        target_name: long.split('.').next().unwrap_or_default().to_ascii_uppercase(),
        target_is_domain: file.target_is_domain,
        target_information: file.target_information,
        version: file.version,
    }
}

fn strictness(file: &BehavioursFile) -> Strictness {
    Strictness {
        helo_needs_argument: file.helo_needs_argument.value,
        mail_needs_helo: file.mail_needs_helo.value,
        second_ehlo_refused: file.second_ehlo_refused.value,
        appends_default_domain: file.appends_default_domain.value,
        authenticates_inside_transaction: file.authenticates_inside_transaction.value,
        authenticates_before_helo: file.authenticates_before_helo.value,
        bare_recipient_refused: file.bare_recipient_refused.value,
        confirms_size: file.confirms_size.value,
        unexpected_arguments_refused: file.unexpected_arguments_refused.value,
        repeated_parameters_refused: file.repeated_parameters_refused.value,
        malformed_mailboxes_refused: file.malformed_mailboxes_refused.value,
    }
}

fn authorization(choice: AuthorizationChoice, settings: &Settings) -> AuthorizationComponent {
    match (choice, &settings.relay) {
        (AuthorizationChoice::Absent, _) => AuthorizationComponent::Absent,
        (AuthorizationChoice::AfterAuthentication, _) => AuthorizationComponent::AfterAuthentication,
        (AuthorizationChoice::BySetting, RelaySettings::Reference(reference))
            if reference.repair == Repair::RefuseAtRelay =>
        {
            AuthorizationComponent::AfterAuthentication
        }
        // Only the reference's sheet has such a setting; elsewhere the earlier refusal is the one that surely refuses.
        (AuthorizationChoice::AtAuthentication | AuthorizationChoice::BySetting, _) => {
            AuthorizationComponent::AtAuthentication
        }
    }
}
