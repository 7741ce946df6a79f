//! The built-in products as servers.

use smtpspec::reference::deployment::behaviours::Behaviours;
use smtpspec::reference::deployment::catalogue::Catalogue;

/// What the only listener of a built-in deployment does.
pub(super) fn behaviours_of(deployment: &str) -> Behaviours {
    let catalogue = Catalogue::built_in().unwrap();
    let deployment = catalogue.get(deployment).unwrap_or_else(|| panic!("there is no deployment {deployment}"));
    let [listener] = deployment.listeners.as_slice() else { panic!("{} listeners", deployment.listeners.len()) };
    listener.behaviours.clone().unwrap()
}
