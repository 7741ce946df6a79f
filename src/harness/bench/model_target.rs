//! A deployment's listener as a target: the harness makes the accounts and knows everything.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use super::BenchOptions;
use super::profile::{CLIENT_NAME, Login, Profile, RoleProfile, preferred};
use super::standpoint;
use super::target::{Carrier, Ready};
use crate::harness::clock::Clock;
use crate::harness::limits::TimeLimits;
use crate::harness::secrecy::Secrecy;
use crate::harness::server::{ModelHost, NextHop, Outbox};
use crate::harness::witness::Witness;
use crate::judge::{Declaration, Presence, Role, Service, Source};
use crate::protocol::sasl::{AccountSecret, Credentials, Mechanism};
use crate::protocol::secret::Secret;
use crate::reference::deployment::behaviours::Behaviours;
use crate::reference::model::{Account, Directory, Model};

/// The client's address: one that no host has a reason to trust unless its own lists name it (RFC 5737). Stated in
/// `docs/deployments.md`.
pub(super) const CLIENT_ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 10));

/// The host's address. Stated in `docs/deployments.md`.
pub(super) const HOST_ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 25));

/// The recipient that is nobody's here.
const REMOTE_RECIPIENT: &str = "somebody@elsewhere.example";

/// The domain of a host that names none of its own.
const DOMAIN: &str = "inside.example";

const AUTHORIZED: &str = "authorized";
const AUTHORIZED_PASSWORD: &str = "tN7-quill-Ember";
const UNAUTHORIZED: &str = "unauthorized";
const UNAUTHORIZED_PASSWORD: &str = "8-Lantern-moss-Q";

/// The target; `behaviours` of a listener that answers, `None` for one that does not.
pub(super) fn make(name: &str, host: &str, behaviours: Option<&Behaviours>, options: &BenchOptions) -> Ready {
    let clock = Clock::new_virtual();
    let witness = Witness::new(clock.clone());
    let behaviours = behaviours.or(options.in_place_of_nobody.as_deref());
    let local_domains = behaviours.map_or(&[][..], |behaviours| &behaviours.settings.local_domains);
    let domain = local_domains.first().map_or(DOMAIN, String::as_str);
    let carrier = behaviours.map_or(Carrier::Nobody, |behaviours| {
        let outbox = Outbox {
            outside: NextHop::Witness(witness.clone()),
            inside: NextHop::Witness(witness.clone()),
            host: host.to_owned(),
            clock: clock.clone(),
        };
        let mut model = Model::new(Arc::new(behaviours.clone()), Arc::new(directory(domain)), host);
        if let Some(change) = &options.change_components {
            model.components = change(model.components);
        }
        let host = ModelHost::new(Arc::new(model), outbox);
        Carrier::Model { host, peer: CLIENT_ADDRESS, local: HOST_ADDRESS }
    });
    let mechanism = behaviours.and_then(usable_in_clear).unwrap_or(Mechanism::Ntlm);
    let source = behaviours.map_or(Source::Outside, |behaviours| {
        standpoint::source(&behaviours.settings.relay, CLIENT_ADDRESS, HOST_ADDRESS)
    });
    let profile = profile(domain, mechanism, source);
    Ready::new(name.to_owned(), profile, carrier, clock, Some(witness), Vec::new())
        .held_beside(options.beside.as_deref())
}

/// Roles sign in without TLS: what it changes is judged by cases that begin it themselves.
fn usable_in_clear(behaviours: &Behaviours) -> Option<Mechanism> {
    let usable = |mechanism: &&Mechanism| !(behaviours.passwords_need_tls && mechanism.shows_the_password());
    preferred(&behaviours.mechanisms.iter().filter(usable).copied().collect::<Vec<_>>())
}

fn directory(domain: &str) -> Directory {
    let account = |name: &str, password: &str, mail_right| Account {
        name: name.to_owned(),
        secret: AccountSecret { password: Secret::new(password) },
        mail_right,
        administrator: false,
        mailbox: Some(format!("{name}@{domain}")),
    };
    Directory {
        accounts: vec![
            account(AUTHORIZED, AUTHORIZED_PASSWORD, true),
            account(UNAUTHORIZED, UNAUTHORIZED_PASSWORD, false),
            Account { administrator: true, ..account("Administrator", "unused-Harbour-41", true) },
        ],
    }
}

fn profile(domain: &str, mechanism: Mechanism, source: Source) -> Profile {
    let stranger = format!("somebody@{CLIENT_NAME}");
    let role = |sender: &str, login: Option<(Mechanism, Credentials)>| RoleProfile {
        sender: sender.to_owned(),
        login: login.map(|(mechanism, credentials)| Login { mechanism: Some(mechanism), credentials }),
    };
    let password = |user: &str, password: &str| {
        let (user, password) = (user.to_owned(), Secret::new(password));
        Some((mechanism, Credentials::Password { user, password, domain: None }))
    };
    let (authorized, unauthorized) = (format!("{AUTHORIZED}@{domain}"), format!("{UNAUTHORIZED}@{domain}"));
    let roles = BTreeMap::from([
        (Role::Anonymous, role(&stranger, None)),
        (Role::WrongPassword, role(&unauthorized, password(UNAUTHORIZED, "not-its-password"))),
        (Role::NullSession, role(&stranger, Some((Mechanism::Ntlm, Credentials::NullSession)))),
        (Role::Guest, role(&stranger, password("nobody-by-that-name", "any-password"))),
        (Role::UnauthorizedAccount, role(&unauthorized, password(UNAUTHORIZED, UNAUTHORIZED_PASSWORD))),
        (Role::AuthorizedAccount, role(&authorized, password(AUTHORIZED, AUTHORIZED_PASSWORD))),
        (Role::PopImapClient, role(&authorized, None)),
    ]);
    let declaration = Declaration {
        service: Service::Mx,
        source: Some(source),
        address: CLIENT_ADDRESS.to_string(),
        witness: true,
        no_authorized_account: false,
        refusal_wordings: Vec::new(),
        presence: roles.keys().chain([&Role::MapiClient]).map(|role| (*role, Presence::Given)).collect(),
        login_refused: BTreeSet::new(),
        passwords_are_ours: true,
        sender_given: roles.keys().copied().collect(),
    };
    Profile {
        declaration,
        client_name: CLIENT_NAME.to_owned(),
        remote_recipient: REMOTE_RECIPIENT.to_owned(),
        local_recipient: Some(format!("postmaster@{domain}")),
        roles,
        sender: stranger,
        limits: TimeLimits::default(),
        failed_logins: None,
        sends_data: true,
        inside_door: true,
        secrecy: Secrecy::NoTls,
        any_recipient: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documentation_states_both_addresses() {
        let page = include_str!("../../../docs/deployments.md");
        let sentence = format!("The client connects from {CLIENT_ADDRESS}, to {HOST_ADDRESS}.");
        assert!(page.contains(&sentence), "docs/deployments.md does not say: {sentence}");
    }
}
