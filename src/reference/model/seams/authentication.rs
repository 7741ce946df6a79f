//! The standard stages 1 and 2.

use super::super::directory::Directory;
use super::super::stages::{Authenticate, Authorize, Identity};
use crate::protocol::sasl::Proof;
use crate::reference::deployment::behaviours::Behaviours;

/// Stage 1 as Windows does it: accounts by their secrets, the null session and Guest where they are let in.
#[derive(Clone, Copy, Debug)]
pub struct AuthenticationByBehaviours {
    guest_enabled: bool,
    administrator_refused: bool,
    null_session_authenticates: bool,
}

impl AuthenticationByBehaviours {
    /// With the behaviours' flags.
    pub const fn of(behaviours: &Behaviours) -> Self {
        Self {
            guest_enabled: behaviours.guest_enabled,
            administrator_refused: behaviours.administrator_refused,
            null_session_authenticates: behaviours.null_session_authenticates,
        }
    }

    /// An account's name is known: its own password or nothing. An unknown name becomes Guest where Guest is enabled
    /// (MS-NLMP 3.2.5.1.2, GuestSession; KB:Q251149).
    fn judge(self, proof: &Proof, directory: &Directory, may_become_guest: bool) -> Option<Identity> {
        let Some(account) = directory.find(&proof.user()?) else {
            return (self.guest_enabled && may_become_guest).then_some(Identity::Guest);
        };
        // The built-in Administrator is refused after NTLM itself succeeded (MS-SMTPNTLM note 4).
        let is_refused = self.administrator_refused && account.administrator && matches!(proof, Proof::Ntlm(_));
        (proof.holds_for(&account.secret) && !is_refused).then(|| Identity::Account(account.name.clone()))
    }
}

impl Authenticate for AuthenticationByBehaviours {
    fn authenticate(&self, proof: &Proof, directory: &Directory) -> Option<Identity> {
        match proof {
            Proof::NullSession => self.null_session_authenticates.then_some(Identity::NullSession),
            // Nobody here may act as another (RFC 4616 2).
            Proof::Password { authorization_identity, authentication_identity, .. }
                if !authorization_identity.is_empty() && authorization_identity != authentication_identity =>
            {
                None
            }
            Proof::Scram(proof)
                if !proof.authorization_identity.is_empty() && proof.authorization_identity != proof.user =>
            {
                None
            }
            Proof::Password { .. } | Proof::Ntlm(_) => self.judge(proof, directory, true),
            // A digest of nobody's password is nobody's, and so is a token: Windows has neither that could fall back to Guest.
            Proof::CramMd5 { .. } | Proof::Scram(_) | Proof::Token { .. } => self.judge(proof, directory, false),
            Proof::Anonymous { .. } | Proof::External { .. } => None,
        }
    }
}

/// Stage 2: the account's own right. The null session and Guest have none.
#[derive(Clone, Copy, Debug)]
pub struct MailRights;

impl Authorize for MailRights {
    fn may_use_mail(&self, identity: &Identity, directory: &Directory) -> bool {
        match identity {
            Identity::NullSession | Identity::Guest => false,
            Identity::Account(name) => directory.find(name.as_bytes()).is_some_and(|account| account.mail_right),
        }
    }
}
