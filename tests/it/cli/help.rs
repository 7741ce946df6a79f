//! What the program says of itself.

use rstest::rstest;

use super::run::{run, snapshot};

#[rstest]
#[case("all", &["--help"])]
#[case("short", &["-h"])]
#[case("verify", &["verify", "--help"])]
#[case("advise", &["advise", "--help"])]
#[case("list", &["list", "--help"])]
#[case("new", &["new", "--help"])]
#[case("lint", &["lint", "--help"])]
#[case("witness", &["witness", "--help"])]
fn help_is_readable(#[case] name: &str, #[case] arguments: &[&str]) {
    let ended = run(arguments).fits().with(0);
    snapshot!(format!("help-{name}"), ended.stdout);
}

#[test]
fn help_and_the_page_list_the_same_exit_codes() {
    let page = include_str!("../../../docs/exit-codes.md");
    let of_page: Vec<&str> =
        page.lines().filter_map(|line| line.strip_prefix("| ")?.split(' ').next()).skip(1).collect();
    let help = run(&["--help"]).stdout;
    let (_, codes) = help.split_once("Exit codes:\n").unwrap();
    let of_help: Vec<&str> = codes.lines().map_while(|line| line.split_whitespace().next()).collect();
    assert_eq!(of_help, ["0", "1", "2", "3", "4", "5", "130"]);
    assert_eq!(of_page, of_help);
}

#[test]
fn every_example_of_the_help_is_understood() {
    let help = run(&["verify", "--help"]).stdout;
    let (_, examples) = help.split_once("Examples:\n").unwrap();
    let mut tried = 0;
    for example in examples.lines() {
        let arguments: Vec<&str> = example.split_whitespace().skip(1).collect();
        let ended = run(&arguments);
        // The files of the examples are not there; a wrong argument would be told by the usage.
        assert!(ended.code < 2 || ended.stderr.contains(".yaml cannot be read"), "{example}: {ended:#?}");
        tried += 1;
    }
    assert!(tried >= 5, "{examples}");
}

#[rstest]
#[case::nothing(&[], "Usage: smtpspec")]
#[case::unknown_subcommand(&["verfy"], "verify")]
#[case::unknown_option(&["verify", "--reprot", "junit=x.xml"], "--report")]
#[case::unknown_short_option(&["verify", "--om", "x.yaml"], "a similar argument exists: '--on'")]
#[case::unknown_listing(&["list", "claim"], "claims")]
#[case::nothing_to_list(&["list"], "<WHAT>")]
#[case::nothing_to_write(&["new"], "<WHAT>")]
#[case::nothing_to_advise_on(&["advise"], "DEPLOYMENT")]
#[case::unknown_colour(&["--colour", "blue", "list", "cases"], "auto, always, never")]
#[case::as_without_on(&["verify", "--as", "windows-2000"], "--on <DEPLOYMENT|FILE.yaml>")]
fn a_wrong_argument_is_told_with_what_is_right(#[case] arguments: &[&str], #[case] right: &str) {
    let ended = run(arguments).with(2);
    assert!(ended.stderr.contains(right), "{}", ended.stderr);
    assert_eq!(ended.stdout, "");
}

#[test]
fn the_version_is_the_package_s() {
    assert_eq!(run(&["--version"]).with(0).stdout, concat!("smtpspec ", env!("CARGO_PKG_VERSION"), "\n"));
}
