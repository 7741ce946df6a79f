use std::time::Duration;

use rstest::rstest;

use super::*;
use crate::judge::Stage;
use crate::judge::fixture::{
    accepted, arrived, attempt, bounced, closed, deferred, login_refused, refused, relayed, safe, spoken, unavailable,
    unproven, unseen,
};

fn silent(why: NoAnswer) -> Fate {
    Fate::NoAnswer(why)
}

fn not_connected() -> Fate {
    silent(NoAnswer::NotConnected { reason: "refused".to_owned() })
}

fn timed_out() -> Fate {
    silent(NoAnswer::TimedOut { after: Duration::from_secs(30) })
}

fn turned_away() -> Fate {
    silent(NoAnswer::TurnedAway { reply: spoken(421, None, "Service not available") })
}

fn limit_reached() -> Fate {
    silent(NoAnswer::LimitReached { limit: "run".to_owned() })
}

/// One row a fate; a letter for each of `ExpectedFate::ALL`: relayed, refused, bounced, returned or refused, delivered
/// inside, no answer, not relayed. `=` conforms, `x` deviates, `?` is inconclusive. From the definition of each outcome
/// in `docs/verdicts.md`, "The record".
#[rstest]
#[case::refused(refused(Stage::Rcpt), "x=x=xx=")]
#[case::refused_with_a_temporary_code(deferred(true), "x=x=xx=")]
#[case::deferred_once(deferred(false), "???????")]
#[case::bounced(bounced(), "xx==xx=")]
#[case::relayed(relayed(), "=xxxxxx")]
#[case::delivered_inside(arrived(Door::Inside), "xxxx=x=")]
#[case::accepted_and_not_seen(unseen(), "?x???x?")]
#[case::accepted_and_unproven(unproven(Stage::EndOfData), "?x???x?")]
#[case::not_connected(not_connected(), "?????==")]
#[case::closed(closed(), "?????=?")]
#[case::reset(silent(NoAnswer::Reset { reason: "by peer".to_owned() }), "?????=?")]
#[case::timed_out(timed_out(), "?????=?")]
#[case::turned_away(turned_away(), "?????x=")]
#[case::no_reply(silent(NoAnswer::NoReply { what: "noise".to_owned() }), "???????")]
#[case::a_limit_of_ours(limit_reached(), "???????")]
#[case::not_tried(Fate::NotTried { reason: "why".to_owned() }, "???????")]
fn the_mail_compared(#[case] fate: Fate, #[case] expected: &str) {
    let attempt = attempt(Role::Anonymous).ending(fate);
    assert_eq!(
        letters(ExpectedFate::ALL.map(|fate| compare(ExpectedOutcome::of_mail(fate), &attempt).verdict)),
        expected
    );
}

/// As above, a letter for each of `ExpectedAuthentication::ALL`: accepted, refused, unavailable, not tried, no answer,
/// cannot authenticate. The mail is refused and expected to be.
#[rstest]
#[case::accepted(accepted(), "=xxxxx")]
#[case::refused(login_refused(), "x=xxx=")]
#[case::unavailable(unavailable(504), "xx=xx=")]
#[case::not_tried(Authentication::NotTried, "???=??")]
#[case::no_answer(Authentication::NoAnswer(NoAnswer::Closed), "????=?")]
#[case::a_limit_of_ours(Authentication::NoAnswer(NoAnswer::LimitReached { limit: "run".to_owned() }), "??????")]
#[case::not_without_tls(Authentication::NeedsTls { reply: spoken(538, None, "no") }, "??????")]
#[case::put_off(Authentication::Deferred { reply: spoken(454, None, "later") }, "??????")]
#[case::no_mechanism(
    Authentication::NoMechanism { listed: vec!["GSSAPI".to_owned()], without_tls: false },
    "??????"
)]
#[case::cannot_speak(Authentication::CannotSpeak { reason: "no challenge".to_owned() }, "??????")]
fn auths_answer_compared(#[case] authentication: Authentication, #[case] expected: &str) {
    let attempt = attempt(Role::NullSession).answered(authentication);
    let outcome = ExpectedOutcome::of_mail(ExpectedFate::Refused);
    let verdicts =
        ExpectedAuthentication::ALL.map(|answer| compare(outcome.with_authentication(answer), &attempt).verdict);
    assert_eq!(letters(verdicts), expected);
}

fn letters<const N: usize>(verdicts: [Verdict; N]) -> String {
    verdicts
        .map(|verdict| match verdict {
            Verdict::Conformant => '=',
            Verdict::Deviates => 'x',
            Verdict::Inconclusive => '?',
            Verdict::Skipped | Verdict::NotApplicable => '!',
        })
        .iter()
        .collect()
}

#[test]
fn both_answers_have_to_be_met() {
    let expected =
        ExpectedOutcome::of_mail(ExpectedFate::Relayed).with_authentication(ExpectedAuthentication::Accepted);
    let relayed_unauthenticated = attempt(Role::NullSession).answered(login_refused()).ending(relayed());
    let judgement = compare(expected, &relayed_unauthenticated);
    assert_eq!(judgement.verdict, Verdict::Deviates);
    assert_eq!(
        judgement.reasons,
        ["expected of AUTH accepted, but the null session was refused by AUTH: 535 5.7.8 Authentication credentials \
          invalid"]
    );
}

#[rstest]
#[case::inside(ExpectedFate::DeliveredInside, "a door of the witness, `inside`")]
#[case::outside(ExpectedFate::Relayed, "a witness that receives")]
fn where_nobody_saw_it_arrive_the_missing_door_is_named(#[case] expected: ExpectedFate, #[case] remedy: &str) {
    let unproven = attempt(Role::Anonymous).ending(Fate::AcceptedUnproven { at: Stage::EndOfData });
    let judgement = compare(ExpectedOutcome::of_mail(expected), &unproven);
    assert_eq!(judgement.verdict, Verdict::Inconclusive);
    assert!(judgement.remedy.as_ref().is_some_and(|text| text.contains(remedy)), "{judgement:#?}");
}

#[test]
fn a_client_whose_login_was_refused_is_unable_to_relay() {
    let expected = ExpectedOutcome::of_mail(ExpectedFate::NotRelayed);
    let not_tried = attempt(Role::NullSession).ending(Fate::NotTried { reason: "AUTH was refused".to_owned() });
    assert_eq!(compare(expected, &not_tried).verdict, Verdict::Conformant);
    assert_eq!(compare(expected, &not_tried.answered(accepted())).verdict, Verdict::Inconclusive);
}

#[test]
fn a_service_that_does_not_answer_does_not_answer_auth_either() {
    let expected =
        ExpectedOutcome::of_mail(ExpectedFate::NoAnswer).with_authentication(ExpectedAuthentication::NoAnswer);
    let silent = attempt(Role::NullSession).answered(Authentication::NotTried).ending(not_connected());
    assert_eq!(compare(expected, &silent).verdict, Verdict::Conformant);
}

#[rstest]
#[case::a_refusal(ExpectedFate::Refused, refused(Stage::Rcpt), Verdict::Inconclusive)]
#[case::a_return(ExpectedFate::Bounced, bounced(), Verdict::Inconclusive)]
#[case::one_of_the_two(ExpectedFate::ReturnedOrRefused, bounced(), Verdict::Inconclusive)]
#[case::not_relayed(ExpectedFate::NotRelayed, refused(Stage::Rcpt), Verdict::Inconclusive)]
#[case::relayed_mail(ExpectedFate::Relayed, relayed(), Verdict::Conformant)]
#[case::no_answer(ExpectedFate::NoAnswer, not_connected(), Verdict::Conformant)]
fn controls_are_asked_for_only_where_a_refusal_is_expected(
    #[case] expected: ExpectedFate,
    #[case] fate: Fate,
    #[case] verdict: Verdict,
) {
    let evidence = safe().ending(Role::UnauthorizedAccount, fate).without(Role::AuthorizedAccount);
    let expected = ExpectedOutcome::of_mail(expected);
    assert_eq!(judge_record(expected, Role::UnauthorizedAccount, &evidence, false).verdict, verdict);
    assert_eq!(judge_record(expected, Role::UnauthorizedAccount, &evidence, true).verdict, Verdict::Conformant);
}

/// On a real machine each control is asked for by itself; on the model none is.
#[rstest]
#[case::anonymous_mail(safe().without(Role::Anonymous), "what anybody gets here is not known")]
#[case::a_sender(without_sender(safe()), "the file gives the unauthorized account no sender")]
#[case::authorized_mail(safe().without(Role::AuthorizedAccount), "no authorized account tried the same recipient")]
#[case::a_login(
    safe().answered(Role::UnauthorizedAccount, login_refused()),
    "the password may be wrong"
)]
fn a_refusal_on_a_machine_needs(#[case] evidence: Evidence, #[case] doubt: &str) {
    let expected = ExpectedOutcome::of_mail(ExpectedFate::Refused);
    let judgement = judge_record(expected, Role::UnauthorizedAccount, &evidence, false);
    assert_eq!(judgement.verdict, Verdict::Inconclusive, "{judgement:#?}");
    assert!(judgement.reasons.join("; ").contains(doubt), "{judgement:#?}");
    let on_model = judge_record(expected, Role::UnauthorizedAccount, &evidence, true);
    assert_eq!(on_model.verdict, Verdict::Conformant, "{on_model:#?}");
}

fn without_sender(evidence: Evidence) -> Evidence {
    evidence.declaring(|file| {
        file.sender_given.remove(&Role::UnauthorizedAccount);
    })
}

#[test]
fn a_real_machine_conforms_where_the_controls_hold() {
    let expected = ExpectedOutcome::of_mail(ExpectedFate::Refused);
    for role in [Role::Anonymous, Role::NullSession, Role::UnauthorizedAccount] {
        let judgement = judge_record(expected, role, &safe(), false);
        assert_eq!(judgement.verdict, Verdict::Conformant, "{judgement:?}");
        assert!(judgement.reasons.iter().any(|reason| reason.contains("authorized account")), "{judgement:?}");
    }
}

#[test]
fn a_typo_in_the_password_is_no_refusal_of_the_record() {
    let expected = ExpectedOutcome::of_mail(ExpectedFate::NotRelayed)
        .with_authentication(ExpectedAuthentication::CannotAuthenticate);
    let evidence = safe().answered(Role::UnauthorizedAccount, login_refused());
    let judgement = judge_record(expected, Role::UnauthorizedAccount, &evidence, false);
    assert_eq!(judgement.verdict, Verdict::Inconclusive);
    assert!(judgement.remedy.is_some_and(|remedy| remedy.contains("`login: refused`")));
}

#[test]
fn controls_do_not_soften_a_deviation() {
    let evidence = safe().ending(Role::NullSession, relayed()).without(Role::AuthorizedAccount);
    let expected = ExpectedOutcome::of_mail(ExpectedFate::NotRelayed);
    assert_eq!(judge_record(expected, Role::NullSession, &evidence, false).verdict, Verdict::Deviates);
}

#[test]
fn the_record_is_not_judged_by_what_anybody_gets() {
    let evidence = safe().ending(Role::Anonymous, relayed()).ending(Role::NullSession, relayed());
    let expected = ExpectedOutcome::of_mail(ExpectedFate::Relayed);
    assert_eq!(judge_record(expected, Role::NullSession, &evidence, false).verdict, Verdict::Conformant);
}

/// What a case reads that sends to a recipient of its own: that mail and no other. It was the anonymous client's that was
/// tried, where it says that none was.
#[rstest]
#[case::anonymous(Role::Anonymous)]
#[case::unauthorized(Role::UnauthorizedAccount)]
#[case::authorized(Role::AuthorizedAccount)]
fn mail_to_a_recipient_of_its_own_has_no_control(#[case] role: Role) {
    let own = attempt(role).addressed_to("boss@elsewhere.example").ending(refused(Stage::Rcpt));
    let evidence = Evidence { attempts: vec![own], ..safe() };
    let expected = ExpectedOutcome::of_mail(ExpectedFate::Refused);
    let by_the_rules = (role != Role::AuthorizedAccount).then(|| StandardRules.relay(role, &evidence));
    for judgement in by_the_rules.into_iter().chain([judge_record(expected, role, &evidence, false)]) {
        assert_eq!(judgement.verdict, Verdict::Inconclusive);
        let [reason, ..] = judgement.reasons.as_slice() else { panic!("{judgement:?}") };
        assert!(reason.contains("; there is no control for it: "), "{reason}");
        assert!(judgement.remedy.is_some_and(|remedy| remedy.starts_with("send it to the remote recipient")));
    }
}

#[test]
fn one_mechanism_that_differs_decides() {
    let evidence = safe().and(attempt(Role::NullSession).by("LOGIN").ending(relayed()));
    let expected = ExpectedOutcome::of_mail(ExpectedFate::Refused);
    let judgement = judge_record(expected, Role::NullSession, &evidence, true);
    assert_eq!(judgement.verdict, Verdict::Deviates);
    assert!(judgement.reasons.iter().all(|reason| reason.contains("(LOGIN)")), "{judgement:?}");
}

#[test]
fn mail_for_the_local_recipient_is_compared_by_itself() {
    let expected = ExpectedOutcome::of_mail(ExpectedFate::DeliveredInside).to(Destination::Local);
    assert_eq!(judge_record(expected, Role::Anonymous, &safe(), true).verdict, Verdict::Conformant);
    let remote = expected.to(Destination::Remote);
    assert_eq!(judge_record(remote, Role::Anonymous, &safe(), true).verdict, Verdict::Deviates);
}

/// There may be a witness, and it sees nothing of such mail: to name one is no remedy.
#[rstest]
#[case::relayed(ExpectedFate::Relayed, "say `the mail for the local recipient is taken`")]
#[case::delivered_inside(ExpectedFate::DeliveredInside, "name a door of the witness, `inside`")]
fn a_witness_does_not_see_mail_for_the_local_recipient(#[case] expected: ExpectedFate, #[case] remedy: &str) {
    let attempt = attempt(Role::UnauthorizedAccount).locally().ending(unproven(Stage::EndOfData));
    let judgement = compare(ExpectedOutcome::of_mail(expected).to(Destination::Local), &attempt);
    assert_eq!(judgement.verdict, Verdict::Inconclusive);
    assert!(judgement.reasons[0].contains("at its door `inside` alone"), "{judgement:?}");
    assert!(!judgement.reasons[0].contains("no witness"), "{judgement:?}");
    assert!(judgement.remedy.as_ref().is_some_and(|said| said.contains(remedy)), "{judgement:?}");
}

#[test]
fn a_role_that_tried_nothing_is_inconclusive() {
    let expected = ExpectedOutcome::of_mail(ExpectedFate::NotRelayed);
    assert_eq!(judge_record(expected, Role::MapiClient, &safe(), true).verdict, Verdict::Inconclusive);
}

#[test]
fn the_words_of_a_feature_file_are_read_back() {
    for (outcome, word) in ExpectedFate::ALL.into_iter().zip(ExpectedFate::WORDS) {
        assert_eq!(word.parse(), Ok(outcome));
        assert_eq!(outcome.to_string(), *word);
    }
    for (outcome, word) in ExpectedAuthentication::ALL.into_iter().zip(ExpectedAuthentication::WORDS) {
        assert_eq!(word.parse(), Ok(outcome));
        assert_eq!(outcome.to_string(), *word);
    }
}

#[test]
fn an_unknown_word_is_refused_with_those_there_are() {
    let error = "forwarded".parse::<ExpectedFate>().expect_err("no outcome");
    assert_eq!(
        error.to_string(),
        "\"forwarded\" is no outcome of the mail; there are: relayed, refused, bounced, returned or refused, delivered \
         inside, no answer, not relayed"
    );
    assert!("".parse::<ExpectedAuthentication>().is_err());
}
