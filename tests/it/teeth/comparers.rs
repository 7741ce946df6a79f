//! Wrong comparers of the record: each lets something pass that a row of the table exists to stop, so the table notices
//! each of them.

use std::sync::Arc;

use rstest::rstest;
use smtpspec::judge::record::{ExpectedAuthentication, ExpectedFate, ExpectedOutcome};
use smtpspec::judge::{Authentication, Evidence, Fate, Judgement, Role, Rules, StandardRules, Verdict};

use super::table::Wrong::Part;
use super::table::{Row, SILENT, mutants};
use super::wrong_parts::{self as parts, Change};
use super::{survivors, survivors_by};

/// Does not look at what AUTH answered.
struct IgnoresAuthenticate;

impl Rules for IgnoresAuthenticate {
    fn record_authentication(&self, _: ExpectedAuthentication, _: Role, _: &Authentication, _: &Fate) -> Judgement {
        Judgement::conformant("wrong")
    }
}

/// Takes mail that was returned for mail that was refused.
struct TakesReturnedForRefused;

impl Rules for TakesReturnedForRefused {
    fn record(&self, expected: ExpectedOutcome, role: Role, evidence: &Evidence, is_model: bool) -> Judgement {
        let fate = match expected.fate {
            ExpectedFate::Refused => ExpectedFate::ReturnedOrRefused,
            other => other,
        };
        StandardRules.record(ExpectedOutcome { fate, ..expected }, role, evidence, is_model)
    }
}

/// Takes mail that went out for mail that was passed inside.
struct TakesOutsideForInside;

impl Rules for TakesOutsideForInside {
    fn record(&self, expected: ExpectedOutcome, role: Role, evidence: &Evidence, is_model: bool) -> Judgement {
        let fate = match expected.fate {
            ExpectedFate::DeliveredInside => ExpectedFate::Relayed,
            other => other,
        };
        StandardRules.record(ExpectedOutcome { fate, ..expected }, role, evidence, is_model)
    }
}

/// Takes what cannot be told for what was expected: no answer, mail that was taken and not seen.
struct TakesUnknownForMet;

impl Rules for TakesUnknownForMet {
    fn record(&self, expected: ExpectedOutcome, role: Role, evidence: &Evidence, is_model: bool) -> Judgement {
        let judgement = StandardRules.record(expected, role, evidence, is_model);
        match judgement.verdict() {
            Verdict::Inconclusive => Judgement::conformant("").because(judgement.reasons),
            _ => judgement,
        }
    }
}

/// Takes any end of the mail for the one expected.
struct IgnoresTheFate;

impl Rules for IgnoresTheFate {
    fn record(&self, _: ExpectedOutcome, _: Role, _: &Evidence, _: bool) -> Judgement {
        Judgement::conformant("wrong")
    }
}

/// The row of the table with this claim and this part.
fn row(rows: &[Row], claim: &str, part: Change) -> Row {
    let is_it = |row: &&Row| row.0 == claim && matches!(row.1, Part(of) if std::ptr::fn_addr_eq(of, part));
    *rows.iter().find(is_it).unwrap()
}

#[rstest]
#[case::ignores_authenticate(IgnoresAuthenticate, "c05", parts::everyone_has_auth, Verdict::Deviates)]
#[case::takes_returned_for_refused(TakesReturnedForRefused, "c01", parts::refused_mail_is_returned, Verdict::Deviates)]
#[case::takes_outside_for_inside(TakesOutsideForInside, "c11", parts::own_mail_goes_out, Verdict::Deviates)]
#[case::ignores_the_fate(IgnoresTheFate, "c03", parts::everything_goes_out, Verdict::Deviates)]
#[case::takes_unknown_for_met(TakesUnknownForMet, "c11", parts::own_mail_is_dropped, Verdict::Inconclusive)]
fn a_wrong_comparer_is_noticed(
    #[case] mutant: impl Rules + 'static,
    #[case] claim: &str,
    #[case] part: Change,
    #[case] expected: Verdict,
) {
    let rows = if expected == Verdict::Deviates { mutants() } else { SILENT.to_vec() };
    let row = row(&rows, claim, part);
    assert_eq!(survivors(row, expected), Vec::<String>::new());
    assert_ne!(survivors_by(Arc::new(mutant), row, expected), Vec::<String>::new(), "the mutant is no mutant");
}
