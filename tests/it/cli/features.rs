//! `--features` and `lint`: a user's own cases, right and wrong.

use rstest::rstest;

use super::run::{Folder, snapshot};

const RIGHT: &str = "Feature: Ours\n\n  @id:ehlo @must\n  Scenario: EHLO is understood\n    Given the mail server\n    \
                     When the client says \"EHLO client.example\"\n    Then the reply has the code 250\n";

#[rstest]
#[case::file("cases/my.feature")]
#[case::folder("cases")]
#[case::folder_above(".")]
#[case::from_windows("windows/my.feature")]
fn a_user_s_cases_are_read(#[case] path: &str) {
    let folder = Folder::new()
        .with("cases/my.feature", RIGHT)
        .with("cases/notes.txt", "not a case")
        .with("windows/my.feature", format!("\u{feff}{}", RIGHT.replace('\n', "\r\n")));
    // Both would have the same ids.
    if path == "." {
        std::fs::remove_dir_all(folder.path("windows")).unwrap();
    }
    folder.run(&["lint", path]).fits().with(0);
    let ended = folder.run(&["verify", "--features", path, "--on", "reference"]).fits().with(0);
    assert!(ended.summary().starts_with("Summary   1 case on 1 target in "), "{}", ended.stdout);
}

#[test]
fn a_file_that_is_named_twice_is_read_once() {
    let folder = Folder::new().with("cases/my.feature", RIGHT);
    let twice = ["--features", "cases", "--features", "./cases/my.feature"];
    let ended = folder.run(&[&["verify", "--on", "reference"][..], &twice].concat()).fits().with(0);
    assert!(ended.stdout.contains(": 1 case\n"), "{}", ended.stdout);
}

#[rstest]
#[case("step", RIGHT.replace("the reply has", "the replly has"))]
#[case("keyword", RIGHT.replace("    Given", "    Givn"))]
#[case("id-twice", format!("{RIGHT}\n{}", RIGHT.split_once("\n\n").unwrap().1))]
#[case("empty", String::new())]
fn a_mistake_is_told_with_its_line_by_both(#[case] name: &str, #[case] text: String) {
    let folder = Folder::new().with("my.feature", text);
    let linted = folder.run(&["lint", "my.feature"]).fits().with(2);
    let verified = folder.run(&["verify", "--features", "my.feature", "--on", "reference"]).fits().with(2);
    assert_eq!((&linted.stderr, &*verified.stdout), (&verified.stderr, ""));
    snapshot!(format!("feature-{name}"), linted.stderr);
}

#[rstest]
#[case::missing("nothing", "nothing cannot be read: ")]
#[case::misspelt("casse", "did you mean `cases`?")]
#[case::empty_folder("empty", "file is under empty")]
#[case::no_text("octets.feature", "this file is no UTF-8 text")]
fn a_path_without_cases_is_told(#[case] path: &str, #[case] words: &str) {
    let folder =
        Folder::new().with("cases/my.feature", RIGHT).with("octets.feature", b"Feature: \xff\n").with_folder("empty");
    for arguments in [&["lint", path][..], &["verify", "--features", path], &["list", "cases", "--features", path]] {
        let ended = folder.run(arguments).fits().with(2);
        assert!(ended.stderr.contains(words), "{}", ended.stderr);
    }
}

#[test]
fn all_mistakes_of_all_files_are_told_at_once() {
    let folder = Folder::new()
        .with("all/my.feature", RIGHT.replace("EHLO client.example\"", "EHLO client.example"))
        .with("all/server.yaml", "address: 127.0.0.1:1\nservice: mx\nsendr: a@b.example\n")
        .with("all/host.yml", "title: Ours\nlistner: {}\n");
    let ended = folder.run(&["lint", "all"]).fits().with(2);
    for place in ["all/my.feature:6:", "all/server.yaml:3:1", "all/host.yml:2:1"] {
        assert!(ended.stderr.contains(place), "{place}: {}", ended.stderr);
    }
}

#[test]
fn what_is_built_in_has_no_mistake() {
    let ended = Folder::new().run(&["lint"]).fits().with(0);
    assert!(ended.stdout.starts_with("nothing is wrong with "), "{}", ended.stdout);
}
