//! Deployments on the bench.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rstest::rstest;

use super::*;
use crate::judge::{Authentication, Door, Fate, Rules, StandardRules, Verdict};
use crate::protocol::transcript::{Content, Side};
use crate::protocol::wire::{Reply, ReplyError};
use crate::reference::deployment::catalogue::Catalogue;

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::built_in().unwrap());

fn with(options: BenchOptions, deployment: &str) -> (Bench, TargetName) {
    let bench = Bench::new(options, silent());
    let name = bench.add_deployment(CATALOGUE.get(deployment).unwrap()).into_iter().next().unwrap();
    (bench, name)
}

fn on_bench(deployment: &str) -> (Bench, TargetName) {
    with(BenchOptions::default(), deployment)
}

#[rstest]
#[case::one_listener("windows-2000", &["windows-2000"])]
#[case::two_listeners(
    "exchange-5.5-and-native-service",
    &["exchange-5.5-and-native-service:connector", "exchange-5.5-and-native-service:native"]
)]
#[case::no_listener("nt4-without-option-pack", &["nt4-without-option-pack"])]
fn a_target_is_named_after_its_deployment(#[case] deployment: &str, #[case] expected: &[&str]) {
    let names = Bench::new(BenchOptions::default(), silent()).add_deployment(CATALOGUE.get(deployment).unwrap());
    let mut names: Vec<&str> = names.iter().map(|name| name.0.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, expected);
}

#[tokio::test]
async fn nobody_answers_at_a_host_without_the_service() {
    for deployment in ["nt4-without-option-pack", "windows-2000-service-stopped"] {
        let (bench, name) = on_bench(deployment);
        let attempt = bench.attempt(&name, Role::Anonymous, Destination::Remote).await.unwrap();
        assert!(matches!(attempt.fate, Fate::NoAnswer(NoAnswer::NotConnected { .. })), "{:?}", attempt.fate);
        assert!(matches!(bench.converse(&name).await, Err(NoAnswer::NotConnected { .. })));
    }
}

/// The bulletin: an unpatched Windows 2000 relays for whoever authenticates, and a null session is enough.
#[rstest]
#[case(Role::Anonymous, None, false)]
#[case(Role::WrongPassword, Some(false), false)]
#[case(Role::NullSession, Some(true), true)]
#[case(Role::Guest, Some(false), false)]
#[case(Role::UnauthorizedAccount, Some(true), true)]
#[case(Role::AuthorizedAccount, Some(true), true)]
#[tokio::test]
async fn both_answers_of_a_role_are_seen_apart(
    #[case] role: Role,
    #[case] signed_in: Option<bool>,
    #[case] relayed: bool,
) {
    let (bench, name) = on_bench("windows-2000");
    let attempt = bench.attempt(&name, role, Destination::Remote).await.unwrap();
    let accepted = match attempt.authentication {
        Authentication::NotTried => None,
        Authentication::Accepted { .. } => Some(true),
        Authentication::Refused { .. } => Some(false),
        other => panic!("{other:?}"),
    };
    assert_eq!(accepted, signed_in);
    assert_eq!(matches!(&attempt.fate, Fate::Arrived { sighting } if sighting.door == Door::Outside), relayed);
    let deciding = attempt.transcript.entries.get(attempt.deciding_entry.unwrap()).unwrap();
    let Content::Line { bytes, .. } = &deciding.content else { panic!("{deciding:?}") };
    assert!(deciding.side == Side::Server && bytes.starts_with(if relayed { b"250" } else { b"550" }), "{deciding:?}");
}

#[tokio::test]
async fn evidence_is_gathered_once_and_announced_once() {
    let (events, sink) = kept();
    let bench = Bench::new(BenchOptions::default(), sink);
    let name = bench.add_deployment(CATALOGUE.get("windows-2000").unwrap()).into_iter().next().unwrap();
    let first = bench.evidence(&name, &[Role::NullSession]).await;
    let all = bench.evidence(&name, &Role::MATRIX).await;
    assert_eq!(all.attempts.get(..first.attempts.len()), Some(first.attempts.as_slice()));
    assert_eq!(bench.evidence(&name, &Role::MATRIX).await, all);
    assert_eq!(
        bench.attempt(&name, Role::Guest, Destination::Remote).await.as_ref(),
        all.of(Role::Guest, Destination::Remote).next()
    );
    let announced: Vec<Attempt> = events
        .lock()
        .unwrap()
        .iter()
        .map(|event| match event {
            RunEvent::Attempted { attempt, .. } => (**attempt).clone(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(announced, all.attempts);
    let orders: Vec<u32> = all.attempts.iter().map(|attempt| attempt.order).collect();
    assert_eq!(orders, (0..).take(orders.len()).collect::<Vec<u32>>());
    let marks: BTreeSet<&Nonce> = all.attempts.iter().map(|attempt| &attempt.nonce).collect();
    assert_eq!(marks.len(), all.attempts.len());
}

#[tokio::test]
async fn controls_are_there_and_the_wrong_password_comes_last() {
    let (bench, name) = on_bench("windows-2000");
    bench.expect_roles(&name, &Role::MATRIX);
    let evidence = bench.evidence(&name, &[Role::WrongPassword]).await;
    assert_eq!(evidence.attempts.last().map(|attempt| attempt.role), Some(Role::WrongPassword));
    for role in Role::MATRIX {
        let own = evidence.of(role, Destination::Remote).next().expect("an attempt");
        let is_control = |attempt: &&Attempt| {
            attempt.role == Role::Anonymous
                && attempt.reverse_path == own.reverse_path
                && attempt.forward_path == own.forward_path
                && attempt.order <= own.order
        };
        assert!(evidence.attempts.iter().any(|attempt| is_control(&attempt)), "{role}");
    }
    let local = evidence.of(Role::Anonymous, Destination::Local).next().unwrap();
    assert!(matches!(&local.fate, Fate::Arrived { sighting } if sighting.door == Door::Inside));
}

#[tokio::test]
async fn a_transcript_is_the_same_in_each_run_whatever_was_asked_before() {
    let (one, name) = on_bench("windows-2000");
    let (other, _) = on_bench("windows-2000");
    other.evidence(&name, &[Role::UnauthorizedAccount]).await;
    let (one, other) = (one.evidence(&name, &Role::MATRIX).await, other.evidence(&name, &Role::MATRIX).await);
    for attempt in &one.attempts {
        let same = other.attempts.iter().find(|other| other.nonce == attempt.nonce).unwrap();
        assert_eq!(attempt.transcript, same.transcript);
    }
}

#[tokio::test]
async fn every_line_of_the_model_is_marked_with_its_fact() {
    let (bench, name) = on_bench("exchange-5.5-on-nt4");
    for attempt in bench.evidence(&name, &Role::MATRIX).await.attempts {
        for entry in attempt.transcript.entries {
            assert_eq!(entry.mark.is_some(), entry.side == Side::Server, "{entry:?}");
        }
    }
}

#[tokio::test]
async fn no_password_is_in_any_event() {
    let (events, sink) = kept();
    let bench = Bench::new(BenchOptions::default(), sink);
    for deployment in ["windows-2000", "reference"] {
        for name in bench.add_deployment(CATALOGUE.get(deployment).unwrap()) {
            for mechanism in ["NTLM", "LOGIN", "PLAIN", "CRAM-MD5", "SCRAM-SHA-256"] {
                let mechanism = crate::protocol::sasl::Mechanism::from_name(mechanism.as_bytes());
                let errand = Errand { mechanism, ..Errand::new(Role::AuthorizedAccount, Destination::Remote) };
                bench.attempt_as(&name, &errand).await;
            }
        }
    }
    let events = events.lock().unwrap();
    let stored = format!("{events:?}{}", serde_json::to_string(&*events).unwrap());
    assert!(stored.contains("AUTH"));
    for password in ["tN7-quill-Ember", "8-Lantern-moss-Q"] {
        let plain = format!("\0authorized\0{password}");
        for form in [password.to_owned(), STANDARD.encode(password), STANDARD.encode(plain)] {
            assert!(!stored.contains(&form), "{form}");
        }
    }
}

/// Takes the first line of a reply for the whole.
#[derive(Debug, Default)]
struct HalfReader(Vec<u8>);

impl ReplyReader for HalfReader {
    fn push(&mut self, octets: &[u8]) {
        self.0.extend_from_slice(octets);
    }

    fn next_reply(&mut self) -> Option<Result<Reply, ReplyError>> {
        let end = self.0.iter().position(|octet| *octet == b'\n')?;
        let mut line: Vec<u8> = self.0.drain(..=end).collect();
        *line.get_mut(3)? = b' ';
        Reply::from_bytes(&line)
    }
}

#[tokio::test]
async fn taking_half_a_reply_for_a_whole_one_changes_the_verdict() {
    let verdict = async |options| {
        let (bench, name) = with(options, "windows-2000");
        StandardRules.relay(Role::NullSession, &bench.evidence(&name, &Role::MATRIX).await).verdict
    };
    assert_eq!(verdict(BenchOptions::default()).await, Verdict::Deviates);
    let half =
        BenchOptions { reply_reader: Some(Arc::new(|| Box::<HalfReader>::default())), ..BenchOptions::default() };
    assert_ne!(verdict(half).await, Verdict::Deviates);
}

#[tokio::test]
async fn a_component_can_be_changed() {
    let change: Arc<dyn Fn(Components) -> Components + Send + Sync> = Arc::new(|components| Components {
        authorization: crate::reference::model::stages::Authorization::Absent,
        ..components
    });
    let (bench, name) =
        with(BenchOptions { change_components: Some(change), ..BenchOptions::default() }, "windows-2000-patched");
    let attempt = bench.attempt(&name, Role::UnauthorizedAccount, Destination::Remote).await.unwrap();
    assert!(matches!(attempt.fate, Fate::Arrived { .. }));
}

/// KB:Q193922: the deny list is about the client's address, the local list about the one it connected to. The networks
/// are those of the deployment files.
#[rstest]
#[case::denied("exchange-5.5-on-nt4-deny-list", Some("203.0.113.7"), None, false)]
#[case::not_denied("exchange-5.5-on-nt4-deny-list", Some("192.0.2.10"), None, true)]
#[case::local_address("exchange-5.5-on-nt4-local-addresses", None, Some("198.51.100.25"), true)]
#[case::other_local_address("exchange-5.5-on-nt4-local-addresses", None, Some("198.51.100.26"), false)]
#[tokio::test]
async fn an_errand_comes_from_the_address_it_names(
    #[case] deployment: &str,
    #[case] peer: Option<&str>,
    #[case] local: Option<&str>,
    #[case] relayed: bool,
) {
    let (bench, name) = on_bench(deployment);
    let address = |text: &str| text.parse().unwrap();
    let errand = Errand {
        peer: peer.map(address),
        local: local.map(address),
        ..Errand::new(Role::Anonymous, Destination::Remote)
    };
    let attempt = bench.attempt_as(&name, &errand).await.unwrap();
    assert_eq!(matches!(attempt.fate, Fate::Arrived { .. }), relayed, "{:?}", attempt.fate);
}

#[tokio::test]
async fn an_errand_names_senders_and_recipients_of_its_own_and_is_no_evidence() {
    let (bench, name) = on_bench("exchange-5.0-rerouting");
    let recipients: Vec<String> = (0..50).map(|number| format!("somebody{number}@elsewhere.example")).collect();
    let errand = Errand {
        sender: Some("someone.else@elsewhere.example".to_owned()),
        recipients: recipients.clone(),
        ..Errand::new(Role::Anonymous, Destination::Remote)
    };
    let attempt = bench.attempt_as(&name, &errand).await.unwrap();
    let seen = bench.sightings(&name, &attempt.nonce).await;
    assert_eq!(seen.iter().flat_map(|seen| seen.forward_paths.clone()).collect::<Vec<_>>(), recipients);
    assert!(seen.iter().all(|seen| seen.reverse_path == "someone.else@elsewhere.example"));
    let evidence = bench.evidence(&name, &[Role::Anonymous]).await;
    assert!(evidence.attempts.iter().all(|other| other.nonce != attempt.nonce));
}

/// In process nothing reaches anybody.
#[tokio::test]
async fn the_model_takes_any_recipient() {
    let (bench, name) = on_bench("exchange-5.0-rerouting");
    for recipient in ["somebody@elsewhere.org", "victim%gmail.com@inside.example", "@gmail.com:victim@inside.example"] {
        let errand =
            Errand { recipients: vec![recipient.to_owned()], ..Errand::new(Role::Anonymous, Destination::Remote) };
        let attempt = bench.attempt_as(&name, &errand).await.unwrap();
        let line = format!("C: RCPT TO:<{recipient}>");
        assert!(attempt.transcript.to_string().contains(&line), "{:?}", attempt.fate);
    }
}

/// Claim c19: MAPI clients are not asked by the SMTP service's rules.
#[tokio::test]
async fn a_message_by_mapi_goes_out() {
    let (bench, name) = on_bench("exchange-5.0-not-rerouting");
    let seen = bench.submit_by_mapi(&name).await.unwrap();
    assert_eq!(seen.iter().map(|seen| seen.door).collect::<Vec<_>>(), [Door::Outside]);
    assert_eq!(bench.attempt(&name, Role::MapiClient, Destination::Remote).await, None);
}

/// c18: a POP3 or IMAP4 client is a user of the server, who submits under a mailbox there. Mail for its own domain is
/// delivered; other mail is returned to the reverse-path (KB:Q255695), which is that mailbox: the notice goes inside.
#[rstest]
#[case("exchange-5.0-not-rerouting")]
#[case("exchange-5.5-on-nt4-not-rerouting")]
#[tokio::test]
async fn a_pop_client_sends_under_its_own_mailbox(#[case] deployment: &str) {
    let (bench, name) = on_bench(deployment);
    let ask = |destination| bench.attempt(&name, Role::PopImapClient, destination);
    let delivered = ask(Destination::Local).await.unwrap();
    assert!(matches!(&delivered.fate, Fate::Arrived { sighting } if sighting.door == Door::Inside), "{delivered:?}");
    let returned = ask(Destination::Remote).await.unwrap();
    let Fate::Bounced { notice } = &returned.fate else { panic!("{returned:?}") };
    assert_eq!((notice.door, notice.forward_paths.as_slice()), (Door::Inside, &[returned.reverse_path.clone()][..]));
    for attempt in [&delivered, &returned] {
        assert_eq!(attempt.authentication, Authentication::NotTried);
        assert!(attempt.reverse_path.ends_with("@inside.example"), "{}", attempt.reverse_path);
        assert_ne!(attempt.reverse_path, attempt.forward_path);
    }
}

#[tokio::test]
async fn a_case_leads_a_dialogue_of_its_own() {
    let (bench, name) = on_bench("windows-2000");
    let mut conversation = bench.converse(&name).await.unwrap();
    assert_eq!(conversation.greeting().code().get(), 220);
    let (ehlo, extensions) = conversation.ehlo().await.unwrap();
    assert!(ehlo.code().is_positive() && extensions.has("CHUNKING"));
    assert!(matches!(conversation.authenticate_as(Role::NullSession).await, Authentication::Accepted { .. }));
    let (sender, recipient) = (conversation.sender_of(Role::NullSession), conversation.recipient(Destination::Remote));
    for (line, code) in
        [(format!("MAIL FROM:<{sender}>"), 250), (format!("RCPT TO:<{recipient}>"), 250), ("DATA".to_owned(), 354)]
    {
        assert_eq!(conversation.say(&line).await.unwrap().code().get(), code);
    }
    assert!(conversation.send_message().await.unwrap().code().is_positive());
    let seen = bench.sightings(&name, conversation.nonce()).await;
    assert_eq!(seen.iter().map(|seen| seen.door).collect::<Vec<_>>(), [Door::Outside]);
    conversation.send(b"NOOP\r\nQUIT\r\n").await.unwrap();
    assert_eq!(conversation.reply().await.unwrap().code().get(), 250);
    assert_eq!(conversation.reply().await.unwrap().code().get(), 221);
    assert_eq!(conversation.reply().await, Err(NoAnswer::Closed));
    assert!(conversation.transcript().to_string().contains("C: QUIT"));
}

/// MS02-012: the service fails with every connection, and is started again.
#[tokio::test]
async fn a_service_that_fails_drops_every_connection() {
    let (bench, name) = on_bench("windows-2000");
    let mut bystander = bench.converse(&name).await.unwrap();
    let mut conversation = bench.converse(&name).await.unwrap();
    conversation.ehlo().await.unwrap();
    let recipient = conversation.recipient(Destination::Local);
    conversation.say("MAIL FROM:<a@client.example>").await.unwrap();
    conversation.say(&format!("RCPT TO:<{recipient}>")).await.unwrap();
    conversation.send(b"BDAT 4\r\nabcdAUTH LOGIN\r\n").await.unwrap();
    let mut last = conversation.reply().await;
    while last.is_ok() {
        last = conversation.reply().await;
    }
    assert_eq!(last, Err(NoAnswer::Closed));
    assert_eq!(bystander.say("NOOP").await, Err(NoAnswer::Closed));
    assert!(bench.converse(&name).await.is_ok());
}

#[tokio::test]
async fn a_target_that_is_not_on_the_bench_has_no_evidence() {
    let bench = Bench::new(BenchOptions::default(), silent());
    let name = TargetName("nowhere".to_owned());
    assert!(bench.evidence(&name, &Role::MATRIX).await.attempts.is_empty());
    assert_eq!(bench.attempt(&name, Role::Anonymous, Destination::Remote).await, None);
    assert!(bench.converse(&name).await.is_err() && !bench.is_model(&name) && bench.declaration(&name).is_none());
}
