//! The same command lines read by `smtp-proto`, an implementation by other people. It is lenient by design and prints
//! addresses its own way, so the generator keeps to what both can say; each restriction has its reason in
//! [`known_disagreements`].

use std::borrow::Cow;

use proptest::prelude::*;
use rstest::rstest;
use smtp_proto::{
    AUTH_CRAM_MD5, AUTH_GSSAPI, AUTH_LOGIN, AUTH_NTLM, AUTH_PLAIN, MAIL_BODY_7BIT, MAIL_BODY_8BITMIME,
    MAIL_BODY_BINARYMIME, Request,
};

use super::super::BodyType;
use super::*;

fn parse_theirs(line: &[u8]) -> Result<Request<Cow<'_, str>>, smtp_proto::Error> {
    Request::parse(&mut line.iter())
}

/// A command in the words of both: what is compared.
#[derive(Debug, PartialEq, Eq)]
enum Said {
    Mail { address: String, size: u64, body: Option<BodyType>, envelope_id: String, submitter: String },
    Rcpt { address: String, original_recipient: String },
    Auth { mechanism: u64, initial_response: String },
    Bdat { size: u64, last: bool },
    Plain { verb: &'static str, argument: String },
}

fn theirs(line: &str) -> Option<Said> {
    let sent = format!("{line}\r\n");
    let text = |value: Option<Cow<'_, str>>| value.unwrap_or_default().into_owned();
    let request = parse_theirs(sent.as_bytes()).ok()?;
    let verb = request.name();
    Some(match request {
        Request::Mail { from } => Said::Mail {
            address: from.address.into_owned(),
            size: from.size as u64,
            body: match from.flags {
                MAIL_BODY_7BIT => Some(BodyType::SevenBit),
                MAIL_BODY_8BITMIME => Some(BodyType::EightBitMime),
                MAIL_BODY_BINARYMIME => Some(BodyType::BinaryMime),
                _ => None,
            },
            envelope_id: text(from.env_id),
            submitter: text(from.auth),
        },
        Request::Rcpt { to } => Said::Rcpt { address: to.address.into_owned(), original_recipient: text(to.orcpt) },
        Request::Auth { mechanism, initial_response } => {
            Said::Auth { mechanism, initial_response: initial_response.into_owned() }
        }
        Request::Bdat { chunk_size, is_last } => Said::Bdat { size: chunk_size as u64, last: is_last },
        Request::Ehlo { host: value }
        | Request::Helo { host: value }
        | Request::Noop { value }
        | Request::Vrfy { value }
        | Request::Expn { value }
        | Request::Help { value }
        | Request::Etrn { name: value } => Said::Plain { verb, argument: value.into_owned() },
        Request::Atrn { domains } => Said::Plain { verb, argument: domains.join(",") },
        Request::StartTls | Request::Data | Request::Rset | Request::Quit => {
            Said::Plain { verb, argument: String::new() }
        }
        Request::Lhlo { .. } | Request::Burl { .. } => return None,
    })
}

fn ours(line: &str) -> Option<Said> {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let plain = |verb, argument: Argument| Said::Plain { verb, argument: text(&argument.unwrap_or_default()) };
    let value = |parameters: &Parameters, keyword| {
        text(parameters.get(keyword).and_then(|parameter| parameter.value.as_deref()).unwrap_or_default())
    };
    Some(match CommandLine::parse(line.as_bytes()).command.ok()? {
        Command::Mail { reverse_path, parameters } => Said::Mail {
            address: text(&reverse_path.address()),
            size: parameters.size().unwrap_or_default(),
            body: parameters.body(),
            envelope_id: value(&parameters, "ENVID"),
            submitter: value(&parameters, "AUTH"),
        },
        Command::Rcpt { forward_path, parameters } => {
            Said::Rcpt {
                address: text(&forward_path.address()), // Without its address type, which they drop.
                original_recipient: value(&parameters, "ORCPT").trim_start_matches("rfc822;").to_owned(),
            }
        }
        Command::Auth { mechanism, initial_response } => Said::Auth {
            mechanism: match mechanism.to_ascii_uppercase().as_slice() {
                b"PLAIN" => AUTH_PLAIN,
                b"LOGIN" => AUTH_LOGIN,
                b"NTLM" => AUTH_NTLM,
                b"GSSAPI" => AUTH_GSSAPI,
                b"CRAM-MD5" => AUTH_CRAM_MD5,
                _ => return None,
            },
            initial_response: text(&initial_response.unwrap_or_default()),
        },
        Command::Bdat { size, last } => Said::Bdat { size, last },
        Command::Ehlo { argument } => plain("EHLO", argument),
        Command::Helo { argument } => plain("HELO", argument),
        Command::Noop { argument } => plain("NOOP", argument),
        Command::Vrfy { argument } => plain("VRFY", argument),
        Command::Expn { argument } => plain("EXPN", argument),
        Command::Help { argument } => plain("HELP", argument),
        Command::Etrn { argument } => plain("ETRN", argument),
        Command::Atrn { domains } => plain("ATRN", domains),
        Command::StartTls => plain("STARTTLS", None),
        Command::Data => plain("DATA", None),
        Command::Rset => plain("RSET", None),
        Command::Quit => plain("QUIT", None),
        Command::Turn | Command::Other { .. } => return None,
    })
}

/// A Dot-string that holds no `postmaster` alone and no quotes.
const LOCAL_PART: &str = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]{1,8}(\.[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]{1,8}){0,2}";
const DOMAIN: &str = r"[a-zA-Z0-9]([a-z0-9-]{0,6}[a-z0-9])?(\.[a-zA-Z0-9]([a-z0-9-]{0,6}[a-z0-9])?){0,3}";

fn path() -> impl Strategy<Value = String> {
    let route = proptest::collection::vec(DOMAIN, 0..3).prop_map(|hosts| match hosts.as_slice() {
        [] => String::new(),
        hosts => format!("@{}:", hosts.join(",@")),
    });
    (route, LOCAL_PART, DOMAIN).prop_map(|(route, local_part, domain)| format!("<{route}{local_part}@{domain}>"))
}

fn parameters(choices: &'static [&'static str]) -> impl Strategy<Value = String> {
    proptest::sample::subsequence(choices, 0..=choices.len())
        .prop_flat_map(|patterns| {
            patterns.into_iter().map(|pattern| proptest::string::string_regex(pattern).unwrap()).collect::<Vec<_>>()
        })
        .prop_map(|parameters| parameters.concat())
}

const MAIL_PARAMETERS: &[&str] = &[
    " (SIZE|size)=[0-9]{1,15}",
    " BODY=(7BIT|8BITMIME|8bitmime|BINARYMIME)",
    " ENVID=[a-zA-Z0-9]{1,9}",
    " AUTH=[a-z]{1,5}@[a-z]{1,5}",
];
const RCPT_PARAMETERS: &[&str] = &[" NOTIFY=(NEVER|SUCCESS,FAILURE|DELAY)", " ORCPT=rfc822;[a-z]{1,5}@[a-z]{1,5}"];

fn command_line() -> impl Strategy<Value = String> {
    let reverse_path = prop_oneof![4 => path(), 1 => Just("<>".to_owned())];
    prop_oneof![
        ("(MAIL FROM|mail from|Mail From):", reverse_path, parameters(MAIL_PARAMETERS))
            .prop_map(|(verb, path, parameters)| verb + &path + &parameters),
        ("(RCPT TO|rcpt to|Rcpt To):", path(), parameters(RCPT_PARAMETERS))
            .prop_map(|(verb, path, parameters)| verb + &path + &parameters),
        "(AUTH|auth) (PLAIN|LOGIN|login|NTLM|GSSAPI|CRAM-MD5)( =| [a-zA-Z0-9+/]{4,40}={0,2})?",
        "(BDAT|bdat) [0-9]{1,15}( LAST| last)?",
        ("(EHLO|ehlo|HELO|Helo|ETRN) ", DOMAIN).prop_map(|(verb, domain)| verb + &domain),
        proptest::collection::vec(DOMAIN, 1..4).prop_map(|domains| format!("ATRN {}", domains.join(","))),
        "(NOOP|HELP)( [a-z]{1,9})?",
        "(VRFY|EXPN|vrfy) [a-z]{1,9}",
        "DATA|data|RSET|QUIT|quit|STARTTLS|StartTls",
    ]
}

proptest! {
    #[test]
    fn commands_in_the_strict_grammar_are_read_alike(line in command_line()) {
        let expected = theirs(&line);
        prop_assert!(expected.is_some(), "they refuse it");
        prop_assert_eq!(ours(&line), expected);
        let tolerated = CommandLine::parse(line.as_bytes()).deviations;
        prop_assert!(tolerated.iter().all(|tolerance| *tolerance == Tolerance::SourceRoute), "{:?}", tolerated);
    }
}

fn mail(address: &str) -> Option<Said> {
    let (envelope_id, submitter) = (String::new(), String::new());
    Some(Said::Mail { address: address.to_owned(), size: 0, body: None, envelope_id, submitter })
}

fn rcpt(address: &str) -> Option<Said> {
    Some(Said::Rcpt { address: address.to_owned(), original_recipient: String::new() })
}

/// What `smtp-proto` reads otherwise, and what we read. Where one of these begins to fail, a restriction of the
/// generator can go.
#[rstest]
#[case::quotes_are_dropped(r#"MAIL FROM:<"a@b"@c>"#, mail("a@b@c"), mail(r#""a@b"@c"#))]
#[case::literals_are_refused("MAIL FROM:<a@[10.10.10.10]>", None, mail("a@[10.10.10.10]"))]
#[case::postmaster_is_null("RCPT TO:<Postmaster>", rcpt(""), rcpt("Postmaster"))]
#[case::several_at_signs_are_refused("RCPT TO:<R@D@S>", None, rcpt("R@D@S"))]
#[case::brackets_are_demanded("RCPT TO:a@b", None, rcpt("a@b"))]
#[case::unknown_parameters_are_refused("MAIL FROM:<a@b> X", None, mail("a@b"))]
#[case::turn_is_unknown("TURN", None, None)]
fn known_disagreements(#[case] line: &str, #[case] their_reading: Option<Said>, #[case] our_reading: Option<Said>) {
    assert_eq!(theirs(line), their_reading);
    assert_eq!(ours(line), our_reading);
    assert!(CommandLine::parse(line.as_bytes()).command.is_ok());
}

/// They take only the first word of free text.
#[test]
fn free_text_is_cut_by_them() {
    assert_eq!(theirs("NOOP x y"), theirs("NOOP x"));
    assert_ne!(ours("NOOP x y"), ours("NOOP x"));
}

/// They read these without a word, where we name what departs from RFC 5321 4.1.1.2 and 2.3.8.
#[test]
fn leniency_is_silent_with_them() {
    assert_eq!(theirs("MAIL FROM: <a@b.c>"), mail("a@b.c"));
    assert_eq!(CommandLine::parse(b"MAIL FROM: <a@b.c>").deviations, [Tolerance::SpaceAfterColon]);
    assert!(parse_theirs(b"NOOP\n").is_ok());
}
