//! What a client can be.

use smtpspec::protocol::sasl::{Credentials, Mechanism};

use super::support::{Client, PASSWORD};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Anonymous,
    WrongPassword,
    NullSession,
    Guest,
    Unauthorized,
    Authorized,
}

impl Role {
    pub(super) const ALL: [Self; 6] =
        [Self::Anonymous, Self::WrongPassword, Self::NullSession, Self::Guest, Self::Unauthorized, Self::Authorized];

    /// What this client does about AUTH. A null session is NTLM's, whichever mechanism others use.
    pub(super) fn sign_in(self, client: &mut Client, mechanism: Mechanism) {
        match self {
            Self::Anonymous => {}
            Self::WrongPassword => drop(client.log_in(mechanism, "authorized", "wrong")),
            Self::NullSession => drop(client.authenticate(Mechanism::Ntlm, Credentials::NullSession)),
            Self::Guest => drop(client.log_in(mechanism, "nobody", "anything")),
            Self::Unauthorized => drop(client.log_in(mechanism, "ordinary", PASSWORD)),
            Self::Authorized => drop(client.log_in(mechanism, "authorized", PASSWORD)),
        }
    }
}
