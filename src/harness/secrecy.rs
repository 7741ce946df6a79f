//! What may be said in clear to a server, and what TLS is begun with. Asked of every step before anything of it is said,
//! whoever wrote it, a case or the harness.

use super::client::Step;
use crate::judge::TlsBegun;
use crate::protocol::wire::{CommandLine, Verb};
use crate::transport::TlsClient;

/// Whether TLS can be had, and whether it has to be.
#[derive(Clone, Debug)]
pub enum Secrecy {
    /// It cannot: no step begins it, and everything is said in clear.
    NoTls,
    /// It can, whenever a step asks for it; everything may be said in clear too.
    AtWill(Box<TlsClient>),
    /// It has to be. In clear nothing is said but what leads to it: EHLO, STARTTLS, and QUIT.
    Required {
        /// When it is begun.
        begin: TlsBegun,
        /// What it is begun with.
        client: Box<TlsClient>,
    },
}

impl Secrecy {
    /// What TLS is begun with.
    pub(super) fn client(&self) -> Option<&TlsClient> {
        match self {
            Self::NoTls => None,
            Self::AtWill(client) | Self::Required { client, .. } => Some(client),
        }
    }

    /// When TLS is begun without being asked for; `None`: never.
    pub(super) const fn begin(&self) -> Option<TlsBegun> {
        match self {
            Self::NoTls | Self::AtWill(_) => None,
            Self::Required { begin, .. } => Some(*begin),
        }
    }

    /// Whether a step may be performed in clear.
    ///
    /// # Errors
    /// What is kept back: a verb, or what else it is.
    pub(super) fn ask_in_clear(&self, step: &Step) -> Result<(), String> {
        match self {
            Self::NoTls | Self::AtWill(_) => Ok(()),
            Self::Required { .. } => kept_back(step).map_or(Ok(()), Err),
        }
    }
}

/// What of a step may not be said in clear. A step that begins with what may be said and goes on with something else is
/// kept back as a whole.
fn kept_back(step: &Step) -> Option<String> {
    match step {
        Step::Greeting | Step::Reply | Step::Quit => None,
        Step::Ehlo { name, .. } => lines(name.as_bytes()).nth(1).map(|_| "EHLO with lines behind it".to_owned()),
        Step::Command(line) => kept_back_of_lines(line, |verb| matches!(verb, Verb::StartTls)),
        // What tells whether a server executes what is injected behind STARTTLS (CVE-2011-0411): nothing that says who is
        // who, or where mail goes.
        Step::StartTls { behind } => kept_back_of_lines(behind, |verb| matches!(verb, Verb::Noop | Verb::Rset)),
        Step::Authenticate(_) => Some("AUTH".to_owned()),
        Step::MailData(_) => Some("mail data".to_owned()),
        Step::Octets(_) => Some("octets of the case's own".to_owned()),
    }
}

fn kept_back_of_lines(octets: &[u8], may: impl Fn(&Verb) -> bool) -> Option<String> {
    let is_kept_back = |line: &&[u8]| {
        let verb = CommandLine::parse(line).verb;
        !matches!(verb, Verb::Ehlo | Verb::Helo | Verb::Quit) && !may(&verb)
    };
    let line = lines(octets).filter(|line| !line.is_empty()).find(is_kept_back)?;
    // A verb at the most: any other word may be secret, as what stands behind the verb may.
    Some(match CommandLine::parse(line).verb {
        Verb::Other(_) => "a line that is no command".to_owned(),
        _ => line.split(|octet| !octet.is_ascii_alphanumeric()).next().unwrap_or_default().escape_ascii().to_string(),
    })
}

/// The lines of octets for a server that ends lines at a bare CR or LF too.
fn lines(octets: &[u8]) -> impl Iterator<Item = &[u8]> {
    octets.split(|octet| matches!(octet, b'\r' | b'\n'))
}

#[cfg(test)]
mod tests;
