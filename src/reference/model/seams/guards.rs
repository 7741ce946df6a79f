//! Commands that could give out what is another's: held mail, the members of a list.

use crate::reference::deployment::settings::Settings;

/// Who asks for held mail, and for which domains.
#[derive(Clone, Copy, Debug)]
pub struct QueueRequest<'a> {
    /// Whether the client authenticated.
    pub is_authenticated: bool,
    /// The command's argument.
    pub argument: Option<&'a [u8]>,
    /// The server's settings.
    pub settings: &'a Settings,
}

/// The answer to TURN and ATRN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TurnAnswer {
    /// The client must authenticate first.
    NotAuthenticated,
    /// Nothing is held for it.
    Refused,
    /// The roles turn. No product of ours says so; a wrong part can.
    Granted,
}

/// Held mail.
pub trait QueueGuard: Send + Sync {
    /// TURN (RFC 821 3.8) and ATRN (RFC 2645).
    fn turn(&self, request: &QueueRequest<'_>) -> TurnAnswer;

    /// ETRN (RFC 1985): whether the queue for that domain is started. The mail goes to the domain's own server, not to
    /// this client.
    fn starts_queue(&self, request: &QueueRequest<'_>) -> bool;
}

/// Nothing is held for anybody: no list names who may turn for which domain (`AuthTurnList`, KB:Q183476). Queues exist
/// for own and gateway domains.
#[derive(Clone, Copy, Debug)]
pub struct NothingHeld;

impl QueueGuard for NothingHeld {
    fn turn(&self, request: &QueueRequest<'_>) -> TurnAnswer {
        if request.is_authenticated { TurnAnswer::Refused } else { TurnAnswer::NotAuthenticated }
    }

    fn starts_queue(&self, request: &QueueRequest<'_>) -> bool {
        let Some(argument) = request.argument else { return false };
        // "@" stands for the domain and all below it (RFC 1985 5.3).
        let domain = argument.strip_prefix(b"@").unwrap_or(argument);
        let Settings { local_domains, gateway_domains, .. } = request.settings;
        let mut known = local_domains.iter().chain(gateway_domains);
        known.any(|known| known.trim_start_matches('#').as_bytes().eq_ignore_ascii_case(domain))
    }
}

/// EXPN.
pub trait ExpansionGuard: Send + Sync {
    /// Whether a list's members are told.
    fn expands(&self, argument: Option<&[u8]>) -> bool;
}

/// Never.
#[derive(Clone, Copy, Debug)]
pub struct NoExpansion;

impl ExpansionGuard for NoExpansion {
    fn expands(&self, _: Option<&[u8]>) -> bool {
        false
    }
}
