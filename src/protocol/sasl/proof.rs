//! What a client offers as proof of who it is, and whether it holds.

use super::ntlm;
use crate::protocol::secret::Secret;

/// What a server knows of an account's password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountSecret {
    /// The password, UTF-8.
    pub password: Secret,
}

/// What the client offered at the end of an exchange. No judgement yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// PLAIN or LOGIN.
    Password {
        /// Whom to act as; empty where the client left it out (LOGIN always does).
        authorization_identity: Vec<u8>,
        /// Whose password it is. A Windows domain may stand before it: `DOMAIN\user`.
        authentication_identity: Vec<u8>,
        /// The password.
        password: Secret,
    },
    /// CRAM-MD5: a keyed digest of the challenge.
    CramMd5 {
        /// Whose password it is.
        authentication_identity: Vec<u8>,
        /// The challenge the server sent.
        challenge: Vec<u8>,
        /// HMAC-MD5 of the challenge under the password.
        digest: [u8; 16],
    },
    /// NTLM with a user name, a response or both.
    Ntlm(ntlm::Proof),
    /// The NTLM null session: empty user name, empty NT response, and an LM response that is empty or one zero octet
    /// (MS-NLMP 3.2.5.1.2). Flags play no part in it.
    NullSession,
    /// ANONYMOUS with its trace text.
    Anonymous {
        /// Whatever the client wrote.
        trace: Vec<u8>,
    },
    /// EXTERNAL with the identity asked for.
    External {
        /// Whom to act as; empty where the client left it to the server.
        authorization_identity: Vec<u8>,
    },
}

impl Proof {
    /// Whose proof it claims to be: the user name without a Windows domain. `None` for the null session, ANONYMOUS and EXTERNAL.
    pub fn user(&self) -> Option<Vec<u8>> {
        todo!()
    }

    /// Whether it is right for an account with this secret. Always false for the null session, ANONYMOUS and EXTERNAL,
    /// which prove nothing by a password.
    pub fn holds_for(&self, secret: &AccountSecret) -> bool {
        let _ = secret;
        todo!()
    }
}
