//! What a product file must hold to beyond its form.

use super::evidence::{Evidence, evidence};
use crate::diagnostic::Diagnostic;
use crate::reference::deployment::facts::Confidence;
use crate::reference::deployment::files::{ComponentFile, ProductFile};
use crate::reference::yaml::{Placed, Source};

pub(super) fn check(source: &Source, file: &ProductFile) -> Vec<Diagnostic> {
    let mut wrong = Vec::new();
    for evidence in evidence(file) {
        sources_are_there(source, file, &evidence, &mut wrong);
    }
    component_is_there(source, file, &file.as_installed, &mut wrong);
    for patch in file.patches.values() {
        component_is_there(source, file, &patch.component, &mut wrong);
    }
    for component in file.components.values() {
        version_is_printable(source, component, &mut wrong);
    }
    let verbs = &file.behaviours;
    for list in [&verbs.verbs, &verbs.verbs_closed_to_anonymous, &verbs.verbs_wanting_tls] {
        for verb in &list.value {
            verb_is_one(source, verb, &mut wrong);
        }
    }
    for keyword in &file.keywords {
        if keyword.text.value.is_empty() || !keyword.text.value.bytes().all(|octet| matches!(octet, b' '..=b'~')) {
            wrong.push(
                source
                    .error_at(&keyword.text, "an EHLO line is printable ASCII")
                    .remedy("write the line as the server sends it, without its code"),
            );
        }
    }
    wrong
}

fn sources_are_there(source: &Source, file: &ProductFile, evidence: &Evidence<'_>, wrong: &mut Vec<Diagnostic>) {
    if evidence.source.is_empty() && evidence.confidence.value != Confidence::Chosen {
        wrong.push(
            source
                .error_at(evidence.confidence, format!("`{}` names no source", evidence.key))
                .remedy("name one under `source:`, or say `confidence: chosen`"),
        );
    }
    for key in evidence.source {
        if !file.sources.contains_key(&key.value) {
            wrong.push(
                source
                    .error_at(key, format!("the file has no source `{}`", key.value))
                    .remedy("describe it under `sources:`")
                    .did_you_mean(&key.value, file.sources.keys().map(String::as_str)),
            );
        }
    }
}

fn component_is_there(source: &Source, file: &ProductFile, name: &Placed<String>, wrong: &mut Vec<Diagnostic>) {
    if !file.components.contains_key(&name.value) {
        wrong.push(
            source
                .error_at(name, format!("the file has no component `{}`", name.value))
                .remedy("describe it under `components:`")
                .did_you_mean(&name.value, file.components.keys().map(String::as_str)),
        );
    }
}

fn version_is_printable(source: &Source, component: &ComponentFile, wrong: &mut Vec<Diagnostic>) {
    let version = &component.version.value;
    if !version.bytes().all(|octet| matches!(octet, b' '..=b'~')) {
        wrong.push(
            source
                .error_at(&component.version.confidence, "the version is not printable ASCII")
                .remedy("write it as the server says it, without line breaks or other control characters"),
        );
    }
}

fn verb_is_one(source: &Source, verb: &Placed<String>, wrong: &mut Vec<Diagnostic>) {
    let is_verb = !verb.value.is_empty()
        && verb.value.bytes().all(|octet| octet.is_ascii_uppercase() || octet.is_ascii_digit() || octet == b'-');
    if !is_verb {
        wrong.push(
            source
                .error_at(verb, format!("`{}` is no verb", verb.value))
                .remedy("write it in upper case, as in `MAIL`"),
        );
    }
}
