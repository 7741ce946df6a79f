//! What the reference refuses because its standards do, and the products of the period take.

use rstest::rstest;

use super::product::behaviours_of;
use super::support::Client;

const MAIL: &str = "MAIL FROM:<a@outside.example>";
const RCPT: &str = "RCPT TO:<b@inside.example>";

/// What the client says before, what it says then, and the codes of the reference and of Windows 2000, which has a
/// record only of a malformed mailbox (wire-facts 4, probe 6).
#[rstest]
// RFC 3207 4: STARTTLS has no parameters; 501.
#[case::starttls(&[], "STARTTLS foo", "501 5.5.4 ", "554 ")]
// RFC 5321 4.1.1.5, 4.1.1.4, 4.1.1.10: RSET, DATA and QUIT have none.
#[case::rset(&[], "RSET foo", "501 5.5.4 ", "250 ")]
#[case::data(&[MAIL, RCPT], "DATA foo", "501 5.5.4 ", "354 ")]
#[case::quit(&[], "QUIT foo", "501 5.5.4 ", "221 ")]
// RFC 5321 4.1.1.6, 4.1.1.8: VRFY and HELP have one String, which may be quoted.
#[case::vrfy(&[], "VRFY a b", "501 5.5.4 ", "252 ")]
#[case::vrfy_one(&[], "VRFY a", "252 ", "252 ")]
#[case::vrfy_quoted(&[], "VRFY \"a b\"", "252 ", "252 ")]
#[case::help(&[], "HELP MAIL RCPT", "501 5.5.4 ", "214")]
#[case::help_one(&[], "HELP MAIL", "214 ", "214")]
// RFC 5321 4.1.1.9: a server ignores what stands behind NOOP.
#[case::noop(&[], "NOOP a b", "250 ", "250 ")]
// RFC 5321 4.1.1.11; RFC 3461 4.1.
#[case::size_twice(&[], "MAIL FROM:<a@outside.example> SIZE=1 size=2", "501 5.5.4 ", "250 ")]
#[case::notify_twice(&[MAIL], "RCPT TO:<b@inside.example> NOTIFY=NEVER NOTIFY=NEVER", "501 5.5.4 ", "250 ")]
#[case::two_parameters(&[], "MAIL FROM:<a@outside.example> SIZE=1 BODY=8BITMIME", "250 ", "250 ")]
// RFC 5321 4.1.2: Dot-string, Quoted-string, Domain.
#[case::dots_in_rcpt(&[MAIL], "RCPT TO:<a..b@inside.example>", "501 5.1.3 ", "250 ")]
#[case::dots_in_mail(&[], "MAIL FROM:<a..b@outside.example>", "501 5.1.7 ", "250 ")]
#[case::invalid_source(&[], "MAIL FROM: <invalid source>", "501 5.1.7 ", "250 ")]
#[case::dots_in_the_domain(&[], "MAIL FROM:<a@outside..example>", "501 5.1.7 ", "250 ")]
#[case::quoted_dots(&[MAIL], "RCPT TO:<\"a..b\"@inside.example>", "250 ", "250 ")]
#[case::literal(&[], "MAIL FROM:<a@[192.0.2.1]>", "250 ", "250 ")]
#[case::null(&[], "MAIL FROM:<>", "250 ", "250 ")]
#[case::postmaster(&[MAIL], "RCPT TO:<Postmaster>", "250 ", "250 ")]
fn the_reference_is_as_strict_as_its_standards(
    #[case] before: &[&str],
    #[case] line: &str,
    #[case] of_the_reference: &str,
    #[case] of_windows_2000: &str,
) {
    for (deployment, expected) in [("reference", of_the_reference), ("windows-2000", of_windows_2000)] {
        let mut client = Client::connect(behaviours_of(deployment));
        client.say("EHLO client.example");
        for said in before {
            assert!(client.say(said).starts_with("250 "), "{deployment}: {said}");
        }
        let reply = client.say(line);
        assert!(reply.starts_with(expected), "{deployment}: {line}: {reply}");
    }
}

/// RFC 3030 2: the octets of a chunk belong to it, also where its command is refused.
#[test]
fn a_chunk_with_an_argument_too_many_is_read_and_refused() {
    let mut client = Client::connect(behaviours_of("reference"));
    client.say(&format!("EHLO client.example\n{MAIL}\n{RCPT}"));
    let replies = client.send("BDAT 6 LAST foo\r\nQUIT\r\nNOOP\r\n");
    let [refused, noop] = replies.lines().collect::<Vec<_>>()[..] else { panic!("{replies}") };
    assert!(refused.starts_with("501 5.5.4 ") && noop.starts_with("250 "), "{replies}");
}

/// What is refused changes nothing.
#[test]
fn a_refused_quit_or_reset_does_nothing() {
    let mut client = Client::connect(behaviours_of("reference"));
    client.say(&format!("EHLO client.example\n{MAIL}\nRSET foo\nQUIT foo\nSTARTTLS foo"));
    assert!(!client.closed && !client.tls);
    assert!(client.say(RCPT).starts_with("250 "));
}
