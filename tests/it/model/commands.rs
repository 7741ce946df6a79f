//! HELO, EHLO, MAIL, DATA and the order in which things are asked.

use rstest::rstest;
use smtpspec::reference::model::Hop;

use super::support::{Client, HOST, behaviours};

#[test]
fn a_whole_session() {
    let mut client = Client::connect(behaviours());
    assert_eq!(client.say("HELO client.example"), "250 helo.ok");
    assert_eq!(client.say("MAIL FROM:<a@outside.example>"), "250 mail.ok <a@outside.example> a@outside.example");
    assert_eq!(client.say("RCPT TO:<b@inside.example>"), "250 rcpt.ok <b@inside.example>");
    assert_eq!(client.say("DATA"), "354 data.start");
    assert_eq!(client.say("Subject: x\n\n..dot"), "");
    assert!(client.say(".").starts_with("250 data.accepted mail"), "queue id begins with the host's letters");
    assert_eq!(client.say("QUIT"), "221 quit");
    assert!(client.closed);
    let [(Hop::Inside, mail)] = client.mails.as_slice() else { panic!("{:?}", client.mails) };
    assert_eq!(mail.reverse_path, b"a@outside.example");
    assert_eq!(mail.forward_paths, [b"b@inside.example"]);
    let content = String::from_utf8(mail.content.clone()).unwrap();
    let (trace, rest) = content.split_once(";\r\n").unwrap();
    assert!(
        trace.starts_with(&format!("Received: from client.example ([203.0.113.9])\r\n\tby {HOST} id mail")),
        "{trace}"
    );
    assert_eq!(rest, "\tThu, 3 Apr 2008 15:39:17 +0000\r\nSubject: x\r\n\r\n.dot\r\n");
}

#[rstest]
#[case::no_colon("MAIL FROM test", "550 mail.syntax")]
#[case::no_path("MAIL FROM:", "550 mail.syntax")]
#[case::no_argument("MAIL", "550 mail.syntax")]
#[case::unbalanced("MAIL FROM: <a@b", "550 mail.unbalanced")]
#[case::open_quote("MAIL FROM:<\"a@b>", "550 mail.malformed-path")]
#[case::null("MAIL FROM: <>", "250 mail.ok <> <>")]
#[case::invalid_source(
    "MAIL FROM: <invalid source>",
    "250 mail.ok <invalid source@inside.example> invalid source@inside.example"
)]
#[case::bare("MAIL FROM:<spamtest>", "250 mail.ok <spamtest@inside.example> spamtest@inside.example")]
#[case::no_brackets("MAIL FROM: danesh@example.com", "250 mail.ok <danesh@example.com> danesh@example.com")]
#[case::literal("MAIL FROM:<s@[10.10.10.10]>", "250 mail.ok <s@[10.10.10.10]> s@[10.10.10.10]")]
#[case::size("MAIL FROM:<a@b> SIZE=20000 BODY=8BITMIME RET=HDRS ENVID=x AUTH=<>", "250 mail.ok <a@b> a@b")]
#[case::too_large("MAIL FROM:<a@b> SIZE=20001", "550 mail.too-large")]
#[case::far_too_large("MAIL FROM:<a@b> SIZE=99999999999999999999", "550 mail.too-large")]
#[case::no_size("MAIL FROM:<a@b> SIZE=x", "550 parameter-refused")]
#[case::unknown_body("MAIL FROM:<a@b> BODY=9BIT", "550 parameter-refused")]
#[case::unknown_parameter("MAIL FROM:<a@b> SMTPUTF8", "550 parameter-refused")]
#[case::rcpt_parameter("MAIL FROM:<a@b> NOTIFY=NEVER", "550 parameter-refused")]
#[case::control("MAIL FROM:<\"a\rb\"@c>", "550 mail.malformed-path")]
fn mail(#[case] line: &str, #[case] expected: &str) {
    let mut client = Client::connect(behaviours());
    client.say("HELO c");
    assert_eq!(client.say(line), expected);
}

// The domain appended is one (KB:Q304897); that it is the first of several is chosen.
#[test]
fn the_default_domain_is_the_first() {
    let mut several = behaviours();
    several.settings.local_domains = vec!["first.example".into(), "second.example".into()];
    let mut client = Client::connect(several);
    client.say("HELO c");
    assert_eq!(client.say("MAIL FROM:<a>"), "250 mail.ok <a@first.example> a@first.example");
    assert_eq!(client.say("RCPT TO:<b>"), "250 rcpt.ok <b@first.example>");
}

#[test]
fn parameters_need_their_keyword() {
    let mut without = behaviours();
    without.keywords.clear();
    let mut client = Client::connect(without);
    client.say("HELO c");
    for parameter in ["SIZE=1", "BODY=8BITMIME", "RET=FULL", "AUTH=<>"] {
        assert_eq!(client.say(&format!("MAIL FROM:<a@b> {parameter}")), "550 parameter-refused");
    }
    assert_eq!(
        client.say("MAIL FROM:<a@b>\nRCPT TO:<a@inside.example> NOTIFY=NEVER"),
        "250 mail.ok <a@b> a@b\n550 parameter-refused"
    );
}

// KB:Q262945.
#[test]
fn size_is_confirmed_where_the_product_does() {
    let mut confirming = behaviours();
    confirming.strictness.confirms_size = true;
    let mut client = Client::connect(confirming);
    client.say("HELO c");
    assert_eq!(client.say("MAIL FROM:<a@b> SIZE=1460"), "250 mail.ok-with-size <a@b> 1460");
    assert_eq!(client.say("RSET\nMAIL FROM:<a@b>"), "250 rset.ok\n250 mail.ok <a@b> a@b");
}

#[rstest]
#[case::mail_first("MAIL FROM:<a@b>", "550 mail.before-helo")]
#[case::rcpt_first("RCPT TO:<a@b>", "550 rcpt.before-mail")]
#[case::data_first("DATA", "550 data.without-mail")]
#[case::data_without_rcpt("HELO c\nMAIL FROM:<>\nDATA", "250 helo.ok\n250 mail.ok <> <>\n550 data.without-rcpt")]
#[case::nested("HELO c\nMAIL FROM:<>\nMAIL FROM:<>", "250 helo.ok\n250 mail.ok <> <>\n550 mail.nested")]
#[case::rset(
    "HELO c\nMAIL FROM:<>\nRSET\nRCPT TO:<a@b>",
    "250 helo.ok\n250 mail.ok <> <>\n250 rset.ok\n550 rcpt.before-mail"
)]
#[case::helo_resets(
    "HELO c\nMAIL FROM:<>\nHELO c\nRCPT TO:<a@b>",
    "250 helo.ok\n250 mail.ok <> <>\n250 helo.ok\n550 rcpt.before-mail"
)]
#[case::bare_helo("HELO", "250 helo.ok")]
#[case::lower_case("helo c\nmail from:<>", "250 helo.ok\n250 mail.ok <> <>")]
#[case::data_again(
    "HELO c\nMAIL FROM:<>\nRCPT TO:<a@inside.example>\nDATA\n.\nDATA",
    "250 helo.ok\n250 mail.ok <> <>\n250 rcpt.ok <a@inside.example>\n354 data.start\n250 data.accepted mailbderlrvei00000001\n550 data.without-mail"
)]
fn sequences(#[case] lines: &str, #[case] expected: &str) {
    let said = Client::connect(behaviours()).say(lines);
    let cut = |text: &str| text.lines().map(|line| line.split(" mailb").next().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(cut(&said), cut(expected));
}

#[test]
fn a_helo_without_argument_where_one_is_wanted() {
    let mut strict = behaviours();
    strict.strictness.helo_needs_argument = true;
    let mut client = Client::connect(strict);
    assert_eq!(
        client.say("HELO\nEHLO\nMAIL FROM:<>"),
        "550 helo.argument-missing\n550 helo.argument-missing\n550 mail.before-helo"
    );
}

// KB:Q297269: 503 for a second EHLO; what is open stays open.
#[test]
fn a_second_ehlo_where_it_is_refused() {
    let mut strict = behaviours();
    strict.strictness.second_ehlo_refused = true;
    let mut client = Client::connect(strict);
    assert_eq!(client.say("HELO c").as_str(), "250 helo.ok");
    client.say("EHLO c\nMAIL FROM:<>");
    assert_eq!(client.say("EHLO c\nRCPT TO:<a@inside.example>"), "550 ehlo.repeated\n250 rcpt.ok <a@inside.example>");
}

// SCAN, Exchange 5.5: MAIL before HELO gets 250.
#[test]
fn mail_before_helo_where_it_is_taken() {
    let mut lax = behaviours();
    lax.strictness.mail_needs_helo = false;
    assert_eq!(Client::connect(lax).say("MAIL FROM:<>"), "250 mail.ok <> <>");
}

// The order is that of SCAN's "locked" rows for Windows 2000: 503 for MAIL before HELO, then 505 whatever the argument.
#[test]
fn anonymous_access_off() {
    let mut locked = behaviours();
    locked.settings.anonymous_access = false;
    let mut client = Client::connect(locked);
    assert_eq!(client.say("MAIL FROM:<>\nHELO c"), "550 mail.before-helo\n250 helo.ok");
    for line in ["MAIL FROM test", "MAIL FROM:<>", "RCPT TO: test", "VRFY root", "HELP"] {
        assert_eq!(client.say(line), "550 anonymous-refused", "{line}");
    }
    assert_eq!(client.say("NOOP\nRSET\nEHLO x").lines().next(), Some("250 noop.ok"));
    client.log_in(smtpspec::protocol::sasl::Mechanism::Login, "authorized", super::support::PASSWORD);
    assert_eq!(client.say("MAIL FROM:<>"), "250 mail.ok <> <>");
}

#[test]
fn commands_in_one_read_are_answered_in_order() {
    let mut client = Client::connect(behaviours());
    let said = client.say(
        "EHLO c\nMAIL FROM:<a@b>\nRCPT TO:<c@outside.example>\nRCPT TO:<d@inside.example>\nDATA\nx\n.\nNOOP\nQUIT\nNOOP",
    );
    let codes: Vec<_> = said.lines().filter(|line| line.as_bytes()[3] == b' ').map(|line| &line[..3]).collect();
    assert_eq!(codes, ["250", "250", "550", "250", "354", "250", "250", "221"]);
    assert_eq!(client.mails.len(), 1);
}
