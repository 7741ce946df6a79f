//! The server's part: message 2, and what message 3 proves.

use super::message::{Authenticate, Challenge, MessageError, Negotiate};
use super::null_session::is_null_session;
use super::response::{self, lmowf_v1, ntowf_v1, ntowf_v2};
use super::target_information::TargetInformation;
use super::{ChallengeStyle, Proof, flags};
use crate::protocol::sasl;
use crate::protocol::sasl::keyed_digest::equal;

/// The Version of a server that has one: 5.2.3790, revision 15, as Windows Server 2003 sends it (MS-SMTPNTLM 4.1).
/// Note 31: nothing older has any.
const VERSION: [u8; 8] = [5, 2, 0xce, 0x0e, 0, 0, 0, 15];

/// Message 2 in answer to message 1. `host` is the server's host name, for target information.
pub(in crate::protocol::sasl) fn challenge(
    negotiate: &Negotiate,
    style: &ChallengeStyle,
    server_challenge: [u8; 8],
    host: &str,
) -> Challenge {
    let flags = flags::answer(negotiate.flags, style);
    let target_information = TargetInformation::of_server(&style.target_name, style.target_is_domain, host);
    Challenge {
        flags,
        target_name: style.target_name.clone(),
        server_challenge,
        target_information: if flags & flags::TARGET_INFO == 0 { Vec::new() } else { target_information.encode() },
        version: style.version.then_some(if flags & flags::VERSION == 0 { [0; 8] } else { VERSION }),
    }
}

/// What a message 3 offers in answer to a challenge.
pub(in crate::protocol::sasl) fn offered(
    message: &[u8],
    server_challenge: [u8; 8],
) -> Result<sasl::Proof, MessageError> {
    let message = Authenticate::decode(message)?;
    if is_null_session(&message) {
        return Ok(sasl::Proof::NullSession);
    }
    Ok(sasl::Proof::Ntlm(Proof {
        user: message.user,
        domain: message.domain,
        server_challenge,
        lm_response: message.lm_response,
        nt_response: message.nt_response,
        flags: message.flags,
    }))
}

impl Proof {
    /// Whether either response is right under a password (MS-NLMP 3.2.5.1.2: a wrong NT response may still be made
    /// good by the LM response). What an NTLMv2 or LMv2 response was keyed with is tried with the client's domain and
    /// without one.
    ///
    /// The time stamp, the target information and the structure of what NTProofStr covers are not looked at.
    pub fn holds_for(&self, password: &str) -> bool {
        self.nt_response_holds(password) || self.lm_response_holds(password)
    }

    fn nt_response_holds(&self, password: &str) -> bool {
        let response = self.nt_response.expose();
        if response.len() == 24 {
            let key = ntowf_v1(password);
            let expected = if self.is_extended() {
                let Some(client_challenge) = self.lm_response.expose().first_chunk() else { return false };
                response::extended_v1_response(&key, self.server_challenge, *client_challenge)
            } else {
                response::v1_response(&key, self.server_challenge)
            };
            return equal(response, &expected);
        }
        let Some((proof, temp)) = response.split_first_chunk::<16>() else { return false };
        // Longer than 24 octets is how MS-NLMP 3.2.5.1.2 tells an NTLMv2 response.
        response.len() > 24
            && self.keys(password).iter().any(|key| equal(proof, &response::nt_proof(key, self.server_challenge, temp)))
    }

    fn lm_response_holds(&self, password: &str) -> bool {
        let response = self.lm_response.expose();
        let Ok(whole) = <&[u8; 24]>::try_from(response) else { return false };
        // With extended session security this place holds the client's challenge, which proves nothing.
        let as_v1 = !self.is_extended()
            && lmowf_v1(password).is_some_and(|key| equal(whole, &response::v1_response(&key, self.server_challenge)));
        let [.., a, b, c, d, e, f, g, h] = *whole;
        let as_v2 = |key| equal(whole, &response::lm_v2_response(key, self.server_challenge, [a, b, c, d, e, f, g, h]));
        as_v1 || self.keys(password).iter().any(as_v2)
    }

    fn is_extended(&self) -> bool {
        self.flags & flags::EXTENDED_SESSIONSECURITY != 0
    }

    fn keys(&self, password: &str) -> [response::ResponseKey; 2] {
        [&*self.domain, ""].map(|domain| ntowf_v2(password, &self.user, domain))
    }
}

#[cfg(test)]
mod tests;
