//! Who may relay, as each of the three servers can be told: what a verdict about it has to be is known beforehand.

/// What becomes of mail for another domain. Mail for the server's own is taken under each of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Policy {
    /// The authorized account's is relayed, everybody else's refused at RCPT.
    AuthorizedOnly,
    /// Whoever has authenticated is relayed, which is the flaw of MS02-011.
    AnyAuthenticated,
    /// Everybody's is relayed.
    Open,
    /// Nobody's is.
    Closed,
    /// The authorized account's is relayed; everybody else's is accepted like it, and dropped.
    DropsTheRest,
    /// Everybody's is accepted, and dropped: a sink.
    DropsEverything,
    /// The authorized account's is relayed; everybody else's is refused behind the mail data.
    RefusesLate,
    /// The authorized account's is relayed; everybody else's is refused at RCPT with a temporary code.
    RefusesForNow,
}
