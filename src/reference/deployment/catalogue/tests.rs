use std::collections::BTreeSet;
use std::sync::LazyLock;

use rstest::rstest;

use super::*;

mod broken;
mod built_in;
mod products;
mod record;

static CATALOGUE: LazyLock<Catalogue> =
    LazyLock::new(|| Catalogue::built_in().unwrap_or_else(|wrong| panic!("{}", drawn(&wrong))));

/// As a terminal of 100 columns shows them.
fn drawn(wrong: &[Diagnostic]) -> String {
    assert!(wrong.iter().all(|diagnostic| diagnostic.remedy.is_some()), "what is to be done? {wrong:?}");
    wrong.iter().map(|diagnostic| diagnostic.render(false, 100)).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_built_in_file_is_read() {
    assert_eq!(CATALOGUE.deployments.len(), built_in_files("deployments").len());
    assert_eq!(CATALOGUE.products.len(), built_in_files("products").len());
}

#[test]
fn the_order_names_every_built_in_deployment_once() {
    let listed = order::read(&built_in_file("order.yaml")).unwrap();
    let unique: BTreeSet<&str> = listed.iter().map(String::as_str).collect();
    let there: BTreeSet<&str> = CATALOGUE.deployments.iter().map(|deployment| deployment.id.as_str()).collect();
    assert_eq!(listed.len(), unique.len(), "an id stands twice in order.yaml");
    assert_eq!(unique, there);
    assert_eq!(
        CATALOGUE.deployments.iter().map(|deployment| &deployment.id).collect::<Vec<_>>(),
        listed.iter().collect::<Vec<_>>()
    );
}

#[test]
fn a_deployment_of_ones_own_is_read_and_named_after_its_file() {
    let text = "title: Ours\nhost: {name: mx.ours.example, system: windows-2000}\nlisteners:\n  - name: smtp\n    \
                product: windows-2000-smtp\n    settings: {local-domains: [ours.example]}\n";
    let deployment = CATALOGUE.read_deployment("/home/us/ours.yaml", text).unwrap();
    assert_eq!((deployment.id.as_str(), deployment.host.name.as_str()), ("ours", "mx.ours.example"));
    let listener = &deployment.listeners[0];
    assert_eq!(listener.port, 25);
    let as_installed = &CATALOGUE.get("windows-2000").unwrap().listeners[0].identity.settings;
    assert_eq!(listener.identity.settings.relay, as_installed.relay);
    assert_eq!(listener.identity.settings.local_domains, ["ours.example"]);
}

#[test]
fn a_deployment_file_that_is_written_is_read_back_as_it_was() {
    use crate::reference::deployment::files::DeploymentFile;
    for source in built_in_files("deployments") {
        let file: DeploymentFile = source.read().unwrap();
        let text = crate::reference::yaml::write(&file).unwrap();
        let again: DeploymentFile = Source::new("written.yaml", text.as_str())
            .read()
            .unwrap_or_else(|diagnostic| panic!("{}\n{text}", diagnostic.render(false, 100)));
        assert_eq!(again, file, "{}", source.name());
    }
}

#[test]
fn a_product_of_ones_own_is_behind_the_built_in_deployments() {
    let built_in = built_in_files("products").into_iter().find(|source| source.id() == "windows-2000-smtp").unwrap();
    let text = built_in.text().replace("250 2.0.0 Resetting", "250 2.0.0 Reset by us");
    let own = Source::new("/home/us/products/windows-2000-smtp.yaml", text);
    let catalogue = Catalogue::with_own(vec![own], Vec::new()).unwrap();
    let behaviours = catalogue.get("windows-2000").unwrap().listeners[0].behaviours.as_ref().unwrap();
    let fact = &behaviours.facts.replies[&crate::reference::deployment::facts::ReplyKey::RsetOk];
    assert_eq!(fact.lines[0].to_string(), "250 2.0.0 Reset by us");
}

#[test]
fn a_deployment_of_ones_own_takes_the_place_of_its_namesake() {
    let own = "title: Ours\nhost: {name: mx.ours.example, system: windows-2000}\nlisteners: []\n";
    let catalogue = Catalogue::with_own(Vec::new(), vec![Source::new("windows-2000.yaml", own)]).unwrap();
    assert_eq!(catalogue.get("windows-2000").unwrap().title, "Ours");
    assert_eq!(catalogue.deployments.len(), CATALOGUE.deployments.len());
    assert_eq!(catalogue.source("windows-2000").unwrap().name(), "windows-2000.yaml");
}

proptest::proptest! {
    #[test]
    fn no_text_at_all_is_too_much_for_it(text in "\\PC*|(\\PC|\n|\t|[-:{}\\[\\]&*!|>'\"#,? ]){0,200}") {
        let _ = CATALOGUE.read_deployment("any.yaml", &text);
        let _ = Catalogue::read_product("any.yaml", &text);
    }

    #[test]
    fn no_damage_to_a_file_is_too_much_for_it(
        which in proptest::prelude::any::<proptest::sample::Index>(),
        at in proptest::prelude::any::<proptest::sample::Index>(),
        length in 0_usize..40,
        put in "(\\PC|\n|\t|[-:{}\\[\\]&*!|>'\"#,? ]){0,20}",
    ) {
        let sources = [built_in_files("deployments"), built_in_files("products")].concat();
        let source = &sources[which.index(sources.len())];
        let characters: Vec<char> = source.text().chars().collect();
        let start = at.index(characters.len());
        let end = (start + length).min(characters.len());
        let (before, after) = (characters[..start].iter().copied(), characters[end..].iter().copied());
        let damaged: String = before.chain(put.chars()).chain(after).collect();
        let wrong = if source.name().contains("deployments") {
            CATALOGUE.read_deployment(source.name(), &damaged).err()
        } else {
            Catalogue::read_product(source.name(), &damaged).err()
        };
        // Whatever is wrong can be shown to somebody.
        if let Some(wrong) = wrong {
            proptest::prop_assert!(!wrong.is_empty());
            proptest::prop_assert!(!drawn(&wrong).is_empty());
        }
    }
}

/// The example of the documentation can be saved and used as it stands.
#[test]
fn the_example_of_the_documentation_is_read() {
    let page = include_str!("../../../../docs/deployments.md");
    let example = page.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let deployment =
        CATALOGUE.read_deployment("ours.yaml", example).unwrap_or_else(|wrong| panic!("{}", drawn(&wrong)));
    assert!(deployment.listeners[0].behaviours.is_some());
}

#[test]
fn the_documentation_names_every_product_and_every_key() {
    let page = include_str!("../../../../docs/deployments.md");
    for product in CATALOGUE.products.keys() {
        assert!(page.contains(&format!("| `{product}` |")), "{product}");
    }
    let wrong = CATALOGUE.read_deployment("ours.yaml", "title: T\nhost: {x: 1}\n").unwrap_err();
    let of_host = keys_named(&wrong);
    let wrong = CATALOGUE
        .read_deployment("ours.yaml", "title: T\nhost: {name: a, system: other}\nlisteners: [{x: 1}]\n")
        .unwrap_err();
    let of_listener = keys_named(&wrong);
    assert!(of_host.len() > 4 && of_listener.len() > 6);
    for key in of_host.iter().map(|key| format!("host.{key}")).chain(of_listener) {
        assert!(page.contains(&format!("`{key}`")) || page.contains(&format!("`{key}.")), "{key}");
    }
}

/// The keys that an error about an unknown one lists.
fn keys_named(wrong: &[Diagnostic]) -> Vec<String> {
    wrong[0].notes[0].split('`').skip(1).step_by(2).map(str::to_owned).collect()
}
