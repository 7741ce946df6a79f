//! Recorded dialogues: the server's lines byte for byte as they are on record. Names, dates and challenges are set by the
//! test; NTLM responses are computed for its own accounts.
//!
//! `C:` is a line of the client, `S:` one of the server.

use std::net::IpAddr;
use std::sync::Arc;

use smtpspec::protocol::sasl::ntlm::ChallengeStyle;
use smtpspec::protocol::sasl::{AccountSecret, ClientExchange, Credentials, Entropy, Mechanism};
use smtpspec::protocol::secret::Secret;
use smtpspec::reference::deployment::behaviours::Behaviours;
use smtpspec::reference::deployment::settings::RelaySettings;
use smtpspec::reference::model::{Account, Connection, Directory, Hop, Model};

use super::product::behaviours_of;
use super::support::{Client, PASSWORD, decode, encode};

/// A dialogue under way: what the server said and the script has not yet compared.
struct Dialogue {
    client: Client,
    unread: Vec<String>,
}

impl Dialogue {
    fn open(behaviours: Behaviours, host: &str, accounts: Vec<Account>, connection: Connection) -> Self {
        let model = Model::new(Arc::new(behaviours), Arc::new(Directory { accounts }), host);
        let (client, greeting) = Client::greeted(model, connection);
        Self { client, unread: vec![greeting] }
    }

    /// Says and compares the lines of a script.
    fn play(&mut self, script: &str) {
        for line in script.lines() {
            match line.trim_start().split_at(3) {
                ("C: ", sent) => self.send(sent),
                ("S: ", expected) => assert_eq!(self.next_line(), expected),
                _ => panic!("neither C: nor S: {line}"),
            }
        }
    }

    fn send(&mut self, line: &str) {
        assert!(self.unread.is_empty(), "the script does not expect {:?}", self.unread);
        let said = self.client.say(line);
        self.unread = said.lines().map(str::to_owned).collect();
    }

    fn next_line(&mut self) -> String {
        assert!(!self.unread.is_empty(), "the server says nothing more");
        self.unread.remove(0)
    }

    /// An NTLM response to the challenge that the server just sent.
    fn answer_challenge(&mut self, exchange: &mut ClientExchange) {
        let line = self.next_line();
        let challenge = line.strip_prefix("334 ").and_then(decode);
        let response = exchange.respond(challenge.as_deref()).unwrap();
        self.send(&encode(response.expose()));
    }
}

fn account(name: &str, mailbox: Option<&str>) -> Account {
    Account {
        name: name.into(),
        secret: AccountSecret { password: Secret::new(PASSWORD) },
        mail_right: true,
        administrator: name == "administrator",
        mailbox: mailbox.map(str::to_owned),
    }
}

fn from(peer: [u8; 4], peer_name: Option<&str>) -> Connection {
    Connection {
        peer: IpAddr::from(peer),
        peer_name: peer_name.map(str::to_owned),
        local: IpAddr::from([192, 0, 2, 25]),
    }
}

fn exchange(credentials: Credentials) -> ClientExchange {
    let entropy = Entropy { nonce: [0xaa; 8], unix_milliseconds: 0 };
    ClientExchange::begin(Mechanism::Ntlm, credentials, entropy).unwrap()
}

/// Message 1 of the public probe of BindView's hole, flags and all (wire-facts 2, N11308).
const PROBE_NEGOTIATE: &str = "TlRMTVNTUAABAAAAB4IAgAAAAAAAAAAAAAAAAAAAAAA=";

/// BindView's session with Windows 2000 as released, 5.0.2172.1 (wire-facts 2 and 3.2, BV). The record leaves out host,
/// address and what stands behind `AUTH NTLM`, cuts its 235 after `Authenticat`, and ends there; what follows is what the
/// advisory says of it: granted.
#[test]
fn bindview_and_windows_2000() {
    let behaviours = Behaviours { version: "5.0.2172.1".into(), ..behaviours_of("windows-2000") };
    let mut dialogue = Dialogue::open(behaviours, "w2ks", Vec::new(), from([203, 0, 113, 9], None));
    dialogue.play(
        "S: 220 w2ks Microsoft ESMTP MAIL Service, Version: 5.0.2172.1 ready at  Thu, 3 Apr 2008 15:39:17 +0000 \n\
         C: HELO foo\n\
         S: 250 w2ks Hello [203.0.113.9]\n\
         C: MAIL From:<>\n\
         S: 250 2.1.0 <>....Sender OK\n\
         C: RCPT To:<secure@microsoft.com>\n\
         S: 550 5.7.1 Unable to relay for secure@microsoft.com",
    );
    dialogue.send(&format!("AUTH NTLM {PROBE_NEGOTIATE}"));
    let mut null_session = exchange(Credentials::NullSession);
    null_session.respond(None).unwrap();
    dialogue.answer_challenge(&mut null_session);
    let granted = dialogue.next_line();
    assert!(granted.starts_with("235 2.7.0 Authenticat"), "{granted}");
    dialogue.play(
        "C: RCPT To:<secure@microsoft.com>\n\
         S: 250 2.1.5 secure@microsoft.com\n\
         C: DATA\n\
         S: 354 Start mail input; end with <CRLF>.<CRLF>\n\
         C: Subject: x",
    );
    dialogue.send(".");
    let accepted = dialogue.next_line();
    assert!(accepted.starts_with("250 2.6.0 <") && accepted.ends_with("@w2ks> Queued mail for delivery"), "{accepted}");
    dialogue.play("C: QUIT\nS: 221 2.0.0 w2ks Service closing transmission channel");
    let [(Hop::Outside, mail)] = dialogue.client.mails.as_slice() else { panic!("{:?}", dialogue.client.mails) };
    assert_eq!(mail.forward_paths, [b"secure@microsoft.com"]);
    let content = String::from_utf8_lossy(&mail.content);
    let header = content.lines().next().unwrap();
    assert!(header.starts_with("Received: from foo") && header.contains("[203.0.113.9]"), "{header}");
    assert!(content.contains("Microsoft SMTPSVC(5.0.2172.1)"), "{content}");
}

/// The protocol log of KB:Q262945, 13 May 2000 (wire-facts 2.2 and 3.4). The log's challenge is the test's nonce, and its
/// message 2 must come out octet by octet. The log has no greeting.
#[test]
fn exchange_5_5_and_ntlm() {
    let mut behaviours = behaviours_of("exchange-5.5-on-nt4-restricted");
    behaviours.certificate = false;
    behaviours.challenge_style = ChallengeStyle { target_name: "TIMDOFU".into(), ..behaviours.challenge_style };
    let RelaySettings::Exchange55(routing) = &mut behaviours.settings.relay else { panic!("not Exchange 5.5") };
    routing.homed_only = true;
    let accounts = vec![account("administrator", None)];
    let mut dialogue = Dialogue::open(behaviours, "exchange.inside.example", accounts, from([203, 0, 113, 9], None));
    dialogue.unread.clear();
    dialogue.client.nonce = [0x90, 0x34, 0xd0, 0xbe, 0xa7, 0xe0, 0x94, 0x9f];
    dialogue.send("EHLO client");
    assert!(dialogue.next_line().starts_with("250-exchange.inside.example Hello ["));
    dialogue.play(
        "S: 250-XEXCH50\n\
         S: 250-HELP\n\
         S: 250-ETRN\n\
         S: 250-DSN\n\
         S: 250-SIZE 0\n\
         S: 250-AUTH LOGIN\n\
         S: 250 AUTH=LOGIN",
    );
    // The log prints the first 24 octets; the domain they announce, seven octets at offset 32, is TIMDOFU's.
    let mut negotiate = decode("TlRMTVNTUAABAAAAt5IAQAcABwAgAAAA").unwrap();
    negotiate.extend_from_slice(&[0, 0, 0, 0, 0x27, 0, 0, 0]);
    negotiate.extend_from_slice(b"TIMDOFU");
    dialogue.send(&format!("AUTH NTLM {}", encode(&negotiate)));
    assert_eq!(
        dialogue.unread,
        ["334 TlRMTVNTUAACAAAADgAOADAAAAC1ggFAkDTQvqfglJ8AAAAAAAAAAAAAAAA+AAAAVABJAE0ARABPAEYAVQA="]
    );
    let password = Secret::new(PASSWORD);
    let mut administrator =
        exchange(Credentials::Password { user: "administrator".into(), password, domain: Some("TIMDOFU".into()) });
    administrator.respond(None).unwrap();
    dialogue.answer_challenge(&mut administrator);
    dialogue.play(
        "S: 235 ntlm authentication successful\n\
         C: MAIL FROM:<JohnD@COMPANY1.com> SIZE=1460\n\
         S: 250 OK - mail from <JohnD@COMPANY1.com>; can accomodate 1460 bytes\n\
         C: RCPT TO:<recipient@outside.example>\n\
         S: 250 OK - Recipient <recipient@outside.example>\n\
         C: DATA\n\
         S: 354 Send data.  End with CRLF.CRLF\n\
         C: Subject: x\n\
         C: .\n\
         S: 554 Mailbox is not local: JohnD@COMPANY1.com\n\
         C: QUIT\n\
         S: 221 closing connection",
    );
    assert!(dialogue.client.mails.is_empty());
}

/// A capture of Outlook Express 6 and Exchange 5.5 SP2, build 2448.0 (wire-facts 3.4, PCAP55), with host, client, account
/// and message replaced. The first of its two connections ends at LOGIN's first prompt.
#[test]
fn exchange_5_5_sp2_and_a_mail_client() {
    let mut behaviours = Behaviours { version: "5.5.2448.0".into(), ..behaviours_of("exchange-5.5-on-nt4-restricted") };
    behaviours.certificate = true;
    let accounts = || vec![account("user", Some("User@inside.example"))];
    let connect = || {
        let connection = from([192, 0, 2, 77], Some("WORK-STATION"));
        Dialogue::open(behaviours.clone(), "exchange.inside.example", accounts(), connection)
    };
    let beginning = "S: 220 exchange.inside.example ESMTP Server (Microsoft Exchange Internet Mail Service 5.5.2448.0) ready\n\
         C: EHLO WORKSTATION\n\
         S: 250-exchange.inside.example Hello [WORK-STATION]\n\
         S: 250-XEXCH50\n\
         S: 250-HELP\n\
         S: 250-ETRN\n\
         S: 250-DSN\n\
         S: 250-SIZE 0\n\
         S: 250-AUTH LOGIN\n\
         S: 250-AUTH=LOGIN\n\
         S: 250-STARTTLS\n\
         S: 250 TLS\n\
         C: AUTH LOGIN\n\
         S: 334 VXNlcm5hbWU6";
    connect().play(beginning);
    let mut dialogue = connect();
    dialogue.play(beginning);
    dialogue.send(&encode(b"user"));
    dialogue.play("S: 334 UGFzc3dvcmQ6");
    dialogue.send(&encode(PASSWORD.as_bytes()));
    dialogue.play(
        "S: 235 LOGIN authentication successful\n\
         C: MAIL FROM: <User@inside.example>\n\
         S: 250 OK - mail from <User@inside.example>\n\
         C: RCPT TO: <User@inside.example>\n\
         S: 250 OK - Recipient <User@inside.example>\n\
         C: DATA\n\
         S: 354 Send data.  End with CRLF.CRLF\n\
         C: Subject: x\n\
         C: \n\
         C: text\n\
         C: \n\
         C: .\n\
         S: 250 OK\n\
         C: QUIT\n\
         S: 221 closing connection",
    );
    let [(Hop::Inside, mail)] = dialogue.client.mails.as_slice() else { panic!("{:?}", dialogue.client.mails) };
    assert!(mail.content.ends_with(b"\r\nSubject: x\r\n\r\ntext\r\n\r\n"));
}
