//! A model that goes beside a server: it is told what the client says, octet for octet, and what it answers is put down.
//! It never decides anything; the server's replies alone do.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::dialogue::FactLog;
use super::nonces::{Borrowed, Drawn, Nonces};
use super::server::{ModelHost, ModelPeer};
use crate::protocol::sasl::{Mechanism, ntlm};
use crate::protocol::secret::Secret;
use crate::protocol::transcript::{Content, Entry, Happening, Side, Transcript};
use crate::protocol::wire::{Command, CommandLine, ReplyDecoder, Verb};
use crate::transport::Peer as _;

/// The model beside one connection.
#[derive(Debug)]
pub(crate) struct Shadow {
    host: ModelHost,
    peer: IpAddr,
    local: IpAddr,
    label: String,
    borrowed: Borrowed,
    /// Opened when the target has spoken: the model takes its name.
    connection: Option<Connection>,
    /// What the client said, and what the model answered.
    transcript: Transcript,
    /// What was said and the model was not told yet.
    pending: VecDeque<Utterance>,
    /// How many entries of the target's transcript were gone through.
    taken: usize,
    /// Whether the model has answered with another code: from then on its answers may be to other things.
    has_diverged: bool,
}

#[derive(Debug)]
struct Connection {
    peer: ModelPeer,
    decoder: ReplyDecoder,
    facts: FactLog,
    name: String,
    /// Whether its end was put down.
    is_told_of: bool,
    /// Whether its last reply was a 334.
    has_asked: bool,
    /// Responses that it was given and had not asked for. It takes them for commands, and may say them again.
    responses: Vec<Secret>,
}

/// What the client sent in one write.
#[derive(Debug)]
struct Utterance {
    /// They may hold a password.
    octets: Secret,
    /// The entry of the target's transcript behind the last that tells of it.
    end: usize,
}

impl Shadow {
    /// The model of a host, connected to from an address to an address. `label` is what it draws by.
    pub(crate) fn new(host: ModelHost, peer: IpAddr, local: IpAddr, label: String) -> Self {
        Self {
            host,
            peer,
            local,
            label,
            borrowed: Borrowed::default(),
            connection: None,
            transcript: Transcript::new(),
            pending: VecDeque::new(),
            taken: 0,
            has_diverged: false,
        }
    }

    /// Notes what the client sends; `end` is the number of entries of the transcript, those of this among them.
    pub(super) fn told(&mut self, octets: &[u8], end: usize) {
        self.pending.push_back(Utterance { octets: Secret::new(octets), end });
    }

    /// Goes on as far as the target has. What the model has to be told of the target's first, its challenge, is waited for.
    pub(super) fn follow(&mut self, target: &Transcript) {
        self.go_on(target, false);
    }

    /// The same where nothing more will come of the target.
    pub(super) fn follow_to_the_end(&mut self, target: &Transcript) {
        self.go_on(target, true);
    }

    /// What was said to the model and what it answered.
    pub(crate) fn transcript(&self) -> &Transcript {
        &self.transcript
    }

    /// The name that the model took; `None` where the target never spoke.
    pub(crate) fn name(&self) -> Option<&str> {
        self.connection.as_ref().map(|connection| connection.name.as_str())
    }

    fn go_on(&mut self, target: &Transcript, is_over: bool) {
        loop {
            let rest = target.entries.get(self.taken..).unwrap_or_default();
            let heard = rest.iter().take_while(|entry| entry.side == Side::Server).count();
            if heard > 0 {
                self.hear(rest.get(..heard).unwrap_or_default());
                self.taken += heard;
            }
            let Some(next) = self.pending.front() else { return };
            let due = due(next, target, is_over);
            if due == Due::Later {
                return;
            }
            let Some(next) = self.pending.pop_front() else { return };
            let said = target.entries.get(self.taken..next.end).unwrap_or_default();
            self.transcript.entries.extend_from_slice(said);
            self.taken = self.taken.max(next.end);
            let drawn = match due {
                Due::Now(drawn) => drawn,
                Due::Later | Due::Never => {
                    self.share(target);
                    continue;
                }
            };
            let is_secret = said.iter().any(|entry| matches!(entry.content, Content::Credential { .. }));
            self.tell(&next.octets, drawn, is_secret);
        }
    }

    /// Puts down the target's answer for the model's.
    fn share(&mut self, target: &Transcript) {
        let rest = target.entries.get(self.taken..).unwrap_or_default();
        let answer = rest.iter().take_while(|entry| entry.side == Side::Server);
        let before = self.transcript.entries.len();
        self.transcript.entries.extend(answer.cloned());
        self.taken += self.transcript.entries.len().saturating_sub(before);
    }

    fn tell(&mut self, octets: &Secret, drawn: Option<Drawn>, is_secret: bool) {
        self.borrowed.lend(drawn);
        if let Some(connection) = &mut self.connection {
            if is_secret && !connection.has_asked {
                connection.responses.extend(responses(octets));
            }
            connection.peer.receive(octets.expose());
        }
    }

    /// Puts down as many answers of the model as the target has given; where the target has said nothing in time or is
    /// gone, all of them. Of a model that has diverged too, since nobody knows any more what answers what.
    fn hear(&mut self, heard: &[Entry]) {
        let at = heard.last().map_or(Duration::ZERO, |entry| entry.at);
        self.connect(heard);
        let mut has_ended = false;
        for entry in heard {
            match &entry.content {
                Content::Line { bytes, .. } if bytes.get(3) == Some(&b'-') => {}
                Content::Line { bytes, .. } | Content::MailData { bytes } => self.answer(bytes.get(..3), at),
                // What a server says of a password is a challenge.
                Content::Credential { .. } => self.answer(Some(b"334"), at),
                // It is told in clear what the target is told in secret.
                Content::Happening(Happening::TlsEstablished(_)) => self.transcript.entries.push(entry.clone()),
                Content::Happening(_) => has_ended = true,
            }
        }
        if has_ended || self.has_diverged {
            while self.put_down_one(at).is_some() {}
        }
        if has_ended {
            self.put_down_the_end(at);
        }
    }

    /// Puts down the model's answer to what the target answered with this code.
    fn answer(&mut self, of_target: Option<&[u8]>, at: Duration) {
        let code = self.put_down_one(at);
        self.has_diverged |= code.as_deref() != of_target;
        if code.is_none() {
            self.put_down_the_end(at);
        }
    }

    /// Opens the connection under the target's name, which stands first in its greeting (RFC 5321 4.2).
    fn connect(&mut self, heard: &[Entry]) {
        if self.connection.is_some() {
            return;
        }
        let name = heard.iter().find_map(greeted_name).unwrap_or_else(|| self.host.model.host.clone());
        let facts = FactLog::default();
        let Nonces::Seeded { state } = Nonces::seeded(&self.label) else { return };
        let nonces = Nonces::Borrowed { borrowed: self.borrowed.clone(), state };
        let peer = self.host.named(name.clone()).connect(self.peer, self.local, nonces, facts.clone());
        self.connection = Some(Connection {
            peer,
            decoder: ReplyDecoder::new(),
            facts,
            name,
            is_told_of: false,
            has_asked: false,
            responses: Vec::new(),
        });
    }

    /// Puts down the model's next reply; its code, or `None` where it says nothing.
    fn put_down_one(&mut self, at: Duration) -> Option<Vec<u8>> {
        let connection = self.connection.as_mut()?;
        let said = connection.peer.take();
        connection.decoder.push(&said);
        // A model's replies are replies; one that is made wrong by a test ends its side of the dialogue.
        let reply = connection.decoder.next_reply()?.ok()?;
        connection.has_asked = reply.code().get() == 334;
        for line in reply.raw().split_inclusive(|octet| *octet == b'\n') {
            let bytes = connection.responses.iter().fold(without_line_ending(line).to_vec(), without_response);
            let content = match is_server_signature(&bytes) {
                true => Content::Credential { label: SERVER_SIGNATURE.to_owned(), length: bytes.len() },
                false => Content::Line { bytes, is_cut: false },
            };
            self.transcript.entries.push(Entry { side: Side::Server, at, content, mark: connection.facts.pop() });
        }
        Some(reply.code().to_string().into_bytes())
    }

    fn put_down_the_end(&mut self, at: Duration) {
        let Some(connection) = &mut self.connection else { return };
        if connection.peer.is_closed() && !connection.is_told_of {
            connection.is_told_of = true;
            self.transcript.happened(Side::Server, at, Happening::Closed);
        }
    }
}

/// As the client's own transcript calls it.
const SERVER_SIGNATURE: &str = "SCRAM-SHA-256 server signature";

/// Whether a line is SCRAM's last word, out of which a password can be guessed (RFC 5802 9).
fn is_server_signature(line: &[u8]) -> bool {
    let challenge = line.strip_prefix(b"334 ").and_then(|text| STANDARD.decode(text.trim_ascii()).ok());
    challenge.is_some_and(|challenge| challenge.starts_with(b"v="))
}

/// When the model is told something.
#[derive(Debug, PartialEq, Eq)]
enum Due {
    /// Now; it draws what the target has drawn.
    Now(Option<Drawn>),
    /// Once it is known what the target has drawn, or whether TLS stands.
    Later,
    /// STARTTLS that the target has followed: the model goes on in clear.
    Never,
}

fn due(next: &Utterance, target: &Transcript, is_over: bool) -> Due {
    let line = next.octets.expose().split(|octet| *octet == b'\n').next().unwrap_or_default();
    let command = CommandLine::parse(line.strip_suffix(b"\r").unwrap_or(line));
    let answers = target.entries.get(next.end..).unwrap_or_default();
    if command.verb == Verb::StartTls {
        let mut answers = answers.iter().take_while(|entry| entry.side == Side::Server).peekable();
        let is_answered = answers.peek().is_some();
        let stands = |entry: &Entry| matches!(entry.content, Content::Happening(Happening::TlsEstablished(_)));
        return match (answers.any(stands), is_answered || is_over) {
            (true, _) => Due::Never,
            (false, true) => Due::Now(None),
            (false, false) => Due::Later,
        };
    }
    let mechanism = match command.command {
        Ok(Command::Auth { mechanism, .. }) => Mechanism::from_name(&mechanism),
        Ok(_) | Err(_) => None,
    };
    drawn_for(mechanism, answers, is_over).map_or(Due::Later, Due::Now)
}

/// What the target has drawn in an exchange, by its answers. Outer `None`: it is not known yet. Inner: nothing.
fn drawn_for(mechanism: Option<Mechanism>, answers: &[Entry], is_over: bool) -> Option<Option<Drawn>> {
    let Some(mechanism) = mechanism else { return Some(None) };
    // These have no challenge that must not be foreseen.
    if drawn_in(mechanism, b"").is_none() {
        return Some(None);
    }
    for entry in answers.iter().filter(|entry| entry.side == Side::Server) {
        let Content::Line { bytes, .. } = &entry.content else { return Some(None) };
        let Some(challenge) = bytes.strip_prefix(b"334").map(<[u8]>::trim_ascii) else { return Some(None) };
        if let Some(Some(drawn)) = STANDARD.decode(challenge).ok().and_then(|said| drawn_in(mechanism, &said)) {
            return Some(Some(drawn));
        }
    }
    is_over.then_some(None)
}

/// What of a challenge a server has drawn. Outer `None`: servers draw nothing in this mechanism. Inner: not in this challenge.
fn drawn_in(mechanism: Mechanism, challenge: &[u8]) -> Option<Option<Drawn>> {
    match mechanism {
        Mechanism::CramMd5 => Some((!challenge.is_empty()).then(|| Drawn::Challenge(challenge.to_vec()))),
        // Before it an empty one, for the client's first message (RFC 5802 5).
        Mechanism::ScramSha256 => Some(challenge.starts_with(b"r=").then(|| Drawn::Challenge(challenge.to_vec()))),
        // What comes before message 2 is the product's own text (MS-SMTPNTLM 2.2.1.2).
        Mechanism::Ntlm => {
            let message = ntlm::Challenge::decode(challenge).ok();
            Some(message.map(|message| Drawn::Octets(message.server_challenge)))
        }
        Mechanism::Plain
        | Mechanism::Login
        | Mechanism::External
        | Mechanism::Anonymous
        | Mechanism::OauthBearer
        | Mechanism::Xoauth2 => None,
    }
}

fn greeted_name(entry: &Entry) -> Option<String> {
    let Content::Line { bytes, .. } = &entry.content else { return None };
    let text = bytes.get(4..)?.split(|octet| *octet == b' ').next()?;
    let is_name = |octet: &u8| octet.is_ascii_alphanumeric() || matches!(octet, b'.' | b'-');
    (text.contains(&b'.') && text.iter().all(is_name)).then(|| String::from_utf8_lossy(text).into_owned())
}

fn without_line_ending(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// The words in which the octets hold a response (RFC 4954 4): all of a line, or what stands behind AUTH's mechanism.
fn responses(octets: &Secret) -> Vec<Secret> {
    let lines = octets.expose().split(|octet| matches!(octet, b'\r' | b'\n'));
    let words = lines.filter_map(|line| line.split(|octet| *octet == b' ').rfind(|word| !word.is_empty()));
    words.map(Secret::new).collect()
}

/// How much of a response has to stand in a line to be found there: what base64 makes of one to three octets.
const ENOUGH: usize = 4;

/// A line in which no part of a response stands that begins where the response begins, whatever its capitals.
pub(super) fn without_response(line: Vec<u8>, response: &Secret) -> Vec<u8> {
    let Some(beginning) = response.expose().get(..ENOUGH) else { return line };
    let mut rest = line.as_slice();
    let mut kept = Vec::new();
    while let Some(start) = rest.windows(ENOUGH).position(|window| window.eq_ignore_ascii_case(beginning)) {
        let (before, found) = rest.split_at(start);
        let pairs = found.iter().zip(response.expose());
        let length = pairs.take_while(|(one, other)| one.eq_ignore_ascii_case(other)).count();
        kept.extend_from_slice(before);
        kept.extend_from_slice(b"{response}");
        rest = found.get(length..).unwrap_or_default();
    }
    kept.extend_from_slice(rest);
    kept
}
