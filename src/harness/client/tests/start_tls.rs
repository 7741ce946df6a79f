//! STARTTLS (RFC 3207).

use super::*;

fn start_tls(behind: &[u8]) -> Step {
    Step::StartTls { behind: behind.to_vec() }
}

fn failure(outcome: &Outcome) -> &TlsError {
    match outcome {
        Outcome::NoAnswer(NoAnswer::NoTls { cause: NoTls::Failed { error } }) => error,
        outcome => panic!("{outcome:?}"),
    }
}

#[test]
fn tls_is_begun_behind_a_220_and_told_of() {
    let mut client = Client::default();
    let script = vec![Step::Greeting, ehlo(false), start_tls(b""), ehlo(false)];
    let says: &[&[u8]] = &[b"220 a\r\n", b"250-a\r\n250 STARTTLS\r\n", b"220 go\r\n", b"250-a\r\n250 AUTH PLAIN\r\n"];
    let (sent, outcomes) = play(&mut client, script, says);
    assert_eq!(sent, "EHLO client.example\r\nSTARTTLS\r\nEHLO client.example\r\n");
    assert!(matches!(&outcomes[2], Outcome::Secured { established, .. } if **established == stands()), "{outcomes:?}");
    assert!(matches!(&outcomes[3], Outcome::Introduced { extensions, .. } if !extensions.has("STARTTLS")));
    let told = client.transcript().to_string();
    let around = "S: 220 go\n-- TLS stands: TLS 1.3, TLS_AES_128_GCM_SHA256, certificate verified\nC: EHLO";
    assert!(told.contains(around), "{told}");
}

/// RFC 3207 4: "220 Ready to start TLS", "501 Syntax error", "454 TLS not available due to temporary reason".
#[rstest]
#[case(b"454 4.7.0 TLS not available\r\n", 454)]
#[case(b"501 5.5.4 no\r\n", 501)]
#[case(b"250 what\r\n", 250)]
fn tls_is_begun_behind_nothing_else(#[case] reply: &[u8], #[case] expected: u16) {
    let mut client = Client::default();
    let (_, outcomes) =
        play(&mut client, vec![start_tls(b""), Step::Command(b"NOOP".to_vec())], &[reply, b"250 ok\r\n"]);
    assert_eq!(outcomes.iter().map(code).collect::<Vec<_>>(), [Some(expected), Some(250)]);
    assert!(!client.transcript().to_string().contains("TLS stands"));
}

/// The other way round of CVE-2011-0411: what stands in clear behind the 220 is nobody's reply.
#[rstest]
#[case::a_reply(b"220 go\r\n250 injected\r\n", "250 injected")]
#[case::half_a_reply(b"220 go\r\n25", "25")]
fn what_comes_in_clear_behind_the_220_is_told_of_and_ends_it(#[case] says: &[u8], #[case] octets: &str) {
    let mut client = Client::default();
    let (sent, outcomes) = play(&mut client, vec![start_tls(b""), ehlo(false), Step::Quit], &[says, b"250 late\r\n"]);
    assert_eq!(sent, "STARTTLS\r\n");
    for outcome in &outcomes {
        assert_eq!(failure(outcome), &TlsError::InClear { octets: octets.to_owned() });
    }
    let told = client.transcript().to_string();
    let expected = format!("-- no TLS: what came in the place of TLS is in clear: {octets}\n");
    assert!(told.ends_with(&expected), "{told}");
    assert!(told.contains(&format!("S: {octets}")), "{told}");
}

#[test]
fn what_came_while_hands_were_to_be_shaken_is_in_clear() {
    let mut client = Client::default();
    client.begin(start_tls(b""), Duration::ZERO);
    assert!(matches!(client.poll(), Wish::Send(_)));
    client.receive(b"220 go\r\n", Duration::ZERO);
    assert_eq!(client.poll(), Wish::StartTls);
    client.receive(b"250 injected\r\n", Duration::ZERO);
    let Wish::Done(outcome) = client.poll() else { panic!("it goes on") };
    assert_eq!(failure(&outcome), &TlsError::InClear { octets: "250 injected".to_owned() });
}

#[test]
fn what_is_injected_goes_out_in_the_same_write() {
    let mut client = Client::default();
    client.begin(start_tls(b"RSET\r\n"), Duration::ZERO);
    assert_eq!(client.poll(), Wish::Send(b"STARTTLS\r\nRSET\r\n".to_vec()));
    assert_eq!(client.transcript().to_string(), "C: STARTTLS\nC: RSET\n");
}

#[test]
fn a_handshake_that_fails_leaves_a_connection_of_no_use() {
    let mut client = Client::default();
    client.begin(start_tls(b""), Duration::ZERO);
    assert!(matches!(client.poll(), Wish::Send(_)));
    client.receive(b"220 go\r\n", Duration::ZERO);
    assert_eq!(client.poll(), Wish::StartTls);
    client.lose(NoAnswer::NoTls { cause: NoTls::Failed { error: TlsError::Closed } }, Duration::ZERO);
    assert!(matches!(client.poll(), Wish::Done(outcome) if *failure(&outcome) == TlsError::Closed));
    for step in [ehlo(false), Step::Quit] {
        let (sent, outcomes) = play(&mut client, vec![step], &[]);
        assert_eq!((sent.as_str(), failure(&outcomes[0])), ("", &TlsError::Closed));
    }
}
