//! Parameters of MAIL and RCPT (RFC 5321 4.1.2; RFC 1870 SIZE; RFC 6152 and 3030 BODY; RFC 3461 RET, ENVID, NOTIFY, ORCPT; RFC 4954 AUTH).

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
    /// The first parameter of that keyword, whatever its case.
    pub fn get(&self, keyword: &str) -> Option<&Parameter> {
        self.0.iter().find(|parameter| parameter.keyword.eq_ignore_ascii_case(keyword.as_bytes()))
    }

    /// SIZE in octets (RFC 1870); `None` where absent or no number.
    pub fn size(&self) -> Option<u64> {
        todo!()
    }

    /// BODY; `None` where absent or unknown.
    pub fn body(&self) -> Option<BodyType> {
        todo!()
    }
}
