//! The server half of an authentication exchange.

use super::{Mechanism, Proof, ntlm};

/// What the server brings into an exchange. All of it comes from outside: no clock and no randomness here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerParameters {
    /// Eight octets nobody can foresee: NTLM's server challenge; CRAM-MD5's challenge is made from it.
    pub nonce: [u8; 8],
    /// Milliseconds since 1970-01-01T00:00:00Z, for CRAM-MD5's challenge and NTLM's target information.
    pub unix_milliseconds: u64,
    /// The server's own host name, for CRAM-MD5's challenge.
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
        response: crate::protocol::secret::Secret,
    },
    /// The exchange is over already.
    #[error("the exchange is over")]
    Over,
}

/// An exchange under way.
#[derive(Clone, Debug)]
pub struct ServerExchange {}

impl ServerExchange {
    /// Begins one, with the initial response if the client sent one.
    ///
    /// # Errors
    /// When the initial response is not of the mechanism's form.
    pub fn begin(
        mechanism: Mechanism,
        parameters: ServerParameters,
        initial_response: Option<&[u8]>,
    ) -> Result<(Self, ServerStep), ServerError> {
        let _ = (mechanism, parameters, initial_response);
        todo!()
    }

    /// Takes the client's next response.
    ///
    /// # Errors
    /// When it is not of the mechanism's form.
    pub fn respond(&mut self, response: &[u8]) -> Result<ServerStep, ServerError> {
        let _ = response;
        todo!()
    }
}
