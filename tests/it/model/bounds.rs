//! Nothing is held without bound.

use super::product::behaviours_of;
use super::support::{Client, behaviours};

const PIECE: usize = 1 << 16;
const TEN_MEGABYTES: usize = 10 << 20;

/// What the session holds, seen from outside: its `Debug` form prints every buffer.
fn held(client: &mut Client) -> usize {
    format!("{:?}", client.session()).len()
}

fn pour(client: &mut Client, octet: u8) -> usize {
    let piece = vec![octet; PIECE];
    let mut most = 0;
    for _ in 0..TEN_MEGABYTES / PIECE {
        assert_eq!(client.send(&piece), "");
        most = most.max(held(client));
    }
    most
}

// A held octet prints as up to five characters (`120, `); the model itself, with all its facts, prints about 50 kB.
const GENEROUS: usize = 600_000;

#[test]
fn a_line_without_end() {
    let mut client = Client::connect(behaviours());
    assert!(pour(&mut client, b'x') < GENEROUS);
    assert_eq!(client.send("\r\nNOOP\r\n"), "550 line-too-long\n250 noop.ok");
}

// The limit counts the line ending (RFC 5321 4.5.3.1.4): 1000 octets are 998 and CRLF.
#[test]
fn a_command_of_just_the_limit() {
    for (length, expected) in [(998, "250 noop.ok"), (999, "550 line-too-long")] {
        let line = format!("NOOP {}", "x".repeat(length - 5));
        assert_eq!(Client::connect(behaviours()).say(&line), expected, "{length}");
    }
}

#[test]
fn a_response_without_end() {
    let mut client = Client::connect(behaviours());
    client.say("AUTH LOGIN");
    assert!(pour(&mut client, b'x') < GENEROUS);
    assert_eq!(client.send("\r\nNOOP\r\n"), "550 authenticate.line-too-long\n250 noop.ok");
}

#[test]
fn mail_data_over_the_limit() {
    for octet in [b'x', b'\n', b'\r', b'.'] {
        let mut client = Client::connect(behaviours());
        client.say("HELO c\nMAIL FROM:<>\nRCPT TO:<a>\nDATA");
        assert!(pour(&mut client, octet) < GENEROUS);
        assert_eq!(client.send("\r\n.\r\nMAIL FROM:<>\r\n"), "550 data.too-large\n250 mail.ok <> <>");
        assert!(client.mails.is_empty());
    }
}

#[test]
fn a_message_of_just_the_limit() {
    for (size, expected) in [(20_000 - 2, "250 data.accepted"), (20_000 - 1, "550 data.too-large")] {
        let mut client = Client::connect(behaviours());
        client.say("HELO c\nMAIL FROM:<>\nRCPT TO:<a>\nDATA");
        let reply = client.say(&format!("{}\n.", "x".repeat(size)));
        assert!(reply.starts_with(expected), "{size}: {reply}");
    }
}

#[test]
fn a_chunk_over_the_limit() {
    let mut client = Client::connect(behaviours());
    client.say(&format!("HELO c\nMAIL FROM:<>\nRCPT TO:<a>\nBDAT {} LAST", TEN_MEGABYTES + 1));
    assert!(pour(&mut client, b'x') < GENEROUS);
    assert_eq!(client.send("x"), "550 data.too-large");
    assert_eq!(client.say("BDAT 18446744073709551615"), "");
    assert!(pour(&mut client, b'x') < GENEROUS);
}

/// RFC 5321 4.5.3.1.1 to 4.5.3.1.3 and 4.5.3.1.9: 501; RFC 3463 3.2: X.1.3 and X.1.7.
#[test]
fn the_reference_holds_paths_to_the_limits_of_the_standard() {
    let mut client = Client::connect(behaviours_of("reference"));
    client.say("EHLO client.example");
    let (longest, too_long) = ("x".repeat(64), "x".repeat(65));
    assert!(client.say(&format!("MAIL FROM:<{too_long}@outside.example>")).starts_with("501 5.1.7 "));
    assert!(client.say(&format!("MAIL FROM:<{longest}@outside.example>")).starts_with("250 "));
    assert!(client.say(&format!("RCPT TO:<{too_long}@inside.example>")).starts_with("501 5.1.3 "));
    assert!(client.say(&format!("RCPT TO:<b@{}.inside.example>", "d.".repeat(120))).starts_with("501 5.1.3 "));
    assert!(client.say(&format!("RCPT TO:<{longest}@inside.example>")).starts_with("250 "));
}

#[test]
fn a_reply_line_stays_within_its_limit() {
    let mut client = Client::connect(behaviours());
    client.say("HELO c");
    let reply = client.say(&format!("MAIL FROM:<{}@b>", "x".repeat(900)));
    assert_eq!(reply.len(), 510, "RFC 5321 4.5.3.1.5: 512 with CRLF");
}
