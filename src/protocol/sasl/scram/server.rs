//! The server's part: `server-first-message`, what `client-final-message` proves, and the server's own proof.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::keys::Keys;
use super::message::{attribute, is_nonce, unescaped};
use crate::protocol::sasl::prepare::saslprep;
use crate::protocol::secret::Secret;

/// A server that has said its first message.
#[derive(Clone, Debug)]
pub(in crate::protocol::sasl) struct ServerFirst {
    /// `n,,`, `y,,` or with an authorization identity: what `c=` has to repeat.
    header: String,
    authorization_identity: String,
    user: String,
    /// The client's nonce and the server's.
    nonce: String,
    salt: Vec<u8>,
    iterations: u32,
    /// `client-first-message-bare` and `server-first-message`.
    said: String,
}

/// What a client offered at the end of SCRAM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Whose password it is.
    pub user: String,
    /// Whom to act as; empty where the client left it out.
    pub authorization_identity: String,
    salt: Vec<u8>,
    iterations: u32,
    authentication_message: String,
    client_proof: Secret,
}

/// A salt made of a nonce: the password itself is known here, so that nothing is stored that would need the same salt again,
/// and an unknown user name is answered as a known one is.
pub(in crate::protocol::sasl) fn salt_of(nonce: [u8; 8]) -> Vec<u8> {
    Sha256::new().chain_update(b"salt").chain_update(nonce).finalize().iter().take(16).copied().collect()
}

impl ServerFirst {
    /// Answers a client's first message. `None` where it is none: wrong grammar, channel binding (which is not offered), or a
    /// mandatory extension.
    pub(in crate::protocol::sasl) fn answer(
        client_first: &[u8],
        nonce: &str,
        salt: Vec<u8>,
        iterations: u32,
    ) -> Option<Self> {
        let text = std::str::from_utf8(client_first).ok()?;
        let mut fields = text.splitn(3, ',');
        let (binding, identity, bare) = (fields.next()?, fields.next()?, fields.next()?);
        // `y`: the client could bind, and saw that the server does not offer it (RFC 5802 6).
        if !matches!(binding, "n" | "y") {
            return None;
        }
        let authorization_identity = match identity {
            "" => String::new(),
            named => unescaped(attribute(Some(named), 'a')?).filter(|named| !named.is_empty())?,
        };
        let mut parts = bare.split(',');
        let user = unescaped(attribute(parts.next(), 'n')?).filter(|user| !user.is_empty())?;
        let client_nonce = attribute(parts.next(), 'r').filter(|nonce| is_nonce(nonce))?;
        let nonce = format!("{client_nonce}{nonce}");
        let server_first = format!("r={nonce},s={},i={iterations}", STANDARD.encode(&salt));
        Some(Self {
            header: format!("{binding},{identity},"),
            authorization_identity,
            user,
            nonce,
            salt,
            iterations,
            said: format!("{bare},{server_first}"),
        })
    }

    /// `r=…,s=…,i=…`.
    pub(in crate::protocol::sasl) fn message(&self) -> Vec<u8> {
        format!("r={},s={},i={}", self.nonce, STANDARD.encode(&self.salt), self.iterations).into_bytes()
    }

    /// What a client's final message offers. `None` where it is none, or repeats another header or nonce.
    pub(in crate::protocol::sasl) fn offered(self, client_final: &[u8]) -> Option<Proof> {
        let text = std::str::from_utf8(client_final).ok()?;
        let (without_proof, proof) = text.rsplit_once(",p=")?;
        let client_proof = STANDARD.decode(proof).ok().filter(|proof| proof.len() == 32)?;
        let mut parts = without_proof.split(',');
        let header = STANDARD.decode(attribute(parts.next(), 'c')?).ok()?;
        let nonce = attribute(parts.next(), 'r')?;
        (header == self.header.as_bytes() && nonce == self.nonce).then(|| Proof {
            user: self.user,
            authorization_identity: self.authorization_identity,
            salt: self.salt,
            iterations: self.iterations,
            authentication_message: format!("{},{without_proof}", self.said),
            client_proof: Secret::new(client_proof),
        })
    }
}

impl Proof {
    /// Whether it is one of this password; false where SASLprep has no form for the password.
    pub fn holds_for(&self, password: &str) -> bool {
        let Ok(proof) = self.client_proof.expose().try_into() else { return false };
        self.keys(password).is_some_and(|keys| keys.client_proof_holds(proof, &self.authentication_message))
    }

    /// The server's own proof that it knows the password: `v=…`. `None` where SASLprep has no form for it.
    pub fn server_final(&self, password: &str) -> Option<Vec<u8>> {
        let signature = self.keys(password)?.server_signature(&self.authentication_message);
        Some(format!("v={}", STANDARD.encode(signature)).into_bytes())
    }

    fn keys(&self, password: &str) -> Option<Keys> {
        Some(Keys::new(&saslprep(password)?, &self.salt, self.iterations))
    }
}
