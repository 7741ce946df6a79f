//! Laws that hold for any evidence at all, and for evidence of a safe server with something changed or missing.

use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::test_runner::TestCaseError;

use crate::judge::fixture::{
    LOCAL, REMOTE, UNAUTHORIZED, accepted, arrived, attempt, bounced, closed, closed_server, declaration, deferred,
    login_refused, refused, relayed, safe, spoken, unavailable, unproven, unseen, unsettled,
};
use crate::judge::{
    Attempt, Authentication, Declaration, Destination, Door, Evidence, Fate, Hint, Presence, Role, Rules, Service,
    Source, Spoken, Stage, StandardRules, Verdict,
};
use crate::protocol::transcript::{Side, Transcript};

fn any_reply() -> impl Strategy<Value = Spoken> {
    let enhanced = prop_oneof![
        Just(None),
        Just(Some("5.7.1".to_owned())),
        Just(Some("4.7.1".to_owned())),
        "[0-9.]{0,6}".prop_map(Some),
    ];
    (any::<u16>(), enhanced, ".{0,12}", vec(".{0,12}", 0..2)).prop_map(|(code, enhanced, text, more)| Spoken {
        code,
        enhanced,
        text,
        more,
    })
}

fn any_stage() -> impl Strategy<Value = Stage> {
    select(vec![Stage::Mail, Stage::Rcpt, Stage::Data, Stage::EndOfData])
}

fn any_fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        4 => (any_stage(), any_reply()).prop_map(|(at, reply)| Fate::Refused { at, reply }),
        2 => any_stage().prop_map(refused),
        2 => (any_stage(), any_reply(), any::<bool>())
            .prop_map(|(at, reply, retried)| Fate::Deferred { at, reply, retried }),
        3 => Just(relayed()),
        1 => Just(arrived(Door::Inside)),
        1 => Just(bounced()),
        1 => Just(unseen()),
        1 => Just(unsettled(unseen(), Hint::AutomaticReply)),
        1 => any_stage().prop_map(unproven),
        1 => Just(closed()),
        1 => ".{0,8}".prop_map(|reason| Fate::NotTried { reason }),
    ]
}

fn any_authentication() -> impl Strategy<Value = Authentication> {
    prop_oneof![
        3 => Just(accepted()),
        2 => Just(login_refused()),
        1 => Just(unavailable(504)),
        1 => Just(Authentication::NotTried),
        1 => any_reply().prop_map(|reply| Authentication::NeedsTls { reply }),
        1 => any_reply().prop_map(|reply| Authentication::Deferred { reply }),
        1 => any::<bool>().prop_map(|without_tls| {
            Authentication::NoMechanism { listed: vec!["GSSAPI".to_owned()], without_tls }
        }),
        1 => ".{0,8}".prop_map(|reason| Authentication::CannotSpeak { reason }),
        1 => Just(Authentication::NoAnswer(crate::judge::NoAnswer::Closed)),
    ]
}

fn any_attempt() -> impl Strategy<Value = Attempt> {
    (
        (select(Role::ALL.to_vec()), select(Role::ALL.to_vec()), 0..4u8),
        (any_authentication(), any_fate()),
        (any::<bool>(), any::<bool>(), 0..8u8, 0..1000u32),
    )
        .prop_map(|((role, other, own), (authentication, fate), (local, fresh, path, order))| {
            let mut made = attempt(role).answered(authentication).ending(fate);
            if own == 0 {
                made = made.sent_as(other);
            }
            if local {
                made = made.locally();
            } else if path == 0 {
                made = made.addressed_to("other@elsewhere.example");
            }
            if fresh {
                made = made.with_fresh_sender();
            }
            Attempt { order, ..made }
        })
}

fn any_declaration() -> impl Strategy<Value = Declaration> {
    let roles = || btree_set(select(Role::ALL.to_vec()), 0..8);
    let presence = vec(select(vec![Presence::Given, Presence::Given, Presence::NotGiven, Presence::Absent]), 8);
    let none = (any::<bool>(), vec(".{0,4}", 0..3));
    (
        (any::<bool>(), select(vec![None, Some(Source::Inside), Some(Source::Outside)]), any::<bool>()),
        (none, presence, roles(), any::<bool>(), roles()),
    )
        .prop_map(
            |(
                (mx, source, witness),
                ((no_authorized_account, refusal_wordings), presence, login_refused, passwords_are_ours, sender_given),
            )| {
                Declaration {
                    service: if mx { Service::Mx } else { Service::Submission },
                    source,
                    witness,
                    no_authorized_account,
                    refusal_wordings,
                    presence: Role::ALL.into_iter().zip(presence).collect(),
                    login_refused,
                    passwords_are_ours,
                    sender_given,
                    ..declaration()
                }
            },
        )
}

fn any_evidence() -> impl Strategy<Value = Evidence> {
    (any_declaration(), vec(any_attempt(), 0..16))
        .prop_map(|(declaration, attempts)| Evidence { declaration, attempts })
}

/// Evidence in which every unauthorized role is shown to be safe, by one way or another of showing it.
fn any_safe_evidence() -> impl Strategy<Value = Evidence> {
    let temporary = UNAUTHORIZED.into_iter().chain([Role::Anonymous]).fold(safe(), |evidence, role| {
        evidence.ending(role, deferred(true)).and(attempt(role).locally().with_fresh_sender().ending(unseen()))
    });
    let without_witness =
        safe().ending(Role::AuthorizedAccount, unproven(Stage::Rcpt)).declaring(|file| file.witness = false);
    let dropped = UNAUTHORIZED.into_iter().fold(safe(), |evidence, role| evidence.ending(role, unseen()));
    let returned = UNAUTHORIZED.into_iter().fold(safe(), |evidence, role| evidence.ending(role, bounced()));
    let alike = safe().without_own_local_mail();
    select(vec![safe(), alike, closed_server(&[]), temporary, without_witness, dropped, returned])
}

/// Safe evidence, with some attempts missing and some changed.
fn any_nearly_safe_evidence() -> impl Strategy<Value = Evidence> {
    nearly(any_safe_evidence())
}

fn nearly(safe: impl Strategy<Value = Evidence>) -> impl Strategy<Value = Evidence> {
    let changes = vec((any::<prop::sample::Index>(), any_fate(), any_authentication()), 0..3);
    (safe, changes, vec(any::<prop::sample::Index>(), 0..3)).prop_map(|(mut evidence, changes, drops)| {
        for (index, fate, authentication) in changes {
            let changed = index.get(&evidence.attempts).clone();
            for attempt in &mut evidence.attempts {
                if attempt.order == changed.order {
                    attempt.fate = fate.clone();
                    attempt.authentication = authentication.clone();
                }
            }
        }
        for index in drops {
            let at = index.index(evidence.attempts.len());
            evidence.attempts.remove(at);
        }
        evidence
    })
}

fn relays_anonymously(attempt: &Attempt) -> bool {
    attempt.role == Role::Anonymous && StandardRules.was_let_through(attempt)
}

fn check_reasons(evidence: &Evidence) -> Result<(), TestCaseError> {
    let relays = Role::ALL.into_iter().map(|role| StandardRules.relay(role, evidence));
    let others = [StandardRules.local_mail(evidence), StandardRules.authorized_account_is_served(evidence)];
    for judgement in relays.chain(others) {
        prop_assert!(!judgement.reasons.is_empty());
        prop_assert!(judgement.reasons.iter().all(|reason| !reason.trim().is_empty()), "{judgement:?}");
        prop_assert!(judgement.remedy.is_none_or(|remedy| !remedy.trim().is_empty()));
    }
    Ok(())
}

proptest! {
    #[test]
    fn any_evidence_gets_a_verdict_with_a_reason(evidence in any_evidence()) {
        check_reasons(&evidence)?;
    }

    #[test]
    fn witnessed_mail_of_an_unauthorized_role_always_deviates(
        evidence in any_evidence(),
        role in select(UNAUTHORIZED.to_vec()),
        authentication in any_authentication(),
        stopped in prop_oneof![any_stage().prop_map(refused), Just(deferred(false)), Just(bounced()), Just(unseen())],
    ) {
        let evidence = evidence
            .keeping(|attempt| !relays_anonymously(attempt))
            .and(attempt(Role::Anonymous).ending(stopped))
            .and(attempt(role).answered(authentication).ending(relayed()));
        prop_assert_eq!(StandardRules.relay(role, &evidence).verdict, Verdict::Deviates);
    }

    #[test]
    fn witnessed_anonymous_mail_is_never_conformant_for_any_role(evidence in any_evidence()) {
        let evidence = evidence.and(attempt(Role::Anonymous).ending(relayed()));
        let expected = match evidence.declaration.source {
            Some(Source::Outside) => Verdict::Deviates,
            Some(Source::Inside) | None => Verdict::Inconclusive,
        };
        prop_assert_eq!(StandardRules.relay(Role::Anonymous, &evidence).verdict, expected);
        let same_path = evidence.keeping(|attempt| attempt.forward_path == REMOTE || attempt.forward_path == LOCAL);
        for role in UNAUTHORIZED {
            let verdict = StandardRules.relay(role, &same_path).verdict;
            prop_assert!(!matches!(verdict, Verdict::Conformant | Verdict::Deviates), "{role}: {verdict:?}");
        }
    }

    #[test]
    fn a_role_of_which_mail_was_witnessed_never_conforms(evidence in any_nearly_safe_evidence()) {
        for role in UNAUTHORIZED.into_iter().chain([Role::Anonymous]) {
            let witnessed = evidence
                .attempts
                .iter()
                .any(|attempt| attempt.role == role && StandardRules.was_let_through(attempt));
            let verdict = StandardRules.relay(role, &evidence).verdict;
            prop_assert!(!witnessed || verdict != Verdict::Conformant, "{role}");
        }
    }

    #[test]
    fn safe_evidence_conforms(evidence in any_safe_evidence()) {
        for role in UNAUTHORIZED.into_iter().chain([Role::Anonymous]) {
            let judgement = StandardRules.relay(role, &evidence);
            prop_assert_eq!(judgement.verdict, Verdict::Conformant, "{:?}", judgement);
        }
    }

    #[test]
    fn without_anonymous_mail_no_other_role_is_safe(evidence in any_nearly_safe_evidence()) {
        let evidence = evidence.keeping(|attempt| {
            attempt.role != Role::Anonymous || attempt.destination != Destination::Remote
        });
        for role in UNAUTHORIZED {
            prop_assert_ne!(StandardRules.relay(role, &evidence).verdict, Verdict::Conformant);
        }
    }

    #[test]
    fn without_an_authorized_account_no_role_is_safe_unless_the_file_says_none(evidence in any_nearly_safe_evidence()) {
        let evidence = evidence
            .without(Role::AuthorizedAccount)
            .declaring(|file| file.no_authorized_account = false);
        for role in UNAUTHORIZED.into_iter().chain([Role::Anonymous]) {
            prop_assert_ne!(StandardRules.relay(role, &evidence).verdict, Verdict::Conformant);
        }
    }

    #[test]
    fn without_local_mail_no_role_is_safe_where_the_file_says_none(evidence in nearly(Just(closed_server(&[])))) {
        let evidence = evidence.keeping(|attempt| attempt.destination != Destination::Local);
        for role in UNAUTHORIZED.into_iter().chain([Role::Anonymous]) {
            prop_assert_ne!(StandardRules.relay(role, &evidence).verdict, Verdict::Conformant);
        }
    }

    /// Controls only ever help: with fewer of the authorized account's attempts, no role becomes safe.
    #[test]
    fn losing_authorized_mail_makes_no_role_safe(
        evidence in any_nearly_safe_evidence(),
        at in any::<prop::sample::Index>(),
    ) {
        let authorized: Vec<u32> = evidence.of(Role::AuthorizedAccount, Destination::Remote).map(|a| a.order).collect();
        prop_assume!(!authorized.is_empty());
        let lost = *at.get(&authorized);
        let fewer = evidence.clone().keeping(|attempt| attempt.order != lost);
        for role in UNAUTHORIZED.into_iter().chain([Role::Anonymous]) {
            let (before, after) = (StandardRules.relay(role, &evidence), StandardRules.relay(role, &fewer));
            prop_assert!(before.verdict == Verdict::Conformant || after.verdict != Verdict::Conformant, "{role}");
        }
    }

    /// What other roles did can take safety away, but never turns it into an accusation.
    #[test]
    fn losing_evidence_of_others_turns_safety_at_most_into_doubt(
        evidence in any_nearly_safe_evidence(),
        role in select(UNAUTHORIZED.to_vec()),
        kept in subsequence((0..20usize).collect::<Vec<_>>(), 0..20),
    ) {
        prop_assume!(StandardRules.relay(role, &evidence).verdict == Verdict::Conformant);
        let mut at = 0..;
        let fewer = evidence.keeping(|attempt| {
            let index = at.next().unwrap_or_default();
            attempt.role == role || kept.contains(&index)
        });
        let verdict = StandardRules.relay(role, &fewer).verdict;
        prop_assert!(matches!(verdict, Verdict::Conformant | Verdict::Inconclusive), "{verdict:?}");
    }

    #[test]
    fn no_verdict_reads_a_transcript(evidence in any_evidence(), line in ".{0,20}") {
        let mut transcript = Transcript::new();
        transcript.line(Side::Server, std::time::Duration::ZERO, line.as_bytes());
        let told = evidence.clone().changing(|attempt| {
            attempt.transcript = transcript.clone();
            attempt.deciding_entry = Some(0);
        });
        for role in Role::ALL {
            prop_assert_eq!(StandardRules.relay(role, &evidence), StandardRules.relay(role, &told));
        }
    }

    #[test]
    fn a_typo_in_the_password_is_never_safety(evidence in any_nearly_safe_evidence(), code in 500..600u16) {
        let refusal = Authentication::Refused { reply: spoken(code, None, "no") };
        let evidence = evidence
            .answered(Role::UnauthorizedAccount, refusal)
            .declaring(|file| { file.login_refused.clear(); file.passwords_are_ours = false; });
        prop_assert_ne!(StandardRules.relay(Role::UnauthorizedAccount, &evidence).verdict, Verdict::Conformant);
    }
}
