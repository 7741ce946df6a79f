//! Reverse-paths and forward-paths (RFC 5321 4.1.2).

use super::Tolerance;

/// A path as it was sent, taken apart without repairing it.
///
/// `<@a,@b:user@c>` has the route `a`, `b`, the local part `user` and the domain `c`. The local part keeps its quotes.
/// Everything up to the last unquoted `@` is the local part, so `<R@D@S>` has the local part `R@D` and the domain `S`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {}

/// Bytes that are no path.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// `<` without `>` or the other way round.
    #[error("unbalanced angle brackets")]
    Unbalanced(Vec<u8>),
    /// Nothing where a path belongs.
    #[error("a path is missing")]
    Missing,
    /// Octets that cannot stand in a path at all (space or control outside quotes, a quote that does not end).
    #[error("not a path: {}", String::from_utf8_lossy(.0))]
    Malformed(Vec<u8>),
}

impl Path {
    /// Takes apart the octets of a path, brackets included where they were sent. `<>` is the null reverse-path.
    ///
    /// # Errors
    /// When the octets cannot be a path under any tolerance.
    pub fn parse(bytes: &[u8]) -> Result<Self, PathError> {
        let _ = bytes;
        todo!()
    }

    /// The octets as sent.
    pub fn raw(&self) -> &[u8] {
        todo!()
    }

    /// `<>`.
    pub fn is_null(&self) -> bool {
        todo!()
    }

    /// The source route's hosts, in order, without `@`.
    pub fn route(&self) -> &[Vec<u8>] {
        todo!()
    }

    /// The local part as sent, quotes included. Empty for the null path.
    pub fn local_part(&self) -> &[u8] {
        todo!()
    }

    /// The domain or address literal, brackets of a literal included. `None` where there was no `@`.
    pub fn domain(&self) -> Option<&[u8]> {
        todo!()
    }

    /// `local-part@domain` without brackets and route; what most servers print back. Empty for the null path.
    pub fn address(&self) -> Vec<u8> {
        todo!()
    }

    /// The same mailbox at another domain, as servers do that append their own.
    #[must_use]
    pub fn with_domain(&self, domain: &[u8]) -> Self {
        let _ = domain;
        todo!()
    }

    /// What departs from RFC 5321 4.1.2.
    pub fn deviations(&self) -> &[Tolerance] {
        todo!()
    }
}
