use std::collections::BTreeSet;
use std::time::Duration;

use rstest::rstest;

use super::*;
use crate::judge::fixture::{
    LOCAL, accepted, arrived, attempt, closed_server, deferred, login_refused, refused, safe, spoken, unproven, unseen,
    unsettled,
};
use crate::judge::{
    Attempt, Authentication, Destination, Door, Evidence, Fate, Hint, Judgement, NoAnswer, NoTls, Role, Rules, Source,
    Spoken, Stage, StandardRules, Verdict,
};
use crate::protocol::tls::{Certificate, TlsError};
use crate::protocol::transcript::{Side, Transcript};

const ROLE: Role = Role::UnauthorizedAccount;

/// Of the account that may not relay.
fn judged(evidence: &Evidence) -> Judgement {
    StandardRules.relay(ROLE, evidence)
}

fn ending(fate: Fate) -> Judgement {
    judged(&safe().ending(ROLE, fate))
}

fn silent(why: NoAnswer) -> Judgement {
    ending(Fate::NoAnswer(why))
}

fn no_tls(cause: NoTls) -> Judgement {
    silent(NoAnswer::NoTls { cause })
}

fn no_tls_over(error: TlsError) -> Judgement {
    no_tls(NoTls::Failed { error })
}

fn answered(authentication: Authentication) -> Judgement {
    judged(&safe().answered(ROLE, authentication))
}

fn limit(limit: &str) -> Judgement {
    silent(NoAnswer::LimitReached { limit: limit.to_owned() })
}

fn put_off(code: u16, enhanced: &str, text: &str, retried: bool) -> Judgement {
    ending(Fate::Deferred { at: Stage::Rcpt, reply: spoken(code, Some(enhanced), text), retried })
}

fn reply(code: u16, text: &str) -> Spoken {
    spoken(code, None, text)
}

/// Lines of a server, each so many milliseconds after the client's.
fn waited(replies: &[(&str, u64)]) -> Transcript {
    let (mut said, mut now) = (Transcript::new(), Duration::ZERO);
    for (line, milliseconds) in replies {
        said.line(Side::Client, now, *b"NOOP");
        now += Duration::from_millis(*milliseconds);
        said.line(Side::Server, now, line.as_bytes());
    }
    said
}

fn with_transcript(evidence: Evidence, said: &Transcript) -> Evidence {
    evidence.changing(|attempt| {
        if attempt.role == ROLE {
            attempt.transcript = said.clone();
        }
    })
}

fn silent_behind(why: NoAnswer, replies: &[(&str, u64)]) -> Judgement {
    judged(&with_transcript(safe().ending(ROLE, Fate::NoAnswer(why)), &waited(replies)))
}

/// Evidence that leads to each reason, by the meaning that `docs/verdicts.md` gives it. Those that only the engine can give
/// are in its tests.
fn leading_to(open: OpenReason) -> Option<Judgement> {
    let after = Duration::from_secs(30);
    Some(match open {
        OpenReason::Greylisted => put_off(450, "4.2.0", "Greylisted, see http://postgrey.example/", true),
        OpenReason::Deferred => put_off(451, "4.3.0", "Local error in processing", false),
        OpenReason::TemporaryRefusal => put_off(450, "4.7.1", "Relay access denied", true),
        OpenReason::RateLimited => put_off(450, "4.7.1", "Error: too much mail from 192.0.2.10", true),
        OpenReason::ServiceClosing => put_off(421, "4.3.2", "System going down", false),
        OpenReason::TurnedAway => silent(NoAnswer::TurnedAway { reply: reply(554, "No SMTP service here") }),
        OpenReason::ConnectionRefused => silent(NoAnswer::NotConnected { reason: "Connection refused".to_owned() }),
        OpenReason::ConnectTimedOut => silent(NoAnswer::ConnectTimedOut { after }),
        OpenReason::GreetPause => silent(NoAnswer::NoGreeting { after }),
        OpenReason::Tarpit => silent_behind(NoAnswer::TimedOut { after }, &[("535 5.7.8 no", 3000)]),
        OpenReason::ReplyTimedOut => silent_behind(NoAnswer::TimedOut { after }, &[("250 ok", 3)]),
        OpenReason::ConnectionClosed => silent_behind(NoAnswer::Closed, &[("250 ok", 3)]),
        OpenReason::ConnectionReset => silent(NoAnswer::Reset { reason: "Connection reset by peer".to_owned() }),
        OpenReason::UnexpectedGreeting => silent(NoAnswer::NotSmtp { what: "not a reply line: SSH-2.0".to_owned() }),
        OpenReason::UnreadableReply => silent(NoAnswer::NoReply { what: "not a reply line: banana".to_owned() }),
        OpenReason::TlsRequired => {
            answered(Authentication::NeedsTls { reply: reply(530, "Must issue a STARTTLS command first") })
        }
        OpenReason::MechanismNeedsTls => {
            answered(Authentication::NeedsTls { reply: reply(538, "Encryption required") })
        }
        OpenReason::TlsNotOffered => no_tls(NoTls::NotOffered),
        OpenReason::TlsWithheld => no_tls(NoTls::Withheld { what: "MAIL".to_owned() }),
        OpenReason::TlsNotTrusted => no_tls_over(TlsError::NotTrusted {
            certificate: Box::new(Certificate::from_der(b"")),
            reason: "unknown issuer".to_owned(),
        }),
        OpenReason::TlsWrongName => no_tls_over(TlsError::WrongName {
            certificate: Box::new(Certificate::from_der(b"")),
            wanted: "mail.example".to_owned(),
        }),
        OpenReason::TlsNotValid => no_tls_over(TlsError::Expired { certificate: Box::new(Certificate::from_der(b"")) }),
        OpenReason::TlsVersion => no_tls_over(TlsError::VersionNotSupported { reason: "TLS 1.0".to_owned() }),
        OpenReason::TlsInClear => no_tls_over(TlsError::InClear { octets: "250 ok".to_owned() }),
        OpenReason::TlsFailed => no_tls_over(TlsError::TimedOut { after }),
        OpenReason::MechanismNotSpoken => {
            answered(Authentication::NoMechanism { listed: vec!["GSSAPI".to_owned()], without_tls: false })
        }
        OpenReason::MechanismUnavailable => {
            let reply = spoken(504, Some("5.5.4"), "Unrecognized authentication type");
            judged(&safe().answered(Role::AuthorizedAccount, Authentication::Unavailable { reply }))
        }
        OpenReason::ExchangeStopped => answered(Authentication::CannotSpeak { reason: "no NTLM".to_owned() }),
        OpenReason::LoginFailed => answered(login_refused()),
        OpenReason::LockedOut => {
            judged(&safe().answered(ROLE, login_refused()).after(attempt(ROLE).answered(accepted())))
        }
        OpenReason::LoginDeferred => {
            answered(Authentication::Deferred { reply: reply(454, "Temporary authentication failure") })
        }
        OpenReason::FailedLoginsLimit => limit("failed-logins: 3"),
        OpenReason::CaseLimit => limit("case"),
        OpenReason::RunLimit => limit("run"),
        OpenReason::NotPermitted => limit("no mail data is sent without a witness (`--send-data` allows it)"),
        OpenReason::NoWitness => {
            use crate::judge::record::{ExpectedFate, ExpectedOutcome, compare};
            let expected = ExpectedOutcome::of_mail(ExpectedFate::DeliveredInside).to(Destination::Local);
            compare(expected, &attempt(Role::Anonymous).locally().ending(unproven(Stage::EndOfData)))
        }
        OpenReason::WitnessLost => silent(NoAnswer::WitnessLost { reason: "Connection reset by peer".to_owned() }),
        OpenReason::AcceptedUnproven => ending(unproven(Stage::Rcpt)),
        OpenReason::AcceptedUnseen => judged(&safe().ending(ROLE, unseen()).ending(Role::AuthorizedAccount, unseen())),
        OpenReason::WitnessHint => ending(unsettled(unseen(), Hint::AutomaticReply)),
        OpenReason::ArrivedInside => ending(arrived(Door::Inside)),
        OpenReason::NoSender => judged(&safe().declaring(|file| {
            file.sender_given.remove(&ROLE);
        })),
        OpenReason::SenderRefusal => ending(Fate::Refused {
            at: Stage::Mail,
            reply: spoken(553, Some("5.1.8"), "Sender address rejected: domain not found"),
        }),
        OpenReason::OtherRefusal => {
            ending(Fate::Refused { at: Stage::Rcpt, reply: spoken(550, Some("5.1.2"), "No such domain") })
        }
        OpenReason::AuthorizedRefused => judged(&safe().ending(Role::AuthorizedAccount, refused(Stage::Rcpt))),
        OpenReason::LocalRefused => StandardRules.relay(
            Role::Anonymous,
            &closed_server(&[]).changing(|attempt| {
                if attempt.forward_path == LOCAL {
                    attempt.fate = refused(Stage::Rcpt);
                }
            }),
        ),
        OpenReason::NoLocalRecipient => {
            StandardRules.local_mail(&safe().keeping(|attempt| attempt.destination == Destination::Remote))
        }
        OpenReason::NoControl => judged(&safe().without(Role::AuthorizedAccount)),
        OpenReason::InsideAddress => StandardRules.relay(
            Role::Anonymous,
            &safe()
                .declaring(|file| file.source = Some(Source::Inside))
                .ending(Role::Anonymous, arrived(Door::Outside)),
        ),
        OpenReason::NotTried => judged(&safe().without(ROLE)),
        OpenReason::CaseFault | OpenReason::OurFault => return None,
    })
}

#[test]
fn each_reason_is_reached() {
    for open in OpenReason::ALL {
        let Some(judgement) = leading_to(open) else { continue };
        assert_eq!((judgement.verdict(), judgement.open()), (Verdict::Inconclusive, Some(open)), "{judgement:#?}");
        assert!(judgement.remedy.is_some_and(|remedy| !remedy.is_empty()), "{open}");
    }
}

#[test]
fn no_two_reasons_share_a_name_words_or_advice() {
    for told in [OpenReason::id, OpenReason::words, OpenReason::advice] {
        let all: BTreeSet<&str> = OpenReason::ALL.into_iter().map(told).collect();
        assert_eq!(all.len(), OpenReason::ALL.len());
        assert!(!all.contains(""));
    }
}

/// What NDJSON says is what JUnit and the documentation say.
#[test]
fn the_name_is_the_same_everywhere() {
    for open in OpenReason::ALL {
        assert_eq!(serde_json::to_value(open).unwrap(), serde_json::Value::from(open.id()));
    }
}

#[test]
fn the_documentation_has_the_same_list() {
    let page = include_str!("../../../docs/verdicts.md");
    let listed: Vec<&str> = page.lines().filter(|line| line.starts_with("| `")).collect();
    let expected: Vec<String> = OpenReason::ALL
        .into_iter()
        .map(|open| format!("| `{}` | {} | {} |", open.id(), open.words(), open.advice()))
        .collect();
    assert_eq!(listed, expected);
}

/// An old recording, or one that somebody wrote: neither an inconclusive verdict without its reason, nor a reason beside
/// another verdict.
#[rstest]
#[case::with(r#""verdict":"inconclusive","open":"greylisted""#, true)]
#[case::without(r#""verdict":"inconclusive""#, false)]
#[case::beside_another(r#""verdict":"conformant","open":"greylisted""#, false)]
#[case::other(r#""verdict":"conformant""#, true)]
fn a_recorded_judgement_has_its_reason(#[case] verdict: &str, #[case] is_read: bool) {
    let json = format!(r#"{{{verdict},"reasons":[],"remedy":null,"deciding_attempt":null}}"#);
    assert_eq!(serde_json::from_str::<Judgement>(&json).is_ok(), is_read);
}

/// Wordings as Postfix 3.7 (smtpd, anvil, postscreen), Exim 4.96, Sendmail 8.17, Exchange and Postgrey have them.
#[rstest]
#[case::postfix_rate(450, "Error: too many connections from 192.0.2.10", OpenReason::RateLimited)]
#[case::postfix_errors(421, "mx Error: too many errors", OpenReason::RateLimited)]
#[case::postfix_recipients(450, "Error: too much mail from 192.0.2.10", OpenReason::RateLimited)]
#[case::postscreen(421, "All server ports are busy", OpenReason::ServiceClosing)]
#[case::exim(421, "mx: Too many concurrent SMTP connections; please try again later", OpenReason::RateLimited)]
#[case::exim_ratelimit(451, "Sender rate limit exceeded: 12.3 / 1h", OpenReason::RateLimited)]
#[case::sendmail(452, "Connection rate limit exceeded.", OpenReason::RateLimited)]
#[case::sendmail_load(421, "mx.example Connection rate limit exceeded", OpenReason::RateLimited)]
#[case::exchange(421, "Service not available", OpenReason::ServiceClosing)]
#[case::postgrey(450, "Recipient address rejected: Greylisted, see http://x", OpenReason::Greylisted)]
#[case::shutdown(421, "mx closing transmission channel", OpenReason::ServiceClosing)]
#[case::plain(454, "Relay access denied", OpenReason::TemporaryRefusal)]
fn a_deferral_is_read_by_its_code_and_words(#[case] code: u16, #[case] text: &str, #[case] expected: OpenReason) {
    assert_eq!(OpenReason::of_deferral(&reply(code, text), true), expected);
}

/// RFC 5321 3.8: 421 may come at any time, and the connection ends behind it.
#[rstest]
#[case::closing(NoAnswer::Closed, "421 4.3.0 closing", OpenReason::ServiceClosing)]
#[case::too_many(NoAnswer::Closed, "421 4.7.0 Too many errors", OpenReason::RateLimited)]
#[case::other(NoAnswer::Closed, "250 ok", OpenReason::ConnectionClosed)]
#[case::unasked(NoAnswer::NoReply { what: "unasked: 421 idle".to_owned() }, "250 ok", OpenReason::ServiceClosing)]
fn an_end_behind_421_is_the_servers(#[case] why: NoAnswer, #[case] last: &str, #[case] expected: OpenReason) {
    assert_eq!(OpenReason::of_silence(&why, Some(&waited(&[(last, 1)]))), expected);
}

#[rstest]
#[case::grows(&[("250 a", 10), ("250 b", 900), ("250 c", 4000)], true)]
#[case::grows_a_little(&[("250 a", 1), ("250 b", 2), ("250 c", 3)], false)]
#[case::even(&[("250 a", 4000), ("250 b", 4000), ("250 c", 4000)], false)]
#[case::error(&[("250 a", 1), ("503 b", 1)], true)]
fn a_tarpit_is_told_from_silence(#[case] replies: &[(&str, u64)], #[case] is_one: bool) {
    let expected = if is_one { OpenReason::Tarpit } else { OpenReason::ReplyTimedOut };
    let why = NoAnswer::TimedOut { after: Duration::from_secs(30) };
    assert_eq!(OpenReason::of_silence(&why, Some(&waited(replies))), expected);
}

/// A password that was right is no typo.
#[rstest]
#[case::worked_before(Some(accepted()), OpenReason::LockedOut)]
#[case::never_worked(None, OpenReason::LoginFailed)]
fn a_lock_is_told_from_a_typo(#[case] before: Option<Authentication>, #[case] expected: OpenReason) {
    let late = |role| attempt(role).answered(login_refused());
    let mut evidence = safe().without(ROLE).and(late(ROLE));
    if let Some(answer) = before {
        evidence = evidence.after(Attempt { mechanism: Some("LOGIN".to_owned()), ..attempt(ROLE).answered(answer) });
    }
    let judgement = judged(&evidence);
    assert_eq!(judgement.open(), Some(expected), "{judgement:#?}");
}

/// A greylister that says so is told from one that is known by what it does.
#[test]
fn a_silent_greylister_is_known_by_the_fresh_sender() {
    let evidence = safe()
        .ending(ROLE, deferred(true))
        .ending(Role::Anonymous, deferred(true))
        .and(attempt(ROLE).locally().with_fresh_sender().ending(deferred(false)));
    assert_eq!(judged(&evidence).open(), Some(OpenReason::Greylisted));
}
