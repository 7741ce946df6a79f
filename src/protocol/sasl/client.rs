//! The client half of an authentication exchange.

use super::Mechanism;
use crate::protocol::secret::Secret;

/// Who the client says it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credentials {
    /// A user and a password; a Windows domain for NTLM where one is wanted.
    Password {
        /// The user name.
        user: String,
        /// The password.
        password: Secret,
        /// The Windows domain, NTLM only.
        domain: Option<String>,
    },
    /// Nobody, by NTLM: empty user name and empty NT response.
    NullSession,
    /// Nobody, by ANONYMOUS.
    Anonymous {
        /// The trace text.
        trace: String,
    },
    /// Whoever the channel says (EXTERNAL).
    External {
        /// Whom to act as; may be empty.
        authorization_identity: String,
    },
}

/// What an exchange needs of the outside world: octets nobody can foresee, and the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entropy {
    /// NTLM's client challenge.
    pub nonce: [u8; 8],
    /// Milliseconds since 1970-01-01T00:00:00Z, for NTLMv2's time stamp.
    pub unix_milliseconds: u64,
}

/// Why the client cannot go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// These credentials cannot be used with this mechanism.
    #[error("{mechanism} cannot be used with these credentials")]
    Unusable {
        /// The mechanism.
        mechanism: Mechanism,
    },
    /// The server's challenge is not of the mechanism's form.
    #[error("a malformed {mechanism} challenge: {}", String::from_utf8_lossy(.challenge))]
    Malformed {
        /// The mechanism.
        mechanism: Mechanism,
        /// The challenge as received, decoded.
        challenge: Vec<u8>,
    },
    /// The server asks for more after the exchange is complete.
    #[error("the server asks for one response more than {mechanism} has")]
    Over {
        /// The mechanism.
        mechanism: Mechanism,
    },
}

/// An exchange under way. `AUTH` itself is sent without an initial response; the first challenge of most mechanisms is
/// then empty or mere text.
#[derive(Clone, Debug)]
pub struct ClientExchange {}

impl ClientExchange {
    /// Begins one.
    ///
    /// # Errors
    /// When the credentials do not fit the mechanism.
    pub fn begin(mechanism: Mechanism, credentials: Credentials, entropy: Entropy) -> Result<Self, ClientError> {
        let _ = (mechanism, credentials, entropy);
        todo!()
    }

    /// The response to a challenge. `challenge` is what stood behind 334, base64 undone; `None` where it was no base64
    /// (`334 ntlm supported`), which is right for the first challenge only.
    ///
    /// # Errors
    /// When the challenge is malformed or one too many.
    pub fn respond(&mut self, challenge: Option<&[u8]>) -> Result<Secret, ClientError> {
        let _ = challenge;
        todo!()
    }

    /// What kind of response comes next, for a transcript that must not show it: `NTLM message 3`, `password`.
    pub fn next_label(&self) -> String {
        todo!()
    }
}
