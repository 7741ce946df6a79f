//! An authentication exchange over SMTP (RFC 4954 4): AUTH, challenges in 334, responses in base64, `*` to cancel.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Authenticate;
use crate::protocol::sasl::{ClientExchange, Mechanism};
use crate::protocol::wire::Reply;

/// What an exchange came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exchange {
    /// The server ended it.
    Answered {
        /// How.
        reply: Reply,
        /// Whether a 334 came before.
        challenged: bool,
    },
    /// The server ended it with success, and owes us a proof that the mechanism has it give (SCRAM): whether it knows the
    /// password is not known.
    Unproven {
        /// How.
        reply: Reply,
    },
    /// We could not go on: the credentials do not fit the mechanism, or a challenge cannot be answered.
    Stopped {
        /// What stopped us.
        reason: String,
        /// The reply to our `*`; `None` where AUTH was not even sent.
        reply: Option<Reply>,
    },
}

/// One under way.
#[derive(Debug)]
pub(super) struct Exchanging {
    mechanism: Mechanism,
    next: Next,
}

#[derive(Debug)]
enum Next {
    Challenge { exchange: ClientExchange, challenged: bool },
    Cancelled { reason: String },
}

/// What a reply leads to.
pub(super) enum Advance {
    /// Send this line, which is secret, and read on.
    Respond { line: Vec<u8>, label: String, exchanging: Box<Exchanging> },
    /// Send `*` and read on.
    Cancel(Box<Exchanging>),
    /// It is over.
    Over(Exchange),
}

impl Exchanging {
    pub(super) fn begin(authenticate: Authenticate) -> Result<Self, String> {
        let Authenticate { mechanism, credentials, entropy } = authenticate;
        ClientExchange::begin(mechanism, credentials, entropy)
            .map(|exchange| Self { mechanism, next: Next::Challenge { exchange, challenged: false } })
            .map_err(|error| error.to_string())
    }

    /// Without an initial response: a server that does not have the mechanism says so before it has seen anything of
    /// ours.
    pub(super) fn command(&self) -> String {
        format!("AUTH {}", self.mechanism)
    }

    /// What the reply is to be called in a transcript that must not show it.
    pub(super) fn secret_challenge(&self, reply: &Reply) -> Option<&'static str> {
        match &self.next {
            Next::Challenge { exchange, .. } if reply.code().get() == 334 => exchange.secret_challenge(),
            Next::Challenge { .. } | Next::Cancelled { .. } => None,
        }
    }

    pub(super) fn advance(self, reply: Reply) -> Advance {
        let Self { mechanism, next } = self;
        let (mut exchange, challenged) = match next {
            Next::Challenge { exchange, challenged } => (exchange, challenged),
            Next::Cancelled { reason } => return Advance::Over(Exchange::Stopped { reason, reply: Some(reply) }),
        };
        if reply.code().get() == 235 && challenged && exchange.is_unproven() && !reply.contradicts_itself() {
            return Advance::Over(Exchange::Unproven { reply });
        }
        if reply.code().get() != 334 || reply.contradicts_itself() {
            return Advance::Over(Exchange::Answered { reply, challenged });
        }
        let challenge = STANDARD.decode(reply.lines().next().unwrap_or_default().trim_ascii()).ok();
        let label = exchange.next_label();
        let (next, response) = match exchange.respond(challenge.as_deref()) {
            Ok(response) => (Next::Challenge { exchange, challenged: true }, Some(response)),
            Err(error) => (Next::Cancelled { reason: error.to_string() }, None),
        };
        let exchanging = Box::new(Self { mechanism, next });
        match response {
            Some(response) => {
                let line = STANDARD.encode(response.expose()).into_bytes();
                Advance::Respond { line, label, exchanging }
            }
            None => Advance::Cancel(exchanging),
        }
    }
}
