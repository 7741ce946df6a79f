//! What is wrong with a feature file, as a user sees it.

use rstest::rstest;
use smtpspec::feature::{FeatureText, Suite};

use super::bench::{load, rendered};
use super::catalogue;

fn complaint(text: &str) -> String {
    match Suite::load([FeatureText::new("cases/own.feature", text)], &catalogue()) {
        Ok(suite) => panic!("nothing is wrong with {} cases", suite.cases().len()),
        Err(wrong) => rendered(&wrong),
    }
}

const FINE: &str = "\
Feature: Ours
  @id:greeting
  Scenario: It greets
    Given the mail server
    When the client connects
    Then the greeting has the code 220
";

/// `FINE` with a piece of it written otherwise.
fn fine_but(piece: &str, other: &str) -> String {
    assert!(FINE.contains(piece));
    FINE.replace(piece, other)
}

#[rstest]
#[case::misspelt_scenario("misspelt-scenario", "Scenario:", "Senario:")]
#[case::misspelt_feature("misspelt-feature", "Feature:", "Faeture:")]
#[case::misspelt_given("misspelt-given", "Given", "Gven")]
#[case::misspelt_then("misspelt-then", "Then the", "Than the")]
#[case::no_step_word("no-step-word", "When the client", "the client")]
#[case::undefined_step("undefined-step", "the client connects", "the client conects")]
#[case::undefined_role("undefined-role", "the client connects", "the nul session sends mail to the remote recipient")]
#[case::undefined_far("undefined-far", "the client connects", "pigs fly over Redmond, twice")]
#[case::unknown_deployment("unknown-deployment", "the mail server", "the deployment windows-200")]
#[case::unknown_listener(
    "unknown-listener",
    "the mail server",
    "the deployment exchange-5.5-and-native-service:conector"
)]
#[case::no_listener("no-listener", "the mail server", "the deployment exchange-5.5-and-native-service")]
#[case::missing_id("missing-id", "  @id:greeting\n", "")]
#[case::wrong_id("wrong-id", "@id:greeting", "@id:Greeting")]
#[case::near_miss_tag("near-miss-tag", "@id:greeting", "@id:greeting @musst")]
#[case::no_such_claim("no-such-claim", "@id:greeting", "@id:greeting @ms02-011-c25")]
#[case::id_on_feature("id-on-feature", "Feature:", "@id:all\nFeature:")]
#[case::no_then("no-then", "    Then the greeting has the code 220\n", "")]
#[case::no_subject("no-subject", "    Given the mail server\n", "")]
#[case::two_subjects("two-subjects", "    When", "    And the deployment windows-2000\n    When")]
#[case::second_feature("second-feature", "    Given", "    Given the mail server\nFeature: Two\n    Given")]
#[case::other_language("other-language", "Feature:", "# language: fr\nFeature:")]
#[case::loose_tag("loose-tag", "    Given", "    @must\n    Given")]
#[case::endless_doc_string("endless-doc-string", "    When", "    \"\"\"\n    When")]
#[case::loose_doc_string("loose-doc-string", "  @id", "  \"\"\"\n  prose\n  \"\"\"\n  @id")]
#[case::table_under_a_step("table-under-a-step", "    When", "      | address | 192.0.2.1 |\n    When")]
#[case::doc_string_under_a_step(
    "doc-string-under-a-step",
    "code 220\n",
    "code 220\n\n      # said\n      \"\"\"\n      220 ready\n      \"\"\"\n"
)]
#[case::outline_without_examples("outline-without-examples", "Scenario:", "Scenario Outline:")]
fn a_slip_is_shown_where_it_is(#[case] name: &str, #[case] piece: &str, #[case] other: &str) {
    insta::assert_snapshot!(name, complaint(&fine_but(piece, other)));
}

/// One run tells all: what is wrong with the tags hides nothing of what is wrong with the steps.
#[rstest]
#[case::no_id("  @id:greeting\n", "")]
#[case::wrong_id("@id:greeting", "@id:Greeting")]
#[case::wrong_tag("@id:greeting", "@id:greeting @musst")]
#[case::no_then("    Then the greeting has the code 220\n", "")]
fn a_slip_elsewhere_hides_no_step(#[case] piece: &str, #[case] other: &str) {
    let told = complaint(&fine_but(piece, other).replace("the client connects", "the client conects"));
    assert_eq!(told.matches("error: ").count(), 2, "{told}");
    assert!(told.contains("there is no such step"), "{told}");
}

#[rstest]
#[case::with_a_deployment("the deployment windows-2000", "deployments or about a file that it makes up")]
#[case::with_the_mail_server("the mail server", "the mail server or about a file that it makes up")]
fn a_case_about_a_file_is_about_nothing_else(#[case] subject: &str, #[case] says: &str) {
    let file = "    Given a deployment file that puts exchange-2000 on windows-nt4\n    Given";
    let told = complaint(&fine_but("    Given", file).replace("the mail server", subject));
    assert!(told.contains(&format!("a case is about {says}, not both")), "{told}");
}

const OUTLINE: &str = "\
Feature: Ours
  @id:relay
  Scenario Outline: <role> is <fate>
    Given the deployment windows-2000
    When <role> sends mail to the remote recipient
    Then the mail is <fate>

    Examples:
      | role                | fate    |
      | an anonymous client | refused |
      | the null session    | relayed |
";

#[rstest]
#[case::unknown_placeholder("unknown-placeholder", "When <role>", "When <roll>")]
#[case::unused_column("unused-column", "| fate    |\n      | an", "| fate    | why |\n      | an")]
#[case::row_too_short("row-too-short", "| the null session    | relayed |", "| the null session    |")]
#[case::word_in_a_row("word-in-a-row", "| relayed |", "| rejected |")]
#[case::same_values("same-values", "| the null session    | relayed |", "| an anonymous client | relayed |")]
#[case::step_behind_examples("step-behind-examples", "| relayed |\n", "| relayed |\n    And nothing answers\n")]
#[case::row_of_nothing("row-of-nothing", "    Given", "    | a |\n    Given")]
fn a_slip_in_an_outline_is_shown_where_it_is(#[case] name: &str, #[case] piece: &str, #[case] other: &str) {
    assert!(OUTLINE.contains(piece));
    let mut text = OUTLINE.replace(piece, other);
    if name == "unused-column" {
        text = text.replace("| refused |", "| refused | x |").replace("| relayed |", "| relayed | x |");
    }
    insta::assert_snapshot!(name, complaint(&text));
}

#[rstest]
#[case::empty("empty", "")]
#[case::prose("prose", "Who may relay through our server?\n")]
#[case::no_scenario("no-scenario", "Feature: Ours\n  Nothing yet.\n")]
#[case::no_steps("no-steps", "Feature: Ours\n  @id:a\n  Scenario: One\n")]
#[case::duplicate_id(
    "duplicate-id",
    "\
Feature: Ours
  @id:greeting
  Scenario: It greets
    Given the mail server
    When the client connects
    Then the greeting has the code 220

  @id:greeting
  Scenario: It greets again
    Given the mail server
    When the client connects
    Then the greeting has the code 220
"
)]
fn a_file_that_lacks_something_is_told_what(#[case] name: &str, #[case] text: &str) {
    insta::assert_snapshot!(name, complaint(text));
}

#[test]
fn an_id_is_given_once_over_all_files() {
    let texts = ["one/own.feature", "two/own.feature"].map(|name| FeatureText::new(name, FINE));
    let wrong = Suite::load(texts, &catalogue()).unwrap_err();
    insta::assert_snapshot!("duplicate-id-over-files", rendered(&wrong));
}

#[rstest]
#[case::byte_order_mark(format!("\u{feff}{FINE}"))]
#[case::carriage_returns(FINE.replace('\n', "\r\n"))]
#[case::no_line_feed_at_the_end(FINE.trim_end().to_owned())]
#[case::comment_in_front(format!("# ours\n\n{FINE}"))]
#[case::foreign_tag(fine_but("@id:greeting", "@nightly @id:greeting @owner:mail"))]
#[case::prose_that_begins_like_a_step(fine_but("    Given", "    The server speaks first.\n\n    Given"))]
#[case::prose_with_a_colon(fine_but("  @id:greeting", "  Mind: RFC 5321 says so.\n\n  @id:greeting"))]
#[case::stars(fine_but("220\n", "220\n    * the greeting has the code 220\n    And the greeting has the code 220\n"))]
#[case::star_behind_given(fine_but("    When", "    * the server offers SIZE\n    When"))]
#[case::rule(fine_but("  @id:greeting", "  Rule: Manners\n\n  @id:greeting"))]
#[case::background(
    fine_but("    Given the mail server\n", "")
        .replace("  @id:greeting", "  Background:\n    Given the mail server\n\n  @id:greeting")
)]
fn what_is_no_slip_is_read(#[case] text: String) {
    let suite = load(vec![FeatureText::new("cases/own.feature", &text)]);
    let ids: Vec<&str> = suite.cases().iter().map(|case| case.requirement.id.0.as_str()).collect();
    assert_eq!(ids, ["own/greeting"]);
}

/// RFC 3339 5.7: February has 28 days in 2002.
#[test]
fn a_day_that_is_none_is_told() {
    let text = FINE
        .replace("the mail server", "the deployment windows-2000")
        .replace("the client connects", "advice of 2002-02-30 is asked for")
        .replace("the greeting has the code 220", "nothing is advised");
    let said = complaint(&text);
    assert!(said.contains("`2002-02-30` is no date") && said.contains("own.feature:5:20"), "{said}");
}
