use std::collections::BTreeSet;
use std::time::Duration;

use MarkPlace::{Body, Header};
use rstest::rstest;

use super::*;
use crate::harness::bench::target::Carrier;
use crate::harness::bench::{BenchOptions, model_target};
use crate::harness::clock::Clock;
use crate::harness::witness::{Inspected, Message};
use crate::judge::{Authentication, NoAnswer, Nonce, Role, Spoken, Stage};
use crate::protocol::transcript::Transcript;

fn attempt(reverse_path: &str) -> Attempt {
    Attempt {
        role: Role::UnauthorizedAccount,
        sender_of: Role::UnauthorizedAccount,
        reverse_path: reverse_path.to_owned(),
        fresh_sender: false,
        forward_path: "somebody@elsewhere.example".to_owned(),
        destination: Destination::Remote,
        mechanism: None,
        nonce: Nonce("ours".to_owned()),
        authentication: Authentication::NotTried,
        retried: false,
        passed: None,
        fate: Fate::AcceptedUnproven { at: Stage::EndOfData },
        order: 0,
        transcript: Transcript::new(),
        deciding_entry: None,
    }
}

fn delivery(door: Door, place: MarkPlace, reverse_path: &str, forward_path: &str) -> Delivery {
    let sighting = Sighting {
        nonce: Nonce("ours".to_owned()),
        door,
        reverse_path: reverse_path.to_owned(),
        forward_paths: forward_path.split(' ').map(str::to_owned).collect(),
        trace: Vec::new(),
        octets: 1,
        at: Duration::ZERO,
        after: None,
        stated: None,
    };
    Delivery { sighting, place, report: Inspected::read(b"", &BTreeSet::new()).report }
}

const SECOND: Duration = Duration::from_secs(1);

/// A target whose witness is waited for for ten seconds of a clock that jumps over every wait.
fn ready() -> Ready {
    let mut profile = model_target::make("a", "a.example", None, &BenchOptions::default()).profile;
    profile.limits.witness = 10 * SECOND;
    let clock = Clock::system();
    let witness = Some(Witness::new(clock.clone()));
    Ready::new("a".to_owned(), profile, Carrier::Nobody, clock, witness, Vec::new())
}

/// What comes in at the outside door: after how many seconds, the reverse-path, the forward-path, the content.
type Incoming = (u64, &'static str, &'static str, &'static str);

const BOB: &str = "bob@inside.example";
const SOMEBODY: &str = "somebody@elsewhere.example";
const JOURNAL: &str = "journal@archive.example";
const MAIL: &str = "X-Smtpspec-Nonce: ours\r\n\r\nhello\r\n";
const FAILED: &str = "Subject: no\r\n\r\nAction: failed\r\n\r\nX-Smtpspec-Nonce: ours\r\n";
const DELAYED: &str = "Subject: wait\r\n\r\nAction: delayed\r\n\r\nX-Smtpspec-Nonce: ours\r\n";
const RELAYED: &str = "Subject: gone\r\n\r\nAction: relayed\r\n\r\nX-Smtpspec-Nonce: ours\r\n";
const AWAY: &str = "Subject: away\r\nAuto-Submitted: auto-replied\r\n\r\n> X-Smtpspec-Nonce: ours\r\n";
const IN_WORDS: &str = "Subject: Returned mail\r\n\r\nHere it is:\r\nX-Smtpspec-Nonce: ours\r\n";

/// What became of bob's mail, as one word of it, and how many seconds that took.
async fn became_of(ready: &Ready, ended: Ended, incoming: &[Incoming]) -> (String, u64) {
    let attempt = attempt(BOB);
    let told = async {
        let tried = Tried { ended, retried: false, mail_data_was_sent: true, passed: None };
        let (told, pending) = told(ready, attempt.destination, tried);
        let attempt = Attempt { fate: told, ..attempt };
        let fate = settle(ready, &attempt, pending.unwrap()).await;
        (word(&fate), ready.clock.now().as_secs())
    };
    let coming = async {
        for (at, reverse_path, forward_path, content) in incoming {
            tokio::time::sleep(Duration::from_secs(*at).saturating_sub(ready.clock.now())).await;
            let (reverse_path, forward_paths) =
                (reverse_path.as_bytes().to_vec(), vec![forward_path.as_bytes().to_vec()]);
            let message = Message { reverse_path, forward_paths, content: content.as_bytes().to_vec() };
            ready.witness.as_ref().unwrap().note(Door::Outside, &message);
        }
    };
    tokio::join!(told, coming).0
}

fn word(fate: &Fate) -> String {
    match fate {
        Fate::Arrived { .. } => "arrived".to_owned(),
        Fate::Bounced { .. } => "bounced".to_owned(),
        Fate::Refused { .. } => "refused".to_owned(),
        Fate::AcceptedNotSeen { .. } => "unseen".to_owned(),
        Fate::Unsettled { otherwise, hint, .. } => format!("{}, but {hint:?}", word(otherwise)),
        Fate::NoAnswer(NoAnswer::LimitReached { limit }) if limit == "run" => "a limit".to_owned(),
        other => format!("{other:?}"),
    }
}

fn accepted() -> Ended {
    Ended::Accepted { at: Stage::EndOfData }
}

fn refused() -> Ended {
    Ended::Refused {
        at: Stage::EndOfData,
        reply: Spoken { code: 554, enhanced: None, text: "no".to_owned(), more: Vec::new() },
    }
}

/// docs/verdicts.md, "Whom it reached" and "Notices"; RFC 3464 2.3.3 for actions, RFC 3834 5 for automatic replies. The wait is ten seconds.
#[rstest]
#[case::nothing(accepted(), &[], "unseen", 10)]
#[case::failed(accepted(), &[(1, "", BOB, FAILED)], "bounced", 1)]
#[case::in_words(accepted(), &[(1, "", BOB, IN_WORDS)], "bounced", 10)]
#[case::in_words_and_gone(accepted(), &[(1, "", BOB, IN_WORDS), (3, BOB, SOMEBODY, MAIL)], "arrived", 3)]
#[case::delayed(accepted(), &[(1, "", BOB, DELAYED)], "unseen, but Reported { action: Delayed }", 10)]
#[case::delayed_and_gone(accepted(), &[(1, "", BOB, DELAYED), (3, BOB, SOMEBODY, MAIL)], "arrived", 3)]
#[case::delayed_and_failed(accepted(), &[(1, "", BOB, DELAYED), (3, "", BOB, FAILED)], "bounced", 3)]
#[case::relayed(accepted(), &[(1, "", BOB, RELAYED)], "unseen, but Reported { action: Relayed }", 10)]
#[case::relayed_and_failed(
    accepted(),
    &[(1, "", BOB, RELAYED), (2, "", BOB, FAILED)],
    "bounced, but Reported { action: Relayed }",
    2
)]
#[case::relayed_in_spite_of_its_refusal(
    refused(),
    &[(1, "", BOB, RELAYED)],
    "refused, but Reported { action: Relayed }",
    10
)]
#[case::copied(accepted(), &[(1, BOB, JOURNAL, MAIL)], "unseen, but Copy", 10)]
#[case::copied_and_failed(accepted(), &[(1, BOB, JOURNAL, MAIL), (2, "", BOB, FAILED)], "bounced, but Copy", 2)]
#[case::copied_and_refused(refused(), &[(1, BOB, JOURNAL, MAIL)], "refused, but Copy", 10)]
#[case::copied_and_gone(accepted(), &[(1, BOB, JOURNAL, MAIL), (3, BOB, SOMEBODY, MAIL)], "arrived", 3)]
#[case::kept(accepted(), &[(1, BOB, "quarantine@inside.example", MAIL)], "unseen", 10)]
#[case::kept_and_failed(accepted(), &[(1, BOB, "journal@inside.example", MAIL), (2, "", BOB, FAILED)], "bounced", 2)]
#[case::away(accepted(), &[(1, "", BOB, AWAY)], "unseen, but AutomaticReply", 10)]
#[case::away_and_gone(accepted(), &[(1, "", BOB, AWAY), (3, BOB, SOMEBODY, MAIL)], "arrived", 3)]
#[case::refused_and_failed(refused(), &[(1, "", BOB, FAILED)], "refused", 1)]
#[case::refused_and_delayed(refused(), &[(1, "", BOB, DELAYED)], "refused", 10)]
#[tokio::test(start_paused = true)]
async fn notices_are_told_apart(
    #[case] ended: Ended,
    #[case] incoming: &[Incoming],
    #[case] expected: &str,
    #[case] seconds: u64,
) {
    assert_eq!(became_of(&ready(), ended, incoming).await, (expected.to_owned(), seconds));
}

/// docs/verdicts.md, "Accepted". The senders of the target's roles are `unauthorized@inside.example`,
/// `authorized@inside.example` and `somebody@client.example`; the sender here is none of theirs.
#[rstest]
#[case::its_own_sender(BOB, SOMEBODY, "unseen, but Unmarked")]
#[case::its_own_sender_in_capitals("BOB@inside.example", SOMEBODY, "unseen, but Unmarked")]
#[case::a_sender_of_nobodys("srs=bob@srv.example", SOMEBODY, "unseen, but Unmarked")]
#[case::no_sender("", SOMEBODY, "unseen, but Unmarked")]
#[case::another_roles("authorized@inside.example", SOMEBODY, "unseen")]
#[case::another_recipient(BOB, "another@elsewhere.example", "unseen")]
#[tokio::test(start_paused = true)]
async fn mail_without_a_mark_may_be_what_was_not_seen(
    #[case] reverse_path: &'static str,
    #[case] forward_path: &'static str,
    #[case] expected: &str,
) {
    let ready = ready();
    let incoming = [(1, reverse_path, forward_path, "Subject: x\r\n\r\nhello\r\n")];
    assert_eq!(became_of(&ready, accepted(), &incoming).await, (expected.to_owned(), 10));
    assert_eq!(became_of(&ready, refused(), &[]).await.0, "refused");
    let unseen = Attempt { fate: Fate::AcceptedNotSeen { waited: SECOND }, ..attempt(BOB) };
    let late = late(&ready, &unseen).as_ref().map_or("unseen".to_owned(), word);
    assert_eq!(late, expected);
}

/// A notice that comes in when the wait is over leaves open what was held for not seen.
#[rstest]
#[case::delayed(DELAYED, Some("unseen, but Reported { action: Delayed }"))]
#[case::relayed(RELAYED, Some("unseen, but Reported { action: Relayed }"))]
#[case::away(AWAY, Some("unseen, but AutomaticReply"))]
#[case::failed(FAILED, None)]
#[tokio::test(start_paused = true)]
async fn notices_that_come_late_are_told_apart(#[case] notice: &'static str, #[case] expected: Option<&str>) {
    let (ready, waited) = (ready(), 10 * SECOND);
    assert_eq!(became_of(&ready, accepted(), &[(11, "", BOB, notice)]).await.0, "unseen");
    let unseen = Attempt { fate: Fate::AcceptedNotSeen { waited }, ..attempt(BOB) };
    let fate = late(&ready, &unseen);
    assert_eq!(fate.as_ref().map(word).as_deref(), expected);
    let Some(fate) = fate else { return };
    let open = Attempt { fate, ..unseen };
    assert_eq!(late(&ready, &open), None, "told once");
    assert_eq!(became_of(&ready, accepted(), &[(12, BOB, SOMEBODY, MAIL)]).await.0, "arrived");
    assert_eq!(late(&ready, &open).as_ref().map(word).as_deref(), Some("arrived"));
}

/// RFC 5321 6.1 for notices; 2.4 for capitals. The sender is `bob@inside.example`.
#[rstest]
#[case::as_sent(Header, "bob@inside.example", "somebody@elsewhere.example", Some(Arrival::AtItsDoor))]
#[case::domain_in_capitals(Header, "bob@inside.example", "somebody@ELSEWHERE.example.", Some(Arrival::AtItsDoor))]
#[case::null_reverse_path(Header, "", "somebody@elsewhere.example", Some(Arrival::AtItsDoor))]
#[case::wrapped_up(Body, "bob@inside.example", "somebody@elsewhere.example", Some(Arrival::AtItsDoor))]
#[case::recipient_rewritten(Header, "bob@inside.example", "somebody@mx.elsewhere.example", Some(Arrival::AtItsDoor))]
#[case::to_several(Header, "x@y.example", "bob@inside.example somebody@elsewhere.example", Some(Arrival::AtItsDoor))]
#[case::below_its_domain(Header, "x@y.example", "x@a.b.elsewhere.example", Some(Arrival::AtItsDoor))]
#[case::in_its_domain(Header, "x@y.example", "x@elsewhere.example", Some(Arrival::AtItsDoor))]
#[case::in_another_domain(Header, "x@y.example", "Somebody@elsewhere.invalid", Some(Arrival::AtItsDoor))]
#[case::in_a_domain_that_ends_so(Header, "x@y.example", "x@notelsewhere.example", Some(Arrival::Open(Hint::Copy)))]
#[case::to_a_third_party(Header, "bob@inside.example", "journal@archive.example", Some(Arrival::Open(Hint::Copy)))]
#[case::to_a_third_party_too(
    Header,
    "bob@inside.example",
    "journal@archive.example somebody@elsewhere.example",
    Some(Arrival::AtItsDoor)
)]
#[case::to_a_third_party_and_inside(
    Header,
    "bob@inside.example",
    "quarantine@inside.example journal@archive.example",
    Some(Arrival::Open(Hint::Copy))
)]
#[case::to_a_third_party_wrapped_up(
    Body,
    "scanner@inside.example",
    "abuse@archive.example",
    Some(Arrival::Open(Hint::Copy))
)]
#[case::notice_to_a_third_party(Header, "", "journal@archive.example", None)]
#[case::to_the_quarantine(Header, "bob@inside.example", "quarantine@inside.example", None)]
#[case::below_the_servers_domain(Header, "bob@inside.example", "bob@spam.inside.example", None)]
#[case::in_a_senders_domain(Header, "bob@inside.example", "journal@CLIENT.example", None)]
#[case::its_local_part_inside(Header, "bob@inside.example", "somebody@inside.example", None)]
#[case::notice_to_the_postmaster_with_the_header_copied(Header, "", "postmaster@inside.example", None)]
#[case::notice(Body, "", "bob@inside.example", Some(Arrival::Returned { is_stated: false }))]
#[case::notice_with_the_header_copied(Header, "", "bob@inside.example", Some(Arrival::Returned { is_stated: false }))]
#[case::notice_from_a_daemon(Body, "MAILER-DAEMON@inside.example", "Bob@Inside.example", Some(Arrival::Returned { is_stated: false }))]
#[case::notice_to_the_postmaster(Body, "", "postmaster@inside.example", None)]
#[case::from_a_daemon_to_the_postmaster(Body, "MAILER-DAEMON@inside.example", "postmaster@inside.example", None)]
#[case::sent_back_as_it_is(Header, "MAILER-DAEMON@inside.example", "bob@inside.example", None)]
fn what_came_in_is_told_apart(
    #[case] place: MarkPlace,
    #[case] reverse_path: &str,
    #[case] forward_path: &str,
    #[case] expected: Option<Arrival>,
) {
    let seen = delivery(Door::Outside, place, reverse_path, forward_path);
    assert_eq!(read(&ready(), &attempt("bob@inside.example"), &seen), expected);
}

#[rstest]
#[case::mail(Header, "somebody@elsewhere.example", Some(Arrival::Elsewhere))]
#[case::notice(Body, "bob@inside.example", Some(Arrival::Returned { is_stated: false }))]
fn the_other_door_is_another_answer(
    #[case] place: MarkPlace,
    #[case] forward_path: &str,
    #[case] expected: Option<Arrival>,
) {
    let seen = delivery(Door::Inside, place, "daemon@inside.example", forward_path);
    assert_eq!(read(&ready(), &attempt("bob@inside.example"), &seen), expected);
}

/// Whoever is sender and recipient in one gets notices too.
#[rstest]
#[case::mail(Header, "somebody@elsewhere.example", Some(Arrival::AtItsDoor))]
#[case::notice(Body, "daemon@inside.example", Some(Arrival::Returned { is_stated: false }))]
fn mail_to_oneself_is_told_by_its_mark(
    #[case] place: MarkPlace,
    #[case] reverse_path: &str,
    #[case] expected: Option<Arrival>,
) {
    let seen = delivery(Door::Outside, place, reverse_path, "somebody@elsewhere.example");
    assert_eq!(read(&ready(), &attempt("somebody@elsewhere.example"), &seen), expected);
}

/// RFC 5321 F.2, RFC 1123 5.2.16: a server may read the recipient out of a local part. Where its domain is the server's own,
/// mail to another mailbox of it is no relay for sure.
#[rstest]
#[case::percent("somebody%elsewhere.example@inside.example", "somebody@elsewhere.example", Reached::Rewritten)]
#[case::bang("elsewhere.example!somebody@inside.example", "somebody@elsewhere.example", Reached::Rewritten)]
#[case::another_domain("somebody%elsewhere.example@inside.example", "somebody@else.example", Reached::Another)]
#[case::as_written("somebody@inside.example", "somebody@inside.example", Reached::Recipient)]
#[case::of_the_same_domain("somebody@inside.example", "x@inside.example", Reached::Another)]
#[case::below_the_servers_own("somebody@out.inside.example", "x@out.inside.example", Reached::Rewritten)]
#[case::no_domain("somebody@elsewhere.example", "postmaster", Reached::Another)]
fn mail_may_reach_whom_its_recipient_names(#[case] recipient: &str, #[case] mailbox: &str, #[case] expected: Reached) {
    let profile = model_target::make("a", "a.example", None, &BenchOptions::default()).profile;
    assert_eq!(Reached::of(mailbox, recipient, &profile), expected);
}

/// The run has three seconds, and the witness would be waited for for ten.
#[rstest]
#[case::nothing(accepted(), &[], "a limit", 3)]
#[case::refused(refused(), &[], "a limit", 3)]
#[case::in_words(accepted(), &[(1, "", BOB, IN_WORDS)], "a limit", 3)]
#[case::failed(accepted(), &[(1, "", BOB, FAILED)], "bounced", 1)]
#[case::copied(accepted(), &[(1, BOB, JOURNAL, MAIL)], "unseen, but Copy", 3)]
#[case::gone(accepted(), &[(2, BOB, SOMEBODY, MAIL)], "arrived", 2)]
#[tokio::test(start_paused = true)]
async fn the_wait_for_the_witness_ends_with_the_run(
    #[case] ended: Ended,
    #[case] incoming: &[Incoming],
    #[case] expected: &str,
    #[case] seconds: u64,
) {
    let mut ready = ready();
    ready.profile.limits.run = 3 * SECOND;
    assert_eq!(became_of(&ready, ended, incoming).await, (expected.to_owned(), seconds));
}
