//! What the built-in deployments are put together from.

use super::*;
use crate::protocol::sasl::Mechanism;
use crate::reference::deployment::behaviours::{
    AuthorizationComponent as Authorization, ChunkingComponent as Chunking,
};
use crate::reference::deployment::behaviours::{Behaviours, KeywordCondition};

fn behaviours(id: &str, listener: &str) -> Option<&'static Behaviours> {
    let deployment = CATALOGUE.get(id).unwrap();
    deployment.listeners.iter().find(|other| other.name == listener).unwrap().behaviours.as_ref()
}

/// Versions from wire-facts sections 1 and 3; the second function from claims c01 to c06, c20 to c22; BDAT from
/// wire-facts section 6.
#[rstest]
#[case("nt4-option-pack", "smtp", "5.5.1877.197.19", Authorization::Absent, Chunking::Absent)]
#[case("nt4-option-pack-patched", "smtp", "5.5.1877.999.99", Authorization::AtAuthentication, Chunking::Absent)]
#[case("windows-2000", "smtp", "5.0.2195.2966", Authorization::Absent, Chunking::Unsequenced)]
#[case("windows-2000-patched", "smtp", "5.0.2195.4905", Authorization::AtAuthentication, Chunking::Sequenced)]
#[case("windows-xp-professional", "smtp", "6.0.2600.0", Authorization::AtAuthentication, Chunking::Unsequenced)]
#[case("windows-xp-professional-patched", "smtp", "6.0.2600.28", Authorization::AtAuthentication, Chunking::Sequenced)]
#[case("exchange-5.0-rerouting", "connector", "5.0.1457.0", Authorization::Absent, Chunking::Absent)]
#[case("exchange-5.5-on-nt4", "connector", "5.5.2653.13", Authorization::Absent, Chunking::Absent)]
#[case("exchange-5.5-on-nt4-patched", "connector", "5.5.2655.55", Authorization::AtAuthentication, Chunking::Absent)]
#[case::windows_patch_is_not_the_connectors(
    "exchange-5.5-on-windows-2000-restricted-windows-patch",
    "connector",
    "5.5.2653.13",
    Authorization::Absent,
    Chunking::Absent
)]
#[case(
    "exchange-5.5-on-windows-2000-restricted-both-patches",
    "connector",
    "5.5.2655.55",
    Authorization::AtAuthentication,
    Chunking::Absent
)]
#[case(
    "exchange-5.5-and-native-service",
    "connector",
    "5.5.2655.55",
    Authorization::AtAuthentication,
    Chunking::Absent
)]
#[case::connector_patch_is_not_the_services(
    "exchange-5.5-and-native-service",
    "native",
    "5.0.2195.2966",
    Authorization::Absent,
    Chunking::Unsequenced
)]
#[case(
    "exchange-2000-on-windows-2000",
    "smtp",
    "5.0.2195.2966",
    Authorization::AtAuthentication,
    Chunking::Unsequenced
)]
#[case(
    "exchange-2000-on-windows-2000-patched",
    "smtp",
    "5.0.2195.4905",
    Authorization::AtAuthentication,
    Chunking::Sequenced
)]
#[case("reference", "smtp", "reference", Authorization::AtAuthentication, Chunking::Sequenced)]
#[case("reference-refuses-at-relay", "smtp", "reference", Authorization::AfterAuthentication, Chunking::Sequenced)]
#[case("reference-tls", "smtp", "reference", Authorization::AfterAuthentication, Chunking::Sequenced)]
fn a_patch_replaces_its_own_component(
    #[case] id: &str,
    #[case] listener: &str,
    #[case] version: &str,
    #[case] authorization: Authorization,
    #[case] chunking: Chunking,
) {
    let behaviours = behaviours(id, listener).unwrap();
    assert_eq!(
        (behaviours.version.as_str(), behaviours.authorization, behaviours.chunking),
        (version, authorization, chunking)
    );
}

/// c12, c13
#[rstest]
#[case("nt4-without-option-pack")]
#[case("windows-2000-service-stopped")]
#[case("windows-2000-service-not-installed")]
fn what_does_not_run_does_nothing(#[case] id: &str) {
    assert_eq!(behaviours(id, "smtp"), None);
}

/// EHLO lists of wire-facts 3.2, 3.4, 3.5 and 3.6, on hosts without a certificate.
#[rstest]
#[case(
    "windows-2000",
    "AUTH GSSAPI NTLM LOGIN|AUTH=LOGIN|TURN|ATRN|SIZE|ETRN|PIPELINING|DSN|ENHANCEDSTATUSCODES|8bitmime|\
    BINARYMIME|CHUNKING|VRFY|OK"
)]
#[case("exchange-5.5-on-nt4", "XEXCH50|HELP|ETRN|DSN|SIZE 0|AUTH LOGIN|AUTH=LOGIN")]
#[case(
    "exchange-2000-on-windows-2000",
    "TURN|ATRN|SIZE|ETRN|PIPELINING|DSN|ENHANCEDSTATUSCODES|8bitmime|BINARYMIME|\
    CHUNKING|VRFY|X-EXPS GSSAPI NTLM LOGIN|X-EXPS=LOGIN|AUTH GSSAPI NTLM LOGIN|AUTH=LOGIN|X-LINK2STATE|XEXCH50|OK"
)]
#[case(
    "windows-xp-professional",
    "AUTH GSSAPI NTLM LOGIN|AUTH=LOGIN|TURN|SIZE|ETRN|PIPELINING|DSN|ENHANCEDSTATUSCODES|\
    8bitmime|BINARYMIME|CHUNKING|VRFY|OK"
)]
fn keywords_stand_in_their_order(#[case] id: &str, #[case] expected: &str) {
    let listener = &CATALOGUE.get(id).unwrap().listeners[0].name;
    let keywords = &behaviours(id, listener).unwrap().keywords;
    let listed = keywords.iter().filter(|keyword| keyword.when == KeywordCondition::Always);
    assert_eq!(listed.map(|keyword| keyword.text.as_str()).collect::<Vec<_>>().join("|"), expected);
}

/// wire-facts 2.2: NTLM works though it is not listed; 3.3: Exchange 5.0 has no AUTH.
#[test]
fn mechanisms_are_not_read_off_the_list() {
    let exchange_55 = behaviours("exchange-5.5-on-nt4", "connector").unwrap();
    assert!(exchange_55.mechanisms.contains(&Mechanism::Ntlm));
    assert!(exchange_55.keywords.iter().all(|keyword| !keyword.text.contains("NTLM")));
    let exchange_50 = behaviours("exchange-5.0-rerouting", "connector").unwrap();
    assert!(exchange_50.mechanisms.is_empty() && !exchange_50.understands("AUTH"));
}

/// The log of KB:Q262945 has the domain's short name in message 2 (wire-facts 2.2).
#[test]
fn the_challenge_names_the_domain() {
    let style = &behaviours("exchange-5.5-on-nt4", "connector").unwrap().challenge_style;
    assert_eq!((style.target_name.as_str(), style.target_is_domain), ("INSIDE", true));
    let style = &behaviours("reference", "smtp").unwrap().challenge_style;
    assert_eq!((style.target_name.as_str(), style.target_is_domain), ("MAIL", false));
}

#[test]
fn identifiers_of_facts_are_unique() {
    for listener in CATALOGUE.deployments.iter().flat_map(|deployment| &deployment.listeners) {
        let Some(behaviours) = &listener.behaviours else { continue };
        let replies = behaviours.facts.replies.values().map(|fact| fact.id.as_str());
        let ids: Vec<&str> = replies.chain(behaviours.keywords.iter().map(|keyword| keyword.fact.as_str())).collect();
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{}", listener.identity.product.0);
    }
}

/// KB313450 (wire-facts 3.6): Windows XP Professional does not install its SMTP service by default.
#[test]
fn no_service_that_somebody_has_to_install_is_called_installed() {
    let of_xp = CATALOGUE.deployments.iter().filter(|deployment| deployment.id.starts_with("windows-xp-professional"));
    let titles: Vec<&str> = of_xp.map(|deployment| deployment.title.as_str()).collect();
    assert_eq!(titles, ["Windows XP Professional, with its SMTP service", "Windows XP Professional, patched"]);
}
