use proptest::prelude::*;
use rstest::rstest;

use super::*;

/// All replies, and all messages, of a session cut into pieces.
fn receive(pieces: &[&[u8]]) -> (String, Vec<Message>) {
    let mut receiver = Receiver::new();
    let (mut replies, mut messages) = (Vec::new(), Vec::new());
    let mut drain = |receiver: &mut Receiver| {
        while let Some(told) = receiver.poll() {
            match told {
                Told::Message(message) => messages.push(message),
                Told::Reply(octets) => replies.extend_from_slice(&octets),
                Told::Close => replies.extend_from_slice(b"--\r\n"),
            }
        }
    };
    drain(&mut receiver);
    for piece in pieces {
        receiver.receive(piece);
        drain(&mut receiver);
    }
    (String::from_utf8(replies).unwrap(), messages)
}

/// The code of each reply's last line behind the greeting.
fn codes(session: &[u8]) -> Vec<String> {
    let (replies, _) = receive(&[session]);
    replies
        .lines()
        .skip(1)
        .filter(|line| line.as_bytes().get(3) != Some(&b'-') || *line == "--")
        .map(|line| line.chars().take(3).collect())
        .collect()
}

const SESSION: &[u8] = b"EHLO a\r\nMAIL FROM:<x@client.example> SIZE=100\r\nRCPT TO:<y@elsewhere.example>\r\n\
    RCPT TO:<@route.example:z@elsewhere.example>\r\nDATA\r\nA: b\r\n\r\n..dot\r\n.\r\nQUIT\r\n";

#[test]
fn a_message_arrives_with_its_envelope_and_transparency_undone() {
    let (_, messages) = receive(&[SESSION]);
    let expected = Message {
        reverse_path: b"x@client.example".to_vec(),
        forward_paths: vec![b"y@elsewhere.example".to_vec(), b"z@elsewhere.example".to_vec()],
        content: b"A: b\r\n\r\n.dot\r\n".to_vec(),
    };
    assert_eq!(messages, [expected]);
}

#[test]
fn a_message_is_told_before_its_250() {
    let mut receiver = Receiver::new();
    receiver.receive(SESSION);
    let mut told: Vec<Told> = std::iter::from_fn(|| receiver.poll()).collect();
    let at = told.iter().position(|told| matches!(told, Told::Message(_))).unwrap();
    assert_eq!(told.remove(at + 1), Told::Reply(b"250 2.0.0 seen\r\n".to_vec()));
}

/// RFC 5321 4.3.2 for the order, 4.5.1 for what has to be there, 1870 6.1 for SIZE.
#[rstest]
#[case::whole(SESSION, &["250", "250", "250", "250", "354", "250", "221", "--"])]
#[case::null_reverse_path(b"HELO a\r\nMAIL FROM:<>\r\n", &["250", "250"])]
#[case::rcpt_first(b"RCPT TO:<a@b.example>\r\n", &["503"])]
#[case::data_without_rcpt(b"MAIL FROM:<>\r\nDATA\r\n", &["250", "503"])]
#[case::nested_mail(b"MAIL FROM:<>\r\nMAIL FROM:<>\r\n", &["250", "503"])]
#[case::rset(b"MAIL FROM:<>\r\nRSET\r\nMAIL FROM:<>\r\n", &["250", "250", "250"])]
#[case::no_path(b"MAIL FROM:\r\n", &["501"])]
#[case::too_large(b"MAIL FROM:<> SIZE=99999999999\r\n", &["552"])]
#[case::small_talk(b"NOOP\r\nVRFY a\r\nnoop\r\n", &["250", "252", "250"])]
#[case::not_here(b"BDAT 4 LAST\r\nAUTH PLAIN\r\nSTARTTLS\r\nWHAT\r\n", &["502", "502", "502", "502"])]
#[case::nothing_behind_quit(b"QUIT\r\nNOOP\r\n", &["221", "--"])]
fn commands_get_their_replies(#[case] session: &[u8], #[case] expected: &[&str]) {
    assert_eq!(codes(session), expected);
}

#[test]
fn a_message_over_the_limit_is_refused_at_its_end_and_not_held() {
    let line = [b"x".repeat(998).as_slice(), b"\r\n"].concat();
    let many = line.repeat(MESSAGE_LIMIT / line.len() + 1);
    let mut session = b"MAIL FROM:<>\r\nRCPT TO:<a@b.example>\r\nDATA\r\n".to_vec();
    session.extend_from_slice(&many);
    session.extend_from_slice(b".\r\nNOOP\r\n");
    assert_eq!(codes(&session), ["250", "250", "354", "552", "250"]);
    assert_eq!(receive(&[&session]).1, []);
}

#[test]
fn ten_megabytes_without_a_line_are_not_held() {
    let mut receiver = Receiver::new();
    for _ in 0..160 {
        receiver.receive(&[b'x'; 64 * 1024]);
    }
    receiver.receive(b"\r\nNOOP\r\n");
    let told: Vec<Told> = std::iter::from_fn(|| receiver.poll()).skip(1).collect();
    let expected = [b"500 5.5.6 line too long\r\n".to_vec(), b"250 2.0.0 OK\r\n".to_vec()].map(Told::Reply);
    assert_eq!(told, expected);
}

proptest! {
    #[test]
    fn cuts_do_not_matter(cuts in proptest::collection::vec(1_usize..40, 0..40)) {
        let (mut rest, mut pieces) = (SESSION, Vec::new());
        for cut in cuts {
            let Some((piece, behind)) = rest.split_at_checked(cut) else { break };
            pieces.push(piece);
            rest = behind;
        }
        pieces.push(rest);
        prop_assert_eq!(receive(&pieces), receive(&[SESSION]));
    }

    #[test]
    fn any_octets_get_replies(octets in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = receive(&[&octets]);
    }
}
