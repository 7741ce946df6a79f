//! The accounts of the host's domain. Set by whoever runs the model, never by a deployment file.

use crate::protocol::sasl::AccountSecret;

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its name; compared without regard to case, as Windows does.
    pub name: String,
    /// Its password.
    pub secret: AccountSecret,
    /// Whether it may use the mail service. Per-account mail rights are our reading of the bulletin's "even if it's not
    /// appropriate".
    pub mail_right: bool,
    /// Whether it is the built-in Administrator.
    pub administrator: bool,
    /// Its mailbox's address, where it has one.
    pub mailbox: Option<String>,
}

/// All accounts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Directory {
    /// The accounts.
    pub accounts: Vec<Account>,
}

impl Directory {
    /// The account of that name.
    pub fn find(&self, name: &[u8]) -> Option<&Account> {
        self.accounts.iter().find(|account| account.name.as_bytes().eq_ignore_ascii_case(name))
    }
}
