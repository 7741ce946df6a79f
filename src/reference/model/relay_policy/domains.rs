//! Which domains are the server's own, and which it passes inside.

use std::net::IpAddr;

use crate::protocol::wire::Path;
use crate::reference::deployment::settings::{RelaySettings, Settings};

/// The domains whose mail a server takes from anyone.
///
/// Always the server's own as well: mailboxes without a domain, the host's name, and the address literal that the client
/// connected to (relay forms 5, 9, 10 and 15 of wire-facts 7; row 25 there).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnDomains {
    local: Vec<Pattern>,
    gateway: Vec<Pattern>,
}

/// A domain of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    domain: String,
    includes_subdomains: bool,
}

/// What a domain is to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ownership {
    /// Its own.
    Local,
    /// Passed to an internal server.
    Gateway,
    /// Neither.
    Foreign,
}

impl OwnDomains {
    /// As set. Exchange 5.x includes subdomains unless `#` stands before the domain (KB:Q169683, KB:Q259531); the others
    /// take a domain as it is.
    pub fn of(settings: &Settings) -> Self {
        let read = |domains: &[String]| match settings.relay {
            RelaySettings::Exchange50 { .. } | RelaySettings::Exchange55(_) => {
                domains.iter().map(|domain| Pattern::of_exchange(domain)).collect()
            }
            RelaySettings::Iis(_) | RelaySettings::Reference(_) => {
                domains.iter().map(|domain| Pattern::exact(domain)).collect()
            }
        };
        Self { local: read(&settings.local_domains), gateway: read(&settings.gateway_domains) }
    }

    /// What the path's domain is to a server of that name, connected to at that address. The domain behind the last
    /// unquoted `@` decides alone (KB:Q304897); source routes do not.
    pub fn ownership(&self, path: &Path, host: &str, local: IpAddr) -> Ownership {
        let Some(domain) = path.domain() else { return Ownership::Local };
        if self.local.iter().any(|pattern| pattern.matches(domain))
            || domain.eq_ignore_ascii_case(host.as_bytes())
            || is_literal_of(domain, local)
        {
            Ownership::Local
        } else if self.gateway.iter().any(|pattern| pattern.matches(domain)) {
            Ownership::Gateway
        } else {
            Ownership::Foreign
        }
    }
}

impl Pattern {
    fn exact(domain: &str) -> Self {
        Self { domain: domain.to_owned(), includes_subdomains: false }
    }

    pub(super) fn of_exchange(domain: &str) -> Self {
        match domain.strip_prefix('#') {
            Some(exact) => Self::exact(exact),
            None => Self { domain: domain.to_owned(), includes_subdomains: true },
        }
    }

    pub(super) fn matches(&self, domain: &[u8]) -> bool {
        let own = self.domain.as_bytes();
        if domain.eq_ignore_ascii_case(own) {
            return true;
        }
        let start = domain.len().checked_sub(own.len());
        let parts = start.and_then(|start| domain.split_at_checked(start));
        self.includes_subdomains
            && parts.is_some_and(|(before, end)| before.ends_with(b".") && end.eq_ignore_ascii_case(own))
    }
}

fn is_literal_of(domain: &[u8], address: IpAddr) -> bool {
    let literal = domain.strip_prefix(b"[").and_then(|rest| rest.strip_suffix(b"]"));
    let Some(literal) = literal.and_then(|literal| str::from_utf8(literal).ok()) else { return false };
    let text = match literal.split_at_checked(5) {
        Some((tag, content)) if tag.eq_ignore_ascii_case("IPv6:") => content,
        _ => literal,
    };
    text.parse::<IpAddr>().is_ok_and(|named| named == address)
}
