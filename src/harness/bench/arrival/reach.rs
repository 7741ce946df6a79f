//! Whom mail has reached: its recipient, though the server may have rewritten it, or somebody else.

use crate::harness::bench::profile::Profile;

/// Who has a mailbox that mail arrived for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reached {
    /// The recipient, as it was written.
    Recipient,
    /// Whom the server made of it: the same local part in a domain that is not the server's own, a mailbox of the recipient's
    /// domain or below it, or of a domain that the recipient's local part names (RFC 5321 F.2, RFC 1123 5.2.16).
    Rewritten,
    /// Somebody of the server's own.
    Inside,
    /// A third party, or nobody knows.
    Another,
}

impl Reached {
    /// Reads a mailbox that mail to a recipient arrived for. The server's own domains are those of the local recipient and of
    /// the roles' senders.
    pub(super) fn of(mailbox: &str, recipient: &str, profile: &Profile) -> Self {
        if is_same_mailbox(mailbox, recipient) {
            return Self::Recipient;
        }
        let (Some((local_part, domain)), Some((wanted, wanted_domain))) = (split(mailbox), split(recipient)) else {
            return Self::Another;
        };
        let senders = profile.roles.values().map(|role| &role.sender);
        let own: Vec<&str> = senders.chain(&profile.local_recipient).filter_map(|own| Some(split(own)?.1)).collect();
        let is_own = |domain: &str| own.iter().any(|own| own.eq_ignore_ascii_case(domain));
        match (is_own(domain), is_own(wanted_domain)) {
            (true, _) if !domain.eq_ignore_ascii_case(wanted_domain) => Self::Inside,
            // Its domain may be the server's own, and then its mailboxes may be anybody's.
            (true, true) => Self::Another,
            (_, false) if is_within(domain, wanted_domain) => Self::Rewritten,
            _ if own.iter().any(|own| is_within(domain, own)) => Self::Inside,
            _ if local_part.eq_ignore_ascii_case(wanted) || names(wanted, domain) => Self::Rewritten,
            _ => Self::Another,
        }
    }
}

/// Whether two mailboxes are the same: capitals count in the local part alone (RFC 5321 2.4).
pub(super) fn is_same_mailbox(one: &str, other: &str) -> bool {
    match (split(one), split(other)) {
        (Some((local_part, domain)), Some((other_local_part, other_domain))) => {
            local_part == other_local_part && domain.eq_ignore_ascii_case(other_domain)
        }
        (None, None) => one == other,
        _ => false,
    }
}

/// Local part and domain, without the root's dot.
fn split(mailbox: &str) -> Option<(&str, &str)> {
    let (local_part, domain) = mailbox.rsplit_once('@')?;
    Some((local_part, domain.trim_end_matches('.')))
}

/// Whether a domain is another or below it.
fn is_within(domain: &str, other: &str) -> bool {
    let (domain, other) = (domain.to_ascii_lowercase(), other.to_ascii_lowercase());
    domain.strip_suffix(&other).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Whether a domain stands in a local part, as it does in `user%domain` and `domain!user`.
fn names(local_part: &str, domain: &str) -> bool {
    let is_of_it = |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '.');
    local_part.split(|character| !is_of_it(character)).any(|part| part.eq_ignore_ascii_case(domain))
}
