//! STARTTLS (RFC 3207), and what it changes of AUTH (RFC 4954 4).

use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::*;
use rstest::rstest;
use smtpspec::protocol::sasl::Mechanism;
use smtpspec::reference::deployment::behaviours::Behaviours;
use smtpspec::reference::model::seams::{Channel, ChannelChange, Kept, MechanismChoice};
use smtpspec::reference::model::{Components, Model, Output, Session};

use super::cuts::{any_behaviours, cut};
use super::grammar::session;
use super::support::{Client, HOST, NONCE, NOW, PASSWORD, behaviours, connection, directory};

const RELAY: &str = "MAIL FROM:<a@b.example>\nRCPT TO:<c@outside.example>";

/// EHLO said, and signed in as whom the server relays for.
fn authorized(client: &mut Client) {
    client.say("EHLO c");
    assert!(client.log_in(Mechanism::Plain, "authorized", PASSWORD).starts_with("235"));
}

fn begin_tls(client: &mut Client) {
    assert_eq!(client.say("STARTTLS"), "220 starttls.ok");
    client.session().tls_established();
}

#[test]
fn ehlo_lists_keywords_in_order_and_starttls_only_before_tls() {
    let mut client = Client::connect(behaviours());
    let plain = "250-ehlo.first-line\n250-SIZE\n250-PIPELINING\n250-DSN\n250-8bitmime\n250-BINARYMIME\n250-CHUNKING\n\
                 250-AUTH PLAIN LOGIN CRAM-MD5 NTLM\n250-STARTTLS\n250 OK";
    assert_eq!(client.say("EHLO c"), plain);
    begin_tls(&mut client);
    // RFC 3207 4.2: "A server MUST NOT return the STARTTLS extension in response to an EHLO command received after a TLS
    // handshake has completed."
    assert_eq!(client.say("EHLO c"), plain.replace("250-STARTTLS\n", ""));
    assert_eq!(client.say("STARTTLS"), "550 starttls.already");
    assert!(client.session().deadline() > NOW);
}

// RFC 3207 4.2: "The server MUST discard any knowledge obtained from the client". Each was there right before.
#[rstest]
#[case::introduction("EHLO c", "MAIL FROM:<>", "550 mail.before-helo")]
#[case::reverse_path("EHLO c\nMAIL FROM:<>", "RCPT TO:<a@inside.example>", "550 rcpt.before-mail")]
#[case::recipients("EHLO c\nMAIL FROM:<>\nRCPT TO:<a@inside.example>", "DATA", "550 data.without-mail")]
fn what_was_said_in_the_clear_is_forgotten(#[case] before: &str, #[case] behind: &str, #[case] reply: &str) {
    let mut client = Client::connect(behaviours());
    client.say(before);
    begin_tls(&mut client);
    assert_eq!(client.say(behind), reply);
}

#[test]
fn who_authenticated_in_the_clear_is_anonymous_behind_it() {
    let mut client = Client::connect(behaviours());
    authorized(&mut client);
    assert!(client.say(RELAY).ends_with("250 rcpt.ok <c@outside.example>"));
    begin_tls(&mut client);
    client.say("EHLO c");
    assert!(client.say(RELAY).ends_with("550 rcpt.relay-refused <c@outside.example>"));
    client.say("RSET");
    assert!(
        client.log_in(Mechanism::Plain, "authorized", PASSWORD).starts_with("235"),
        "503 would be for who still is"
    );
    assert!(client.say(RELAY).ends_with("250 rcpt.ok <c@outside.example>"));
}

// RFC 3207 6, and CVE-2011-0411: what somebody put behind the command, in the same segment or before the handshake.
#[test]
fn what_follows_in_the_clear_is_thrown_away() {
    let mut client = Client::connect(behaviours());
    authorized(&mut client);
    assert_eq!(
        client.say("MAIL FROM:<a@b.example>\nSTARTTLS\nEHLO c\nMAIL FROM:<injected@b.example>"),
        "250 mail.ok <a@b.example> a@b.example\n220 starttls.ok"
    );
    assert_eq!(client.say("RCPT TO:<injected@inside.example>"), "", "nothing is read in the clear any more");
    client.session().tls_established();
    assert_eq!(client.read(), "");
    assert_eq!(client.say("RCPT TO:<injected@inside.example>"), "550 rcpt.before-mail");
    assert_eq!(client.say("QUIT"), "221 quit");
}

#[test]
fn starttls_without_a_certificate() {
    let mut client = Client::connect(Behaviours { certificate: false, ..behaviours() });
    assert!(!client.say("EHLO c").contains("STARTTLS"));
    assert_eq!(client.say("STARTTLS"), "550 starttls.unavailable");
    assert!(!client.tls);
}

// KB:Q279214: "505 Must issue a STARTTLS command first".
#[test]
fn tls_wanted_first() {
    let mut strict = behaviours();
    strict.verbs_wanting_tls = vec!["MAIL".into()];
    let mut client = Client::connect(strict);
    assert_eq!(client.say("HELO c\nMAIL FROM:<>"), "250 helo.ok\n550 tls-required");
    begin_tls(&mut client);
    assert_eq!(client.say("HELO c\nMAIL FROM:<>"), "250 helo.ok\n250 mail.ok <> <>");
}

// Octets in the clear would be no TLS.
#[test]
fn silence_before_tls_stands_closes_without_a_word() {
    let mut client = Client::connect(behaviours());
    client.say("STARTTLS");
    client.session().time_out();
    assert_eq!(client.read(), "");
    assert!(client.closed);
    client.session().tls_established();
    assert_eq!(client.say("NOOP"), "", "what is closed stays so");
}

/// Listed as `listed`, where passwords need TLS.
fn needing_tls(listed: &str) -> Behaviours {
    let mut behaviours = Behaviours { passwords_need_tls: true, ..behaviours() };
    for keyword in &mut behaviours.keywords {
        if keyword.text.starts_with("AUTH") {
            listed.clone_into(&mut keyword.text);
        }
    }
    behaviours
}

// RFC 4954 4: no "plaintext password mechanisms, unless […] STARTTLS […] has been negotiated"; 6: those "SHOULD NOT" be
// advertised. 504 for one that "requires an encryption layer" (4).
#[rstest]
#[case::some_are_left("AUTH PLAIN LOGIN CRAM-MD5 NTLM", Some("AUTH CRAM-MD5 NTLM"))]
#[case::none_is_left("AUTH PLAIN LOGIN", None)]
#[case::as_before_rfc_2554("AUTH=LOGIN", None)]
#[case::as_before_rfc_2554_with_another("AUTH=LOGIN NTLM", Some("AUTH=NTLM"))]
#[case::one_that_we_do_not_speak("AUTH GSSAPI LOGIN", Some("AUTH GSSAPI"))]
#[case::nothing_to_leave_out("AUTH NTLM", Some("AUTH NTLM"))]
#[case::another_keyword("AUTHLOGIN LOGIN", Some("AUTHLOGIN LOGIN"))]
fn passwords_are_had_under_tls_alone(#[case] listed: &str, #[case] in_the_clear: Option<&str>) {
    let mut client = Client::connect(needing_tls(listed));
    let lines = |said: &str| said.lines().filter_map(|line| line.get(4..)).map(str::to_owned).collect::<Vec<_>>();
    let auth = |lines: &[String]| lines.iter().find(|line| line.starts_with("AUTH")).cloned();
    assert_eq!(auth(&lines(&client.say("EHLO c"))).as_deref(), in_the_clear);
    for mechanism in ["PLAIN", "LOGIN"] {
        assert_eq!(client.say(&format!("AUTH {mechanism}")), "550 authenticate.mechanism-unknown");
    }
    assert!(client.say("AUTH CRAM-MD5\n*").starts_with("334 "));
    begin_tls(&mut client);
    assert_eq!(auth(&lines(&client.say("EHLO c"))).as_deref(), Some(listed));
    assert!(client.log_in(Mechanism::Plain, "authorized", PASSWORD).starts_with("235"));
}

/// Keeps what it is told to, and lets anybody have anything.
struct Wrong(Kept);

impl ChannelChange for Wrong {
    fn keeps(&self) -> Kept {
        self.0
    }

    fn is_offered(&self, _: Channel) -> bool {
        true
    }
}

impl MechanismChoice for Wrong {
    fn lists(&self, _: Mechanism, _: Channel, _: &Behaviours) -> bool {
        true
    }

    fn takes(&self, _: Mechanism, _: Channel, _: &Behaviours) -> bool {
        true
    }
}

fn client_of(behaviours: Behaviours, change: impl FnOnce(&mut Components)) -> Client {
    let mut model = Model::new(Arc::new(behaviours), Arc::new(directory()), HOST);
    change(&mut model.components);
    Client::connect_to(model)
}

/// What each wrong part keeps, and nothing else does its work.
#[rstest]
#[case::introduction(
    Kept { introduction: true, ..Kept::default() },
    "MAIL FROM:<a@b.example>\nRCPT TO:<c@outside.example>",
    "250 mail.ok <a@b.example> a@b.example\n550 rcpt.relay-refused <c@outside.example>"
)]
#[case::transaction(Kept { transaction: true, ..Kept::default() }, "RCPT TO:<c@inside.example>", "250 rcpt.ok <c@inside.example>")]
#[case::authentication(
    Kept { authentication: true, ..Kept::default() },
    "EHLO c\nMAIL FROM:<a@b.example>\nRCPT TO:<c@outside.example>",
    "250 rcpt.ok <c@outside.example>"
)]
#[case::octets(Kept { octets: true, ..Kept::default() }, "NOOP", "250 noop.ok\n250 noop.ok")]
fn a_wrong_part_shows(#[case] kept: Kept, #[case] behind: &str, #[case] reply: &str) {
    let mut client = client_of(behaviours(), |parts| parts.channel = Arc::new(Wrong(kept)));
    authorized(&mut client);
    assert!(client.say("MAIL FROM:<>\nSTARTTLS\nNOOP").ends_with("220 starttls.ok"));
    client.session().tls_established();
    let said = client.say(behind);
    assert!(said.ends_with(reply), "{said}");
    assert!(client.say("EHLO c").contains("STARTTLS"));
}

#[test]
fn a_wrong_choice_of_mechanisms_shows() {
    let mut client = client_of(needing_tls("AUTH PLAIN"), |parts| parts.mechanisms = Arc::new(Wrong(Kept::default())));
    assert!(client.say("EHLO c").contains("250-AUTH PLAIN\n"));
    assert!(client.log_in(Mechanism::Plain, "authorized", PASSWORD).starts_with("235"));
}

/// All outputs of a session whose octets come in these reads, TLS standing behind those of `clear`.
fn run(behaviours: &Behaviours, clear: &[&[u8]], protected: &[&[u8]]) -> Vec<Output> {
    let model = Model::new(Arc::new(behaviours.clone()), Arc::new(directory()), HOST);
    let mut session = Session::open(Arc::new(model), connection(), NOW);
    let mut outputs = Vec::new();
    let mut take = |session: &mut Session| {
        while let Some(output) = session.poll() {
            if output == Output::NeedNonce {
                session.nonce(NONCE, NOW);
            }
            outputs.push(output);
        }
    };
    for read in clear {
        session.receive(read, NOW);
        take(&mut session);
    }
    session.tls_established();
    for read in protected {
        session.receive(read, NOW);
        take(&mut session);
    }
    take(&mut session);
    outputs
}

proptest! {
    #[test]
    fn replies_do_not_depend_on_cuts_before_or_behind_tls(
        behaviours in any_behaviours(),
        clear in session(),
        protected in session(),
        lengths in vec(1_usize..200, 1..20),
    ) {
        let whole = run(&behaviours, &[&clear], &[&protected]);
        prop_assert_eq!(run(&behaviours, &cut(&clear, &lengths), &cut(&protected, &lengths)), whole);
    }

    /// Whatever was said in the clear, what is said under TLS is answered alike.
    #[test]
    fn nothing_of_the_time_before_shows_behind_tls(
        behaviours in any_behaviours(),
        clear in session(),
        protected in session(),
    ) {
        let behaviours = Behaviours { certificate: true, ..behaviours };
        let begin = b"STARTTLS\r\n".as_slice();
        // RSET: a session may end in the middle of data or of a chunk, and STARTTLS is then no command.
        let all = run(&behaviours, &[&clear, b"\r\n.\r\n*\r\nRSET\r\n", begin], &[&protected]);
        let behind = |outputs: &[Output]| outputs.iter().position(|output| *output == Output::BeginTls);
        let Some(at) = behind(&all) else { return Ok(()) };
        let fresh = run(&behaviours, &[begin], &[&protected]);
        let from = behind(&fresh).unwrap();
        // Queue ids count the messages of a connection, and are no knowledge of the client's.
        let plain = |outputs: &[Output]| outputs.iter().map(without_mail).collect::<Vec<_>>();
        prop_assert_eq!(plain(&all[at..]), plain(&fresh[from..]));
    }
}

fn without_mail(output: &Output) -> Option<Vec<u8>> {
    match output {
        Output::Reply { bytes, .. } if bytes.windows(13).any(|part| part == b"data.accepted") => None,
        Output::Reply { bytes, .. } => Some(bytes.clone()),
        Output::Transmit { mail, .. } => Some(mail.reverse_path.clone()),
        Output::NeedNonce | Output::BeginTls | Output::Close | Output::ServiceFails => None,
    }
}
