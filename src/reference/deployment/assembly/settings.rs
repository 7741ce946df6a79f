//! Settings: the file's over the product's as installed.

use std::collections::BTreeSet;

use super::networks::networks;
use crate::diagnostic::Diagnostic;
use crate::reference::deployment::files::{
    Exchange50File, Exchange55File, IisFile, ListenerFile, ReferenceFile, RelayFile,
};
use crate::reference::deployment::product::Product;
use crate::reference::deployment::settings::{
    Exchange55RoutingSettings, IisRelaySettings, ReferenceSettings, RelaySettings, Settings,
};
use crate::reference::yaml::{Placed, Source};

/// All `RelayFlags` that mean something (KB:Q193922).
const RELAY_FLAGS: u32 = 1 | 2 | 4 | 8;

/// The settings of a listener. `None`, and the reason in `wrong`, where they cannot be the product's.
pub(super) fn merged(
    source: &Source,
    listener: &ListenerFile,
    product: &Product,
    wrong: &mut Vec<Diagnostic>,
) -> Option<Settings> {
    let file = &listener.settings;
    let installed = &product.file.settings.value;
    let local = file.local_domains.as_deref().or(installed.local_domains.as_deref());
    let gateway = file.gateway_domains.as_deref().or(installed.gateway_domains.as_deref());
    let local_domains = domains(source, local, wrong);
    one_kind_each(source, local.unwrap_or_default(), gateway.unwrap_or_default(), wrong);
    if local_domains.is_empty() && wrong.is_empty() {
        wrong.push(
            source
                .error_at(&listener.name, "this listener has no domain of its own")
                .remedy("name one under `settings:`, as in `local-domains: [inside.example]`"),
        );
    }
    Some(Settings {
        anonymous_access: file.anonymous_access.or(installed.anonymous_access).unwrap_or(true),
        local_domains,
        gateway_domains: domains(source, gateway, wrong),
        relay: relay(source, listener, product, wrong)?,
    })
}

fn relay(
    source: &Source,
    listener: &ListenerFile,
    product: &Product,
    wrong: &mut Vec<Diagnostic>,
) -> Option<RelaySettings> {
    let installed = product.file.settings.value.relay.as_ref();
    let own = listener.settings.relay.as_ref();
    let Some(installed) = installed else {
        wrong.push(
            source
                .error_at(&listener.product, format!("the product `{}` has no relay settings as installed", product.id))
                .remedy(format!("write them under `settings:` in {}", product.source.name())),
        );
        return None;
    };
    match (&installed.value, own.map(|relay| (&relay.value, relay))) {
        (RelayFile::Iis(installed), None) => Some(iis(source, &IisFile::default(), installed, wrong)),
        (RelayFile::Iis(installed), Some((RelayFile::Iis(own), _))) => Some(iis(source, own, installed, wrong)),
        (RelayFile::Exchange55(installed), None) => {
            Some(exchange55(source, &Exchange55File::default(), installed, wrong))
        }
        (RelayFile::Exchange55(installed), Some((RelayFile::Exchange55(own), _))) => {
            Some(exchange55(source, own, installed, wrong))
        }
        (RelayFile::Exchange50(installed), None) => Some(exchange50(&Exchange50File::default(), installed)),
        (RelayFile::Exchange50(installed), Some((RelayFile::Exchange50(own), _))) => Some(exchange50(own, installed)),
        (RelayFile::Reference(installed), None) => Some(reference(source, &ReferenceFile::default(), installed, wrong)),
        (RelayFile::Reference(installed), Some((RelayFile::Reference(own), _))) => {
            Some(reference(source, own, installed, wrong))
        }
        (
            RelayFile::Iis(_) | RelayFile::Exchange55(_) | RelayFile::Exchange50(_) | RelayFile::Reference(_),
            Some((own, placed)),
        ) => {
            wrong.push(
                source
                    .error_at(placed, format!("{} has no relay settings `{}`", product.title(), own.name()))
                    .remedy(format!("write `{}:`, with the settings of that sheet", installed.value.name())),
            );
            None
        }
    }
}

fn iis(source: &Source, own: &IisFile, installed: &IisFile, wrong: &mut Vec<Diagnostic>) -> RelaySettings {
    RelaySettings::Iis(IisRelaySettings {
        only_the_list: own.only_the_list.or(installed.only_the_list).unwrap_or(true),
        list: networks(source, one_of(&own.list, &installed.list), wrong),
        authenticated_may_relay: own.authenticated_may_relay.or(installed.authenticated_may_relay).unwrap_or(false),
    })
}

fn exchange55(
    source: &Source,
    own: &Exchange55File,
    installed: &Exchange55File,
    wrong: &mut Vec<Diagnostic>,
) -> RelaySettings {
    let relay_flags = own.relay_flags.as_ref().or(installed.relay_flags.as_ref());
    if let Some(flags) = relay_flags.filter(|flags| flags.value & !RELAY_FLAGS != 0) {
        wrong.push(
            source
                .error_at(flags, format!("{} has bits that RelayFlags does not have", flags.value))
                .remedy("add up 1 (deny list), 2 (allow list), 4 (local addresses) and 8 (those who authenticate)"),
        );
    }
    RelaySettings::Exchange55(Exchange55RoutingSettings {
        reroute: own.reroute.or(installed.reroute).unwrap_or(true),
        relay_flags: relay_flags.map_or(0, |flags| flags.value),
        deny_list: networks(source, one_of(&own.deny_list, &installed.deny_list), wrong),
        allow_list: networks(source, one_of(&own.allow_list, &installed.allow_list), wrong),
        local_list: networks(source, one_of(&own.local_list, &installed.local_list), wrong),
        override_domains: domains(source, Some(one_of(&own.override_domains, &installed.override_domains)), wrong),
        homed_only: own.homed_only.or(installed.homed_only).unwrap_or(false),
        account_matches_address: own.account_matches_address.or(installed.account_matches_address).unwrap_or(false),
    })
}

fn exchange50(own: &Exchange50File, installed: &Exchange50File) -> RelaySettings {
    RelaySettings::Exchange50 { reroute: own.reroute.or(installed.reroute).unwrap_or(true) }
}

fn reference(
    source: &Source,
    own: &ReferenceFile,
    installed: &ReferenceFile,
    wrong: &mut Vec<Diagnostic>,
) -> RelaySettings {
    RelaySettings::Reference(ReferenceSettings {
        trusted: networks(source, one_of(&own.trusted, &installed.trusted), wrong),
        repair: own
            .repair
            .or(installed.repair)
            .unwrap_or(crate::reference::deployment::settings::Repair::RefuseAtAuthentication),
    })
}

fn one_of<'a>(
    own: &'a Option<Vec<Placed<String>>>,
    installed: &'a Option<Vec<Placed<String>>>,
) -> &'a [Placed<String>] {
    own.as_deref().or(installed.as_deref()).unwrap_or_default()
}

/// Domain names; Exchange's `#` before one is kept (KB:Q169683).
fn domains(source: &Source, list: Option<&[Placed<String>]>, wrong: &mut Vec<Diagnostic>) -> Vec<String> {
    let list = list.unwrap_or_default();
    let mut seen = BTreeSet::new();
    for domain in list {
        if !seen.insert(name_of(domain)) {
            wrong.push(
                source
                    .error_at(domain, format!("`{}` stands here a second time", domain.value))
                    .note("case makes no difference in a domain, and `#` before one makes it no other")
                    .remedy("name it once"),
            );
        }
        if !is_domain(domain.value.strip_prefix('#').unwrap_or(&domain.value)) {
            wrong.push(
                source
                    .error_at(domain, format!("`{}` is no domain", domain.value))
                    .remedy("write letters, digits and hyphens with dots between, as in `inside.example`"),
            );
        }
    }
    list.iter().map(|domain| domain.value.to_ascii_lowercase()).collect()
}

/// A domain's mail is the host's own, or it is passed inside.
fn one_kind_each(source: &Source, local: &[Placed<String>], gateway: &[Placed<String>], wrong: &mut Vec<Diagnostic>) {
    let own: BTreeSet<String> = local.iter().map(name_of).collect();
    for domain in gateway.iter().filter(|domain| own.contains(&name_of(domain))) {
        wrong.push(
            source
                .error_at(domain, format!("`{}` is one of the `local-domains` too", domain.value))
                .note("mail for a local domain stays here, and mail for a gateway domain is passed inside")
                .remedy("name it under one of the two"),
        );
    }
}

/// What makes a domain the same as another (RFC 5321 2.3.5: case is of no account).
fn name_of(domain: &Placed<String>) -> String {
    domain.value.trim_start_matches('#').to_ascii_lowercase()
}

/// RFC 5321 4.1.2: labels of letters, digits and hyphens, 255 octets in all (4.5.3.1.2).
pub(super) fn is_domain(name: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'-')
    };
    name.len() <= 255 && name.split('.').all(is_label)
}
