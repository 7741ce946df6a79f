//! Who is there: each side proves the key over what both have drawn, before anything else is said. The witness proves it
//! first, so that a run tells nothing to what is none.

use super::{Key, TAG};

/// What a run says first: which protocol, which version of it.
const GREETING: &[u8; 20] = b"smtpspec witness 1\r\n";

/// Octets that a side draws.
const DRAWN: usize = 32;

/// Octets of what the run says first.
pub const HELLO: usize = GREETING.len() + DRAWN;

/// Octets of the witness's answer: what it has drawn, and its proof.
pub const ANSWER: usize = DRAWN + TAG;

/// Octets of the run's proof.
pub const PROOF: usize = TAG;

/// Why the two will not speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HandshakeError {
    /// What came is not how a run of this version begins.
    #[error("it does not speak as a run of this version does")]
    NoRun,
    /// The proof does not fit the key.
    #[error("it does not hold the same key")]
    OtherKey,
}

/// The keys of one connection, one for each way.
#[derive(Debug)]
pub struct Session {
    /// Of what the witness says.
    pub(super) of_witness: Key,
    /// Of what the run says.
    pub(super) of_run: Key,
}

/// The run's side, its first octets said.
#[derive(Debug)]
pub struct Asking {
    key: Key,
    drawn: [u8; DRAWN],
}

impl Asking {
    /// Begins with what was drawn for this connection alone, and gives what to say.
    pub fn begin(key: Key, drawn: [u8; DRAWN]) -> (Self, Vec<u8>) {
        let hello = [&GREETING[..], &drawn].concat();
        (Self { key, drawn }, hello)
    }

    /// Takes the witness's answer, and gives the proof to send.
    ///
    /// # Errors
    /// When the witness does not hold the key.
    pub fn answered(self, answer: &[u8; ANSWER]) -> Result<(Session, [u8; PROOF]), HandshakeError> {
        let Self { key, drawn } = self;
        let (theirs, tag) = split(answer);
        if !key.verifies(&[b"witness", &drawn, &theirs], &tag) {
            return Err(HandshakeError::OtherKey);
        }
        let proof = key.sign(&[b"run", &drawn, &theirs]);
        Ok((session(&key, &drawn, &theirs), proof))
    }
}

/// The witness's side, its answer given.
#[derive(Debug)]
pub struct Answering {
    key: Key,
    theirs: [u8; DRAWN],
    drawn: [u8; DRAWN],
}

impl Answering {
    /// Takes the run's first octets and what was drawn for this connection alone, and gives the answer.
    ///
    /// # Errors
    /// When no run speaks so.
    pub fn begin(key: Key, drawn: [u8; DRAWN], hello: &[u8; HELLO]) -> Result<(Self, Vec<u8>), HandshakeError> {
        let theirs = hello.strip_prefix(GREETING).and_then(|rest| <[u8; DRAWN]>::try_from(rest).ok());
        let theirs = theirs.ok_or(HandshakeError::NoRun)?;
        let answer = [&drawn[..], &key.sign(&[b"witness", &theirs, &drawn])].concat();
        Ok((Self { key, theirs, drawn }, answer))
    }

    /// Takes the run's proof.
    ///
    /// # Errors
    /// When the run does not hold the key.
    pub fn proved(self, proof: &[u8; PROOF]) -> Result<Session, HandshakeError> {
        let Self { key, theirs, drawn } = self;
        if !key.verifies(&[b"run", &theirs, &drawn], proof) {
            return Err(HandshakeError::OtherKey);
        }
        Ok(session(&key, &theirs, &drawn))
    }
}

fn session(key: &Key, of_run: &[u8; DRAWN], of_witness: &[u8; DRAWN]) -> Session {
    Session {
        of_witness: key.derive(&[b"from the witness", of_run, of_witness]),
        of_run: key.derive(&[b"from the run", of_run, of_witness]),
    }
}

fn split(answer: &[u8; ANSWER]) -> ([u8; DRAWN], [u8; TAG]) {
    let (mut drawn, mut tag) = ([0; DRAWN], [0; TAG]);
    for (to, from) in drawn.iter_mut().chain(&mut tag).zip(answer) {
        *to = *from;
    }
    (drawn, tag)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::protocol::secret::Secret;

    fn key(text: &str) -> Key {
        Key::new(&Secret::new(text.as_bytes().to_vec())).unwrap()
    }

    const OURS: &str = "a key of some length";

    fn both(run: &str, witness: &str) -> Result<(Session, Session), HandshakeError> {
        let (asking, hello) = Asking::begin(key(run), [1; DRAWN]);
        let (answering, answer) = Answering::begin(key(witness), [2; DRAWN], &hello.try_into().unwrap())?;
        let (of_run, proof) = asking.answered(&answer.try_into().unwrap())?;
        Ok((of_run, answering.proved(&proof)?))
    }

    #[test]
    fn who_holds_the_key_gets_the_same_session_keys() {
        let (run, witness) = both(OURS, OURS).unwrap();
        let tag = run.of_witness.sign(&[b"x"]);
        assert!(witness.of_witness.verifies(&[b"x"], &tag));
        assert!(!witness.of_run.verifies(&[b"x"], &tag));
    }

    #[test]
    fn another_key_is_told_by_the_first_proof() {
        assert_eq!(both(OURS, "a key of another kind").err(), Some(HandshakeError::OtherKey));
    }

    /// What one side has proved is no proof of the other's, and none for another connection.
    #[test]
    fn a_proof_cannot_be_said_again() {
        let (asking, hello) = Asking::begin(key(OURS), [1; DRAWN]);
        let hello: [u8; HELLO] = hello.try_into().unwrap();
        let (_, answer) = Answering::begin(key(OURS), [2; DRAWN], &hello).unwrap();
        let answer: [u8; ANSWER] = answer.try_into().unwrap();
        let (_, proof) = asking.answered(&answer).unwrap();
        let (later, _) = Answering::begin(key(OURS), [3; DRAWN], &hello).unwrap();
        assert_eq!(later.proved(&proof).err(), Some(HandshakeError::OtherKey));
        let (again, _) = Answering::begin(key(OURS), [2; DRAWN], &hello).unwrap();
        assert_eq!(again.proved(&split(&answer).1).err(), Some(HandshakeError::OtherKey));
        let (other, _) = Asking::begin(key(OURS), [4; DRAWN]);
        assert_eq!(other.answered(&answer).err(), Some(HandshakeError::OtherKey));
    }

    proptest! {
        #[test]
        fn no_octets_but_the_right_ones_prove_anything(hello: [u8; 32], answer: [u8; 32], proof: [u8; 32]) {
            let mut octets = [0; HELLO];
            octets[..32].copy_from_slice(&hello);
            prop_assert_eq!(Answering::begin(key(OURS), [2; DRAWN], &octets).err(), Some(HandshakeError::NoRun));
            let (asking, hello) = Asking::begin(key(OURS), [1; DRAWN]);
            let mut octets = [0; ANSWER];
            octets[32..].copy_from_slice(&answer);
            prop_assert_eq!(asking.answered(&octets).err(), Some(HandshakeError::OtherKey));
            let (answering, _) = Answering::begin(key(OURS), [2; DRAWN], &hello.try_into().unwrap()).unwrap();
            prop_assert_eq!(answering.proved(&proof).err(), Some(HandshakeError::OtherKey));
        }
    }
}
