//! Product files: what is said of wrong ones, and what the built-in ones hold to.

use rstest::Context;

use super::*;
use crate::reference::deployment::facts::{Confidence, ReplyKey};
use crate::reference::deployment::files::ProductFile;

fn built_in(id: &str) -> Source {
    built_in_files("products").into_iter().find(|source| source.id() == id).unwrap()
}

fn changed(from: &str, to: &str) -> String {
    let text = built_in("windows-2000-smtp").text().to_owned();
    assert!(text.contains(from), "the file has no `{from}` to change");
    text.replacen(from, to, 1)
}

#[rstest]
#[case::unknown_reply(changed("  rset.ok:", "  rset.okay:"))]
#[case::unknown_placeholder(changed("Unable to relay for {forward-mailbox}", "Unable to relay for {mailbox}"))]
#[case::placeholder_of_another_reply(changed("Unable to relay for {forward-mailbox}", "Unable to relay for {octets}"))]
#[case::no_reply_code(changed("250 2.0.0 Resetting", "Resetting"))]
#[case::no_text(changed("250 2.0.0 Resetting", "\"\""))]
#[case::line_break_in_a_reply(changed("250 2.0.0 Resetting", "\"250 2.0.0 Re\\rsetting\""))]
#[case::no_source(changed("{text: 250 2.0.0 Resetting, source: [KB:Q304897],", "{text: 250 2.0.0 Resetting,"))]
#[case::source_with_a_slip(changed("Resetting, source: [KB:Q304897]", "Resetting, source: [KB:Q304879]"))]
#[case::unknown_confidence(changed("confidence: documented", "confidence: certain"))]
#[case::unknown_component(changed("as-installed: service-pack-2", "as-installed: service-pack-3"))]
#[case::patch_with_unknown_component(changed("component: ms02-011", "component: ms02-012"))]
#[case::unknown_mechanism(changed("value: [NTLM, LOGIN]", "value: [NTLM, GSSAPI]"))]
#[case::verb_in_lower_case(changed("value: [HELO, EHLO,", "value: [helo, EHLO,"))]
#[case::line_break_in_a_keyword(changed("{text: PIPELINING,", "{text: \"PIPELINING\\r\\n250 X\","))]
#[case::line_break_in_a_version(changed("{value: 5.0.2195.2966,", "{value: \"5.0\\r\\n\","))]
#[case::flag_without_evidence(changed(
    "  hop-limit: {value: 15, source: [KB:Q303734], confidence: documented}",
    "  hop-limit: 15"
))]
fn a_wrong_product(#[context] context: Context, #[case] text: String) {
    let wrong = Catalogue::read_product("windows-2000-smtp.yaml", &text).unwrap_err();
    insta::assert_snapshot!(format!("product_{}", context.description.unwrap_or_default()), drawn(&wrong));
}

#[test]
fn a_product_that_cannot_word_a_reply_is_named_where_it_is_used() {
    let text = changed("  quit:", "  rset.ok:").replacen(
        "  rset.ok: {text: 250 2.0.0 Resetting, source: [KB:Q304897], confidence: documented}\n",
        "",
        1,
    );
    let own = Source::new("own/windows-2000-smtp.yaml", text);
    let deployments = vec![Source::new("windows-2000.yaml", CATALOGUE.source("windows-2000").unwrap().text())];
    let wrong = Catalogue::with_own(vec![own], deployments).unwrap_err();
    let of_ours: Vec<_> = wrong
        .into_iter()
        .filter(|diagnostic| diagnostic.source.as_ref().is_some_and(|source| source.name == "windows-2000.yaml"))
        .collect();
    insta::assert_snapshot!(drawn(&of_ours));
}

#[test]
fn what_is_not_chosen_has_a_source_that_is_described() {
    let mut rows = 0;
    for source in built_in_files("products") {
        let file: ProductFile = source.read().unwrap();
        for row in CATALOGUE.product(source.id()).unwrap().facts() {
            rows += 1;
            assert!(row.confidence == Confidence::Chosen || !row.sources.is_empty(), "{row:?}");
            assert!(row.sources.iter().all(|key| file.sources.contains_key(key)), "{row:?}");
        }
    }
    assert_eq!(rows, CATALOGUE.facts().count());
}

#[test]
fn every_source_that_is_described_is_used() {
    for source in built_in_files("products") {
        let file: ProductFile = source.read().unwrap();
        let used: BTreeSet<String> =
            CATALOGUE.product(source.id()).unwrap().facts().into_iter().flat_map(|row| row.sources).collect();
        let unused: Vec<_> = file.sources.keys().filter(|key| !used.contains(*key)).collect();
        assert!(unused.is_empty(), "{}: {unused:?}", source.name());
    }
}

/// Codes for odd commands: wire-facts section 4, in the order of its probes where a reply of ours answers them.
#[rstest]
#[case("nt4-option-pack-smtp", &[("mail.before-helo", 503), ("helo.argument-missing", 501), ("mail.syntax", 501),
    ("mail.unbalanced", 501), ("help", 214), ("vrfy.ok", 250), ("unknown-command", 500),
    ("turn.not-authenticated", 503), ("noop.ok", 250), ("anonymous-refused", 505)])]
#[case("windows-2000-smtp", &[("mail.before-helo", 503), ("mail.syntax", 501), ("mail.unbalanced", 501), ("help", 214),
    ("vrfy.ok", 252), ("unknown-command", 500), ("turn.not-authenticated", 505), ("noop.ok", 250),
    ("rcpt.too-many", 452), ("anonymous-refused", 505)])]
#[case("exchange-5.5", &[("mail.syntax", 501), ("mail.unbalanced", 553), ("help", 214), ("vrfy.ok", 252),
    ("expn.refused", 502), ("unknown-command", 500), ("soml.refused", 502), ("noop.ok", 250),
    ("anonymous-refused", 505)])]
#[case("exchange-5.0", &[("mail.syntax", 501), ("mail.unbalanced", 553), ("help", 214), ("vrfy.ok", 252),
    ("expn.refused", 502), ("unknown-command", 500), ("soml.refused", 502), ("noop.ok", 250)])]
#[case("windows-xp-smtp", &[("mail.before-helo", 503), ("mail.syntax", 501), ("mail.unbalanced", 501),
    ("rcpt.bare-refused", 551), ("help", 214), ("vrfy.ok", 252), ("unknown-command", 500),
    ("turn.not-authenticated", 530), ("noop.ok", 250), ("anonymous-refused", 530)])]
fn codes_are_as_the_scanner_saw_them(#[case] product: &str, #[case] codes: &[(&str, u16)]) {
    let deployments = CATALOGUE.deployments.iter().flat_map(|deployment| &deployment.listeners);
    let facts = &deployments
        .filter(|listener| listener.identity.product.0 == product)
        .find_map(|listener| listener.behaviours.as_ref())
        .unwrap()
        .facts;
    for (name, code) in codes {
        let line = facts.replies[&ReplyKey::from_name(name).unwrap()].lines[0].to_string();
        assert!(line.starts_with(&code.to_string()), "{product}/{name}: {line}");
    }
}
