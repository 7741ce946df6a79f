//! Stage 3, a file a product family. Each reads the settings its administrator had, and nothing else.

mod domains;
mod exchange50;
mod exchange55;
mod iis;
mod present_day;

use std::sync::Arc;

use super::stages::RelayPolicy;
use crate::reference::deployment::settings::{RelaySettings, Settings};

pub use domains::{OwnDomains, Ownership};
pub use exchange50::Exchange50Routing;
pub use exchange55::Exchange55Routing;
pub use iis::IisRelayRestrictions;
pub use present_day::PresentDayRelay;

/// The family's relay policy.
pub fn of(settings: &Settings) -> Arc<dyn RelayPolicy> {
    match &settings.relay {
        RelaySettings::Iis(relay) => Arc::new(IisRelayRestrictions::new(settings, relay.clone())),
        RelaySettings::Exchange55(routing) => Arc::new(Exchange55Routing::new(settings, routing.clone())),
        RelaySettings::Exchange50 { reroute } => Arc::new(Exchange50Routing::new(settings, *reroute)),
        RelaySettings::Reference(relay) => Arc::new(PresentDayRelay::new(settings, relay.clone())),
    }
}

#[cfg(test)]
mod tests;
