//! Which cases a selector means.

use rstest::rstest;
use smtpspec::feature::{FeatureText, Suite};

use super::bench::load;
use super::suite;

fn ids(suite: &Suite) -> Vec<&str> {
    suite.cases().iter().map(|case| case.requirement.id.0.as_str()).collect()
}

fn select(selectors: &[&str]) -> Suite {
    suite().select(&selectors.iter().map(|selector| (*selector).to_owned()).collect::<Vec<_>>()).unwrap()
}

#[test]
fn without_a_selector_all_are_meant() {
    assert_eq!(ids(&select(&[])), ids(suite()));
}

#[rstest]
#[case::whole("requirements/relay/guest")]
#[case::first_segment_left_out("relay/guest")]
fn an_id_means_its_case(#[case] selector: &str) {
    assert_eq!(ids(&select(&[selector])), ["requirements/relay/guest"]);
}

#[rstest]
#[case::kind("requirements", |id: &str| id.starts_with("requirements/"))]
#[case::other_kind("bulletin/", |id: &str| id.starts_with("bulletin/"))]
#[case::theme("requirements/session", |id: &str| id.starts_with("requirements/session/"))]
#[case::theme_left_alone("windows-2000", |id: &str| id.starts_with("bulletin/windows-2000/"))]
fn a_beginning_means_what_begins_with_it(#[case] selector: &str, #[case] meant: fn(&str) -> bool) {
    let expected: Vec<&str> = ids(suite()).into_iter().filter(|id| meant(id)).collect();
    assert!(!expected.is_empty());
    assert_eq!(ids(&select(&[selector])), expected);
}

/// The claims' tags are counted in the files themselves.
#[test]
fn a_claim_means_the_cases_that_carry_it() {
    let tagged = |case: &&smtpspec::feature::Case| case.tags.iter().any(|tag| tag == "ms02-011-c18");
    let expected: Vec<&str> =
        suite().cases().iter().filter(tagged).map(|case| case.requirement.id.0.as_str()).collect();
    assert_eq!(ids(&select(&["c18"])), expected);
    assert_eq!(ids(&select(&["@ms02-011-c18"])), expected);
    assert_eq!(ids(&select(&["ms02-011-c18"])), expected);
    assert_eq!(expected.len(), 5);
}

const OWN: &str = "\
Feature: Ours
  @id:relay @must
  Scenario Outline: <role> is refused
    Given the deployment windows-2000
    When <role> sends mail to the remote recipient
    Then the mail is refused

    Examples:
      | role                |
      | an anonymous client |
      | the guest           |

  @id:other
  Scenario: The service answers
    Given the deployment windows-2000
    When the client connects
    Then the greeting has the code 220
";

#[rstest]
#[case::file("own.feature", &["own/relay/anonymous", "own/relay/guest", "own/other"])]
#[case::path("cases/own.feature", &["own/relay/anonymous", "own/relay/guest", "own/other"])]
#[case::tags("cases/own.feature:2", &["own/relay/anonymous", "own/relay/guest"])]
#[case::step("cases/own.feature:5", &["own/relay/anonymous", "own/relay/guest"])]
#[case::header("cases/own.feature:9", &["own/relay/anonymous", "own/relay/guest"])]
#[case::row("cases/own.feature:11", &["own/relay/guest"])]
#[case::scenario("cases/own.feature:16", &["own/other"])]
#[case::tag("@must", &["own/relay/anonymous", "own/relay/guest"])]
fn a_place_means_what_stands_there(#[case] selector: &str, #[case] expected: &[&str]) {
    let suite = load(vec![FeatureText::new("my/cases/own.feature", OWN)]);
    assert_eq!(ids(&suite.select(&[selector.to_owned()]).unwrap()), expected);
}

#[test]
fn several_selectors_mean_all_of_theirs_once_in_order() {
    let both = select(&["relay/guest", "requirements/relay/anonymous", "relay/guest"]);
    assert_eq!(ids(&both), ["requirements/relay/anonymous", "requirements/relay/guest"]);
}

#[rstest]
#[case::id("requirements/rely/guest", "did you mean `requirements/relay/guest`?")]
#[case::part_of_a_segment("requirements/rel", "did you mean `requirements/relay`?")]
#[case::tag("@musst", "did you mean `@must`?")]
#[case::file("features/requirements/realy.feature", "did you mean `features/requirements/relay.feature`?")]
#[case::claim_that_there_is_not("c25", "claims are c01 to c24")]
#[case::claim_in_full("ms02-011-c25", "claims are c01 to c24")]
#[case::tag_of_a_claim("@ms02-011-c00", "claims are c01 to c24")]
#[case::claim("c8", "did you mean `c08`?")]
#[case::tag_without_its_sign("must", "a tag is typed with `@` in front: did you mean `@must`?")]
#[case::nothing_near("xyzzy", "`smtpspec list cases` prints all there are")]
fn what_means_nothing_is_an_error_with_the_nearest(#[case] selector: &str, #[case] remedy: &str) {
    let wrong = suite().select(&[selector.to_owned()]).unwrap_err();
    assert_eq!(wrong.len(), 1);
    assert!(wrong[0].title.contains(selector));
    assert_eq!(wrong[0].remedy.as_deref(), Some(remedy));
}
