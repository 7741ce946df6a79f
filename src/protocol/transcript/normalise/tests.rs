use std::time::Duration;

use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::protocol::transcript::FactMark;

/// One entry after one rule.
fn normalised(rule: Rule, side: Side, content: Content) -> Content {
    let entry = Entry { side, at: Duration::from_millis(7), content, mark: None };
    let normaliser = Normaliser { rules: vec![rule] };
    let copy = normaliser.apply(&Transcript { entries: vec![entry.clone()] });
    let [copied] = <[Entry; 1]>::try_from(copy.entries).unwrap();
    assert_eq!(Entry { content: entry.content.clone(), ..copied.clone() }, entry);
    copied.content
}

fn server_line(rule: Rule, line: &str) -> String {
    let content = normalised(rule, Side::Server, Content::Line { bytes: line.into(), is_cut: false });
    let Content::Line { bytes, .. } = content else { panic!("{content:?}") };
    String::from_utf8(bytes).unwrap()
}

fn literal(text: &str, placeholder: &str) -> Rule {
    Rule::Literal { text: text.to_owned(), placeholder: placeholder.to_owned() }
}

#[rstest]
#[case("mail.example", "220 mail.example hello from mail.example", "220 {host} hello from {host}")]
#[case("mail.example", "220 MAIL.example", "220 MAIL.example")]
#[case("aa", "aaa", "{host}a")]
#[case("", "220 x", "220 x")]
fn a_literal_is_replaced_everywhere(#[case] text: &str, #[case] line: &str, #[case] expected: &str) {
    assert_eq!(server_line(literal(text, "{host}"), line), expected);
}

#[test]
fn a_literal_is_replaced_in_mail_data_and_reasons_too() {
    let rule = literal("192.0.2.1", "{peer}");
    let data = Content::MailData { bytes: b"Received: from [192.0.2.1]\r\n".to_vec() };
    let replaced = Content::MailData { bytes: b"Received: from [{peer}]\r\n".to_vec() };
    assert_eq!(normalised(rule.clone(), Side::Client, data), replaced);
    let reset = |reason: &str| Content::Happening(Happening::Reset { reason: reason.to_owned() });
    assert_eq!(normalised(rule, Side::Server, reset("192.0.2.1 reset")), reset("{peer} reset"));
}

#[rstest]
// Microsoft Q262945.
#[case("334 TlRMTVNTUAACAAAADgAOADAAAAC1ggFAkDTQvqfglJ8AAAAAAAAAAAAAAAA+AAAAVABJAE0ARABPAEYAVQA=", "334 {challenge}")]
// RFC 2195 section 2.
#[case("334 PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+", "334 {challenge}")]
// LOGIN's prompts, as Windows and aiosmtpd word them.
#[case("334 VXNlcm5hbWU6", "334 VXNlcm5hbWU6")]
#[case("334 UGFzc3dvcmQ6", "334 UGFzc3dvcmQ6")]
#[case("334 VXNlciBOYW1lAA==", "334 VXNlciBOYW1lAA==")]
// Text, no base64.
#[case("334 ntlm supported", "334 ntlm supported")]
#[case("334 ntlm", "334 ntlm")]
#[case("334 ", "334 ")]
#[case(
    "250 PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+",
    "250 PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+"
)]
fn a_challenge_is_replaced(#[case] line: &str, #[case] expected: &str) {
    assert_eq!(server_line(Rule::Challenge, line), expected);
}

#[rstest]
// Windows 2000, a real greeting: two spaces before the date and one behind it.
#[case(
    "220 mx Microsoft ESMTP MAIL Service, Version: 5.0.2195.6713 ready at  Thu, 3 Apr 2008 15:39:17 +0800 ",
    "220 mx Microsoft ESMTP MAIL Service, Version: 5.0.2195.6713 ready at  {date} "
)]
#[case(
    "220-mx ready at Mon, 24 Sep 2001 02:52:54 -0700\r\n220 ESMTP spoken here",
    "220-mx ready at {date}\r\n220 ESMTP spoken here"
)]
#[case("220 mx ESMTP Sendmail 8; Thu, 3 Apr 2008 15:39:17 GMT", "220 mx ESMTP Sendmail 8; {date}")]
#[case("220 mx; Thu, 03 Apr 2008 15:39:17 +0200 (CEST)", "220 mx; {date}")]
#[case("220 mx; 3 Apr 2008 15:39 +0200 and 4 Apr 2008 15:39 +0200", "220 mx; {date} and {date}")]
// Not dates, or no greeting.
#[case("220 mx 5.0.2195 ready", "220 mx 5.0.2195 ready")]
#[case("220 mx 33 Apr 08 15:39:17 +0800", "220 mx 33 Apr 08 15:39:17 +0800")]
#[case("220 mx Thu, 3 Avr 2008 15:39:17 +0800", "220 mx Thu, 3 Avr 2008 15:39:17 +0800")]
#[case("250 Thu, 3 Apr 2008 15:39:17 +0800", "250 Thu, 3 Apr 2008 15:39:17 +0800")]
fn the_date_of_a_greeting_is_replaced(#[case] line: &str, #[case] expected: &str) {
    assert_eq!(server_line(Rule::Date, line), expected);
}

#[rstest]
#[case(
    "Received: from a by b; Thu, 3 Apr 2008 15:39:17 +0800\r\nDate: Thu, 3 Apr 2008 15:39:17 +0800\r\n",
    "Received: from a by b; {date}\r\nDate: Thu, 3 Apr 2008 15:39:17 +0800\r\n"
)]
#[case(
    "received: from a\r\n\tby b;\r\n\tThu, 3 Apr 2008 15:39:17 +0800\r\n",
    "received: from a\r\n\tby b;\r\n\t{date}\r\n"
)]
#[case(
    "Subject: x\r\n\r\nReceived: yesterday, Thu, 3 Apr 2008 15:39:17 +0800\r\n",
    "Subject: x\r\n\r\nReceived: yesterday, Thu, 3 Apr 2008 15:39:17 +0800\r\n"
)]
fn the_date_of_a_received_field_is_replaced(#[case] data: &str, #[case] expected: &str) {
    let content = normalised(Rule::Date, Side::Client, Content::MailData { bytes: data.into() });
    assert_eq!(content, Content::MailData { bytes: expected.into() });
}

#[rstest]
// Windows 2000, a real reply.
#[case(
    "250 2.6.0 <klmdns1fraqbc8wsa1x00000002@smtp11.klk.example.com> Queued mail for delivery",
    "250 2.6.0 <{queue-id}> Queued mail for delivery"
)]
// The wordings of Postfix, Exim and Sendmail, as their sources have them.
#[case("250 2.0.0 Ok: queued as 4F1D23A0B", "250 2.0.0 Ok: queued as {queue-id}")]
#[case("250 OK id=1rQ0Ab-0001Cd-2E", "250 OK id={queue-id}")]
#[case("250 2.0.0 m33Fd1x0012345 Message accepted for delivery", "250 2.0.0 {queue-id} Message accepted for delivery")]
// Exchange 5.5's replies hold no queue id.
#[case("250 OK", "250 OK")]
#[case("250 OK - mail from <Simon@example.com>", "250 OK - mail from <Simon@example.com>")]
// scenarios/products/reference.yaml, `data.accepted`.
#[case("250 2.6.0 Taken as mxa3rdxmcqa00000001", "250 2.6.0 Taken as {queue-id}")]
#[case("250 queued as ", "250 queued as ")]
#[case("450 queued as 7", "450 queued as 7")]
fn a_queue_id_is_replaced(#[case] line: &str, #[case] expected: &str) {
    assert_eq!(server_line(Rule::QueueId, line), expected);
}

#[rstest]
#[case(Rule::Challenge, "334 PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+")]
#[case(Rule::Date, "220 Thu, 3 Apr 2008 15:39:17 +0800")]
#[case(Rule::QueueId, "250 OK id=1")]
fn what_a_client_says_stays(#[case] rule: Rule, #[case] line: &str) {
    let content = Content::Line { bytes: line.into(), is_cut: false };
    assert_eq!(normalised(rule, Side::Client, content.clone()), content);
}

#[test]
fn rules_apply_in_order() {
    let rules = vec![literal("a", "b"), literal("b", "c")];
    let mut transcript = Transcript::new();
    transcript.line(Side::Server, Duration::ZERO, "ab");
    transcript.credential(Duration::ZERO, "a", 1);
    transcript.entries[0].mark = Some(FactMark { fact: "a".to_owned(), chosen: true });
    let mut expected = transcript.clone();
    expected.entries[0].content = Content::Line { bytes: b"cc".to_vec(), is_cut: false };
    assert_eq!(Normaliser { rules }.apply(&transcript), expected);
}

/// Lines likely to hold what the rules look for.
fn line() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(b"220 ".to_vec()),
        Just(b"250 ".to_vec()),
        Just(b"334 ".to_vec()),
        Just(b"\r\n".to_vec()),
        Just(b"Received: ".to_vec()),
        Just(b"Thu, 3 Apr 2008 15:39:17 +0800".to_vec()),
        Just(b" (CST)".to_vec()),
        Just(b"<a@b> Queued mail for delivery".to_vec()),
        Just(b" queued as ".to_vec()),
        Just(b"PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+".to_vec()),
        any::<Vec<u8>>(),
    ];
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_text_is_dropped(line in line(), data in line()) {
        let mut transcript = Transcript::new();
        transcript.line(Side::Server, Duration::ZERO, line.clone());
        transcript.mail_data(Side::Client, Duration::ZERO, data.clone());
        let normaliser = Normaliser { rules: vec![Rule::Challenge, Rule::Date, Rule::QueueId] };
        let once = normaliser.apply(&transcript);
        prop_assert_eq!(normaliser.apply(&once), once.clone());
        for (entry, before) in once.entries.iter().zip([line, data]) {
            let (Content::Line { bytes, .. } | Content::MailData { bytes }) = &entry.content else { panic!() };
            // What is left around the placeholders stands in the original, in order.
            let mut rest = before.as_slice();
            for kept in pieces_between_placeholders(bytes) {
                let at = if kept.is_empty() { Some(0) } else { find(rest, &kept) };
                prop_assert!(at.is_some(), "{:?} is not in {:?}", kept, rest);
                rest = &rest[at.unwrap() + kept.len()..];
            }
        }
    }
}

fn pieces_between_placeholders(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut octets = bytes.to_vec();
    for placeholder in [b"{challenge}".as_slice(), b"{date}", b"{queue-id}"] {
        octets = replace_all(&octets, placeholder, b"{date}");
    }
    let mut pieces = Vec::new();
    let mut rest = octets.as_slice();
    while let Some(at) = find(rest, b"{date}") {
        pieces.push(rest[..at].to_vec());
        rest = &rest[at + 6..];
    }
    pieces.push(rest.to_vec());
    pieces
}
