//! The service extensions of an EHLO reply (RFC 5321 4.1.1.1).

use super::Reply;

/// What an EHLO reply lists: each keyword with its parameters, in order, as sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extensions {}

impl Extensions {
    /// Reads every line of the reply but the first.
    pub fn from_reply(reply: &Reply) -> Self {
        let _ = reply;
        todo!()
    }

    /// Whether the keyword is listed, whatever its case.
    pub fn has(&self, keyword: &str) -> bool {
        let _ = keyword;
        todo!()
    }

    /// The mechanisms of `AUTH` and of the older form `AUTH=`, in upper case, each once, in order.
    pub fn authentication_mechanisms(&self) -> Vec<String> {
        todo!()
    }
}
