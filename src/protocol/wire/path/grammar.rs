//! What a mailbox is made of, strictly (RFC 5321 4.1.2 and 4.1.3). Octets above 127 are let through wherever a letter
//! is (RFC 6531 3.3): they are named for themselves.

use std::net::Ipv6Addr;

/// Local-part: a Dot-string or a Quoted-string.
pub(super) fn is_local_part(bytes: &[u8]) -> bool {
    is_dot_string(bytes) || is_quoted_string(bytes)
}

fn is_dot_string(bytes: &[u8]) -> bool {
    bytes.split(|octet| *octet == b'.').all(|atom| !atom.is_empty() && atom.iter().all(|octet| is_atext(*octet)))
}

/// RFC 5322 3.2.3.
fn is_atext(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || !octet.is_ascii() || b"!#$%&'*+-/=?^_`{|}~".contains(&octet)
}

/// Only asked of octets whose quotes are known to end.
fn is_quoted_string(bytes: &[u8]) -> bool {
    let Some(content) = bytes.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")) else {
        return false;
    };
    let mut octets = content.iter();
    while let Some(octet) = octets.next() {
        let is_allowed = match octet {
            b'\\' => octets.next().is_some_and(|quoted| matches!(quoted, b' '..=b'~')),
            b'"' => false,
            _ => !octet.is_ascii_control(),
        };
        if !is_allowed {
            return false;
        }
    }
    true
}

/// Domain, or address-literal.
pub(super) fn is_domain_or_literal(bytes: &[u8]) -> bool {
    match bytes.strip_prefix(b"[").and_then(|rest| rest.strip_suffix(b"]")) {
        Some(literal) => is_address(literal),
        None => bytes.split(|octet| *octet == b'.').all(is_sub_domain),
    }
}

fn is_sub_domain(label: &[u8]) -> bool {
    let is_let_dig = |octet: &u8| octet.is_ascii_alphanumeric() || !octet.is_ascii();
    label.first().is_some_and(is_let_dig)
        && label.last().is_some_and(is_let_dig)
        && label.iter().all(|octet| is_let_dig(octet) || *octet == b'-')
}

fn is_address(literal: &[u8]) -> bool {
    let Some(colon) = literal.iter().position(|octet| *octet == b':') else {
        return is_ipv4(literal);
    };
    let (tag, content) = literal.split_at_checked(colon).unwrap_or_default();
    let content = content.strip_prefix(b":").unwrap_or_default();
    if tag.eq_ignore_ascii_case(b"IPv6") { is_ipv6(content) } else { is_standardized_tag(tag) && is_dcontent(content) }
}

/// Four Snums: one to three digits each, up to 255, leading zeros allowed.
fn is_ipv4(bytes: &[u8]) -> bool {
    let is_snum = |part: &[u8]| {
        (1..=3).contains(&part.len())
            && part.iter().all(u8::is_ascii_digit)
            && part.iter().fold(0_u16, |sum, digit| sum.saturating_mul(10).saturating_add(u16::from(digit - b'0')))
                <= 255
    };
    bytes.split(|octet| *octet == b'.').count() == 4 && bytes.split(|octet| *octet == b'.').all(is_snum)
}

/// RFC 4291 2.2, with RFC 5321's own rule that `::` stands for two groups at least.
fn is_ipv6(bytes: &[u8]) -> bool {
    let Ok(text) = str::from_utf8(bytes) else { return false };
    let groups = text.split(':').filter(|group| !group.is_empty()).count();
    let groups = groups.saturating_add(usize::from(text.contains('.')));
    text.parse::<Ipv6Addr>().is_ok() && (!text.contains("::") || groups <= 6)
}

/// Ldh-str that begins as it likes and ends in a letter or digit.
fn is_standardized_tag(tag: &[u8]) -> bool {
    tag.last().is_some_and(u8::is_ascii_alphanumeric)
        && tag.iter().all(|octet| octet.is_ascii_alphanumeric() || *octet == b'-')
}

fn is_dcontent(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(|octet| matches!(octet, b'!'..=b'Z' | b'^'..=b'~'))
}
