//! What a client offers as proof of who it is, and whether it holds.

use super::keyed_digest::equal;
use super::{cram_md5, ntlm, scram};
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
    /// SCRAM-SHA-256: a signature over all that was said.
    Scram(scram::Proof),
    /// XOAUTH2 or OAUTHBEARER.
    Token {
        /// Whom to act as, and whose token it is said to be; may be empty with OAUTHBEARER.
        authorization_identity: Vec<u8>,
        /// The token.
        token: Secret,
    },
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

impl AccountSecret {
    /// What a server knows that knows the password itself.
    pub fn from_password(password: &str) -> Self {
        Self { password: Secret::new(password) }
    }
}

impl Proof {
    /// Whose proof it claims to be: the user name without a Windows domain. `None` for the null session, ANONYMOUS
    /// and EXTERNAL.
    pub fn user(&self) -> Option<Vec<u8>> {
        match self {
            Self::Password { authentication_identity, .. } | Self::CramMd5 { authentication_identity, .. } => {
                Some(without_domain(authentication_identity).to_vec())
            }
            Self::Ntlm(proof) => Some(proof.user.clone().into_bytes()),
            Self::Scram(proof) => Some(proof.user.clone().into_bytes()),
            Self::Token { authorization_identity, .. } => Some(authorization_identity.clone()),
            Self::NullSession | Self::Anonymous { .. } | Self::External { .. } => None,
        }
    }

    /// Whether it is right for an account with this secret. Always false for the null session, ANONYMOUS and EXTERNAL,
    /// which prove nothing by a password. False for NTLM and SCRAM where the password is no UTF-8. A token holds where it is
    /// the account's secret itself.
    pub fn holds_for(&self, secret: &AccountSecret) -> bool {
        let known = secret.password.expose();
        match self {
            Self::Password { password, .. } => equal(password.expose(), known),
            Self::CramMd5 { challenge, digest, .. } => equal(digest, &cram_md5::digest(challenge, known)),
            Self::Ntlm(proof) => std::str::from_utf8(known).is_ok_and(|password| proof.holds_for(password)),
            Self::Scram(proof) => std::str::from_utf8(known).is_ok_and(|password| proof.holds_for(password)),
            Self::Token { token, .. } => equal(token.expose(), known),
            Self::NullSession | Self::Anonymous { .. } | Self::External { .. } => false,
        }
    }
}

/// What stands behind the first backslash, or the whole.
fn without_domain(identity: &[u8]) -> &[u8] {
    let backslash = identity.iter().position(|&octet| octet == b'\\');
    backslash.and_then(|at| identity.get(at + 1..)).unwrap_or(identity)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn password_proof(identity: &[u8], password: &[u8]) -> Proof {
        Proof::Password {
            authorization_identity: Vec::new(),
            authentication_identity: identity.to_vec(),
            password: Secret::new(password),
        }
    }

    #[rstest]
    #[case(b"tim", b"tim")]
    #[case(b"CORP\\tim", b"tim")]
    #[case(b"\\tim", b"tim")]
    #[case(b"tim@example.com", b"tim@example.com")]
    fn a_user_name_goes_without_its_domain(#[case] identity: &[u8], #[case] user: &[u8]) {
        assert_eq!(password_proof(identity, b"x").user().as_deref(), Some(user));
    }

    #[rstest]
    #[case(b"secret", true)]
    #[case(b"Secret", false)]
    #[case(b"secre", false)]
    #[case(b"secrets", false)]
    #[case(b"", false)]
    fn a_password_holds_octet_by_octet(#[case] password: &[u8], #[case] holds: bool) {
        assert_eq!(password_proof(b"tim", password).holds_for(&AccountSecret::from_password("secret")), holds);
    }

    #[rstest]
    #[case(Proof::NullSession)]
    #[case(Proof::Anonymous { trace: Vec::new() })]
    #[case(Proof::External { authorization_identity: b"tim".to_vec() })]
    fn what_has_no_password_proves_nothing(#[case] proof: Proof, #[values("", "secret")] password: &str) {
        assert!(!proof.holds_for(&AccountSecret::from_password(password)));
        assert_eq!(proof.user(), None);
    }
}
