//! Whether a server still answers once the sequence of chunks was broken: closing that one connection is its right, taking
//! the others with it is the failure of MS02-012. Seen on servers with a fixed script.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use rstest::rstest;

/// What a server does once it has refused the command between the chunks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    /// Goes on.
    GoesOn,
    /// Closes that connection and serves the others.
    ClosesOne,
    /// Drops all connections and takes new ones, as a service does that failed and was started again.
    DropsAll,
    /// Serves one connection at a time, and closes this one.
    ClosesItsOnly,
    /// Serves one connection at a time, closes this one and greets nobody any more.
    IsGone,
}

#[derive(Default)]
struct State {
    /// By the client's address.
    open: Vec<(SocketAddr, TcpStream)>,
    is_gone: bool,
}

impl State {
    fn leave(&mut self, client: SocketAddr) {
        self.open.retain(|(open, _)| *open != client);
    }
}

fn server(then: Then) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let state: Arc<Mutex<State>> = Arc::default();
    // It ends with the test's process.
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let state = Arc::clone(&state);
            std::thread::spawn(move || attend(stream, then, &state));
        }
    });
    address
}

/// One session. A connection that breaks is over.
fn attend(stream: TcpStream, then: Then, state: &Mutex<State>) -> Option<()> {
    let say = |text: &str| (&stream).write_all(format!("{text}\r\n").as_bytes()).ok();
    let me = stream.peer_addr().ok()?;
    {
        let mut state = state.lock().unwrap();
        if state.is_gone {
            return None;
        }
        if matches!(then, Then::ClosesItsOnly | Then::IsGone) && !state.open.is_empty() {
            return say("421 4.3.2 one at a time");
        }
        state.open.push((me, stream.try_clone().ok()?));
    }
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    say("220 mail.inside.example ESMTP")?;
    let mut is_between_chunks = false;
    loop {
        let mut line = String::new();
        let is_over = reader.read_line(&mut line).ok()? == 0;
        let mut state_now = state.lock().unwrap();
        if is_over {
            state_now.leave(me);
        }
        // Whoever was dropped says nothing any more, however late its thread learns of it.
        if !state_now.open.iter().any(|(open, _)| *open == me) {
            return None;
        }
        drop(state_now);
        let line = line.trim_end();
        match line.split(' ').next().unwrap_or_default() {
            "EHLO" => say("250-mail.inside.example\r\n250 CHUNKING")?,
            "BDAT" => {
                let size: usize = line.split(' ').nth(1)?.parse().ok()?;
                reader.read_exact(&mut vec![0; size]).ok()?;
                is_between_chunks = true;
                say("250 2.6.0 taken")?;
            }
            "AUTH" if is_between_chunks => {
                say("503 5.5.2 BDAT Expected")?;
                let mut state = state.lock().unwrap();
                state.is_gone = then == Then::IsGone;
                match then {
                    Then::GoesOn => {}
                    Then::DropsAll => {
                        state.open.drain(..).for_each(|(_, open)| drop(open.shutdown(Shutdown::Both)));
                        return None;
                    }
                    Then::ClosesOne | Then::ClosesItsOnly | Then::IsGone => {
                        state.leave(me);
                        drop(stream.shutdown(Shutdown::Both));
                        return None;
                    }
                }
            }
            _ => say("250 ok")?,
        }
    }
}

#[rstest]
#[case(Then::GoesOn, 0, "1 conformant")]
#[case(Then::ClosesOne, 0, "1 conformant")]
#[case(Then::DropsAll, 1, "on a second connection it closed the connection")]
#[case(Then::ClosesItsOnly, 0, "1 conformant")]
#[case(Then::IsGone, 1, "expected the server to go on answering, but it closed the connection")]
fn a_server_may_close_what_broke_the_sequence_and_nothing_else(
    #[case] then: Then,
    #[case] code: i32,
    #[case] said: &str,
) {
    let folder = tempfile::tempdir().unwrap();
    let target = format!(
        "address: {}\nservice: mx\nsource: outside\nsender: somebody@client.example\n\
         local-recipient: postmaster@inside.example\ndisruptive: allowed\nlimits: {{reply: 2s, case: 5s, run: 20s}}\n",
        server(then)
    );
    std::fs::write(folder.path().join("server.yaml"), target).unwrap();
    let mut command = assert_cmd::Command::new(env!("CARGO_BIN_EXE_smtpspec"));
    // A chunk is mail data, which a server without a witness only gets where it is asked for.
    let arguments = ["verify", "requirements/chunking", "--on", "server.yaml", "--send-data"];
    command.current_dir(folder.path()).args(arguments);
    let output = command.output().unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(code), "{stdout}");
    // Wrapped lines are one text.
    let text = stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains(said), "{stdout}");
}
