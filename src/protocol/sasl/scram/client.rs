//! The client's part: `client-first-message`, `client-final-message`, and whether the server proved itself.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::keys::{Keys, MOST_ITERATIONS};
use super::message::{attribute, escaped, is_nonce};
use crate::protocol::sasl::keyed_digest::equal;
use crate::protocol::sasl::prepare::saslprep;
use crate::protocol::secret::Secret;

/// The GS2 header of a client that has no channel binding and acts as itself, and what `c=` makes of it in base64.
const HEADER: &str = "n,,";
const HEADER_BASE64: &str = "biws";

/// A client that has said, or is about to say, its first message.
#[derive(Clone, Debug)]
pub(in crate::protocol::sasl) struct ClientFirst {
    password: Secret,
    nonce: String,
    bare: String,
}

/// Why a server's first message is not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::protocol::sasl) enum FirstError {
    /// It is none, its nonce does not begin with ours, or it wants an extension that we do not know.
    Malformed,
    /// It asks for more iterations than [`MOST_ITERATIONS`].
    TooCostly(u64),
}

/// The signature that a server which knows the password sends.
#[derive(Clone, Debug)]
pub(in crate::protocol::sasl) struct ServerSignature(Secret);

/// What a server's final message says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::protocol::sasl) enum ServerFinal {
    /// The right signature.
    Proved,
    /// An error of its own (`e=`): it refuses.
    Error,
    /// Another signature.
    Wrong,
    /// Neither.
    Malformed,
}

impl ClientFirst {
    /// `None` where SASLprep has no form for the user name or the password, or one of them is empty then. `nonce` has to be a
    /// nonce: printable ASCII without a comma.
    pub(in crate::protocol::sasl) fn new(user: &str, password: &Secret, nonce: String) -> Option<Self> {
        let user = saslprep(user).filter(|user| !user.is_empty())?;
        let password =
            saslprep(std::str::from_utf8(password.expose()).ok()?).filter(|password| !password.is_empty())?;
        let bare = format!("n={},r={nonce}", escaped(&user));
        Some(Self { password: Secret::new(password), nonce, bare })
    }

    /// `n,,n=user,r=nonce`.
    pub(in crate::protocol::sasl) fn message(&self) -> Vec<u8> {
        format!("{HEADER}{}", self.bare).into_bytes()
    }

    /// The final message to a server's first one (`r=…,s=…,i=…`), and the signature that is then wanted of the server.
    pub(in crate::protocol::sasl) fn answer(
        &self,
        server_first: &[u8],
    ) -> Result<(Vec<u8>, ServerSignature), FirstError> {
        let server_first = std::str::from_utf8(server_first).map_err(|_| FirstError::Malformed)?;
        let password = std::str::from_utf8(self.password.expose()).map_err(|_| FirstError::Malformed)?;
        let (nonce, salt, iterations) = self.read(server_first).ok_or(FirstError::Malformed)?;
        let iterations = u32::try_from(iterations)
            .ok()
            .filter(|iterations| *iterations <= MOST_ITERATIONS)
            .ok_or(FirstError::TooCostly(iterations))?;
        let without_proof = format!("c={HEADER_BASE64},r={nonce}");
        let authentication_message = format!("{},{server_first},{without_proof}", self.bare);
        let keys = Keys::new(password, &salt, iterations);
        let proof = STANDARD.encode(keys.client_proof(&authentication_message));
        let signature = ServerSignature(Secret::new(keys.server_signature(&authentication_message)));
        Ok((format!("{without_proof},p={proof}").into_bytes(), signature))
    }

    /// The nonce, the salt and the iterations. A mandatory extension (`m=`) stands where the nonce should.
    fn read<'message>(&self, server_first: &'message str) -> Option<(&'message str, Vec<u8>, u64)> {
        let mut parts = server_first.split(',');
        let nonce = attribute(parts.next(), 'r')?;
        let salt = STANDARD.decode(attribute(parts.next(), 's')?).ok().filter(|salt| !salt.is_empty())?;
        let iterations =
            attribute(parts.next(), 'i').filter(|digits| digits.bytes().all(|octet| octet.is_ascii_digit()))?;
        // A nonce of ours alone would let an old exchange be played again.
        let is_fresh = nonce.len() > self.nonce.len() && nonce.starts_with(&self.nonce) && is_nonce(nonce);
        let iterations = iterations.parse().ok().filter(|iterations| *iterations > 0)?;
        is_fresh.then_some((nonce, salt, iterations))
    }
}

impl ServerSignature {
    /// What a server's final message (`v=…` or `e=…`) says.
    pub(in crate::protocol::sasl) fn judge(&self, server_final: &[u8]) -> ServerFinal {
        let first = std::str::from_utf8(server_final).ok().and_then(|text| text.split(',').next());
        if attribute(first, 'e').is_some() {
            return ServerFinal::Error;
        }
        match attribute(first, 'v').and_then(|signature| STANDARD.decode(signature).ok()) {
            Some(signature) if equal(&signature, self.0.expose()) => ServerFinal::Proved,
            Some(_) => ServerFinal::Wrong,
            None => ServerFinal::Malformed,
        }
    }
}
