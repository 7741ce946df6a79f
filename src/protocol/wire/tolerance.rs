//! Every departure from the grammar that a parser of ours may meet, by name. Nowhere else is anything lenient.

/// A departure from the grammar of RFC 5321 that was met in bytes a peer sent.
///
/// Parsers collect these beside the value; whoever judges decides which of them matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Tolerance {
    /// A line ended in a bare LF (RFC 5321 2.3.8 wants CRLF).
    BareLf,
    /// A CR that is not followed by LF stood inside a line (RFC 5321 2.3.8).
    BareCr,
    /// A NUL or another control octet, HT excepted, stood inside a line.
    ControlOctet,
    /// White space after the last argument (RFC 5321 4.1.1 tells receivers to accept it).
    TrailingSpace,
    /// White space other than one SP between the parts of a command (RFC 5321 4.1.1).
    ExtraSpace,
    /// White space between the colon of `FROM:` or `TO:` and the path.
    SpaceAfterColon,
    /// A path without its angle brackets.
    MissingAngleBrackets,
    /// A mailbox without `@domain` that is not `<Postmaster>` (RFC 5321 4.1.1.3).
    MissingDomain,
    /// A source route before the mailbox (RFC 5321 appendix C: deprecated, to be accepted and ignored).
    SourceRoute,
    /// More than one unquoted `@` in a mailbox.
    SeveralAtSigns,
    /// Octets above 127 without SMTPUTF8.
    EightBitOctet,
    /// A local part that is neither a dot-string nor a quoted-string.
    MalformedLocalPart,
    /// A domain that is neither a domain name nor an address literal.
    MalformedDomain,
    /// A line longer than the limit of RFC 5321 4.5.3.1 that was read all the same.
    LongLine,
    /// A reply code outside the grammar `[2-5][0-5][0-9]` (RFC 5321 4.2).
    ReplyCodeOutOfRange,
    /// Lines of one reply with different codes (RFC 5321 4.2.1). Whether they mean different things is asked of the reply.
    MixedReplyCodes,
    /// An argument where the standard has none, or a further one where it has one.
    UnexpectedArgument,
    /// `MAIL` or `RCPT` arguments where a parameter is malformed.
    MalformedParameter,
}
