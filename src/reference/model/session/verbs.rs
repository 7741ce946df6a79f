//! From a line to a command, and the commands that are one reply each.

use super::super::output::Output;
use super::super::render::Filling;
use super::super::seams::{BetweenChunks, Channel, QueueRequest, TurnAnswer};
use super::conversation::{Conversation, argument_filling, forward_filling};
use super::state::{Access, Chunk, Phase, Transaction};
use crate::protocol::wire::{Command, CommandError, CommandLine, Line, Path, PathError, Tolerance, Verb};
use crate::reference::deployment::facts::{Placeholder, ReplyKey};

impl Conversation {
    /// Answers a command line.
    pub(super) fn command_line(&mut self, line: &Line, transaction: Transaction) -> Phase {
        let Line::Complete { bytes, .. } = line else {
            return self.answer(ReplyKey::LineTooLong, transaction);
        };
        let command = CommandLine::parse(bytes);
        let limit = self.model.behaviours.limits.command_line.saturating_sub(2);
        if bytes.len() > limit && command.verb != Verb::Auth {
            return self.answer(ReplyKey::LineTooLong, transaction);
        }
        match self.refusal_before_reading(&command.verb, &transaction) {
            Some((key, filling)) => self.answer_with(key, filling, transaction),
            None => match command.command {
                Ok(read) if self.refuses_arguments(&command.deviations) => {
                    self.with_surplus(&command.verb, read, transaction)
                }
                Ok(read) => self.command(read, transaction),
                Err(error) => self.unreadable(&command.verb, &error, &command.raw, transaction),
            },
        }
    }

    /// What is asked before a command's arguments are looked at, in the order that the scanner's replies show: MAIL
    /// before HELO is refused for that, also where anonymous access is off; where it is off, arguments do not matter
    /// (wire-facts 4).
    fn refusal_before_reading(&mut self, verb: &Verb, transaction: &Transaction) -> Option<(ReplyKey, Filling)> {
        let model = self.model.clone();
        let behaviours = &model.behaviours;
        let name = name_of(verb);
        let filling = || Filling::new().with(Placeholder::Verb, &name);
        // A verb out of sequence is refused for that, known or not (wire-facts 3.2); one that runs has to be known.
        let sequence = match transaction {
            Transaction::Chunking(..) => model.components.chunks.judge(verb),
            Transaction::Idle | Transaction::Open(_) => BetweenChunks::Run,
        };
        let is_known = model.components.commands.understands(&name, behaviours);
        match sequence {
            BetweenChunks::Expected => return Some((ReplyKey::BdatExpected, filling())),
            BetweenChunks::ExpectedAndFail => {
                self.end_after_reply(Output::ServiceFails);
                return Some((ReplyKey::BdatExpected, filling()));
            }
            _ if !is_known => return Some((ReplyKey::UnknownCommand, filling())),
            BetweenChunks::RunAndFail => self.end_after_reply(Output::ServiceFails),
            BetweenChunks::RunAndClose => self.end_after_reply(Output::Close),
            BetweenChunks::Run => {}
        }
        let is_in = |verbs: &[String]| verbs.contains(&name);
        if *verb == Verb::Mail && self.hello.is_none() && behaviours.strictness.mail_needs_helo {
            return Some((ReplyKey::MailBeforeHelo, filling()));
        }
        if self.channel == Channel::Clear && is_in(&behaviours.verbs_wanting_tls) {
            return Some((ReplyKey::TlsRequired, filling()));
        }
        if !behaviours.settings.anonymous_access && is_in(&behaviours.verbs_closed_to_anonymous) {
            match self.access {
                Access::Anonymous => return Some((ReplyKey::AnonymousRefused, filling())),
                Access::Unauthorized if *verb == Verb::Mail => {
                    return Some((ReplyKey::MailSubmissionRefused, filling()));
                }
                Access::Unauthorized | Access::Authorized(_) => {}
            }
        }
        None
    }

    fn refuses_arguments(&self, deviations: &[Tolerance]) -> bool {
        self.model.behaviours.strictness.unexpected_arguments_refused
            && deviations.contains(&Tolerance::UnexpectedArgument)
    }

    /// A command with an argument too many.
    fn with_surplus(&mut self, verb: &Verb, command: Command, transaction: Transaction) -> Phase {
        match command {
            // Its initial response is none then, and that has a reply of its own.
            Command::Auth { .. } => self.command(command, transaction),
            // The octets of the chunk come all the same.
            Command::Bdat { size, .. } => {
                Phase::Chunk(Chunk::Refused { transaction, key: ReplyKey::BdatSyntax, remaining: size })
            }
            _ => {
                let filling = Filling::new().with(Placeholder::Verb, name_of(verb));
                self.answer_with(ReplyKey::ArgumentUnexpected, filling, transaction)
            }
        }
    }

    fn command(&mut self, command: Command, transaction: Transaction) -> Phase {
        match command {
            Command::Atrn { domains } => self.atrn(domains.as_deref(), transaction),
            Command::Auth { mechanism, initial_response } => {
                self.authenticate(&mechanism, initial_response.as_deref(), transaction)
            }
            Command::Bdat { size, last } => self.bdat(size, last, transaction),
            Command::Data => self.data(transaction),
            Command::Ehlo { argument } => self.ehlo(argument, transaction),
            Command::Etrn { argument } => self.etrn(argument.as_deref(), transaction),
            Command::Expn { argument } => self.expn(argument.as_deref(), transaction),
            Command::Helo { argument } => self.helo(argument, transaction),
            Command::Help { argument } => {
                self.answer_with(ReplyKey::Help, argument_filling(&argument.unwrap_or_default()), transaction)
            }
            Command::Mail { reverse_path, parameters } => self.mail(reverse_path, &parameters, transaction),
            Command::Noop { .. } => self.answer(ReplyKey::NoopOk, transaction),
            Command::Quit => {
                self.say(ReplyKey::Quit);
                self.close()
            }
            Command::Rcpt { forward_path, parameters } => self.rcpt(forward_path, &parameters, transaction),
            Command::Rset => self.answer(ReplyKey::RsetOk, Transaction::Idle),
            Command::StartTls => self.starttls(transaction),
            Command::Turn => self.turn(transaction),
            Command::Vrfy { argument } => self.vrfy(argument.as_deref(), transaction),
            Command::Other { verb, argument } => self.other(&verb, argument.as_deref(), transaction),
        }
    }

    fn unreadable(&mut self, verb: &Verb, error: &CommandError, raw: &[u8], transaction: Transaction) -> Phase {
        let key = match (verb, error) {
            (Verb::Mail, CommandError::Path(PathError::Unbalanced(_))) => ReplyKey::MailUnbalanced,
            (Verb::Mail, CommandError::Path(PathError::Malformed(_))) => ReplyKey::MailMalformedPath,
            (Verb::Mail, _) => ReplyKey::MailSyntax,
            (Verb::Rcpt, CommandError::Path(PathError::Unbalanced(_))) => ReplyKey::RcptUnbalanced,
            (Verb::Rcpt, CommandError::Path(PathError::Malformed(_))) => ReplyKey::RcptMalformedPath,
            (Verb::Rcpt, _) => ReplyKey::RcptSyntax,
            (Verb::Bdat, _) => ReplyKey::BdatSyntax,
            (Verb::Auth, _) => ReplyKey::AuthenticateArgumentMissing,
            _ => ReplyKey::UnknownCommand,
        };
        let argument = raw.split_at_checked(4).map_or(raw, |(_, argument)| argument).trim_ascii();
        let filling = argument_filling(argument).with(Placeholder::Verb, name_of(verb));
        self.answer_with(key, filling, transaction)
    }

    fn vrfy(&mut self, argument: Option<&[u8]>, transaction: Transaction) -> Phase {
        let Some(argument) = argument else {
            return self.answer(ReplyKey::VrfyArgumentMissing, transaction);
        };
        let filling = match Path::parse(argument) {
            Ok(path) => forward_filling(&self.with_default_domain(path)),
            Err(_) => Filling::new()
                .with(Placeholder::ForwardMailbox, argument)
                .with(Placeholder::ForwardPath, [b"<", argument, b">"].concat()),
        };
        self.answer_with(ReplyKey::VrfyOk, filling.with(Placeholder::Argument, argument), transaction)
    }

    fn expn(&mut self, argument: Option<&[u8]>, transaction: Transaction) -> Phase {
        if self.model.components.expansion.expands(argument) {
            return self.answer(ReplyKey::NoopOk, transaction);
        }
        self.answer_with(ReplyKey::ExpnRefused, argument_filling(argument.unwrap_or_default()), transaction)
    }

    fn turn(&mut self, transaction: Transaction) -> Phase {
        let key = match self.ask_for_turn(None) {
            TurnAnswer::NotAuthenticated => ReplyKey::TurnNotAuthenticated,
            TurnAnswer::Refused => ReplyKey::TurnRefused,
            TurnAnswer::Granted => ReplyKey::NoopOk,
        };
        self.answer(key, transaction)
    }

    fn atrn(&mut self, domains: Option<&[u8]>, transaction: Transaction) -> Phase {
        let key = match self.ask_for_turn(domains) {
            TurnAnswer::NotAuthenticated => ReplyKey::AtrnNotAuthenticated,
            TurnAnswer::Refused => ReplyKey::AtrnRefused,
            TurnAnswer::Granted => ReplyKey::NoopOk,
        };
        self.answer_with(key, argument_filling(domains.unwrap_or_default()), transaction)
    }

    fn ask_for_turn(&self, argument: Option<&[u8]>) -> TurnAnswer {
        self.model.components.queues.turn(&self.queue_request(argument))
    }

    fn etrn(&mut self, argument: Option<&[u8]>, transaction: Transaction) -> Phase {
        let key = match argument {
            None => ReplyKey::EtrnArgumentMissing,
            Some(_) if self.model.components.queues.starts_queue(&self.queue_request(argument)) => ReplyKey::EtrnOk,
            Some(_) => ReplyKey::EtrnRefused,
        };
        self.answer_with(key, argument_filling(argument.unwrap_or_default()), transaction)
    }

    fn queue_request<'a>(&'a self, argument: Option<&'a [u8]>) -> QueueRequest<'a> {
        QueueRequest {
            is_authenticated: self.access.is_authenticated(),
            argument,
            settings: &self.model.behaviours.settings,
        }
    }

    fn other(&mut self, verb: &Verb, argument: Option<&[u8]>, transaction: Transaction) -> Phase {
        let key = match verb {
            Verb::Saml | Verb::Send | Verb::Soml => ReplyKey::SomlRefused,
            Verb::Other(name) if name == b"XEXCH50" && self.access.is_authenticated() => ReplyKey::Xexch50Refused,
            Verb::Other(name) if name == b"XEXCH50" => ReplyKey::Xexch50NotAuthenticated,
            _ => ReplyKey::UnknownCommand,
        };
        let filling = argument_filling(argument.unwrap_or_default()).with(Placeholder::Verb, name_of(verb));
        self.answer_with(key, filling, transaction)
    }
}

/// The verb in upper case; octets of a verb that is none of ours that are no UTF-8 are replaced.
fn name_of(verb: &Verb) -> String {
    let name = match verb {
        Verb::Atrn => "ATRN",
        Verb::Auth => "AUTH",
        Verb::Bdat => "BDAT",
        Verb::Data => "DATA",
        Verb::Ehlo => "EHLO",
        Verb::Etrn => "ETRN",
        Verb::Expn => "EXPN",
        Verb::Helo => "HELO",
        Verb::Help => "HELP",
        Verb::Mail => "MAIL",
        Verb::Noop => "NOOP",
        Verb::Quit => "QUIT",
        Verb::Rcpt => "RCPT",
        Verb::Rset => "RSET",
        Verb::Saml => "SAML",
        Verb::Send => "SEND",
        Verb::Soml => "SOML",
        Verb::StartTls => "STARTTLS",
        Verb::Turn => "TURN",
        Verb::Vrfy => "VRFY",
        Verb::Other(name) => return String::from_utf8_lossy(name).into_owned(),
    };
    name.to_owned()
}
