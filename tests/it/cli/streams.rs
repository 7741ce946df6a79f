//! Terminals, pipes and Ctrl-C.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use roxmltree::Document;
use rstest::rstest;
use smtpspec::judge::RunEvent;
use smtpspec::report::ndjson;

use super::run::{Ended, Folder, LONGEST, PROGRAM};
use super::servers::{greeting_only, server, target};

/// Runs the program on a terminal of its own. What it says on both streams comes as one.
fn on_a_terminal(folder: &Folder, environment: &[(&str, &str)], arguments: &str) -> Ended {
    let mut command = folder.command("script");
    command.args(["-qec", &format!("stty cols 80; exec {PROGRAM} {arguments}"), "/dev/null"]);
    command.envs(environment.iter().copied()).env("TERM", "xterm-256color");
    Ended::of(command)
}

const COLOUR: &str = "\u{1b}[32m";

#[test]
fn a_terminal_gets_colour_and_progress() {
    let ended = on_a_terminal(&Folder::new(), &[], "verify c01");
    assert_eq!(ended.code, 0);
    assert!(ended.stdout.contains(COLOUR), "{:?}", ended.stdout);
    assert!(ended.stdout.contains("bulletin/windows-2000/relays/null-session on W"), "progress: {:?}", ended.stdout);
}

#[test]
fn no_color_takes_the_colour_away_and_leaves_the_progress() {
    let ended = on_a_terminal(&Folder::new(), &[("NO_COLOR", "1")], "verify c01");
    assert!(!ended.stdout.contains(COLOUR), "{:?}", ended.stdout);
    assert!(ended.stdout.contains("bulletin/windows-2000/relays/null-session on W"), "progress: {:?}", ended.stdout);
}

/// What goes to a pipe does not depend on the terminal beside it.
#[test]
fn a_pipe_beside_a_wide_terminal_has_80_columns() {
    let folder = Folder::new();
    let mut command = folder.command("script");
    let piped = format!("stty cols 160; {PROGRAM} verify > piped.txt");
    command.args(["-qec", &piped, "/dev/null"]);
    Ended::of(command);
    let stdout = folder.read("piped.txt");
    assert!(stdout.contains("Windows 2000\n"), "{stdout}");
    Ended { code: 0, stdout, stderr: String::new() }.fits();
}

#[rstest]
#[case::neither_is_a_terminal(&[], &[], false)]
#[case::always(&["--colour", "always"], &[], true)]
#[case::asked_for_in_spite_of_no_color(&["--colour", "always"], &[("NO_COLOR", "1")], true)]
#[case::never(&["--colour", "never"], &[], false)]
fn a_pipe_gets_colour_where_that_is_asked_for(
    #[case] arguments: &[&str],
    #[case] environment: &[(&str, &str)],
    #[case] coloured: bool,
) {
    let mut command = Folder::new().command(PROGRAM);
    command.current_dir("/").args(arguments).args(["verify", "c01"]).envs(environment.iter().copied());
    let ended = Ended::of(command).with(0);
    assert_eq!(ended.stdout.contains('\u{1b}'), coloured, "{:?}", ended.stdout);
    let mut command = Folder::new().command(PROGRAM);
    command.current_dir("/").args(arguments).args(["verify", "c99"]).envs(environment.iter().copied());
    let ended = Ended::of(command).with(2);
    assert_eq!(ended.stderr.contains('\u{1b}'), coloured, "{:?}", ended.stderr);
}

/// As in `smtpspec list facts | head -1`.
#[rstest]
#[case("list facts")]
#[case("list claims")]
#[case("verify")]
#[case("new target")]
fn a_reader_that_goes_away_is_no_error(#[case] arguments: &str) {
    let mut command = Folder::new().command("bash");
    let pipe = format!("set -o pipefail; {PROGRAM} {arguments} | head -1");
    command.current_dir("/").args(["-c", &pipe]);
    let ended = Ended::of(command);
    assert_eq!((ended.code, ended.stderr.as_str(), ended.stdout.lines().count()), (0, "", 1), "{ended:?}");
}

#[rstest]
#[case(&["list", "facts"])]
#[case(&["verify", "c01"])]
#[case(&["advise", "reference"])]
fn an_output_that_is_full_is_told(#[case] arguments: &[&str]) {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut command = Folder::new().command(PROGRAM);
    let child = command.current_dir("/").args(arguments).stdout(full).stderr(Stdio::piped()).spawn().unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(5));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.starts_with("error: cannot write to standard output: No space left on device"), "{stderr}");
}

/// Waits for what a run does to its files.
fn wait_until(child: &mut Child, happened: impl Fn() -> bool) {
    let begun = Instant::now();
    while !happened() {
        assert_eq!(child.try_wait().unwrap(), None, "it ended by itself");
        assert!(begun.elapsed() < LONGEST, "it hangs");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn send(signal: &str, child: &Child) {
    let status = Command::new("sh").args(["-c", &format!("kill -{signal} {}", child.id())]).status().unwrap();
    assert!(status.success());
}

/// Ctrl-C, or a supervisor's SIGTERM, while a server keeps silent behind its greeting: some cases have ended, one is under
/// way.
#[rstest]
#[case::by_the_user("INT")]
#[case::by_a_supervisor("TERM")]
fn what_was_known_when_it_was_broken_off_is_kept(#[case] signal: &str) {
    let folder = Folder::new().with("server.yaml", target(server(greeting_only)).replace("run: 10s", "run: 60s"));
    let mut command = folder.command(PROGRAM);
    command.args(["verify", "--on", "server.yaml", "--report", "junit=relay.xml", "--report", "ndjson=run.ndjson"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let so_far = || std::fs::read_to_string(folder.path("run.ndjson")).unwrap_or_default();
    wait_until(&mut child, || so_far().contains("\"case-finished\""));
    send(signal, &child);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    assert_eq!(output.stderr, b"");

    let stdout = String::from_utf8(output.stdout).unwrap();
    assert!(stdout.contains(" cases ended before the run was broken off: "), "{stdout}");
    assert!(stdout.contains(" was under way\n"), "{stdout}");
    assert!(stdout.contains("\nWho may relay through 127.0.0.1:"), "{stdout}");
    assert!(stdout.ends_with("Result    none: the run was broken off (exit code 130)\n"), "{stdout}");

    let recording = ndjson::read("run.ndjson", &so_far()).unwrap();
    let ended = recording.events.iter().filter(|event| matches!(event, RunEvent::CaseFinished { .. })).count();
    assert!(ended >= 1 && recording.broken_off.is_none());
    let last = recording.events.last();
    assert!(matches!(last, Some(RunEvent::RunFinished { exit: 130, .. })), "{last:?}");

    let xml = folder.read("relay.xml");
    let document = Document::parse(&xml).unwrap();
    let errors = document.descendants().filter(|node| node.attribute("type") == Some("broken-off")).count();
    assert_eq!(errors, 2, "the case that was under way, and the run: {xml}");
    let cases = document.descendants().filter(|node| node.has_tag_name("testcase")).count();
    assert_eq!(cases, ended + errors);
}
