use std::time::Duration;

use rstest::rstest;

use super::*;
use crate::judge::fixture::{closed_server, declaration};
use crate::judge::{CaseId, Judgement, Level, Requirement, StandardRules, Verdict};

const TARGET: &str = "mail.example";

fn result(role: Option<Role>, verdict: Verdict) -> CaseResult {
    CaseResult {
        requirement: Requirement {
            id: CaseId("relay/any".to_owned()),
            sentence: "Nobody relays without a right to.".to_owned(),
            sources: Vec::new(),
            level: Level::Must,
            place: "features/requirements/relay.feature:1".to_owned(),
        },
        target: TARGET.to_owned(),
        role,
        authentication: None,
        fate: None,
        judgement: Judgement::new(verdict, "the reason"),
        transcript: None,
        deciding_entry: None,
        took: Duration::ZERO,
    }
}

/// A result a role of the matrix, in its order: `c` conformant, `d` deviates, `i` inconclusive, `s` skipped, `n` not
/// applicable, `-` no result.
fn results(verdicts: &str) -> Vec<CaseResult> {
    Role::MATRIX
        .into_iter()
        .zip(verdicts.chars())
        .filter_map(|(role, verdict)| {
            let verdict = match verdict {
                'c' => Verdict::Conformant,
                'd' => Verdict::Deviates,
                'i' => Verdict::Inconclusive,
                's' => Verdict::Skipped,
                'n' => Verdict::NotApplicable,
                _ => return None,
            };
            Some(result(Some(role), verdict))
        })
        .collect()
}

fn concluded_by(rules: &dyn Rules, verdicts: &str, declaration: &Declaration) -> Conclusion {
    let required: Vec<_> =
        rules.required_roles(declaration).into_iter().map(|role| (TARGET.to_owned(), role)).collect();
    rules.summarise(&results(verdicts), &required)
}

#[rstest]
#[case::all_conform("cccccc", 0)]
#[case::one_deviates("cdcccc", 1)]
#[case::deviates_before_inconclusive("cdiccc", 1)]
#[case::deviates_before_skipped("cdsccc", 1)]
#[case::one_stays_open("cccicc", 3)]
#[case::a_required_role_is_skipped("ccsccc", 3)]
#[case::a_required_role_does_not_apply("ccnccc", 3)]
#[case::a_required_role_has_no_case("cc-ccc", 3)]
#[case::everything_is_skipped("ssssss", 3)]
#[case::nothing_was_run("", 3)]
fn exit_code(#[case] verdicts: &str, #[case] code: u8) {
    assert_eq!(concluded_by(&StandardRules, verdicts, &declaration()).exit.code(), code);
}

#[test]
fn a_role_declared_absent_is_not_required() {
    let mut declaration = declaration();
    declaration.presence.insert(Role::NullSession, Presence::Absent);
    let conclusion = concluded_by(&StandardRules, "ccnccc", &declaration);
    assert_eq!((conclusion.exit, conclusion.unjudged), (Exit::Conformant, Vec::new()));
}

#[test]
fn a_role_the_file_does_not_give_is_required() {
    let mut declaration = declaration();
    declaration.presence.remove(&Role::UnauthorizedAccount);
    assert!(StandardRules.required_roles(&declaration).contains(&Role::UnauthorizedAccount));
}

#[test]
fn the_authorized_account_is_not_required_where_none_may_relay() {
    let conclusion = concluded_by(&StandardRules, "cccccn", &closed_server(&[]).declaration);
    assert_eq!((conclusion.exit, conclusion.unjudged), (Exit::Conformant, Vec::new()));
}

#[test]
fn a_required_role_that_ends_skipped_is_named_with_its_reason() {
    let conclusion = concluded_by(&StandardRules, "ccsc-c", &declaration());
    assert_eq!(
        conclusion.unjudged,
        [
            (TARGET.to_owned(), Role::NullSession, "nothing was judged about the null session: the reason".to_owned()),
            (
                TARGET.to_owned(),
                Role::UnauthorizedAccount,
                "nothing was judged about the unauthorized account: no case about it was run".to_owned()
            ),
        ]
    );
}

#[test]
fn a_role_judged_once_is_judged_though_another_case_of_it_was_skipped() {
    let results = [result(Some(Role::Guest), Verdict::Skipped), result(Some(Role::Guest), Verdict::Conformant)];
    let conclusion = StandardRules.summarise(&results, &[(TARGET.to_owned(), Role::Guest)]);
    assert_eq!(conclusion.exit, Exit::Conformant);
}

#[test]
fn a_role_judged_on_one_target_is_not_judged_on_another() {
    let required = [(TARGET.to_owned(), Role::Guest), ("other.example".to_owned(), Role::Guest)];
    let conclusion = StandardRules.summarise(&[result(Some(Role::Guest), Verdict::Conformant)], &required);
    assert_eq!(conclusion.exit, Exit::Inconclusive);
    assert_eq!(conclusion.unjudged.len(), 1);
}

#[rstest]
#[case::nothing_was_run("")]
#[case::nothing_applies("nnnnnn")]
#[case::everything_is_skipped("ssssss")]
fn a_run_in_which_nothing_was_judged_is_inconclusive_though_no_role_is_required(#[case] verdicts: &str) {
    assert_eq!(StandardRules.summarise(&results(verdicts), &[]).exit, Exit::Inconclusive);
}

#[test]
fn each_verdict_is_counted() {
    let mut results = results("cdisnc");
    results.push(result(None, Verdict::Conformant));
    let summary = StandardRules.summarise(&results, &[]).summary;
    assert_eq!(
        summary,
        Summary { conformant: 3, deviates: 1, expected: 0, inconclusive: 1, skipped: 1, not_applicable: 1 }
    );
}

/// Forgets a role of the matrix.
struct DropsARole;

impl Rules for DropsARole {
    fn required_roles(&self, declaration: &Declaration) -> Vec<Role> {
        let mut roles = StandardRules.required_roles(declaration);
        roles.retain(|role| *role != Role::NullSession);
        roles
    }
}

/// Counts a case that was skipped as one that passed.
struct CountsSkippedAsPassed;

impl Rules for CountsSkippedAsPassed {
    fn says_something(&self, _: Verdict) -> bool {
        true
    }
}

#[rstest]
#[case::drops_a_role_at_a_required_role_has_no_case(&DropsARole, "cc-ccc")]
#[case::drops_a_role_at_a_required_role_is_skipped(&DropsARole, "ccsccc")]
#[case::counts_skipped_as_passed_at_a_required_role_is_skipped(&CountsSkippedAsPassed, "ccsccc")]
#[case::counts_skipped_as_passed_at_everything_is_skipped(&CountsSkippedAsPassed, "ssssss")]
fn a_wrong_summary_is_noticed(#[case] mutant: &dyn Rules, #[case] verdicts: &str) {
    assert_eq!(concluded_by(&StandardRules, verdicts, &declaration()).exit, Exit::Inconclusive);
    assert_eq!(concluded_by(mutant, verdicts, &declaration()).exit, Exit::Conformant, "the mutant is no mutant");
}

/// docs/expected.md: what is expected is counted apart and decides nothing; what stayed open does.
#[rstest]
#[case::all("cd", 1, Exit::Conformant, (0, 1))]
#[case::some("cdd", 1, Exit::Deviates, (1, 1))]
#[case::none("cd", 0, Exit::Deviates, (1, 0))]
#[case::beside_what_stayed_open("cdi", 1, Exit::Inconclusive, (0, 1))]
#[case::of_nothing("cc", 1, Exit::Conformant, (0, 0))]
#[case::of_what_stayed_open("ci", 1, Exit::Inconclusive, (0, 0))]
fn what_is_expected_decides_nothing(
    #[case] verdicts: &str,
    #[case] expected: u32,
    #[case] exit: Exit,
    #[case] counts: (u32, u32),
) {
    let conclusion = StandardRules.summarise(&results(verdicts), &[]).excusing(expected);
    assert_eq!(conclusion.exit, exit);
    assert_eq!((conclusion.summary.deviates, conclusion.summary.expected), counts);
}

#[test]
fn a_required_role_without_a_verdict_keeps_a_run_open_though_its_deviations_are_expected() {
    let results = [result(Some(Role::Guest), Verdict::Deviates)];
    let required = [(TARGET.to_owned(), Role::NullSession)];
    assert_eq!(StandardRules.summarise(&results, &required).excusing(1).exit, Exit::Inconclusive);
}
