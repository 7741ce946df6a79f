//! `new`: the files it writes work as they are.

use rstest::rstest;

use super::run::{Folder, run};

#[rstest]
#[case("target", "my-server.yaml", &["verify", "--on", "my-server.yaml"])]
#[case("case", "relay.feature", &["verify", "--on", "reference", "--features", "relay.feature"])]
fn a_template_goes_to_a_file_once(#[case] what: &str, #[case] file: &str, #[case] then: &[&str]) {
    let folder = Folder::new();
    let ended = folder.run(&["new", what, file]).fits().with(0);
    assert!(ended.stdout.starts_with(&format!("wrote {file}\n")), "{}", ended.stdout);
    assert!(ended.stdout.ends_with(&format!(": smtpspec {}\n", then.join(" "))), "{}", ended.stdout);
    assert_eq!(folder.read(file), run(&["new", what]).with(0).stdout);
    folder.run(&["lint", file]).fits().with(0);

    let mine = Folder::new().with(file, "mine\n");
    let ended = mine.run(&["new", what, file]).fits().with(2);
    assert!(ended.stderr.contains("exists already and is left as it is"), "{}", ended.stderr);
    assert_eq!(mine.read(file), "mine\n");
    let ended = mine.run(&["new", what, &format!("nowhere/{file}")]).fits().with(2);
    assert!(ended.stderr.contains("cannot be written"), "{}", ended.stderr);
}

#[test]
fn the_first_case_conforms_on_the_reference() {
    let folder = Folder::new();
    folder.run(&["new", "case", "relay.feature"]).with(0);
    let ended = folder.run(&["verify", "--features", "relay.feature", "--on", "reference"]).fits().with(0);
    assert!(ended.summary().contains(": 2 conformant\n"), "{}", ended.stdout);
    // The id that the template tells the user to type.
    let text = folder.read("relay.feature");
    let id = text.rsplit_once("@id:").unwrap().1.split_whitespace().next().unwrap();
    folder.run(&["verify", "--features", "relay.feature", "--on", "reference", id]).fits().with(0);
}
