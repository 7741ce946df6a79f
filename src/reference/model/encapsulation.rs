//! Addresses inside addresses: `IMCEASMTP-user+40victim+2Eexample@local` (KB:Q189492, KB:Q237927; wire-facts 5.4).

use crate::protocol::wire::Path;

/// Only in upper case (wire-facts 5.4).
const PREFIX: &[u8] = b"IMCEASMTP-";

/// The path that the local part hides: `+40` stands for `@`, any `+` and two hexadecimal digits for that octet, `_` for
/// `/`. `None` where there is no prefix, or nothing behind it that is a mailbox with a domain.
pub(super) fn hidden_path(path: &Path) -> Option<Path> {
    let hidden = decode(path.local_part().strip_prefix(PREFIX)?)?;
    // A control octet would go on to the next hop and break a line there.
    if hidden.iter().any(u8::is_ascii_control) {
        return None;
    }
    let hidden = Path::parse(&[b"<", hidden.as_slice(), b">"].concat()).ok()?;
    (hidden.domain().is_some() && !hidden.local_part().is_empty()).then_some(hidden)
}

fn decode(encoded: &[u8]) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(encoded.len());
    let mut octets = encoded.iter().copied();
    while let Some(octet) = octets.next() {
        decoded.push(match octet {
            b'+' => {
                let digit = |octet: u8| char::from(octet).to_digit(16);
                let (high, low) = (digit(octets.next()?)?, digit(octets.next()?)?);
                u8::try_from(high * 16 + low).ok()?
            }
            b'_' => b'/',
            _ => octet,
        });
    }
    Some(decoded)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn hidden(path: &str) -> Option<String> {
        let hidden = hidden_path(&Path::parse(path.as_bytes()).unwrap())?;
        Some(String::from_utf8(hidden.address()).unwrap())
    }

    // The form is wire-facts 5.4's; the underscore rule is KB:Q189492's.
    #[rstest]
    #[case("<IMCEASMTP-user+40victim+2Eexample@inside.example>", Some("user@victim.example"))]
    #[case("<IMCEASMTP-a_b+40victim+2Eexample@inside.example>", Some("a/b@victim.example"))]
    #[case("<imceasmtp-user+40victim+2Eexample@inside.example>", None)]
    #[case("<IMCEASMTP-user@inside.example>", None)]
    #[case("<IMCEASMTP-user+4@inside.example>", None)]
    #[case("<IMCEASMTP-user+4Gvictim@inside.example>", None)]
    #[case("<IMCEASMTP-+22a+0D+0ARCPT+22+40victim+2Eexample@inside.example>", None)]
    #[case("<user@inside.example>", None)]
    fn finds_what_is_hidden(#[case] path: &str, #[case] expected: Option<&str>) {
        assert_eq!(hidden(path).as_deref(), expected);
    }
}
