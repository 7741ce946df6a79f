use std::time::Duration;

use rstest::rstest;

use super::*;
use crate::judge::{NoAnswer, Spoken};

fn reply(code: u16) -> Spoken {
    Spoken { code, enhanced: None, text: "no".to_owned(), more: Vec::new() }
}

/// What was not told apart from another outcome is none: `docs/verdicts.md`, "The record".
#[rstest]
#[case::put_off_once(Fate::Deferred { at: Stage::Rcpt, reply: reply(451), retried: false })]
#[case::not_seen(Fate::AcceptedNotSeen { waited: Duration::from_secs(5) })]
#[case::unproven(Fate::AcceptedUnproven { at: Stage::EndOfData })]
#[case::closed(Fate::NoAnswer(NoAnswer::Closed))]
#[case::timed_out(Fate::NoAnswer(NoAnswer::TimedOut { after: Duration::from_secs(5) }))]
#[case::not_tried(Fate::NotTried { reason: "why".to_owned() })]
fn what_is_not_known_is_no_outcome(#[case] fate: Fate) {
    assert_eq!(outcome(&fate), None);
}

#[rstest]
#[case::refused(Fate::Refused { at: Stage::Rcpt, reply: reply(550) })]
#[case::put_off_for_good(Fate::Deferred { at: Stage::Rcpt, reply: reply(454), retried: true })]
fn a_refusal_is_one_whatever_its_code(#[case] fate: Fate) {
    assert_eq!(outcome(&fate), Some(ExpectedFate::Refused));
}
