mod start_tls;

use std::net::{Ipv4Addr, SocketAddr};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep};

use super::*;
use crate::harness::client::{Authenticate, Exchange};
use crate::harness::limits::TimeLimits;
use crate::protocol::sasl::{Credentials, Entropy, Mechanism};
use crate::protocol::secret::Secret;
use crate::transport::{Peer, connect};

const SECOND: Duration = Duration::from_secs(1);

/// A dialogue with a server that does as told, on a clock that jumps over every wait.
async fn with_server<F>(behave: impl FnOnce(TcpStream) -> F + Send + 'static) -> Dialogue
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { behave(listener.accept().await.unwrap().0).await });
    let link = connect(address, None, SECOND).await.unwrap();
    let (clock, limits) = (Clock::system(), TimeLimits::default());
    let deadline = Deadline { at: limits.case, limit: "case" };
    let dialogue = Dialogue::new(link, Client::default(), clock, limits.reply, deadline);
    tokio::time::pause();
    dialogue
}

async fn forever() {
    std::future::pending::<()>().await;
}

fn noop() -> Step {
    Step::Command(b"NOOP".to_vec())
}

fn no_answer(outcome: Outcome) -> NoAnswer {
    match outcome {
        Outcome::NoAnswer(why) => why,
        outcome => panic!("{outcome:?}"),
    }
}

#[tokio::test]
async fn silence_ends_with_the_reply_limit() {
    let mut dialogue = with_server(async |_stream| forever().await).await;
    let before = Instant::now();
    let why = no_answer(dialogue.perform(Step::Greeting).await);
    assert_eq!(why, NoAnswer::TimedOut { after: 30 * SECOND });
    assert!(before.elapsed() >= 30 * SECOND && before.elapsed() < 31 * SECOND);
    assert_eq!(dialogue.transcript().entries.len(), 1);
}

#[tokio::test]
async fn one_octet_a_second_does_not_extend_the_reply_limit() {
    let mut dialogue = with_server(async |mut stream| {
        for octet in b"220 ".iter().chain([b'x'; 400].iter()) {
            sleep(SECOND).await;
            stream.write_all(&[*octet]).await.unwrap();
        }
    })
    .await;
    let before = Instant::now();
    let why = no_answer(dialogue.perform(Step::Greeting).await);
    assert_eq!(why, NoAnswer::TimedOut { after: 30 * SECOND });
    assert!(before.elapsed() < 31 * SECOND);
}

#[tokio::test]
async fn slow_replies_end_with_the_limit_of_the_case() {
    let mut dialogue = with_server(async |mut stream| {
        let mut buffer = [0; 100];
        while stream.read(&mut buffer).await.is_ok_and(|count| count > 0) {
            sleep(20 * SECOND).await;
            stream.write_all(b"250 ok\r\n").await.unwrap();
        }
    })
    .await;
    let outcomes = dialogue.perform_all(vec![noop(); 20]).await;
    // 120 seconds at 20 a reply: the sixth may or may not make it, the seventh cannot.
    assert!((6..=7).contains(&outcomes.len()), "{}", outcomes.len());
    let why = no_answer(outcomes.into_iter().next_back().unwrap());
    assert_eq!(why, NoAnswer::LimitReached { limit: "case".to_owned() });
}

/// docs/target-file.md: `reply` is for one whole reply. AUTH is one step, and gets three.
#[tokio::test]
async fn each_reply_of_an_exchange_has_the_whole_reply_limit() {
    let mut dialogue = with_server(async |mut stream| {
        let mut buffer = [0; 100];
        for reply in [b"334 VXNlcm5hbWU6\r\n".as_slice(), b"334 UGFzc3dvcmQ6\r\n", b"235 2.7.0 ok\r\n"] {
            assert!(stream.read(&mut buffer).await.unwrap() > 0);
            sleep(29 * SECOND).await;
            stream.write_all(reply).await.unwrap();
        }
        forever().await;
    })
    .await;
    let (user, password) = ("alice".to_owned(), Secret::new("sesame"));
    let credentials = Credentials::Password { user, password, domain: None };
    let entropy = Entropy { nonce: [0; 8], unix_milliseconds: 0 };
    let step = Step::Authenticate(Authenticate { mechanism: Mechanism::Login, credentials, entropy });
    let outcome = dialogue.perform(step).await;
    let Outcome::Exchange(Exchange::Answered { reply, challenged: true }) = outcome else { panic!("{outcome:?}") };
    assert_eq!(reply.code().get(), 235);
}

#[tokio::test]
async fn a_wait_of_ours_does_not_count_for_the_case() {
    let mut dialogue = with_server(async |mut stream| {
        stream.write_all(b"220 a\r\n").await.unwrap();
        forever().await;
    })
    .await;
    dialogue.wait(600 * SECOND).await;
    assert!(dialogue.perform(Step::Greeting).await.into_reply().is_ok());
}

#[tokio::test]
async fn a_close_in_the_middle_of_a_reply_is_a_close() {
    let mut dialogue = with_server(async |mut stream| stream.write_all(b"220-a\r\n22").await.unwrap()).await;
    assert_eq!(no_answer(dialogue.perform(Step::Greeting).await), NoAnswer::Closed);
}

#[tokio::test]
async fn a_reset_is_told_in_the_systems_words() {
    let mut dialogue = with_server(async |stream| stream.set_zero_linger().unwrap()).await;
    let why = no_answer(dialogue.perform(Step::Greeting).await);
    assert!(matches!(&why, NoAnswer::Reset { reason } if !reason.is_empty()), "{why:?}");
}

#[tokio::test]
async fn garbage_is_no_reply() {
    let mut dialogue = with_server(async |mut stream| {
        stream.write_all(b"\x16\x03\x01\x00\xff\n").await.unwrap();
        forever().await;
    })
    .await;
    let why = no_answer(dialogue.perform(Step::Greeting).await);
    assert!(matches!(why, NoAnswer::NoReply { .. }), "{why:?}");
}

#[tokio::test]
async fn ten_megabytes_without_a_line_end_at_the_limit_of_a_line() {
    let mut dialogue = with_server(async |mut stream| {
        // The client is gone long before the end.
        let _ = stream.write_all(&vec![b'2'; 10 << 20]).await;
    })
    .await;
    let why = no_answer(dialogue.perform(Step::Greeting).await);
    assert_eq!(why, NoAnswer::NoReply { what: "a reply line of more than 4096 octets".to_owned() });
}

#[tokio::test]
async fn a_reply_without_end_ends_at_the_limit_of_lines() {
    let mut dialogue =
        with_server(async |mut stream| while stream.write_all(&b"220-a\r\n".repeat(1000)).await.is_ok() {}).await;
    let why = no_answer(dialogue.perform(Step::Greeting).await);
    assert_eq!(why, NoAnswer::NoReply { what: "a reply of more than 256 lines".to_owned() });
}

#[tokio::test]
async fn a_server_that_never_reads_ends_with_the_reply_limit() {
    let mut dialogue = with_server(async |_stream| forever().await).await;
    let before = Instant::now();
    let why = no_answer(dialogue.perform(Step::MailData(b"x\r\n".repeat(16 << 20))).await);
    assert_eq!(why, NoAnswer::TimedOut { after: 30 * SECOND });
    assert!(before.elapsed() < 31 * SECOND);
}

#[tokio::test]
async fn the_answer_to_quit_is_not_waited_for_long() {
    let mut dialogue = with_server(async |_stream| forever().await).await;
    let before = Instant::now();
    dialogue.perform(Step::Quit).await;
    assert!(before.elapsed() < SECOND);
}

/// Octets that nobody asked for end it whether they came in the read that brought the last reply or lie in the socket.
#[rstest::rstest]
#[case::in_one_write(&["220 a\r\n550 5.7.1 mailbox quota\r\n"])]
#[case::in_two(&["220 a\r\n", "550 5.7.1 mailbox quota\r\n"])]
#[case::in_many(&["220 a\r\n", "550 5.7.1 mail", "box quota\r", "\n"])]
#[tokio::test]
async fn what_came_unasked_is_no_answer_however_it_was_cut(#[case] says: &'static [&'static str]) {
    let (heard, mut hears) = tokio::sync::mpsc::channel::<()>(1);
    let (all_is_said, wait_until_all_is_said) = tokio::sync::oneshot::channel();
    let mut dialogue = with_server(async move |mut stream| {
        for (number, octets) in says.iter().enumerate() {
            if number == 1 {
                hears.recv().await.unwrap();
            }
            stream.write_all(octets.as_bytes()).await.unwrap();
        }
        all_is_said.send(()).unwrap();
        let mut buffer = [0; 100];
        while stream.read(&mut buffer).await.is_ok_and(|count| count > 0) {
            stream.write_all(b"250 ok\r\n").await.unwrap();
        }
    })
    .await;
    assert!(dialogue.perform(Step::Greeting).await.into_reply().is_ok());
    heard.send(()).await.unwrap();
    wait_until_all_is_said.await.unwrap();
    let why = no_answer(dialogue.perform(noop()).await);
    assert_eq!(why, NoAnswer::NoReply { what: "unasked: 550 5.7.1 mailbox quota".to_owned() });
    let transcript = dialogue.transcript().to_string();
    assert_eq!(transcript, "S: 220 a\nS: 550 5.7.1 mailbox quota\n");
}

#[tokio::test]
async fn nothing_is_said_to_a_server_that_is_gone() {
    let mut dialogue = with_server(async |mut stream| stream.write_all(b"220 a\r\n").await.unwrap()).await;
    assert!(dialogue.perform(Step::Greeting).await.into_reply().is_ok());
    let outcomes = [dialogue.perform(noop()).await, dialogue.perform(Step::Quit).await];
    assert_eq!(outcomes.map(no_answer), [NoAnswer::Closed, NoAnswer::Closed]);
    assert_eq!(dialogue.transcript().to_string(), "S: 220 a\n-- the server closed the connection\n");
}

/// Says nothing, ever.
#[derive(Debug)]
struct Silent;

impl Peer for Silent {
    fn receive(&mut self, _: &[u8]) {}

    fn take(&mut self) -> Vec<u8> {
        Vec::new()
    }

    fn is_closed(&self) -> bool {
        false
    }
}

#[tokio::test]
async fn silence_in_process_costs_virtual_time_only() {
    let clock = Clock::new_virtual();
    let deadline = Deadline { at: 120 * SECOND, limit: "case" };
    let link = Link::in_process(Silent);
    let mut dialogue = Dialogue::new(link, Client::default(), clock.clone(), 30 * SECOND, deadline);
    assert_eq!(no_answer(dialogue.perform(noop()).await), NoAnswer::TimedOut { after: 30 * SECOND });
    assert_eq!(clock.now(), 30 * SECOND);
}

#[tokio::test]
async fn a_wait_does_not_put_off_the_end_of_the_run() {
    let mut dialogue = with_server(async |_stream| forever().await).await;
    let run = Deadline { at: dialogue.clock.now() + 130 * SECOND, limit: "run" };
    dialogue = dialogue.ending_with(run);
    dialogue.wait(115 * SECOND).await;
    let before = Instant::now();
    let why = no_answer(dialogue.perform(noop()).await);
    assert_eq!(why, NoAnswer::LimitReached { limit: "run".to_owned() });
    assert!(before.elapsed() < 16 * SECOND, "{:?}", before.elapsed());
}
