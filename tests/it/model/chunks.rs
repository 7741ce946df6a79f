//! BDAT (RFC 3030), and what MS02-012 says of it (wire-facts 6).

use std::sync::Arc;

use smtpspec::protocol::wire::Verb;
use smtpspec::reference::deployment::behaviours::{Behaviours, ChunkingComponent};
use smtpspec::reference::model::seams::{BetweenChunks, ChunkSequence};
use smtpspec::reference::model::{Hop, Model};

use super::product::behaviours_of;
use super::support::{Client, HOST, behaviours, directory};

fn ready(chunking: ChunkingComponent) -> Client {
    let mut client = Client::connect(Behaviours { chunking, ..behaviours() });
    client.say("HELO c\nMAIL FROM: x@y\nRCPT TO: Administrator");
    client
}

// The public trigger, N10885: the replies are its author's.
#[test]
fn auth_between_chunks_without_the_check() {
    let mut client = ready(ChunkingComponent::Unsequenced);
    assert_eq!(client.say("BDAT 4"), "");
    assert_eq!(client.send("abcdAUTH LOGIN\r\nNOOP\r\n"), "250 bdat.chunk 4\n334 VXNlcm5hbWU6");
    assert!(client.failed);
    assert!(!client.closed);
}

#[test]
fn auth_between_chunks_with_the_check() {
    let mut client = ready(ChunkingComponent::Sequenced);
    assert_eq!(client.say("BDAT 4"), "");
    assert_eq!(client.send("abcdAUTH LOGIN\r\n"), "250 bdat.chunk 4\n550 bdat.expected");
    assert!(!client.failed);
    assert_eq!(
        client.say("MAIL FROM:<>\nDATA\nHELO c\nNOOP"),
        "550 bdat.expected\n550 bdat.expected\n550 bdat.expected\n250 noop.ok"
    );
    assert!(client.send("BDAT 4 LAST\r\nefgh").starts_with("250 data.accepted"));
    assert!(client.mails[0].1.content.ends_with(b"\r\nabcdefgh"));
}

/// wire-facts 3.2: "other command while BDAT expected", without an exception for unknown ones.
#[test]
fn an_unknown_command_between_chunks_is_out_of_sequence_too() {
    let mut client = Client::connect(behaviours_of("windows-2000-patched"));
    client.say("HELO c\nMAIL FROM: x@y\nRCPT TO: Administrator");
    client.send("BDAT 4\r\nabcd");
    let expected = "503 5.5.2 BDAT Expected";
    assert_eq!(client.say("XYZZY\nEXPN root\n"), [expected; 3].join("\n"));
    assert_eq!(client.say("NOOP"), "250 2.0.0 OK");
}

/// What does not run fails nothing.
#[test]
fn an_unknown_command_between_chunks_without_the_check() {
    let mut client = ready(ChunkingComponent::Unsequenced);
    client.send("BDAT 4\r\nabcd");
    assert_eq!(client.say("XYZZY"), "550 unknown-command");
    assert!(!client.failed);
}

#[test]
fn a_failure_waits_for_its_reply() {
    let mut client = ready(ChunkingComponent::Unsequenced);
    client.send("BDAT 1\r\na");
    assert!(client.say("AUTH NTLM TlRMTVNTUAABAAAAB4IAgAAAAAAAAAAAAAAAAAAAAAA=\nNOOP").starts_with("334 "));
    assert!(client.failed);
}

#[test]
fn reset_between_chunks_is_right_in_both() {
    for chunking in [ChunkingComponent::Sequenced, ChunkingComponent::Unsequenced] {
        let mut client = ready(chunking);
        client.send("BDAT 1\r\na");
        assert_eq!(client.say("NOOP\nRSET\nMAIL FROM:<>"), "250 noop.ok\n250 rset.ok\n250 mail.ok <> <>");
        assert!(!client.failed);
    }
}

#[test]
fn octets_are_read_even_where_the_chunk_is_refused() {
    let mut client = Client::connect(behaviours());
    assert_eq!(client.send("BDAT 6\r\nQUIT\r\nNOOP\r\n"), "550 bdat.without-mail\n250 noop.ok");
    client.say("HELO c\nMAIL FROM:<>");
    assert_eq!(
        client.send("BDAT 6 LAST\r\nQUIT\r\nRCPT TO:<a>\r\n"),
        "550 bdat.without-rcpt\n250 rcpt.ok <a@inside.example>"
    );
    assert_eq!(client.say("BDAT\nBDAT x\nBDAT 1 FIRST"), "550 bdat.syntax\n550 bdat.syntax\n550 bdat.syntax");
}

#[test]
fn a_chunk_may_be_empty_and_may_hold_anything() {
    let mut client = ready(ChunkingComponent::Sequenced);
    assert_eq!(client.send("BDAT 0\r\nBDAT 5\r\n\r\n.\r\n"), "250 bdat.chunk 0\n250 bdat.chunk 5");
    assert!(client.say("BDAT 0 LAST").starts_with("250 data.accepted"));
    assert!(client.mails[0].1.content.ends_with(b"+0000\r\n\r\n.\r\n"));
}

#[test]
fn over_the_limit() {
    let mut client = ready(ChunkingComponent::Sequenced);
    client.say("BDAT 20000");
    assert_eq!(client.send(vec![b'x'; 20_000]), "250 bdat.chunk 20000");
    assert_eq!(client.send("BDAT 1\r\nx"), "550 data.too-large");
    assert_eq!(client.say("BDAT 0 LAST\nMAIL FROM:<>"), "550 data.too-large\n250 mail.ok <> <>");
    assert!(client.mails.is_empty());
}

// RFC 3030 3: BINARYMIME needs BDAT.
#[test]
fn binary_needs_bdat() {
    let mut client = Client::connect(behaviours());
    client.say("EHLO c\nMAIL FROM:<> BODY=BINARYMIME\nRCPT TO:<a>");
    assert_eq!(client.say("DATA"), "550 bdat.expected");
    assert!(client.send("BDAT 1 LAST\r\n\0").starts_with("250 data.accepted"));
}

#[test]
fn no_component_no_command() {
    assert_eq!(ready(ChunkingComponent::Absent).say("BDAT 4"), "550 unknown-command");
}

// Without the check RCPT runs between chunks too, and is asked what any RCPT is.
#[test]
fn rcpt_between_chunks_relays_for_nobody() {
    let refusal = "550 rcpt.relay-refused <victim@outside.example>";
    let mut client = ready(ChunkingComponent::Unsequenced);
    client.send("BDAT 4\r\nabcd");
    assert_eq!(client.say("RCPT TO:<victim@outside.example>"), refusal);
    assert!(client.failed && client.mails.is_empty());

    // A server that went on after it, to see what would have left.
    let mut model = Model::new(Arc::new(behaviours()), Arc::new(directory()), HOST);
    model.components.chunks = Arc::new(AllRun);
    let mut client = Client::connect_to(model);
    client.send("HELO c\r\nMAIL FROM:<x@y>\r\nRCPT TO:<Administrator>\r\nBDAT 4\r\nabcd");
    assert_eq!(client.say("RCPT TO:<victim@outside.example>"), refusal);
    assert!(client.send("BDAT 4 LAST\r\nefgh").starts_with("250 data.accepted"));
    let [(Hop::Inside, mail)] = client.mails.as_slice() else { panic!("{:?}", client.mails) };
    assert_eq!(mail.forward_paths, [b"Administrator@inside.example"]);
}

struct AllRun;

impl ChunkSequence for AllRun {
    fn judge(&self, _: &Verb) -> BetweenChunks {
        BetweenChunks::Run
    }
}
