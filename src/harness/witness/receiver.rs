//! The receiving server as a machine: octets in, replies and messages out. The minimum of RFC 5321 4.5.1 with 8BITMIME,
//! SIZE and PIPELINING; it takes any mail at all.

use std::collections::VecDeque;

use crate::protocol::wire::{Command, CommandLine, DotDecoder, Inbound, Limits, Line};

/// Octets of a message that are held; larger ones get a 552 (RFC 1870 6.1).
const MESSAGE_LIMIT: usize = 8 << 20;

/// Octets of mail data taken at a time.
const PIECE: usize = 64 * 1024;

/// A message that arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Without brackets; empty for a notice.
    pub reverse_path: Vec<u8>,
    /// Without brackets.
    pub forward_paths: Vec<Vec<u8>>,
    /// Transparency undone.
    pub content: Vec<u8>,
}

/// What the machine tells, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// Note this message now: the next thing told is the 250 for it.
    Message(Message),
    /// Send these octets.
    Reply(Vec<u8>),
    /// Close the connection.
    Close,
}

/// One connection's machine.
#[derive(Debug)]
pub struct Receiver {
    inbound: Inbound,
    phase: Phase,
    told: VecDeque<Told>,
}

#[derive(Debug)]
enum Phase {
    Commands { transaction: Option<Transaction> },
    MailData { transaction: Transaction, decoder: DotDecoder, content: Vec<u8>, is_too_large: bool },
    Closed,
}

#[derive(Debug, Default)]
struct Transaction {
    reverse_path: Vec<u8>,
    forward_paths: Vec<Vec<u8>>,
}

impl Default for Receiver {
    fn default() -> Self {
        Self::new()
    }
}

impl Receiver {
    /// Begins with the greeting.
    pub fn new() -> Self {
        let told = VecDeque::from([Told::Reply(b"220 witness.example ESMTP smtpspec\r\n".to_vec())]);
        Self { inbound: Inbound::new(), phase: Phase::Commands { transaction: None }, told }
    }

    /// Takes octets, cut anyhow.
    pub fn receive(&mut self, octets: &[u8]) {
        if !matches!(self.phase, Phase::Closed) {
            self.inbound.push(octets);
            while self.advance() {}
        }
    }

    /// What is to be done, in order. `None`: nothing until more octets come.
    pub fn poll(&mut self) -> Option<Told> {
        self.told.pop_front()
    }

    /// Whether something could be done with what has arrived.
    fn advance(&mut self) -> bool {
        match std::mem::replace(&mut self.phase, Phase::Closed) {
            Phase::Closed => false,
            Phase::Commands { transaction } => {
                let line = self.inbound.line(Limits::server().command_line);
                let (phase, has_advanced) = match line {
                    None => (Phase::Commands { transaction }, false),
                    Some(Line::TooLong { .. }) => {
                        self.reply("500 5.5.6 line too long");
                        (Phase::Commands { transaction }, true)
                    }
                    Some(Line::Complete { bytes, .. }) => (self.command(&bytes, transaction), true),
                };
                self.phase = phase;
                has_advanced
            }
            Phase::MailData { transaction, mut decoder, mut content, mut is_too_large } => {
                let octets = self.inbound.octets(PIECE);
                let (taken, is_end) = decoder.decode(&octets, &mut content);
                self.inbound.unread(octets.get(taken..).unwrap_or_default());
                if content.len() > MESSAGE_LIMIT {
                    is_too_large = true;
                    content.clear();
                }
                self.phase = match (is_end, is_too_large) {
                    (false, _) => Phase::MailData { transaction, decoder, content, is_too_large },
                    (true, true) => {
                        self.reply("552 5.3.4 message too large");
                        Phase::Commands { transaction: None }
                    }
                    (true, false) => {
                        let Transaction { reverse_path, forward_paths } = transaction;
                        self.told.push_back(Told::Message(Message { reverse_path, forward_paths, content }));
                        self.reply("250 2.0.0 seen");
                        Phase::Commands { transaction: None }
                    }
                };
                !octets.is_empty()
            }
        }
    }

    fn command(&mut self, line: &[u8], transaction: Option<Transaction>) -> Phase {
        let stay = |transaction| Phase::Commands { transaction };
        let command = match CommandLine::parse(line).command {
            Ok(command) => command,
            Err(error) => {
                self.reply(&format!("501 5.5.4 {}", error.to_string().escape_debug()));
                return stay(transaction);
            }
        };
        match (command, transaction) {
            (Command::Ehlo { .. }, _) => {
                let size = format!("250 SIZE {MESSAGE_LIMIT}");
                self.reply(&["250-witness.example", "250-8BITMIME", "250-PIPELINING", &size].join("\r\n"));
                stay(None)
            }
            (Command::Helo { .. }, _) => {
                self.reply("250 witness.example");
                stay(None)
            }
            (Command::Mail { reverse_path, parameters }, None) => {
                if parameters.size().is_some_and(|size| size > MESSAGE_LIMIT as u64) {
                    self.reply("552 5.3.4 message too large");
                    return stay(None);
                }
                self.reply("250 2.1.0 OK");
                stay(Some(Transaction { reverse_path: reverse_path.address(), forward_paths: Vec::new() }))
            }
            (Command::Mail { .. }, transaction @ Some(_)) => {
                self.reply("503 5.5.1 a mail transaction is open");
                stay(transaction)
            }
            (Command::Rcpt { forward_path, .. }, Some(mut transaction)) => {
                if transaction.forward_paths.len() >= Limits::server().recipients {
                    self.reply("452 4.5.3 too many recipients");
                } else {
                    transaction.forward_paths.push(forward_path.address());
                    self.reply("250 2.1.5 OK");
                }
                stay(Some(transaction))
            }
            (Command::Data, Some(transaction)) if !transaction.forward_paths.is_empty() => {
                self.reply("354 go on");
                let (decoder, content) = (DotDecoder::new(), Vec::new());
                Phase::MailData { transaction, decoder, content, is_too_large: false }
            }
            (Command::Rcpt { .. } | Command::Data, transaction) => {
                self.reply("503 5.5.1 bad sequence of commands");
                stay(transaction)
            }
            (Command::Rset, _) => {
                self.reply("250 2.0.0 OK");
                stay(None)
            }
            (Command::Noop { .. }, transaction) => {
                self.reply("250 2.0.0 OK");
                stay(transaction)
            }
            (Command::Vrfy { .. }, transaction) => {
                self.reply("252 2.0.0 send it and see");
                stay(transaction)
            }
            (Command::Quit, _) => {
                self.reply("221 2.0.0 closing");
                self.told.push_back(Told::Close);
                Phase::Closed
            }
            (
                Command::Atrn { .. }
                | Command::Auth { .. }
                | Command::Bdat { .. }
                | Command::Etrn { .. }
                | Command::Expn { .. }
                | Command::Help { .. }
                | Command::StartTls
                | Command::Turn
                | Command::Other { .. },
                transaction,
            ) => {
                self.reply("502 5.5.1 command not implemented");
                stay(transaction)
            }
        }
    }

    fn reply(&mut self, lines: &str) {
        self.told.push_back(Told::Reply(format!("{lines}\r\n").into_bytes()));
    }
}

#[cfg(test)]
mod tests;
