//! How a witness in a process of its own and a run speak: both prove that they hold one key, and every frame behind that is
//! authenticated and counted. Nothing is kept from whoever listens on the way; nothing can be put in, changed or said again.

mod handshake;
mod news;
mod seal;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

use crate::protocol::secret::Secret;

pub use handshake::{ANSWER, Answering, Asking, HELLO, HandshakeError, PROOF, Session};
pub use news::{NewsError, Received, ToRun, ToWitness};
pub use seal::{Opener, SealError, Sealer};

/// Octets that a key has at least: whoever speaks with one side can try keys at leisure afterwards, so that it has to be one
/// that nobody guesses.
pub const LEAST_KEY: usize = 16;

/// SHA-256's block, octets (FIPS 180-4).
const BLOCK: usize = 64;

/// Octets of an HMAC-SHA-256 (RFC 2104, FIPS 198-1).
const TAG: usize = 32;

type HmacSha256 = Hmac<Sha256>;

/// The key that a witness and its runs share.
#[derive(Clone, Debug)]
pub struct Key(Secret);

/// A key that is too short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the key has {0} octets, and {LEAST_KEY} are the least")]
pub struct KeyTooShort(pub usize);

impl Key {
    /// Takes it in.
    ///
    /// # Errors
    /// When it has fewer than [`LEAST_KEY`] octets.
    pub fn new(secret: &Secret) -> Result<Self, KeyTooShort> {
        let length = secret.expose().len();
        if length < LEAST_KEY {
            return Err(KeyTooShort(length));
        }
        Ok(Self(Secret::new(Sha256::digest(secret.expose()).to_vec())))
    }

    /// HMAC-SHA-256 of the parts, none yet. A key that is as long as the digest is used as it is (RFC 2104 2).
    fn mac(&self) -> HmacSha256 {
        let mut block = [0; BLOCK];
        for (to, from) in block.iter_mut().zip(self.0.expose()) {
            *to = *from;
        }
        HmacSha256::new(&block.into())
    }

    /// Another key that follows from this one and the parts.
    fn derive(&self, parts: &[&[u8]]) -> Self {
        Self(Secret::new(self.sign(parts)))
    }

    fn sign(&self, parts: &[&[u8]]) -> [u8; TAG] {
        let mut mac = self.mac();
        parts.iter().for_each(|part| mac.update(part));
        mac.finalize().into_bytes().into()
    }

    /// Whether a tag is that of the parts, in a time that does not tell how much of it is.
    fn verifies(&self, parts: &[&[u8]], tag: &[u8; TAG]) -> bool {
        let mut mac = self.mac();
        parts.iter().for_each(|part| mac.update(part));
        mac.verify(tag.into()).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4231 4.2: the key of test case 1 as it is, which is shorter than the block.
    #[test]
    fn the_digest_is_hmac_sha_256() {
        let key = Key(Secret::new(vec![0x0b; 20]));
        let expected = "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7";
        let signed: String = key.sign(&[b"Hi ", b"There"]).iter().map(|octet| format!("{octet:02x}")).collect();
        assert_eq!(signed, expected);
        assert!(key.verifies(&[b"Hi There"], &key.sign(&[b"Hi There"])));
        assert!(!key.verifies(&[b"Hi there"], &key.sign(&[b"Hi There"])));
    }

    #[test]
    fn a_key_that_can_be_guessed_is_none() {
        assert_eq!(Key::new(&Secret::new(b"fifteen octets.".to_vec())).err(), Some(KeyTooShort(15)));
        let key = Key::new(&Secret::new(b"sixteen octets..".to_vec())).unwrap();
        assert!(!format!("{key:?}").contains("sixteen"));
    }
}
