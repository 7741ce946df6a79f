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

/// A listener is named as cases and `--as` name it.
#[rstest]
#[case("native", "connector", "affected")]
#[case("connector", "native", "not affected")]
fn a_listener_is_told_alone(#[case] listener: &str, #[case] other: &str, #[case] finding: &str) {
    let stdout = run(&["advise", &format!("exchange-5.5-and-native-service:{listener}")]).fits().with(0).stdout;
    assert!(!stdout.contains(&format!("\n{other}, port ")), "{stdout}");
    assert!(stdout.contains(&format!("\n{listener}, port ")), "{stdout}");
    assert!(stdout.contains(&format!("  MS02-011 2.0  {finding}  ")), "{stdout}");
}

const OPEN: &str = "Open relay: by its settings it relays for whoever connects";

fn built_in(id: &str) -> String {
    std::fs::read_to_string(format!("{}/scenarios/deployments/{id}.yaml", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// A host that `verify relay --on` calls an open relay, and of which no bulletin says so.
#[rstest]
#[case::all_except_the_list("windows-2000-patched", "only-the-list: true", "only-the-list: false", true)]
#[case::unpatched("windows-2000", "only-the-list: true", "only-the-list: false", true)]
#[case::everybody_listed("windows-2000-patched", "list: []", "list: [\"0.0.0.0/0\"]", true)]
#[case::trusted("reference", "trusted: []", "trusted: [\"0.0.0.0/0\"]", true)]
#[case::flags_left(
    "exchange-5.5-on-nt4-not-rerouting-flags-left",
    "198.51.100.0;255.255.255.0",
    "0.0.0.0;0.0.0.0",
    true
)]
#[case::as_built_in("windows-2000-patched", "only-the-list: true", "only-the-list: true", false)]
#[case::stopped("windows-2000-service-stopped", "only-the-list: true", "only-the-list: false", false)]
fn an_open_relay_is_told_that_it_is_one(
    #[case] id: &str,
    #[case] setting: &str,
    #[case] other: &str,
    #[case] is_open: bool,
) {
    let text = built_in(id);
    assert!(text.contains(setting), "{text}");
    let folder = Folder::new().with("ours.yaml", text.replace(setting, other));
    let stdout = folder.run(&["advise", "ours.yaml"]).fits().with(0).stdout;
    assert_eq!(stdout.contains(OPEN), is_open, "{stdout}");
    if is_open {
        let judged = folder.run(&["verify", "requirements/relay/anonymous", "--on", "ours.yaml"]);
        assert!(judged.stdout.contains("open relay"), "{}", judged.stdout);
    }
}

/// An allow list with everybody on it restricts nobody: the setting is advised, as for an Exchange 5.5 without one.
#[test]
fn a_list_of_everybody_is_no_restriction() {
    let text =
        built_in("exchange-5.5-on-nt4-allow-list").replace("allow-list: [", "allow-list: [\"0.0.0.0;0.0.0.0\", ");
    let stdout = Folder::new().with("ours.yaml", &text).run(&["advise", "ours.yaml"]).fits().with(0).stdout;
    assert!(stdout.contains("Hosts and clients that successfully authenticate"), "{stdout}");
    assert!(!stdout.contains(OPEN), "the setting's reason says it: {stdout}");
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
#[case::no_listener(
    &["exchange-5.5-and-native-service:smtp"],
    "it has: connector, native"
)]
#[case::no_listener_of_none(&["windows-200:smtp"], "did you mean `windows-2000`?")]
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
