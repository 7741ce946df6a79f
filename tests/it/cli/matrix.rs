//! `verify` on the built-in deployments: the matrix, and what decides the exit code.

use rstest::rstest;

use super::run::{run, snapshot};

#[test]
fn the_record_alone_decides_a_plain_run() {
    let ended = run(&["verify"]).fits().with(0);
    let summary = ended.summary();
    let counts = summary.lines().next().unwrap().rsplit_once(": ").unwrap().1;
    let (count, word) = counts.split_once(' ').unwrap();
    assert_eq!(word, "conformant", "{summary}");
    assert!(count.parse::<u32>().unwrap() >= 24, "each of the bulletin's 24 claims has a case: {summary}");
    // Exchange 5.0 relays for everybody: the requirements deviate there, and that is shown.
    assert!(summary.contains("of the requirements on the old systems do not decide: "), "{summary}");
    assert!(summary.ends_with("Result    conformant: the models do what the record says (exit code 0)\n"), "{summary}");
    assert!(!ended.stdout.contains("── deviates"), "what does not decide is no finding");
}

// MS02-011: Windows 2000 has the flaw and its patch ends it; Exchange 5.0 as installed relays for anybody (c15 is about
// that); the present-day reference has no flaw.
#[rstest]
#[case("windows-2000", 1)]
#[case("windows-2000-patched", 0)]
#[case("windows-2000-service-stopped", 3)]
#[case("exchange-5.0-rerouting", 1)]
#[case("reference", 0)]
#[case("reference-refuses-at-relay", 0)]
#[case("reference-tls", 0)]
fn a_deployment_is_judged_by_the_requirements(#[case] deployment: &str, #[case] code: i32) {
    let ended = run(&["verify", "--on", deployment]).fits().with(code);
    assert!(ended.stdout.contains("\nWho may relay through "), "{}", ended.stdout);
    assert!(ended.summary().contains(&format!("(exit code {code})\n")), "{}", ended.stdout);
}

#[test]
fn a_patched_server_is_told_in_a_screen() {
    let ended = run(&["verify", "--on", "windows-2000-patched"]).fits().with(0);
    snapshot!("verify-on-patched", ended.stdout);
}

#[test]
fn a_deviating_case_is_told_with_its_dialogue() {
    let ended = run(&["verify", "requirements/relay/null-session", "--on", "windows-2000"]).fits().with(1);
    for shown in [
        "✗ requirements/relay/null-session on Windows 2000, as installed\n",
        "    AUTH     accepted: 235 2.7.0 Authentication successful\n",
        "    mail     relayed: it arrived at the witness\n",
        "    remedy   ",
        "      C: AUTH NTLM\n",
        "      C: (NTLM message 3, 88 octets)\n",
        "    > S: 250 ",
    ] {
        assert!(ended.stdout.contains(shown), "{shown}: {}", ended.stdout);
    }
    // Nothing is missed about roles that were not asked for.
    assert!(!ended.stdout.contains("Unjudged"), "{}", ended.stdout);
}

/// A claim's cases are of both kinds: those of the record are about roles that its requirements are not about.
#[test]
fn a_claim_on_a_deployment_misses_no_role_of_the_record() {
    let ended = run(&["verify", "c08", "--on", "windows-2000"]).fits().with(1);
    assert!(!ended.stdout.contains("Unjudged"), "{}", ended.stdout);
}

#[test]
fn two_deployments_are_two_rows() {
    let ended =
        run(&["verify", "requirements/relay", "--on", "windows-2000-patched", "--on", "reference"]).fits().with(0);
    snapshot!("verify-on-two", ended.stdout);
}

/// Forty targets with one flaw are not forty dialogues.
#[test]
fn requirements_on_all_deployments_stay_readable() {
    let ended = run(&["verify", "requirements/relay"]).fits().with(1);
    let dialogues = ended.stdout.lines().filter(|line| line.starts_with("    > ")).count();
    assert!(dialogues <= 24, "{dialogues} dialogues");
    assert!(ended.stdout.contains(" more, by name; --verbose tells them whole"), "{}", ended.stdout);
    assert!(ended.stdout.lines().count() < 1000, "{} lines", ended.stdout.lines().count());
}

#[test]
fn every_case_is_told_where_that_is_asked_for() {
    let ended = run(&["verify", "c01", "--verbose"]).fits().with(0);
    let told = ended.stdout.lines().filter(|line| line.starts_with("✓ bulletin/")).count();
    assert!(ended.stdout.contains(&format!(": {told} cases selected by c01\n")), "{}", ended.stdout);
}
