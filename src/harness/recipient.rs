//! Whose mail a server may be asked to take: a recipient that nobody has, unless the target file allows others.

use crate::protocol::wire::{Path, Tolerance};

/// The key of a target file that allows any recipient.
pub(crate) const ANY_RECIPIENT: &str = "allow-recipients-outside-reserved-domains: true";

/// Domains that are reserved for tests and documentation, each with all below it (RFC 2606, RFC 6761).
const RESERVED: [&str; 7] = ["example", "invalid", "localhost", "test", "example.com", "example.net", "example.org"];

/// Why mail to a recipient might reach somebody.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RecipientError {
    /// Its domain may be somebody's.
    #[error("{0} is not in a reserved domain")]
    NotReserved(String),
    /// A server may read another recipient out of it, at whatever domain.
    #[error("{0} asks the server to send the mail on, by `%`, `!`, a second `@` or a source route")]
    SentOn(String),
    /// Nobody knows what a server makes of it.
    #[error("{0} is no forward-path")]
    Unreadable(String),
}

/// Whether mail to a recipient, without brackets, can only reach a domain that is reserved for tests and documentation, or
/// the server's own mailboxes where it names no domain.
///
/// # Errors
/// Where it might reach somebody else.
pub(crate) fn check(recipient: &str) -> Result<(), RecipientError> {
    match Path::parse(format!("<{recipient}>").as_bytes()) {
        Ok(path) => check_path(&path),
        Err(_) => Err(RecipientError::Unreadable(shown(recipient.as_bytes()))),
    }
}

/// The same for a path as it stands in RCPT.
///
/// # Errors
/// Where it might reach somebody else.
pub(crate) fn check_path(path: &Path) -> Result<(), RecipientError> {
    let shown = shown(path.raw().strip_prefix(b"<").and_then(|raw| raw.strip_suffix(b">")).unwrap_or(path.raw()));
    let sends_on = |octet: &u8| matches!(octet, b'%' | b'!' | b'@');
    if !path.route().is_empty() || path.local_part().iter().any(sends_on) {
        return Err(RecipientError::SentOn(shown));
    }
    let is_harmless =
        |deviation: &Tolerance| matches!(deviation, Tolerance::MissingAngleBrackets | Tolerance::MissingDomain);
    if path.local_part().is_empty() || !path.deviations().iter().all(is_harmless) {
        return Err(RecipientError::Unreadable(shown));
    }
    match path.domain() {
        Some(domain) if !is_reserved(domain) => Err(RecipientError::NotReserved(shown)),
        Some(_) | None => Ok(()),
    }
}

fn is_reserved(domain: &[u8]) -> bool {
    let domain = String::from_utf8_lossy(domain).to_ascii_lowercase();
    let domain = domain.trim_end_matches('.');
    let is_in =
        |reserved: &&str| domain.strip_suffix(*reserved).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    RESERVED.iter().any(is_in)
}

fn shown(recipient: &[u8]) -> String {
    recipient.escape_ascii().to_string()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    /// RFC 2606 2 and 3, RFC 6761 6 for domains; RFC 5321 3.6.1, 4.1.2 and F.2 for routes; RFC 1123 5.2.16 for `%`.
    #[rstest]
    #[case::top_level("somebody@elsewhere.example", "ok")]
    #[case::second_level("somebody@example.com", "ok")]
    #[case::below_it("somebody@a.b.example.ORG", "ok")]
    #[case::localhost("root@localhost", "ok")]
    #[case::no_domain("postmaster", "ok")]
    #[case::quoted("\"some body\"@elsewhere.example", "ok")]
    #[case::somebody("victim@gmail.com", "not reserved")]
    #[case::looks_reserved("a@notexample.com", "not reserved")]
    #[case::reserved_in_front("a@example.com.elsewhere.org", "not reserved")]
    #[case::literal("a@[192.0.2.1]", "not reserved")]
    #[case::percent("victim%gmail.com@inside.example", "sent on")]
    #[case::percent_alone("victim%gmail.com", "sent on")]
    #[case::bang("gmail.com!victim", "sent on")]
    #[case::bang_at("gmail.com!victim@inside.example", "sent on")]
    #[case::second_at("victim@gmail.com@inside.example", "sent on")]
    #[case::quoted_at("\"victim@gmail.com\"@inside.example", "sent on")]
    #[case::quoted_percent("\"victim%gmail.com\"@inside.example", "sent on")]
    #[case::route("@gmail.com:victim@inside.example", "sent on")]
    #[case::route_by_reserved_hosts("@inside.example,@b.example:a@c.example", "sent on")]
    #[case::parameters("x@inside.example> NOTIFY=NEVER ORCPT=rfc822;<", "unreadable")]
    #[case::line("x@inside.example>\r\nRCPT TO:<victim@gmail.com", "unreadable")]
    #[case::comment("victim@gmail.com(.example)", "unreadable")]
    #[case::list("victim@gmail.com,x@inside.example", "sent on")]
    #[case::semicolon("victim@gmail.com;.example", "unreadable")]
    #[case::domain_alone("@inside.example", "unreadable")]
    #[case::nothing("", "unreadable")]
    fn mail_may_only_go_where_nobody_is(#[case] recipient: &str, #[case] expected: &str) {
        let told = match check(recipient) {
            Ok(()) => "ok",
            Err(RecipientError::NotReserved(_)) => "not reserved",
            Err(RecipientError::SentOn(_)) => "sent on",
            Err(RecipientError::Unreadable(_)) => "unreadable",
        };
        assert_eq!(told, expected, "{recipient}");
    }

    proptest! {
        /// Whatever stands in front of it, a domain that may be somebody's is not taken.
        #[test]
        fn no_local_part_helps(local_part in ".{0,20}") {
            let recipient = format!("{local_part}@gmail.com");
            prop_assert!(check(&recipient).is_err());
        }
    }
}
