//! SASLprep (RFC 4013): the one form of a user name or password that can be written in several.

/// The text prepared. `None` where it holds what RFC 4013 2.3 forbids (control characters, private use, …), what 2.4 forbids
/// of mixed directions, or a code point that Unicode 3.2 does not assign (2.5): then nothing that both sides would read the
/// same can be sent.
pub(super) fn saslprep(text: &str) -> Option<String> {
    stringprep::saslprep(text).ok().map(std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    // RFC 4013 3, all seven examples.
    #[case("I\u{ad}X", Some("IX"))]
    #[case("user", Some("user"))]
    #[case("USER", Some("USER"))]
    #[case("\u{aa}", Some("a"))]
    #[case("\u{2168}", Some("IX"))]
    #[case("\u{7}", None)]
    #[case("\u{627}\u{31}", None)]
    // 2.1: a space that is not ASCII's becomes it.
    #[case("a\u{a0}b", Some("a b"))]
    #[case("", Some(""))]
    fn prepares_as_rfc_4013_says(#[case] text: &str, #[case] prepared: Option<&str>) {
        assert_eq!(saslprep(text).as_deref(), prepared);
    }

    #[test]
    fn printable_ascii_stays_as_it_is() {
        let ascii: String = (' '..='~').collect();
        assert_eq!(saslprep(&ascii).as_deref(), Some(ascii.as_str()));
    }
}
