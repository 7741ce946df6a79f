//! Mail that arrives at the witness after the case about it was judged: the case is judged again, and nothing else is. The
//! server holds mail back until a later case says HELO, which no mail of ours does, and has handed it over before it
//! answers: no test waits for anything.

use std::collections::{BTreeMap, VecDeque};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use roxmltree::Document;
use rstest::rstest;
use smtpspec::judge::{RunEvent, Verdict};
use smtpspec::report::{Report as _, Terminal, TerminalOptions, ndjson};

use super::run::{Ended, Folder};

/// What AUTH LOGIN makes of the users (`printf alice | base64`, `printf bob | base64`), and what nobody says of himself.
pub(super) const ALICE: &str = "YWxpY2U=";
pub(super) const BOB: &str = "Ym9i";
pub(super) const NOBODY: &str = "";

/// A server that takes mail to elsewhere from some, and holds back that of some.
pub(super) struct Server {
    pub(super) witness: SocketAddr,
    pub(super) takes: &'static [&'static str],
    pub(super) holds: &'static [&'static str],
    /// How many messages go out at a HELO.
    pub(super) at_once: usize,
    pub(super) state: Mutex<State>,
}

#[derive(Default)]
pub(super) struct State {
    held: VecDeque<Mail>,
    connections: usize,
    /// How many connections there had been each time when what was held went out.
    released_at: Vec<usize>,
}

#[derive(Default)]
struct Mail {
    reverse_path: String,
    forward_path: String,
    content: String,
}

impl Mail {
    /// Hands it to the witness, which says 221 behind its answer to the message.
    fn pass_on(&self, witness: SocketAddr) {
        let Self { reverse_path, forward_path, content } = self;
        let mut stream = TcpStream::connect(witness).unwrap();
        let session = format!("HELO a\r\n{reverse_path}\r\n{forward_path}\r\nDATA\r\n{content}.\r\nQUIT\r\n");
        stream.write_all(session.as_bytes()).unwrap();
        stream.read_to_end(&mut Vec::new()).unwrap();
    }
}

impl Server {
    pub(super) fn open(self) -> (SocketAddr, Arc<Self>) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let server = Arc::new(self);
        let attending = Arc::clone(&server);
        // It ends with the test's process.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                attending.state.lock().unwrap().connections += 1;
                let server = Arc::clone(&attending);
                std::thread::spawn(move || server.attend(stream));
            }
        });
        (address, server)
    }

    /// One session. A connection that breaks is over.
    fn attend(&self, stream: TcpStream) -> Option<()> {
        let mut lines = BufReader::new(stream.try_clone().ok()?).lines().map_while(Result::ok);
        let say = |text: &str| (&stream).write_all(format!("{text}\r\n").as_bytes()).ok();
        let (mut user, mut mail) = (NOBODY.to_owned(), Mail::default());
        say("220 mail.inside.example ESMTP")?;
        while let Some(line) = lines.next() {
            match line.split([' ', ':']).next().unwrap_or_default() {
                "EHLO" => say("250-mail.inside.example\r\n250 AUTH LOGIN")?,
                "HELO" => {
                    self.release();
                    say("250 ok")?;
                }
                "AUTH" => {
                    say("334 VXNlcm5hbWU6")?;
                    user = lines.next()?;
                    say("334 UGFzc3dvcmQ6")?;
                    lines.next()?;
                    say("235 2.7.0 ok")?;
                }
                "MAIL" => {
                    mail.reverse_path = line;
                    say("250 ok")?;
                }
                "RCPT" if line.contains("@inside.example") || self.takes.contains(&user.as_str()) => {
                    mail.forward_path = line;
                    say("250 ok")?;
                }
                "RCPT" => say("550 5.7.1 relaying denied")?,
                "DATA" => {
                    say("354 go on")?;
                    let content = lines.by_ref().take_while(|line| line != ".").map(|line| line + "\r\n");
                    mail.content = content.collect();
                    self.take(&user, std::mem::take(&mut mail));
                    say("250 2.0.0 queued")?;
                }
                "QUIT" => return say("221 bye"),
                _ => say("250 ok")?,
            }
        }
        None
    }

    /// Mail for its own recipients stays here.
    fn take(&self, user: &str, mail: Mail) {
        if !mail.forward_path.contains("@elsewhere.example") {
            return;
        }
        if self.holds.contains(&user) {
            self.state.lock().unwrap().held.push_back(mail);
        } else {
            mail.pass_on(self.witness);
        }
    }

    fn release(&self) {
        let mut state = self.state.lock().unwrap();
        let connections = state.connections;
        state.released_at.push(connections);
        let most = self.at_once.min(state.held.len());
        state.held.drain(..most).for_each(|mail| mail.pass_on(self.witness));
    }
}

/// A run on such a server: what it said, its recording, its JUnit report, and what the server saw of it.
struct Run {
    ended: Ended,
    events: Vec<RunEvent>,
    junit: String,
    server: Arc<Server>,
}

impl Run {
    /// All that is held goes out at the first HELO.
    fn of(takes: &'static [&'static str], holds: &'static [&'static str]) -> Self {
        Self::with(takes, holds, usize::MAX, &["relay/unauthorized-account", "session/helo"])
    }

    fn with(takes: &'static [&'static str], holds: &'static [&'static str], at_once: usize, selected: &[&str]) -> Self {
        // Taken and given back.
        let witness = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
        let (address, server) = Server { witness, takes, holds, at_once, state: Mutex::default() }.open();
        let target = format!(
            "address: {address}\nservice: mx\nsource: outside\nsender: somebody@client.example\n\
             local-recipient: postmaster@inside.example\nwitness: {{ listen: {witness} }}\n\
             limits: {{ witness: 100ms }}\nroles:\n  \
             authorized-account: {{ user: alice, secret: {{ file: alice }}, sender: alice@inside.example }}\n  \
             unauthorized-account: {{ user: bob, secret: {{ file: bob }}, sender: bob@inside.example }}\n"
        );
        let folder = Folder::new().with("server.yaml", target).with("alice", "sesame\n").with("bob", "sesame\n");
        let folder = folder.with("own.feature", OWN);
        let reports = ["--on", "server.yaml", "--report", "ndjson=run.ndjson", "--report", "junit=relay.xml"];
        let ended = folder.run(&[&["verify"], selected, &reports].concat());
        let recording = ndjson::read("run.ndjson", &folder.read("run.ndjson")).unwrap();
        Self { ended, events: recording.events, junit: folder.read("relay.xml"), server }
    }

    /// What each case came to, each time it was judged.
    fn verdicts(&self) -> BTreeMap<&str, Vec<Verdict>> {
        let mut verdicts: BTreeMap<&str, Vec<Verdict>> = BTreeMap::new();
        for event in &self.events {
            if let RunEvent::CaseFinished { result, .. } = event {
                verdicts.entry(&result.requirement.id.0).or_default().push(result.judgement.verdict);
            }
        }
        verdicts
    }

    fn cells(&self) -> Vec<Verdict> {
        let verdict = |event: &RunEvent| match event {
            RunEvent::CellFilled { cell } => Some(cell.verdict),
            _ => None,
        };
        self.events.iter().filter_map(verdict).collect()
    }

    fn replayed(&self) -> String {
        let mut replayed = Vec::new();
        let options = TerminalOptions { colour: false, width: 80, progress: false, verbose: false };
        let mut terminal = Box::new(Terminal::new(&mut replayed, options));
        self.events.iter().try_for_each(|event| terminal.event(event)).unwrap();
        terminal.finish().unwrap();
        String::from_utf8(replayed).unwrap()
    }
}

/// A case that reads evidence and leads a dialogue: to judge it again is to say HELO again.
const OWN: &str = "Feature: A case of somebody's own

  @id:own/case @must
  Scenario: It sends mail and says HELO
    Given the mail server
    When the unauthorized account sends mail to the remote recipient
    And the client says \"HELO client.example\"
    Then the reply has the code 250
";

const RELAY: &str = "requirements/relay/unauthorized-account";
const DIALOGUE: &str = "requirements/session/helo";

/// docs/verdicts.md, "Accepted". The controls are mail too: without the authorized account's nothing is known of a refusal,
/// and where the anonymous client's goes out nothing is of roles.
#[rstest]
#[case::its_own(&[ALICE, BOB], &[BOB], [Verdict::Conformant, Verdict::Deviates], 1)]
#[case::authorized(&[ALICE], &[ALICE], [Verdict::Inconclusive, Verdict::Conformant], 0)]
#[case::anonymous(&[ALICE, BOB, NOBODY], &[NOBODY], [Verdict::Deviates, Verdict::Inconclusive], 3)]
fn a_case_whose_mail_arrives_late_is_judged_again(
    #[case] takes: &'static [&'static str],
    #[case] holds: &'static [&'static str],
    #[case] verdicts: [Verdict; 2],
    #[case] code: i32,
) {
    let run = Run::of(takes, holds);
    let expected = BTreeMap::from([(RELAY, verdicts.to_vec()), (DIALOGUE, vec![Verdict::Conformant])]);
    assert_eq!(run.verdicts(), expected, "{}", run.ended.stdout);
    assert_eq!(run.cells(), verdicts);
    let state = run.server.state.lock().unwrap();
    assert_eq!(state.released_at, [state.connections], "one dialogue, and no connection behind it");

    let ended = run.ended.with(code).fits();
    let of_both = match verdicts[1] {
        Verdict::Conformant => "2 conformant",
        Verdict::Deviates => "1 deviates, 1 conformant",
        _ => "1 inconclusive, 1 conformant",
    };
    assert!(ended.summary().starts_with("Summary   2 cases on 1 target in "), "{}", ended.stdout);
    assert!(ended.summary().contains(&format!(" s: {of_both}\n")), "{}", ended.stdout);
    let told = "\nAgain     1 result was judged again: mail arrived after the first verdict\n";
    assert!(ended.summary().contains(told), "{}", ended.stdout);
    assert_eq!(ended.stdout.matches("\nunauthorized account  ").count(), 1, "{}", ended.stdout);
    let last = run.events.last();
    assert!(matches!(last, Some(RunEvent::RunFinished { exit, .. }) if i32::from(*exit) == code), "{last:?}");
}

/// The reports that are made from the events have the last verdict, with its reasons, and no case twice.
#[test]
fn no_report_has_the_first_verdict() {
    let run = Run::of(&[ALICE, BOB], &[BOB]);
    assert_eq!(run.replayed(), run.ended.stdout);
    let document = Document::parse(&run.junit).unwrap();
    let root = document.root_element();
    let counts = ["tests", "failures", "errors", "skipped"].map(|name| root.attribute(name).unwrap());
    assert_eq!(counts, ["2", "1", "0", "0"], "{}", run.junit);
    let mut relay = document.descendants().filter(|node| node.attribute("name") == Some(RELAY));
    let failure = relay.next().and_then(|case| case.children().find(|child| child.has_tag_name("failure"))).unwrap();
    assert_eq!(relay.next(), None);
    let text = failure.text().unwrap();
    assert!(text.contains("\nbecause: this was judged again, since mail arrived after it was judged first"), "{text}");
    assert!(text.contains("\nmail: relayed"), "{text}");
}

/// Six messages are held, and one goes out each time the case is judged: alice's two, bob's, and the anonymous client's
/// with each of three senders.
#[test]
fn a_server_that_hands_over_mail_bit_by_bit_does_not_keep_a_run_from_its_end() {
    let everybody: &[&str] = &[ALICE, BOB, NOBODY];
    let run = Run::with(everybody, everybody, 1, &["--features", "own.feature"]);
    let verdicts = run.verdicts();
    assert_eq!(verdicts.values().map(Vec::len).collect::<Vec<_>>(), [4], "{verdicts:?}");
    let state = run.server.state.lock().unwrap();
    assert_eq!((state.released_at.len(), state.held.len()), (4, 2));
    assert!(run.ended.summary().starts_with("Summary   1 case on 1 target in "), "{}", run.ended.stdout);
}
