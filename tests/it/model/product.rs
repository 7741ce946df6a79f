//! The built-in products as servers.

use std::sync::LazyLock;

use smtpspec::reference::deployment::behaviours::Behaviours;
use smtpspec::reference::deployment::catalogue::Catalogue;
use smtpspec::reference::yaml::Source;

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::built_in().unwrap());

/// What the only listener of a built-in deployment does.
pub(super) fn behaviours_of(deployment: &str) -> Behaviours {
    let deployment = CATALOGUE.get(deployment).unwrap_or_else(|| panic!("there is no deployment {deployment}"));
    let [listener] = deployment.listeners.as_slice() else { panic!("{} listeners", deployment.listeners.len()) };
    listener.behaviours.clone().unwrap()
}

/// What the SMTP service of the NT 4.0 Option Pack does with another of its components installed.
pub(super) fn nt4_with(component: &str) -> Behaviours {
    let product = include_str!("../../../scenarios/products/nt4-option-pack-smtp.yaml");
    let installed = "as-installed: \"1877.19\"";
    assert!(product.contains(installed), "the file installs another component");
    let text = product.replace(installed, &format!("as-installed: \"{component}\""));
    let catalogue = Catalogue::with_own(vec![Source::new("nt4-option-pack-smtp.yaml", text)], Vec::new()).unwrap();
    catalogue.get("nt4-option-pack").unwrap().listeners[0].behaviours.clone().unwrap()
}

/// What all listeners do that answer.
pub(super) fn all_built_in() -> Vec<Behaviours> {
    all_by_name().into_iter().map(|(_, behaviours)| behaviours).collect()
}

/// The same, each by deployment and listener.
pub(super) fn all_by_name() -> Vec<(String, Behaviours)> {
    let listeners = CATALOGUE.deployments.iter().flat_map(|deployment| {
        deployment.listeners.iter().map(|listener| (format!("{}:{}", deployment.id, listener.name), listener))
    });
    listeners.filter_map(|(name, listener)| Some((name, listener.behaviours.clone()?))).collect()
}
