//! A Postfix beside the built-in `reference`, which refuses at the end of AUTH: where they part has to be what their own
//! pages say they differ in.

use std::collections::BTreeMap;

use rstest::rstest;

use super::target;
use crate::postfix::Policy;
use crate::{Failure, postfix_is_wanted};

/// What each role's own mail weighs.
fn weights(events: &str) -> Result<BTreeMap<String, (String, String)>, Failure> {
    let mut weights = BTreeMap::new();
    for line in events.lines() {
        let event: serde_json::Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
        let of = &event["comparison"]["of"];
        let is_own = of["kind"] == "attempt" && of["role"] == of["sender_of"] && of["destination"] == "remote";
        if event["event"] == "compared" && is_own {
            let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
            let partings = event["comparison"]["partings"].as_array().cloned().unwrap_or_default();
            let told =
                partings.iter().find(|parting| parting["parts_in"] != "text" && parting["parts_in"] != "keywords");
            let parts_in = told.map_or_else(String::new, |parting| text(&parting["parts_in"]));
            weights.insert(text(&of["role"]), (text(&event["comparison"]["weight"]), parts_in));
        }
    }
    Ok(weights)
}

/// postconf(5), `relay_domains_reject_code` and its kin: 554 5.7.1 where RFC 5321 3.6.2's example, and `reference`, have a
/// 550: another code of the same class, and refused on both sides. AUTH: RFC 4954 6, 535 and 235 on both. Bob authenticates
/// with Postfix and is refused at RCPT (or relayed for), where `reference` refuses him at the end of AUTH.
#[rstest]
#[case(Policy::AuthorizedOnly)]
#[case(Policy::AnyAuthenticated)]
fn it_parts_from_the_reference_where_the_pages_say(#[case] policy: Policy) -> Result<(), Failure> {
    if !postfix_is_wanted() {
        return Ok(());
    }
    let (postfix, target) = target(policy)?;
    let alone = target.verify(&postfix, &["relay"])?;
    let verified = target.verify(&postfix, &["relay", "--beside"])?;
    assert_eq!(verified.exit, alone.exit, "{}", verified.stderr);
    assert_eq!(verified.verdicts(), alone.verdicts());
    let weights = weights(&verified.ndjson)?;
    for (role, expected) in
        [("anonymous", "codes"), ("wrong-password", "codes"), ("guest", "codes"), ("unauthorized-account", "outcome")]
    {
        let weight = weights.get(role).map(|(weight, _)| weight.as_str());
        assert_eq!(weight, Some(expected), "{role}: {weights:#?}\n{}", verified.stdout);
    }
    // RFC 4954 6: 235 and 535 part in their first digit.
    assert_eq!(weights.get("unauthorized-account").map(|(_, parts_in)| parts_in.as_str()), Some("class"));
    let authorized = weights.get("authorized-account").map(|(weight, _)| weight.as_str());
    assert!(matches!(authorized, Some("wording" | "codes")), "{weights:#?}\n{}", verified.stdout);
    Ok(())
}
