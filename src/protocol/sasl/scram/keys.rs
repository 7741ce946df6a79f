//! Keys and signatures (RFC 5802 3).

use pbkdf2::pbkdf2_hmac;
use sha2::{Digest, Sha256};

use super::super::keyed_digest::{equal, hmac_sha256};

/// The most iterations that a server may ask of us. RFC 5802 9: a large number keeps a client busy; six hundred thousand are
/// what is advised today, and take most of a second.
pub const MOST_ITERATIONS: u32 = 1_000_000;

/// What follows from a password, a salt and a number of iterations.
pub(super) struct Keys {
    client: [u8; 32],
    server: [u8; 32],
}

impl Keys {
    /// Of a password as SASLprep leaves it.
    pub(super) fn new(password: &str, salt: &[u8], iterations: u32) -> Self {
        let mut salted = [0; 32];
        pbkdf2_hmac::<Sha256>(password.as_bytes(), salt, iterations, &mut salted);
        Self { client: hmac_sha256(&salted, &[b"Client Key"]), server: hmac_sha256(&salted, &[b"Server Key"]) }
    }

    /// What the client sends: its key, covered with a signature that only who has the stored key can make.
    pub(super) fn client_proof(&self, authentication_message: &str) -> [u8; 32] {
        let stored: [u8; 32] = Sha256::digest(self.client).into();
        covered(self.client, hmac_sha256(&stored, &[authentication_message.as_bytes()]))
    }

    /// Whether a proof is one of this password.
    pub(super) fn client_proof_holds(&self, proof: [u8; 32], authentication_message: &str) -> bool {
        let stored: [u8; 32] = Sha256::digest(self.client).into();
        let key = covered(proof, hmac_sha256(&stored, &[authentication_message.as_bytes()]));
        equal(&Sha256::digest(key), &stored)
    }

    /// What the server sends.
    pub(super) fn server_signature(&self, authentication_message: &str) -> [u8; 32] {
        hmac_sha256(&self.server, &[authentication_message.as_bytes()])
    }
}

fn covered(mut one: [u8; 32], other: [u8; 32]) -> [u8; 32] {
    for (octet, cover) in one.iter_mut().zip(other) {
        *octet ^= cover;
    }
    one
}
