//! The responses to a server's challenge (MS-NLMP 3.3.1 and 3.3.2). Names are the specification's.

use des::Des;
use des::cipher::{BlockCipherEncrypt, KeyInit};
use md4::Md4;
use md5::{Digest, Md5};

use super::text::{CharacterSet, upper_case, utf_16};
use crate::protocol::sasl::keyed_digest::hmac_md5;

/// A hash of a password: what LMOWF and NTOWF make of one.
pub type ResponseKey = [u8; 16];

/// LMOWFv1: DES of a constant under the two halves of the password in upper case. `None` where there is none: the
/// password has more than 14 characters, or one that the 8-bit set lacks.
pub fn lmowf_v1(password: &str) -> Option<ResponseKey> {
    if password.chars().any(|c| u32::from(c) > 0xff) {
        return None;
    }
    let octets = CharacterSet::Oem.encode(&oem_upper_case(password));
    if octets.len() > 14 {
        return None;
    }
    let mut padded = [0; 14];
    for (to, from) in padded.iter_mut().zip(octets) {
        *to = from;
    }
    Some(concatenate(padded.as_chunks::<7>().0.iter().map(|half| des(half, *b"KGS!@#$%"))))
}

/// NTOWFv1: MD4 of the password in UTF-16LE.
pub fn ntowf_v1(password: &str) -> ResponseKey {
    Md4::digest(utf_16(password)).into()
}

/// NTOWFv2, and LMOWFv2, which is the same: keyed by NTOWFv1, of the user name in upper case and the domain as written.
pub fn ntowf_v2(password: &str, user: &str, domain: &str) -> ResponseKey {
    hmac_md5(&ntowf_v1(password), &[&utf_16(&upper_case(user)), &utf_16(domain)])
}

/// The LM response (under [`lmowf_v1`]) or NTLMv1 response (under [`ntowf_v1`]): DESL of the challenge.
pub fn v1_response(key: &ResponseKey, server_challenge: [u8; 8]) -> [u8; 24] {
    desl(key, server_challenge)
}

/// The NTLMv1 response with extended session security, also known as NTLM2 session response (3.3.1): DESL of a digest
/// of both challenges under [`ntowf_v1`].
pub fn extended_v1_response(key: &ResponseKey, server_challenge: [u8; 8], client_challenge: [u8; 8]) -> [u8; 24] {
    let digest: [u8; 16] = Md5::new().chain_update(server_challenge).chain_update(client_challenge).finalize().into();
    let [a, b, c, d, e, f, g, h, ..] = digest;
    desl(key, [a, b, c, d, e, f, g, h])
}

/// What stands in the LM response's place beside [`extended_v1_response`]: the client challenge and zeros. It proves
/// nothing.
pub fn extended_v1_lm_response(client_challenge: [u8; 8]) -> [u8; 24] {
    concatenate([client_challenge, [0; 8], [0; 8]].into_iter())
}

/// The LMv2 response (2.2.2.4) under [`ntowf_v2`].
pub fn lm_v2_response(key: &ResponseKey, server_challenge: [u8; 8], client_challenge: [u8; 8]) -> Vec<u8> {
    let mut response = hmac_md5(key, &[&server_challenge, &client_challenge]).to_vec();
    response.extend_from_slice(&client_challenge);
    response
}

/// The NTLMv2 response (2.2.2.8) under [`ntowf_v2`]: NTProofStr and what it is keyed over.
///
/// `time` is a FILETIME in its wire order; `target_information` is as the server sent it, MsvAvEOL included.
pub fn ntlm_v2_response(
    key: &ResponseKey,
    server_challenge: [u8; 8],
    client_challenge: [u8; 8],
    time: [u8; 8],
    target_information: &[u8],
) -> Vec<u8> {
    let temp =
        [&[1, 1, 0, 0, 0, 0, 0, 0], time.as_slice(), &client_challenge, &[0; 4], target_information, &[0; 4]].concat();
    let mut response = nt_proof(key, server_challenge, &temp).to_vec();
    response.extend_from_slice(&temp);
    response
}

/// NTProofStr: the first sixteen octets of an NTLMv2 response, over all that follows them.
pub(super) fn nt_proof(key: &ResponseKey, server_challenge: [u8; 8], temp: &[u8]) -> [u8; 16] {
    hmac_md5(key, &[&server_challenge, temp])
}

/// DESL (section 6): DES under three keys cut from one of 16 octets and five zeros.
fn desl(key: &ResponseKey, data: [u8; 8]) -> [u8; 24] {
    let mut padded = [0; 21];
    for (to, from) in padded.iter_mut().zip(key) {
        *to = *from;
    }
    concatenate(padded.as_chunks::<7>().0.iter().map(|part| des(part, data)))
}

/// DES (section 6) under seven octets of key.
fn des(key: &[u8; 7], data: [u8; 8]) -> [u8; 8] {
    let bits = key.iter().fold(0u64, |bits, &octet| bits << 8 | u64::from(octet));
    // Each octet of a DES key is seven bits of it and a parity bit, which nobody looks at.
    let key: [u8; 8] = std::array::from_fn(|index| ((bits >> (49 - 7 * index)) << 1).to_le_bytes()[0]);
    let mut block = data.into();
    Des::new(&key.into()).encrypt_block(&mut block);
    block.into()
}

/// Blocks of eight octets in a row; what is missing is zero.
fn concatenate<const LENGTH: usize>(blocks: impl Iterator<Item = [u8; 8]>) -> [u8; LENGTH] {
    let mut whole = [0; LENGTH];
    for (to, from) in whole.iter_mut().zip(blocks.flatten()) {
        *to = from;
    }
    whole
}

/// Upper case within the 8-bit set: a character whose upper case lies outside stays as it is.
fn oem_upper_case(text: &str) -> String {
    text.chars()
        .map(|c| upper_case(c.encode_utf8(&mut [0; 4])).chars().next().filter(|&u| u32::from(u) <= 0xff).unwrap_or(c))
        .collect()
}

#[cfg(test)]
mod tests;
