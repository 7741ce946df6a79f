//! What is kept from a server that is not ours, whoever wants it sent.

use rstest::rstest;

use super::external::{bench_with, file, free_port, on_bench, secrets, take_all};
use super::scripted::Scripted;
use super::*;
use crate::judge::Fate;

const ALLOW: &str = "allow-recipients-outside-reserved-domains: true";

fn what_keeps_it_back<T: std::fmt::Debug>(heard: Result<T, NoAnswer>) -> String {
    match heard {
        Err(NoAnswer::LimitReached { limit }) => limit,
        other => panic!("{other:?}"),
    }
}

#[rstest]
#[case::somebody("victim@gmail.com")]
#[case::percent("victim%gmail.com@inside.example")]
#[case::bang("gmail.com!victim")]
#[case::route("@gmail.com:victim@inside.example")]
#[case::second_at("victim@gmail.com@inside.example")]
#[tokio::test]
async fn no_recipient_that_may_be_somebody_is_on_the_wire(#[case] recipient: &str) {
    let (folder, server) = (secrets(), Scripted::open("220 a", Box::new(take_all)).await);
    let (bench, name) = on_bench(file(&folder, server.address, "", ""));
    let mut conversation = bench.converse(&name).await.unwrap();
    for line in ["EHLO a", "MAIL FROM:<a@client.example>"] {
        conversation.say(line).await.unwrap();
    }
    let line = format!("RCPT TO:<{recipient}>");
    assert!(what_keeps_it_back(conversation.say(&line).await).contains(ALLOW));
    let octets = format!("BDAT 4\r\nxxxx{line}\r\n");
    assert!(what_keeps_it_back(conversation.send(octets.as_bytes()).await).contains("--send-data"));
    let errand = Errand { recipients: vec![recipient.to_owned()], ..Errand::new(Role::Anonymous, Destination::Remote) };
    let attempt = bench.attempt_as(&name, &errand).await.unwrap();
    assert!(matches!(&attempt.fate, Fate::NotTried { reason } if reason.contains(ALLOW)), "{:?}", attempt.fate);
    // The connection is as it was.
    assert_eq!(conversation.say("RCPT TO:<postmaster@inside.example>").await.unwrap().code().get(), 250);
    assert_eq!(server.lines("RCPT"), ["RCPT TO:<postmaster@inside.example>"]);
    assert_eq!((server.lines("BDAT").len(), server.connections().len()), (0, 1));
}

#[tokio::test]
async fn a_file_may_allow_any_recipient() {
    let (folder, server) = (secrets(), Scripted::open("220 a", Box::new(take_all)).await);
    let (bench, name) = on_bench(file(&folder, server.address, ALLOW, ""));
    let recipients = vec!["somebody%elsewhere.example@inside.example".to_owned()];
    let errand = Errand { recipients, ..Errand::new(Role::Anonymous, Destination::Remote) };
    bench.attempt_as(&name, &errand).await.unwrap();
    let mut conversation = bench.converse(&name).await.unwrap();
    conversation.say("RCPT TO:<elsewhere.example!somebody>").await.unwrap();
    assert_eq!(
        server.lines("RCPT"),
        ["RCPT TO:<somebody%elsewhere.example@inside.example>", "RCPT TO:<elsewhere.example!somebody>"]
    );
}

#[rstest]
#[case::nobody_sees_it(false, false, 0)]
#[case::asked_for(false, true, 1)]
#[case::witnessed(true, false, 1)]
#[tokio::test]
async fn no_mail_data_is_on_the_wire_where_nobody_sees_it_arrive(
    #[case] witness: bool,
    #[case] send_data_without_witness: bool,
    #[case] expected: usize,
) {
    let (folder, server) = (secrets(), Scripted::open("220 a", Box::new(take_all)).await);
    let more = if witness { format!("witness: {{ listen: {} }}", free_port().await) } else { String::new() };
    let options = BenchOptions { send_data_without_witness, ..BenchOptions::default() };
    let (bench, name) = bench_with(options, file(&folder, server.address, &more, ""));
    let mut conversation = bench.converse(&name).await.unwrap();
    for line in ["EHLO a", "MAIL FROM:<a@client.example>", "RCPT TO:<postmaster@inside.example>"] {
        conversation.say(line).await.unwrap();
    }
    let sent = conversation.send(b"BDAT 4 LAST\r\nxxxx\r\nNOOP\r\n").await;
    assert_eq!(sent.is_ok(), expected == 1);
    if expected == 1 {
        for _ in 0..3 {
            conversation.reply().await.unwrap();
        }
    }
    let heard = conversation.say("DATA").await;
    match expected {
        0 => assert!(what_keeps_it_back(heard).contains("--send-data")),
        _ => assert_eq!(heard.unwrap().code().get(), 354),
    }
    assert_eq!(conversation.send_message().await.is_ok(), expected == 1);
    let seen = ["BDAT", "DATA", "X-Smtpspec-Nonce"].map(|start| server.lines(start).len());
    assert_eq!(seen, [expected; 3]);
}
