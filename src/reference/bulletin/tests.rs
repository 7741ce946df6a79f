use std::collections::BTreeSet;
use std::sync::LazyLock;

use rstest::rstest;

use super::*;
use crate::reference::deployment::catalogue::Catalogue;

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::built_in().unwrap());
static BULLETINS_READ: LazyLock<Bulletins> = LazyLock::new(|| Bulletins::built_in().unwrap());

const PATCH_W2K: &str = "Q313450";
const PATCH_E55: &str = "Q289258";
/// Which article NT 4.0's patch has is chosen (wire-facts 1: the article for the flaw itself).
const PATCH_NT4: &str = "Q310669";
const RESTRICT: &str = "Hosts and clients that successfully authenticate";
const NO_REROUTING: &str = "Do not re-route incoming SMTP mail";

/// What is expected of a listener: affected by MS02-011, by MS02-012, and the actions in order. From the claims named
/// beside each row (`bulletin-claims.md`) and, for MS02-012, wire-facts section 6.
type Row = (&'static str, bool, bool, &'static [&'static str]);

const TABLE: &[Row] = &[
    // c13
    ("nt4-without-option-pack:smtp", false, false, &[]),
    // c02, c13; MS02-012 does not list NT 4.0
    ("nt4-option-pack:smtp", true, false, &[PATCH_NT4]),
    // c22
    ("nt4-option-pack-patched:smtp", false, false, &[]),
    // c02, c08
    ("nt4-option-pack-guest-enabled:smtp", true, false, &[PATCH_NT4]),
    // c13
    ("nt4-option-pack-service-stopped:smtp", false, false, &[]),
    // c01, c12, c23
    ("windows-2000:smtp", true, true, &[PATCH_W2K]),
    // c22, c23
    ("windows-2000-patched:smtp", false, false, &[]),
    // c01, c08
    ("windows-2000-guest-enabled:smtp", true, true, &[PATCH_W2K]),
    ("windows-2000-guest-enabled-patched:smtp", false, false, &[]),
    ("windows-2000-anonymous-access-off:smtp", true, true, &[PATCH_W2K]),
    // c12
    ("windows-2000-service-stopped:smtp", false, false, &[]),
    ("windows-2000-service-not-installed:smtp", false, false, &[]),
    // c06; MS02-012 lists XP Professional
    ("windows-xp-professional:smtp", false, true, &[PATCH_W2K]),
    ("windows-xp-professional-patched:smtp", false, false, &[]),
    // c05, c16, c17
    ("exchange-5.0-rerouting:connector", false, false, &[NO_REROUTING]),
    ("exchange-5.0-not-rerouting:connector", false, false, &[]),
    // c03, c14: patch and setting; MS02-012 does not list Exchange 5.5
    ("exchange-5.5-on-nt4:connector", true, false, &[PATCH_E55, RESTRICT]),
    // c14, c22: the patch restricts nothing
    ("exchange-5.5-on-nt4-patched:connector", false, false, &[RESTRICT]),
    // c03, c15
    ("exchange-5.5-on-nt4-restricted:connector", true, false, &[PATCH_E55]),
    // c22
    ("exchange-5.5-on-nt4-restricted-patched:connector", false, false, &[]),
    // c03, c08
    ("exchange-5.5-on-nt4-restricted-guest-enabled:connector", true, false, &[PATCH_E55]),
    // KB:Q193922 order 5: a deny list alone lets everybody else
    ("exchange-5.5-on-nt4-deny-list:connector", true, false, &[PATCH_E55, RESTRICT]),
    // KB:Q193922 orders 2 to 4
    ("exchange-5.5-on-nt4-allow-list:connector", true, false, &[PATCH_E55]),
    ("exchange-5.5-on-nt4-local-addresses:connector", true, false, &[PATCH_E55]),
    ("exchange-5.5-on-nt4-deny-list-and-authenticated:connector", true, false, &[PATCH_E55]),
    ("exchange-5.5-on-nt4-allow-list-and-authenticated:connector", true, false, &[PATCH_E55]),
    ("exchange-5.5-on-nt4-all-restrictions:connector", true, false, &[PATCH_E55]),
    ("exchange-5.5-on-nt4-override-domain:connector", true, false, &[PATCH_E55]),
    // KB:Q255695: nothing is rerouted
    ("exchange-5.5-on-nt4-not-rerouting:connector", true, false, &[PATCH_E55]),
    ("exchange-5.5-on-nt4-not-rerouting-flags-left:connector", true, false, &[PATCH_E55]),
    ("exchange-5.5-on-nt4-account-matches-address:connector", true, false, &[PATCH_E55]),
    ("exchange-5.5-on-nt4-homed-only:connector", true, false, &[PATCH_E55]),
    // c14, c20
    ("exchange-5.5-on-windows-2000:connector", true, false, &[PATCH_E55, RESTRICT]),
    // c20: the connector patch alone, and the Windows patch does not stand in for it
    ("exchange-5.5-on-windows-2000-restricted:connector", true, false, &[PATCH_E55]),
    ("exchange-5.5-on-windows-2000-restricted-windows-patch:connector", true, false, &[PATCH_E55]),
    ("exchange-5.5-on-windows-2000-restricted-connector-patch:connector", false, false, &[]),
    ("exchange-5.5-on-windows-2000-restricted-both-patches:connector", false, false, &[]),
    // c20: each listener for itself
    ("exchange-5.5-and-native-service:connector", false, false, &[]),
    ("exchange-5.5-and-native-service:native", true, true, &[PATCH_W2K]),
    // c04, c21; MS02-012 lists Exchange 2000
    ("exchange-2000-on-windows-2000:smtp", false, true, &[PATCH_W2K]),
    ("exchange-2000-on-windows-2000-patched:smtp", false, false, &[]),
    // named by neither text
    ("reference:smtp", false, false, &[]),
    ("reference-refuses-at-relay:smtp", false, false, &[]),
    ("reference-tls:smtp", false, false, &[]),
];

fn advise(id: &str, on: Option<&str>) -> Vec<Advice> {
    let deployment = CATALOGUE.get(id).unwrap();
    let listeners: Vec<_> =
        deployment.listeners.iter().map(|listener| (listener.name.clone(), &listener.identity)).collect();
    BULLETINS_READ.advise(&deployment.host, &listeners, on)
}

fn names(actions: &[Action]) -> Vec<&str> {
    actions
        .iter()
        .map(|action| match action {
            Action::Install { patch, .. } => patch.0.as_str(),
            Action::Set { setting, .. } => setting.as_str(),
        })
        .collect()
}

fn is_affected(advice: &Advice, edition: Edition) -> Option<bool> {
    advice.findings.iter().find(|finding| finding.edition == edition).map(|finding| finding.affected)
}

#[test]
fn advice_is_as_the_claims_have_it() {
    for (row, by_011, by_012, actions) in TABLE {
        let (id, listener) = row.split_once(':').unwrap();
        let advice = advise(id, None).into_iter().find(|advice| advice.listener == listener).unwrap();
        assert_eq!(is_affected(&advice, Edition::Ms02011V2), Some(*by_011), "{row}: MS02-011");
        assert_eq!(is_affected(&advice, Edition::Ms02012), Some(*by_012), "{row}: MS02-012");
        assert_eq!(names(&advice.actions), *actions, "{row}");
        assert_eq!(is_affected(&advice, Edition::Ms02011V1), None, "{row}: the first text is superseded");
    }
}

#[test]
fn every_built_in_listener_is_in_the_table() {
    let in_table: BTreeSet<String> = TABLE.iter().map(|(row, ..)| (*row).to_owned()).collect();
    let built_in: BTreeSet<String> = CATALOGUE
        .deployments
        .iter()
        .flat_map(|deployment| {
            deployment.listeners.iter().map(|listener| format!("{}:{}", deployment.id, listener.name))
        })
        .collect();
    assert_eq!(in_table, built_in);
}

// wire-facts 1: 1.0 lists Windows 2000 and Exchange 5.5 only; its mitigating factors name Exchange 2000.
#[rstest]
#[case::windows_2000("windows-2000", true, &[PATCH_W2K])]
#[case::exchange_55("exchange-5.5-on-nt4-restricted", true, &[PATCH_E55])]
#[case::nt4("nt4-option-pack", false, &[])]
#[case::exchange_50("exchange-5.0-rerouting", false, &[])]
#[case::exchange_2000("exchange-2000-on-windows-2000", false, &[PATCH_W2K])]
fn the_text_of_2002_knew_less(#[case] id: &str, #[case] by_011: bool, #[case] actions: &[&str]) {
    let advice = advise(id, Some("2002-03-01")).remove(0);
    assert_eq!(is_affected(&advice, Edition::Ms02011V1), Some(by_011));
    assert_eq!(is_affected(&advice, Edition::Ms02011V2), None);
    assert_eq!(names(&advice.actions), actions);
}

// BULL: originally posted 27 February 2002, updated 13 April 2004.
#[rstest]
#[case::before_any("2002-02-26", &[])]
#[case::first_day("2002-02-27", &[Edition::Ms02011V1, Edition::Ms02012])]
#[case::last_day_of_the_first("2004-04-12", &[Edition::Ms02011V1, Edition::Ms02012])]
#[case::second("2004-04-13", &[Edition::Ms02011V2, Edition::Ms02012])]
fn texts_are_in_force_from_their_day_on(#[case] day: &str, #[case] expected: &[Edition]) {
    let advice = advise("windows-2000", Some(day)).remove(0);
    assert_eq!(advice.findings.iter().map(|finding| finding.edition).collect::<Vec<_>>(), expected);
}

/// c23
#[test]
fn one_patch_is_advised_for_both_bulletins() {
    let advice = advise("windows-2000", None).remove(0);
    let [Action::Install { patch, editions, .. }] = advice.actions.as_slice() else {
        panic!("one action, not {:?}", advice.actions)
    };
    assert_eq!(patch.0, PATCH_W2K);
    assert_eq!(editions, &[Edition::Ms02011V2, Edition::Ms02012]);
}

/// c21: for MS02-012 alone.
#[test]
fn exchange_2000_gets_the_windows_patch_for_the_other_bulletin() {
    let advice = advise("exchange-2000-on-windows-2000", None).remove(0);
    let [Action::Install { editions, .. }] = advice.actions.as_slice() else {
        panic!("one action, not {:?}", advice.actions)
    };
    assert_eq!(editions, &[Edition::Ms02012]);
}

/// c17
#[test]
fn exchange_50_with_rerouting_off_is_protected() {
    let why = |id| {
        let advice = advise(id, None).remove(0);
        advice.findings.into_iter().find(|finding| finding.edition == Edition::Ms02011V2).unwrap().why
    };
    assert!(why("exchange-5.0-not-rerouting").contains("protected"));
    assert!(!why("exchange-5.0-rerouting").contains("protected"));
}

#[test]
fn every_finding_says_why_and_cites() {
    for deployment in &CATALOGUE.deployments {
        for advice in advise(&deployment.id, None) {
            assert_eq!(advice.findings.len(), 2, "{}", deployment.id);
            for finding in &advice.findings {
                assert!(finding.why.ends_with('.') && !finding.citation.is_empty(), "{}: {finding:?}", deployment.id);
            }
        }
    }
}

const MINIMAL: &str = "edition: ms02-012\ntitle: T\nbulletin: b\nin-force-from: 2002-02-27\nsources: []\nservices: []\n\
                       not-named: {why: W., citation: C}\n";

#[test]
fn a_bulletin_of_ones_own_is_read() {
    let bulletins = Bulletins::read(&[Source::new("own.yaml", MINIMAL)]).unwrap();
    assert_eq!(bulletins.editions().collect::<Vec<_>>(), [(Edition::Ms02012, "T", "2002-02-27")]);
}

#[rstest]
#[case::no_date(MINIMAL.replace("2002-02-27", "soon"), "own.yaml:4:16: error: `soon` is no date")]
#[case::no_day(MINIMAL.replace("2002-02-27", "2002-02-30"), "own.yaml:4:16: error: `2002-02-30` is no date")]
#[case::unknown_edition(MINIMAL.replace("ms02-012", "ms02-013"), "own.yaml:1:10: error: unknown value `ms02-013`")]
#[case::unknown_key(format!("{MINIMAL}extra: 1\n"), "own.yaml:8:1: error: unknown key `extra`")]
#[case::twice(
    MINIMAL.replace("services: []", "services: [&a {product: p, says: lacks-it, why: W., citation: C}, *a]"),
    "error: `p` stands here a second time"
)]
fn a_wrong_bulletin_is_refused(#[case] text: String, #[case] expected: &str) {
    let wrong = Bulletins::read(&[Source::new("own.yaml", text)]).unwrap_err();
    assert!(wrong[0].to_string().contains(expected), "{}", wrong[0]);
    assert!(wrong.iter().all(|diagnostic| diagnostic.remedy.is_some()), "what is to be done? {wrong:?}");
}
