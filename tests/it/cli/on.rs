//! `--on`, `--as` and the files they name: every mistake is told with its place, and nothing is sent.

use std::net::{Ipv4Addr, TcpListener};

use rstest::rstest;

use super::run::{Ended, Folder, run, snapshot};

/// A target file that is right but for what is put behind it. Nothing listens at its port.
const TARGET: &str = "address: 127.0.0.1:1\nservice: mx\nsource: outside\n";

/// Runs a file; nothing may have been asked of anything.
#[track_caller]
fn refused(folder: &Folder, name: &str) -> Ended {
    let ended = folder.run(&["verify", "--on", name]).fits().with(2);
    assert_eq!(ended.stdout, "");
    ended
}

#[rstest]
#[case("unknown-key", "address: 127.0.0.1:1\nservice: mx\nsender: a@b.example\nsendr: a@b.example\n")]
#[case("key-twice", "address: 127.0.0.1:1\nservice: mx\nservice: submission\n")]
#[case("tab", "address: 127.0.0.1:1\nservice: mx\nroles:\n\tguest: {}\n")]
#[case("not-keys", "just words\n")]
#[case("broken-off", "address: 127.0.0.1:1\nroles: {guest: {\n")]
#[case("empty", "")]
#[case("comments-only", "# to be written\n")]
#[case("deployment", "title: Ours\nlisteners:\n  smtp: {prot: 25}\n")]
#[case(
    "inline-secret",
    "address: 127.0.0.1:1\nservice: mx\nroles:\n  authorized-account: {user: a, secret: hunter2}\n"
)]
#[case("not-loopback", "address: 192.0.2.1:25\nservice: mx\n")]
fn a_wrong_file_is_told_with_its_place(#[case] name: &str, #[case] text: &str) {
    let folder = Folder::new().with("server.yaml", text);
    let ended = refused(&folder, "server.yaml");
    assert!(ended.stderr.contains("--> server.yaml:"), "{}", ended.stderr);
    assert!(!ended.stderr.contains("hunter2"), "a secret is not printed: {}", ended.stderr);
    snapshot!(format!("file-{name}"), ended.stderr);
}

#[test]
fn octets_that_are_no_text_are_told_with_their_line() {
    let folder = Folder::new().with("server.yaml", b"address: 127.0.0.1:1\nname: \xff\n");
    let ended = refused(&folder, "server.yaml");
    assert!(ended.stderr.contains("this file is no UTF-8 text"), "{}", ended.stderr);
    assert!(ended.stderr.contains("--> server.yaml:2:7"), "{}", ended.stderr);
}

#[rstest]
#[case::missing("nothing.yaml", "nothing.yaml cannot be read: ")]
#[case::misspelt("serwer.yaml", "did you mean `server.yaml`?")]
#[case::folder("folder.yaml", "name a file in it")]
#[case::folder_without_ending("folder", "name a file in it")]
#[case::large("large.yaml", "large.yaml has more than 16 MiB")]
#[case::deployment("windows2000", "did you mean `windows-2000`?")]
#[case::beginning_of_a_deployment("windows-xp", "did you mean `windows-xp-professional`?")]
#[case::host("mail.example.com", "write a target file: `smtpspec new target my-server.yaml`")]
#[case::host_and_port("127.0.0.1:2525", "write a target file: `smtpspec new target my-server.yaml`")]
#[case::address("192.0.2.1", "write a target file: `smtpspec new target my-server.yaml`")]
#[case::address_of_version_6("::1", "write a target file: `smtpspec new target my-server.yaml`")]
#[case::localhost("localhost", "write a target file: `smtpspec new target my-server.yaml`")]
#[case::beginning_with_a_version("exchange-5.5", "did you mean `exchange-5.5-")]
#[case::nothing_like_it("postfix", "`smtpspec list deployments` prints them all")]
#[case::nothing("", "`smtpspec list deployments` prints them all")]
fn a_name_that_is_no_target_is_told_with_a_remedy(#[case] name: &str, #[case] remedy: &str) {
    let folder = Folder::new()
        .with("server.yaml", TARGET)
        .with("large.yaml", vec![b'#'; 20 << 20])
        .with_folder("folder.yaml")
        .with_folder("folder");
    let ended = refused(&folder, name);
    assert!(ended.stderr.contains(remedy), "{}", ended.stderr);
}

#[test]
fn a_file_needs_no_ending_where_no_deployment_is_called_so() {
    let folder = Folder::new().with("lab", TARGET).with("reference", TARGET);
    folder.run(&["verify", "requirements/session/greeting", "--on", "lab"]).fits().with(3);
    folder.run(&["verify", "requirements/session/greeting", "--on", "reference"]).fits().with(0);
}

#[test]
fn a_deployment_file_is_judged_like_a_built_in_one() {
    let text = include_str!("../../../scenarios/deployments/windows-2000.yaml");
    let folder = Folder::new().with("windows-2000.yaml", text);
    folder.run(&["verify", "requirements/relay", "--on", "windows-2000.yaml"]).fits().with(1);
    let ended = folder.run(&["verify", "--on", "windows-2000.yaml", "--on", "windows-2000"]).fits().with(2);
    assert!(ended.stderr.contains("windows-2000 is named twice"), "{}", ended.stderr);
}

/// Editors on Windows: a byte order mark and CRLF.
#[test]
fn a_file_from_windows_is_read() {
    let text = format!("\u{feff}{}", TARGET.replace('\n', "\r\n"));
    let folder = Folder::new().with("server.yaml", text);
    folder.run(&["verify", "requirements/session/greeting", "--on", "server.yaml"]).fits().with(3);
}

#[rstest]
#[case::variable("{env: SMTPSPEC_TEST_IS_NOT_SET}", "the variable `SMTPSPEC_TEST_IS_NOT_SET` is not set")]
#[case::file("{file: nothing.secret}", "nothing.secret cannot be read")]
#[case::empty("{file: empty.secret}", "the secret is empty")]
fn a_secret_that_is_not_there_is_missed_before_anything_is_sent(#[case] place: &str, #[case] title: &str) {
    let text = format!("{TARGET}roles:\n  authorized-account: {{user: a, secret: {place}}}\n");
    let ended = refused(&Folder::new().with("server.yaml", text).with("empty.secret", "\n"), "server.yaml");
    assert!(ended.stderr.contains(title), "{}", ended.stderr);
    assert!(ended.stderr.contains("--> server.yaml:5:"), "{}", ended.stderr);
}

/// What is typed behind `export` stays in the shell's history.
#[test]
fn how_to_set_a_secret_keeps_it_out_of_the_history() {
    let secret = "roles:\n  authorized-account: {user: a, secret: {env: SMTPSPEC_TEST_UNSET}}\n";
    let ended = refused(&Folder::new().with("server.yaml", format!("{TARGET}{secret}")), "server.yaml");
    let mut lines = ended.stderr.lines().map(str::trim);
    assert!(lines.any(|line| line == "read -rs SMTPSPEC_TEST_UNSET; export SMTPSPEC_TEST_UNSET"), "{}", ended.stderr);
    assert!(ended.stderr.contains("`secret: { file: … }`"), "{}", ended.stderr);
    assert!(!ended.stderr.contains("export SMTPSPEC_TEST_UNSET="), "{}", ended.stderr);
}

/// An earlier report is worth more than one of a run that never began.
#[test]
fn a_port_of_the_witness_that_is_taken_is_told_and_reports_stay_as_they_are() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let listen = taken.local_addr().unwrap();
    let folder = Folder::new()
        .with("server.yaml", format!("{TARGET}witness:\n  listen: {listen}\n"))
        .with("relay.xml", "<?xml an earlier one");
    let ended = folder.run(&["verify", "--on", "server.yaml", "--report", "junit=relay.xml"]).fits().with(2);
    assert!(ended.stderr.contains(&format!("the witness cannot listen on {listen}")), "{}", ended.stderr);
    assert!(ended.stderr.contains("--> server.yaml:5:11"), "{}", ended.stderr);
    assert!(ended.stderr.contains("name another port"), "{}", ended.stderr);
    assert_eq!(folder.read("relay.xml"), "<?xml an earlier one");
}

#[test]
fn an_address_that_is_not_loopback_is_allowed_by_name() {
    let folder = Folder::new().with("server.yaml", "address: no-such-host.invalid:25\nservice: mx\n");
    let ended = refused(&folder, "server.yaml");
    assert!(ended.stderr.contains("this is not a loopback address"), "{}", ended.stderr);
    let ended = folder.run(&["verify", "--on", "server.yaml", "--allow-address", "other.invalid"]).with(2);
    assert!(ended.stderr.contains("this is not a loopback address"), "{}", ended.stderr);
    // RFC 2606 2: `.invalid` never resolves. That it was tried says that it was allowed.
    let ended = folder.run(&["verify", "--on", "server.yaml", "--allow-address", "no-such-host.invalid"]).with(2);
    assert!(ended.stderr.contains("no-such-host.invalid cannot be resolved"), "{}", ended.stderr);
    assert!(ended.stderr.contains("help: check the name and this machine's resolver"), "{}", ended.stderr);
}

#[rstest]
#[case::unknown(&["--as", "windows2000", "--on", "server.yaml"], "did you mean `windows-2000`?")]
#[case::built_in(&["--as", "windows-2000", "--on", "windows-2000"], "name one target file with --on")]
#[case::two(&["--as", "windows-2000", "--on", "server.yaml", "--on", "other.yaml"], "name one target file with --on")]
#[case::several_listeners(&["--as", "exchange-5.5-and-native-service", "--on", "server.yaml"], "say which: --as ")]
#[case::unknown_listener(
    &["--as", "exchange-5.5-and-native-service:smtp", "--on", "server.yaml"], "it has: connector, native"
)]
#[case::requirements(&["requirements", "--as", "windows-2000", "--on", "server.yaml"], "select `bulletin`")]
#[case::record_of_a_target(&["bulletin", "--on", "server.yaml"], "say with --as which deployment")]
#[case::record_of_a_deployment(&["bulletin", "--on", "windows-2000"], "leave --on away")]
#[case::twice(&["--on", "reference", "--on", "reference"], "name each target once")]
fn what_cannot_be_asked_together_is_told(#[case] arguments: &[&str], #[case] remedy: &str) {
    let folder = Folder::new().with("server.yaml", TARGET).with("other.yaml", TARGET);
    let ended = folder.run(&[&["verify"], arguments].concat()).fits().with(2);
    // Wrapped lines are one text.
    let text = ended.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains(remedy.trim_end()), "{}", ended.stderr);
}

#[test]
fn a_target_is_held_against_the_record_of_a_deployment() {
    let folder = Folder::new().with("server.yaml", TARGET);
    let ended = folder.run(&["verify", "bulletin", "--as", "windows-2000", "--on", "server.yaml"]).fits().with(3);
    assert!(ended.stdout.contains("? bulletin/windows-2000/relays/null-session on 127.0.0.1:1\n"), "{}", ended.stdout);
    assert!(!ended.stdout.contains("? bulletin/nt4"), "{}", ended.stdout);
}

#[test]
fn advice_is_about_deployments() {
    let folder = Folder::new().with("server.yaml", TARGET);
    let ended = folder.run(&["advise", "server.yaml"]).fits().with(2);
    assert!(ended.stderr.contains("server.yaml is no deployment file"), "{}", ended.stderr);
    assert_eq!(run(&["advise", "windows-2000"]).code, 0);
}
