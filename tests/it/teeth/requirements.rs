//! The requirements have teeth too: on the reference that lets every role sign in, with a wrong part in it, the
//! requirement that the part breaks deviates.

use std::collections::BTreeSet;
use std::sync::Arc;

use smtpspec::feature::{Outcome, Scope, Suite, run};
use smtpspec::harness::BenchOptions;
use smtpspec::judge::{CaseResult, Verdict};

use super::super::features::{block_on, catalogue, plan, suite};
use super::wrong_parts::{self as parts, Change};

/// What is wrong, and the cases that have to show it: ids under `requirements/`, or their beginnings.
type Row = (Change, &'static [&'static str]);

const MUTANTS: &[Row] = &[
    (parts::queues_are_given_out, &["bounds/turn", "bounds/atrn"]),
    (parts::lists_are_expanded, &["bounds/expn"]),
    (parts::chunks_are_never_checked, &["chunking/authenticate-between-chunks"]),
    (parts::chunks_are_checked_in_vain, &["chunking/authenticate-between-chunks"]),
    (parts::gateway_is_shut, &["gateway/local-recipient"]),
    (parts::everything_goes_out, &["relay/anonymous"]),
    (parts::nothing_is_checked, &["relay/wrong-password", "relay/unauthorized-account"]),
    (parts::nobody_is_asked, &["relay/null-session", "relay/unauthorized-account"]),
    (parts::guest_may_do_all, &["relay/guest"]),
    (parts::greeting_turns_away, &["session/greeting"]),
    (parts::ehlo_is_not_known, &["session/ehlo"]),
    (parts::helo_is_not_known, &["session/helo"]),
    (parts::rcpt_needs_no_mail, &["session/rcpt-before-mail"]),
    (parts::data_needs_no_rcpt, &["session/data-before-rcpt"]),
    (parts::rset_ends_nothing, &["session/rset"]),
    (parts::rset_is_not_known, &["session/rset"]),
    (parts::noop_is_not_known, &["session/noop"]),
    (parts::anything_is_a_command, &["session/unknown-command"]),
    (parts::quit_is_not_known, &["session/quit"]),
    (parts::quit_ends_nothing, &["session/quit"]),
    (parts::passwords_are_listed_in_the_clear, &["tls/passwords-listed"]),
    (parts::passwords_are_taken_in_the_clear, &["tls/passwords-taken"]),
    (parts::introduction_outlives_starttls, &["tls/introduction"]),
    (parts::transaction_outlives_starttls, &["tls/transaction"]),
    (parts::authentication_outlives_starttls, &["tls/authentication"]),
    (parts::starttls_is_listed_again, &["tls/offered-again"]),
    (parts::what_is_injected_is_run, &["tls/injected-command", "tls/injected-transaction"]),
    (parts::what_is_injected_is_run_as_before, &["tls/injected-transaction"]),
    (parts::rcpt_needs_no_mail, &["tls/injected-transaction", "tls/transaction"]),
    (parts::nothing_is_taken_under_tls, &["tls/account"]),
];

/// Wrong parts that leave it open whether the requirement holds: who is not served may have no right to be.
const OPEN: &[Row] = &[(parts::check_says_no, &["relay/authorized-account"])];

fn survivors((change, beginnings): Row, expected: Verdict) -> Vec<String> {
    let meant = meant(beginnings);
    let options = BenchOptions { change_components: Some(Arc::new(change)), ..BenchOptions::default() };
    let results = results(&meant, options);
    assert_eq!(results.len(), meant.cases().len());
    let green = results.into_iter().filter(|result| result.judgement.verdict() != expected);
    green.map(|result| result.requirement.id.0).collect()
}

fn meant(beginnings: &[&str]) -> Suite {
    let selectors: Vec<String> = beginnings.iter().map(|beginning| format!("requirements/{beginning}")).collect();
    suite().select(&selectors).unwrap()
}

/// What these requirements come to on the reference.
fn results(suite: &Suite, options: BenchOptions) -> Vec<CaseResult> {
    let mut plan = plan(options, Scope::Requirements(Vec::new()), Arc::new(|_| {}));
    let targets = plan.bench.add_deployment(catalogue().get("reference-tls").unwrap());
    plan.scope = Scope::Requirements(targets);
    let Outcome { results, faults } = block_on(run(suite, &plan));
    assert!(faults.is_empty(), "{faults:#?}");
    results
}

#[test]
fn every_mutant_turns_its_requirements_red() {
    for (rows, expected) in [(MUTANTS, Verdict::Deviates), (OPEN, Verdict::Inconclusive)] {
        let survived = rows.iter().map(|row| survivors(*row, expected));
        let survived: Vec<_> = survived.enumerate().filter(|(_, survivors)| !survivors.is_empty()).collect();
        assert!(survived.is_empty(), "{expected:?}: {survived:#?}");
    }
}

#[test]
fn without_a_wrong_part_every_requirement_is_met() {
    let results = results(&meant(&[""]), BenchOptions::default());
    assert_eq!(results.len(), suite().counts().0);
    let unmet = results.iter().filter(|result| result.judgement.verdict() != Verdict::Conformant);
    let unmet: Vec<_> = unmet.map(|result| (&result.requirement.id, result.judgement.verdict())).collect();
    assert!(unmet.is_empty(), "{unmet:#?}");
}

#[test]
fn every_requirement_has_a_mutant() {
    let rows = MUTANTS.iter().chain(OPEN);
    let met: BTreeSet<String> = rows
        .flat_map(|(_, beginnings)| {
            meant(beginnings).cases().iter().map(|case| case.requirement.id.0.clone()).collect::<Vec<_>>()
        })
        .collect();
    let all: BTreeSet<String> = meant(&[""]).cases().iter().map(|case| case.requirement.id.0.clone()).collect();
    assert_eq!(all.len(), suite().counts().0);
    assert_eq!(all.difference(&met).collect::<Vec<_>>(), Vec::<&String>::new());
}
