//! curl asks for relay: the one client of these that speaks CRAM-MD5 and NTLM. What to know about it is in
//! `docs/interop.md`.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rstest::rstest;

use super::served::Served;
use super::wrong_parts::Credulous;
use super::{
    Answer, At, Attempt, FLAWED, Failure, PASSWORD, REFUSES_AT_AUTHENTICATION, REFUSES_AT_RELAY, REMOTE_RECIPIENT,
    SENDER,
};
use crate::curl::{self, Mail, Mechanism, Outcome};

/// Has curl authenticate and send a message.
async fn send(mechanism: Mechanism, attempt: Attempt) -> Result<Outcome, Failure> {
    send_so(mechanism, None, attempt).await
}

/// The same, with nothing sent but under TLS, where there is a certificate to trust.
async fn send_so(mechanism: Mechanism, anchor: Option<String>, attempt: Attempt) -> Result<Outcome, Failure> {
    let run = move || {
        curl::send(&Mail {
            source: IpAddr::V4(Ipv4Addr::LOCALHOST),
            server: attempt.server,
            mechanism,
            identity: &attempt.identity,
            password: &attempt.password,
            reverse_path: SENDER,
            forward_path: REMOTE_RECIPIENT,
            message: attempt.message().as_bytes(),
            anchor: anchor.as_deref(),
        })
    };
    tokio::task::spawn_blocking(run).await.map_err(|error| format!("curl's thread: {error}"))?
}

/// What curl was told: its exit code, whether it saw a 235, and the first refusal have to fit together.
fn answer(outcome: &Outcome) -> Result<Answer, Failure> {
    let answer = refusal(&outcome.trace).map_or(Answer::Taken, |(at, code)| Answer::Refused(at, code));
    let fits = match answer {
        Answer::Taken => outcome.exit == 0 && outcome.authenticated(),
        Answer::Refused(At::Authenticate, _) => outcome.exit == 67 && !outcome.authenticated(),
        Answer::Refused(At::Mail | At::Rcpt | At::Data, _) => outcome.exit == 55 && outcome.authenticated(),
    };
    if fits { Ok(answer) } else { Err(format!("{answer:?} does not fit {outcome:?}")) }
}

fn refusal(trace: &str) -> Option<(At, u16)> {
    let mut at = At::Authenticate;
    for line in trace.lines() {
        match (line.strip_prefix("> "), line.strip_prefix("< ")) {
            (Some(sent), _) => {
                at = match sent.split_once(' ').map_or(sent.trim_end(), |(verb, _)| verb) {
                    "MAIL" => At::Mail,
                    "RCPT" => At::Rcpt,
                    "DATA" => At::Data,
                    _ => At::Authenticate,
                }
            }
            (None, Some(reply)) if reply.starts_with(['4', '5']) => {
                return reply.get(..3).and_then(|code| code.parse().ok()).map(|code| (at, code));
            }
            (None, _) => {}
        }
    }
    None
}

// NTLM where it is listed, since curl asks for what is listed alone: not Exchange 5.5.
#[rstest]
#[case::c01("windows-2000", &[Mechanism::Login, Mechanism::Ntlm], FLAWED)]
#[case::c22("windows-2000-patched", &[Mechanism::Login, Mechanism::Ntlm], REFUSES_AT_AUTHENTICATION)]
#[case::c02("nt4-option-pack", &[Mechanism::Login, Mechanism::Ntlm], FLAWED)]
#[case::c22_nt4("nt4-option-pack-patched", &[Mechanism::Login, Mechanism::Ntlm], REFUSES_AT_AUTHENTICATION)]
#[case::c03("exchange-5.5-on-nt4-restricted", &[Mechanism::Login], FLAWED)]
#[case::c22_connector("exchange-5.5-on-nt4-restricted-patched", &[Mechanism::Login], REFUSES_AT_AUTHENTICATION)]
#[case::c04("exchange-2000-on-windows-2000", &[Mechanism::Ntlm], REFUSES_AT_AUTHENTICATION)]
#[case::c06("windows-xp-professional", &[Mechanism::Ntlm], REFUSES_AT_AUTHENTICATION)]
#[case::one_repair(
    "reference",
    &[Mechanism::Plain, Mechanism::Login, Mechanism::CramMd5, Mechanism::Ntlm],
    REFUSES_AT_AUTHENTICATION
)]
#[case::other_repair(
    "reference-refuses-at-relay",
    &[Mechanism::Plain, Mechanism::Login, Mechanism::CramMd5, Mechanism::Ntlm],
    REFUSES_AT_RELAY
)]
#[tokio::test]
async fn curl_is_served_as_the_deployment_says(
    #[case] deployment: &str,
    #[case] mechanisms: &[Mechanism],
    #[case] expected: [Answer; 3],
) -> Result<(), Failure> {
    if !curl::is_wanted()? {
        return Ok(());
    }
    let served = Served::open(deployment).await?;
    for mechanism in mechanisms {
        let answers = served.answers(async |attempt| answer(&send(*mechanism, attempt).await?)).await?;
        assert_eq!(answers, expected, "{mechanism:?}");
    }
    Ok(())
}

/// curl's NTLMv2 response covers the target information it was sent, and is keyed with the domain it was given
/// (`docs/interop.md`).
#[rstest]
#[case::without_target_information("nt4-option-pack-patched", false)]
#[case::with_target_information("windows-2000-patched", true)]
#[tokio::test]
async fn the_right_ntlm_password_is_told_from_a_wrong_one(
    #[case] deployment: &str,
    #[case] has_target_information: bool,
    #[values("", "INSIDE\\", "elsewhere\\")] domain: &str,
) -> Result<(), Failure> {
    if !curl::is_wanted()? {
        return Ok(());
    }
    let served = Served::open(deployment).await?;
    let answers = served.answers(async |mut attempt| {
        attempt.identity.insert_str(0, domain);
        let outcome = send(Mechanism::Ntlm, attempt).await?;
        let information = target_information(&ntlm_message(&outcome.trace, "< 334 ", 2)?)?;
        assert_eq!(!information.is_empty(), has_target_information, "{information:?}");
        let message_3 = ntlm_message(&outcome.trace, "> ", 3)?;
        let is_answered =
            information.is_empty() || message_3.windows(information.len()).any(|part| part == information);
        assert!(is_answered, "{information:?} is not in {message_3:?}");
        answer(&outcome)
    });
    assert_eq!(answers.await?, REFUSES_AT_AUTHENTICATION);
    Ok(())
}

/// The NTLM message of a type (MS-NLMP 2.2.1) among the lines that begin so.
fn ntlm_message(trace: &str, beginning: &str, kind: u8) -> Result<Vec<u8>, Failure> {
    let said = trace.lines().filter_map(|line| line.strip_prefix(beginning));
    said.filter_map(|text| STANDARD.decode(text.trim_end()).ok())
        .find(|message| message.starts_with(&[b"NTLMSSP\0".as_slice(), &[kind, 0, 0, 0]].concat()))
        .ok_or_else(|| format!("no message {kind} in {trace}"))
}

/// What message 2's TargetInfoFields point to (MS-NLMP 2.2.1.2): the length at 40, the offset at 44, little-endian.
fn target_information(message: &[u8]) -> Result<Vec<u8>, Failure> {
    let find = || {
        let length = usize::from(u16::from_le_bytes(*message.get(40..)?.first_chunk()?));
        let offset = usize::try_from(u32::from_le_bytes(*message.get(44..)?.first_chunk()?)).ok()?;
        Some(message.get(offset..)?.get(..length)?.to_vec())
    };
    find().ok_or_else(|| format!("no TargetInfoFields in {message:?}"))
}

#[tokio::test]
async fn a_server_that_believes_any_ntlm_response_is_found_out() -> Result<(), Failure> {
    if !curl::is_wanted()? {
        return Ok(());
    }
    let served = Served::open_changed("windows-2000", |parts| parts.authenticate = Arc::new(Credulous)).await?;
    let answers = served.answers(async |attempt| answer(&send(Mechanism::Ntlm, attempt).await?)).await?;
    assert_eq!(answers, [Answer::Taken; 3]);
    Ok(())
}

/// Under TLS, which curl does with another library than ours.
#[tokio::test]
async fn curl_is_served_under_tls() -> Result<(), Failure> {
    if !curl::is_wanted()? {
        return Ok(());
    }
    let served = Served::open("reference-tls").await?;
    let anchor = served.anchor()?;
    for mechanism in [Mechanism::Plain, Mechanism::Login, Mechanism::CramMd5, Mechanism::Ntlm] {
        let under_tls = async |attempt| answer(&send_so(mechanism, Some(anchor.clone()), attempt).await?);
        assert_eq!(served.answers(under_tls).await?, REFUSES_AT_RELAY, "{mechanism:?}");
    }
    Ok(())
}

// curl(1), "EXIT CODES": 64, the requested SSL level failed; 60, the certificate cannot be authenticated, or 35, the
// handshake failed: both certificates name an issuer of one name, and which of the two it then is the TLS library says.
#[rstest]
#[case::no_starttls("reference", "reference", &[64])]
#[case::another_certificate("reference-tls", "reference-tls", &[35, 60])]
#[tokio::test]
async fn curl_sends_nothing_without_tls(
    #[case] deployment: &str,
    #[case] other: &str,
    #[case] exits: &[i32],
) -> Result<(), Failure> {
    if !curl::is_wanted()? {
        return Ok(());
    }
    let (served, other) = (Served::open(deployment).await?, Served::open(other).await?);
    let attempt = served.attempt("authorized", PASSWORD);
    let outcome = send_so(Mechanism::Plain, Some(other.anchor()?), attempt).await?;
    assert!(exits.contains(&outcome.exit) && !outcome.authenticated(), "{outcome:?}");
    Ok(())
}
