//! The record has teeth: whatever part of the model or rule of the bulletins is put in wrong, the cases of the claim it
//! breaks turn red. A wrong part goes into every deployment; what has to turn red is listed by id, or its beginning.

mod wrong_advice;
mod wrong_parts;

use std::collections::BTreeSet;
use std::sync::Arc;

use smtpspec::feature::{Advisor, Outcome};
use smtpspec::harness::BenchOptions;
use smtpspec::judge::{CaseResult, Verdict};
use smtpspec::reference::bulletin::Bulletins;

use super::features::{record, suite};
use wrong_advice as advice;
use wrong_parts::{self as parts, Change, Misled, WrongAdvice};

/// What is wrong.
#[derive(Clone, Copy)]
enum Wrong {
    Part(Change),
    Advice(WrongAdvice),
}

use Wrong::{Advice, Part};

/// A claim, what is wrong, and the cases that have to show it, all of them.
type Row = (&'static str, Wrong, &'static [&'static str]);

/// Beginnings of ids are under `bulletin/`. The claims are those of the bulletin's FAQ; which cases show one follows
/// from its sentence.
const MUTANTS: &[Row] = &[
    // The SMTP service of Windows 2000 has the flaw.
    ("c01", Part(parts::everybody_is_asked_later), &["windows-2000/relays/null-session", "windows-2000/advice"]),
    ("c01", Part(parts::null_session_is_nobody), &["windows-2000/relays/null-session"]),
    ("c01", Part(parts::nothing_goes_out), &["windows-2000/relays"]),
    ("c01", Part(parts::everything_goes_out), &["windows-2000/refuses"]),
    (
        "c01",
        Advice(|right, host, listeners, on| {
            advice::product_is_not_named(right, host, listeners, on, "windows-2000-smtp")
        }),
        &["windows-2000/advice"],
    ),
    // NT 4.0 has it, which the text of 2002 did not know.
    ("c02", Part(parts::everybody_is_asked_later), &["nt4/relays/null-session", "nt4/relays/unauthorized-account"]),
    ("c02", Part(parts::nothing_goes_out), &["nt4/relays"]),
    ("c02", Advice(advice::dates_do_not_matter), &["nt4/text-of-2002"]),
    // Exchange 5.5 has it, on both systems.
    (
        "c03",
        Part(parts::everybody_is_asked_at_once),
        &[
            "exchange-5.5/relays/exchange-5.5-on-nt4-restricted/null-session",
            "exchange-5.5/relays/exchange-5.5-on-nt4-restricted/unauthorized-account",
            "exchange-5.5/relays/exchange-5.5-on-windows-2000-restricted/null-session",
            "exchange-5.5/relays/exchange-5.5-on-windows-2000-restricted/unauthorized-account",
        ],
    ),
    ("c03", Part(parts::nothing_goes_out), &["exchange-5.5/relays"]),
    ("c03", Part(parts::everything_goes_out), &["exchange-5.5/refuses"]),
    // Exchange 2000 does not have it.
    (
        "c04",
        Part(parts::nobody_is_asked),
        &["exchange-2000/refuses/null-session", "exchange-2000/refuses/unauthorized-account"],
    ),
    ("c04", Part(parts::everything_goes_out), &["exchange-2000/refuses"]),
    ("c04", Part(parts::check_says_no), &["exchange-2000/serves"]),
    // Exchange 5.0 cannot decide by authentication.
    (
        "c05",
        Part(parts::everyone_has_auth),
        &["exchange-5.0/rerouting/null-session", "exchange-5.0/not-rerouting/null-session"],
    ),
    ("c05", Part(parts::nothing_goes_out_for_strangers), &["exchange-5.0/rerouting", "exchange-5.0/advice-rerouting"]),
    ("c05", Part(parts::switch_is_without_effect), &["exchange-5.0/not-rerouting"]),
    (
        "c05",
        Advice(|right, host, listeners, on| advice::product_is_affected(right, host, listeners, on, "exchange-5.0")),
        &["exchange-5.0/advice-rerouting"],
    ),
    // Windows XP Professional does not have it.
    (
        "c06",
        Part(parts::nobody_is_asked),
        &["windows-xp/refuses/null-session", "windows-xp/refuses/unauthorized-account"],
    ),
    ("c06", Part(parts::check_says_no), &["windows-xp/serves"]),
    (
        "c06",
        Advice(|right, host, listeners, on| advice::product_is_affected(right, host, listeners, on, "windows-xp-smtp")),
        &["windows-xp/advice"],
    ),
    ("c06", Advice(advice::ms02_012_is_forgotten), &["windows-xp/advice"]),
    // The check alone decides.
    ("c07", Part(parts::nobody_is_asked), &["cause/same-credentials"]),
    ("c07", Part(parts::everybody_is_asked_later), &["cause/same-credentials"]),
    ("c07", Part(parts::any_password_will_do), &["windows-2000/refuses/wrong-password", "nt4/refuses/wrong-password"]),
    ("c07", Part(parts::guest_is_always_enabled), &["windows-2000/refuses/guest", "nt4/refuses/guest"]),
    // Whoever can authenticate relays.
    (
        "c08",
        Part(parts::everybody_is_asked_later),
        &[
            "windows-2000/relays/null-session",
            "windows-2000/relays/unauthorized-account",
            "windows-2000/guest-enabled",
            "nt4/relays/null-session",
            "exchange-5.5/relays/exchange-5.5-on-nt4-restricted/null-session",
        ],
    ),
    ("c08", Part(parts::guest_is_never_enabled), &["windows-2000/guest-enabled"]),
    (
        "c08",
        Part(parts::nobody_authenticates),
        &["windows-2000/relays", "nt4/relays", "exchange-5.5/relays", "windows-2000/guest-enabled"],
    ),
    // The mail leaves as the server's own.
    ("c09", Part(parts::trace_names_another), &["effect/trace"]),
    ("c09", Part(parts::no_trace_is_left), &["effect/trace"]),
    ("c09", Part(parts::many_are_too_many), &["effect/many-recipients"]),
    ("c09", Part(parts::sender_has_to_be_ones_own), &["effect/forged-sender"]),
    ("c09", Part(parts::foreign_mail_is_passed_inside), &["effect"]),
    // Nothing beyond it.
    (
        "c10",
        Part(parts::queues_are_given_out),
        &[
            "bounds/commands/nt4-option-pack/turn",
            "bounds/commands/nt4-option-pack/atrn-elsewhere.example",
            "bounds/commands/windows-2000/turn",
            "bounds/commands/windows-2000/atrn-elsewhere.example",
            "bounds/commands/exchange-5.5-on-nt4-restricted/turn",
            "bounds/commands/exchange-5.5-on-nt4-restricted/atrn-elsewhere.example",
        ],
    ),
    (
        "c10",
        Part(parts::lists_are_expanded),
        &[
            "bounds/commands/nt4-option-pack/expn-staff",
            "bounds/commands/windows-2000/expn-staff",
            "bounds/commands/exchange-5.5-on-nt4-restricted/expn-staff",
        ],
    ),
    ("c10", Part(parts::anybody_is_any_mailbox), &["bounds/another-mailbox"]),
    // Relaying where it is meant.
    ("c11", Part(parts::gateway_is_shut), &["gateway"]),
    ("c11", Part(parts::switch_is_without_effect), &["gateway/own-domain-only"]),
    ("c11", Part(parts::foreign_mail_is_passed_inside), &["gateway/own-domain-only"]),
    // Only where the service runs, as it does by default.
    ("c12", Advice(advice::services_always_run), &["windows-2000/not-running"]),
    ("c12", Part(parts::nothing_goes_out), &["windows-2000/relays", "windows-2000/advice"]),
    ("c13", Advice(advice::services_always_run), &["nt4/without-option-pack"]),
    (
        "c13",
        Advice(|right, host, listeners, on| {
            advice::product_is_not_named(right, host, listeners, on, "nt4-option-pack-smtp")
        }),
        &["nt4/advice"],
    ),
    ("c13", Part(parts::nothing_goes_out), &["nt4/relays"]),
    // Exchange 5.5 at install: answers, has the flaw, and relays as its routing setting says.
    (
        "c14",
        Part(parts::everybody_is_asked_at_once),
        &["exchange-5.5/at-install/null-session", "exchange-5.5/at-install/unauthorized-account"],
    ),
    ("c14", Part(parts::nothing_goes_out_for_strangers), &["exchange-5.5/at-install-anonymous"]),
    ("c14", Advice(advice::settings_are_not_advised), &["exchange-5.5/at-install-advice"]),
    ("c14", Advice(advice::patches_are_not_advised), &["exchange-5.5/at-install-advice"]),
    // 5.5 can relay for those who authenticate and for nobody else.
    ("c15", Part(parts::everything_goes_out), &["exchange-5.5/authenticated-only/anonymous", "exchange-5.5/refuses"]),
    ("c15", Part(parts::check_says_no), &["exchange-5.5/authenticated-only/authorized-account"]),
    ("c15", Part(parts::nothing_goes_out_for_strangers), &["exchange-5.5/unrestricted/anonymous"]),
    // 5.0 cannot.
    ("c16", Part(parts::nothing_goes_out_for_strangers), &["exchange-5.0/rerouting"]),
    ("c16", Part(parts::switch_is_without_effect), &["exchange-5.0/not-rerouting"]),
    // What protects a 5.0.
    ("c17", Advice(advice::settings_are_not_advised), &["exchange-5.0/advice-rerouting"]),
    ("c17", Advice(advice::switch_is_always_advised), &["exchange-5.0/advice-not-rerouting"]),
    ("c17", Part(parts::switch_is_without_effect), &["exchange-5.0/advice-not-rerouting"]),
    // What the switch costs.
    ("c18", Part(parts::gateway_is_shut), &["exchange-5.0/pop-client-own-domain"]),
    ("c18", Part(parts::switch_is_without_effect), &["exchange-5.0/pop-client-elsewhere"]),
    ("c18", Part(parts::nothing_goes_out), &["exchange-5.0/pop-client-rerouting"]),
    // And whom it does not.
    ("c19", Part(parts::mapi_is_shut_too), &["exchange-5.0/mapi"]),
    ("c19", Part(parts::mapi_mail_stays_inside), &["exchange-5.0/mapi"]),
    // Exchange 5.5 on Windows 2000: the connector's patch, and only that.
    (
        "c20",
        Part(parts::nobody_is_asked),
        &[
            "exchange-5.5/windows-2000-patches/exchange-5.5-on-windows-2000-restricted-connector-patch",
            "exchange-5.5/windows-2000-patches/exchange-5.5-on-windows-2000-restricted-both-patches",
            "exchange-5.5/two-listeners/connector",
        ],
    ),
    (
        "c20",
        Part(parts::everybody_is_asked_later),
        &[
            "exchange-5.5/windows-2000-patches/exchange-5.5-on-windows-2000-restricted",
            "exchange-5.5/windows-2000-patches/exchange-5.5-on-windows-2000-restricted-windows-patch",
            "exchange-5.5/two-listeners/native",
        ],
    ),
    (
        "c20",
        Advice(advice::windows_patch_for_everybody),
        &["exchange-5.5/windows-2000-advice", "exchange-5.5/two-listeners-advice"],
    ),
    (
        "c20",
        Advice(advice::patches_are_overlooked),
        &[
            "exchange-5.5/windows-2000-advice/exchange-5.5-on-windows-2000-restricted-connector-patch",
            "exchange-5.5/windows-2000-advice/exchange-5.5-on-windows-2000-restricted-both-patches",
            "exchange-5.5/two-listeners-advice",
        ],
    ),
    // Exchange 2000 needs no patch for this.
    (
        "c21",
        Part(parts::nobody_is_asked),
        &["exchange-2000/refuses/null-session", "exchange-2000/refuses/unauthorized-account"],
    ),
    ("c21", Part(parts::check_says_no), &["exchange-2000/serves"]),
    (
        "c21",
        Advice(|right, host, listeners, on| advice::product_is_affected(right, host, listeners, on, "exchange-2000")),
        &["exchange-2000/advice"],
    ),
    ("c21", Advice(advice::ms02_012_is_forgotten), &["exchange-2000/advice"]),
    ("c21", Advice(advice::patches_are_not_advised), &["exchange-2000/advice"]),
    // The patch puts the check in.
    (
        "c22",
        Part(parts::check_says_yes),
        &[
            "patch/refuses/nt4-option-pack-patched/null-session",
            "patch/refuses/nt4-option-pack-patched/unauthorized-account",
            "patch/refuses/windows-2000-patched/null-session",
            "patch/refuses/windows-2000-patched/unauthorized-account",
            "patch/refuses/exchange-5.5-on-nt4-restricted-patched/null-session",
            "patch/refuses/exchange-5.5-on-nt4-restricted-patched/unauthorized-account",
            "patch/refuses/exchange-5.5-on-windows-2000-restricted-connector-patch/null-session",
            "patch/refuses/exchange-5.5-on-windows-2000-restricted-connector-patch/unauthorized-account",
        ],
    ),
    ("c22", Part(parts::check_says_no), &["patch/serves"]),
    ("c22", Part(parts::everything_goes_out), &["patch/refuses"]),
    // One Windows patch for both bulletins.
    ("c23", Part(parts::chunks_are_never_checked), &["patch/bdat-patched"]),
    ("c23", Part(parts::chunks_are_always_checked), &["patch/bdat-unpatched"]),
    ("c23", Part(parts::service_survives), &["patch/bdat-unpatched", "patch/bdat-patched"]),
    ("c23", Advice(advice::one_patch_a_bulletin), &["patch/one-patch"]),
    ("c23", Advice(advice::patches_are_overlooked), &["patch/one-patch"]),
    ("c23", Advice(advice::ms02_012_is_forgotten), &["patch/one-patch"]),
    // An ordinary session works everywhere.
    ("c24", Part(parts::greeting_turns_away), &["protocol/ordinary-session"]),
    ("c24", Part(parts::data_is_not_begun), &["protocol/ordinary-session"]),
    ("c24", Part(parts::quit_is_not_known), &["protocol/ordinary-session"]),
    ("c24", Part(parts::gateway_is_shut), &["protocol/ordinary-session"]),
];

/// Wrong parts under which nothing is seen that could deviate: a server that turns everyone away, mail that was taken
/// and never seen again. These cases have to come out inconclusive.
const SILENT: &[Row] = &[
    ("c12", Part(parts::greeting_turns_away), &["windows-2000/relays"]),
    ("c13", Part(parts::greeting_turns_away), &["nt4/relays"]),
    ("c18", Part(parts::nothing_is_returned), &["exchange-5.0/pop-client-elsewhere"]),
];

/// The cases meant, on models with the wrong part in them. Cases do not depend on one another, so the rest of the
/// record would show nothing more.
fn record_with(wrong: Wrong, beginnings: &[&str]) -> Vec<CaseResult> {
    let selectors: Vec<String> = beginnings.iter().map(|beginning| format!("bulletin/{beginning}")).collect();
    let suite = suite().select(&selectors).unwrap();
    let (options, advisor) = match wrong {
        Part(change) => (BenchOptions { change_components: Some(Arc::new(change)), ..BenchOptions::default() }, None),
        Advice(by) => {
            let advisor: Arc<dyn Advisor> = Arc::new(Misled { by, right: Bulletins::built_in().unwrap() });
            (BenchOptions::default(), Some(advisor))
        }
    };
    let Outcome { results, faults } = record(&suite, options, advisor);
    assert!(faults.is_empty(), "{faults:#?}");
    results
}

/// What survived of a row: cases that had to come to `expected` and did not.
fn survivors((claim, wrong, beginnings): Row, expected: Verdict) -> Vec<String> {
    let results = record_with(wrong, beginnings);
    let tag = format!("ms02-011-{claim}");
    let carries = |result: &CaseResult| {
        let case = suite().cases().iter().find(|case| case.requirement.id == result.requirement.id);
        case.is_some_and(|case| case.tags.contains(&tag))
    };
    let mut survivors = Vec::new();
    for beginning in beginnings {
        let is_meant = |result: &&CaseResult| {
            let rest = result.requirement.id.0.strip_prefix("bulletin/").and_then(|id| id.strip_prefix(beginning));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let meant: Vec<&CaseResult> = results.iter().filter(is_meant).collect();
        assert!(meant.iter().any(|result| carries(result)), "no case of {claim} begins with {beginning}");
        let green = meant.iter().filter(|result| result.judgement.verdict != expected);
        survivors.extend(green.map(|result| result.requirement.id.0.clone()));
    }
    survivors
}

#[test]
fn every_mutant_turns_the_cases_of_its_claim_red() {
    assert_none_survives(MUTANTS, Verdict::Deviates);
}

#[test]
fn what_shows_nothing_is_not_green() {
    assert_none_survives(SILENT, Verdict::Inconclusive);
}

fn assert_none_survives(rows: &[Row], expected: Verdict) {
    let survived: Vec<(usize, &str, Vec<String>)> = rows
        .iter()
        .enumerate()
        .map(|(row, mutant)| (row, mutant.0, survivors(*mutant, expected)))
        .filter(|(_, _, survivors)| !survivors.is_empty())
        .collect();
    assert!(survived.is_empty(), "{survived:#?}");
}

/// Without a wrong part nothing turns red: it is the wrong parts that the table above sees.
#[test]
fn a_right_part_survives() {
    let row: Row = ("c01", Part(|parts| parts), &["windows-2000/relays", "windows-2000/refuses"]);
    assert_eq!(survivors(row, Verdict::Deviates).len(), 6);
    let row: Row = ("c12", Advice(|right, host, listeners, on| right.advise(host, listeners, on)), &["windows-2000"]);
    let all = suite().select(&["bulletin/windows-2000".to_owned()]).unwrap();
    assert_eq!(survivors(row, Verdict::Deviates).len(), all.cases().len());
}

#[test]
fn every_claim_has_a_mutant() {
    let with: BTreeSet<&str> = MUTANTS.iter().map(|(claim, _, _)| *claim).collect();
    let all: Vec<String> = (1..=24).map(|number| format!("c{number:02}")).collect();
    assert_eq!(with.into_iter().collect::<Vec<_>>(), all);
}
