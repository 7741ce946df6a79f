//! Commands (RFC 5321 4.1, RFC 3030, RFC 3207, RFC 4954, RFC 1985 ETRN, RFC 2645 ATRN).

use super::octets::{
    is_single_spaced, is_white_space, note, note_controls, note_eight_bit, number, outside_quotes, split_word,
    trim_end, trim_start,
};
use super::{Parameters, Path, PathError, Tolerance};

/// RFC 5321 4.5.3.1.4, CRLF included. Parameters of extensions raise it (RFC 5321 4.1.2), so they are not counted.
const STANDARD_LINE: usize = 512;

/// RFC 4954 4, CRLF included.
const STANDARD_AUTHENTICATION_LINE: usize = 12_288;

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
    /// Any other first word, in upper case. Empty where the line is, or where it begins with white space.
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
    /// Both as sent. An initial response of `=` stands for an empty one (RFC 4954 4). One with white space in it is
    /// kept whole, so that it does not decode.
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
    #[error("cannot read {}", .0.escape_ascii())]
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
        let mut deviations = Vec::new();
        note_controls(&mut deviations, line);
        note_eight_bit(&mut deviations, line);
        let trimmed = trim_end(line);
        if trimmed.len() < line.len() {
            note(&mut deviations, Tolerance::TrailingSpace);
        }
        let (word, gap, argument) = split_word(trimmed);
        if !argument.is_empty() && gap != b" " {
            note(&mut deviations, Tolerance::ExtraSpace);
        }
        let verb = Verb::read(word);
        let command = Command::read(&verb, argument, &mut deviations);
        if exceeds_limit(line, &command) {
            note(&mut deviations, Tolerance::LongLine);
        }
        Self { raw: line.to_vec(), verb, command, deviations }
    }
}

fn exceeds_limit(line: &[u8], command: &Result<Command, CommandError>) -> bool {
    let (uncounted, limit) = match command {
        Ok(Command::Mail { parameters, .. } | Command::Rcpt { parameters, .. }) => (parameters.length(), STANDARD_LINE),
        Ok(Command::Auth { .. }) => (0, STANDARD_AUTHENTICATION_LINE),
        Ok(_) | Err(_) => (0, STANDARD_LINE),
    };
    line.len().saturating_add(2).saturating_sub(uncounted) > limit
}

impl Verb {
    fn read(word: &[u8]) -> Self {
        let word = word.to_ascii_uppercase();
        match word.as_slice() {
            b"ATRN" => Self::Atrn,
            b"AUTH" => Self::Auth,
            b"BDAT" => Self::Bdat,
            b"DATA" => Self::Data,
            b"EHLO" => Self::Ehlo,
            b"ETRN" => Self::Etrn,
            b"EXPN" => Self::Expn,
            b"HELO" => Self::Helo,
            b"HELP" => Self::Help,
            b"MAIL" => Self::Mail,
            b"NOOP" => Self::Noop,
            b"QUIT" => Self::Quit,
            b"RCPT" => Self::Rcpt,
            b"RSET" => Self::Rset,
            b"SAML" => Self::Saml,
            b"SEND" => Self::Send,
            b"SOML" => Self::Soml,
            b"STARTTLS" => Self::StartTls,
            b"TURN" => Self::Turn,
            b"VRFY" => Self::Vrfy,
            _ => Self::Other(word),
        }
    }
}

impl Command {
    fn read(verb: &Verb, text: &[u8], deviations: &mut Vec<Tolerance>) -> Result<Self, CommandError> {
        let argument = (!text.is_empty()).then(|| text.to_vec());
        Ok(match verb {
            Verb::Atrn => Self::Atrn { domains: argument },
            Verb::Auth => read_authentication(text, deviations)?,
            Verb::Bdat => read_chunk(text, deviations)?,
            Verb::Data => without_argument(Self::Data, text, deviations),
            Verb::Ehlo => Self::Ehlo { argument },
            Verb::Etrn => Self::Etrn { argument },
            Verb::Expn => Self::Expn { argument: one_argument(text, deviations) },
            Verb::Helo => Self::Helo { argument },
            Verb::Help => Self::Help { argument: one_argument(text, deviations) },
            Verb::Mail => {
                let (reverse_path, parameters) = read_path(text, "FROM:", deviations)?;
                Self::Mail { reverse_path, parameters }
            }
            Verb::Noop => Self::Noop { argument },
            Verb::Quit => without_argument(Self::Quit, text, deviations),
            Verb::Rcpt => {
                let (forward_path, parameters) = read_path(text, "TO:", deviations)?;
                Self::Rcpt { forward_path, parameters }
            }
            Verb::Rset => without_argument(Self::Rset, text, deviations),
            Verb::StartTls => without_argument(Self::StartTls, text, deviations),
            Verb::Turn => without_argument(Self::Turn, text, deviations),
            Verb::Vrfy => Self::Vrfy { argument: one_argument(text, deviations) },
            Verb::Saml | Verb::Send | Verb::Soml | Verb::Other(_) => Self::Other { verb: verb.clone(), argument },
        })
    }
}

fn without_argument(command: Command, text: &[u8], deviations: &mut Vec<Tolerance>) -> Command {
    if !text.is_empty() {
        note(deviations, Tolerance::UnexpectedArgument);
    }
    command
}

/// String of RFC 5321 4.1.2: white space belongs to it only within quotes.
fn one_argument(text: &[u8], deviations: &mut Vec<Tolerance>) -> Argument {
    if outside_quotes(text).any(|(_, octet)| is_white_space(octet)) {
        note(deviations, Tolerance::UnexpectedArgument);
    }
    (!text.is_empty()).then(|| text.to_vec())
}

fn read_authentication(text: &[u8], deviations: &mut Vec<Tolerance>) -> Result<Command, CommandError> {
    let (mechanism, gap, response) = split_word(text);
    if mechanism.is_empty() {
        return Err(CommandError::MissingArgument);
    }
    if !response.is_empty() && gap != b" " {
        note(deviations, Tolerance::ExtraSpace);
    }
    if !split_word(response).2.is_empty() {
        note(deviations, Tolerance::UnexpectedArgument);
    }
    let initial_response = (!response.is_empty()).then(|| response.to_vec());
    Ok(Command::Auth { mechanism: mechanism.to_vec(), initial_response })
}

fn read_chunk(text: &[u8], deviations: &mut Vec<Tolerance>) -> Result<Command, CommandError> {
    let malformed = |argument: &[u8]| CommandError::MalformedArgument(argument.to_vec());
    if !is_single_spaced(text) {
        note(deviations, Tolerance::ExtraSpace);
    }
    let (digits, _, rest) = split_word(text);
    if digits.is_empty() {
        return Err(CommandError::MissingArgument);
    }
    let size = number(digits).ok().flatten().ok_or_else(|| malformed(digits))?;
    let (end_marker, _, surplus) = split_word(rest);
    if !end_marker.is_empty() && !end_marker.eq_ignore_ascii_case(b"LAST") {
        return Err(malformed(end_marker));
    }
    if !surplus.is_empty() {
        note(deviations, Tolerance::UnexpectedArgument);
    }
    Ok(Command::Bdat { size, last: !end_marker.is_empty() })
}

fn read_path(
    text: &[u8],
    keyword: &'static str,
    deviations: &mut Vec<Tolerance>,
) -> Result<(Path, Parameters), CommandError> {
    let (sent, behind) = text.split_at_checked(keyword.len()).ok_or(CommandError::MissingKeyword(keyword))?;
    if !sent.eq_ignore_ascii_case(keyword.as_bytes()) {
        return Err(CommandError::MissingKeyword(keyword));
    }
    let argument = trim_start(behind);
    if argument.len() < behind.len() {
        note(deviations, Tolerance::SpaceAfterColon);
    }
    let (path, behind) = Path::split_from(argument);
    let path = Path::parse(path)?;
    for tolerance in path.deviations() {
        note(deviations, *tolerance);
    }
    let parameters = Parameters::read(behind, deviations);
    Ok((path, parameters))
}

#[cfg(test)]
mod differential;
#[cfg(test)]
mod tests;
