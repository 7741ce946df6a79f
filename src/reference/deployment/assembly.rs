//! From a deployment file and the products to a deployment: identity as the file says, behaviours as the components
//! give.

mod behaviours;
mod host;
mod networks;
mod settings;

use std::collections::{BTreeMap, BTreeSet};

use super::files::{DeploymentFile, ListenerFile};
use super::identity::{HostIdentity, ListenerIdentity, PatchId, ProductId, ServiceState};
use super::product::Product;
use super::{Deployment, Listener};
use crate::diagnostic::Diagnostic;
use crate::reference::yaml::{Placed, Source};

/// The products by id.
pub(super) type Products = BTreeMap<String, Product>;

/// Reads a deployment file.
///
/// # Errors
/// All that is wrong with it, an impossible host included, each with its place and remedy.
pub(super) fn read(source: &Source, products: &Products) -> Result<Deployment, Vec<Diagnostic>> {
    let file: DeploymentFile = source.read_all()?;
    let mut wrong = Vec::new();
    host::check(source, &file, products, &mut wrong);
    let host = host_identity(&file);
    let mut listeners = Vec::new();
    for listener in &file.listeners {
        if let Some(product) = known_product(source, listener, products, &mut wrong) {
            listeners.extend(assembled(source, &host, listener, product, &mut wrong));
        }
    }
    if wrong.is_empty() {
        let DeploymentFile { title, about, sources, .. } = file;
        Ok(Deployment { id: source.id().to_owned(), title: title.value, about, sources, host, listeners })
    } else {
        Err(wrong)
    }
}

fn known_product<'a>(
    source: &Source,
    listener: &ListenerFile,
    products: &'a Products,
    wrong: &mut Vec<Diagnostic>,
) -> Option<&'a Product> {
    let name = &listener.product;
    let product = products.get(&name.value);
    if product.is_none() {
        let ids: Vec<String> = products.keys().map(|id| format!("`{id}`")).collect();
        wrong.push(
            source
                .error_at(name, format!("there is no product `{}`", name.value))
                .note(format!("the products are {}", ids.join(", ")))
                .remedy("name one of these; `--scenarios FOLDER` adds those in FOLDER/products")
                .did_you_mean(&name.value, products.keys().map(String::as_str)),
        );
    }
    product
}

fn assembled(
    source: &Source,
    host: &HostIdentity,
    listener: &ListenerFile,
    product: &Product,
    wrong: &mut Vec<Diagnostic>,
) -> Option<Listener> {
    let settings = settings::merged(source, listener, product, wrong)?;
    let identity = ListenerIdentity {
        product: ProductId(product.id.clone()),
        service: listener.service,
        patches: patch_ids(&listener.patches),
        certificate: listener.certificate,
        tls_required: listener.tls_required.value,
        passwords_need_tls: listener.passwords_need_tls.value,
        settings,
    };
    let behaviours = behaviours::of(host, &identity, product);
    let lacking: BTreeSet<&str> = behaviours
        .iter()
        .flat_map(|behaviours| {
            let needed = behaviours.needed_replies().into_iter();
            needed.filter(|key| !behaviours.facts.replies.contains_key(key)).map(|key| key.name())
        })
        .collect();
    if !lacking.is_empty() {
        let names: Vec<String> = lacking.iter().map(|name| format!("`{name}`")).collect();
        wrong.push(
            source
                .error_at(
                    &listener.product,
                    format!("the product `{}` does not word every reply it can give", product.id),
                )
                .note(format!("there is nothing for {}", names.join(", ")))
                .remedy(format!("add them under `replies:` in {}", product.source.name())),
        );
    }
    Some(Listener {
        name: listener.name.value.clone(),
        port: listener.port.value,
        behaviours: match identity.service {
            ServiceState::Running => behaviours,
            ServiceState::Stopped | ServiceState::NotInstalled => None,
        },
        identity,
    })
}

fn host_identity(file: &DeploymentFile) -> HostIdentity {
    HostIdentity {
        name: file.host.name.value.clone(),
        system: file.host.system.value,
        option_pack: file.host.option_pack.as_ref().is_some_and(|applied| applied.value),
        patches: patch_ids(&file.host.patches),
        guest_enabled: file.host.guest_enabled,
    }
}

fn patch_ids(patches: &[Placed<String>]) -> Vec<PatchId> {
    patches.iter().map(|patch| PatchId(patch.value.clone())).collect()
}
