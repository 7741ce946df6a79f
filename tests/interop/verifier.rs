//! The product itself, run as a user runs it: a target file, the program, what it printed and wrote.

use super::Failure;
use super::server::{Account, LOCAL_RECIPIENT, OUTSIDE_SOURCE, REMOTE_RECIPIENT, Server};
use serde_json::Value;
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU16, Ordering};

/// The cases about STARTTLS, which servers that do not offer it are not asked.
pub(super) const STARTTLS_CASES: [&str; 10] = [
    "tls/account",
    "tls/authentication",
    "tls/injected-command",
    "tls/injected-transaction",
    "tls/introduction",
    "tls/offered-again",
    "tls/passwords-listed",
    "tls/passwords-taken/login",
    "tls/passwords-taken/plain",
    "tls/transaction",
];

/// Where the secrets of a target file are: a variable each.
const SECRETS: [(Account, &str); 2] =
    [(Account::Authorized, "INTEROP_AUTHORIZED"), (Account::Unauthorized, "INTEROP_UNAUTHORIZED")];

/// What a target file says of a server.
#[derive(Clone, Debug)]
pub(super) struct Target {
    /// Keys about where the client stands.
    pub(super) source: String,
    /// The witness's port; `None`: no witness.
    pub(super) witness: Option<u16>,
    /// How long the program waits for accepted mail to arrive there.
    pub(super) witness_wait: &'static str,
    pub(super) remote_recipient: &'static str,
    /// `absent`, or `{}`.
    pub(super) null_session: &'static str,
    /// Texts by which the server says that a refusal is about authorization.
    pub(super) refusal_wordings: &'static [&'static str],
    /// Whether the authorized account is described; otherwise `authorized: none`.
    pub(super) names_authorized: bool,
    /// How the accounts sign in: the authorized and the unauthorized one. `None`: the product chooses.
    pub(super) mechanisms: [Option<&'static str>; 2],
    /// The unauthorized account's sender.
    pub(super) sender: &'static str,
    /// What is put behind the unauthorized account's password.
    pub(super) slip: &'static str,
    /// Tokens in the place of the passwords, for the authorized and the unauthorized account.
    pub(super) tokens: Option<[String; 2]>,
    /// Whether requests that stop a server with a defect are allowed.
    pub(super) disruptive: bool,
}

impl Target {
    /// From outside, with a witness and both accounts; Postfix has no NTLM, so there is no null session, and says 5.7.1 where it
    /// means authorization.
    pub(super) fn seen_from_outside(witness: u16) -> Self {
        Self {
            source: format!("source: outside\nsource-address: {OUTSIDE_SOURCE}"),
            witness: Some(witness),
            witness_wait: "10s",
            remote_recipient: REMOTE_RECIPIENT,
            null_session: "absent",
            refusal_wordings: &[],
            names_authorized: true,
            mechanisms: [None, None],
            sender: "unauthorized@inside.example",
            slip: "",
            tokens: None,
            disruptive: false,
        }
    }

    fn text(&self, server: &Server) -> String {
        let Self { source, witness_wait, remote_recipient, null_session, .. } = self;
        let mut text = format!(
            "address: {}\nservice: mx\n{source}\nsender: somebody@client.example\n\
             local-recipient: {LOCAL_RECIPIENT}\nremote-recipient: {remote_recipient}\n\
             limits: {{ connect: 10s, reply: 20s, run: 2min, witness: {witness_wait}, deferred: 50ms }}\n",
            server.address()
        );
        if let Some(port) = self.witness {
            text += &format!("witness: {{ listen: 127.0.0.1:{port} }}\n");
        }
        if self.disruptive {
            text += "disruptive: allowed\n";
        }
        if !self.refusal_wordings.is_empty() {
            text += &format!("refusal-wordings: {:?}\n", self.refusal_wordings);
        }
        if !self.names_authorized {
            text += "authorized: none\n";
        }
        text += &format!("roles:\n  null-session: {null_session}\n");
        for ((account, variable), mechanism) in SECRETS.into_iter().zip(self.mechanisms) {
            if account == Account::Authorized && !self.names_authorized {
                continue;
            }
            let name = account.name();
            let sender = match account {
                Account::Authorized => "authorized@inside.example",
                Account::Unauthorized => self.sender,
            };
            text += &format!(
                "  {name}-account:\n    user: {name}\n    secret: {{ env: {variable} }}\n    sender: {sender}\n"
            );
            text += &mechanism.map(|mechanism| format!("    mechanism: {mechanism}\n")).unwrap_or_default();
        }
        text
    }

    /// Runs `smtpspec verify` on it.
    ///
    /// # Errors
    /// The program does not start, ends by a signal, or writes no report that can be read.
    pub(super) fn verify(&self, server: &Server, arguments: &[&str]) -> Result<Verified, Failure> {
        let folder = tempfile::tempdir().map_err(|error| format!("no temporary directory: {error}"))?;
        let [target, ndjson, junit] = ["target.yaml", "run.ndjson", "run.xml"].map(|name| folder.path().join(name));
        std::fs::write(&target, self.text(server)).map_err(|error| format!("{}: {error}", target.display()))?;

        let mut command = Command::new(env!("CARGO_BIN_EXE_smtpspec"));
        command.arg("verify").args(arguments).arg("--on").arg(&target);
        command.arg("--report").arg(format!("ndjson={}", ndjson.display()));
        command.arg("--report").arg(format!("junit={}", junit.display()));
        for (index, (account, variable)) in SECRETS.into_iter().enumerate() {
            if let Some(tokens) = &self.tokens {
                command.env(variable, &tokens[index]);
                continue;
            }
            let slip = if account == Account::Unauthorized { self.slip } else { "" };
            command.env(variable, format!("{}{slip}", server.password_of(account)));
        }
        let output = command.output().map_err(|error| format!("smtpspec does not start: {error}"))?;
        let printed = |octets: Vec<u8>| String::from_utf8_lossy(&octets).into_owned();
        let (stdout, stderr) = (printed(output.stdout), printed(output.stderr));
        let exit = output.status.code().ok_or_else(|| format!("smtpspec was ended by a signal: {stderr}"))?;
        let written = |path: &Path| {
            std::fs::read_to_string(path).map_err(|error| format!("{}: {error}; {stderr}", path.display()))
        };
        let (ndjson, junit) = (written(&ndjson)?, written(&junit)?);
        let events: Result<Vec<Value>, _> = ndjson.lines().map(serde_json::from_str).collect();
        let events = events.map_err(|error| format!("the NDJSON report: {error}"))?;
        Ok(Verified { exit, stdout, stderr, ndjson, junit, events })
    }
}

/// What a run came to.
#[derive(Debug)]
pub(super) struct Verified {
    pub(super) exit: i32,
    pub(super) stdout: String,
    pub(super) stderr: String,
    pub(super) ndjson: String,
    pub(super) junit: String,
    events: Vec<Value>,
}

impl Verified {
    fn all<'a>(&'a self, event: &'a str, field: &'a str) -> impl Iterator<Item = &'a Value> {
        self.events.iter().filter(move |value| value["event"] == event).map(move |value| &value[field])
    }

    /// Each case's verdict, by its id without what all requirements have in front.
    pub(super) fn verdicts(&self) -> BTreeMap<&str, &str> {
        self.all("case-finished", "result")
            .map(|result| {
                let id = text(&result["requirement"]["id"]);
                (id.strip_prefix("requirements/").unwrap_or(id), text(&result["judgement"]["verdict"]))
            })
            .collect()
    }

    /// Each role's row of the matrix: `accepted 235; refused at rcpt 554 5.7.1; conformant`.
    pub(super) fn roles(&self) -> BTreeMap<&str, String> {
        self.all("cell-filled", "cell")
            .map(|cell| {
                let answer = format!("{} {}", text(&cell["authentication"]["answer"]), codes(&cell["authentication"]));
                let fate = &cell["fate"];
                let at = fate["at"].as_str().map(|at| format!(" at {at}")).unwrap_or_default();
                let fate = format!("{}{at} {}", text(&fate["fate"]), codes(fate));
                let row = format!("{}; {}; {}", answer.trim(), fate.trim(), text(&cell["verdict"]));
                (text(&cell["role"]), row)
            })
            .collect()
    }

    /// The reasons and the remedy of a case, `; ` between them.
    pub(super) fn says(&self, case: &str) -> String {
        let ids = ["requirements/", "bulletin/"].map(|kind| format!("{kind}{case}"));
        let of_case = |result: &&Value| ids.iter().any(|id| result["requirement"]["id"] == *id);
        let Some(result) = self.all("case-finished", "result").find(of_case) else { return String::new() };
        let judgement = &result["judgement"];
        let reasons = judgement["reasons"].as_array().into_iter().flatten().map(text);
        reasons.chain(judgement["remedy"].as_str()).collect::<Vec<_>>().join("; ")
    }

    /// What was tried, in the order in which it was.
    pub(super) fn attempts(&self) -> Vec<&Value> {
        let mut attempts: Vec<&Value> = self.all("attempted", "attempt").collect();
        attempts.sort_by_key(|attempt| attempt["order"].as_u64());
        attempts
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("nothing")
}

/// The reply code of an answer or a fate, and its enhanced status code but for those of AUTH.
fn codes(value: &Value) -> String {
    let reply = &value["reply"];
    let enhanced = reply["enhanced"].as_str().filter(|_| value["fate"].is_string()).unwrap_or_default();
    format!("{} {enhanced}", reply["code"].as_u64().map(|code| code.to_string()).unwrap_or_default())
}

/// A port of loopback for a witness, free now and given to nobody else in this process. It is below those that the
/// system gives to connections (`ip_local_port_range`), so that none of them takes it before the witness does.
///
/// # Errors
/// No port is free.
pub(super) fn witness_port() -> Result<u16, Failure> {
    const FIRST: u16 = 20_000;
    const COUNT: u16 = 12_000;
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let offset = std::process::id().wrapping_mul(97) % u32::from(COUNT);
    for _ in 0..COUNT {
        let step = u32::from(NEXT.fetch_add(1, Ordering::Relaxed));
        let port = FIRST + u16::try_from((offset + step) % u32::from(COUNT)).unwrap_or_default();
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return Ok(port);
        }
    }
    Err("no port is free for a witness".to_owned())
}
