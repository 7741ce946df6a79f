//! The server half of an authentication exchange.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{AccountSecret, Mechanism, Proof, bearer, cram_md5, ntlm, plain, scram};
use crate::protocol::secret::Secret;

/// What the server brings into an exchange. All of it comes from outside: no clock and no randomness here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerParameters {
    /// Eight octets nobody can foresee: NTLM's server challenge; CRAM-MD5's challenge is made from it, and SCRAM's nonce
    /// and salt.
    pub nonce: [u8; 8],
    /// Milliseconds since 1970-01-01T00:00:00Z, for CRAM-MD5's challenge. NTLM's target information holds no time,
    /// since that of Windows before Vista has none.
    pub unix_milliseconds: u64,
    /// The server's own host name, for CRAM-MD5's challenge and NTLM's target information.
    pub host: String,
    /// LOGIN's two prompts, as products word them.
    pub login_prompts: [Vec<u8>; 2],
    /// How message 2 of NTLM is made.
    pub ntlm: ntlm::ChallengeStyle,
}

/// What comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerStep {
    /// Send this challenge in a 334 and read a response. For NTLM begun without an initial response the challenge is
    /// `None`: the 334 carries text that is the product's own (MS-SMTPNTLM 2.2.1.2), not base64.
    Challenge(Option<Vec<u8>>),
    /// The client has said all it had to say.
    Offered(Proof),
    /// The client has taken note of what [`ServerExchange::conclude`] had the server say.
    Acknowledged,
}

/// A response that cannot be read under the mechanism. Carries it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ServerError {
    /// Not the mechanism's form.
    #[error("a malformed {mechanism} response")]
    Malformed {
        /// The mechanism.
        mechanism: Mechanism,
        /// The octets, which may hold a password.
        response: Secret,
    },
    /// The exchange is over already.
    #[error("the exchange is over")]
    Over,
}

/// An exchange under way. A response that is refused ends it.
#[derive(Clone, Debug)]
pub struct ServerExchange {
    mechanism: Mechanism,
    expects: Expects,
}

/// The response that the server waits for.
#[derive(Clone, Debug)]
enum Expects {
    /// The one message of a mechanism that has only one.
    Message,
    LoginUser {
        prompt_for_password: Vec<u8>,
    },
    LoginPassword {
        user: Vec<u8>,
    },
    CramMd5 {
        challenge: Vec<u8>,
    },
    ScramFirst {
        nonce: [u8; 8],
    },
    ScramFinal(scram::ServerFirst),
    /// The answer to what the server says before success or failure.
    Acknowledgement,
    NtlmNegotiate {
        style: ntlm::ChallengeStyle,
        server_challenge: [u8; 8],
        host: String,
    },
    NtlmAuthenticate {
        server_challenge: [u8; 8],
    },
    Nothing,
}

impl ServerExchange {
    /// Begins one, with the initial response if the client sent one.
    ///
    /// # Errors
    /// When the initial response is not of the mechanism's form. CRAM-MD5 has none, so any is malformed there (RFC
    /// 4954 4).
    pub fn begin(
        mechanism: Mechanism,
        parameters: ServerParameters,
        initial_response: Option<&[u8]>,
    ) -> Result<(Self, ServerStep), ServerError> {
        let ServerParameters { nonce, unix_milliseconds, host, login_prompts, ntlm: style } = parameters;
        let (expects, challenge) = match mechanism {
            Mechanism::Plain
            | Mechanism::Anonymous
            | Mechanism::External
            | Mechanism::OauthBearer
            | Mechanism::Xoauth2 => (Expects::Message, Some(Vec::new())),
            Mechanism::ScramSha256 => (Expects::ScramFirst { nonce }, Some(Vec::new())),
            Mechanism::Login => {
                let [prompt_for_user, prompt_for_password] = login_prompts;
                (Expects::LoginUser { prompt_for_password }, Some(prompt_for_user))
            }
            Mechanism::CramMd5 => {
                let challenge = cram_md5::challenge(nonce, unix_milliseconds, &host);
                (Expects::CramMd5 { challenge: challenge.clone() }, Some(challenge))
            }
            Mechanism::Ntlm => (Expects::NtlmNegotiate { style, server_challenge: nonce, host }, None),
        };
        let mut exchange = Self { mechanism, expects };
        let step = match initial_response {
            None => ServerStep::Challenge(challenge),
            Some(response) if mechanism == Mechanism::CramMd5 => return Err(exchange.malformed(response)),
            Some(response) => exchange.respond(response)?,
        };
        Ok((exchange, step))
    }

    /// Takes the client's next response.
    ///
    /// # Errors
    /// When it is not of the mechanism's form.
    pub fn respond(&mut self, response: &[u8]) -> Result<ServerStep, ServerError> {
        let step = match std::mem::replace(&mut self.expects, Expects::Nothing) {
            Expects::Message => self.offered_in(response).map(ServerStep::Offered),
            Expects::LoginUser { prompt_for_password } => {
                self.expects = Expects::LoginPassword { user: response.to_vec() };
                Some(ServerStep::Challenge(Some(prompt_for_password)))
            }
            Expects::LoginPassword { user } => Some(ServerStep::Offered(plain::login_proof(user, response))),
            Expects::CramMd5 { challenge } => cram_md5::proof(&challenge, response).map(ServerStep::Offered),
            Expects::ScramFirst { nonce } => {
                let (salt, text) = (scram::salt_of(nonce), STANDARD.encode(nonce));
                scram::ServerFirst::answer(response, &text, salt, scram::ITERATIONS).map(|server_first| {
                    let challenge = server_first.message();
                    self.expects = Expects::ScramFinal(server_first);
                    ServerStep::Challenge(Some(challenge))
                })
            }
            Expects::ScramFinal(server_first) => {
                server_first.offered(response).map(|proof| ServerStep::Offered(Proof::Scram(proof)))
            }
            // Whatever it is: the words are over.
            Expects::Acknowledgement => Some(ServerStep::Acknowledged),
            Expects::NtlmNegotiate { style, server_challenge, host } => {
                ntlm::Negotiate::decode(response).ok().map(|negotiate| {
                    let challenge = ntlm::server::challenge(&negotiate, &style, server_challenge, &host);
                    self.expects = Expects::NtlmAuthenticate { server_challenge };
                    ServerStep::Challenge(Some(challenge.encode()))
                })
            }
            Expects::NtlmAuthenticate { server_challenge } => {
                ntlm::server::offered(response, server_challenge).ok().map(ServerStep::Offered)
            }
            Expects::Nothing => return Err(ServerError::Over),
        };
        step.ok_or_else(|| self.malformed(response))
    }

    /// What the mechanism has the server say between the proof and its reply, if anything: SCRAM's own proof where the
    /// client's held for `secret` (RFC 5802 3), the error of the token mechanisms where nothing did (RFC 7628 3.2.2). The client
    /// answers it ([`ServerStep::Acknowledged`]); until then nobody is authenticated. `None`: the reply follows at once.
    pub fn conclude(&mut self, proof: &Proof, secret: Option<&AccountSecret>) -> Option<ServerStep> {
        let said = match (self.mechanism, proof, secret) {
            (_, Proof::Scram(proof), Some(secret)) => {
                std::str::from_utf8(secret.password.expose()).ok().and_then(|password| proof.server_final(password))
            }
            (Mechanism::Xoauth2, Proof::Token { .. }, None) => Some(bearer::XOAUTH2_ERROR.to_vec()),
            (Mechanism::OauthBearer, Proof::Token { .. }, None) => Some(bearer::OAUTHBEARER_ERROR.to_vec()),
            (_, _, Some(_) | None) => None,
        };
        said.map(|said| {
            self.expects = Expects::Acknowledgement;
            ServerStep::Challenge(Some(said))
        })
    }

    /// What the only message of a mechanism offers. `None` where it is malformed, or the mechanism has more than one.
    fn offered_in(&self, message: &[u8]) -> Option<Proof> {
        match self.mechanism {
            Mechanism::Plain => plain::plain_proof(message),
            Mechanism::Anonymous => plain::anonymous_proof(message),
            Mechanism::External => plain::external_proof(message),
            Mechanism::OauthBearer => bearer::oauthbearer_proof(message),
            Mechanism::Xoauth2 => bearer::xoauth2_proof(message),
            Mechanism::CramMd5 | Mechanism::Login | Mechanism::Ntlm | Mechanism::ScramSha256 => None,
        }
    }

    fn malformed(&self, response: &[u8]) -> ServerError {
        ServerError::Malformed { mechanism: self.mechanism, response: Secret::new(response) }
    }
}

#[cfg(test)]
mod tests;
