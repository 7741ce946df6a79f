//! A server whose every reply is its key's name, and a client that types.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use smtpspec::protocol::sasl::ntlm::ChallengeStyle;
use smtpspec::protocol::sasl::{AccountSecret, ClientExchange, Credentials, Entropy, Mechanism};
use smtpspec::protocol::secret::Secret;
use smtpspec::protocol::wire::Limits;
use smtpspec::reference::deployment::behaviours::{
    AuthorizationComponent, Behaviours, ChunkingComponent, EncapsulatedAddresses, Keyword, KeywordCondition, Strictness,
};
use smtpspec::reference::deployment::facts::{Confidence, Fact, Facts, ReplyKey, Template};
use smtpspec::reference::deployment::settings::{IisRelaySettings, RelaySettings, Settings};
use smtpspec::reference::model::{Account, Connection, Directory, Hop, Mail, Model, Output, Session, UnixTime};

pub(super) const HOST: &str = "mail.inside.example";
pub(super) const NONCE: [u8; 8] = [0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef];

/// 2008-04-03 15:39:17 UTC (`date -u -d @1207237157`).
pub(super) const NOW: UnixTime = UnixTime(1_207_237_157_000);

/// Behaviours that take everything, and refuse relay to whoever is not authorized. Tests change what they are about.
pub(super) fn behaviours() -> Behaviours {
    Behaviours {
        version: "1.2.3".into(),
        facts: facts(),
        keywords: ["SIZE", "PIPELINING", "DSN", "8bitmime", "BINARYMIME", "CHUNKING", "AUTH PLAIN LOGIN CRAM-MD5 NTLM"]
            .map(|text| keyword(text, KeywordCondition::Always))
            .into_iter()
            .chain([keyword("STARTTLS", KeywordCondition::Certificate), keyword("OK", KeywordCondition::Always)])
            .collect(),
        verbs:
            "ATRN AUTH BDAT DATA EHLO ETRN EXPN HELO HELP MAIL NOOP QUIT RCPT RSET SAML SOML STARTTLS TURN VRFY XEXCH50"
                .split(' ')
                .map(str::to_owned)
                .collect(),
        verbs_closed_to_anonymous: ["MAIL", "RCPT", "VRFY", "HELP"].map(str::to_owned).to_vec(),
        verbs_wanting_tls: Vec::new(),
        passwords_need_tls: false,
        mechanisms: vec![
            Mechanism::Plain,
            Mechanism::Login,
            Mechanism::CramMd5,
            Mechanism::Ntlm,
            Mechanism::ScramSha256,
        ],
        challenge_style: ChallengeStyle {
            target_name: "INSIDE".into(),
            target_is_domain: true,
            target_information: true,
            version: false,
        },
        certificate: true,
        strictness: Strictness {
            helo_needs_argument: false,
            mail_needs_helo: true,
            second_ehlo_refused: false,
            appends_default_domain: true,
            authenticates_inside_transaction: true,
            authenticates_before_helo: true,
            bare_recipient_refused: false,
            confirms_size: false,
            unexpected_arguments_refused: false,
            repeated_parameters_refused: false,
            malformed_mailboxes_refused: false,
        },
        limits: Limits { message: 20_000, recipients: 3, ..Limits::server() },
        hop_limit: 15,
        idle_limit: Duration::from_secs(600),
        guest_enabled: false,
        administrator_refused: false,
        null_session_authenticates: true,
        authorization: AuthorizationComponent::AtAuthentication,
        chunking: ChunkingComponent::Sequenced,
        encapsulated_addresses: EncapsulatedAddresses::Local,
        settings: Settings {
            anonymous_access: true,
            local_domains: vec!["inside.example".into()],
            gateway_domains: vec!["branch.example".into()],
            relay: RelaySettings::Iis(IisRelaySettings {
                only_the_list: true,
                list: Vec::new(),
                authenticated_may_relay: true,
            }),
        },
    }
}

fn keyword(text: &str, when: KeywordCondition) -> Keyword {
    Keyword { text: text.into(), when, confidence: Confidence::Chosen, fact: format!("test/ehlo.{text}") }
}

/// Each reply is a code and the key's name; those that print what they were given, print it.
fn facts() -> Facts {
    let fact = |key: ReplyKey| Fact {
        id: format!("test/{key}"),
        lines: wording(key).iter().map(|line| Template::parse(key, line).unwrap()).collect(),
        sources: Vec::new(),
        confidence: Confidence::Chosen,
    };
    Facts { replies: ReplyKey::all().map(|key| (key, fact(key))).collect() }
}

fn wording(key: ReplyKey) -> Vec<String> {
    let name = key.name();
    let more = match key {
        ReplyKey::TraceHeader => {
            return vec![
                "Received: from {hello} ([{peer}])".into(),
                "\tby {host} id {queue-id};".into(),
                "\t{date}".into(),
            ];
        }
        ReplyKey::AuthenticateChallenge => return vec!["334 {challenge}".into()],
        ReplyKey::Help => return vec!["214 first".into(), "214 second".into()],
        ReplyKey::MailOk => " {reverse-path} {reverse-mailbox}",
        ReplyKey::MailOkWithSize => " {reverse-path} {size}",
        ReplyKey::RcptOk | ReplyKey::RcptRelayRefused | ReplyKey::VrfyOk => " {forward-path}",
        ReplyKey::BdatChunk => " {octets}",
        ReplyKey::DataAccepted => " {queue-id}",
        _ => "",
    };
    vec![format!("{} {name}{more}", code(name))]
}

fn code(name: &str) -> u16 {
    match name {
        "greeting" => 220,
        "starttls.ok" => 220,
        "quit" => 221,
        "data.start" => 354,
        "authenticate.ntlm-supported" => 334,
        "rcpt.too-many" => 452,
        "timeout" | "service-stopping" => 421,
        "bdat.chunk" => 250,
        _ if name.starts_with("authenticate.") && name.ends_with("-ok") => 235,
        _ if name.ends_with(".ok") || matches!(name, "ehlo.first-line" | "mail.ok-with-size" | "data.accepted") => 250,
        _ => 550,
    }
}

pub(super) const PASSWORD: &str = "Pa55word";

/// The authorized account `authorized`, `ordinary` without mail rights, and `administrator`.
pub(super) fn directory() -> Directory {
    let account = |name: &str, mail_right: bool| Account {
        name: name.into(),
        secret: AccountSecret { password: Secret::new(PASSWORD) },
        mail_right,
        administrator: name == "administrator",
        mailbox: Some(format!("{name}@inside.example")),
    };
    Directory {
        accounts: vec![account("authorized", true), account("ordinary", false), account("administrator", true)],
    }
}

pub(super) fn connection() -> Connection {
    Connection {
        peer: IpAddr::from([203, 0, 113, 9]),
        peer_name: Some("CLIENT".into()),
        local: IpAddr::from([192, 0, 2, 25]),
    }
}

/// A client that types, and keeps what the server did besides replying.
pub(super) struct Client {
    session: Session,
    pub(super) mails: Vec<(Hop, Mail)>,
    pub(super) closed: bool,
    pub(super) failed: bool,
    pub(super) tls: bool,
    pub(super) nonce: [u8; 8],
}

impl Client {
    /// Connects and reads the greeting.
    pub(super) fn connect(behaviours: Behaviours) -> Self {
        Self::connect_to(Model::new(Arc::new(behaviours), Arc::new(directory()), HOST))
    }

    pub(super) fn connect_to(model: Model) -> Self {
        let (client, greeting) = Self::greeted(model, connection());
        assert!(greeting.starts_with("220"), "{greeting}");
        client
    }

    /// Connects; with the greeting.
    pub(super) fn greeted(model: Model, connection: Connection) -> (Self, String) {
        let session = Session::open(Arc::new(model), connection, NOW);
        let mut client = Self { session, mails: Vec::new(), closed: false, failed: false, tls: false, nonce: NONCE };
        let greeting = client.read();
        (client, greeting)
    }

    /// Sends octets as they are; what the server says, CRLFs as `\n`, without the last.
    pub(super) fn send(&mut self, octets: impl AsRef<[u8]>) -> String {
        self.session.receive(octets.as_ref(), NOW);
        self.read()
    }

    /// Sends lines; what the server says.
    pub(super) fn say(&mut self, lines: &str) -> String {
        self.send(lines.split('\n').map(|line| format!("{line}\r\n")).collect::<String>())
    }

    /// What the server says of its own accord.
    pub(super) fn read(&mut self) -> String {
        let mut said = Vec::new();
        while let Some(output) = self.session.poll() {
            assert!(!self.closed && !self.failed, "{output:?} after the end");
            match output {
                Output::Reply { bytes, facts } => {
                    let lines = bytes.windows(2).filter(|window| window == b"\r\n").count();
                    assert_eq!(lines, facts.len(), "a fact a line");
                    said.extend(bytes);
                }
                Output::NeedNonce => self.session.nonce(self.nonce, NOW),
                Output::Transmit { hop, mail } => self.mails.push((hop, mail)),
                Output::BeginTls => self.tls = true,
                Output::Close => self.closed = true,
                Output::ServiceFails => self.failed = true,
            }
        }
        String::from_utf8(said).unwrap().replace("\r\n", "\n").trim_end_matches('\n').to_owned()
    }

    pub(super) fn session(&mut self) -> &mut Session {
        &mut self.session
    }

    /// An authentication exchange from AUTH to its last reply.
    pub(super) fn authenticate(&mut self, mechanism: Mechanism, credentials: Credentials) -> String {
        let entropy = Entropy { nonce: [0xaa; 8], unix_milliseconds: NOW.0 };
        let mut exchange = ClientExchange::begin(mechanism, credentials, entropy).unwrap();
        let mut reply = self.say(&format!("AUTH {mechanism}"));
        while let Some(challenge) = reply.strip_prefix("334 ") {
            let challenge = decode(challenge);
            let response = exchange.respond(challenge.as_deref()).unwrap();
            reply = self.say(&encode(response.expose()));
        }
        reply
    }

    /// AUTH by name and password.
    pub(super) fn log_in(&mut self, mechanism: Mechanism, user: &str, password: &str) -> String {
        let password = Secret::new(password);
        self.authenticate(mechanism, Credentials::Password { user: user.into(), password, domain: None })
    }
}

pub(super) fn encode(octets: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(octets)
}

pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(text).ok()
}
