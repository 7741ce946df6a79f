//! Commands (RFC 5321 4.1, RFC 3030, RFC 3207, RFC 4954, RFC 1985 ETRN, RFC 2645 ATRN).

use super::{Parameters, Path, PathError, Tolerance};

/// The verb of a command line, whatever its case.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[expect(missing_docs, reason = "each is the verb of that name")]
pub enum Verb {
    Atrn,
    Auth,
    Bdat,
    Data,
    Ehlo,
    Etrn,
    Expn,
    Helo,
    Help,
    Mail,
    Noop,
    Quit,
    Rcpt,
    Rset,
    Saml,
    Send,
    Soml,
    StartTls,
    Turn,
    Vrfy,
    /// Any other first word, in upper case.
    Other(Vec<u8>),
}

/// An argument that is free text: the octets behind the verb, without the white space around them.
pub type Argument = Option<Vec<u8>>;

/// A command whose arguments could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are the arguments the standards name")]
pub enum Command {
    Atrn {
        domains: Argument,
    },
    /// The initial response is as sent: `=` stands for an empty one (RFC 4954 4).
    Auth {
        mechanism: Vec<u8>,
        initial_response: Option<Vec<u8>>,
    },
    Bdat {
        size: u64,
        last: bool,
    },
    Data,
    Ehlo {
        argument: Argument,
    },
    Etrn {
        argument: Argument,
    },
    Expn {
        argument: Argument,
    },
    Helo {
        argument: Argument,
    },
    Help {
        argument: Argument,
    },
    Mail {
        reverse_path: Path,
        parameters: Parameters,
    },
    Noop {
        argument: Argument,
    },
    Quit,
    Rcpt {
        forward_path: Path,
        parameters: Parameters,
    },
    Rset,
    StartTls,
    Turn,
    Vrfy {
        argument: Argument,
    },
    /// Any other verb, SEND, SOML and SAML included, with what stood behind it.
    Other {
        verb: Verb,
        argument: Argument,
    },
}

/// Arguments that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// `MAIL` without `FROM:`, `RCPT` without `TO:`.
    #[error("{0} is missing")]
    MissingKeyword(&'static str),
    /// The path is none.
    #[error(transparent)]
    Path(#[from] PathError),
    /// An argument that the command cannot do without.
    #[error("an argument is missing")]
    MissingArgument,
    /// An argument that cannot be read, with its octets.
    #[error("cannot read {}", String::from_utf8_lossy(.0))]
    MalformedArgument(Vec<u8>),
}

/// A command line: the verb, and its arguments as far as they could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandLine {
    /// The line as sent, without its line ending.
    pub raw: Vec<u8>,
    /// Its verb.
    pub verb: Verb,
    /// The command, or what is wrong with its arguments.
    pub command: Result<Command, CommandError>,
    /// What departs from the grammar although the command could be read.
    pub deviations: Vec<Tolerance>,
}

impl CommandLine {
    /// Reads a line. Never fails: a line that is no command has the verb [`Verb::Other`].
    pub fn parse(line: &[u8]) -> Self {
        let _ = line;
        todo!()
    }
}
