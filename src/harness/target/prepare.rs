//! Makes a target ready: reads secrets, resolves its name once, opens the doors of its witness or follows it.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use super::roles::RoleGiven;
use super::{Login, TargetFile};
use crate::diagnostic::Diagnostic;
use crate::harness::bench::profile::{self, CLIENT_NAME, Profile, RoleProfile};
use crate::harness::bench::target::{Carrier, Ready};
use crate::harness::clock::Clock;
use crate::harness::nonces::Nonces;
use crate::judge::Role;
use crate::protocol::sasl::{Credentials, Mechanism};
use crate::protocol::secret::Secret;
use crate::transport::resolve;

/// Makes it ready.
///
/// # Errors
/// A secret that is not there, a name that does not resolve, a port of the witness that is in use, a witness that is not there: all of them.
pub(crate) async fn prepare(
    name: String,
    file: &TargetFile,
    send_data_without_witness: bool,
    clock: Clock,
) -> Result<Ready, Vec<Diagnostic>> {
    let mut wrong = Vec::new();
    let roles = file.role_profiles(&mut wrong).await;
    let secrecy = file.secrecy(&mut wrong);
    let address = file.resolve().await.map_err(|diagnostic| wrong.push(diagnostic)).ok();
    let held = if wrong.is_empty() { file.hold_witness(&clock, &mut wrong).await } else { None };
    let (Some(address), Some(secrecy), true) = (address, secrecy, wrong.is_empty()) else { return Err(wrong) };
    let (witness, held) = held.map_or((None, Vec::new()), |(witness, held)| (Some(witness), held));
    let profile = Profile {
        declaration: file.declaration(),
        client_name: file.client_name.clone(),
        remote_recipient: file.remote_recipient.clone(),
        local_recipient: file.local_recipient.clone(),
        roles,
        sender: file.default_sender(),
        limits: file.limits,
        failed_logins: Some(file.failed_logins),
        sends_data: witness.is_some() || send_data_without_witness,
        inside_door: file.sees_inside(),
        any_recipient: file.any_recipient,
        secrecy,
    };
    let carrier = Carrier::Socket { address, source: file.source_address };
    Ok(Ready::new(name, profile, carrier, clock, witness, held))
}

impl TargetFile {
    fn default_sender(&self) -> String {
        self.sender.clone().unwrap_or_else(|| format!("somebody@{CLIENT_NAME}"))
    }

    async fn role_profiles(&self, wrong: &mut Vec<Diagnostic>) -> BTreeMap<Role, RoleProfile> {
        let mut profiles = BTreeMap::new();
        for (role, entry) in &self.roles {
            let Some(given) = entry.given() else { continue };
            match self.login(given).await {
                Ok(login) => {
                    let sender = given.sender.clone().unwrap_or_else(|| self.default_sender());
                    profiles.insert(*role, RoleProfile { sender, login });
                }
                Err(diagnostic) => wrong.push(*diagnostic),
            }
        }
        profiles
    }

    async fn login(&self, given: &RoleGiven) -> Result<Option<profile::Login>, Box<Diagnostic>> {
        let mut nonces = Nonces::System;
        let password = |user: &str, domain: &Option<String>, password: Secret| Credentials::Password {
            user: user.to_owned(),
            password,
            domain: domain.clone(),
        };
        let mut anything = || format!("{}-{}", nonces.mark().0, nonces.mark().0);
        let credentials = match &given.login {
            Login::None => return Ok(None),
            Login::NullSession => Credentials::NullSession,
            Login::Account { user, domain, secret } => password(user, domain, self.secret(secret).await?),
            Login::Token { user, secret } => {
                Credentials::Token { user: user.clone(), token: self.secret(secret).await? }
            }
            Login::External { authorization_identity } => {
                Credentials::External { authorization_identity: authorization_identity.clone() }
            }
            Login::WrongToken { user } => Credentials::Token { user: user.clone(), token: Secret::new(anything()) },
            Login::WrongPassword { user, domain } => password(user, domain, Secret::new(anything())),
            Login::Guest { user, domain } => {
                let user =
                    user.clone().unwrap_or_else(|| format!("x{}", anything().chars().take(16).collect::<String>()));
                password(&user, domain, Secret::new(anything()))
            }
        };
        let by_null_session = matches!(credentials, Credentials::NullSession).then_some(Mechanism::Ntlm);
        Ok(Some(profile::Login { mechanism: given.mechanism.or(by_null_session), credentials }))
    }

    async fn resolve(&self) -> Result<SocketAddr, Diagnostic> {
        let found = resolve(&self.host.host, self.host.port, self.limits.connect).await.map_err(|reason| {
            self.text
                .error_at(&self.address, format!("{} cannot be resolved: {reason}", self.host.host))
                .remedy("check the name and this machine's resolver, or write the address itself")
        })?;
        self.choose(&found)
    }

    /// The address to speak with, of those that the name has.
    pub(super) fn choose(&self, found: &[SocketAddr]) -> Result<SocketAddr, Diagnostic> {
        let error = |title: String| self.text.error_at(&self.address, title);
        let fits =
            |address: &&SocketAddr| self.source_address.is_none_or(|source| source.is_ipv4() == address.is_ipv4());
        let address = found.iter().find(fits).ok_or_else(|| {
            error(format!("{} has no address of the family of `source-address`", self.host.host))
                .remedy("name a `source-address` of the other family, or leave it out")
        })?;
        // `localhost` needs no leave, so it has to be what it says.
        if self.host.is_loopback() && !address.ip().is_loopback() {
            return Err(error(format!("{} is {} here, which is no loopback address", self.host.host, address.ip()))
                .remedy("write the address itself"));
        }
        Ok(*address)
    }
}
