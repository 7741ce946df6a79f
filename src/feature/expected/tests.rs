use std::sync::LazyLock;
use std::time::Duration;

use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::feature::text::FeatureText;
use crate::judge::fixture::judgement_of;
use crate::judge::{Level, Requirement};
use crate::reference::deployment::catalogue::Catalogue;

/// Cases by their ids alone: the file's name stands in front of what `@id:` gives.
static SUITE: LazyLock<Suite> = LazyLock::new(|| {
    let steps = "  Given the mail server\n  When the client connects\n  Then the greeting has the code 220\n";
    let scenario = |id: &str| {
        let rest = id.strip_prefix("ours/").unwrap();
        format!("@id:{rest} @must\nScenario: {id}\n{steps}\n")
    };
    let text = format!("Feature: F\n\n{}", IDS.map(scenario).concat());
    Suite::load([FeatureText::new("ours.feature", &text)], &Catalogue::default()).unwrap()
});

const IDS: [&str; 5] = ["ours/relay/guest", "ours/relay/anonymous", "ours/relay/deep/one", "ours/local", "ours/relays"];

fn read(text: &str) -> Expected {
    Expected::read("expected.yaml", text, &SUITE).unwrap()
}

fn names(targets: &[&str]) -> Vec<TargetName> {
    targets.iter().map(|name| TargetName((*name).to_owned())).collect()
}

fn result(id: &str, target: &str, verdict: Verdict) -> CaseResult {
    let (sentence, place) = (String::new(), String::new());
    let id = CaseId(id.to_owned());
    CaseResult {
        requirement: Requirement { id, sentence, sources: Vec::new(), level: Level::Must, place },
        target: target.to_owned(),
        role: None,
        authentication: None,
        fate: None,
        judgement: judgement_of(verdict, ""),
        transcript: None,
        deciding_entry: None,
        took: Duration::ZERO,
    }
}

fn places(diagnostics: &[Diagnostic]) -> Vec<String> {
    diagnostics.iter().map(|diagnostic| diagnostic.source.as_ref().unwrap().to_string()).collect()
}

/// docs/expected.md, "Which line holds": the one that says most of the id, then the one for the target.
#[rstest]
#[case::whole_id("ours/relay/guest", "lab", Some("of the guest"))]
#[case::longer_beginning("ours/relay/deep/one", "lab", Some("of deep ones"))]
#[case::beginning("ours/relay/anonymous", "lab", Some("of relaying"))]
#[case::whole_segments_only("ours/relays", "lab", Some("of ours"))]
#[case::of_the_target("ours/local", "lab", Some("of the lab"))]
#[case::of_another_target("ours/local", "attic", Some("of ours"))]
#[case::none("theirs/relay", "lab", None)]
fn the_line_that_says_most_of_the_id_holds(#[case] id: &str, #[case] target: &str, #[case] expected: Option<&str>) {
    let file = read(
        "ours/*: of ours\nours/relay/guest: of the guest\nours/relay/*: of relaying\nours/relay/deep/*: of deep ones\n\
         ours/local:\n  lab: of the lab\n",
    );
    let listed = file.listed(&CaseId(id.to_owned()), target);
    assert_eq!(listed.map(|listed| listed.reason).as_deref(), expected);
}

#[test]
fn what_is_listed_has_its_place() {
    let file = read("# known\nours/relay/guest: why\nours/local: { attic: why, lab: because }\n");
    let place = |id: &str, target: &str| file.listed(&CaseId(id.to_owned()), target).unwrap().place;
    assert_eq!(place("ours/relay/guest", "lab"), "expected.yaml:2:1");
    assert_eq!(place("ours/local", "lab"), "expected.yaml:3:27");
}

#[rstest]
#[case::misspelt("ours/relay/gest: x\n", "did you mean `ours/relay/guest`?", "expected.yaml:1:1")]
#[case::misspelt_beginning("\nours/rely/*: x\n", "did you mean `ours/relay/*`?", "expected.yaml:2:1")]
#[case::without_star("ours/relay: x\n", "did you mean `ours/relay/*`, all cases below it?", "expected.yaml:1:1")]
#[case::not_whole(
    "relay/guest: x\n",
    "an id is written whole here: did you mean `ours/relay/guest`?",
    "expected.yaml:1:1"
)]
#[case::nothing_like_it("x: x\n", "`smtpspec list cases` prints all there are", "expected.yaml:1:1")]
#[case::star_within("ours/*/guest: x\n", "`smtpspec list cases` prints all there are", "expected.yaml:1:1")]
#[case::no_reason("ours/local:\n", "write behind the colon why that is known and accepted", "expected.yaml:1:1")]
#[case::blank_reason("ours/local: ' '\n", "write behind the colon why that is known and accepted", "expected.yaml:1:1")]
#[case::no_targets("ours/local: {}\n", "write behind the colon why that is known and accepted", "expected.yaml:1:1")]
#[case::no_reason_of_a_target(
    "ours/local:\n  lab:\n",
    "write behind the colon why that is known and accepted",
    "expected.yaml:2:3"
)]
#[case::twice("ours/local: x\nours/local: y\n", "keep one of the two", "expected.yaml:2:1")]
#[case::list("ours/local: [x]\n", "write a reason, or a reason for each target", "expected.yaml:1:1")]
#[case::no_lines(
    "just words\n",
    "write each key on a line of its own, indented, as in `name: value`",
    "expected.yaml:1:1"
)]
fn a_wrong_line_is_told_with_its_place(#[case] text: &str, #[case] remedy: &str, #[case] place: &str) {
    let wrong = Expected::read("expected.yaml", text, &SUITE).unwrap_err();
    assert_eq!(wrong.len(), 1, "{wrong:#?}");
    assert_eq!(wrong[0].remedy.as_deref(), Some(remedy));
    assert_eq!(places(&wrong), [place]);
}

#[test]
fn all_mistakes_are_told_in_their_order() {
    let text = "ours/local: x\nours/relay/gest: x\nours/relay/guest:\nours/local: y\n";
    let wrong = Expected::read("expected.yaml", text, &SUITE).unwrap_err();
    assert_eq!(places(&wrong), ["expected.yaml:2:1", "expected.yaml:3:1", "expected.yaml:4:1"]);
}

#[rstest]
#[case("")]
#[case("# all is well\n\n")]
fn a_file_without_a_line_expects_nothing(#[case] text: &str) {
    assert_eq!(read(text).listed(&CaseId("ours/local".to_owned()), "lab"), None);
}

#[test]
fn a_target_that_is_not_of_the_run_is_told() {
    let file = read("ours/local: { lab: x, atic: y, elsewhere: z }\n");
    let wrong = file.check(&SUITE, &names(&["lab", "attic"])).unwrap_err();
    assert_eq!(places(&wrong), ["expected.yaml:1:23", "expected.yaml:1:32"]);
    assert_eq!(wrong[0].remedy.as_deref(), Some("did you mean `attic`?"));
    assert!(wrong[1].remedy.as_deref().unwrap().starts_with("name one of them"), "{wrong:#?}");
}

/// Such a line could not be found stale.
#[test]
fn a_line_that_never_tells_is_told() {
    let file = read("ours/relay/deep/*: x\nours/relay/deep/one: y\n");
    let wrong = file.check(&SUITE, &names(&["lab"])).unwrap_err();
    assert_eq!(places(&wrong), ["expected.yaml:1:1"]);
    let of_a_target = read("ours/relay/deep/*: x\nours/relay/deep/one: { lab: y }\n");
    assert_eq!(of_a_target.check(&SUITE, &names(&["lab", "attic"])), Ok(()));
    assert!(of_a_target.check(&SUITE, &names(&["lab"])).is_err());
}

#[test]
fn a_listed_case_that_conforms_is_stale_and_only_that() {
    let file = read("ours/relay/*: x\nours/local: y\nours/relays: z\n");
    let results = [
        result("ours/relay/guest", "lab", Verdict::Deviates),
        result("ours/relay/anonymous", "lab", Verdict::Conformant),
        result("ours/local", "lab", Verdict::Inconclusive),
        result("ours/relays", "lab", Verdict::Conformant),
        result("ours/relays", "attic", Verdict::Conformant),
    ];
    let stale = file.stale(&results);
    assert_eq!(places(&stale), ["expected.yaml:1:1", "expected.yaml:3:1"]);
    assert_eq!(stale[0].notes, ["ours/relay/anonymous on lab"]);
    assert!(stale[0].remedy.as_deref().unwrap().starts_with("write only the cases"), "{stale:#?}");
    assert_eq!(stale[1].notes, ["ours/relays on lab, and 1 more"]);
    assert_eq!(stale[1].remedy.as_deref(), Some("remove the line"));
    assert_eq!(file.count(&results), 1);
    assert!(file.not_run(&results).is_empty());
}

#[rstest]
#[case(Verdict::Deviates)]
#[case(Verdict::Inconclusive)]
#[case(Verdict::Skipped)]
#[case(Verdict::NotApplicable)]
fn what_could_not_be_told_is_not_stale(#[case] verdict: Verdict) {
    let results = [result("ours/local", "lab", verdict)];
    let file = read("ours/local: y\n");
    assert!(file.stale(&results).is_empty());
    assert_eq!(file.count(&results), u32::from(verdict == Verdict::Deviates));
    assert_eq!(places(&file.not_run(&[])), ["expected.yaml:1:1"]);
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(
        lines in prop::collection::vec("(ours/(relay/)?(guest|local|\\*))?[: {}\\[\\]*a-zé'\"#-]{0,12}", 0..6),
    ) {
        match Expected::read("expected.yaml", &lines.join("\n"), &SUITE) {
            Ok(file) => {
                let _ = file.check(&SUITE, &names(&["lab"]));
                for id in IDS {
                    let _ = file.listed(&CaseId(id.to_owned()), "lab");
                }
            }
            Err(wrong) => {
                prop_assert!(!wrong.is_empty());
                for diagnostic in wrong {
                    prop_assert!(!diagnostic.render(false, 80).is_empty());
                }
            }
        }
    }
}
