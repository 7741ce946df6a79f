//! HMAC-MD5 (RFC 2104), and comparing what must not be guessed octet by octet.

use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};

/// MD5's block, octets (RFC 2104 section 2).
const BLOCK: usize = 64;

/// HMAC-MD5 of the concatenated parts under a key of any length.
pub(super) fn hmac_md5(key: &[u8], parts: &[&[u8]]) -> [u8; 16] {
    let hashed: [u8; 16];
    // RFC 2104 section 2: a key longer than a block is hashed first. Done here, because a whole block cannot be
    // refused.
    let key = if key.len() > BLOCK {
        hashed = Md5::digest(key).into();
        hashed.as_slice()
    } else {
        key
    };
    let mut block = [0; BLOCK];
    for (to, from) in block.iter_mut().zip(key) {
        *to = *from;
    }
    let mut mac = Hmac::<Md5>::new(&block.into());
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// Whether two strings of octets are equal, in a time that tells only whether their lengths are.
pub(super) fn equal(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).fold(0, |seen, (a, b)| seen | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    // RFC 2202 section 2, test cases 1, 2 and 6 (a key of 80 octets).
    #[case(&[0x0b; 16], b"Hi There", 0x9294_727a_3638_bb1c_13f4_8ef8_158b_fc9d)]
    #[case(b"Jefe", b"what do ya want for nothing?", 0x750c_783e_6ab0_b503_eaa8_6e31_0a5d_b738)]
    #[case(
        &[0xaa; 80],
        b"Test Using Larger Than Block-Size Key - Hash Key First",
        0x6b1a_b7fe_4bd7_bf8f_0b62_e6ce_61b9_d0cd
    )]
    fn digests_as_rfc_2202_says(#[case] key: &[u8], #[case] data: &[u8], #[case] digest: u128) {
        assert_eq!(hmac_md5(key, &[data]), digest.to_be_bytes());
        let (head, tail) = data.split_at(3);
        assert_eq!(hmac_md5(key, &[head, tail]), digest.to_be_bytes());
    }

    #[rstest]
    #[case(b"", b"", true)]
    #[case(b"abc", b"abc", true)]
    #[case(b"abc", b"abd", false)]
    #[case(b"abc", b"ab", false)]
    #[case(b"\x01\x02", b"\x02\x01", false)]
    fn compares(#[case] one: &[u8], #[case] other: &[u8], #[case] same: bool) {
        assert_eq!(equal(one, other), same);
    }
}
