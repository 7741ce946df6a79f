//! The values of a product file that are facts, each with its evidence.

use serde::Serialize;

use crate::reference::deployment::facts::Confidence;
use crate::reference::deployment::files::{ProductFile, ReplyFile, Stated};
use crate::reference::yaml::Placed;

/// One fact, for a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FactRow {
    /// The product's id.
    pub product: String,
    /// What it is about: `rcpt.relay-refused`, `keyword PIPELINING`, `helo-needs-argument`.
    pub key: String,
    /// The value: a reply's lines, or a flag's value.
    pub text: String,
    /// Keys of the product file's sources; empty only for what was chosen.
    pub sources: Vec<String>,
    /// How well it is known.
    pub confidence: Confidence,
}

/// A value's evidence within its file.
pub(super) struct Evidence<'a> {
    pub(super) key: String,
    pub(super) text: String,
    pub(super) source: &'a [Placed<String>],
    pub(super) confidence: &'a Placed<Confidence>,
}

/// The rows of a list.
pub(super) fn rows(product: &str, file: &ProductFile) -> Vec<FactRow> {
    evidence(file)
        .into_iter()
        .map(|evidence| FactRow {
            product: product.to_owned(),
            key: evidence.key,
            text: evidence.text,
            sources: evidence.source.iter().map(|key| key.value.clone()).collect(),
            confidence: evidence.confidence.value,
        })
        .collect()
}

/// All of them: components and patches, flags, keywords, settings, replies.
pub(super) fn evidence(file: &ProductFile) -> Vec<Evidence<'_>> {
    let mut found = Vec::new();
    for (name, component) in &file.components {
        found.push(stated(format!("component {name} version"), &component.version));
        found.push(stated(format!("component {name} authorization"), &component.authorization));
        found.push(stated(format!("component {name} chunking"), &component.chunking));
        found.push(stated(format!("component {name} encapsulated-addresses"), &component.encapsulated_addresses));
        found.extend(component.replies.iter().map(|(key, reply)| worded(format!("{key}@{name}"), reply)));
    }
    for (id, patch) in &file.patches {
        found.push(Evidence {
            key: format!("patch {id}"),
            text: patch.component.value.clone(),
            source: &patch.source,
            confidence: &patch.confidence,
        });
    }
    found.extend(flags(file));
    for keyword in &file.keywords {
        found.push(Evidence {
            key: format!("keyword {}", keyword.text.value),
            text: keyword.text.value.clone(),
            source: &keyword.source,
            confidence: &keyword.confidence,
        });
    }
    found.push(stated("settings as installed".to_owned(), &file.settings));
    found.extend(file.replies.iter().map(|(key, reply)| worded(key.clone(), reply)));
    found
}

fn flags(file: &ProductFile) -> Vec<Evidence<'_>> {
    let behaviours = &file.behaviours;
    macro_rules! named {
        ($($name:literal $field:ident,)+) => { vec![$(stated($name.to_owned(), &behaviours.$field),)+] };
    }
    named! {
        "verbs" verbs,
        "verbs-closed-to-anonymous" verbs_closed_to_anonymous,
        "verbs-wanting-tls" verbs_wanting_tls,
        "mechanisms" mechanisms,
        "challenge" challenge,
        "helo-needs-argument" helo_needs_argument,
        "mail-needs-helo" mail_needs_helo,
        "second-ehlo-refused" second_ehlo_refused,
        "appends-default-domain" appends_default_domain,
        "authenticates-inside-transaction" authenticates_inside_transaction,
        "authenticates-before-helo" authenticates_before_helo,
        "bare-recipient-refused" bare_recipient_refused,
        "confirms-size" confirms_size,
        "unexpected-arguments-refused" unexpected_arguments_refused,
        "repeated-parameters-refused" repeated_parameters_refused,
        "malformed-mailboxes-refused" malformed_mailboxes_refused,
        "long-paths-refused" long_paths_refused,
        "administrator-refused" administrator_refused,
        "null-session-authenticates" null_session_authenticates,
        "command-line-octets" command_line_octets,
        "authentication-line-octets" authentication_line_octets,
        "message-octets" message_octets,
        "recipients" recipients,
        "hop-limit" hop_limit,
        "idle-seconds" idle_seconds,
    }
}

fn stated<T: Serialize>(key: String, stated: &Stated<T>) -> Evidence<'_> {
    let text = match serde_json::to_value(&stated.value) {
        Ok(serde_json::Value::String(text)) => text,
        Ok(value) => value.to_string(),
        Err(_) => String::new(),
    };
    Evidence { key, text, source: &stated.source, confidence: &stated.confidence }
}

fn worded(key: String, reply: &ReplyFile) -> Evidence<'_> {
    Evidence { key, text: reply.text.value.clone(), source: &reply.source, confidence: &reply.confidence }
}
