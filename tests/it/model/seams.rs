//! A wrong part at each seam shows: it is asked, and nothing else does its work.

use std::net::IpAddr;
use std::sync::Arc;

use smtpspec::protocol::sasl::{Credentials, Mechanism, Proof};
use smtpspec::protocol::wire::{Path, Verb};
use smtpspec::reference::deployment::behaviours::{Behaviours, ChunkingComponent};
use smtpspec::reference::deployment::facts::ReplyKey;
use smtpspec::reference::model::seams::{
    BetweenChunks, BounceMaker, ChunkSequence, CommandSet, ExpansionGuard, MapiGate, NextHop, QueueGuard, QueueRequest,
    SubmissionDecision, SubmissionRequest, SubmissionRule, TraceHeader, TurnAnswer, Wording,
};
use smtpspec::reference::model::stages::{
    Authenticate, Authorization, Authorize, RelayDecision, RelayPolicy, RelayRequest,
};
use smtpspec::reference::model::{Components, Directory, Filling, Hop, Identity, Mail, Model, Returned, SpokenLine};

use super::support::{Client, HOST, NOW, PASSWORD, behaviours, directory};

/// Wrong in every way.
struct Wrong;

impl Authenticate for Wrong {
    fn authenticate(&self, _: &Proof, _: &Directory) -> Option<Identity> {
        Some(Identity::Guest)
    }
}

impl Authorize for Wrong {
    fn may_use_mail(&self, _: &Identity, _: &Directory) -> bool {
        true
    }
}

impl RelayPolicy for Wrong {
    fn decide(&self, _: &RelayRequest<'_>) -> RelayDecision {
        RelayDecision::Outside
    }
}

impl CommandSet for Wrong {
    fn understands(&self, _: &str, _: &Behaviours) -> bool {
        false
    }
}

impl Wording for Wrong {
    fn say(&self, _: ReplyKey, mut lines: Vec<SpokenLine>) -> Vec<SpokenLine> {
        for line in &mut lines {
            line.text.splice(..3, *b"250");
        }
        lines
    }
}

impl ChunkSequence for Wrong {
    fn judge(&self, _: &Verb) -> BetweenChunks {
        BetweenChunks::RunAndFail
    }
}

impl SubmissionRule for Wrong {
    fn judge(&self, _: &SubmissionRequest<'_>) -> SubmissionDecision {
        SubmissionDecision::NotHomed
    }
}

impl QueueGuard for Wrong {
    fn turn(&self, _: &QueueRequest<'_>) -> TurnAnswer {
        TurnAnswer::Granted
    }

    fn starts_queue(&self, _: &QueueRequest<'_>) -> bool {
        false
    }
}

impl ExpansionGuard for Wrong {
    fn expands(&self, _: Option<&[u8]>) -> bool {
        true
    }
}

impl NextHop for Wrong {
    fn hop(&self, _: &Path, _: &str, _: IpAddr) -> Hop {
        Hop::Inside
    }
}

impl TraceHeader for Wrong {
    fn header(&self, _: &Behaviours, _: &Filling) -> Vec<u8> {
        Vec::new()
    }
}

impl BounceMaker for Wrong {
    fn bounce(&self, _: &Returned<'_>) -> Option<Mail> {
        None
    }
}

impl MapiGate for Wrong {
    fn takes(&self, _: &[u8]) -> bool {
        false
    }
}

fn model(change: impl FnOnce(&mut Components)) -> Model {
    let mut model = Model::new(Arc::new(behaviours()), Arc::new(directory()), HOST);
    change(&mut model.components);
    model
}

fn client(change: impl FnOnce(&mut Components)) -> Client {
    let mut client = Client::connect_to(model(change));
    client.say("HELO c");
    client
}

/// Sends a message to this recipient; the last reply.
fn send(client: &mut Client, forward_path: &str) -> String {
    client.say(&format!("MAIL FROM:<s@outside.example>\nRCPT TO:<{forward_path}>\nDATA"));
    client.say("x\n.")
}

#[test]
fn authenticate() {
    let mut client = client(|components| components.authenticate = Arc::new(Wrong));
    // The second function still stands behind it: each stage is asked for itself.
    assert_eq!(client.log_in(Mechanism::Plain, "nobody", "x"), "550 authenticate.plain-not-authorized");
}

#[test]
fn authorization() {
    let mut absent = client(|components| components.authorization = Authorization::Absent);
    assert!(absent.authenticate(Mechanism::Ntlm, Credentials::NullSession).starts_with("235"));
    let mut lax = client(|components| components.authorization = Authorization::AtAuthentication(Arc::new(Wrong)));
    assert!(lax.log_in(Mechanism::Plain, "ordinary", PASSWORD).starts_with("235"));
}

#[test]
fn relay_policy() {
    let mut client = client(|components| components.relay_policy = Arc::new(Wrong));
    assert!(send(&mut client, "a@inside.example").starts_with("250"));
    assert!(matches!(client.mails.as_slice(), [(Hop::Outside, _)]));
}

#[test]
fn commands_and_wording() {
    let mut deaf = client(|components| components.commands = Arc::new(Wrong));
    assert_eq!(deaf.say("NOOP"), "550 unknown-command");
    let mut content =
        Client::greeted(model(|components| components.wording = Arc::new(Wrong)), super::support::connection()).0;
    assert_eq!(content.say("RCPT TO:<x@outside.example>"), "250 rcpt.before-mail");
}

#[test]
fn chunks() {
    let mut client = client(|components| components.chunks = Arc::new(Wrong));
    client.send("MAIL FROM:<>\r\nRCPT TO:<a>\r\nBDAT 1\r\nx");
    client.say("NOOP");
    assert!(client.failed);
}

#[test]
fn submission() {
    let mut client = client(|components| components.submission = Arc::new(Wrong));
    assert_eq!(send(&mut client, "a@inside.example"), "550 data.not-homed");
}

#[test]
fn queues_and_expansion() {
    let mut client = client(|components| {
        components.queues = Arc::new(Wrong);
        components.expansion = Arc::new(Wrong);
    });
    assert_eq!(client.say("TURN\nATRN x\nEXPN x"), "250 noop.ok\n250 noop.ok\n250 noop.ok");
    assert_eq!(client.say("ETRN inside.example"), "550 etrn.refused");
}

#[test]
fn trace() {
    let mut client = client(|components| components.trace = Arc::new(Wrong));
    send(&mut client, "a@inside.example");
    assert_eq!(client.mails[0].1.content, b"x\r\n");
}

#[test]
fn bounce_and_next_hop() {
    let mut silent = client(|components| components.bounce = Arc::new(Wrong));
    send(&mut silent, "a%b@inside.example");
    assert!(silent.mails.is_empty());
    let mut inward = client(|components| components.next_hop = Arc::new(Wrong));
    send(&mut inward, "a%b@inside.example");
    assert!(matches!(inward.mails.as_slice(), [(Hop::Inside, notice)] if notice.reverse_path.is_empty()));
}

#[test]
fn mapi() {
    let mail = Mail { reverse_path: Vec::new(), forward_paths: vec![b"a@b.example".to_vec()], content: Vec::new() };
    assert_eq!(model(|_| {}).submit_by_mapi(mail.clone(), NOW).len(), 1);
    assert!(model(|components| components.mapi = Arc::new(Wrong)).submit_by_mapi(mail, NOW).is_empty());
}

// STARTTLS between chunks is a command like any other to a server that does not check: nothing comes after the failure.
#[test]
fn nothing_is_given_after_a_failure() {
    let mut client = Client::connect(Behaviours { chunking: ChunkingComponent::Unsequenced, ..behaviours() });
    client.send("HELO c\r\nMAIL FROM:<>\r\nRCPT TO:<a>\r\nBDAT 1\r\nx");
    assert_eq!(client.say("STARTTLS\nNOOP"), "220 starttls.ok");
    assert!(client.failed && !client.tls && !client.closed);
}
