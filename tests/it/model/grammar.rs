//! Sessions for the property tests: commands of a grammar, garbage among them.

use proptest::collection::vec;
use proptest::prelude::*;

use super::support::{PASSWORD, encode};

/// Octets of one step of a session.
fn step() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        12 => prop::sample::select(LINES).prop_map(|line| format!("{line}\r\n").into_bytes()),
        2 => data(),
        2 => chunk(),
        2 => prop::sample::select(exchanges()).prop_map(String::into_bytes),
        1 => vec(any::<u8>(), 0..40),
        1 => "[ -~]{0,40}\r?\n".prop_map(String::into_bytes),
        1 => Just(vec![b'x'; 13_000]),
    ]
}

/// A session: its octets.
pub(super) fn session() -> impl Strategy<Value = Vec<u8>> {
    vec(step(), 0..25).prop_map(|steps| steps.concat())
}

const LINES: &[&str] = &[
    "HELO client.example",
    "EHLO client.example",
    "EHLO",
    "MAIL FROM:<a@outside.example>",
    "MAIL FROM:<a@outside.example> SIZE=100 BODY=BINARYMIME",
    "MAIL FROM:<>",
    "MAIL FROM test",
    "RCPT TO:<b@inside.example>",
    "RCPT TO:<b@inside.example>",
    "RCPT TO:<b%x@inside.example>",
    "RCPT TO:<c@outside.example>",
    "RCPT TO:<IMCEASMTP-user+40victim+2Eexample@inside.example>",
    "MAIL FROM:<xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx@outside.example>",
    "RCPT TO:<xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx@inside.example>",
    "DATA",
    "RSET",
    "RSET x",
    "VRFY a b",
    "BDAT 0 LAST x",
    "MAIL FROM:<a@outside.example> SIZE=1 SIZE=2",
    "RCPT TO:<b@inside.example> NOTIFY=NEVER NOTIFY=NEVER",
    "RCPT TO:<a..b@inside.example>",
    "NOOP",
    "VRFY root",
    "EXPN root",
    "HELP",
    "TURN",
    "ETRN inside.example",
    "STARTTLS",
    "QUIT",
    "AUTH LOGIN",
    "AUTH PLAIN",
    "AUTH NTLM",
    "AUTH CRAM-MD5",
    "*",
    ".",
    "BDAT 3",
    "\u{1b}\u{7f}",
];

fn data() -> impl Strategy<Value = Vec<u8>> {
    ("[a.\r\n]{0,60}", any::<bool>()).prop_map(|(content, is_long)| {
        let filler = if is_long { "y".repeat(21_000) } else { String::new() };
        format!("DATA\r\n{content}{filler}\r\n.\r\n").into_bytes()
    })
}

fn chunk() -> impl Strategy<Value = Vec<u8>> {
    (vec(any::<u8>(), 0..30), any::<bool>()).prop_map(|(octets, is_last)| {
        let last = if is_last { " LAST" } else { "" };
        [format!("BDAT {}{last}\r\n", octets.len()).as_bytes(), &octets].concat()
    })
}

/// Whole exchanges, pipelined: right and wrong passwords, the null session by the public probe.
fn exchanges() -> Vec<String> {
    let login =
        |password: &str| format!("AUTH LOGIN\r\n{}\r\n{}\r\n", encode(b"authorized"), encode(password.as_bytes()));
    vec![
        login(PASSWORD),
        login("wrong"),
        format!("AUTH PLAIN {}\r\n", encode(format!("\0ordinary\0{PASSWORD}").as_bytes())),
        format!("AUTH CRAM-MD5\r\n{}\r\n", encode(b"authorized 0123456789abcdef0123456789abcdef")),
        "AUTH NTLM TlRMTVNTUAABAAAAB4IAgAAAAAAAAAAAAAAAAAAAAAA=\r\n\
         TlRMTVNTUAADAAAAAQABAEAAAAAAAAAAQQAAAAAAAABAAAAAAAAAAEAAAAAAAAAAQAAAAAAAAABBAAAABYIAAAA=\r\n"
            .to_owned(),
    ]
}
