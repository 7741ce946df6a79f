//! Servers that are not there or do not behave: never a verdict, always a reason, and an end.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rstest::rstest;
use smtpspec::judge::{OpenReason, RunEvent, Verdict};
use smtpspec::report::ndjson;

use super::run::{Folder, snapshot};

/// The target file of a server at this address, with limits for tests: no run may take longer than ten seconds.
pub(super) fn target(address: SocketAddr) -> String {
    format!(
        "address: {address}\nservice: mx\nsource: outside\nsender: somebody@client.example\n\
         local-recipient: postmaster@inside.example\nroles:\n  null-session: {{}}\n  guest: {{}}\n  \
         wrong-password: absent\n  unauthorized-account: absent\n  authorized-account: absent\n\
         limits: {{connect: 500ms, reply: 100ms, case: 1s, run: 10s, witness: 100ms, deferred: 100ms}}\n"
    )
}

/// A server that does this on each connection, for as long as the test lasts.
pub(super) fn server(behaviour: fn(TcpStream)) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || behaviour(stream));
        }
    });
    address
}

/// Says nothing and keeps the connection until the client goes.
pub(super) fn silent(mut stream: TcpStream) {
    let _ = stream.read_to_end(&mut Vec::new());
}

/// Greets, and says nothing more.
pub(super) fn greeting_only(mut stream: TcpStream) {
    let _ = stream.write_all(b"220 mail.inside.example ready\r\n");
    silent(stream);
}

/// One octet at a time, each well within the limit for a reply, and never a whole line.
fn dribbling(mut stream: TcpStream) {
    for octet in b"220 mail.inside.example ready\r\n".iter().cycle().filter(|octet| **octet != b'\n') {
        if stream.write_all(&[*octet]).is_err() {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Greets, hears the first command and goes.
fn closing(mut stream: TcpStream) {
    let _ = stream.write_all(b"220 mail.inside.example ready\r\n");
    let _ = stream.read(&mut [0; 512]);
}

/// Is no mail server at all, and tries to paint the terminal.
fn of_another_kind(mut stream: TcpStream) {
    let _ = stream.write_all(b"\x1b[31mHTTP/1.1 400 Bad Request\r\n\r\n");
    silent(stream);
}

/// Never ends its greeting.
fn endless(mut stream: TcpStream) {
    while stream.write_all(b"220-and another line\r\n").is_ok() {}
}

/// Wants none of us (RFC 5321 3.1), and waits for QUIT.
fn turning_away(mut stream: TcpStream) {
    let _ = stream.write_all(b"554 mail.inside.example No SMTP service here\r\n");
    silent(stream);
}

/// As Exim says it at `smtp_accept_max_per_host`.
fn full(mut stream: TcpStream) {
    let _ = stream.write_all(b"421 mail.inside.example Too many connections\r\n");
}

/// Says 421 to the first command behind EHLO and closes (RFC 5321 3.8).
fn ending_its_service(mut stream: TcpStream) {
    let _ = stream.write_all(b"220 mail.inside.example ready\r\n");
    let _ = stream.read(&mut [0; 512]);
    let _ = stream.write_all(b"250 mail.inside.example\r\n");
    let _ = stream.read(&mut [0; 512]);
    let _ = stream.write_all(b"421 mail.inside.example closing transmission channel\r\n");
}

#[rstest]
#[case::silent(silent, "no greeting came within 0.100 s", OpenReason::GreetPause)]
#[case::greeting_only(greeting_only, "no reply came within 0.100 s", OpenReason::ReplyTimedOut)]
#[case::dribbling(dribbling, "no greeting came within 0.100 s", OpenReason::GreetPause)]
#[case::closing(closing, "the server closed the connection", OpenReason::ConnectionClosed)]
#[case::of_another_kind(of_another_kind, r"\x1b[31mHTTP/1.1 400 Bad Request", OpenReason::UnexpectedGreeting)]
#[case::endless(endless, "a reply of more than 256 lines", OpenReason::UnexpectedGreeting)]
#[case::turning_away(turning_away, "554 mail.inside.example No SMTP service here", OpenReason::TurnedAway)]
#[case::full(full, "421 mail.inside.example Too many connections", OpenReason::RateLimited)]
fn a_server_that_does_not_behave_leaves_all_open(
    #[case] behaviour: fn(TcpStream),
    #[case] reason: &str,
    #[case] open: OpenReason,
) {
    let folder = Folder::new().with("server.yaml", target(server(behaviour)));
    let ended = folder.run(&["verify", "--on", "server.yaml", "--report", "junit=relay.xml"]).fits().with(3);
    assert!(ended.stdout.contains(reason), "{reason}: {}", ended.stdout);
    let told = format!("\n    reason   {}\n", open.words());
    assert!(ended.stdout.contains(&told), "{told}: {}", ended.stdout);
    for role in [
        "anonymous             not used       no answer                  ? inconclusive\n",
        "null session          not used       no answer                  ? inconclusive\n",
    ] {
        assert!(ended.stdout.contains(role), "{}", ended.stdout);
    }
    assert!(!ended.stdout.contains('\u{1b}'), "{}", ended.stdout);
    assert!(ended.summary().ends_with("Result    inconclusive (exit code 3)\n"), "{}", ended.stdout);
    let junit = folder.read("relay.xml");
    assert!(junit.contains("type=\"inconclusive\""));
    assert!(junit.contains(&format!("<property name=\"open\" value=\"{}\"/>", open.id())), "{junit}");
}

/// RFC 5321 3.8: 421 is the end of the service, and no refusal of what was asked.
#[test]
fn a_server_that_ends_its_service_leaves_all_open() {
    let folder = Folder::new().with("server.yaml", target(server(ending_its_service)));
    let ended = folder.run(&["verify", "relay", "--on", "server.yaml", "--report", "junit=relay.xml"]).with(3);
    assert!(ended.stdout.contains("\n    reason   the server closed its service in the middle\n"), "{}", ended.stdout);
    let junit = folder.read("relay.xml");
    assert!(junit.contains("<property name=\"open\" value=\"service-closing\"/>"), "{junit}");
}

/// By its name in all reports, and where two have one name, the user is asked to tell them apart.
#[test]
fn reports_call_a_target_what_its_file_calls_it() {
    let address = server(greeting_only);
    let text = target(address);
    let folder = Folder::new().with("server.yaml", format!("name: Our gateway\n{text}"));
    let reports = ["--report", "junit=relay.xml", "--report", "ndjson=run.ndjson"];
    let ended = folder.run(&[&["verify", "relay", "--on", "server.yaml"][..], &reports].concat()).fits().with(3);
    assert!(ended.stdout.contains(&format!("Who may relay through Our gateway ({address})?\n")), "{}", ended.stdout);
    assert!(ended.stdout.contains("relay/guest on Our gateway\n"), "{}", ended.stdout);
    assert!(folder.read("relay.xml").contains("<testsuite name=\"Our gateway\""));
    assert!(folder.read("relay.xml").contains("classname=\"Our gateway\""));
    let recorded = folder.read("run.ndjson");
    assert!(recorded.contains("\"target\":\"Our gateway\"") && !recorded.contains("server.yaml"), "{recorded}");

    let folder = folder.with("other.yaml", format!("name: Our gateway\n{text}"));
    let ended = folder.run(&["verify", "--on", "server.yaml", "--on", "other.yaml"]).fits().with(2);
    assert!(ended.stderr.contains("--on other.yaml: Our gateway is named twice"), "{}", ended.stderr);
    assert!(ended.stderr.contains("give each file a `name` of its own"), "{}", ended.stderr);
    let folder = folder.with("native.yaml", format!("name: exchange-5.5-and-native-service:native\n{text}"));
    let both = ["verify", "--on", "exchange-5.5-and-native-service", "--on", "native.yaml"];
    let ended = folder.run(&both).fits().with(2);
    assert!(ended.stderr.contains("is named twice"), "{}", ended.stderr);
}

#[test]
fn a_closed_port_is_told_once_and_in_a_screen_or_two() {
    // Taken and given back: nothing listens there.
    let closed = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
    let folder = Folder::new().with("server.yaml", target(closed));
    let ended = folder.run(&["verify", "--on", "server.yaml"]).fits().with(3);
    snapshot!("closed-port", ended.stdout.replace(&closed.to_string(), "127.0.0.1:PORT"));
}

/// A limit of the run ends it, and each case that it kept from being judged says so. Without it the first connection
/// would be waited on for half an hour.
#[test]
fn the_limit_of_a_run_ends_it() {
    static CONNECTIONS: AtomicUsize = AtomicUsize::new(0);
    let counting = server(|stream| {
        CONNECTIONS.fetch_add(1, Ordering::Relaxed);
        silent(stream);
    });
    let text = target(counting).replace("reply: 100ms", "reply: 30min").replace("case: 1s", "case: 30min");
    let folder = Folder::new().with("server.yaml", text.replace("run: 10s", "run: 500ms"));
    folder.run(&["verify", "--on", "server.yaml", "--report", "ndjson=run.ndjson"]).fits().with(3);
    // On a machine that is busy the time may be over before there is one.
    assert!(CONNECTIONS.load(Ordering::Relaxed) <= 1, "it went on connecting");
    let recording = ndjson::read("run.ndjson", &folder.read("run.ndjson")).unwrap();
    let judgements = recording.events.into_iter().filter_map(|event| match event {
        RunEvent::CaseFinished { result, .. } => Some(result.judgement),
        _ => None,
    });
    let open: Vec<_> = judgements.filter(|judgement| judgement.verdict() == Verdict::Inconclusive).collect();
    assert!(open.len() > 10, "{open:#?}");
    for judgement in open {
        let reasons = judgement.reasons.join("; ");
        assert!(reasons.contains("was reached (run)") || reasons.contains("was reached: run"), "{reasons}");
    }
}
