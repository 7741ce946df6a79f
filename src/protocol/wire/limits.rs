//! Sizes (RFC 5321 4.5.3.1, RFC 4954 4).

/// The limits of one side. All in octets, line endings included, unless said otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// A command line (RFC 5321 4.5.3.1.4: at least 512).
    pub command_line: usize,
    /// A line of an authentication exchange (RFC 4954 4: 12288).
    pub authentication_line: usize,
    /// A reply line (RFC 5321 4.5.3.1.5: at most 512; we read more and name it).
    pub reply_line: usize,
    /// Lines in one reply.
    pub reply_lines: usize,
    /// Octets of mail data that are held.
    pub message: usize,
    /// Recipients of a mail transaction (RFC 5321 4.5.3.1.8: at least 100).
    pub recipients: usize,
}

impl Limits {
    /// What a server of ours takes unless its product says otherwise.
    pub const fn server() -> Self {
        Self {
            command_line: 1000,
            authentication_line: 12_288,
            reply_line: 512,
            reply_lines: 100,
            message: 1 << 20,
            recipients: 100,
        }
    }

    /// What our client reads from a server.
    pub const fn client() -> Self {
        Self { reply_line: 4096, reply_lines: 256, ..Self::server() }
    }
}
