mod start_tls;
mod unasked;

use rstest::rstest;

use super::*;
use crate::protocol::sasl::{Credentials, Entropy, Mechanism};
use crate::protocol::secret::Secret;
use crate::protocol::tls::{CertificateCheck, TlsVersion};
use crate::protocol::wire::ReplyError;

const MAIL: &[u8] = b"MAIL FROM:<a@client.example>";

/// Plays a script against a list of what the server says, one entry each time the client has nothing to send; what the
/// client sent, and what each step came to.
fn play(client: &mut Client, script: Script, says: &[&[u8]]) -> (String, Vec<Outcome>) {
    let (mut sent, mut outcomes, mut says) = (Vec::new(), Vec::new(), says.iter());
    for step in script {
        client.begin(step, Duration::ZERO);
        let outcome = loop {
            match client.poll() {
                Wish::Send(octets) => sent.extend_from_slice(&octets),
                Wish::Receive => match says.next() {
                    Some(octets) => client.receive(octets, Duration::ZERO),
                    None => client.lose(NoAnswer::Closed, Duration::ZERO),
                },
                Wish::StartTls => client.secured(stands(), Duration::ZERO),
                Wish::Done(outcome) => break outcome,
            }
        };
        outcomes.push(outcome);
    }
    (String::from_utf8(sent).unwrap(), outcomes)
}

/// A layer that stands.
fn stands() -> Established {
    let check = CertificateCheck::Verified;
    Established { version: TlsVersion::Tls13, cipher: "TLS_AES_128_GCM_SHA256".to_owned(), certificate: None, check }
}

fn code(outcome: &Outcome) -> Option<u16> {
    outcome.clone().into_reply().ok().map(|reply| reply.code().get())
}

fn ehlo(helo_fallback: bool) -> Step {
    Step::Ehlo { name: "client.example".to_owned(), helo_fallback }
}

fn authenticate(mechanism: Mechanism, credentials: Credentials) -> Step {
    let entropy = Entropy { nonce: *b"12345678", unix_milliseconds: 0 };
    Step::Authenticate(Authenticate { mechanism, credentials, entropy })
}

fn password() -> Credentials {
    Credentials::Password { user: "alice".to_owned(), password: Secret::new("sesame"), domain: None }
}

#[test]
fn a_whole_session_is_said_and_kept() {
    let mut client = Client::default();
    let script = vec![
        Step::Greeting,
        ehlo(true),
        Step::Command(MAIL.to_vec()),
        Step::Command(b"DATA".to_vec()),
        Step::MailData(b"A: b\r\n\r\n.hidden\r\n".to_vec()),
        Step::Quit,
    ];
    let says: [&[u8]; 6] =
        [b"220 a\r\n", b"250-a\r\n250 SIZE\r\n", b"250 ok\r\n", b"354 go\r\n", b"250 2.0.0 done\r\n", b"221 bye\r\n"];
    let (sent, outcomes) = play(&mut client, script, &says);
    let expected =
        "EHLO client.example\r\nMAIL FROM:<a@client.example>\r\nDATA\r\nA: b\r\n\r\n..hidden\r\n.\r\nQUIT\r\n";
    assert_eq!(sent, expected);
    assert_eq!(outcomes.iter().filter_map(code).collect::<Vec<_>>(), [220, 250, 250, 354, 250, 221]);
    let transcript = client.transcript().to_string();
    for line in ["S: 220 a", "C: EHLO client.example", "S: 250-a", "S: 250 SIZE", "S: 354 go", "C: QUIT", "S: 221 bye"]
    {
        assert!(transcript.lines().any(|said| said == line), "{line} is not in\n{transcript}");
    }
}

/// RFC 5321 3.2: a client that gets a 5xx to EHLO may say HELO.
#[rstest]
#[case::refused(true, b"500 what\r\n", "EHLO client.example\r\nHELO client.example\r\n")]
#[case::refused_and_not_asked_for(false, b"500 what\r\n", "EHLO client.example\r\n")]
#[case::deferred(true, b"421 later\r\n", "EHLO client.example\r\n")]
#[case::accepted(true, b"250 a\r\n", "EHLO client.example\r\n")]
fn helo_follows_a_refused_ehlo_where_asked(#[case] fallback: bool, #[case] reply: &[u8], #[case] expected: &str) {
    let (sent, _) = play(&mut Client::default(), vec![ehlo(fallback)], &[reply, b"250 a\r\n"]);
    assert_eq!(sent, expected);
}

/// RFC 4954 4.3's example of PLAIN without an initial response, with other words; the response is what RFC 4616 says.
#[test]
fn plain_waits_for_an_empty_challenge() {
    let mut client = Client::default();
    let script = vec![authenticate(Mechanism::Plain, password())];
    let (sent, outcomes) = play(&mut client, script, &[b"334 \r\n", b"235 2.7.0 ok\r\n"]);
    // `printf '\0alice\0sesame' | base64`
    assert_eq!(sent, "AUTH PLAIN\r\nAGFsaWNlAHNlc2FtZQ==\r\n");
    assert!(matches!(outcomes.as_slice(), [Outcome::Exchange(Exchange::Answered { challenged: true, .. })]));
}

#[test]
fn login_answers_both_prompts_whatever_they_say() {
    let says: [&[u8]; 3] = [b"334 VXNlciBOYW1lAA==\r\n", b"334 UGFzc3dvcmQA\r\n", b"235 ok\r\n"];
    let script = vec![authenticate(Mechanism::Login, password())];
    let (sent, _) = play(&mut Client::default(), script, &says);
    // `printf alice | base64`, `printf sesame | base64`
    assert_eq!(sent, "AUTH LOGIN\r\nYWxpY2U=\r\nc2VzYW1l\r\n");
}

#[test]
fn ntlm_begins_behind_mere_text() {
    // Message 2 as Exchange 5.5 sent it (KB:Q262945).
    let challenge =
        b"334 TlRMTVNTUAACAAAADgAOADAAAAC1ggFAkDTQvqfglJ8AAAAAAAAAAAAAAAA+AAAAVABJAE0ARABPAEYAVQA=\r\n".as_slice();
    let says: [&[u8]; 3] = [b"334 ntlm supported\r\n", challenge, b"235 ok\r\n"];
    let script = vec![authenticate(Mechanism::Ntlm, Credentials::NullSession)];
    let (sent, outcomes) = play(&mut Client::default(), script, &says);
    let lines: Vec<&str> = sent.split_terminator("\r\n").collect();
    assert_eq!(lines.len(), 3);
    // The signature and the numbers of messages 1 and 3 (MS-NLMP 2.2.1), in base64.
    assert!(lines[0] == "AUTH NTLM" && lines[1].starts_with("TlRMTVNTUAAB") && lines[2].starts_with("TlRMTVNTUAAD"));
    assert_eq!(code(&outcomes[0]), Some(235));
}

/// RFC 4954 4: `*` cancels, and the server answers 501.
#[rstest]
#[case::no_ntlm_message(Mechanism::Ntlm, &["334 ntlm supported\r\n", "334 bm90IE5UTE0=\r\n"])]
#[case::no_base64(Mechanism::CramMd5, &["334 !\r\n"])]
fn a_challenge_that_cannot_be_answered_is_cancelled(#[case] mechanism: Mechanism, #[case] challenges: &[&str]) {
    let says: Vec<&[u8]> =
        challenges.iter().chain(&["501 cancelled\r\n", "250 ok\r\n"]).map(|says| says.as_bytes()).collect();
    let script = vec![authenticate(mechanism, password()), Step::Command(b"NOOP".to_vec())];
    let (sent, outcomes) = play(&mut Client::default(), script, &says);
    assert!(sent.ends_with("\r\n*\r\nNOOP\r\n"), "{sent}");
    let [Outcome::Exchange(Exchange::Stopped { reply: Some(cancelled), .. }), after] = outcomes.as_slice() else {
        panic!("{outcomes:?}")
    };
    assert_eq!((cancelled.code().get(), code(after)), (501, Some(250)));
}

#[test]
fn a_server_that_never_has_enough_is_cancelled() {
    let says = [b"334 \r\n".as_slice(); 20];
    let (sent, outcomes) = play(&mut Client::default(), vec![authenticate(Mechanism::Plain, password())], &says);
    assert_eq!(sent.lines().collect::<Vec<_>>(), ["AUTH PLAIN", "AGFsaWNlAHNlc2FtZQ==", "*"]);
    assert!(matches!(&outcomes[0], Outcome::Exchange(Exchange::Stopped { .. })));
}

#[test]
fn credentials_that_do_not_fit_say_nothing() {
    let script = vec![authenticate(Mechanism::Plain, Credentials::NullSession)];
    let (sent, outcomes) = play(&mut Client::default(), script, &[]);
    assert_eq!(sent, "");
    assert!(matches!(&outcomes[0], Outcome::Exchange(Exchange::Stopped { reply: None, .. })));
}

#[test]
fn no_secret_is_kept_however_it_was_said() {
    let mut client = Client::default();
    let script = vec![
        authenticate(Mechanism::Login, password()),
        Step::Command(b"AUTH PLAIN AGFsaWNlAHNlc2FtZQ==".to_vec()),
        Step::Command(b"AUTH LOGIN".to_vec()),
        Step::Command(b"c2VzYW1l".to_vec()),
        Step::Octets(b"NOOP\r\nAUTH PLAIN AGFsaWNlAHNlc2FtZQ==\r\n".to_vec()),
    ];
    let says: [&[u8]; 6] = [
        b"334 VXNlcm5hbWU6\r\n",
        b"334 UGFzc3dvcmQ6\r\n",
        b"535 no\r\n",
        b"535 no\r\n",
        b"334 VXNlcm5hbWU6\r\n",
        b"535 no\r\n",
    ];
    let (sent, outcomes) = play(&mut client, script, &says);
    assert_eq!(outcomes.last(), Some(&Outcome::Sent));
    assert_eq!(sent.matches("c2VzYW1l").count(), 2);
    let shown = format!("{}{:?}{client:?}", client.transcript(), client.transcript());
    for secret in ["sesame", "c2VzYW1l", "AGFsaWNlAHNlc2FtZQ", "alice", "YWxpY2U"] {
        assert!(!shown.contains(secret), "{secret} is in\n{shown}");
    }
    assert!(client.transcript().to_string().contains("C: NOOP"));
}

#[rstest]
#[case::garbage(b"\x00\xffhello\r\n".as_slice(), "not a reply line")]
#[case::no_code(b"OK\r\n", "not a reply line: OK")]
#[case::endless(&[b'x'; 20_000], "a reply line of more than")]
fn what_is_no_reply_ends_the_step(#[case] octets: &[u8], #[case] expected: &str) {
    let mut client = Client::default();
    let (_, outcomes) = play(&mut client, vec![Step::Greeting], &[octets]);
    let [Outcome::NoAnswer(NoAnswer::NoReply { what })] = outcomes.as_slice() else { panic!("{outcomes:?}") };
    assert!(what.starts_with(expected), "{what}");
    assert!(what.len() < 1200);
    assert_eq!(client.transcript().entries.len(), 1);
}

/// What came of a reply is kept where the rest never came: it is told from silence.
#[rstest]
#[case::nothing(b"", "-- the server closed the connection\n")]
#[case::a_line_without_end(b"220 o", "S: 220 o ·cut\n-- the server closed the connection\n")]
#[case::a_line_short(b"220-a\r\n220 b", "S: 220-a\nS: 220 b ·cut\n-- the server closed the connection\n")]
#[case::no_last_line(b"220-a\r\n", "S: 220-a\n-- the server closed the connection\n")]
fn half_a_reply_is_none_and_is_kept(#[case] octets: &[u8], #[case] expected: &str) {
    let mut client = Client::default();
    let says: &[&[u8]] = if octets.is_empty() { &[] } else { &[octets] };
    let (_, outcomes) = play(&mut client, vec![Step::Greeting], says);
    assert_eq!(outcomes, [Outcome::NoAnswer(NoAnswer::Closed)]);
    assert_eq!(client.transcript().to_string(), expected);
}

/// What comes behind octets that are no reply is told of and answers nothing.
#[rstest]
#[case::behind_quit(&["banana\r\n", "221 bye\r\n"], "S: banana\nC: QUIT\nS: 221 bye\n")]
#[case::in_one_piece(&["banana\r\n250-a\r\n250 ok\r\n25", "221 bye\r\n"],
    "S: banana\nS: 250-a\nS: 250 ok\nS: 25 ·cut\nC: QUIT\nS: 221 bye\n")]
#[case::several_lines(&["banana\r\n", "221-go\r\n", "221 bye\r\nmore\r\n"],
    "S: banana\nC: QUIT\nS: 221-go\nS: 221 bye\nS: more\n")]
#[case::nothing(&["banana\r\n"], "S: banana\nC: QUIT\n-- the server closed the connection\n")]
fn what_comes_behind_no_reply_is_kept(#[case] says: &[&str], #[case] expected: &str) {
    let mut client = Client::default();
    let script = vec![Step::Command(MAIL.to_vec()), Step::Command(b"NOOP".to_vec()), Step::Quit];
    let says: Vec<&[u8]> = says.iter().map(|says| says.as_bytes()).collect();
    let (sent, outcomes) = play(&mut client, script, &says);
    assert_eq!(sent, "MAIL FROM:<a@client.example>\r\nQUIT\r\n");
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::NoAnswer(_))), "{outcomes:?}");
    assert_eq!(client.transcript().to_string(), format!("C: MAIL FROM:<a@client.example>\n{expected}"));
}

#[test]
fn nothing_is_said_where_there_is_no_connection() {
    let mut client = Client::default();
    let (sent, outcomes) = play(&mut client, vec![Step::Greeting, Step::Command(MAIL.to_vec()), Step::Quit], &[]);
    assert_eq!(sent, "");
    assert_eq!(outcomes, vec![Outcome::NoAnswer(NoAnswer::Closed); 3]);
    assert_eq!(client.transcript().to_string(), "-- the server closed the connection\n");
}

/// The limit of lines is that of [`crate::protocol::wire::Limits::client`].
#[test]
fn the_lines_of_an_endless_reply_are_kept_and_no_more() {
    let mut client = Client::default();
    let says = "250-a\r\n".repeat(1000);
    let (_, outcomes) = play(&mut client, vec![ehlo(true)], &[says.as_bytes()]);
    assert!(matches!(&outcomes[0], Outcome::NoAnswer(NoAnswer::NoReply { what }) if what.contains("256 lines")));
    let transcript = client.transcript().to_string();
    assert_eq!(transcript.lines().filter(|line| *line == "S: 250-a").count(), 256);
    assert!(transcript.ends_with("S: 250-a\n"));
}

/// Takes what has arrived for a whole reply, as soon as one line of it has.
#[derive(Debug, Default)]
struct HalfReader {
    held: Vec<u8>,
}

impl ReplyReader for HalfReader {
    fn push(&mut self, octets: &[u8]) {
        self.held.extend_from_slice(octets);
    }

    fn next_reply(&mut self) -> Option<Result<Reply, ReplyError>> {
        let end = self.held.iter().position(|octet| *octet == b'\n')?;
        let mut line: Vec<u8> = self.held.drain(..=end).collect();
        if let Some(separator) = line.get_mut(3) {
            *separator = b' ';
        }
        Reply::from_bytes(&line)
    }
}

/// What EHLO, MAIL and RCPT came to on a server whose EHLO reply has several lines and which says `250-` before its
/// refusal.
fn codes_with(reader: Box<dyn ReplyReader>) -> Vec<Option<u16>> {
    let script =
        vec![ehlo(true), Step::Command(MAIL.to_vec()), Step::Command(b"RCPT TO:<somebody@elsewhere.example>".to_vec())];
    let says: [&[u8]; 4] =
        [b"250-a\r\n250-8BIT", b"MIME\r\n250 SIZE\r\n", b"250 ok\r\n", b"250-not quite\r\n550 5.7.1 no\r\n"];
    play(&mut Client::new(reader), script, &says).1.iter().map(code).collect()
}

#[test]
fn a_reader_that_takes_half_a_reply_for_a_whole_one_is_caught() {
    assert_eq!(codes_with(Box::new(ReplyDecoder::new())), [Some(250), Some(250), Some(550)]);
    assert_ne!(codes_with(Box::<HalfReader>::default()), [Some(250), Some(250), Some(550)]);
}

proptest::proptest! {
    /// However the server's octets are cut, the same is said, and the same comes of it.
    #[test]
    fn cuts_do_not_matter(cuts in proptest::collection::vec(1_usize..9, 0..60)) {
        let stream = b"220-a\r\n220 b\r\n250-a\r\n250-AUTH LOGIN\r\n250 SIZE\r\n334 VXNlcm5hbWU6\r\n334 UGFzc3dvcmQ6\r\n\
            535 5.7.8 no\r\n250 ok\r\n550-5.7.1 no\r\n550 5.7.1 really\r\n";
        let script = || vec![
            Step::Greeting,
            ehlo(true),
            authenticate(Mechanism::Login, password()),
            Step::Command(MAIL.to_vec()),
            Step::Command(b"RCPT TO:<somebody@elsewhere.example>".to_vec()),
        ];
        // A reply never comes before it is asked for: a cut may split one, and does not join two.
        let mut pieces: Vec<&[u8]> = Vec::new();
        let mut cuts = cuts.into_iter();
        for line in stream.split_inclusive(|octet| *octet == b'\n') {
            let mut rest: &[u8] = line;
            while let Some((piece, behind)) = cuts.next().and_then(|cut| rest.split_at_checked(cut)) {
                pieces.push(piece);
                rest = behind;
            }
            pieces.push(rest);
        }
        pieces.retain(|piece| !piece.is_empty());
        let (mut whole, mut cut) = (Client::default(), Client::default());
        let lines: Vec<&[u8]> = stream.split_inclusive(|octet| *octet == b'\n').collect();
        let expected = play(&mut whole, script(), &lines);
        proptest::prop_assert_eq!(play(&mut cut, script(), &pieces), expected);
        proptest::prop_assert_eq!(cut.transcript(), whole.transcript());
    }
}

/// What a server said first to the client nonce `MTIzNDU2Nzg=` (base64 of [`authenticate`]'s): `r=MTIzNDU2Nzg=x,s=c2FsdA==,i=1`,
/// in base64.
const SCRAM_SERVER_FIRST: &[u8] = b"334 cj1NVEl6TkRVMk56Zz14LHM9YzJGc2RBPT0saT0x\r\n";

/// Its right signature for the password `sesame`, computed with Python's `hashlib.pbkdf2_hmac` and `hmac` as RFC 5802 3 says.
const SCRAM_SERVER_FINAL: &[u8] = b"334 dj1aV01DL0ZST0kvZitmTGVhUDRiYXpzWFZITHhLY2lUMWUxV1dqTGhmcTVrPQ==\r\n";

/// RFC 5802 5: a client that gets no right signature must not take the exchange for successful. RFC 4954 4: `*` cancels.
#[rstest]
#[case::proved(&[b"334 \r\n", SCRAM_SERVER_FIRST, SCRAM_SERVER_FINAL, b"235 ok\r\n"], "answered", "")]
#[case::refused(&[b"334 \r\n", SCRAM_SERVER_FIRST, b"535 no\r\n"], "answered", "AUTH")]
// `v=` with another signature, and `e=invalid-proof`, in base64.
#[case::wrong(&[b"334 \r\n", SCRAM_SERVER_FIRST, b"334 dj1BQUFB\r\n", b"501 ok\r\n"], "stopped", "*")]
#[case::error(&[b"334 \r\n", SCRAM_SERVER_FIRST, b"334 ZT1pbnZhbGlkLXByb29m\r\n", b"535 no\r\n"], "answered", "")]
#[case::success_behind_an_error(
    &[b"334 \r\n", SCRAM_SERVER_FIRST, b"334 ZT1pbnZhbGlkLXByb29m\r\n", b"235 ok\r\n"], "unproven", ""
)]
#[case::success_without_a_signature(&[b"334 \r\n", SCRAM_SERVER_FIRST, b"235 ok\r\n"], "unproven", "AUTH")]
#[case::success_before_our_proof(&[b"334 \r\n".as_slice(), b"235 ok\r\n"], "unproven", "AUTH")]
fn a_server_that_does_not_prove_itself_is_told_apart(
    #[case] says: &[&[u8]],
    #[case] expected: &str,
    #[case] last: &str,
) {
    let mut client = Client::default();
    let (sent, outcomes) = play(&mut client, vec![authenticate(Mechanism::ScramSha256, password())], says);
    let came_to = match outcomes.as_slice() {
        [Outcome::Exchange(Exchange::Answered { challenged: true, .. })] => "answered",
        [Outcome::Exchange(Exchange::Unproven { .. })] => "unproven",
        [Outcome::Exchange(Exchange::Stopped { reason, .. })] if reason.contains("did not prove") => "stopped",
        other => panic!("{other:?}"),
    };
    assert_eq!(came_to, expected);
    if last != "AUTH" {
        assert_eq!(sent.split_terminator("\r\n").last(), Some(last), "{sent}");
    }
}

/// From the signature, and what is said in the open before it, passwords can be guessed.
#[test]
fn the_server_s_signature_is_in_no_transcript() {
    let says = [b"334 \r\n".as_slice(), SCRAM_SERVER_FIRST, SCRAM_SERVER_FINAL, b"235 ok\r\n"];
    let mut client = Client::default();
    play(&mut client, vec![authenticate(Mechanism::ScramSha256, password())], &says);
    let transcript = client.transcript().to_string();
    let expected = "C: AUTH SCRAM-SHA-256\nS: 334 \nC: (SCRAM-SHA-256 user name, 36 octets)\n\
                    S: 334 cj1NVEl6TkRVMk56Zz14LHM9YzJGc2RBPT0saT0x\nC: (SCRAM-SHA-256 proof, 92 octets)\n\
                    S: (SCRAM-SHA-256 server signature, 68 octets)\nC: (empty SCRAM-SHA-256 response, 0 octets)\n\
                    S: 235 ok\n";
    assert_eq!(transcript, expected);
}
