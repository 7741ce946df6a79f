//! Replies whose lines say different things.

use rstest::rstest;

use super::external::{file, on_bench, secrets, take_all};
use super::scripted::{Answer, Scripted};
use super::*;
use crate::judge::{Authentication, Fate, Rules, StandardRules, Verdict};

/// A server that says this to bob, once he has signed in or to sign in, where a line begins so, and takes all else but
/// anonymous mail for elsewhere.
fn saying(start: &'static str, reply: &'static str) -> Box<Answer> {
    Box::new(move |heard, line| {
        let has_said = |password: &str| heard.lines.iter().any(|line| line == password);
        // `printf bob | base64`, `printf alice | base64`
        match line {
            _ if has_said("Ym9i") && line.starts_with(start) => reply.to_owned(),
            "RCPT TO:<somebody@elsewhere.example>" if !has_said("YWxpY2U=") && !has_said("Ym9i") => {
                "550 5.7.1 no".to_owned()
            }
            _ => take_all(heard, line),
        }
    })
}

/// RFC 5321 4.2.1: the code of each line is the same. Here the last line alone would be a refusal, or a 235.
#[rstest]
#[case::mail("MAIL", "250-2.1.0 ok\r\n550 5.7.1 no", false)]
#[case::rcpt("RCPT", "250-2.1.5 ok\r\n550 5.7.1 no", false)]
#[case::rcpt_for_now("RCPT", "550-5.7.1 no\r\n450 4.7.1 later", false)]
#[case::user("Ym9i", "535-5.7.8 no\r\n334 UGFzc3dvcmQ6", true)]
#[case::password("c2VzYW1lLWJvYg==", "535-5.7.8 no\r\n235 2.7.0 ok", true)]
#[case::password_refused("c2VzYW1lLWJvYg==", "235-2.7.0 ok\r\n535 5.7.8 no", true)]
#[tokio::test]
async fn a_reply_that_contradicts_itself_is_none(
    #[case] start: &'static str,
    #[case] reply: &'static str,
    #[case] is_of_auth: bool,
) {
    let (folder, server) = (secrets(), Scripted::open("220 a", saying(start, reply)).await);
    let (bench, name) = on_bench(file(&folder, server.address, "limits: { deferred: 10ms }", ""));
    let evidence = bench.evidence(&name, &[Role::UnauthorizedAccount]).await;
    let attempt = evidence.of(Role::UnauthorizedAccount, Destination::Remote).next().unwrap();
    assert!(
        matches!(&attempt.fate, Fate::NoAnswer(NoAnswer::NoReply { what }) if what.contains(" / ")),
        "{:?}",
        attempt.fate
    );
    let no_answer_to_auth = matches!(attempt.authentication, Authentication::NoAnswer(NoAnswer::NoReply { .. }));
    assert_eq!(no_answer_to_auth, is_of_auth, "{:?}", attempt.authentication);
    let judgement = StandardRules.relay(Role::UnauthorizedAccount, &evidence);
    assert_eq!(judgement.verdict(), Verdict::Inconclusive, "{judgement:?}");
}
