//! The client's part: message 1, and message 3 in answer to message 2.

use super::flags;
use super::message::{Authenticate, Challenge, FixedPart, MessageError, Negotiate};
use super::response::{self, lmowf_v1, ntowf_v1, ntowf_v2};
use super::target_information::{TargetInformation, TargetInformationError};
use crate::protocol::sasl::Entropy;
use crate::protocol::secret::Secret;

/// From 1601, where a FILETIME begins, to 1970, in milliseconds.
const EPOCHS_APART: u64 = 11_644_473_600_000;

/// A FILETIME's ticks in a millisecond.
const TICKS: u64 = 10_000;

/// Message 1 of a client that has a password.
pub(in crate::protocol::sasl) fn negotiate() -> Vec<u8> {
    Negotiate::of_flags(flags::CLIENT).encode()
}

/// Message 1 of a client that asks for the null session: the public probe's.
pub(in crate::protocol::sasl) fn negotiate_null_session() -> Vec<u8> {
    Negotiate::of_flags(flags::PROBE_NEGOTIATE).encode()
}

/// A message 2 that cannot be answered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(in crate::protocol::sasl) enum UnanswerableError {
    /// It is no message 2.
    #[error(transparent)]
    Message(#[from] MessageError),
    /// Its target information is not whole.
    #[error(transparent)]
    TargetInformation(#[from] TargetInformationError),
}

/// Message 3 in answer to a message 2.
///
/// Which responses it holds depends on what the server can be taken to know:
///
/// - target information: NTLMv2, with the server's time stamp where it sent one and then no LM response but zeros
///   (MS-NLMP 3.1.5.1.2), else with our time and LMv2. Servers since Windows 2000 send it and know NTLMv2;
/// - no target information, extended session security chosen: NTLMv1 with it;
/// - neither (Exim's `spa`, Exchange 5.5): NTLMv1 and LM. Where the password has no LM hash, the NTLMv1 response
///   stands in both places.
///
/// There is no message integrity code, session key or workstation; a server asks for none of them unless signing was
/// chosen.
pub(in crate::protocol::sasl) fn authenticate(
    challenge: &[u8],
    user: &str,
    domain: &str,
    password: &str,
    entropy: Entropy,
) -> Result<Vec<u8>, UnanswerableError> {
    let challenge = Challenge::decode(challenge)?;
    let (lm_response, nt_response) = if challenge.flags & flags::TARGET_INFO != 0 {
        v2_responses(&challenge, &ntowf_v2(password, user, domain), entropy)?
    } else {
        v1_responses(&challenge, password, entropy)
    };
    let message = Authenticate {
        flags: challenge.flags & (flags::CLIENT | flags::TARGET_INFO),
        lm_response: Secret::new(lm_response),
        nt_response: Secret::new(nt_response),
        domain: domain.to_owned(),
        user: user.to_owned(),
        workstation: String::new(),
        session_key: Secret::new([]),
        fixed_part: FixedPart::ToFlags,
    };
    Ok(message.encode())
}

fn v2_responses(
    challenge: &Challenge,
    key: &response::ResponseKey,
    entropy: Entropy,
) -> Result<(Vec<u8>, Vec<u8>), TargetInformationError> {
    let information = TargetInformation::decode(&challenge.target_information)?;
    let (lm_response, time) = match information.timestamp() {
        Some(time) => (vec![0; 24], time),
        None => (
            response::lm_v2_response(key, challenge.server_challenge, entropy.nonce),
            file_time(entropy.unix_milliseconds),
        ),
    };
    let nt_response =
        response::ntlm_v2_response(key, challenge.server_challenge, entropy.nonce, time, &challenge.target_information);
    Ok((lm_response, nt_response))
}

fn v1_responses(challenge: &Challenge, password: &str, entropy: Entropy) -> (Vec<u8>, Vec<u8>) {
    let key = ntowf_v1(password);
    if challenge.flags & flags::EXTENDED_SESSIONSECURITY != 0 {
        let nt_response = response::extended_v1_response(&key, challenge.server_challenge, entropy.nonce);
        return (response::extended_v1_lm_response(entropy.nonce).to_vec(), nt_response.to_vec());
    }
    let nt_response = response::v1_response(&key, challenge.server_challenge);
    let lm_response =
        lmowf_v1(password).map_or(nt_response, |key| response::v1_response(&key, challenge.server_challenge));
    (lm_response.to_vec(), nt_response.to_vec())
}

/// A FILETIME on the wire (MS-DTYP 2.3.3).
fn file_time(unix_milliseconds: u64) -> [u8; 8] {
    unix_milliseconds.saturating_add(EPOCHS_APART).saturating_mul(TICKS).to_le_bytes()
}

#[cfg(test)]
mod tests;
