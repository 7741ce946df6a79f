//! Verdicts do not depend on how a server's octets are cut, nor on when they come.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{TestCaseError, TestError, TestRunner};
use rstest::rstest;

use super::external::{bench_with, file, free_port, secrets, take_all};
use super::scripted::{Answer, Heard, Pace, Scripted};
use super::witnessed::Mail;
use super::*;
use crate::harness::client::ReplyReader;
use crate::judge::{OpenReason, Rules, StandardRules, Verdict};
use crate::protocol::wire::{Reply, ReplyError};

/// Who may have mail relayed, and what the others are told.
#[derive(Clone, Copy, Debug)]
enum Policy {
    Secure,
    Open,
    AnyAuthenticated,
    /// As Postfix ships (`defer_unauth_destination`): `454 4.7.1` to every relay attempt.
    Tempfail,
}

const JUDGED: [Role; 4] = [Role::Anonymous, Role::WrongPassword, Role::UnauthorizedAccount, Role::AuthorizedAccount];

impl Policy {
    /// What follows from the policy by design.md, "How a verdict is reached": of an open relay nothing can be said about
    /// those who are let in nowhere, and a temporary refusal that stays is one.
    fn verdicts(self) -> [Verdict; 4] {
        use Verdict::{Conformant, Deviates, Inconclusive};
        match self {
            Self::Secure | Self::Tempfail => [Conformant; 4],
            Self::Open => [Deviates, Inconclusive, Inconclusive, Conformant],
            Self::AnyAuthenticated => [Conformant, Conformant, Deviates, Conformant],
        }
    }

    fn answer(self, witness: std::net::SocketAddr) -> Box<Answer> {
        Box::new(move |heard, line| {
            // `printf sesame-alice | base64`, `printf sesame-bob | base64`
            let has_said = |password: &str| heard.lines.iter().any(|line| line == password);
            let (alice, bob) = (has_said("c2VzYW1lLWFsaWNl"), has_said("c2VzYW1lLWJvYg=="));
            let relays = match self {
                Self::Secure | Self::Tempfail => alice,
                Self::AnyAuthenticated => alice || bob,
                Self::Open => true,
            };
            let is_remote = line.starts_with("RCPT TO:<somebody@elsewhere.example>");
            if is_remote && heard.state != "data" && !relays {
                return match self {
                    Self::Tempfail => "454-4.7.1 Relay access\r\n454 4.7.1 denied".to_owned(),
                    Self::Secure | Self::Open | Self::AnyAuthenticated => {
                        "550-5.7.1 Relaying\r\n550 5.7.1 denied".to_owned()
                    }
                };
            }
            if (heard.state.as_str(), line) == ("data", ".") {
                let mail = Mail::last(heard);
                if mail.forward_path.ends_with("@elsewhere.example") {
                    mail.pass_on(witness, std::time::Duration::ZERO);
                }
            }
            in_two_lines(take_all(heard, line))
        })
    }
}

/// RFC 5321 4.2.1: any reply may have several lines. A challenge has one (RFC 4954 4).
fn in_two_lines(reply: String) -> String {
    match reply.split_once(' ') {
        Some((code, text)) if code.len() == 3 && code != "334" && !reply.contains('\n') => {
            format!("{code}-{text}\r\n{code} {text}")
        }
        _ => reply,
    }
}

fn verdicts(policy: Policy, pace: Pace, options: BenchOptions) -> Vec<Verdict> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (folder, witness) = (secrets(), free_port().await);
        let server = Scripted::at_a_pace("220-a\r\n220 b", policy.answer(witness), pace).await;
        let more = format!("witness: {{ listen: {witness} }}\nlimits: {{ witness: 2s, deferred: 1ms }}");
        let (bench, name) = bench_with(options, file(&folder, server.address, &more, ""));
        bench.prepare().await.unwrap();
        let evidence = bench.evidence(&name, &JUDGED).await;
        JUDGED.iter().map(|role| StandardRules.relay(*role, &evidence).verdict()).collect()
    })
}

/// Pieces of any length, one octet too, each with a wait behind it that is far within the limits, or none.
fn any_pace() -> impl Strategy<Value = Pace> {
    vec((1_usize..40, prop_oneof![4 => Just(0), 1 => 1_u64..4]), 1..12)
}

fn is_the_same_at_any_pace(policy: Policy, options: &BenchOptions, cases: u32) -> Result<(), TestError<Pace>> {
    let config = ProptestConfig { cases, failure_persistence: None, max_shrink_iters: 0, ..ProptestConfig::default() };
    TestRunner::new(config).run(&any_pace(), |pace| {
        let told = verdicts(policy, pace, options.clone());
        if told == policy.verdicts() { Ok(()) } else { Err(TestCaseError::fail(format!("{told:?}"))) }
    })
}

#[rstest]
#[case::secure(Policy::Secure)]
#[case::open(Policy::Open)]
#[case::any_authenticated(Policy::AnyAuthenticated)]
#[case::tempfail(Policy::Tempfail)]
fn a_verdict_is_the_same_however_the_servers_octets_are_cut_and_delayed(#[case] policy: Policy) {
    assert_eq!(verdicts(policy, Pace::new(), BenchOptions::default()), policy.verdicts());
    is_the_same_at_any_pace(policy, &BenchOptions::default(), 12).unwrap();
}

/// Takes what one read gives for one reply: right as long as nothing is cut.
#[derive(Debug, Default)]
struct ReadReader(Vec<u8>);

impl ReplyReader for ReadReader {
    fn push(&mut self, octets: &[u8]) {
        self.0.extend_from_slice(octets);
    }

    fn next_reply(&mut self) -> Option<Result<Reply, ReplyError>> {
        let mut read = std::mem::take(&mut self.0);
        let last = read.trim_ascii_end().iter().rposition(|octet| *octet == b'\n').map_or(0, |end| end + 1);
        *read.get_mut(last + 3)? = b' ';
        if !read.ends_with(b"\r\n") {
            read.extend_from_slice(b"\r\n");
        }
        Reply::from_bytes(&read)
    }
}

fn reading_wrongly() -> BenchOptions {
    BenchOptions { reply_reader: Some(Arc::new(|| Box::<ReadReader>::default())), ..BenchOptions::default() }
}

#[test]
fn a_reader_that_takes_a_read_for_a_reply_is_found_out() {
    let wrong = reading_wrongly();
    assert_eq!(verdicts(Policy::Secure, Pace::new(), wrong.clone()), Policy::Secure.verdicts());
    let found = is_the_same_at_any_pace(Policy::Secure, &wrong, 12);
    assert!(matches!(found, Err(TestError::Fail(..))), "{found:?}");
}

/// nmap's `smtp-open-relay` takes the rest of a split EHLO reply for the answer to its next command, and calls a safe server
/// an open relay.
#[test]
fn a_safe_server_that_splits_its_ehlo_reply_is_no_open_relay() {
    // `250-a` and its CR LF are seven octets: the cut is between the lines of that reply.
    let pace = vec![("220-a\r\n220 b\r\n".len(), 0), ("250-a\r\n".len(), 40), (4096, 0), (4096, 0)];
    assert_eq!(verdicts(Policy::Secure, pace.clone(), BenchOptions::default()), Policy::Secure.verdicts());
    assert_ne!(verdicts(Policy::Secure, pace, reading_wrongly()), Policy::Secure.verdicts());
}

/// The same tool calls a sink "16/16 open": it takes everything and delivers nothing.
#[tokio::test]
async fn a_sink_that_delivers_nothing_is_no_open_relay() {
    let (folder, witness) = (secrets(), free_port().await);
    let server = Scripted::open("220 a", Box::new(|heard: &mut Heard, line: &str| take_all(heard, line))).await;
    let more = format!("witness: {{ listen: {witness} }}\nlimits: {{ witness: 200ms, deferred: 1ms }}");
    let (bench, name) = bench_with(BenchOptions::default(), file(&folder, server.address, &more, ""));
    bench.prepare().await.unwrap();
    let evidence = bench.evidence(&name, &JUDGED).await;
    for role in JUDGED {
        let judgement = StandardRules.relay(role, &evidence);
        let told = (judgement.verdict(), judgement.open());
        assert_eq!(told, (Verdict::Inconclusive, Some(OpenReason::AcceptedUnseen)), "{role}: {judgement:?}");
    }
}
