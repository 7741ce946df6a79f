//! `advise`: each kind of answer, in the bulletins' words for it.

use rstest::rstest;

use super::run::{Folder, run, snapshot};

// One of each: affected by both, patched, two listeners of which one is affected, no service, a product not named.
#[rstest]
#[case("windows-2000")]
#[case("windows-2000-patched")]
#[case("exchange-5.5-and-native-service")]
#[case("nt4-without-option-pack")]
#[case("reference")]
fn a_host_is_told_of(#[case] deployment: &str) {
    snapshot!(format!("advise-{deployment}"), run(&["advise", deployment]).fits().with(0).stdout);
}

/// The longest title and id that there are.
#[test]
fn the_longest_title_is_readable() {
    let listed = run(&["list", "deployments"]).with(0).stdout;
    // An id begins its line, and its title stands below it.
    let entries = format!("\n{}", listed.trim_end()).replace("\n    ", " ");
    let longest = entries.lines().max_by_key(|line| line.len()).unwrap();
    let id = longest.split_whitespace().next().unwrap();
    assert!(longest.len() > 80, "{longest}");
    assert!(run(&["advise", id]).fits().with(0).stdout.contains(&format!("({id})\n")), "{id}");
}

// MS02-011 1.0 is of February 27, 2002, and 2.0 of April 13, 2004; only the latter knows of NT 4.0.
#[rstest]
#[case("2002-02-26", "No bulletin about it was out on that day.", "affected")]
#[case("2002-03-01", "MS02-011 1.0", "MS02-011 2.0")]
#[case("2004-04-13", "MS02-011 2.0", "MS02-011 1.0")]
fn the_text_in_force_on_a_day_is_asked(#[case] day: &str, #[case] has: &str, #[case] has_not: &str) {
    let stdout = run(&["advise", "windows-2000", "--dated", day]).fits().with(0).stdout;
    assert!(stdout.contains(has) && !stdout.contains(has_not), "{stdout}");
}

#[rstest]
#[case::unknown(&["windows-200"], "did you mean `windows-2000`?")]
#[case::no_date(&["windows-2000", "--dated", "yesterday"], "write year, month and day as in 2002-03-01")]
#[case::no_day(&["windows-2000", "--dated", "2002-02-30"], "the days of that month are 01 to 28")]
#[case::no_month(&["windows-2000", "--dated", "2002-13-01"], "write year, month and day as in 2002-03-01")]
#[case::missing_file(&["nothing.yaml"], "nothing.yaml cannot be read")]
#[case::wrong_file(&["host.yaml"], "--> host.yaml:2:1")]
fn what_cannot_be_advised_on_is_told(#[case] arguments: &[&str], #[case] remedy: &str) {
    let folder = Folder::new().with("host.yaml", "title: Ours\nlistner: {}\n");
    let ended = folder.run(&[&["advise"], arguments].concat()).fits().with(2);
    assert!(ended.stderr.contains(remedy), "{}", ended.stderr);
}
