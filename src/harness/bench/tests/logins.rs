//! Logins that fail: servers count them, and so does a run.

use std::sync::atomic::{AtomicUsize, Ordering};

use rstest::rstest;

use super::external::{file, free_port, on_bench, refusing, secrets, take_all};
use super::scripted::{Answer, Scripted};
use super::witnessed::Mail;
use super::*;
use crate::judge::{Authentication, Fate, Rules, Stage, StandardRules, Verdict};

/// What AUTH LOGIN makes of alice's password (`printf sesame-alice | base64`).
const ALICE: &str = "c2VzYW1lLWFsaWNl";

#[tokio::test]
async fn failed_logins_are_limited() {
    let (folder, server) = (secrets(), Scripted::open("220 a", refusing("550 5.7.1 no")).await);
    let roles = "  guest: { mechanism: LOGIN }\n  null-session: absent\n";
    let (bench, name) = on_bench(file(&folder, server.address, "failed-logins: 1", roles));
    let evidence = bench.evidence(&name, &Role::MATRIX).await;
    let guest = evidence.of(Role::Guest, Destination::Remote).next().unwrap();
    assert!(matches!(guest.authentication, Authentication::Refused { .. }));
    let wrong = evidence.of(Role::WrongPassword, Destination::Remote).next().unwrap();
    let limit = NoAnswer::LimitReached { limit: "failed-logins: 1".to_owned() };
    assert_eq!(wrong.authentication, Authentication::NoAnswer(limit.clone()));
    assert!(matches!(wrong.fate, Fate::NotTried { .. }) && wrong.transcript.entries.is_empty());
    assert!(matches!(
        evidence.of(Role::UnauthorizedAccount, Destination::Remote).next().unwrap().authentication,
        Authentication::Accepted { .. }
    ));
    let mut conversation = bench.converse(&name).await.unwrap();
    assert_eq!(conversation.authenticate_as(Role::WrongPassword).await, Authentication::NoAnswer(limit));
}

/// Both passwords have a slip in them, and the guest and the wrong password fail too: no more logins than are allowed,
/// whoever's they are. The null session's mechanism cannot be had, which sends no credentials.
#[rstest]
#[case::none(0)]
#[case::one(1)]
#[case::two(2)]
#[case::three(3)]
#[case::enough(9)]
#[tokio::test]
async fn no_more_logins_fail_than_may(#[case] most: usize) {
    let (folder, server) = (secrets(), Scripted::open("220 a", refusing("550 5.7.1 no")).await);
    std::fs::write(folder.path().join("alice.secret"), "seasme-alice\n").unwrap();
    std::fs::write(folder.path().join("bob.secret"), "seasme-bob\n").unwrap();
    let roles = "  guest: { mechanism: LOGIN }\n";
    let (bench, name) = on_bench(file(&folder, server.address, &format!("failed-logins: {most}"), roles));
    let evidence = bench.evidence(&name, &Role::MATRIX).await;
    assert_eq!(server.lines("AUTH LOGIN").len(), most.min(4));
    let limit = NoAnswer::LimitReached { limit: format!("failed-logins: {most}") };
    let answer = |role| evidence.of(role, Destination::Remote).next().unwrap().authentication.clone();
    let is_last_refused = matches!(answer(Role::WrongPassword), Authentication::Refused { .. });
    assert_eq!(is_last_refused, most > 3);
    assert_eq!(answer(Role::WrongPassword) == Authentication::NoAnswer(limit.clone()), most <= 3);
    let judgement = StandardRules.relay(Role::UnauthorizedAccount, &evidence);
    assert_eq!(judgement.verdict, Verdict::Inconclusive, "{judgement:?}");
    assert!(judgement.remedy.is_some(), "{judgement:?}");
    let mut conversation = bench.converse(&name).await.unwrap();
    conversation.ehlo().await.unwrap();
    assert_eq!(conversation.say("AUTH LOGIN").await.is_err(), most <= 4, "{limit:?}");
}

/// Credentials were sent, and the connection ended over them: the server may have counted that.
#[tokio::test]
async fn a_login_that_ends_the_connection_has_failed() {
    let answer: Box<Answer> =
        Box::new(
            |heard, line| {
                if heard.state.starts_with("password of ") { String::new() } else { take_all(heard, line) }
            },
        );
    let (folder, server) = (secrets(), Scripted::open("220 a", answer).await);
    let (bench, name) = on_bench(file(&folder, server.address, "failed-logins: 2", ""));
    bench.evidence(&name, &Role::MATRIX).await;
    assert_eq!(server.lines("AUTH LOGIN").len(), 2);
}

#[tokio::test]
async fn a_login_that_a_case_types_itself_counts_too() {
    let (folder, server) = (secrets(), Scripted::open("220 a", Box::new(take_all)).await);
    let (bench, name) = on_bench(file(&folder, server.address, "failed-logins: 1", ""));
    let mut conversation = bench.converse(&name).await.unwrap();
    let mut heard = Vec::new();
    for line in ["EHLO a", "AUTH LOGIN", "Ym9i", "c2VhbXNl"] {
        heard.push(conversation.say(line).await.unwrap().code().get());
    }
    assert_eq!(heard, [250, 334, 334, 535]);
    let limit = NoAnswer::LimitReached { limit: "failed-logins: 1".to_owned() };
    assert_eq!(conversation.say("AUTH LOGIN").await, Err(limit.clone()));
    assert_eq!(conversation.authenticate_as(Role::UnauthorizedAccount).await, Authentication::NoAnswer(limit));
    assert_eq!(server.lines("AUTH").len(), 1);
}

/// A role that has signed in may go on where no more logins may fail, until its own login fails: the account may be about
/// to be locked.
#[tokio::test]
async fn who_has_signed_in_may_fail_once_and_no_more() {
    let logins = AtomicUsize::new(0);
    let answer: Box<Answer> = Box::new(move |heard, line| {
        // The connection ends over the second, which says nothing that would be remembered as final.
        let is_login = heard.state.starts_with("password of ");
        if is_login && logins.fetch_add(1, Ordering::Relaxed) > 0 { String::new() } else { take_all(heard, line) }
    });
    let (folder, server) = (secrets(), Scripted::open("220 a", answer).await);
    let (bench, name) = on_bench(file(&folder, server.address, "failed-logins: 1", ""));
    let mut answers = Vec::new();
    for _ in 0..3 {
        let mut conversation = bench.converse(&name).await.unwrap();
        answers.push(conversation.authenticate_as(Role::UnauthorizedAccount).await);
    }
    let [first, second, third] = answers.as_slice() else { unreachable!("three were asked for") };
    assert!(matches!(first, Authentication::Accepted { .. }), "{first:?}");
    assert_eq!(*second, Authentication::NoAnswer(NoAnswer::Closed));
    assert_eq!(*third, Authentication::NoAnswer(NoAnswer::LimitReached { limit: "failed-logins: 1".to_owned() }));
    assert_eq!(server.lines("AUTH LOGIN").len(), 2);
}

/// RFC 4954 4: 235 says that the client is authenticated, and nothing else does.
#[rstest]
#[case::at_once("AUTH LOGIN", "250 OK")]
#[case::at_once_with_235("AUTH LOGIN", "235 2.7.0 ok")]
#[case::at_the_end("c2VzYW1lLWJvYg==", "250 2.0.0 whatever")]
#[tokio::test]
async fn a_success_that_is_not_235_behind_a_challenge_is_no_answer(#[case] to: &'static str, #[case] reply: &str) {
    let reply = reply.to_owned();
    let answer: Box<Answer> = Box::new(move |heard, line| {
        if line == to {
            reply.clone()
        } else if line.starts_with("RCPT TO:<somebody@") && !heard.lines.iter().any(|said| said == ALICE) {
            "550 5.7.1 no".to_owned()
        } else {
            take_all(heard, line)
        }
    });
    let (folder, server) = (secrets(), Scripted::open("220 a", answer).await);
    let (bench, name) = on_bench(file(&folder, server.address, "", ""));
    let evidence = bench.evidence(&name, &[Role::UnauthorizedAccount]).await;
    let attempt = evidence.of(Role::UnauthorizedAccount, Destination::Remote).next().unwrap();
    assert!(matches!(attempt.authentication, Authentication::CannotSpeak { .. }), "{:?}", attempt.authentication);
    let judgement = StandardRules.relay(Role::UnauthorizedAccount, &evidence);
    assert_eq!(judgement.verdict, Verdict::Inconclusive, "{judgement:?}");
}

/// A server that refuses the login, takes the mail all the same and goes. What an anonymous client may do here says nothing.
#[tokio::test]
async fn a_connection_that_ends_behind_the_mail_does_not_end_over_the_login() {
    let witness = free_port().await;
    let answer: Box<Answer> = Box::new(move |heard, line| {
        let has_said = |said: &str| heard.lines.iter().any(|line| line == said);
        let (signs_in, is_alice) = (has_said("AUTH LOGIN"), has_said(ALICE));
        match (heard.state.as_str(), line) {
            ("data", ".") if is_alice => {
                Mail::last(heard).pass_on(witness, std::time::Duration::ZERO);
                take_all(heard, line)
            }
            ("data", ".") if signs_in => String::new(),
            ("data" | "user", _) => take_all(heard, line),
            _ if line.starts_with("RCPT TO:<somebody@elsewhere.example>") && !signs_in => "550 5.7.1 no".to_owned(),
            _ => take_all(heard, line),
        }
    });
    let (folder, server) = (secrets(), Scripted::open("220 a", answer).await);
    let more = format!("witness: {{ listen: {witness} }}\nlimits: {{ witness: 500ms }}");
    let (bench, name) = on_bench(file(&folder, server.address, &more, ""));
    let evidence = bench.evidence(&name, &[Role::WrongPassword]).await;
    let served = StandardRules.authorized_account_is_served(&evidence);
    assert_eq!(served.verdict, Verdict::Conformant, "{served:?}");
    let attempt = evidence.of(Role::WrongPassword, Destination::Remote).next().unwrap();
    assert_eq!((attempt.passed, &attempt.fate), (Some(Stage::Data), &Fate::NoAnswer(NoAnswer::Closed)));
    let judgement = StandardRules.relay(Role::WrongPassword, &evidence);
    assert_eq!(judgement.verdict, Verdict::Inconclusive, "{judgement:?}");
}

/// RFC 4954 4: 501 to a response that could not be decoded, 500 to one that was too long. No credentials were judged, so that
/// nobody is known to be unable to authenticate.
#[rstest]
#[case("501 5.5.2 Cannot decode response")]
#[case("500 5.5.6 Authentication Exchange line is too long")]
#[tokio::test]
async fn a_response_that_was_not_read_is_no_refused_login(#[case] reply: &'static str) {
    let answer: Box<Answer> = Box::new(move |heard, line| {
        let is_in = heard.lines.iter().any(|said| said == ALICE);
        match take_all(heard, line) {
            refused if refused.starts_with("535") => reply.to_owned(),
            _ if line.starts_with("RCPT TO:<somebody@") && !is_in => "550 5.7.1 no".to_owned(),
            taken => taken,
        }
    });
    let (folder, server) = (secrets(), Scripted::open("220 a", answer).await);
    let (bench, name) = on_bench(file(&folder, server.address, "", ""));
    let evidence = bench.evidence(&name, &[Role::Guest, Role::WrongPassword]).await;
    for role in [Role::Guest, Role::WrongPassword] {
        let attempt = evidence.of(role, Destination::Remote).next().unwrap();
        assert!(matches!(attempt.authentication, Authentication::CannotSpeak { .. }), "{:?}", attempt.authentication);
        let judgement = StandardRules.relay(role, &evidence);
        assert_eq!(judgement.verdict, Verdict::Inconclusive, "{role}: {judgement:?}");
    }
}

/// Nothing that is said to LOGIN where it is not listed would be about a role: it is not asked for, and what is listed is
/// told.
#[rstest]
#[case::not_spoken("250-a\r\n250 AUTH GSSAPI DIGEST-MD5 SCRAM-SHA-1-PLUS", false)]
#[case::not_without_tls("250-a\r\n250-STARTTLS\r\n250 AUTH GSSAPI DIGEST-MD5 SCRAM-SHA-1-PLUS", true)]
#[tokio::test]
async fn a_mechanism_that_is_not_spoken_is_no_refusal(#[case] ehlo: &'static str, #[case] without_tls: bool) {
    let answer: Box<Answer> = Box::new(move |heard, line| match line {
        line if line.starts_with("EHLO") => ehlo.to_owned(),
        line if line.starts_with("AUTH") => "504 5.5.4 Unrecognized authentication type".to_owned(),
        line if line.starts_with("RCPT TO:<somebody@") => "550 5.7.1 no".to_owned(),
        line => take_all(heard, line),
    });
    let (folder, server) = (secrets(), Scripted::open("220 a", answer).await);
    let (bench, name) = on_bench(file(&folder, server.address, "", "  null-session: absent\n"));
    let evidence = bench.evidence(&name, &Role::MATRIX).await;
    assert_eq!(server.lines("AUTH"), Vec::<String>::new());
    let listed = ["GSSAPI", "DIGEST-MD5", "SCRAM-SHA-1-PLUS"].map(str::to_owned).to_vec();
    for role in [Role::WrongPassword, Role::Guest, Role::UnauthorizedAccount, Role::AuthorizedAccount] {
        let attempt = evidence.of(role, Destination::Remote).next().unwrap();
        assert_eq!(attempt.authentication, Authentication::NoMechanism { listed: listed.clone(), without_tls });
        assert_eq!(attempt.mechanism, None);
    }
    let judgement = StandardRules.relay(Role::UnauthorizedAccount, &evidence);
    assert_eq!(judgement.verdict, Verdict::Inconclusive, "{judgement:?}");
    let told = format!("{judgement:?}");
    assert!(told.contains("(GSSAPI, DIGEST-MD5, SCRAM-SHA-1-PLUS)"), "{told}");
}
