//! What `docs/interop.md` says of curl, and the helper that runs it: against Postfix, and against a server with a
//! fixed script and the challenge of MS-NLMP section 4.2.1, so that its NTLM is held to that section's values.

use super::curl::{self, Mail, Mechanism, send};
use super::postfix::{self, Policy};
use super::receiver::Receiver;
use super::scripted::{Script, Scripted, ntlm_message};
use super::server::{Account, OUTSIDE_SOURCE, REMOTE_RECIPIENT};
use super::{Failure, postfix_is_wanted};
use hmac::{Hmac, KeyInit, Mac};
use rstest::rstest;
use std::net::SocketAddr;
use std::time::Duration;

// MS-NLMP 2.2.2.5.
const UNICODE: u32 = 0x0000_0001;
const REQUEST_TARGET: u32 = 0x0000_0004;
const NTLM: u32 = 0x0000_0200;
const ALWAYS_SIGN: u32 = 0x0000_8000;
const TARGET_TYPE_DOMAIN: u32 = 0x0001_0000;
const EXTENDED_SESSION_SECURITY: u32 = 0x0008_0000;
const TARGET_INFO: u32 = 0x0080_0000;
const VERSION: u32 = 0x0200_0000;
const WITHOUT_SESSION_SECURITY: u32 = UNICODE | REQUEST_TARGET | NTLM | ALWAYS_SIGN | TARGET_TYPE_DOMAIN;

// MS-NLMP 4.2.1: user "User", domain "Domain", password "Password".
const SERVER_CHALLENGE: [u8; 8] = [0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef];
// MS-NLMP 4.2.2.2.2.
const LM_RESPONSE: &str = "98def7b87f88aa5dafe2df779688a172def11c7d5ccdef13";
// MS-NLMP 4.2.2.2.1.
const NTLM_V1_RESPONSE: &str = "67c43011f30298a2ad35ece64f16331c44bdbed927841f94";
// MS-NLMP 4.2.4.1.1, NTOWFv2.
const RESPONSE_KEY: [u8; 16] =
    [0x0c, 0x86, 0x8a, 0x40, 0x3b, 0xfd, 0x7a, 0x93, 0xa3, 0x00, 0x1e, 0xf2, 0x2e, 0xf0, 0x2e, 0x3f];
// MsvAvNbDomainName "Domain", MsvAvNbComputerName "Server", MsvAvEOL (2.2.2.1), as in 4.2.4.
const TARGET_INFORMATION: &[u8] = b"\x02\0\x0c\0D\0o\0m\0a\0i\0n\0\x01\0\x0c\0S\0e\0r\0v\0e\0r\0\0\0\0\0";

fn mail(server: SocketAddr, mechanism: Mechanism) -> Mail<'static> {
    Mail {
        source: OUTSIDE_SOURCE,
        server,
        mechanism,
        identity: "Domain\\User",
        password: "Password",
        reverse_path: "sender@sender.example",
        forward_path: REMOTE_RECIPIENT,
        message: b"Subject: from curl\r\n\r\nText.\r\n",
        anchor: None,
    }
}

/// Message 2 (MS-NLMP 2.2.1.2) of the target "Domain".
fn challenge(flags: u32) -> Vec<u8> {
    let name: Vec<u8> = "Domain".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let information = if flags & TARGET_INFO == 0 { &[] } else { TARGET_INFORMATION };
    let version: &[u8] = if flags & VERSION == 0 { &[] } else { &[5, 0, 0x93, 0x08, 0, 0, 0, 0x0f] };
    let payload = 48 + version.len();
    let mut message = b"NTLMSSP\0\x02\0\0\0".to_vec();
    let descriptor = |length: usize, offset: usize| {
        [&(length as u16).to_le_bytes()[..], &(length as u16).to_le_bytes(), &(offset as u32).to_le_bytes()].concat()
    };
    message.extend(descriptor(name.len(), payload));
    message.extend(flags.to_le_bytes());
    message.extend(SERVER_CHALLENGE);
    message.extend([0; 8]);
    message.extend(descriptor(information.len(), payload + name.len()));
    message.extend(version);
    message.extend(name);
    message.extend(information);
    message
}

/// Fields of message 3 (MS-NLMP 2.2.1.3), by the place of their descriptor.
#[derive(Clone, Copy)]
enum Field {
    LmResponse = 12,
    NtResponse = 20,
    Domain = 28,
    User = 36,
}

fn field(message: &[u8], field: Field) -> Vec<u8> {
    let at = field as usize;
    let length = u16::from_le_bytes([message[at], message[at + 1]]) as usize;
    let offset = u32::from_le_bytes([message[at + 4], message[at + 5], message[at + 6], message[at + 7]]) as usize;
    message[offset..offset + length].to_vec()
}

fn flags_of(message: &[u8]) -> u32 {
    u32::from_le_bytes([message[60], message[61], message[62], message[63]])
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// HMAC-MD5 under the response key of MS-NLMP 4.2.4.1.1.
fn proof(parts: &[&[u8]]) -> Result<Vec<u8>, Failure> {
    let mut mac = Hmac::<md5::Md5>::new_from_slice(&RESPONSE_KEY).map_err(|error| error.to_string())?;
    for part in parts {
        mac.update(part);
    }
    Ok(mac.finalize().into_bytes().to_vec())
}

/// Message 3 of a curl that was sent a message 2 with these flags.
fn message_3(flags: u32, identity: &str, password: &str) -> Result<Vec<u8>, Failure> {
    let server = Scripted::start(Script {
        keyword: "AUTH NTLM",
        challenge: challenge(flags),
        verdict: "235 2.7.0 Authentication successful",
    })?;
    let outcome = send(&Mail { identity, password, ..mail(server.address(), Mechanism::Ntlm) })?;
    assert!(outcome.exit == 0 && outcome.authenticated(), "{outcome:?}");
    let lines = server.lines()?;
    // RFC 4954 section 4: no initial response was asked of curl, so message 1 has a line of its own.
    assert!(lines.iter().any(|line| line == "AUTH NTLM"), "{lines:?}");
    ntlm_message(&lines, 3)
}

#[rstest]
#[case::bare(WITHOUT_SESSION_SECURITY)]
#[case::target_information(WITHOUT_SESSION_SECURITY | TARGET_INFO)]
fn curl_answers_with_ntlm_v1_unless_session_security_is_offered(#[case] flags: u32) -> Result<(), Failure> {
    if !curl::is_wanted()? {
        return Ok(());
    }
    let message = message_3(flags, "Domain\\User", "Password")?;
    assert_eq!(hexadecimal(&field(&message, Field::LmResponse)), LM_RESPONSE);
    assert_eq!(hexadecimal(&field(&message, Field::NtResponse)), NTLM_V1_RESPONSE);
    assert_eq!(field(&message, Field::Domain), b"D\0o\0m\0a\0i\0n\0");
    assert_eq!(field(&message, Field::User), b"U\0s\0e\0r\0");
    assert_eq!(flags_of(&message), flags, "the flags are those of message 2");
    Ok(())
}

#[rstest]
#[case::without_target_information(0)]
#[case::target_information(TARGET_INFO)]
#[case::version(TARGET_INFO | VERSION)]
fn curl_answers_extended_session_security_with_ntlm_v2(#[case] more: u32) -> Result<(), Failure> {
    if !curl::is_wanted()? {
        return Ok(());
    }
    let flags = WITHOUT_SESSION_SECURITY | EXTENDED_SESSION_SECURITY | more;
    let message = message_3(flags, "Domain\\User", "Password")?;

    // MS-NLMP 3.3.2: temp is two version bytes, six zeros, the time, the client challenge, four zeros, the target
    // information, four zeros; the response is NTProofStr and temp.
    let response = field(&message, Field::NtResponse);
    let (proved, temp) = response.split_at_checked(16).ok_or("no room for NTProofStr")?;
    assert_eq!(hexadecimal(proved), hexadecimal(&proof(&[&SERVER_CHALLENGE, temp])?));
    assert_eq!(temp[..8], [1, 1, 0, 0, 0, 0, 0, 0]);
    let information = if more & TARGET_INFO == 0 { &[] } else { TARGET_INFORMATION };
    assert_eq!(hexadecimal(&temp[28..]), hexadecimal(&[information, &[0; 4]].concat()));

    let lm_response = field(&message, Field::LmResponse);
    let client_challenge = &temp[16..24];
    let lm_proof = proof(&[&SERVER_CHALLENGE, client_challenge])?;
    assert_eq!(hexadecimal(&lm_response), hexadecimal(&[&lm_proof, client_challenge].concat()));

    assert_eq!(flags_of(&message), flags);
    let first_payload = u32::from_le_bytes([message[16], message[17], message[18], message[19]]);
    assert_eq!(first_payload, 64, "no Version and no MIC, whatever the flags say");
    Ok(())
}

#[test]
fn curl_has_no_null_session() -> Result<(), Failure> {
    if !curl::is_wanted()? {
        return Ok(());
    }
    let message = message_3(WITHOUT_SESSION_SECURITY, "", "")?;
    assert_eq!(field(&message, Field::User), b"");
    // MS-NLMP 3.3.1 wants an empty NT response and one zero byte here; curl proves the empty password instead.
    assert_eq!((field(&message, Field::LmResponse).len(), field(&message, Field::NtResponse).len()), (24, 24));
    Ok(())
}

#[rstest]
#[case::refused("AUTH NTLM", "535 5.7.3 Authentication unsuccessful", 67, false)]
#[case::another_is_listed("AUTH LOGIN", "235 2.7.0 Authentication successful", 67, false)]
#[case::none_is_listed("AUTH=LOGIN NTLM", "235 2.7.0 Authentication successful", 0, true)]
fn curl_sends_mail_without_a_login_only_where_no_mechanism_is_listed(
    #[case] keyword: &'static str,
    #[case] verdict: &'static str,
    #[case] exit: i32,
    #[case] mail_was_sent: bool,
) -> Result<(), Failure> {
    if !curl::is_wanted()? {
        return Ok(());
    }
    let server = Scripted::start(Script { keyword, challenge: challenge(WITHOUT_SESSION_SECURITY), verdict })?;
    let outcome = send(&mail(server.address(), Mechanism::Ntlm))?;
    assert_eq!((outcome.exit, outcome.authenticated()), (exit, false), "{outcome:?}");
    let lines = server.lines()?;
    assert_eq!(lines.iter().any(|line| line.starts_with("MAIL")), mail_was_sent, "{lines:?}");
    Ok(())
}

#[rstest]
#[case::plain(Mechanism::Plain, "AUTH PLAIN")]
#[case::login(Mechanism::Login, "AUTH LOGIN")]
#[case::cram_md5(Mechanism::CramMd5, "AUTH CRAM-MD5")]
fn curl_relays_through_postfix_for_the_account_that_may(
    #[case] mechanism: Mechanism,
    #[case] command: &str,
) -> Result<(), Failure> {
    if !postfix_is_wanted() || !curl::is_wanted()? {
        return Ok(());
    }
    let witness = Receiver::start()?;
    let postfix = postfix::start(Policy::AuthorizedOnly, witness.port())?;
    let curl = |account: Account, password: &str| {
        send(&Mail { identity: account.name(), password, ..mail(postfix.address(), mechanism) })
    };

    let outcome = curl(Account::Unauthorized, postfix.password_of(Account::Unauthorized))?;
    assert_eq!((outcome.exit, outcome.authenticated()), (55, true), "{outcome:?}");
    let outcome = curl(Account::Authorized, "wrong")?;
    assert_eq!((outcome.exit, outcome.authenticated()), (67, false), "{outcome:?}");
    let outcome = curl(Account::Authorized, postfix.password_of(Account::Authorized))?;
    assert_eq!((outcome.exit, outcome.authenticated()), (0, true), "{outcome:?}");
    let mut sent = outcome.trace.lines().filter_map(|line| line.strip_prefix("> ")).map(str::trim_end);
    assert!(sent.any(|line| line == command), "{outcome:?}");

    let received = witness.wait_for("from curl", Duration::from_secs(30))?;
    assert_eq!(received.forward_paths, [REMOTE_RECIPIENT]);
    assert_eq!(witness.received().len(), 1);
    Ok(())
}
