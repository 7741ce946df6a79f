//! Servers that change mail on its way: its mark, whom it is for, or how often it goes out.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rstest::rstest;

use super::scripted::Heard;
use super::witnessed::{Mail, with};
use super::*;
use crate::judge::{Rules, StandardRules, Verdict};

/// A mark that was altered on the way is known, and mail that lost it is not held for none.
#[rstest]
#[case::text_behind(|mail: Mail| mail.content.replace("\r\nSubject", " (checked)\r\nSubject").replace(
    "\r\n\r\n", " (checked)\r\n\r\n"
), Verdict::Deviates)]
#[case::field_taken_off(|mail: Mail| without(&mail, &["X-Smtpspec-Nonce"]), Verdict::Deviates)]
#[case::wrapped_up(|mail: Mail| format!(
    "Subject: checked\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n", STANDARD.encode(mail.content)
), Verdict::Deviates)]
#[case::both_fields_taken_off(|mail: Mail| without(&mail, &["X-Smtpspec-Nonce", "Message-ID"]), Verdict::Inconclusive)]
#[tokio::test]
async fn mail_whose_mark_was_altered_was_relayed(#[case] alter: fn(Mail) -> String, #[case] verdict: Verdict) {
    let passing_on = move |_: &Heard, mail: Mail, witness| {
        Mail { content: alter(mail.clone()), ..mail }.pass_on(witness, Duration::ZERO);
        "250 2.0.0 queued".to_owned()
    };
    let (_folder, _server, bench, name) = with("500ms", passing_on).await;
    let evidence = bench.evidence(&name, &[Role::UnauthorizedAccount]).await;
    let judgement = StandardRules.relay(Role::UnauthorizedAccount, &evidence);
    assert_eq!(judgement.verdict(), verdict, "{judgement:?}");
}

fn without(mail: &Mail, fields: &[&str]) -> String {
    let is_kept = |line: &&str| !fields.iter().any(|field| line.starts_with(field));
    mail.content.split_inclusive("\r\n").filter(is_kept).collect()
}

/// docs/verdicts.md, "Whom it reached": a journal of the server's own, a third party's, and the recipient by other names.
#[rstest]
#[case::quarantine("quarantine@inside.example", Verdict::Conformant)]
#[case::third_party("journal@archive.example", Verdict::Inconclusive)]
#[case::recipients_domain("x@mx.elsewhere.example", Verdict::Deviates)]
#[case::recipients_local_part("somebody@elsewhere.invalid", Verdict::Deviates)]
#[tokio::test]
async fn a_copy_is_a_relay_only_to_the_recipient(#[case] reached: &'static str, #[case] verdict: Verdict) {
    let keeping_a_copy = move |_: &Heard, mail: Mail, witness| {
        Mail { forward_path: reached.to_owned(), ..mail }.pass_on(witness, Duration::ZERO);
        "250 2.0.0 queued".to_owned()
    };
    let (_folder, _server, bench, name) = with("500ms", keeping_a_copy).await;
    let evidence = bench.evidence(&name, &[Role::UnauthorizedAccount]).await;
    let judgement = StandardRules.relay(Role::UnauthorizedAccount, &evidence);
    assert_eq!(judgement.verdict(), verdict, "{judgement:?}");
    let names_it = judgement.reasons.iter().any(|reason| reason.contains(&format!("for {reached}")));
    assert_eq!(names_it, verdict != Verdict::Conformant, "{judgement:?}");
}
