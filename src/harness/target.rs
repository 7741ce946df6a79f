//! What is judged: the target file, its roles, its limits, its allow list. `docs/target-file.md` has every key.

mod address;
mod check;
mod file;
mod mask;
mod prepare;
mod roles;
mod secret;
mod tls;
mod witness;

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

pub(crate) use prepare::prepare;

use crate::diagnostic::Diagnostic;
use crate::harness::limits::TimeLimits;
use crate::judge::{Declaration, Presence, Role, Service, Source as Standpoint, TlsUse};
use crate::reference::yaml::{Placed, Source};
use crate::transport::source_towards;
use address::HostAndPort;
use roles::{Login, RoleEntry};
use tls::Tls;

/// A target's name in a run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TargetName(pub String);

impl std::fmt::Display for TargetName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A target file, read and checked. Secrets are still where the file says they are.
#[derive(Clone, Debug)]
pub struct TargetFile {
    /// For errors that are only found when the target is made ready.
    text: Source,
    name: Option<String>,
    address: Placed<String>,
    host: HostAndPort,
    service: Service,
    standpoint: Option<Standpoint>,
    source_address: Option<IpAddr>,
    client_name: String,
    sender: Option<String>,
    local_recipient: Option<String>,
    remote_recipient: String,
    roles: BTreeMap<Role, RoleEntry>,
    no_authorized_account: bool,
    refusal_wordings: Vec<String>,
    witness: Option<witness::Place>,
    failed_logins: u32,
    any_recipient: bool,
    disruption_is_allowed: bool,
    limits: TimeLimits,
    tls: Option<Tls>,
}

impl TargetFile {
    /// Reads one; `name` is its path, for errors, and for the paths in it.
    ///
    /// # Errors
    /// With file, line, column and remedy: all mistakes, not the first alone. No secret is ever shown in one.
    pub fn read(name: &str, text: &str) -> Result<Self, Vec<Diagnostic>> {
        Self::read_allowing(name, text, &[])
    }

    /// The same, with addresses that are allowed beside the one the file allows: hosts, named exactly as in `address`.
    ///
    /// # Errors
    /// As [`TargetFile::read`].
    pub fn read_allowing(name: &str, text: &str, allowed: &[String]) -> Result<Self, Vec<Diagnostic>> {
        let source = Source::new(name, text);
        check::check(&source, source.salvage(), allowed).map_err(|wrong| wrong.into_iter().map(mask::mask).collect())
    }

    /// A commented file for a new target. It can be read as it stands.
    pub const TEMPLATE: &'static str = include_str!("target/template.yaml");

    /// What the file calls the target.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// `host:port`, as written.
    pub fn address(&self) -> &str {
        &self.address.value
    }

    /// Whether requests may be sent that stop a server which has a defect.
    pub fn disruption_is_allowed(&self) -> bool {
        self.disruption_is_allowed
    }

    /// How TLS is used, where it is.
    pub fn tls(&self) -> Option<TlsUse> {
        self.tls.as_ref().map(Tls::shown)
    }

    /// Whether the witness receives what the target passes to the internal server.
    pub fn sees_inside(&self) -> bool {
        self.witness.as_ref().is_some_and(witness::Place::sees_inside)
    }

    /// What verdicts may know of the target.
    pub fn declaration(&self) -> Declaration {
        let presence = |role: Role| match self.roles.get(&role) {
            Some(RoleEntry::Given(_)) => Presence::Given,
            Some(RoleEntry::Absent) => Presence::Absent,
            None => Presence::NotGiven,
        };
        let given = || self.roles.iter().filter_map(|(role, entry)| Some((*role, entry.given()?)));
        Declaration {
            service: self.service,
            source: self.standpoint,
            address: self.probing_address(),
            witness: self.witness.is_some(),
            no_authorized_account: self.no_authorized_account,
            refusal_wordings: self.refusal_wordings.clone(),
            presence: Role::ALL.into_iter().map(|role| (role, presence(role))).collect(),
            login_refused: given().filter(|(_, given)| given.login_is_refused).map(|(role, _)| role).collect(),
            passwords_are_ours: false,
            sender_given: given()
                .filter(|(_, given)| given.sender.is_some() || self.sender.is_some())
                .map(|(role, _)| role)
                .collect(),
        }
    }

    /// The address that the server sees, as far as it can be known before connecting.
    fn probing_address(&self) -> String {
        let towards = || source_towards(SocketAddr::new(self.host.ip()?, self.host.port));
        match self.source_address.or_else(towards) {
            Some(address) => address.to_string(),
            None => "this machine".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests;
