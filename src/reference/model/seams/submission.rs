//! Who may submit as whom, asked after the data: the Connections sheet of Exchange 5.5 (KB:Q188250, KB:Q262945).

use super::super::directory::Directory;
use super::super::stages::Identity;
use crate::protocol::wire::Path;
use crate::reference::deployment::settings::{RelaySettings, Settings};

/// Who submits as whom.
#[derive(Clone, Copy, Debug)]
pub struct SubmissionRequest<'a> {
    /// The identity that may use the mail service. `None`: the mail comes from another server, or from nobody.
    pub authorized: Option<&'a Identity>,
    /// Where the mail says it is from.
    pub reverse_path: &'a Path,
    /// The accounts.
    pub directory: &'a Directory,
}

/// The answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubmissionDecision {
    /// The message is taken.
    Accept,
    /// The reverse-path has no mailbox here.
    NotHomed,
    /// The reverse-path is not the account's own.
    OriginatorMismatch,
}

/// The rule.
pub trait SubmissionRule: Send + Sync {
    /// Decides.
    fn judge(&self, request: &SubmissionRequest<'_>) -> SubmissionDecision;
}

/// The sheet's two boxes; other products have none. Both speak of clients that submit: who did not authenticate hands in
/// mail as a server does and is not asked.
#[derive(Clone, Copy, Debug)]
pub struct ConnectionsSheet {
    homed_only: bool,
    account_matches_address: bool,
}

impl ConnectionsSheet {
    /// With the settings' boxes.
    pub const fn of(settings: &Settings) -> Self {
        match &settings.relay {
            RelaySettings::Exchange55(routing) => {
                Self { homed_only: routing.homed_only, account_matches_address: routing.account_matches_address }
            }
            RelaySettings::Iis(_) | RelaySettings::Exchange50 { .. } | RelaySettings::Reference(_) => {
                Self { homed_only: false, account_matches_address: false }
            }
        }
    }
}

impl SubmissionRule for ConnectionsSheet {
    fn judge(&self, request: &SubmissionRequest<'_>) -> SubmissionDecision {
        let Some(identity) = request.authorized else { return SubmissionDecision::Accept };
        let address = request.reverse_path.address();
        let is_address = |mailbox: &Option<String>| {
            mailbox.as_ref().is_some_and(|mailbox| mailbox.as_bytes().eq_ignore_ascii_case(&address))
        };
        let is_homed = request.directory.accounts.iter().any(|account| is_address(&account.mailbox));
        let is_own = match identity {
            Identity::NullSession | Identity::Guest => false,
            Identity::Account(name) => {
                request.directory.find(name.as_bytes()).is_some_and(|account| is_address(&account.mailbox))
            }
        };
        if self.homed_only && !is_homed {
            SubmissionDecision::NotHomed
        } else if self.account_matches_address && !is_own {
            SubmissionDecision::OriginatorMismatch
        } else {
            SubmissionDecision::Accept
        }
    }
}
