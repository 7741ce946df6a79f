//! Servers that pass mail on, and say something else, or later, or somewhere else.

use std::net::SocketAddr;
use std::time::Duration;

use rstest::rstest;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::external::{file, free_port, on_bench, secrets, take_all};
use super::scripted::{Answer, Heard, Scripted};
use super::*;
use crate::judge::{Door, Fate, Rules, Stage, StandardRules, Verdict};

/// What AUTH LOGIN makes of the passwords (`printf sesame-alice | base64`, `printf sesame-bob | base64`).
const ALICE: &str = "c2VzYW1lLWFsaWNl";
const BOB: &str = "c2VzYW1lLWJvYg==";

/// A message as the server got it.
#[derive(Clone, Debug, Default)]
pub(super) struct Mail {
    pub(super) reverse_path: String,
    pub(super) forward_path: String,
    pub(super) content: String,
}

impl Mail {
    /// The last one that was sent on a connection.
    pub(super) fn last(heard: &Heard) -> Self {
        let lines = &heard.lines;
        let path = |start: &str| {
            let line = lines.iter().rfind(|line| line.starts_with(start)).unwrap();
            line[start.len()..].trim_end_matches('>').to_owned()
        };
        let data = lines.iter().rposition(|line| line == "DATA").unwrap();
        let content = lines[data + 1..].iter().filter(|line| *line != ".").map(|line| format!("{line}\r\n")).collect();
        Self { reverse_path: path("MAIL FROM:<"), forward_path: path("RCPT TO:<"), content }
    }

    /// Hands it to the witness, after a while.
    pub(super) fn pass_on(self, witness: SocketAddr, after: Duration) {
        tokio::spawn(async move {
            tokio::time::sleep(after).await;
            let mut stream = TcpStream::connect(witness).await.unwrap();
            let Self { reverse_path, forward_path, content } = self;
            let session = format!(
                "HELO a\r\nMAIL FROM:<{reverse_path}>\r\nRCPT TO:<{forward_path}>\r\nDATA\r\n{content}.\r\nQUIT\r\n"
            );
            stream.write_all(session.as_bytes()).await.unwrap();
            stream.read_to_end(&mut Vec::new()).await.unwrap();
        });
    }
}

/// A server that takes remote recipients of alice and of bob, passes alice's mail on at once, and ends bob's as told.
pub(super) fn passing(
    witness: SocketAddr,
    end_of_bobs: impl Fn(&Heard, Mail) -> String + Send + Sync + 'static,
) -> Box<Answer> {
    Box::new(move |heard, line| {
        let signed_in = |password: &str| heard.lines.iter().any(|line| line == password);
        let is_for_the_world = |line: &str| line.starts_with("RCPT TO:<") && !line.contains("@inside.example");
        if is_for_the_world(line) && !signed_in(ALICE) && !signed_in(BOB) {
            return "550 5.7.1 no".to_owned();
        }
        if (heard.state.as_str(), line) == ("data", ".") {
            let mail = Mail::last(heard);
            if signed_in(BOB) {
                heard.state.clear();
                return end_of_bobs(heard, mail);
            }
            if mail.forward_path.ends_with("@elsewhere.example") {
                mail.pass_on(witness, Duration::ZERO);
            }
        }
        take_all(heard, line)
    })
}

/// A bench with such a server, whose witness is waited for as long as said.
pub(super) async fn with(
    wait: &str,
    end_of_bobs: impl Fn(&Heard, Mail, SocketAddr) -> String + Send + Sync + 'static,
) -> (tempfile::TempDir, Scripted, Bench, TargetName) {
    let (folder, witness) = (secrets(), free_port().await);
    let answer = passing(witness, move |heard, mail| end_of_bobs(heard, mail, witness));
    let server = Scripted::open("220 a", answer).await;
    let more = format!("witness: {{ listen: {witness} }}\nlimits: {{ witness: {wait}, deferred: 10ms }}");
    let (bench, name) = on_bench(file(&folder, server.address, &more, ""));
    bench.prepare().await.unwrap();
    (folder, server, bench, name)
}

/// Design, "What was seen needs no control": a refusal behind the mail data is a claim, as a 250 is.
#[rstest]
#[case::refused(&["554 5.7.1 not allowed"])]
#[case::deferred(&["451 4.7.1 not now"])]
#[case::deferred_otherwise_the_second_time(&["451 4.7.1 not now", "450 4.2.1 later"])]
#[case::closed(&[""])]
#[tokio::test]
async fn mail_that_is_seen_was_relayed_whatever_was_answered_to_it(#[case] replies: &'static [&'static str]) {
    let passing_on = move |heard: &Heard, mail: Mail, witness| {
        mail.pass_on(witness, Duration::ZERO);
        let tries = heard.lines.iter().filter(|line| *line == "DATA").count();
        replies.get(tries.saturating_sub(1)).or(replies.last()).map(|reply| (*reply).to_owned()).unwrap_or_default()
    };
    let (_folder, _server, bench, name) = with("5s", passing_on).await;
    // The witness is waited for at once: what is found by looking again later depends on when that is.
    let attempt = bench.attempt(&name, Role::UnauthorizedAccount, Destination::Remote).await.unwrap();
    assert!(matches!(&attempt.fate, Fate::Arrived { sighting } if sighting.door == Door::Outside), "{attempt:?}");
    let evidence = bench.evidence(&name, &[Role::UnauthorizedAccount]).await;
    assert_eq!(evidence.of(Role::UnauthorizedAccount, Destination::Remote).next(), Some(&attempt));
    let judgement = StandardRules.relay(Role::UnauthorizedAccount, &evidence);
    assert_eq!(judgement.verdict, Verdict::Deviates, "{judgement:?}");
}

#[tokio::test]
async fn what_is_relayed_of_the_first_try_counts_although_the_second_is_refused() {
    let passing_on_once = |heard: &Heard, mail: Mail, witness| {
        if heard.lines.iter().filter(|line| *line == "DATA").count() > 1 {
            return "554 5.7.1 not allowed".to_owned();
        }
        mail.pass_on(witness, Duration::ZERO);
        "451 4.7.1 not now".to_owned()
    };
    let (_folder, server, bench, name) = with("5s", passing_on_once).await;
    let attempt = bench.attempt(&name, Role::UnauthorizedAccount, Destination::Remote).await.unwrap();
    assert!(matches!(attempt.fate, Fate::Arrived { .. }), "{:?}", attempt.fate);
    assert_eq!(server.lines("RCPT TO:<somebody@elsewhere.example>").len(), 2);
}

/// The second try is over before any mail data; what was sent of the first is on its way to the witness all the same.
#[tokio::test]
async fn what_is_relayed_of_the_first_try_counts_although_the_second_sends_no_data() {
    let (folder, witness) = (secrets(), free_port().await);
    let end_of_first = move |_: &Heard, mail: Mail| {
        mail.pass_on(witness, Duration::from_millis(300));
        "451 4.7.1 not now".to_owned()
    };
    let passing = passing(witness, end_of_first);
    let answer: Box<Answer> = Box::new(move |heard, line| {
        let was_tried = heard.lines.iter().any(|line| line == "RSET");
        if was_tried && line.starts_with("RCPT") { "550 5.7.1 not allowed".to_owned() } else { passing(heard, line) }
    });
    let server = Scripted::open("220 a", answer).await;
    let more = format!("witness: {{ listen: {witness} }}\nlimits: {{ witness: 5s, deferred: 10ms }}");
    let (bench, name) = on_bench(file(&folder, server.address, &more, ""));
    bench.prepare().await.unwrap();
    let attempt = bench.attempt(&name, Role::UnauthorizedAccount, Destination::Remote).await.unwrap();
    assert!(matches!(attempt.fate, Fate::Arrived { .. }), "{:?}", attempt.fate);
    assert_eq!(server.lines("DATA").len(), 1);
}

#[tokio::test]
async fn a_refusal_of_the_message_stays_one_where_nothing_is_seen() {
    let (_folder, _server, bench, name) = with("50ms", |_, _, _| "554 5.7.1 not allowed".to_owned()).await;
    let attempt = bench.attempt(&name, Role::UnauthorizedAccount, Destination::Remote).await.unwrap();
    assert!(matches!(attempt.fate, Fate::Refused { at: Stage::EndOfData, .. }), "{:?}", attempt.fate);
}

/// The wait for one message is over long before its mail arrives, and the run is not.
#[tokio::test]
async fn mail_that_arrives_late_is_found_when_evidence_is_read() {
    let passing_on_late = |_: &Heard, mail: Mail, witness| {
        mail.pass_on(witness, Duration::from_millis(400));
        "250 2.0.0 queued".to_owned()
    };
    let (_folder, _server, bench, name) = with("100ms", passing_on_late).await;
    let role = Role::UnauthorizedAccount;
    let early = bench.attempt(&name, role, Destination::Remote).await.unwrap();
    assert_eq!(early.fate, Fate::AcceptedNotSeen { waited: Duration::from_millis(100) });
    tokio::time::sleep(Duration::from_secs(1)).await;
    let late = bench.attempt(&name, role, Destination::Remote).await.unwrap();
    assert!(matches!(late.fate, Fate::Arrived { .. }) && late.order == early.order, "{late:?}");
    let judgement = StandardRules.relay(role, &bench.evidence(&name, &[role]).await);
    assert_eq!(judgement.verdict, Verdict::Deviates, "{judgement:?}");
}

/// Nothing new is gathered for the second question.
#[tokio::test]
async fn evidence_that_is_read_again_holds_what_has_arrived_since() {
    let passing_on_late = |_: &Heard, mail: Mail, witness| {
        mail.pass_on(witness, Duration::from_millis(600));
        "554 5.7.1 not allowed".to_owned()
    };
    let (_folder, _server, bench, name) = with("100ms", passing_on_late).await;
    let role = Role::UnauthorizedAccount;
    bench.evidence(&name, &[role]).await;
    tokio::time::sleep(Duration::from_millis(1200)).await;
    let evidence = bench.evidence(&name, &[role]).await;
    let attempt = evidence.of(role, Destination::Remote).next().unwrap();
    assert!(matches!(attempt.fate, Fate::Arrived { .. }), "{:?}", attempt.fate);
}

/// RFC 5321 6.1 wants a null reverse-path; MAILER-DAEMON has been seen in its place.
#[tokio::test]
async fn a_notice_is_one_whatever_its_reverse_path() {
    let returning = |_: &Heard, mail: Mail, witness| {
        let notice = Mail {
            reverse_path: "MAILER-DAEMON@inside.example".to_owned(),
            forward_path: mail.reverse_path,
            content: format!("Subject: Undeliverable\r\n\r\nYour mail comes back:\r\n{}", mail.content),
        };
        notice.pass_on(witness, Duration::ZERO);
        "250 2.0.0 queued".to_owned()
    };
    let (_folder, _server, bench, name) = with("5s", returning).await;
    let evidence = bench.evidence(&name, &[Role::UnauthorizedAccount]).await;
    let attempt = evidence.of(Role::UnauthorizedAccount, Destination::Remote).next().unwrap();
    assert!(matches!(attempt.fate, Fate::Bounced { .. }), "{:?}", attempt.fate);
    let judgement = StandardRules.relay(Role::UnauthorizedAccount, &evidence);
    assert_eq!(judgement.verdict, Verdict::Conformant, "{judgement:?}");
}

/// The inside door is the first to see the message, and not the one that was asked about.
#[tokio::test]
async fn mail_that_went_inside_and_then_out_went_out() {
    let (folder, outside, inside) = (secrets(), free_port().await, free_port().await);
    let answer = passing(outside, move |_, mail| {
        mail.clone().pass_on(inside, Duration::ZERO);
        mail.pass_on(outside, Duration::from_millis(300));
        "250 2.0.0 queued".to_owned()
    });
    let server = Scripted::open("220 a", answer).await;
    let more = format!("witness: {{ listen: {outside}, inside: {inside} }}\nlimits: {{ witness: 5s }}");
    let (bench, name) = on_bench(file(&folder, server.address, &more, ""));
    let attempt = bench.attempt(&name, Role::UnauthorizedAccount, Destination::Remote).await.unwrap();
    assert!(matches!(&attempt.fate, Fate::Arrived { sighting } if sighting.door == Door::Outside), "{attempt:?}");
}

/// Within the wait it was only seen inside; what is seen outside later settles it.
#[tokio::test]
async fn mail_that_goes_out_late_went_out_although_it_was_seen_inside() {
    let (folder, outside, inside) = (secrets(), free_port().await, free_port().await);
    let answer = passing(outside, move |_, mail| {
        mail.clone().pass_on(inside, Duration::ZERO);
        mail.pass_on(outside, Duration::from_millis(900));
        "250 2.0.0 queued".to_owned()
    });
    let server = Scripted::open("220 a", answer).await;
    let more = format!("witness: {{ listen: {outside}, inside: {inside} }}\nlimits: {{ witness: 400ms }}");
    let (bench, name) = on_bench(file(&folder, server.address, &more, ""));
    let door = |attempt: Option<Attempt>| match attempt.unwrap().fate {
        Fate::Arrived { sighting } => sighting.door,
        other => panic!("{other:?}"),
    };
    let ask = || bench.attempt(&name, Role::UnauthorizedAccount, Destination::Remote);
    assert_eq!(door(ask().await), Door::Inside);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(door(ask().await), Door::Outside);
}

/// docs/verdicts.md, "Notices": only the first kind says that the mail was not passed on.
#[rstest]
#[case::failed("Final-Recipient: rfc822; somebody@elsewhere.example\r\nAction: failed\r\n\r\n", Verdict::Conformant)]
#[case::delayed("Action: delayed\r\n\r\n", Verdict::Inconclusive)]
#[case::relayed("Action: relayed\r\n\r\n", Verdict::Inconclusive)]
#[tokio::test]
async fn only_a_notice_of_failure_says_that_mail_was_not_relayed(#[case] says: &'static str, #[case] verdict: Verdict) {
    let telling = move |_: &Heard, mail: Mail, witness| {
        let content = format!("Subject: Your mail\r\n\r\n{says}{}", mail.content);
        let notice = Mail { reverse_path: String::new(), forward_path: mail.reverse_path, content };
        notice.pass_on(witness, Duration::ZERO);
        "250 2.0.0 queued".to_owned()
    };
    let (_folder, _server, bench, name) = with("500ms", telling).await;
    let evidence = bench.evidence(&name, &[Role::UnauthorizedAccount]).await;
    let judgement = StandardRules.relay(Role::UnauthorizedAccount, &evidence);
    assert_eq!(judgement.verdict, verdict, "{judgement:?}");
}
