//! What comes before it could be an answer.

use super::*;

const QUOTA: &[u8] = b"550 5.7.1 mailbox quota\r\n";

/// Lets the client perform a step. `before` has come by the time it speaks, `behind` comes once it has spoken.
fn perform(client: &mut Client, step: Step, before: &[&[u8]], behind: &[&[u8]]) -> (Vec<u8>, Outcome) {
    let (mut sent, mut behind) = (Vec::new(), behind.iter());
    client.begin(step, Duration::ZERO);
    if client.is_about_to_speak() {
        before.iter().for_each(|octets| client.receive(octets, Duration::ZERO));
    }
    loop {
        match client.poll() {
            Wish::Send(octets) => sent.extend(octets),
            Wish::Receive => match behind.next() {
                Some(octets) => client.receive(octets, Duration::ZERO),
                None => client.lose(NoAnswer::Closed, Duration::ZERO),
            },
            Wish::StartTls => client.secured(stands(), Duration::ZERO),
            Wish::Done(outcome) => return (sent, outcome),
        }
    }
}

fn what(outcome: &Outcome) -> &str {
    match outcome {
        Outcome::NoAnswer(NoAnswer::NoReply { what }) => what,
        outcome => panic!("{outcome:?}"),
    }
}

/// RFC 5321 4.1.1: one reply to a command. 3.8: a server may say 421 whenever it ends.
#[rstest]
#[case::a_reply(QUOTA, "unasked: 550 5.7.1 mailbox quota", "S: 550 5.7.1 mailbox quota\n")]
#[case::the_end(b"421 4.3.2 ending\r\n", "unasked: 421 4.3.2 ending", "S: 421 4.3.2 ending\n")]
#[case::a_beginning(b"55", "unasked: 55", "S: 55 ·cut\n")]
#[case::no_reply(b"banana\r\n", "unasked: banana", "S: banana\n")]
#[case::several(b"250-a\r\n250 b\r\n5", "unasked: 250-a", "S: 250-a\nS: 250 b\nS: 5 ·cut\n")]
fn a_command_is_not_said_into_what_nobody_asked_for(
    #[case] extra: &[u8],
    #[case] expected: &str,
    #[case] told: &str,
    #[values(true, false)] comes_with_the_reply: bool,
) {
    let mut client = Client::default();
    let with_reply = [b"235 ok\r\n".as_slice(), extra].concat();
    let reply = if comes_with_the_reply { with_reply.as_slice() } else { b"235 ok\r\n" };
    let before: &[&[u8]] = if comes_with_the_reply { &[] } else { &[extra] };
    let login = authenticate(Mechanism::Plain, password());
    let (_, outcome) = perform(&mut client, login, &[], &[b"334 \r\n", reply]);
    assert_eq!(code(&outcome), Some(235));
    let (sent, outcome) = perform(&mut client, Step::Command(MAIL.to_vec()), before, &[b"250 ok\r\n"]);
    assert_eq!((sent.as_slice(), what(&outcome)), (b"".as_slice(), expected));
    let transcript = client.transcript().to_string();
    assert!(transcript.ends_with(&format!("S: 235 ok\n{told}")), "{transcript}");
    let (sent, outcome) = perform(&mut client, Step::Quit, &[], &[b"221 bye\r\n"]);
    assert_eq!(sent, b"QUIT\r\n");
    assert!(matches!(outcome, Outcome::NoAnswer(_)), "{outcome:?}");
    assert!(client.transcript().to_string().ends_with("C: QUIT\nS: 221 bye\n"));
}

/// A server that says why it goes, and goes: why is what is told.
#[test]
fn a_connection_that_ended_with_421_says_421() {
    let mut client = Client::default();
    client.begin(Step::Command(MAIL.to_vec()), Duration::ZERO);
    client.receive(b"421 4.3.2 ending\r\n", Duration::ZERO);
    client.lose(NoAnswer::Closed, Duration::ZERO);
    let Wish::Done(outcome) = client.poll() else { panic!("not done") };
    assert_eq!(what(&outcome), "unasked: 421 4.3.2 ending");
    assert_eq!(client.transcript().to_string(), "S: 421 4.3.2 ending\n-- the server closed the connection\n");
    assert_eq!(perform(&mut client, Step::Quit, &[], &[]).0, b"");
}

/// A response holds a password, and what refuses it came before it was said.
#[rstest]
#[case::response(authenticate(Mechanism::Plain, password()), b"334 \r\n535 no\r\n", b"AUTH PLAIN\r\n")]
#[case::helo(ehlo(true), b"500 what\r\n250 a\r\n", b"EHLO client.example\r\n")]
fn the_lines_within_a_step_are_not_said_either(#[case] step: Step, #[case] says: &[u8], #[case] expected: &[u8]) {
    let (sent, outcome) = perform(&mut Client::default(), step, &[], &[says]);
    assert_eq!(sent, expected);
    assert!(what(&outcome).starts_with("unasked: "));
}

/// RFC 2920 3.1: commands in one write have their replies behind each other.
#[test]
fn replies_to_several_commands_in_one_write_are_asked_for() {
    let mut client = Client::default();
    let octets = Step::Octets(b"NOOP\r\nRSET\r\nNOOP\r\n".to_vec());
    assert_eq!(perform(&mut client, octets, &[], &[]).1, Outcome::Sent);
    let replies: &[&[u8]] = &[b"250 a\r\n251 b\r\n252 c\r\n"];
    assert_eq!(code(&perform(&mut client, Step::Reply, &[], replies).1), Some(250));
    assert_eq!(code(&perform(&mut client, Step::Reply, &[], &[]).1), Some(251));
    assert_eq!(code(&perform(&mut client, Step::Reply, &[], &[]).1), Some(252));
    let (sent, outcome) = perform(&mut client, Step::Command(MAIL.to_vec()), &[QUOTA], &[]);
    assert_eq!((sent.as_slice(), what(&outcome)), (b"".as_slice(), "unasked: 550 5.7.1 mailbox quota"));
}

/// RFC 5321 4.1.1.4: only behind a 354 is it mail data. A server that refused DATA reads each line of it as a command.
#[rstest]
#[case::refused(b"503 no\r\n", "250 ok")]
#[case::accepted(b"354 go\r\n", "unasked: 500 what")]
fn each_line_of_mail_data_that_nobody_takes_may_be_answered(#[case] to_data: &[u8], #[case] expected: &str) {
    let mut client = Client::default();
    perform(&mut client, Step::Command(b"DATA".to_vec()), &[], &[to_data]);
    let message = Step::MailData(b"A: b\r\n\r\nc\r\n".to_vec());
    perform(&mut client, message, &[], &[b"500 what\r\n500 what\r\n"]);
    let (_, outcome) = perform(&mut client, Step::Command(b"NOOP".to_vec()), &[], &[b"250 ok\r\n"]);
    let told = match outcome {
        Outcome::Reply(_) => "250 ok",
        ref outcome => what(outcome),
    };
    assert_eq!(told, expected);
}

proptest::proptest! {
    /// Whether it comes with the reply or behind it, in how many pieces: the same comes of it.
    #[test]
    fn cuts_do_not_matter(at in 8_usize..64, again in 0_usize..64) {
        let stream = b"250 ok\r\n550-5.7.1 mailbox\r\n550 5.7.1 quota\r\n22".as_slice();
        let came = |at: usize, again: usize| {
            let mut client = Client::default();
            let (with_reply, before) = stream.split_at(at.min(stream.len()));
            let (first, second) = before.split_at(again.min(before.len()));
            let noop = perform(&mut client, Step::Command(b"NOOP".to_vec()), &[], &[with_reply]);
            let mail = perform(&mut client, Step::Command(MAIL.to_vec()), &[first, second], &[b"250 ok\r\n"]);
            (noop, mail, client.transcript().clone())
        };
        proptest::prop_assert_eq!(came(at, again), came(stream.len(), 0));
    }
}
