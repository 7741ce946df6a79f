//! NTLM's two ways to write a string, and its upper case.

use super::flags;

/// How strings are written (MS-NLMP 2.2.2.5, bits A and B).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CharacterSet {
    /// UTF-16LE.
    Unicode,
    /// The machine's 8-bit set. Which one is not said on the wire; we read and write ISO 8859-1.
    Oem,
}

impl CharacterSet {
    /// The set that flags choose: Unicode if it is there at all. `None` where neither is, which is an invalid message.
    pub fn chosen_by(negotiated: u32) -> Option<Self> {
        if negotiated & flags::UNICODE != 0 {
            Some(Self::Unicode)
        } else if negotiated & flags::OEM != 0 {
            Some(Self::Oem)
        } else {
            None
        }
    }

    /// A string's octets. What an 8-bit set has no octet for becomes `?`.
    pub fn encode(self, text: &str) -> Vec<u8> {
        match self {
            Self::Unicode => utf_16(text),
            Self::Oem => text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect(),
        }
    }

    /// The string of some octets. `None` where they are no UTF-16LE.
    pub fn decode(self, octets: &[u8]) -> Option<String> {
        match self {
            Self::Unicode => {
                let (units, rest) = octets.as_chunks::<2>();
                let units = units.iter().map(|unit| u16::from_le_bytes(*unit));
                let text = char::decode_utf16(units).collect::<Result<String, _>>().ok()?;
                rest.is_empty().then_some(text)
            }
            Self::Oem => Some(octets.iter().map(|&octet| char::from(octet)).collect()),
        }
    }
}

/// UNICODE() of MS-NLMP section 6.
pub(super) fn utf_16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// UpperCase() of MS-NLMP section 6: character by character, never making one into two.
pub(super) fn upper_case(text: &str) -> String {
    text.chars()
        .map(|c| {
            let mut upper = c.to_uppercase();
            match (upper.next(), upper.next()) {
                (Some(one), None) => one,
                _ => c,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    // MS-NLMP 4.2.1: User in both sets.
    #[case(CharacterSet::Unicode, "User", b"U\0s\0e\0r\0")]
    #[case(CharacterSet::Oem, "User", b"User")]
    #[case(CharacterSet::Oem, "Jos\u{e9} \u{20ac}", b"Jos\xe9 ?")]
    fn writes(#[case] set: CharacterSet, #[case] text: &str, #[case] octets: &[u8]) {
        assert_eq!(set.encode(text), octets);
    }

    #[rstest]
    #[case(b"U\0s")]
    #[case(b"\x00\xd8")]
    #[case(b"\x00\xdcA\0")]
    fn refuses_what_is_no_utf_16(#[case] octets: &[u8]) {
        assert_eq!(CharacterSet::Unicode.decode(octets), None);
    }

    #[rstest]
    #[case("User", "USER")]
    #[case("stra\u{df}e", "STRA\u{df}E")]
    #[case("\u{e9}", "\u{c9}")]
    fn upper_cases(#[case] text: &str, #[case] upper: &str) {
        assert_eq!(upper_case(text), upper);
    }

    proptest! {
        #[test]
        fn unicode_comes_back(text in ".*") {
            prop_assert_eq!(CharacterSet::Unicode.decode(&CharacterSet::Unicode.encode(&text)), Some(text));
        }

        #[test]
        fn any_octets_are_an_oem_string(octets: Vec<u8>) {
            let text = CharacterSet::Oem.decode(&octets).unwrap();
            prop_assert_eq!(CharacterSet::Oem.encode(&text), octets);
        }
    }
}
