use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::protocol::sasl::{
    ClientExchange, Credentials, Entropy, Mechanism, ServerExchange, ServerParameters, ServerStep, ntlm,
};
use crate::protocol::secret::Secret;

#[rstest]
#[case(0, 0, "C: 0\n")]
#[case(2, 1, "C: 1\nC: 2\nC: 3\n")]
#[case(0, 2, "C: 0\nC: 1\nC: 2\n")]
#[case(4, 1, "C: 3\nC: 4\n")]
#[case(5, 1, "C: 4\n")]
#[case(7, 1, "")]
#[case(2, usize::MAX, "C: 0\nC: 1\nC: 2\nC: 3\nC: 4\n")]
#[case(usize::MAX, 0, "")]
fn an_excerpt_is_what_surrounds_an_entry(#[case] around: usize, #[case] context: usize, #[case] expected: &str) {
    let mut transcript = Transcript::new();
    for number in 0..5 {
        transcript.line(Side::Client, Duration::ZERO, number.to_string());
    }
    assert_eq!(transcript.excerpt(around, context).to_string(), expected);
}

/// An exchange as a transcript shows it: the server's challenges as lines, the client's responses by label and length.
fn record(mechanism: Mechanism, password: &str) -> Transcript {
    let parameters = ServerParameters {
        nonce: [7; 8],
        unix_milliseconds: 0,
        host: "mail.example".to_owned(),
        login_prompts: [b"Username:".to_vec(), b"Password:".to_vec()],
        ntlm: ntlm::ChallengeStyle {
            target_name: "EXAMPLE".to_owned(),
            target_is_domain: true,
            target_information: true,
            version: false,
        },
    };
    let credentials = Credentials::Password { user: "tim".to_owned(), password: Secret::new(password), domain: None };
    let entropy = Entropy { nonce: [9; 8], unix_milliseconds: 0 };
    let mut client = ClientExchange::begin(mechanism, credentials, entropy).unwrap();
    let (mut server, mut step) = ServerExchange::begin(mechanism, parameters, None).unwrap();
    let mut transcript = Transcript::new();
    while let ServerStep::Challenge(challenge) = step {
        let text = challenge.as_ref().map_or("ntlm supported".to_owned(), |octets| STANDARD.encode(octets));
        transcript.line(Side::Server, Duration::ZERO, format!("334 {text}"));
        let label = client.next_label();
        let response = client.respond(challenge.as_deref()).unwrap();
        transcript.credential(Duration::ZERO, label, STANDARD.encode(response.expose()).len());
        step = server.respond(response.expose()).unwrap();
    }
    transcript
}

proptest! {
    #[test]
    fn a_password_is_nowhere_in_a_transcript(
        mechanism in prop::sample::select(&[Mechanism::Plain, Mechanism::Login, Mechanism::CramMd5, Mechanism::Ntlm]),
        // Long enough, and with a digit and a sign that stand in no label, not to be there by chance.
        password in "[a-zA-Z]{6,12}7#[a-zA-Z]{6,12}",
    ) {
        let transcript = record(mechanism, &password);
        let redacted = transcript.entries.iter().any(|entry| matches!(entry.content, Content::Credential { .. }));
        prop_assert!(redacted);
        let utf_16: Vec<u8> = password.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let plain = format!("\0tim\0{password}");
        let forms = [
            password.clone(),
            STANDARD.encode(&password),
            STANDARD.encode(&plain),
            STANDARD.encode(&utf_16),
            password.bytes().map(|octet| format!("{octet:02x}")).collect(),
        ];
        for shown in [transcript.to_string(), format!("{transcript:?}"), serde_json::to_string(&transcript).unwrap()] {
            for form in &forms {
                prop_assert!(!shown.contains(form.as_str()), "{} in {}", form, shown);
            }
        }
    }
}

#[test]
fn an_exchange_is_shown_by_labels_and_lengths() {
    assert_eq!(
        record(Mechanism::Login, "secret").to_string(),
        // base64 of 3 and of 6 octets: 4 and 8.
        "S: 334 VXNlcm5hbWU6\nC: (user name, 4 octets)\nS: 334 UGFzc3dvcmQ6\nC: (password, 8 octets)\n"
    );
}
