//! The service extensions of an EHLO reply (RFC 5321 4.1.1.1).

use super::Reply;
use super::octets::{split_before, words};

/// What an EHLO reply lists: each keyword with its parameters, in order, as sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extensions(Vec<Extension>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Extension {
    keyword: Vec<u8>,
    parameters: Vec<Vec<u8>>,
}

impl Extensions {
    /// Reads every line of the reply but the first. A line without a word is passed over.
    pub fn from_reply(reply: &Reply) -> Self {
        Self(reply.lines().skip(1).filter_map(Extension::read).collect())
    }

    /// Each line's keyword and parameters, in order. The keyword is all of the first word: the older form
    /// `AUTH=LOGIN` has the keyword `AUTH=LOGIN`.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &[Vec<u8>])> {
        self.0.iter().map(|extension| (extension.keyword.as_slice(), extension.parameters.as_slice()))
    }

    /// Whether the keyword is listed, whatever its case.
    pub fn has(&self, keyword: &str) -> bool {
        self.parameters(keyword).is_some()
    }

    /// The parameters of the first line with that keyword, whatever its case.
    pub fn parameters(&self, keyword: &str) -> Option<&[Vec<u8>]> {
        self.iter()
            .find(|(listed, _)| listed.eq_ignore_ascii_case(keyword.as_bytes()))
            .map(|(_, parameters)| parameters)
    }

    /// The mechanisms of `AUTH` and of the older form `AUTH=`, in upper case, each once, in order.
    pub fn authentication_mechanisms(&self) -> Vec<String> {
        let mut mechanisms = Vec::new();
        for (keyword, parameters) in self.iter() {
            let (name, older_form) = split_before(keyword, |octet| octet == b'=');
            if !name.eq_ignore_ascii_case(b"AUTH") {
                continue;
            }
            let first = older_form.strip_prefix(b"=").filter(|mechanism| !mechanism.is_empty());
            for mechanism in first.into_iter().chain(parameters.iter().map(Vec::as_slice)) {
                let mechanism = String::from_utf8_lossy(mechanism).to_ascii_uppercase();
                if !mechanisms.contains(&mechanism) {
                    mechanisms.push(mechanism);
                }
            }
        }
        mechanisms
    }
}

impl Extension {
    fn read(line: &[u8]) -> Option<Self> {
        let mut words = words(line);
        let keyword = words.next()?.to_vec();
        Some(Self { keyword, parameters: words.map(<[u8]>::to_vec).collect() })
    }
}
