//! A dialogue led line by line, for cases that say their own lines.

use std::sync::Arc;

use super::bench::beside::Seen;
use super::bench::target::Ready;
use super::bench::visit::sign_in;
use super::client::{Client, Outcome, Step};
use super::dialogue::Dialogue;
use super::message::message;
use super::nonces::Nonces;
use crate::judge::{Authentication, Destination, NoAnswer, Nonce, Role, TlsBegun};
use crate::protocol::sasl::Mechanism;
use crate::protocol::tls::Established;
use crate::protocol::transcript::Transcript;
use crate::protocol::wire::{Command, CommandLine, Extensions, Reply, Verb};

/// A connection with the client in the hands of a case. All it says and hears is in its transcript.
#[derive(Debug)]
pub struct Conversation {
    ready: Arc<Ready>,
    dialogue: Dialogue,
    greeting: Reply,
    /// What the last EHLO listed; `None` before one.
    extensions: Option<Extensions>,
    /// Whether TLS was begun on it.
    is_secure: bool,
    /// By what it was tried to authenticate last.
    tried: Option<Mechanism>,
    nonces: Nonces,
    nonce: Nonce,
    /// Who signed in last: whose message it is.
    role: Role,
    /// Recipients that were accepted, for the message's header.
    recipients: Vec<String>,
    /// The message last sent.
    sent: Option<Vec<u8>>,
    /// Whether the last reply was a 334: the next line is then a response.
    is_challenged: bool,
}

impl Conversation {
    /// Connects and waits for the greeting, whatever it says. Where the target is to be spoken with under TLS, that stands by
    /// then.
    pub(super) async fn open(ready: Arc<Ready>, client: Client) -> Result<Self, NoAnswer> {
        Self::begin(ready, client, true).await
    }

    /// The same, with TLS left for the case to begin where STARTTLS begins it. Until then nothing is sent that the target
    /// may not be told in clear.
    pub(super) async fn open_in_clear(ready: Arc<Ready>, client: Client) -> Result<Self, NoAnswer> {
        Self::begin(ready, client, false).await
    }

    async fn begin(ready: Arc<Ready>, client: Client, is_secured: bool) -> Result<Self, NoAnswer> {
        let label = ready.label("conversation");
        let mut nonces = ready.nonces(&label);
        let nonce = ready.mark(&mut nonces);
        let mut dialogue = ready.open(client, None, None, &label).await.map_err(|(why, _)| why)?;
        let greeting = match is_secured {
            true => ready.greeting(&mut dialogue).await?,
            false => ready.greeting_alone(&mut dialogue).await?,
        };
        let (extensions, role, recipients) = (None, Role::Anonymous, Vec::new());
        let is_challenged = false;
        let is_secure = match ready.profile.secrecy.begin() {
            None => false,
            Some(TlsBegun::Implicit) => true,
            Some(TlsBegun::Starttls) => is_secured && greeting.code().is_positive(),
        };
        let (sent, tried) = (None, None);
        Ok(Self {
            ready,
            dialogue,
            greeting,
            extensions,
            is_secure,
            tried,
            nonces,
            nonce,
            role,
            recipients,
            sent,
            is_challenged,
        })
    }

    /// The greeting.
    pub fn greeting(&self) -> &Reply {
        &self.greeting
    }

    /// Sends a line and reads one whole reply. A login that fails this way counts as any other does.
    ///
    /// # Errors
    /// When no reply comes; where no more logins may fail and this line begins one; where the target may not be sent this:
    /// mail data without a witness, a recipient that may be somebody.
    pub async fn say(&mut self, line: &str) -> Result<Reply, NoAnswer> {
        let command = CommandLine::parse(line.as_bytes());
        let is_response = std::mem::take(&mut self.is_challenged);
        if command.verb == Verb::Auth && !is_response {
            self.ready.may_sign_in(None)?;
        }
        let gives_credentials =
            is_response || matches!(command.command, Ok(Command::Auth { initial_response: Some(_), .. }));
        let heard = self.dialogue.perform(Step::Command(line.as_bytes().to_vec())).await.into_reply();
        let code = heard.as_ref().map(|reply| reply.code().get());
        self.is_challenged = code == Ok(334);
        if gives_credentials && !matches!(code, Ok(235 | 334)) {
            self.ready.login_failed(None);
        }
        let reply = heard?;
        if command.verb == Verb::Ehlo {
            self.extensions = Some(Extensions::from_reply(&reply));
        }
        if let (Ok(Command::Rcpt { forward_path, .. }), true) = (command.command, reply.code().is_positive()) {
            self.recipients.push(String::from_utf8_lossy(&forward_path.address()).into_owned());
        }
        Ok(reply)
    }

    /// Sends octets as they are, in one write, and reads nothing.
    ///
    /// # Errors
    /// When the connection is gone, and where the target may not be sent this.
    pub async fn send(&mut self, octets: &[u8]) -> Result<(), NoAnswer> {
        match self.dialogue.perform(Step::Octets(octets.to_vec())).await {
            Outcome::NoAnswer(why) => Err(why),
            Outcome::Sent
            | Outcome::Reply(_)
            | Outcome::Introduced { .. }
            | Outcome::Exchange(_)
            | Outcome::Secured { .. } => Ok(()),
        }
    }

    /// Says STARTTLS, with these octets behind it in the same write, and begins TLS behind a 220. What EHLO listed before
    /// counts no more. The reply, and what was agreed on; `None` where the reply is another and nothing was begun.
    ///
    /// # Errors
    /// When no reply comes, when TLS does not stand, and where the target may not be told these octets in clear.
    pub async fn start_tls(&mut self, behind: &[u8]) -> Result<(Reply, Option<Established>), NoAnswer> {
        match self.dialogue.perform(Step::StartTls { behind: behind.to_vec() }).await {
            Outcome::Secured { reply, established } => {
                self.extensions = None;
                self.recipients.clear();
                self.is_challenged = false;
                self.is_secure = true;
                Ok((reply, Some(*established)))
            }
            outcome => Ok((outcome.into_reply()?, None)),
        }
    }

    /// Reads one whole reply.
    ///
    /// # Errors
    /// When none comes.
    pub async fn reply(&mut self) -> Result<Reply, NoAnswer> {
        self.dialogue.perform(Step::Reply).await.into_reply()
    }

    /// EHLO with the client's name, and what it lists.
    ///
    /// # Errors
    /// When no reply comes.
    pub async fn ehlo(&mut self) -> Result<(Reply, Extensions), NoAnswer> {
        let name = self.ready.profile.client_name.clone();
        let reply = self.dialogue.perform(Step::Ehlo { name, helo_fallback: false }).await.into_reply()?;
        let extensions = Extensions::from_reply(&reply);
        self.extensions = Some(extensions.clone());
        Ok((reply, extensions))
    }

    /// Authenticates as a role does at this target, introducing the client first where it has not yet been. A role that does
    /// not authenticate, or is not given, is [`Authentication::NotTried`]. A role that was turned down for good before is
    /// not tried again where failed logins are counted: the answer is that of the first time.
    pub async fn authenticate_as(&mut self, role: Role) -> Authentication {
        if let Some(answer) = self.known_refusal(role) {
            return answer;
        }
        let extensions = match &self.extensions {
            Some(extensions) => extensions.clone(),
            None => match self.ehlo().await {
                Ok((_, extensions)) => extensions,
                Err(why) => return Authentication::NoAnswer(why),
            },
        };
        self.role = role;
        let Self { ready, dialogue, nonces, .. } = self;
        let (tried, answer) = sign_in(ready, dialogue, role, None, &extensions, nonces).await;
        self.tried = tried;
        answer
    }

    /// What cannot be had in the clear may be had under TLS.
    fn known_refusal(&self, role: Role) -> Option<Authentication> {
        self.ready.known_refusal(role).filter(|answer| match answer {
            Authentication::Unavailable { .. } | Authentication::NeedsTls { .. } => !self.is_secure,
            Authentication::NotTried
            | Authentication::Accepted { .. }
            | Authentication::Refused { .. }
            | Authentication::Deferred { .. }
            | Authentication::NoMechanism { .. }
            | Authentication::CannotSpeak { .. }
            | Authentication::NoAnswer(_) => true,
        })
    }

    /// The mechanism that was asked for last, where the last EHLO lists it.
    pub fn tried_mechanism(&self) -> Option<&'static str> {
        let name = self.tried?.name();
        let listed = self.extensions.as_ref()?.authentication_mechanisms();
        listed.iter().any(|listed| listed.eq_ignore_ascii_case(name)).then_some(name)
    }

    /// The reverse-path of a role at this target, without brackets.
    pub fn sender_of(&self, role: Role) -> String {
        self.ready.profile.sender_of(role).to_owned()
    }

    /// The recipient for a destination at this target, without brackets. Where the target file names no local one it is
    /// `postmaster`, whom every server has (RFC 5321 4.5.1).
    pub fn recipient(&self, destination: Destination) -> String {
        self.ready.profile.recipient(destination).unwrap_or("postmaster").to_owned()
    }

    /// Sends a message made for this conversation behind a DATA that was answered 354, and reads the reply.
    ///
    /// # Errors
    /// When no reply comes, and where the target may not be sent any message data.
    pub async fn send_message(&mut self) -> Result<Reply, NoAnswer> {
        let profile = &self.ready.profile;
        let now = self.ready.clock.unix_time();
        let sender = profile.sender_of(self.role);
        let message = message(self.role, sender, &self.recipients, &self.nonce, &profile.client_name, now);
        self.sent = Some(message.clone());
        let reply = self.dialogue.perform(Step::MailData(message)).await.into_reply();
        if let (Some(witness), Some(at)) = (&self.ready.witness, self.dialogue.mail_data_sent_at()) {
            witness.was_sent(&self.nonce, at);
        }
        reply
    }

    /// The message last sent, as it was before transparency (RFC 5321 4.5.2).
    pub fn sent(&self) -> Option<&[u8]> {
        self.sent.as_deref()
    }

    /// The mark in the message of this conversation.
    pub fn nonce(&self) -> &Nonce {
        &self.nonce
    }

    /// What was said so far, held beside the model's answers to it; `None` where no model goes beside the target. The
    /// dialogue has to be over.
    pub(crate) fn beside(&mut self) -> Option<Seen> {
        let transcript = self.dialogue.transcript().clone();
        let beside = self.ready.beside()?;
        Some(beside.hold(&transcript, self.dialogue.shadow()?))
    }

    /// What was said so far.
    pub fn transcript(&self) -> &Transcript {
        self.dialogue.transcript()
    }
}
