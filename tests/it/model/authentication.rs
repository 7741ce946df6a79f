//! AUTH: the exchanges, and the two stages behind them.

use rstest::rstest;
use smtpspec::protocol::sasl::{Credentials, Mechanism};
use smtpspec::reference::deployment::behaviours::{AuthorizationComponent, Behaviours};
use smtpspec::reference::model::Hop;

use super::support::{Client, PASSWORD, behaviours, encode};

const MECHANISMS: [Mechanism; 5] =
    [Mechanism::Plain, Mechanism::Login, Mechanism::CramMd5, Mechanism::Ntlm, Mechanism::ScramSha256];

/// The public probe's message 1 and message 3 (wire-facts 2, N11308).
const PROBE_1: &str = "TlRMTVNTUAABAAAAB4IAgAAAAAAAAAAAAAAAAAAAAAA=";
const PROBE_3: &str = "TlRMTVNTUAADAAAAAQABAEAAAAAAAAAAQQAAAAAAAABAAAAAAAAAAEAAAAAAAAAAQAAAAAAAAABBAAAABYIAAAA=";

fn with(authorization: AuthorizationComponent) -> Behaviours {
    Behaviours { authorization, ..behaviours() }
}

/// What RCPT to outside gets.
fn relay(client: &mut Client) -> String {
    client.say("RSET\nHELO c\nMAIL FROM:<a@b.example>");
    client.say("RCPT TO:<x@outside.example>")
}

#[rstest]
fn the_right_password_authenticates_and_a_wrong_one_does_not(
    #[values(Mechanism::Plain, Mechanism::Login, Mechanism::CramMd5, Mechanism::Ntlm, Mechanism::ScramSha256)]
    mechanism: Mechanism,
) {
    let name = mechanism.name().to_ascii_lowercase();
    let mut client = Client::connect(behaviours());
    assert_eq!(client.log_in(mechanism, "authorized", "wrong"), format!("550 authenticate.{name}-refused"));
    assert_eq!(relay(&mut client), "550 rcpt.relay-refused <x@outside.example>");
    assert_eq!(client.log_in(mechanism, "nobody", PASSWORD), format!("550 authenticate.{name}-refused"));
    assert_eq!(client.log_in(mechanism, "AUTHORIZED", PASSWORD), format!("235 authenticate.{name}-ok"));
    assert_eq!(relay(&mut client), "250 rcpt.ok <x@outside.example>");
    // RFC 4954 4: no second AUTH after success.
    assert_eq!(client.say("AUTH PLAIN"), "550 authenticate.already");
}

// The three shapes of the second function: absent is the flaw.
#[rstest]
#[case::flaw(AuthorizationComponent::Absent, "235 authenticate.{}-ok", true)]
#[case::at(AuthorizationComponent::AtAuthentication, "550 authenticate.{}-not-authorized", false)]
#[case::after(AuthorizationComponent::AfterAuthentication, "235 authenticate.{}-ok", false)]
fn an_account_without_mail_right(#[case] component: AuthorizationComponent, #[case] reply: &str, #[case] relays: bool) {
    for mechanism in MECHANISMS {
        let mut client = Client::connect(with(component));
        let expected = reply.replace("{}", &mechanism.name().to_ascii_lowercase());
        assert_eq!(client.log_in(mechanism, "ordinary", PASSWORD), expected);
        assert_eq!(relay(&mut client).starts_with("250"), relays);
        assert_eq!(
            client.say("RCPT TO:<y@inside.example>"),
            "250 rcpt.ok <y@inside.example>",
            "anonymous may, so it may"
        );
        let mut client = Client::connect(with(component));
        assert!(client.log_in(mechanism, "authorized", PASSWORD).starts_with("235"));
        assert!(relay(&mut client).starts_with("250"), "the authorized account is served by every component");
    }
}

#[rstest]
#[case::flaw(AuthorizationComponent::Absent, "235 authenticate.ntlm-ok", true)]
#[case::at(AuthorizationComponent::AtAuthentication, "550 authenticate.ntlm-not-authorized", false)]
#[case::after(AuthorizationComponent::AfterAuthentication, "235 authenticate.ntlm-ok", false)]
fn the_null_session(#[case] component: AuthorizationComponent, #[case] reply: &str, #[case] relays: bool) {
    let mut client = Client::connect(with(component));
    assert_eq!(client.authenticate(Mechanism::Ntlm, Credentials::NullSession), reply);
    assert_eq!(relay(&mut client).starts_with("250"), relays);
    // The same by the public probe: message 1 with AUTH, message 3 without the ANONYMOUS flag.
    let mut client = Client::connect(with(component));
    assert!(client.say(&format!("AUTH NTLM {PROBE_1}")).starts_with("334 TlRMTVNTUAACAAAA"));
    assert_eq!(client.say(PROBE_3), reply);
    assert_eq!(relay(&mut client).starts_with("250"), relays);
}

#[test]
fn the_null_session_where_it_does_not_authenticate() {
    let closed = Behaviours { null_session_authenticates: false, ..with(AuthorizationComponent::Absent) };
    let mut client = Client::connect(closed);
    assert_eq!(client.authenticate(Mechanism::Ntlm, Credentials::NullSession), "550 authenticate.ntlm-refused");
    assert!(relay(&mut client).starts_with("550"));
}

// KB:Q251149; MS-NLMP 3.2.5.1.2, GuestSession.
#[rstest]
#[case(Mechanism::Plain, true)]
#[case(Mechanism::Login, true)]
#[case(Mechanism::Ntlm, true)]
#[case(Mechanism::CramMd5, false)]
#[case(Mechanism::ScramSha256, false)]
fn guest(#[case] mechanism: Mechanism, #[case] becomes_guest: bool) {
    let open = Behaviours { guest_enabled: true, ..with(AuthorizationComponent::Absent) };
    let mut client = Client::connect(open.clone());
    assert!(client.log_in(mechanism, "authorized", "wrong").starts_with("550"), "a known name does not become Guest");
    assert_eq!(client.log_in(mechanism, "nobody", "anything").starts_with("235"), becomes_guest);
    assert_eq!(relay(&mut client).starts_with("250"), becomes_guest);
    let checked = Behaviours { authorization: AuthorizationComponent::AtAuthentication, ..open };
    assert!(Client::connect(checked).log_in(mechanism, "nobody", "anything").starts_with("550"));
}

// MS-SMTPNTLM note 4: NTLM succeeds, the service refuses.
#[rstest]
#[case(true, Mechanism::Ntlm, "550 authenticate.ntlm-refused")]
#[case(false, Mechanism::Ntlm, "235 authenticate.ntlm-ok")]
#[case(true, Mechanism::Login, "235 authenticate.login-ok")]
fn the_administrator(#[case] administrator_refused: bool, #[case] mechanism: Mechanism, #[case] reply: &str) {
    let mut client = Client::connect(Behaviours { administrator_refused, ..behaviours() });
    assert_eq!(client.log_in(mechanism, "administrator", PASSWORD), reply);
}

#[test]
fn nobody_acts_for_another() {
    let mut client = Client::connect(behaviours());
    let response = |zid: &str| encode(format!("{zid}\0authorized\0{PASSWORD}").as_bytes());
    assert_eq!(client.say(&format!("AUTH PLAIN {}", response("ordinary"))), "550 authenticate.plain-refused");
    assert_eq!(client.say(&format!("AUTH PLAIN {}", response("authorized"))), "235 authenticate.plain-ok");
}

// RFC 4954 4 for `*`, base64 and `=`; LOGIN's prompts are `Username:` and `Password:` (wire-facts 3.2).
#[rstest]
#[case::cancel("AUTH LOGIN\n*", "334 VXNlcm5hbWU6\n550 authenticate.cancelled")]
#[case::cancel_later("AUTH LOGIN\nYQ==\n*", "334 VXNlcm5hbWU6\n334 UGFzc3dvcmQ6\n550 authenticate.cancelled")]
#[case::bad_base64("AUTH LOGIN\n!", "334 VXNlcm5hbWU6\n550 authenticate.bad-base64")]
#[case::bad_initial_response("AUTH PLAIN !", "550 authenticate.bad-base64")]
#[case::two_initial_responses("AUTH PLAIN YQ== YQ==", "550 authenticate.bad-base64")]
#[case::login_initial_response("AUTH LOGIN YQ==", "334 UGFzc3dvcmQ6")]
#[case::empty_initial_response("AUTH PLAIN =", "550 authenticate.malformed")]
#[case::malformed("AUTH NTLM\nYQ==", "334 authenticate.ntlm-supported\n550 authenticate.malformed")]
#[case::cram_with_response("AUTH CRAM-MD5 YQ==", "550 authenticate.malformed")]
#[case::unknown("AUTH GSSAPI", "550 authenticate.mechanism-unknown")]
#[case::not_offered("AUTH EXTERNAL =", "550 authenticate.mechanism-unknown")]
#[case::no_mechanism("AUTH", "550 authenticate.argument-missing")]
#[case::lower_case("auth login", "334 VXNlcm5hbWU6")]
#[case::a_command_is_a_response("AUTH LOGIN\nQUIT", "334 VXNlcm5hbWU6\n334 UGFzc3dvcmQ6")]
fn exchange_lines(#[case] lines: &str, #[case] expected: &str) {
    let mut client = Client::connect(behaviours());
    assert_eq!(client.say(lines), expected);
    if expected.contains("550") {
        assert_eq!(client.say("NOOP"), "250 noop.ok", "the exchange is over");
    }
}

#[test]
fn a_long_initial_response_is_read_and_an_over_long_one_is_not() {
    let mut client = Client::connect(behaviours());
    let long = encode(&[0; 8000]);
    assert_eq!(client.say(&format!("AUTH PLAIN {long}")), "550 authenticate.malformed");
    assert_eq!(
        client.say(&format!("AUTH LOGIN\n{}", "A".repeat(12_291))),
        "334 VXNlcm5hbWU6\n550 authenticate.line-too-long"
    );
    assert_eq!(client.say(&format!("AUTH PLAIN {}", "A".repeat(12_288))), "550 line-too-long");
}

// wire-facts 8 rows 12 and 13: AUTH is taken after MAIL, and the envelope stays, as in BindView's session.
#[test]
fn the_envelope_outlives_the_exchange() {
    let mut client = Client::connect(with(AuthorizationComponent::Absent));
    client.say("HELO foo\nMAIL From:<>");
    assert_eq!(client.say("RCPT To:<x@outside.example>"), "550 rcpt.relay-refused <x@outside.example>");
    client.log_in(Mechanism::Ntlm, "authorized", "wrong");
    assert_eq!(client.say("RCPT To:<x@outside.example>"), "550 rcpt.relay-refused <x@outside.example>");
    client.say("AUTH NTLM\n*");
    client.authenticate(Mechanism::Ntlm, Credentials::NullSession);
    assert_eq!(client.say("RCPT To:<x@outside.example>"), "250 rcpt.ok <x@outside.example>");
    assert!(client.say("DATA\n.").contains("250 data.accepted"));
    assert!(matches!(client.mails.as_slice(), [(Hop::Outside, _)]));
}

// RFC 4954 4: "The AUTH command is not permitted during a mail transaction."
#[test]
fn inside_a_transaction_where_it_is_refused() {
    let mut strict = behaviours();
    strict.strictness.authenticates_inside_transaction = false;
    let mut client = Client::connect(strict);
    client.say("HELO c\nMAIL FROM:<>");
    assert_eq!(
        client.say("AUTH LOGIN\nRCPT TO:<a>"),
        "550 authenticate.inside-transaction\n250 rcpt.ok <a@inside.example>"
    );
}

#[test]
fn before_helo_where_it_is_refused() {
    let mut strict = behaviours();
    strict.strictness.authenticates_before_helo = false;
    let mut client = Client::connect(strict);
    assert_eq!(client.say("AUTH LOGIN"), "550 authenticate.before-helo");
    assert_eq!(client.say("HELO c\nAUTH LOGIN"), "250 helo.ok\n334 VXNlcm5hbWU6", "HELO is enough (BindView)");
}

#[test]
fn no_mechanism_no_command() {
    let none = Behaviours { mechanisms: Vec::new(), ..behaviours() };
    assert_eq!(Client::connect(none).say("AUTH NTLM"), "550 unknown-command");
}

// Where anonymous access is off, an identity that may not use the mail service may not even say MAIL (wire-facts 3.2,
// "454 5.7.3 Client does not have permission to submit mail to this server").
#[test]
fn an_unauthorized_identity_where_anonymous_access_is_off() {
    let mut locked = with(AuthorizationComponent::AfterAuthentication);
    locked.settings.anonymous_access = false;
    let mut client = Client::connect(locked);
    client.say("HELO c");
    assert_eq!(client.log_in(Mechanism::Login, "ordinary", PASSWORD), "235 authenticate.login-ok");
    assert_eq!(client.say("MAIL FROM:<>"), "550 mail.submission-refused");
}
