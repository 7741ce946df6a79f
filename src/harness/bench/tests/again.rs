//! What is put off and tried again, and on which connection.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rstest::rstest;

use super::external::{file, on_bench, secrets, take_all};
use super::scripted::{Answer, Heard, Scripted};
use super::*;
use crate::judge::{Authentication, Fate, OpenReason, Rules, StandardRules, Verdict};

const REMOTE: &str = "RCPT TO:<somebody@elsewhere.example>";
const LIMITS: &str = "limits: { deferred: 10ms }";

fn is_authorized(heard: &Heard) -> bool {
    // `printf sesame-alice | base64`
    heard.lines.iter().any(|line| line == "c2VzYW1lLWFsaWNl")
}

/// Refuses to relay for all but alice with this reply, and may end the connection over it.
fn refusing(reply: &'static str) -> Box<Answer> {
    Box::new(move |heard, line| match line {
        REMOTE if !is_authorized(heard) => reply.to_owned(),
        _ => take_all(heard, line),
    })
}

/// RFC 5321 3.8 has a client take a 421 and the end of the connection for "later": a second connection shows that it stays.
/// The local mail with a fresh sender is taken at the first try, so that it is no greylister.
#[tokio::test]
async fn a_refusal_by_421_that_ends_the_connection_is_judged() {
    let (folder, server) = (secrets(), Scripted::open("220 a", refusing("421 4.7.1 Relaying denied, bye")).await);
    let (bench, name) = on_bench(file(&folder, server.address, LIMITS, ""));
    let evidence = bench.evidence(&name, &[Role::Anonymous, Role::UnauthorizedAccount]).await;
    for role in [Role::Anonymous, Role::UnauthorizedAccount] {
        let attempt = evidence.of(role, Destination::Remote).next().unwrap();
        assert!(
            matches!(&attempt.fate, Fate::Deferred { reply, retried: true, .. } if reply.code == 421),
            "{attempt:?}"
        );
        assert!(attempt.retried);
        // Both tries are told, and the connection between them.
        let told = attempt.transcript.to_string();
        assert_eq!(told.matches("S: 421 4.7.1 Relaying denied, bye").count(), 2, "{told}");
        assert!(told.contains("-- connected"), "{told}");
    }
    // The account signs in on each of its connections, as the same one.
    assert_eq!(server.lines("Ym9i").len(), 3);
}

/// RFC 5321 4.2.1: a 5xx asks the client not to repeat it.
#[tokio::test]
async fn nothing_is_tried_again_behind_a_5xx() {
    let (folder, server) = (secrets(), Scripted::open("220 a", refusing("550 5.7.1 no")).await);
    let (bench, name) = on_bench(file(&folder, server.address, LIMITS, ""));
    let attempt = bench.attempt(&name, Role::Anonymous, Destination::Remote).await.unwrap();
    assert!(matches!(attempt.fate, Fate::Refused { .. }) && !attempt.retried, "{attempt:?}");
    assert_eq!((server.lines(REMOTE).len(), server.connections().len()), (1, 1));
}

/// A greeting by turns; the connection of one that turns away is closed.
async fn greeting_by_turns(greetings: &'static [&'static str]) -> Turns {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let connections = Arc::new(AtomicUsize::new(0));
    let counting = Arc::clone(&connections);
    let accepting = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let number = counting.fetch_add(1, Ordering::SeqCst);
            let greeting = greetings.get(number).or(greetings.last()).unwrap();
            if greeting.is_empty() {
                continue;
            }
            tokio::spawn(super::scripted::attend_alone(stream, greeting, Box::new(take_all)));
        }
    });
    Turns { address, connections, accepting }
}

struct Turns {
    address: std::net::SocketAddr,
    connections: Arc<AtomicUsize>,
    accepting: tokio::task::JoinHandle<()>,
}

impl Drop for Turns {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Only what says "later" (RFC 5321 3.8, 4.2.1) is connected to again, and once.
#[rstest]
#[case::closing(&["421 4.7.0 too many connections", "220 a"], 2, true)]
#[case::deferred(&["450 4.3.2 not now", "220 a"], 2, true)]
#[case::ended_at_once(&["", "220 a"], 2, true)]
#[case::twice(&["421 4.7.0 too many connections", "421 4.7.0 too many connections", "220 a"], 2, false)]
#[case::for_good(&["554 5.7.1 go away", "220 a"], 1, false)]
#[case::dialect(&["521 no mail here", "220 a"], 1, false)]
#[case::no_smtp(&["SSH-2.0-OpenSSH_9.2", "220 a"], 1, false)]
#[tokio::test]
async fn a_door_that_is_shut_for_now_is_tried_once_more(
    #[case] greetings: &'static [&'static str],
    #[case] connections: usize,
    #[case] comes_in: bool,
) {
    let (folder, server) = (secrets(), greeting_by_turns(greetings).await);
    let (bench, name) = on_bench(file(&folder, server.address, LIMITS, ""));
    let attempt = bench.attempt(&name, Role::Anonymous, Destination::Remote).await.unwrap();
    assert_eq!(server.connections.load(Ordering::SeqCst), connections, "{attempt:?}");
    assert_eq!(matches!(attempt.fate, Fate::AcceptedUnproven { .. }), comes_in, "{attempt:?}");
    assert_eq!(attempt.retried, connections > 1);
}

/// A server that always puts off is not waited for all the run.
#[tokio::test]
async fn a_server_that_is_always_full_is_given_up() {
    let (folder, server) = (secrets(), greeting_by_turns(&["421 4.7.0 too many connections"]).await);
    let (bench, name) = on_bench(file(&folder, server.address, LIMITS, ""));
    let evidence = bench.evidence(&name, &Role::MATRIX).await;
    let tried = evidence.attempts.len();
    // Two were tried a second time.
    assert_eq!(server.connections.load(Ordering::SeqCst), tried + 2);
    let judgement = StandardRules.relay(Role::Anonymous, &evidence);
    assert_eq!((judgement.verdict(), judgement.open()), (Verdict::Inconclusive, Some(OpenReason::RateLimited)));
}

/// RFC 4954 6: 454 is temporary. The second answer holds, and no third is asked for.
#[rstest]
#[case::for_now(1, true)]
#[case::for_longer(9, false)]
#[tokio::test]
async fn a_login_that_is_put_off_is_tried_once_more(#[case] times: usize, #[case] comes_in: bool) {
    let put_off = AtomicUsize::new(0);
    let answer: Box<Answer> = Box::new(move |heard, line| {
        if line.starts_with("AUTH ") && put_off.fetch_add(1, Ordering::SeqCst) < times {
            return "454 4.7.0 Temporary authentication failure".to_owned();
        }
        match line {
            "AUTH LOGIN" => {
                heard.state = "user".to_owned();
                "334 VXNlcm5hbWU6".to_owned()
            }
            _ => take_all(heard, line),
        }
    });
    let (folder, server) = (secrets(), Scripted::open("220 a", answer).await);
    let (bench, name) = on_bench(file(&folder, server.address, LIMITS, ""));
    let attempt = bench.attempt(&name, Role::AuthorizedAccount, Destination::Remote).await.unwrap();
    assert_eq!(matches!(attempt.authentication, Authentication::Accepted { .. }), comes_in, "{attempt:?}");
    assert_eq!(server.lines("AUTH").len(), 2);
    assert!(attempt.retried);
}

/// Each connection ends with QUIT, however it went (RFC 5321 4.1.1.10).
#[rstest]
#[case::turned_away("554 5.7.1 go away", "")]
#[case::refused("220 a", "MAIL")]
#[case::login_refused("220 a", "AUTH")]
#[case::introduction_refused("220 a", "HELO")]
#[tokio::test]
async fn the_client_quits_on_every_early_end(#[case] greeting: &'static str, #[case] refused: &'static str) {
    let answer: Box<Answer> = Box::new(move |heard, line| match line {
        "QUIT" => "221 bye".to_owned(),
        _ if line.starts_with("EHLO") && refused == "HELO" => "502 5.5.1 what".to_owned(),
        _ if !refused.is_empty() && line.starts_with(refused) => "550 5.7.1 no".to_owned(),
        _ => take_all(heard, line),
    });
    let (folder, server) = (secrets(), Scripted::open(greeting, answer).await);
    let (bench, name) = on_bench(file(&folder, server.address, LIMITS, ""));
    bench.evidence(&name, &[Role::Anonymous, Role::UnauthorizedAccount, Role::Guest]).await;
    assert!(server.connections().len() > 2);
    for heard in server.connections() {
        assert_eq!(heard.lines.last().map(String::as_str), Some("QUIT"), "{:?}", heard.lines);
    }
}

/// Postfix slows down from a session's 11th error on, Exchange ends it at the fifth: nobody gets there, not even on a server
/// that calls everything an error but what it has to take.
#[tokio::test]
async fn no_connection_has_as_many_errors_as_are_punished() {
    let answer: Box<Answer> = Box::new(|heard, line| match line {
        _ if line.starts_with("EHLO") => "502 5.5.1 what".to_owned(),
        "RSET" => "502 5.5.1 what".to_owned(),
        _ if line.starts_with("RCPT") && !is_authorized(heard) => "454 4.7.1 not now".to_owned(),
        _ => take_all(heard, line),
    });
    let (folder, server) = (secrets(), Scripted::open("220 a", answer).await);
    let (bench, name) = on_bench(file(&folder, server.address, LIMITS, ""));
    let evidence = bench.evidence(&name, &Role::MATRIX).await;
    assert!(evidence.attempts.iter().any(|attempt| attempt.transcript.to_string().contains("-- connected")));
    for heard in server.connections() {
        let is_error = |line: &&String| {
            line.starts_with("EHLO") || *line == "RSET" || line.starts_with("RCPT") && !is_authorized(&heard)
        };
        let errors = heard.lines.iter().filter(is_error).count();
        assert!(errors <= 5, "{errors}: {:?}", heard.lines);
    }
}

/// A server that takes a connection each so often is asked no more often.
#[tokio::test]
async fn connections_keep_the_pause_of_the_file() {
    let (folder, server) = (secrets(), Scripted::open("220 a", refusing("550 5.7.1 no")).await);
    let (bench, name) = on_bench(file(&folder, server.address, "limits: { pause: 80ms }", ""));
    let began = std::time::Instant::now();
    bench.attempt(&name, Role::Anonymous, Destination::Remote).await.unwrap();
    bench.attempt(&name, Role::Anonymous, Destination::Local).await.unwrap();
    bench.attempt(&name, Role::AuthorizedAccount, Destination::Remote).await.unwrap();
    assert_eq!(server.connections().len(), 3);
    assert!(began.elapsed() >= std::time::Duration::from_millis(160));
}

/// RFC 5321 3.8 has a client take the end of a connection for a 451; but what was ended behind mail data may have been taken,
/// and would go out twice.
#[rstest]
#[case::at_the_recipient(REMOTE, 2)]
#[case::behind_mail_data(".", 1)]
#[tokio::test]
async fn a_transaction_that_the_server_ended_is_tried_again_unless_mail_was_sent(
    #[case] ending: &'static str,
    #[case] tries: usize,
) {
    let ended = AtomicUsize::new(0);
    let answer: Box<Answer> = Box::new(move |heard, line| match line {
        _ if line == ending && ended.fetch_add(1, Ordering::SeqCst) == 0 => String::new(),
        _ => take_all(heard, line),
    });
    let witness = super::external::free_port().await;
    let more = format!("witness: {{ listen: {witness} }}\nlimits: {{ witness: 50ms, deferred: 10ms }}");
    let (folder, server) = (secrets(), Scripted::open("220 a", answer).await);
    let (bench, name) = on_bench(file(&folder, server.address, &more, ""));
    bench.prepare().await.unwrap();
    let attempt = bench.attempt(&name, Role::Anonymous, Destination::Remote).await.unwrap();
    assert_eq!((server.lines(REMOTE).len(), server.connections().len()), (tries, tries), "{attempt:?}");
    assert_eq!(attempt.retried, tries > 1);
}
