//! HMAC (RFC 2104) with MD5 and with SHA-256, and comparing what must not be guessed octet by octet.

use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};
use sha2::Sha256;

/// The block of MD5 (RFC 2104 section 2) and of SHA-256 (RFC 6234 section 1), octets.
const BLOCK: usize = 64;

/// HMAC-MD5 of the concatenated parts under a key of any length.
pub(super) fn hmac_md5(key: &[u8], parts: &[&[u8]]) -> [u8; 16] {
    let mut mac = Hmac::<Md5>::new(&block::<Md5>(key).into());
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

/// HMAC-SHA-256 of the concatenated parts under a key of any length.
pub(super) fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new(&block::<Sha256>(key).into());
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

/// A key as a whole block, which cannot be refused. RFC 2104 section 2: one longer than a block is hashed first.
fn block<D: Digest>(key: &[u8]) -> [u8; BLOCK] {
    let mut block = [0; BLOCK];
    let mut fill = |octets: &[u8]| block.iter_mut().zip(octets).for_each(|(to, from)| *to = *from);
    if key.len() > BLOCK {
        fill(&D::digest(key))
    } else {
        fill(key)
    }
    block
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
    // RFC 4231 sections 4.2, 4.3 and 4.7 (a key of 131 octets), the SHA-256 of each.
    #[case(&[0x0b; 20], b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")]
    #[case(
        b"Jefe",
        b"what do ya want for nothing?",
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    )]
    #[case(
        &[0xaa; 131],
        b"Test Using Larger Than Block-Size Key - Hash Key First",
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    )]
    fn digests_as_rfc_4231_says(#[case] key: &[u8], #[case] data: &[u8], #[case] digest: &str) {
        let hexadecimal: String = hmac_sha256(key, &[data]).iter().map(|octet| format!("{octet:02x}")).collect();
        assert_eq!(hexadecimal, digest);
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
