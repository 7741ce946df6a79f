//! Mail that is put off: what the second try has to say before it counts.

use rstest::rstest;

use super::external::{file, on_bench, secrets, take_all};
use super::scripted::{Answer, Scripted};
use super::*;
use crate::judge::{Fate, Rules, Stage, StandardRules, Verdict};
use crate::protocol::transcript::{Content, Side};

/// A server that gives these answers to the RCPTs for elsewhere of a connection, the last of them from then on.
fn answering(answers: &'static [&'static str]) -> Box<Answer> {
    Box::new(move |heard, line| {
        let is_it = |line: &str| line.starts_with("RCPT TO:<somebody@elsewhere.example>");
        let tries = heard.lines.iter().filter(|line| is_it(line)).count();
        match answers.get(tries.saturating_sub(1)).or(answers.last()) {
            Some(answer) if is_it(line) => (*answer).to_owned(),
            _ => take_all(heard, line),
        }
    })
}

/// Design, "Deferred": only a reply that stays counts as a refusal. Its wording may differ.
#[rstest]
#[case::stays(&["454 4.7.1 Relay access denied", "454 4.7.1 Relay access denied, again"], true)]
#[case::other_code(&["451 4.3.0 disk trouble", "450 4.3.0 disk trouble"], false)]
#[case::other_enhanced_code(&["451 4.3.0 disk trouble", "451 4.2.1 mailbox busy"], false)]
#[case::enhanced_code_lost(&["451 4.7.1 no", "451 no"], false)]
#[case::no_answer(&["454 4.7.1 Relay access denied", ""], false)]
#[tokio::test]
async fn only_the_same_answer_twice_is_one_that_stays(#[case] answers: &'static [&'static str], #[case] stays: bool) {
    let (folder, server) = (secrets(), Scripted::open("220 a", answering(answers)).await);
    let (bench, name) = on_bench(file(&folder, server.address, "limits: { deferred: 10ms }", ""));
    let evidence = bench.evidence(&name, &[Role::Anonymous]).await;
    let attempt = evidence.of(Role::Anonymous, Destination::Remote).next().unwrap();
    assert!(matches!(attempt.fate, Fate::Deferred { at: Stage::Rcpt, retried, .. } if retried == stays), "{attempt:?}");
    if !stays {
        let judgement = StandardRules.relay(Role::Anonymous, &evidence);
        assert_eq!(judgement.verdict(), Verdict::Inconclusive, "{judgement:?}");
    }
}

/// The same code at another command is another answer.
#[tokio::test]
async fn another_command_is_another_answer() {
    let answer: Box<Answer> = Box::new(move |heard, line| {
        let was_reset = heard.lines.iter().any(|line| line == "RSET");
        match line {
            _ if line.starts_with("RCPT") && !was_reset => "451 4.7.1 later".to_owned(),
            _ if line.starts_with("MAIL") && was_reset => "451 4.7.1 later".to_owned(),
            _ => take_all(heard, line),
        }
    });
    let (folder, server) = (secrets(), Scripted::open("220 a", answer).await);
    let (bench, name) = on_bench(file(&folder, server.address, "limits: { deferred: 10ms }", ""));
    let attempt = bench.attempt(&name, Role::Anonymous, Destination::Remote).await.unwrap();
    assert!(matches!(attempt.fate, Fate::Deferred { at: Stage::Mail, retried: false, .. }), "{:?}", attempt.fate);
}

#[tokio::test]
async fn the_second_try_comes_after_the_stated_wait() {
    let (folder, server) = (secrets(), Scripted::open("220 a", answering(&["451 4.7.1 later"])).await);
    let (bench, name) = on_bench(file(&folder, server.address, "limits: { deferred: 300ms }", ""));
    let attempt = bench.attempt(&name, Role::Anonymous, Destination::Remote).await.unwrap();
    let is_try = |content: &Content| matches!(content, Content::Line { bytes, .. } if bytes.starts_with(b"RCPT"));
    let entries = attempt.transcript.entries.iter();
    let tries: Vec<_> = entries.filter(|entry| entry.side == Side::Client && is_try(&entry.content)).collect();
    let [first, second, ..] = tries.as_slice() else { panic!("{:?}", attempt.transcript) };
    assert!(second.at - first.at >= std::time::Duration::from_millis(300), "{first:?} {second:?}");
}

/// The second try would come after an hour, and the run is over long before.
#[tokio::test]
async fn the_wait_before_the_second_try_ends_with_the_run() {
    let (folder, server) = (secrets(), Scripted::open("220 a", answering(&["451 4.7.1 later"])).await);
    let (bench, name) = on_bench(file(&folder, server.address, "limits: { run: 1s, deferred: 60min }", ""));
    let attempt = bench.attempt(&name, Role::Anonymous, Destination::Remote).await.unwrap();
    assert_eq!(attempt.fate, Fate::NoAnswer(NoAnswer::LimitReached { limit: "run".to_owned() }));
    assert_eq!(server.lines("RCPT").len(), 1);
    let judgement = StandardRules.relay(Role::Anonymous, &bench.evidence(&name, &[Role::Anonymous]).await);
    assert_eq!(judgement.verdict(), Verdict::Inconclusive, "{judgement:?}");
}

/// A quota of the account's own, or a greylister for its relaying alone, is not known from a lack of rights.
#[rstest]
#[case::anybody_too("454 4.7.1 Relay access denied", Verdict::Conformant)]
#[case::nobody_else("550 5.7.1 Relaying denied", Verdict::Inconclusive)]
#[tokio::test]
async fn what_one_account_alone_is_put_off_with_is_no_refusal(
    #[case] anybody: &'static str,
    #[case] expected: Verdict,
) {
    let answer: Box<Answer> = Box::new(move |heard, line| {
        // `printf sesame-alice | base64`, `printf sesame-bob | base64`
        let has_said = |password: &str| heard.lines.iter().any(|line| line == password);
        match line {
            "RCPT TO:<somebody@elsewhere.example>" if has_said("c2VzYW1lLWJvYg==") => "454 4.7.1 not now".to_owned(),
            "RCPT TO:<somebody@elsewhere.example>" if !has_said("c2VzYW1lLWFsaWNl") => anybody.to_owned(),
            _ => take_all(heard, line),
        }
    });
    let (folder, server) = (secrets(), Scripted::open("220 a", answer).await);
    let (bench, name) = on_bench(file(&folder, server.address, "limits: { deferred: 10ms }", ""));
    let evidence = bench.evidence(&name, &[Role::UnauthorizedAccount]).await;
    let judgement = StandardRules.relay(Role::UnauthorizedAccount, &evidence);
    assert_eq!(judgement.verdict(), expected, "{judgement:?}");
}
