//! What lasts through a connection, and how anything is said.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::Arc;

use super::super::mail::date;
use super::super::output::Output;
use super::super::relay_policy::OwnDomains;
use super::super::render::{self, Filling, SpokenLine};
use super::super::seams::{Channel, Kept};
use super::super::{Model, UnixTime};
use super::Connection;
use super::state::{Access, Phase, Transaction};
use crate::protocol::wire::Path;
use crate::reference::deployment::facts::{Placeholder, ReplyKey};

/// A connection, apart from what it is in the middle of.
#[derive(Debug)]
pub(super) struct Conversation {
    pub(super) model: Arc<Model>,
    pub(super) connection: Connection,
    pub(super) domains: OwnDomains,
    pub(super) now: UnixTime,
    pub(super) hello: Option<Hello>,
    pub(super) access: Access,
    pub(super) channel: Channel,
    /// How many messages were taken.
    pub(super) messages: u32,
    /// What is given last, right after the next reply (MS02-012).
    ends_with: Option<Output>,
    has_ended: bool,
    outputs: VecDeque<Output>,
}

/// The last HELO or EHLO.
#[derive(Debug)]
pub(super) struct Hello {
    pub(super) argument: Option<Vec<u8>>,
    pub(super) is_extended: bool,
}

impl Conversation {
    pub(super) fn new(model: Arc<Model>, connection: Connection, now: UnixTime) -> Self {
        let domains = OwnDomains::of(&model.behaviours.settings);
        let Connection { peer, peer_name, local } = connection;
        let connection = Connection { peer: peer.to_canonical(), peer_name, local: local.to_canonical() };
        Self {
            model,
            connection,
            domains,
            now,
            hello: None,
            access: Access::Anonymous,
            channel: Channel::Clear,
            messages: 0,
            ends_with: None,
            has_ended: false,
            outputs: VecDeque::new(),
        }
    }

    /// TLS stands. What was said before it is forgotten, but for what is kept.
    pub(super) fn begin_tls(&mut self, kept: Kept) {
        self.channel = Channel::Tls;
        if !kept.introduction {
            self.hello = None;
        }
        if !kept.authentication {
            self.access = Access::Anonymous;
        }
    }

    /// Lets the next reply be the last, with this behind it.
    pub(super) fn end_after_reply(&mut self, ends_with: Output) {
        self.ends_with = Some(ends_with);
    }

    pub(super) fn close(&mut self) -> Phase {
        self.give(Output::Close);
        Phase::Closed
    }

    /// Says a reply that needs nothing but the connection.
    pub(super) fn say(&mut self, key: ReplyKey) {
        self.say_with(key, Filling::new());
    }

    /// Says a reply.
    pub(super) fn say_with(&mut self, key: ReplyKey, filling: Filling) {
        self.say_with_keywords(key, filling, Vec::new());
    }

    /// Says a reply and goes on with commands.
    pub(super) fn answer(&mut self, key: ReplyKey, transaction: Transaction) -> Phase {
        self.say(key);
        Phase::Command(transaction)
    }

    /// Says a reply and goes on with commands.
    pub(super) fn answer_with(&mut self, key: ReplyKey, filling: Filling, transaction: Transaction) -> Phase {
        self.say_with(key, filling);
        Phase::Command(transaction)
    }

    /// Says a reply with further lines behind its own.
    pub(super) fn say_with_keywords(&mut self, key: ReplyKey, filling: Filling, more: Vec<SpokenLine>) {
        let filling = self.with_general(filling);
        let behaviours = &self.model.behaviours;
        let mut lines = render::speak(key, behaviours.facts.replies.get(&key), &filling);
        lines.extend(more);
        let lines = self.model.components.wording.say(key, lines);
        let bytes = render::join(&lines, behaviours.limits.reply_line);
        self.give(Output::Reply { bytes, facts: lines.into_iter().map(|line| line.fact).collect() });
        if let Some(last) = self.ends_with.take() {
            self.give(last);
            self.has_ended = true;
        }
    }

    pub(super) const fn has_ended(&self) -> bool {
        self.has_ended
    }

    /// After such an end nothing is given any more.
    pub(super) fn give(&mut self, output: Output) {
        if !self.has_ended {
            self.outputs.push_back(output);
        }
    }

    pub(super) fn next_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// With the places that every template may use.
    pub(super) fn with_general(&self, filling: Filling) -> Filling {
        let peer = self.connection.peer.to_string();
        let peer_name = self.connection.peer_name.as_deref().unwrap_or(&peer);
        let literal = match self.connection.peer {
            IpAddr::V4(peer) => format!("[{peer}]").into_bytes(),
            IpAddr::V6(peer) => format!("[IPv6:{peer}]").into_bytes(),
        };
        let hello = self.hello.as_ref().and_then(|hello| hello.argument.as_ref()).unwrap_or(&literal);
        filling
            .with(Placeholder::Date, date::format(self.now))
            .with(Placeholder::Hello, hello)
            .with(Placeholder::Host, &self.model.host)
            .with(Placeholder::PeerName, peer_name)
            .with(Placeholder::Peer, &peer)
            .with(Placeholder::Version, &self.model.behaviours.version)
    }

    /// The path with the domain that the product appends to a mailbox without one.
    pub(super) fn with_default_domain(&self, path: Path) -> Path {
        if !self.model.behaviours.strictness.appends_default_domain || path.domain().is_some() {
            return path;
        }
        let own = self.model.behaviours.settings.local_domains.first().unwrap_or(&self.model.host);
        path.with_domain(own.as_bytes())
    }
}

/// The places of a reverse-path.
pub(super) fn reverse_filling(path: &Path) -> Filling {
    let address = path.address();
    let in_brackets = [b"<", address.as_slice(), b">"].concat();
    let mailbox = if path.is_null() { &in_brackets } else { &address };
    Filling::new().with(Placeholder::ReverseMailbox, mailbox).with(Placeholder::ReversePath, &in_brackets)
}

/// The places of a forward-path.
pub(super) fn forward_filling(path: &Path) -> Filling {
    let address = path.address();
    let in_brackets = [b"<", address.as_slice(), b">"].concat();
    Filling::new().with(Placeholder::ForwardMailbox, &address).with(Placeholder::ForwardPath, &in_brackets)
}

/// The place of a command's argument.
pub(super) fn argument_filling(argument: &[u8]) -> Filling {
    Filling::new().with(Placeholder::Argument, argument)
}
