//! Facts as their sources have them, typed in from there.

use std::collections::BTreeSet;

use super::*;
use crate::reference::deployment::facts::Confidence::{self, Chosen, Documented, Hearsay, Inferred, Recorded};

/// Product, key, value, confidence.
type Row = (&'static str, &'static str, &'static str, Confidence);

/// Replies in the words of wire-facts sections 3.1 to 3.6, with the confidence given there.
const REPLIES: &[Row] = &[
    ("nt4-option-pack-smtp", "rcpt.relay-refused", "550 Unable to relay for {forward-mailbox}", Documented),
    ("nt4-option-pack-smtp", "starttls.unavailable", "554 Unable to initialize security subsystem", Documented),
    ("nt4-option-pack-smtp", "tls-required", "505 Must issue a STARTTLS command first", Documented),
    (
        "nt4-option-pack-smtp",
        "greeting",
        "220-{host} Microsoft SMTP MAIL ready at {date} Version: {version}\n220 ESMTP spoken here",
        Documented,
    ),
    (
        "windows-2000-smtp",
        "greeting",
        "220 {host} Microsoft ESMTP MAIL Service, Version: {version} ready at  {date} ",
        Recorded,
    ),
    ("windows-2000-smtp", "mail.ok", "250 2.1.0 {reverse-mailbox}....Sender OK", Recorded),
    ("windows-2000-smtp", "rcpt.ok", "250 2.1.5 {forward-mailbox}", Recorded),
    ("windows-2000-smtp", "rcpt.relay-refused", "550 5.7.1 Unable to relay for {forward-mailbox}", Recorded),
    ("windows-2000-smtp", "data.start", "354 Start mail input; end with <CRLF>.<CRLF>", Recorded),
    ("windows-2000-smtp", "quit", "221 2.0.0 {host} Service closing transmission channel", Recorded),
    ("windows-2000-smtp", "helo.ok", "250 {host} Hello [{peer}]", Recorded),
    ("windows-2000-smtp", "ehlo.first-line", "250 {host} Hello [{peer}]", Recorded),
    ("windows-2000-smtp", "data.accepted", "250 2.6.0 <{queue-id}@{host}> Queued mail for delivery", Recorded),
    ("windows-2000-smtp", "rset.ok", "250 2.0.0 Resetting", Documented),
    ("windows-2000-smtp", "vrfy.ok", "252 2.1.5 Cannot VRFY user, but will take message for {forward-path}", Recorded),
    ("windows-2000-smtp", "authenticate.challenge", "334 {challenge}", Recorded),
    ("windows-2000-smtp", "bdat.expected", "503 5.5.2 BDAT Expected", Documented),
    ("windows-2000-smtp", "authenticate.ntlm-ok", "235 2.7.0 Authentication successful", Documented),
    ("windows-2000-smtp", "authenticate.ntlm-refused", "535 5.7.3 Authentication unsuccessful", Documented),
    ("windows-2000-smtp", "etrn.ok", "250 2.0.0 Queuing for {argument} started", Hearsay),
    ("exchange-5.0", "greeting", "220 {host} Microsoft Exchange Internet Mail Service {version} ready", Documented),
    ("exchange-5.0", "expn.refused", "502 command not implemented", Documented),
    (
        "exchange-5.5",
        "greeting",
        "220 {host} ESMTP Server (Microsoft Exchange Internet Mail Service {version}) ready",
        Recorded,
    ),
    ("exchange-5.5", "mail.ok-with-size", "250 OK - mail from {reverse-path}; can accomodate {size} bytes", Recorded),
    ("exchange-5.5", "helo.ok", "250 OK", Recorded),
    ("exchange-5.5", "ehlo.first-line", "250 {host} Hello [{peer-name}]", Recorded),
    ("exchange-5.5", "mail.ok", "250 OK - mail from {reverse-path}", Recorded),
    ("exchange-5.5", "rcpt.ok", "250 OK - Recipient {forward-path}", Recorded),
    ("exchange-5.5", "data.accepted", "250 OK", Recorded),
    ("exchange-5.5", "quit", "221 closing connection", Recorded),
    ("exchange-5.5", "authenticate.challenge", "334 {challenge}", Recorded),
    ("exchange-5.5", "authenticate.login-ok", "235 LOGIN authentication successful", Recorded),
    ("exchange-5.5", "rcpt.relay-refused", "550 Relaying is prohibited", Documented),
    ("exchange-5.5", "data.start", "354 Send data.  End with CRLF.CRLF", Recorded),
    ("exchange-5.5", "data.not-homed", "554 Mailbox is not local: {reverse-mailbox}", Recorded),
    (
        "exchange-5.5",
        "data.originator-mismatch",
        "554 Originator address does not match authentication credentials.",
        Documented,
    ),
    ("exchange-5.5", "authenticate.ntlm-ok", "235 ntlm authentication successful", Recorded),
    ("exchange-5.5", "authenticate.ntlm-refused", "535 ntlm authentication failed", Chosen),
    (
        "exchange-2000",
        "greeting",
        "220 {host} Microsoft ESMTP MAIL Service, Version: {version} ready at  {date} ",
        Recorded,
    ),
    ("exchange-2000", "rcpt.relay-refused", "550 5.7.1 Unable to relay for {forward-mailbox}", Documented),
    ("windows-xp-smtp", "authenticate.ntlm-ok", "235 2.7.0 Authentication successful", Inferred),
];

/// What else is on record: versions from wire-facts 3.1, 3.2, 3.4 and 3.5, keywords from the EHLO lists there, and what
/// the dialogues of section 2 show.
const OTHERS: &[Row] = &[
    ("nt4-option-pack-smtp", "component 1775.6 version", "5.5.1775.675.6", Recorded),
    ("nt4-option-pack-smtp", "component 1875.18 version", "5.5.1875.185.18", Recorded),
    ("nt4-option-pack-smtp", "component 1877.19 version", "5.5.1877.197.19", Recorded),
    ("nt4-option-pack-smtp", "component 1877.75 version", "5.5.1877.757.75", Recorded),
    ("windows-2000-smtp", "component service-pack-2 version", "5.0.2195.2966", Recorded),
    ("windows-2000-smtp", "component ms02-011 version", "5.0.2195.4905", Recorded),
    ("windows-2000-smtp", "mechanisms", "[\"NTLM\",\"LOGIN\"]", Recorded),
    ("windows-2000-smtp", "authenticates-inside-transaction", "true", Recorded),
    ("windows-2000-smtp", "null-session-authenticates", "true", Recorded),
    ("exchange-5.5", "component service-pack-4 version", "5.5.2653.13", Recorded),
    ("exchange-5.5", "mechanisms", "[\"NTLM\",\"LOGIN\"]", Recorded),
    (
        "exchange-5.5",
        "challenge",
        "{\"target-information\":false,\"target-is-domain\":true,\"version\":false}",
        Recorded,
    ),
    ("exchange-5.5", "authenticates-before-helo", "true", Recorded),
    ("exchange-5.5", "confirms-size", "true", Recorded),
    ("exchange-5.5", "administrator-refused", "false", Recorded),
    ("exchange-2000", "component released version", "5.0.2195.2966", Recorded),
];

/// The keywords of TEL2K's EHLO list (wire-facts 3.2), and of PCAP55's (3.4).
const KEYWORDS: &[(&str, &[&str])] = &[
    (
        "windows-2000-smtp",
        &[
            "AUTH GSSAPI NTLM LOGIN",
            "AUTH=LOGIN",
            "TURN",
            "ATRN",
            "SIZE",
            "ETRN",
            "PIPELINING",
            "DSN",
            "ENHANCEDSTATUSCODES",
            "8bitmime",
            "BINARYMIME",
            "CHUNKING",
            "VRFY",
            "OK",
        ],
    ),
    ("exchange-5.5", &["XEXCH50", "HELP", "ETRN", "DSN", "SIZE 0", "AUTH LOGIN", "AUTH=LOGIN", "STARTTLS", "TLS"]),
];

#[test]
fn a_fact_is_as_the_record_has_it() {
    for (product, key, text, confidence) in REPLIES.iter().chain(OTHERS) {
        let row = CATALOGUE.facts().find(|row| row.product == *product && row.key == *key);
        let row = row.unwrap_or_else(|| panic!("{product} has no {key}"));
        assert_eq!((row.text.as_str(), row.confidence), (*text, *confidence), "{product}: {key}");
    }
}

#[test]
fn all_that_is_called_recorded_is_typed_in_here() {
    let called: BTreeSet<(String, String)> =
        CATALOGUE.facts().filter(|row| row.confidence == Recorded).map(|row| (row.product, row.key)).collect();
    let rows = REPLIES.iter().chain(OTHERS).filter(|row| row.3 == Recorded);
    let rows = rows.map(|(product, key, ..)| ((*product).to_owned(), (*key).to_owned()));
    let keywords = KEYWORDS.iter().flat_map(|(product, keywords)| {
        keywords.iter().map(move |keyword| ((*product).to_owned(), format!("keyword {keyword}")))
    });
    assert_eq!(called, rows.chain(keywords).collect());
}
