//! The client half of an authentication exchange.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::scram::{self, ServerFinal};
use super::{Mechanism, bearer, cram_md5, ntlm, plain};
use crate::protocol::secret::Secret;

/// Who the client says it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credentials {
    /// A user and a password; a Windows domain for NTLM where one is wanted.
    Password {
        /// The user name. For NTLM a Windows domain may stand before it (`DOMAIN\user`) where `domain` is `None`.
        user: String,
        /// The password.
        password: Secret,
        /// The Windows domain, NTLM only.
        domain: Option<String>,
    },
    /// A user and a token, for XOAUTH2 and OAUTHBEARER.
    Token {
        /// Whose token it is. OAUTHBEARER takes an empty one, which leaves that to the server.
        user: String,
        /// The token.
        token: Secret,
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
    /// NTLM's client challenge; SCRAM's client nonce is made of it.
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
    /// The server asks for more work than we do for anybody (RFC 5802 9).
    #[error("{mechanism} with {iterations} iterations, more than the {} that are done", scram::MOST_ITERATIONS)]
    TooCostly {
        /// The mechanism.
        mechanism: Mechanism,
        /// How many iterations it asks for.
        iterations: u64,
    },
    /// The server's own proof is wrong: it does not know the password, or somebody changed what was said (RFC 5802 5).
    #[error("the server did not prove that it knows the password: its {mechanism} signature is wrong")]
    Unproven {
        /// The mechanism.
        mechanism: Mechanism,
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
pub struct ClientExchange {
    mechanism: Mechanism,
    next: Next,
}

/// The response that comes next.
#[derive(Clone, Debug)]
enum Next {
    /// The one message of a mechanism that has only one; the label says what it is.
    Message {
        message: Secret,
        label: &'static str,
    },
    LoginUser {
        user: String,
        password: Secret,
    },
    LoginPassword {
        password: Secret,
    },
    CramMd5 {
        user: String,
        password: Secret,
    },
    ScramFirst(scram::ClientFirst),
    ScramFinal(scram::ClientFirst),
    /// The empty response to the server's own proof.
    ScramEnd(scram::ServerSignature),
    /// Nothing, behind an error that the server told instead of its proof.
    ScramFailed,
    Token {
        message: Secret,
        label: &'static str,
        acknowledgement: &'static [u8],
    },
    /// What is said to a server that tells why it refuses a token.
    TokenRefused {
        acknowledgement: &'static [u8],
    },
    NtlmNegotiate(NtlmCredentials),
    NtlmAuthenticate(NtlmCredentials),
    Nothing,
}

#[derive(Clone, Debug)]
enum NtlmCredentials {
    NullSession,
    Password { user: String, domain: String, password: Secret, entropy: Entropy },
}

impl ClientExchange {
    /// Begins one.
    ///
    /// # Errors
    /// When the credentials do not fit the mechanism: another kind of them, or a user name or password that the
    /// mechanism has no form for (PLAIN: empty, or with NUL; PLAIN, NTLM and SCRAM: a password that is no UTF-8; SCRAM: what
    /// SASLprep forbids; a token: what is not printable ASCII).
    pub fn begin(mechanism: Mechanism, credentials: Credentials, entropy: Entropy) -> Result<Self, ClientError> {
        let next = match (mechanism, credentials) {
            (Mechanism::Plain, Credentials::Password { user, password, .. }) => plain::plain_message(&user, &password)
                .map(|message| Next::Message { message: Secret::new(message), label: "PLAIN user name and password" }),
            (Mechanism::Login, Credentials::Password { user, password, .. }) => {
                Some(Next::LoginUser { user, password })
            }
            (Mechanism::CramMd5, Credentials::Password { user, password, .. }) => {
                Some(Next::CramMd5 { user, password })
            }
            (Mechanism::Ntlm, Credentials::Password { user, password, domain }) => {
                NtlmCredentials::of_password(user, domain, password, entropy).map(Next::NtlmNegotiate)
            }
            (Mechanism::Ntlm, Credentials::NullSession) => Some(Next::NtlmNegotiate(NtlmCredentials::NullSession)),
            (Mechanism::Anonymous, Credentials::Anonymous { trace }) => plain::anonymous_proof(trace.as_bytes())
                .map(|_| Next::Message { message: Secret::new(trace), label: "ANONYMOUS trace" }),
            (Mechanism::External, Credentials::External { authorization_identity }) => {
                plain::external_proof(authorization_identity.as_bytes()).map(|_| Next::Message {
                    message: Secret::new(authorization_identity),
                    label: "EXTERNAL authorization identity",
                })
            }
            (Mechanism::ScramSha256, Credentials::Password { user, password, .. }) => {
                let nonce = STANDARD.encode(entropy.nonce);
                scram::ClientFirst::new(&user, &password, nonce).map(Next::ScramFirst)
            }
            (Mechanism::Xoauth2, Credentials::Token { user, token }) => {
                bearer::xoauth2_message(&user, &token).map(|message| Next::Token {
                    message: Secret::new(message),
                    label: "XOAUTH2 user name and token",
                    acknowledgement: bearer::XOAUTH2_ACKNOWLEDGEMENT,
                })
            }
            (Mechanism::OauthBearer, Credentials::Token { user, token }) => bearer::oauthbearer_message(&user, &token)
                .map(|message| Next::Token {
                    message: Secret::new(message),
                    label: "OAUTHBEARER token",
                    acknowledgement: bearer::OAUTHBEARER_ACKNOWLEDGEMENT,
                }),
            (
                Mechanism::Plain
                | Mechanism::Login
                | Mechanism::CramMd5
                | Mechanism::Ntlm
                | Mechanism::Anonymous
                | Mechanism::External
                | Mechanism::OauthBearer
                | Mechanism::ScramSha256
                | Mechanism::Xoauth2,
                _,
            ) => None,
        };
        next.map(|next| Self { mechanism, next }).ok_or(ClientError::Unusable { mechanism })
    }

    /// The response to a challenge. `challenge` is what stood behind 334, base64 undone; `None` where it was no
    /// base64 (`334 ntlm supported`), which is right for the first challenge only, and for LOGIN's prompts, which
    /// mean nothing.
    ///
    /// # Errors
    /// When the challenge is malformed, one too many, wants too much work, or holds a wrong proof of the server's own.
    pub fn respond(&mut self, challenge: Option<&[u8]>) -> Result<Secret, ClientError> {
        let mechanism = self.mechanism;
        let malformed = || ClientError::Malformed { mechanism, challenge: challenge.unwrap_or_default().to_vec() };
        match std::mem::replace(&mut self.next, Next::Nothing) {
            Next::Message { message, .. } => Ok(message),
            Next::LoginUser { user, password } => {
                self.next = Next::LoginPassword { password };
                Ok(Secret::new(user))
            }
            Next::LoginPassword { password } => Ok(password),
            Next::CramMd5 { user, password } => {
                let challenge = challenge.filter(|challenge| !challenge.is_empty()).ok_or_else(malformed)?;
                Ok(Secret::new(cram_md5::response(&user, password.expose(), challenge)))
            }
            Next::ScramFirst(client_first) => {
                let message = client_first.message();
                self.next = Next::ScramFinal(client_first);
                Ok(Secret::new(message))
            }
            Next::ScramFinal(client_first) => match client_first.answer(challenge.unwrap_or_default()) {
                Ok((client_final, signature)) => {
                    self.next = Next::ScramEnd(signature);
                    Ok(Secret::new(client_final))
                }
                Err(scram::FirstError::Malformed) => Err(malformed()),
                Err(scram::FirstError::TooCostly(iterations)) => Err(ClientError::TooCostly { mechanism, iterations }),
            },
            Next::ScramEnd(signature) => match signature.judge(challenge.unwrap_or_default()) {
                ServerFinal::Proved => Ok(Secret::new([])),
                // The refusal itself comes in the reply (RFC 4422 3.6 lets a mechanism say why before).
                ServerFinal::Error => {
                    self.next = Next::ScramFailed;
                    Ok(Secret::new([]))
                }
                ServerFinal::Wrong => Err(ClientError::Unproven { mechanism }),
                ServerFinal::Malformed => Err(malformed()),
            },
            Next::Token { message, acknowledgement, .. } => {
                self.next = Next::TokenRefused { acknowledgement };
                Ok(message)
            }
            Next::TokenRefused { acknowledgement } => Ok(Secret::new(acknowledgement)),
            Next::NtlmNegotiate(credentials) => {
                let negotiate = credentials.negotiate();
                self.next = Next::NtlmAuthenticate(credentials);
                Ok(Secret::new(negotiate))
            }
            Next::NtlmAuthenticate(credentials) => {
                let message = challenge.and_then(|challenge| credentials.authenticate(challenge));
                message.map(Secret::new).ok_or_else(malformed)
            }
            Next::ScramFailed | Next::Nothing => Err(ClientError::Over { mechanism }),
        }
    }

    /// Whether the server has still to prove that it knows the password. One that says 235 all the same has not
    /// authenticated itself, as SCRAM wants it to (RFC 5802 5).
    pub fn is_unproven(&self) -> bool {
        match &self.next {
            Next::ScramFirst(_) | Next::ScramFinal(_) | Next::ScramEnd(_) | Next::ScramFailed => true,
            Next::Message { .. }
            | Next::LoginUser { .. }
            | Next::LoginPassword { .. }
            | Next::CramMd5 { .. }
            | Next::Token { .. }
            | Next::TokenRefused { .. }
            | Next::NtlmNegotiate(_)
            | Next::NtlmAuthenticate(_)
            | Next::Nothing => false,
        }
    }

    /// Whether the challenge that comes next is to be kept out of transcripts as a response is, and what it is: from the
    /// server's signature and what was said before passwords can be guessed.
    pub fn secret_challenge(&self) -> Option<&'static str> {
        matches!(self.next, Next::ScramEnd(_)).then_some("SCRAM-SHA-256 server signature")
    }

    /// What kind of response comes next, for a transcript that must not show it: `NTLM message 3`, `password`.
    pub fn next_label(&self) -> String {
        let label = match &self.next {
            Next::Message { label, .. } => label,
            Next::LoginUser { .. } => "user name",
            Next::LoginPassword { .. } => "password",
            Next::CramMd5 { .. } => "CRAM-MD5 user name and digest",
            Next::ScramFirst(_) => "SCRAM-SHA-256 user name",
            Next::ScramFinal(_) => "SCRAM-SHA-256 proof",
            Next::ScramEnd(_) => "empty SCRAM-SHA-256 response",
            Next::Token { label, .. } => label,
            Next::TokenRefused { .. } => "acknowledgement of the error",
            Next::NtlmNegotiate(_) => "NTLM message 1",
            Next::NtlmAuthenticate(_) => "NTLM message 3",
            Next::ScramFailed | Next::Nothing => "nothing",
        };
        label.to_owned()
    }
}

impl NtlmCredentials {
    /// `None` where the password is no UTF-8 and so cannot be hashed.
    fn of_password(user: String, domain: Option<String>, password: Secret, entropy: Entropy) -> Option<Self> {
        std::str::from_utf8(password.expose()).ok()?;
        let (domain, user) = match (domain, user.split_once('\\')) {
            (Some(domain), _) => (domain, user),
            (None, Some((domain, user))) => (domain.to_owned(), user.to_owned()),
            (None, None) => (String::new(), user),
        };
        Some(Self::Password { user, domain, password, entropy })
    }

    fn negotiate(&self) -> Vec<u8> {
        match self {
            Self::NullSession => ntlm::client::negotiate_null_session(),
            Self::Password { .. } => ntlm::client::negotiate(),
        }
    }

    /// Message 3. `None` where the challenge is no message 2.
    fn authenticate(&self, challenge: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::NullSession => ntlm::Challenge::decode(challenge)
                .ok()
                .map(|_| ntlm::null_session_message(ntlm::NullSessionForm::OneZeroOctet)),
            Self::Password { user, domain, password, entropy } => {
                let password = std::str::from_utf8(password.expose()).ok()?;
                ntlm::client::authenticate(challenge, user, domain, password, *entropy).ok()
            }
        }
    }
}

#[cfg(test)]
mod tests;
