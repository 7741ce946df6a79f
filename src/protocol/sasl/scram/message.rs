//! Attributes and names as SCRAM's messages write them (RFC 5802 5.1, 7).

/// The value of an attribute by its letter, `r=…`. `None` where the part is no such attribute.
pub(super) fn attribute(part: Option<&str>, letter: char) -> Option<&str> {
    part?.strip_prefix(letter)?.strip_prefix('=')
}

/// A name with `,` and `=` written so that they end nothing: `saslname` of RFC 5802 7.
pub(in crate::protocol::sasl) fn escaped(name: &str) -> String {
    name.replace('=', "=3D").replace(',', "=2C")
}

/// The name that was written so. `None` where an `=` begins neither `=2C` nor `=3D`, which RFC 5802 5.1 has fail.
pub(in crate::protocol::sasl) fn unescaped(name: &str) -> Option<String> {
    let mut pieces = name.split('=');
    let mut whole = pieces.next()?.to_owned();
    for piece in pieces {
        let (sign, rest) = match (piece.strip_prefix("2C"), piece.strip_prefix("3D")) {
            (Some(rest), _) => (',', rest),
            (None, Some(rest)) => ('=', rest),
            (None, None) => return None,
        };
        whole.push(sign);
        whole.push_str(rest);
    }
    Some(whole)
}

/// Whether it can be a nonce: printable ASCII without a comma, and not empty.
pub(super) fn is_nonce(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|octet| matches!(octet, 0x21..=0x7e) && octet != b',')
}
