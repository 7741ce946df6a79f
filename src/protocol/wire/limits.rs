//! Sizes (RFC 5321 4.5.3.1, RFC 4954 4). A text line of a message has no limit: RFC 5321 4.5.3.1.6 asks for 1000 octets
//! and lets a server take more.

use super::Path;

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
    /// Paths. `None`: whatever a command line has room for.
    pub paths: Option<PathLimits>,
}

/// The limits of a path, in octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PathLimits {
    /// A local part as sent, quotes included.
    pub local_part: usize,
    /// A domain or address literal, those of a source route among them.
    pub domain: usize,
    /// All of it, with punctuation and angle brackets, also where these were not sent.
    pub path: usize,
}

impl PathLimits {
    /// RFC 5321 4.5.3.1.1 to 4.5.3.1.3.
    pub const fn standard() -> Self {
        Self { local_part: 64, domain: 255, path: 256 }
    }

    /// Whether a path is within them.
    pub fn allow(&self, path: &Path) -> bool {
        let lacking = if path.raw().starts_with(b"<") { 0 } else { "<>".len() };
        let mut domains = path.route().iter().map(Vec::as_slice).chain(path.domain());
        path.local_part().len() <= self.local_part
            && domains.all(|domain| domain.len() <= self.domain)
            && path.raw().len().saturating_add(lacking) <= self.path
    }
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
            paths: None,
        }
    }

    /// What our client reads from a server.
    pub const fn client() -> Self {
        Self { reply_line: 4096, reply_lines: 256, ..Self::server() }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn domain(octets: usize) -> String {
        let labels = "d".repeat(octets);
        labels.as_bytes().chunks(50).map(|label| String::from_utf8_lossy(label)).collect::<Vec<_>>().join(".")
    }

    /// RFC 5321 4.5.3.1.1 to 4.5.3.1.3: 64, 255 and 256, "including the punctuation and element separators".
    #[rstest]
    #[case::null("<>", true)]
    #[case::local_part(&format!("<{}@d>", "x".repeat(64)), true)]
    #[case::long_local_part(&format!("<{}@d>", "x".repeat(65)), false)]
    #[case::long_without_domain(&format!("<{}>", "x".repeat(65)), false)]
    #[case::quotes_count(&format!("<\"{}\"@d>", "x".repeat(63)), false)]
    #[case::path(&format!("<{}@{}>", "x".repeat(64), "d".repeat(189)), true)]
    #[case::long_path(&format!("<{}@{}>", "x".repeat(64), "d".repeat(190)), false)]
    #[case::without_brackets(&format!("{}@{}", "x".repeat(64), "d".repeat(189)), true)]
    #[case::long_without_brackets(&format!("{}@{}", "x".repeat(64), "d".repeat(190)), false)]
    #[case::long_with_a_route(&format!("<@{}:x@d>", domain(250)), false)]
    fn paths_are_held_to_the_standard(#[case] path: &str, #[case] is_allowed: bool) {
        assert_eq!(PathLimits::standard().allow(&Path::parse(path.as_bytes()).unwrap()), is_allowed);
    }

    /// A path of 256 has no room for a domain of 255: its limit is its own.
    #[rstest]
    #[case("<x@ddd>", true)]
    #[case("<x@dddd>", false)]
    #[case("<@dddd:x@d>", false)]
    fn domains_have_a_limit_of_their_own(#[case] path: &str, #[case] is_allowed: bool) {
        let limits = PathLimits { domain: 3, ..PathLimits::standard() };
        assert_eq!(limits.allow(&Path::parse(path.as_bytes()).unwrap()), is_allowed);
    }
}
