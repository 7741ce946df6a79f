//! Parameters of MAIL and RCPT (RFC 5321 4.1.2; RFC 1870 SIZE; RFC 6152 and 3030 BODY; RFC 3461 RET, ENVID, NOTIFY,
//! ORCPT; RFC 4954 AUTH).

use super::Tolerance;
use super::octets::{is_single_spaced, note, number, split_before, words};

/// One parameter as sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// The keyword as sent; compare without regard to case.
    pub keyword: Vec<u8>,
    /// What stands behind `=`.
    pub value: Option<Vec<u8>>,
}

/// What BODY says (RFC 6152, RFC 3030).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyType {
    /// 7BIT.
    SevenBit,
    /// 8BITMIME.
    EightBitMime,
    /// BINARYMIME: only with BDAT.
    BinaryMime,
}

/// All parameters of one command, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameters(pub Vec<Parameter>);

impl Parameters {
    /// Reads what stands behind a path, the white space before it included. Malformed parameters are kept as sent.
    pub(super) fn read(bytes: &[u8], deviations: &mut Vec<Tolerance>) -> Self {
        if !is_single_spaced(bytes) {
            note(deviations, Tolerance::ExtraSpace);
        }
        let parameters: Vec<_> = words(bytes).map(Parameter::read).collect();
        if !parameters.iter().all(Parameter::is_well_formed) {
            note(deviations, Tolerance::MalformedParameter);
        }
        Self(parameters)
    }

    /// The first parameter of that keyword, whatever its case.
    pub fn get(&self, keyword: &str) -> Option<&Parameter> {
        self.0.iter().find(|parameter| parameter.keyword.eq_ignore_ascii_case(keyword.as_bytes()))
    }

    /// SIZE in octets (RFC 1870); `None` where absent or no number. A number that does not fit is `u64::MAX`: it is
    /// over any limit, and RFC 1870 3 allows 20 digits.
    pub fn size(&self) -> Option<u64> {
        number(self.value("SIZE")?).ok().map(|size| size.unwrap_or(u64::MAX))
    }

    /// BODY; `None` where absent or unknown.
    pub fn body(&self) -> Option<BodyType> {
        match self.value("BODY")?.to_ascii_uppercase().as_slice() {
            b"7BIT" => Some(BodyType::SevenBit),
            b"8BITMIME" => Some(BodyType::EightBitMime),
            b"BINARYMIME" => Some(BodyType::BinaryMime),
            _ => None,
        }
    }

    /// The octets that they take up on a command line, each with the SP before it.
    pub(super) fn length(&self) -> usize {
        let length = |parameter: &Parameter| {
            parameter
                .keyword
                .len()
                .saturating_add(parameter.value.as_ref().map_or(0, |value| value.len().saturating_add(1)))
        };
        self.0.iter().fold(0, |sum: usize, parameter| sum.saturating_add(length(parameter)).saturating_add(1))
    }

    fn value(&self, keyword: &str) -> Option<&[u8]> {
        self.get(keyword)?.value.as_deref()
    }
}

impl Parameter {
    fn read(word: &[u8]) -> Self {
        let (keyword, rest) = split_before(word, |octet| octet == b'=');
        Self { keyword: keyword.to_vec(), value: rest.strip_prefix(b"=").map(<[u8]>::to_vec) }
    }

    /// esmtp-param of RFC 5321 4.1.2. Octets above 127 are let through: they are named for themselves, and RFC 6531
    /// 3.3 allows them in a value.
    fn is_well_formed(&self) -> bool {
        let is_keyword = self.keyword.first().is_some_and(u8::is_ascii_alphanumeric)
            && self.keyword.iter().all(|octet| octet.is_ascii_alphanumeric() || *octet == b'-');
        let is_value = |value: &Vec<u8>| {
            !value.is_empty() && value.iter().all(|octet| !octet.is_ascii_control() && *octet != b'=' && *octet != b' ')
        };
        is_keyword && self.value.as_ref().is_none_or(is_value)
    }
}
