//! As much of DER (X.690 10) as it takes to say what a certificate says. Nothing is decided by it.

/// Values one behind the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Values<'a>(pub(super) &'a [u8]);

/// One value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Value<'a> {
    /// Its identifier octet; tags of more than one octet are in no certificate.
    pub(super) tag: u8,
    pub(super) contents: &'a [u8],
}

pub(super) const BOOLEAN: u8 = 0x01;
pub(super) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(super) const UTF8_STRING: u8 = 0x0c;
pub(super) const UTC_TIME: u8 = 0x17;
pub(super) const GENERALIZED_TIME: u8 = 0x18;
pub(super) const BMP_STRING: u8 = 0x1e;
pub(super) const SEQUENCE: u8 = 0x30;

impl<'a> Value<'a> {
    /// The values inside.
    pub(super) const fn inside(self) -> Values<'a> {
        Values(self.contents)
    }
}

impl<'a> Values<'a> {
    /// The next one, which must have this tag.
    pub(super) fn expect(&mut self, tag: u8) -> Option<Value<'a>> {
        self.next().filter(|value| value.tag == tag)
    }

    /// The next one if it has this tag; else it stays.
    pub(super) fn optional(&mut self, tag: u8) -> Option<Value<'a>> {
        let mut ahead = *self;
        let value = ahead.expect(tag)?;
        *self = ahead;
        Some(value)
    }
}

impl<'a> Iterator for Values<'a> {
    type Item = Value<'a>;

    /// `None` at the end, and where what is there is no value.
    fn next(&mut self) -> Option<Value<'a>> {
        let (&[tag, first], rest) = self.0.split_first_chunk::<2>()?;
        let (length, rest) = match first {
            0..=0x7f => (usize::from(first), rest),
            // More than four octets of length are in nothing that fits into a handshake.
            0x81..=0x84 => {
                let (octets, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
                (octets.iter().fold(0_usize, |length, octet| length << 8 | usize::from(*octet)), rest)
            }
            _ => return None,
        };
        let (contents, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some(Value { tag, contents })
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// X.690 8.1.3: short and long forms of a length.
    #[rstest]
    #[case::short(&[0x04, 0x01, 0xaa], Some(1))]
    #[case::empty(&[0x05, 0x00], Some(0))]
    #[case::long(&[0x04, 0x82, 0x00, 0x02, 0xaa, 0xbb], Some(2))]
    #[case::cut(&[0x04, 0x02, 0xaa], None)]
    #[case::length_cut(&[0x04, 0x82, 0x00], None)]
    #[case::indefinite(&[0x04, 0x80, 0x00, 0x00], None)]
    #[case::too_long(&[0x04, 0x85, 0, 0, 0, 0, 1, 0xaa], None)]
    #[case::nothing(&[], None)]
    fn lengths_are_read(#[case] octets: &[u8], #[case] length: Option<usize>) {
        assert_eq!(Values(octets).next().map(|value| value.contents.len()), length);
    }

    #[test]
    fn what_is_optional_stays_where_it_is_another_value() {
        let mut values = Values(&[0x02, 0x01, 0x07, 0x05, 0x00]);
        assert_eq!(values.optional(BOOLEAN), None);
        assert_eq!(values.optional(0x02).map(|value| value.contents), Some([0x07].as_slice()));
        assert_eq!(values.expect(SEQUENCE), None);
    }
}
