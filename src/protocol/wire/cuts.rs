//! For tests of what reads a stream: the same bytes, cut in other places.

use proptest::collection::vec;
use proptest::prelude::*;

/// Bytes in pieces. Pieces that are one octet long are frequent, empty ones occur.
pub(super) fn pieces(bytes: impl Strategy<Value = Vec<u8>>) -> impl Strategy<Value = Vec<Vec<u8>>> {
    (bytes, vec(prop_oneof![Just(1_usize), 0_usize..9], 0..40)).prop_map(|(bytes, lengths)| {
        let mut rest = bytes.as_slice();
        let mut pieces = Vec::new();
        for length in lengths {
            let (piece, behind) = rest.split_at(length.min(rest.len()));
            pieces.push(piece.to_vec());
            rest = behind;
        }
        pieces.push(rest.to_vec());
        pieces
    })
}

/// Octets that mean something to a reader, more often than by chance.
pub(super) fn octets(telling: &'static [u8]) -> impl Strategy<Value = Vec<u8>> {
    vec(prop_oneof![4 => prop::sample::select(telling), 1 => any::<u8>()], 0..200)
}

/// The same bytes, one octet a piece.
pub(super) fn singly(pieces: &[Vec<u8>]) -> Vec<Vec<u8>> {
    pieces.concat().into_iter().map(|octet| vec![octet]).collect()
}
