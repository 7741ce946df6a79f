//! Octets for marks, challenges and passwords: unforeseeable towards real servers, the same each time in process.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::judge::Nonce;

/// A source of octets.
#[derive(Clone, Debug)]
pub enum Nonces {
    /// The operating system's.
    System,
    /// A sequence that follows from its seed, so that a transcript in process is the same in each run.
    Seeded {
        /// Where the sequence stands.
        state: u64,
    },
    /// What another server has drawn, for a model that goes beside it.
    Borrowed {
        /// Filled by whoever hears the other server.
        borrowed: Borrowed,
        /// A sequence for what the other server never said.
        state: u64,
    },
}

/// What another server has drawn and was not taken yet. Clones are the same.
#[derive(Clone, Debug, Default)]
pub struct Borrowed(Arc<Mutex<Option<Drawn>>>);

/// What a server draws for one exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Drawn {
    /// NTLM's server challenge.
    Octets([u8; 8]),
    /// A whole challenge, decoded.
    Challenge(Vec<u8>),
}

impl Borrowed {
    /// Lays down what is to be taken next; `None`: nothing is, and what lay there is gone.
    pub fn lend(&self, drawn: Option<Drawn>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = drawn;
    }

    fn take_if(&self, is_wanted: impl Fn(&Drawn) -> bool) -> Option<Drawn> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take_if(|drawn| is_wanted(drawn))
    }
}

impl Nonces {
    /// The sequence of a label: two labels have different ones.
    pub fn seeded(label: &str) -> Self {
        // FNV-1a (draft-eastlake-fnv): spreads labels that differ in one letter, and needs no table.
        let state = label.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, octet| {
            (hash ^ u64::from(octet)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        Self::Seeded { state }
    }

    /// Eight octets.
    pub fn octets(&mut self) -> [u8; 8] {
        match self {
            Self::System => system_octets(),
            Self::Seeded { state } => split_mix(state).to_be_bytes(),
            Self::Borrowed { borrowed, state } => match borrowed.take_if(|drawn| matches!(drawn, Drawn::Octets(_))) {
                Some(Drawn::Octets(octets)) => octets,
                Some(Drawn::Challenge(_)) | None => split_mix(state).to_be_bytes(),
            },
        }
    }

    /// A whole challenge, where another server's is to be said again.
    pub fn challenge(&mut self) -> Option<Vec<u8>> {
        match self {
            Self::System | Self::Seeded { .. } => None,
            Self::Borrowed { borrowed, .. } => match borrowed.take_if(|drawn| matches!(drawn, Drawn::Challenge(_))) {
                Some(Drawn::Challenge(challenge)) => Some(challenge),
                Some(Drawn::Octets(_)) | None => None,
            },
        }
    }

    /// A mark for a message: sixteen hexadecimal digits.
    pub fn mark(&mut self) -> Nonce {
        Nonce(format!("{:016x}", u64::from_be_bytes(self.octets())))
    }
}

/// Where the system has no octets to give, a counter and the time of day must do: a mark is then still unique in a run,
/// which is all that verdicts ask of it.
fn system_octets() -> [u8; 8] {
    static DRAWN: AtomicU64 = AtomicU64::new(0);
    let mut octets = [0; 8];
    if getrandom::fill(&mut octets).is_ok() {
        return octets;
    }
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let mut state = since_epoch.as_secs() ^ DRAWN.fetch_add(1, Ordering::Relaxed) << 32;
    split_mix(&mut state).to_be_bytes()
}

/// SplitMix64 (Steele, Lea, Flood 2014): every state gives another output, so no mark comes twice.
fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The first outputs for seed 1234567, as published with the reference implementation
    /// (prng.di.unimi.it/splitmix64.c; the values of Rosetta Code's task "Pseudo-random numbers/Splitmix64").
    #[test]
    fn the_sequence_is_split_mix() {
        let mut state = 1_234_567;
        let outputs: Vec<u64> = (0..5).map(|_| split_mix(&mut state)).collect();
        let published = [
            6_457_827_717_110_365_317,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423,
            4_593_380_528_125_082_431,
            16_408_922_859_458_223_821,
        ];
        assert_eq!(outputs, published);
    }

    #[test]
    fn the_same_label_gives_the_same_sequence_and_another_label_another() {
        let three = |label| {
            let mut nonces = Nonces::seeded(label);
            [nonces.mark(), nonces.mark(), nonces.mark()]
        };
        assert_eq!(three("windows-2000/guest"), three("windows-2000/guest"));
        assert_ne!(three("windows-2000/guest"), three("windows-2000/guesu"));
    }

    #[test]
    fn the_systems_marks_differ() {
        let mut nonces = Nonces::System;
        let marks: BTreeSet<Nonce> = (0..100).map(|_| nonces.mark()).collect();
        assert_eq!(marks.len(), 100);
    }
}
