//! The cases that are built in.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use smtpspec::feature::{Outcome, VOCABULARY, built_in, claims, parameters};
use smtpspec::harness::BenchOptions;
use smtpspec::judge::{Level, Verdict};
use smtpspec::reference::deployment::identity::{ListenerIdentity, ServiceState};
use smtpspec::reference::deployment::settings::RelaySettings;

use super::{catalogue, record, suite};

#[test]
fn every_case_of_the_record_conforms() {
    let Outcome { results, faults } = record(suite(), BenchOptions::default(), None);
    assert!(faults.is_empty(), "{faults:#?}");
    let others: Vec<_> = results.iter().filter(|result| result.judgement.verdict() != Verdict::Conformant).collect();
    assert!(others.is_empty(), "{others:#?}");
    assert_eq!(results.len(), suite().counts().1);
}

/// The bulletin's claims are 24 (reference/bulletin-claims.md); a claim that no case shows is a hole in the record.
#[test]
fn every_claim_is_shown() {
    let Outcome { results, .. } = record(suite(), BenchOptions::default(), None);
    let claims = claims(suite(), &results);
    assert_eq!(claims.len(), 24);
    for claim in &claims {
        assert!(!claim.cases.is_empty(), "no case shows {}: {}", claim.id, claim.sentence);
        assert!(claim.is_shown(), "{} is not shown: {:#?}", claim.id, claim.cases);
    }
}

/// Every listener that answers, as a case names it.
fn listeners_that_answer() -> Vec<(String, ListenerIdentity)> {
    let catalogue = catalogue();
    let named = catalogue.deployments.iter().flat_map(|deployment| {
        deployment.listeners.iter().map(move |listener| match deployment.listeners.as_slice() {
            [_] => (deployment.id.clone(), listener.identity.clone()),
            _ => (format!("{}:{}", deployment.id, listener.name), listener.identity.clone()),
        })
    });
    named.filter(|(_, identity)| identity.service == ServiceState::Running).collect()
}

/// The deployments of the cases whose ids begin so.
fn tried_by(beginning: &str) -> BTreeSet<String> {
    let cases = suite().cases().iter().filter(|case| case.requirement.id.0.starts_with(beginning));
    cases.flat_map(|case| case.deployments()).map(ToString::to_string).collect()
}

/// MS02-011 c11: every deployment that answers, admits anonymous clients and is set up as a gateway.
#[test]
fn every_gateway_of_the_record_is_tried() {
    let reroutes = |relay: &RelaySettings| match relay {
        RelaySettings::Exchange50 { reroute } => *reroute,
        RelaySettings::Exchange55(routing) => routing.reroute,
        RelaySettings::Iis(_) | RelaySettings::Reference(_) => true,
    };
    let gateways: BTreeSet<String> = listeners_that_answer()
        .into_iter()
        .filter(|(_, identity)| {
            let settings = &identity.settings;
            settings.anonymous_access && !settings.gateway_domains.is_empty() && reroutes(&settings.relay)
        })
        .map(|(name, _)| name)
        .collect();
    assert_eq!(tried_by("bulletin/gateway/inbound/"), gateways);
}

/// MS02-011 c24: an ordinary session on every deployment that answers.
#[test]
fn every_listener_that_answers_has_its_ordinary_session() {
    let answering: BTreeSet<String> = listeners_that_answer().into_iter().map(|(name, _)| name).collect();
    assert!(answering.len() > 30, "{answering:?}");
    assert_eq!(tried_by("bulletin/protocol/"), answering);
}

#[test]
fn every_feature_file_is_compiled_in() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut on_disk = BTreeSet::new();
    collect(&root.join("features"), &mut on_disk);
    let on_disk: Vec<String> =
        on_disk.iter().map(|path| path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/")).collect();
    let compiled_in: Vec<String> = built_in().into_iter().map(|text| text.name).collect();
    assert_eq!(compiled_in, on_disk);
}

fn collect(folder: &Path, found: &mut BTreeSet<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "feature") {
            found.insert(path);
        }
    }
}

#[test]
fn what_a_case_is_stands_in_its_folder() {
    for case in suite().cases() {
        let id = &case.requirement.id.0;
        assert_eq!(case.is_record(), id.starts_with("bulletin/"), "{id}");
        assert_eq!(case.is_record(), case.requirement.level == Level::Record, "{id}");
        assert_eq!(!case.is_record(), id.starts_with("requirements/"), "{id}");
    }
}

/// The ids that README and the issue use.
#[test]
fn ids_are_what_people_type() {
    let ids: BTreeSet<&str> = suite().cases().iter().map(|case| case.requirement.id.0.as_str()).collect();
    for id in [
        "requirements/relay/null-session",
        "bulletin/windows-2000/relays/null-session",
        "bulletin/exchange-5.5/windows-2000-patches/exchange-5.5-on-windows-2000-restricted/null-session",
        "bulletin/exchange-5.5/two-listeners/native",
        "bulletin/bounds/commands/windows-2000/atrn-elsewhere.example",
    ] {
        assert!(ids.contains(id), "{id} is not among {ids:#?}");
    }
}

/// docs/writing-cases.md is what a user reads who writes a case.
#[test]
fn the_guide_names_every_step_and_parameter() {
    let guide = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/writing-cases.md")).unwrap();
    let rows = VOCABULARY.iter().flat_map(|theme| theme.steps).map(|step| {
        let row = format!("| {} {} | {} |", step.keyword, step.form, step.says);
        (step.form, row)
    });
    for (form, row) in rows {
        assert!(guide.contains(&row), "the guide does not have the step `{form}` as `list steps` has it");
    }
    for parameter in parameters() {
        assert!(guide.contains(&format!("{{{}}}", parameter.name)), "{} is not explained", parameter.name);
    }
    for theme in &VOCABULARY {
        assert!(guide.contains(&format!("### {}\n", theme.title)));
    }
}

/// The cases that the guide shows are read as the guide says.
#[test]
fn the_cases_of_the_guide_are_cases() {
    let guide = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/writing-cases.md")).unwrap();
    let shown: Vec<&str> = guide.split("```gherkin\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    let text = shown.join("\n");
    let suite = super::bench::load(vec![smtpspec::feature::FeatureText::new("cases/ours.feature", &text)]);
    let ids: Vec<&str> = suite.cases().iter().map(|case| case.requirement.id.0.as_str()).collect();
    assert_eq!(ids, ["ours/strangers", "ours/refused/null-session", "ours/refused/unauthorized-account"]);
}
