//! Reverse-paths and forward-paths (RFC 5321 4.1.2).

mod grammar;

use super::Tolerance;
use super::octets::{has_open_quote, is_control, is_white_space, note, note_eight_bit, outside_quotes, split_before};

/// A path as it was sent, taken apart without repairing it.
///
/// `<@a,@b:user@c>` has the route `a`, `b`, the local part `user` and the domain `c`. The local part keeps its quotes.
/// Everything up to the last unquoted `@` is the local part, so `<R@D@S>` has the local part `R@D` and the domain `S`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    raw: Vec<u8>,
    route: Vec<Vec<u8>>,
    local_part: Vec<u8>,
    domain: Option<Vec<u8>>,
    deviations: Vec<Tolerance>,
}

/// Bytes that are no path.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// `<` without `>` or the other way round.
    #[error("unbalanced angle brackets: {}", .0.escape_ascii())]
    Unbalanced(Vec<u8>),
    /// Nothing where a path belongs.
    #[error("a path is missing")]
    Missing,
    /// Octets that cannot stand in a path at all: a control octet outside quotes, a space outside quotes and angle
    /// brackets, a quote that does not end, anything behind the closing bracket.
    #[error("not a path: {}", .0.escape_ascii())]
    Malformed(Vec<u8>),
}

impl Path {
    /// Takes apart the octets of a path, brackets included where they were sent. `<>` is the null reverse-path.
    ///
    /// A space inside angle brackets makes no error but a malformed local part or domain: every server that was
    /// probed with `<invalid source>` took it.
    ///
    /// # Errors
    /// When the octets cannot be a path under any tolerance.
    pub fn parse(bytes: &[u8]) -> Result<Self, PathError> {
        if bytes.is_empty() {
            return Err(PathError::Missing);
        }
        if has_open_quote(bytes) || outside_quotes(bytes).any(|(_, octet)| octet == b'\t' || is_control(octet)) {
            return Err(PathError::Malformed(bytes.to_vec()));
        }
        let (inner, has_brackets) = match strip_brackets(bytes)? {
            Some(inner) => (inner, true),
            None => (bytes, false),
        };
        if !has_brackets && outside_quotes(inner).any(|(_, octet)| octet == b' ') {
            return Err(PathError::Malformed(bytes.to_vec()));
        }
        Ok(Self::take_apart(bytes, inner, has_brackets))
    }

    /// Cuts the path off the start of a command's argument: up to the first unquoted `>` and what is stuck to it, or,
    /// where it does not begin with `<`, up to the first unquoted white space.
    pub(super) fn split_from(argument: &[u8]) -> (&[u8], &[u8]) {
        let is_end = |octet| if argument.starts_with(b"<") { octet == b'>' } else { is_white_space(octet) };
        let Some((end, _)) = outside_quotes(argument).find(|(_, octet)| is_end(*octet)) else {
            return (argument, &[]);
        };
        let behind = argument.get(end..).unwrap_or_default();
        let stuck = split_before(behind, is_white_space).0.len();
        argument.split_at_checked(end.saturating_add(stuck)).unwrap_or((argument, &[]))
    }

    /// The octets as sent.
    pub fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// `<>`.
    pub fn is_null(&self) -> bool {
        self.raw == b"<>"
    }

    /// The source route's hosts, in order, without `@`.
    pub fn route(&self) -> &[Vec<u8>] {
        &self.route
    }

    /// The local part as sent, quotes included. Empty for the null path.
    pub fn local_part(&self) -> &[u8] {
        &self.local_part
    }

    /// The domain or address literal, brackets of a literal included. `None` where there was no `@`.
    pub fn domain(&self) -> Option<&[u8]> {
        self.domain.as_deref()
    }

    /// `local-part@domain` without brackets and route; what most servers print back. Empty for the null path.
    pub fn address(&self) -> Vec<u8> {
        match &self.domain {
            Some(domain) => [self.local_part.as_slice(), b"@", domain].concat(),
            None => self.local_part.clone(),
        }
    }

    /// The same mailbox at another domain, as servers do that append their own: in angle brackets, without the source
    /// route. A domain that is there is replaced. The null path has no mailbox and stays null.
    #[must_use]
    pub fn with_domain(&self, domain: &[u8]) -> Self {
        if self.is_null() {
            return self.clone();
        }
        let mut path = Self {
            raw: [b"<", self.local_part.as_slice(), b"@", domain, b">"].concat(),
            route: Vec::new(),
            local_part: self.local_part.clone(),
            domain: Some(domain.to_vec()),
            deviations: Vec::new(),
        };
        path.judge_mailbox();
        path
    }

    /// What departs from RFC 5321 4.1.2.
    pub fn deviations(&self) -> &[Tolerance] {
        &self.deviations
    }

    fn take_apart(raw: &[u8], inner: &[u8], has_brackets: bool) -> Self {
        let (route, mailbox) = split_route(inner);
        let (local_part, domain) = split_mailbox(mailbox);
        let mut path = Self {
            raw: raw.to_vec(),
            route: Vec::new(),
            local_part: local_part.to_vec(),
            domain: domain.map(<[u8]>::to_vec),
            deviations: Vec::new(),
        };
        if !has_brackets {
            note(&mut path.deviations, Tolerance::MissingAngleBrackets);
        }
        if let Some(route) = route {
            path.read_route(route);
        }
        if !path.is_null() {
            path.judge_mailbox();
        }
        path
    }

    /// A-d-l. Address literals are let through: RFC 821 had them in its domain, and relay tests send them.
    fn read_route(&mut self, route: &[u8]) {
        note(&mut self.deviations, Tolerance::SourceRoute);
        for at_domain in route.split(|octet| *octet == b',') {
            let host = at_domain.strip_prefix(b"@");
            if !host.is_some_and(grammar::is_domain_or_literal) {
                note(&mut self.deviations, Tolerance::MalformedDomain);
            }
            self.route.push(host.unwrap_or(at_domain).to_vec());
        }
    }

    fn judge_mailbox(&mut self) {
        note_eight_bit(&mut self.deviations, &self.raw);
        if outside_quotes(&self.local_part).any(|(_, octet)| octet == b'@') {
            note(&mut self.deviations, Tolerance::SeveralAtSigns);
        }
        if !grammar::is_local_part(&self.local_part) {
            note(&mut self.deviations, Tolerance::MalformedLocalPart);
        }
        match &self.domain {
            Some(domain) if !grammar::is_domain_or_literal(domain) => {
                note(&mut self.deviations, Tolerance::MalformedDomain);
            }
            None if !self.local_part.eq_ignore_ascii_case(b"postmaster") => {
                note(&mut self.deviations, Tolerance::MissingDomain);
            }
            Some(_) | None => {}
        }
    }
}

/// What stands between the brackets; `None` where there are none.
fn strip_brackets(bytes: &[u8]) -> Result<Option<&[u8]>, PathError> {
    let mut brackets = outside_quotes(bytes).filter(|(_, octet)| matches!(octet, b'<' | b'>'));
    match (brackets.next(), brackets.next(), brackets.next()) {
        (None, _, _) => Ok(None),
        (Some((0, b'<')), Some((end, b'>')), None) => match bytes.get(1..end) {
            Some(inner) if bytes.len() == end.saturating_add(1) => Ok(Some(inner)),
            _ => Err(PathError::Malformed(bytes.to_vec())),
        },
        _ => Err(PathError::Unbalanced(bytes.to_vec())),
    }
}

/// The source route up to its colon, if there is one. Colons in quotes or address literals do not end it.
fn split_route(inner: &[u8]) -> (Option<&[u8]>, &[u8]) {
    if !inner.starts_with(b"@") {
        return (None, inner);
    }
    let mut in_literal = false;
    let colon = outside_quotes(inner).find(|(_, octet)| {
        in_literal = match octet {
            b'[' => true,
            b']' => false,
            _ => in_literal,
        };
        *octet == b':' && !in_literal
    });
    let parts = colon.and_then(|(position, _)| inner.split_at_checked(position));
    match parts.and_then(|(route, rest)| Some((route, rest.strip_prefix(b":")?))) {
        Some((route, mailbox)) => (Some(route), mailbox),
        None => (None, inner),
    }
}

/// Local part and domain, parted at the last unquoted `@`.
fn split_mailbox(mailbox: &[u8]) -> (&[u8], Option<&[u8]>) {
    let at = outside_quotes(mailbox).filter(|(_, octet)| *octet == b'@').last();
    let parts = at.and_then(|(position, _)| mailbox.split_at_checked(position));
    match parts.and_then(|(local_part, rest)| Some((local_part, rest.strip_prefix(b"@")?))) {
        Some((local_part, domain)) => (local_part, Some(domain)),
        None => (mailbox, None),
    }
}
