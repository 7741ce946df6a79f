//! curl as a client: it knows PLAIN, LOGIN, CRAM-MD5 and NTLM, each written by somebody else. What to know about it
//! before judging by it is in `docs/interop.md`.

use crate::gate::{Failure, Gate};
use std::io::Write;
use std::net::{IpAddr, SocketAddr};
use std::process::{Command, Stdio};

static CURL: Gate = Gate::new("SMTPSPEC_CURL", "curl", "a curl that speaks SMTP and offers NTLM");

/// Whether the tests with a real curl run: where it is there, or has been promised.
///
/// # Errors
/// The gate is set, and there is no curl that would do.
pub(crate) fn is_wanted() -> Result<bool, Failure> {
    match usable() {
        Ok(()) => Ok(true),
        Err(reason) if CURL.is_set() => Err(reason),
        Err(reason) => {
            CURL.say_skipped(&reason);
            Ok(false)
        }
    }
}

/// A mechanism that curl is held to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mechanism {
    Plain,
    Login,
    CramMd5,
    Ntlm,
}

impl Mechanism {
    fn name(self) -> &'static str {
        match self {
            Self::Plain => "PLAIN",
            Self::Login => "LOGIN",
            Self::CramMd5 => "CRAM-MD5",
            Self::Ntlm => "NTLM",
        }
    }
}

/// One message for curl to send.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mail<'a> {
    /// The address to connect from.
    pub(crate) source: IpAddr,
    pub(crate) server: SocketAddr,
    pub(crate) mechanism: Mechanism,
    /// The authentication identity; for NTLM `DOMAIN\user` too.
    pub(crate) identity: &'a str,
    pub(crate) password: &'a str,
    pub(crate) reverse_path: &'a str,
    pub(crate) forward_path: &'a str,
    /// As it is sent, transparency aside.
    pub(crate) message: &'a [u8],
    /// The certificate to trust, in PEM, where nothing may be sent but under TLS.
    pub(crate) anchor: Option<&'a str>,
}

/// How a run of curl ended.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// curl(1), "EXIT CODES": 0 is sent, 55 refused at MAIL, RCPT or DATA, 67 the login was refused.
    pub(crate) exit: i32,
    /// What `-v` prints: `> ` begins what curl said, `< ` what the server did.
    pub(crate) trace: String,
}

impl Outcome {
    /// Whether the server said 235. The exit code does not tell: curl sends its mail without a login, and is content,
    /// where the EHLO reply has no AUTH keyword.
    pub(crate) fn authenticated(&self) -> bool {
        self.trace.lines().any(|line| line.starts_with("< 235"))
    }
}

/// Has curl send a message, within ten seconds.
///
/// # Errors
/// curl cannot be run; what goes wrong between curl and the server is an [`Outcome`].
pub(crate) fn send(mail: &Mail<'_>) -> Result<Outcome, Failure> {
    let directory = tempfile::tempdir().map_err(|error| format!("no temporary directory: {error}"))?;
    let message = directory.path().join("message");
    std::fs::write(&message, mail.message).map_err(|error| format!("{}: {error}", message.display()))?;
    let anchor = directory.path().join("anchor.pem");
    let mut tls: Vec<&std::ffi::OsStr> = Vec::new();
    if let Some(pem) = mail.anchor {
        std::fs::write(&anchor, pem).map_err(|error| format!("{}: {error}", anchor.display()))?;
        tls.extend(["--ssl-reqd".as_ref(), "--cacert".as_ref(), anchor.as_os_str()]);
    }

    let mut child = Command::new("curl")
        // No ~/.curlrc, no proxy from the environment: the server is on loopback or the test is wrong.
        .args(["--disable", "--noproxy", "*", "--silent", "--show-error", "--verbose", "--max-time", "10"])
        .args(["--interface", &mail.source.to_string()])
        .args(["--url", &format!("smtp://{}/client.example", mail.server)])
        .args(["--login-options", &format!("AUTH={}", mail.mechanism.name())])
        .args(["--mail-from", mail.reverse_path, "--mail-rcpt", mail.forward_path])
        .args(tls)
        .arg("--upload-file")
        .arg(&message)
        .args(["--config", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("curl does not start: {error}"))?;
    // The password goes in by standard input: what is in the arguments, the whole machine can read.
    let user = format!("{}:{}", mail.identity, mail.password).replace('\\', "\\\\").replace('"', "\\\"");
    if let Some(mut config) = child.stdin.take() {
        writeln!(config, "user = \"{user}\"").map_err(|error| format!("curl takes no configuration: {error}"))?;
    }
    let output = child.wait_with_output().map_err(|error| format!("curl: {error}"))?;
    let exit = output.status.code().ok_or_else(|| format!("curl was ended by a signal: {}", output.status))?;
    Ok(Outcome { exit, trace: String::from_utf8_lossy(&output.stderr).into_owned() })
}

/// Whether the machine's curl would do: it is there, speaks SMTP, and was built with NTLM.
///
/// # Errors
/// What it lacks.
fn usable() -> Result<(), Failure> {
    let output =
        Command::new("curl").arg("--version").output().map_err(|error| format!("curl does not start: {error}"))?;
    let version = String::from_utf8_lossy(&output.stdout);
    let has = |line: &str, word: &str| {
        version.lines().filter_map(|text| text.strip_prefix(line)).any(|text| text.split(' ').any(|each| each == word))
    };
    match (has("Protocols:", "smtp"), has("Features:", "NTLM")) {
        (true, true) => Ok(()),
        (false, _) => Err("this curl has no SMTP".to_owned()),
        (true, false) => Err("this curl has no NTLM".to_owned()),
    }
}
