use std::time::Duration;

use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::protocol::transcript::FactMark;

const AT: Duration = Duration::ZERO;

fn shown(fill: impl FnOnce(&mut Transcript)) -> String {
    let mut transcript = Transcript::new();
    fill(&mut transcript);
    transcript.to_string()
}

#[rstest]
#[case(Side::Client, b"MAIL FROM:<a@b.example>", "C: MAIL FROM:<a@b.example>\n")]
#[case(Side::Server, b"250 OK", "S: 250 OK\n")]
#[case(Side::Server, b"250 OK\r\n", "S: 250 OK\n")]
#[case(Side::Server, b"250-a\r\n250 b", "S: 250-a\nS: 250 b\n")]
#[case(Side::Server, b"", "S: \n")]
#[case(Side::Server, b"\r\n", "S: \n")]
#[case(Side::Client, b"a\r\n\r\nb", "C: a\nC: \nC: b\n")]
#[case(Side::Client, b"RSET\nQUIT\r", "C: RSET\\x0aQUIT\\x0d\n")]
#[case(Side::Client, b"\x00\x7f\xe9 ~", "C: \\x00\\x7f\\xe9 ~\n")]
fn a_line_is_shown_as_lines(#[case] side: Side, #[case] bytes: &[u8], #[case] expected: &str) {
    assert_eq!(shown(|transcript| transcript.line(side, AT, bytes)), expected);
}

#[rstest]
#[case(true, "S: 250-a ·chosen\nS: 250 b ·chosen\n")]
#[case(false, "S: 250-a\nS: 250 b\n")]
fn a_chosen_line_says_so(#[case] chosen: bool, #[case] expected: &str) {
    let text = shown(|transcript| {
        transcript.line(Side::Server, AT, "250-a\r\n250 b");
        transcript.entries[0].mark = Some(FactMark { fact: "exchange-5.5/noop".to_owned(), chosen });
    });
    assert_eq!(text, expected);
}

#[test]
fn a_line_that_did_not_end_says_so() {
    assert_eq!(shown(|transcript| transcript.cut_line(Side::Server, AT, "250 o")), "S: 250 o ·cut\n");
}

#[rstest]
#[case("NTLM message 3", 88, "C: (NTLM message 3, 88 octets)\n")]
#[case("password", 1, "C: (password, 1 octet)\n")]
fn a_credential_is_a_label(#[case] label: &str, #[case] length: usize, #[case] expected: &str) {
    assert_eq!(shown(|transcript| transcript.credential(AT, label, length)), expected);
}

#[rstest]
#[case(Happening::Connected, "-- connected\n")]
#[case(Happening::NotConnected { reason: "refused".to_owned() }, "-- not connected: refused\n")]
#[case(Happening::Closed, "-- the server closed the connection\n")]
#[case(Happening::Reset { reason: "by\npeer".to_owned() }, "-- the server reset the connection: by\\x0apeer\n")]
#[case(Happening::TimedOut { after: Duration::from_millis(1500) }, "-- no whole reply came from the server within 1.5s\n")]
fn a_happening_is_a_sentence(#[case] happening: Happening, #[case] expected: &str) {
    assert_eq!(shown(|transcript| transcript.happened(Side::Server, AT, happening)), expected);
}

#[test]
fn short_mail_data_is_shown_whole() {
    let text = shown(|transcript| transcript.mail_data(Side::Client, AT, "Subject: x\r\n\r\n..\r\n"));
    assert_eq!(text, "C: | Subject: x\nC: | \nC: | ..\n");
}

#[test]
fn long_mail_data_loses_its_middle() {
    let data: String = (0..100).map(|line| format!("{line:03}\r\n")).collect();
    let text = shown(|transcript| transcript.mail_data(Side::Client, AT, data));
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 17);
    assert_eq!(lines[11..14], ["C: | 011", "C: | (… 420 octets left out …)", "C: | 096"]);
    assert_eq!(lines[16], "C: | 099");
}

#[rstest]
#[case(200, None)]
#[case(201, Some("(… 1 octet left out …)"))]
#[case(100_000, Some("(… 99800 octets left out …)"))]
fn a_long_line_of_mail_data_loses_its_middle(#[case] length: usize, #[case] left_out: Option<&str>) {
    let text = shown(|transcript| transcript.mail_data(Side::Client, AT, vec![b'x'; length]));
    let middle = left_out.unwrap_or("");
    assert_eq!(text, format!("C: | {}{middle}{}\n", "x".repeat(160), "x".repeat(40)));
}

proptest! {
    #[test]
    fn any_octets_are_shown_as_printable_lines(bytes: Vec<u8>, side in prop::sample::select(vec!['C', 'S'])) {
        let side_said = if side == 'C' { Side::Client } else { Side::Server };
        let text = shown(|transcript| {
            transcript.line(side_said, AT, bytes.clone());
            transcript.mail_data(side_said, AT, bytes);
        });
        let prefix = format!("{side}: ");
        for line in text.lines() {
            prop_assert!(line.starts_with(&prefix));
            prop_assert!(line.chars().all(|c| matches!(c, ' '..='~' | '…')), "{}", line);
        }
    }
}
