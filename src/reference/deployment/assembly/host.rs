//! Hosts that cannot be: each error says why and what would be possible.

use std::collections::{BTreeMap, BTreeSet};

use super::Products;
use super::settings::is_domain;
use crate::diagnostic::Diagnostic;
use crate::reference::deployment::files::{DeploymentFile, ListenerFile, PatchOf};
use crate::reference::deployment::identity::{ServiceState, System};
use crate::reference::deployment::product::Product;
use crate::reference::yaml::{Placed, Source};

pub(super) fn check(source: &Source, file: &DeploymentFile, products: &Products, wrong: &mut Vec<Diagnostic>) {
    title(source, file, wrong);
    names(source, file, wrong);
    option_pack(source, file, wrong);
    host_patches(source, file, products, wrong);
    patch_levels(source, file, wrong);
    for listener in &file.listeners {
        if let Some(product) = products.get(&listener.product.value) {
            system(source, file, listener, product, wrong);
            needs_option_pack(source, file, listener, product, wrong);
            listener_patches(source, listener, product, products, wrong);
            neighbours(source, file, listener, product, wrong);
            tls(source, listener, wrong);
        }
    }
}

fn title(source: &Source, file: &DeploymentFile, wrong: &mut Vec<Diagnostic>) {
    if file.title.value.trim().is_empty() {
        wrong.push(
            source
                .error_at(&file.title, "the deployment has no name")
                .remedy("write what a table shall call it, as in `title: Our mail host`"),
        );
    }
}

fn names(source: &Source, file: &DeploymentFile, wrong: &mut Vec<Diagnostic>) {
    let host = &file.host.name;
    if !is_domain(&host.value) {
        wrong.push(
            source
                .error_at(host, format!("`{}` is no host name", host.value))
                .remedy("write a domain name, as in `mail.inside.example`"),
        );
    }
    let (mut listeners, mut ports) = (BTreeSet::new(), BTreeSet::new());
    for listener in &file.listeners {
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if listener.name.value.is_empty() || !listener.name.value.chars().all(is_name) {
            wrong.push(
                source
                    .error_at(&listener.name, format!("`{}` is no name for a listener", listener.name.value))
                    .remedy("write letters, digits and hyphens"),
            );
        }
        if !listeners.insert(listener.name.value.as_str()) {
            wrong.push(
                source
                    .error_at(&listener.name, format!("a second listener has the name `{}`", listener.name.value))
                    .remedy("give each its own name"),
            );
        }
        if listener.port.value == 0 {
            wrong.push(source.error_at(&listener.port, "there is no port 0 to listen on").remedy("write `port: 25`"));
        }
        if listener.service == ServiceState::Running && !ports.insert(listener.port.value) {
            let place = if listener.port.place().is_some() {
                source.excerpt(listener.port.place())
            } else {
                source.excerpt(listener.name.place())
            };
            wrong.push(
                Diagnostic::error(format!("a second listener is on port {}", listener.port.value))
                    .at(place)
                    .remedy("give it a port of its own with `port:`"),
            );
        }
    }
}

fn option_pack(source: &Source, file: &DeploymentFile, wrong: &mut Vec<Diagnostic>) {
    let Some(applied) = file.host.option_pack.as_ref().filter(|applied| applied.value) else { return };
    if file.host.system.value != System::WindowsNt4 {
        wrong.push(
            source
                .error_at(applied, format!("{} has no Option Pack", file.host.system.value.title()))
                .note("the Option Pack is Windows NT Server 4.0's")
                .remedy("remove `option-pack:`, or say `system: windows-nt4`"),
        );
    }
}

fn system(
    source: &Source,
    file: &DeploymentFile,
    listener: &ListenerFile,
    product: &Product,
    wrong: &mut Vec<Diagnostic>,
) {
    let system = file.host.system.value;
    if !product.systems().contains(&system) {
        let titles: Vec<&str> = product.systems().iter().map(|system| system.title()).collect();
        let names: Vec<&str> = product.systems().iter().map(|system| system.name()).collect();
        wrong.push(
            source
                .error_at(&listener.product, format!("{} does not run on {}", product.title(), system.title()))
                .note(format!("it runs on {}", titles.join(" and ")))
                .remedy(format!("say `system: {}`, or name another product", names.join("` or `system: "))),
        );
    }
}

fn needs_option_pack(
    source: &Source,
    file: &DeploymentFile,
    listener: &ListenerFile,
    product: &Product,
    wrong: &mut Vec<Diagnostic>,
) {
    let is_applied = file.host.option_pack.as_ref().is_some_and(|applied| applied.value);
    let is_installed = listener.service != ServiceState::NotInstalled;
    if product.file.needs_option_pack && is_installed && !is_applied {
        wrong.push(
            source
                .error_at(
                    &listener.product,
                    format!("{} comes with the Option Pack, which is not applied", product.title()),
                )
                .remedy("say `option-pack: true` under `host:`, or `service: not-installed` here"),
        );
    }
}

fn host_patches(source: &Source, file: &DeploymentFile, products: &Products, wrong: &mut Vec<Diagnostic>) {
    let system = file.host.system.value;
    each_once(source, &file.host.patches, wrong);
    for patch in &file.host.patches {
        let fits = |product: &&Product| {
            product.systems().contains(&system) && product.patches(PatchOf::Host).any(|id| id.0 == patch.value)
        };
        if products.values().any(|product| fits(&product)) {
            continue;
        }
        let title = format!("{} is no patch of {}", patch.value, system.title());
        wrong.push(told_apart(source.error_at(patch, title), patch, products));
    }
}

fn listener_patches(
    source: &Source,
    listener: &ListenerFile,
    product: &Product,
    products: &Products,
    wrong: &mut Vec<Diagnostic>,
) {
    each_once(source, &listener.patches, wrong);
    for patch in &listener.patches {
        if !product.patches(PatchOf::Listener).any(|id| id.0 == patch.value) {
            let title = format!("{} is no patch of {}", patch.value, product.title());
            wrong.push(told_apart(source.error_at(patch, title), patch, products));
        }
    }
}

/// A product is installed once, and all of its listeners run what is installed.
fn patch_levels(source: &Source, file: &DeploymentFile, wrong: &mut Vec<Diagnostic>) {
    let level = |listener: &ListenerFile| {
        listener.patches.iter().map(|patch| patch.value.clone()).collect::<BTreeSet<String>>()
    };
    let mut levels: BTreeMap<&str, (&str, BTreeSet<String>)> = BTreeMap::new();
    for listener in file.listeners.iter().filter(|listener| listener.service != ServiceState::NotInstalled) {
        let (first, theirs) = levels
            .entry(listener.product.value.as_str())
            .or_insert_with(|| (listener.name.value.as_str(), level(listener)));
        if level(listener) != *theirs {
            let (product, name) = (&listener.product.value, &listener.name.value);
            wrong.push(
                source
                    .error_at(
                        &listener.product,
                        format!("`{name}` and `{first}` are `{product}` with different patches"),
                    )
                    .note("a product is on a host once, so a patch mends all of its listeners or none")
                    .remedy("name the same `patches:` under both"),
            );
        }
    }
}

/// Nobody can begin TLS where there is no certificate (RFC 3207 4), and all mail or every password would be refused.
fn tls(source: &Source, listener: &ListenerFile, wrong: &mut Vec<Diagnostic>) {
    if listener.tls_required.value && !listener.certificate {
        wrong.push(
            source
                .error_at(&listener.tls_required, "TLS is required, and there is no certificate for it")
                .remedy("say `certificate: true`, or remove `tls-required:`"),
        );
    }
    if listener.passwords_need_tls.value && !listener.certificate {
        wrong.push(
            source
                .error_at(&listener.passwords_need_tls, "passwords need TLS, and there is no certificate for it")
                .remedy("say `certificate: true`, or remove `passwords-need-tls:`"),
        );
    }
}

fn each_once(source: &Source, patches: &[Placed<String>], wrong: &mut Vec<Diagnostic>) {
    let mut seen = BTreeSet::new();
    for patch in patches.iter().filter(|patch| !seen.insert(patch.value.as_str())) {
        wrong.push(source.error_at(patch, format!("{} stands here a second time", patch.value)).remedy("name it once"));
    }
}

/// Says what the patch is for, where it is known at all.
fn told_apart(diagnostic: Diagnostic, patch: &Placed<String>, products: &Products) -> Diagnostic {
    let has = |product: &&Product, of: PatchOf| product.patches(of).any(|id| id.0 == patch.value);
    let systems: BTreeSet<System> = products
        .values()
        .filter(|product| has(product, PatchOf::Host))
        .flat_map(|product| product.systems().iter().copied())
        .collect();
    if !systems.is_empty() {
        let titles: Vec<&str> = systems.into_iter().map(System::title).collect();
        return diagnostic
            .note(format!("it is a patch of {}", titles.join(" and ")))
            .remedy("remove it, or name it under `host:` of such a system");
    }
    if let Some(product) = products.values().find(|product| has(product, PatchOf::Listener)) {
        return diagnostic
            .note(format!("it is a patch of {}", product.title()))
            .remedy(format!("remove it, or name it under a listener with `product: {}`", product.id));
    }
    let known: BTreeSet<&str> =
        products.values().flat_map(|product| product.file.patches.keys().map(String::as_str)).collect();
    diagnostic
        .note(format!("the patches known are {}", known.iter().copied().collect::<Vec<_>>().join(", ")))
        .remedy("name one of these, or leave it out")
        .did_you_mean(&patch.value, known.iter().copied())
}

fn neighbours(
    source: &Source,
    file: &DeploymentFile,
    listener: &ListenerFile,
    product: &Product,
    wrong: &mut Vec<Diagnostic>,
) {
    let others = file.listeners.iter().map(|other| other.product.value.as_str());
    for other in others.filter(|other| product.file.not_beside.iter().any(|name| name == other)) {
        wrong.push(
            source
                .error_at(&listener.product, format!("{} cannot be on one host with `{other}`", product.title()))
                .remedy("keep one of the two"),
        );
    }
}
