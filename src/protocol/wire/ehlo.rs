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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::super::cuts::octets;
    use super::*;

    fn extensions(reply: &[u8]) -> Extensions {
        Extensions::from_reply(&Reply::from_bytes(reply).expect("whole").expect("well-formed"))
    }

    /// The list of a Windows 2000 SMTP service as recorded.
    const WINDOWS_2000: &[u8] = b"250-mail.example.com Hello [192.168.0.192]\r\n250-AUTH GSSAPI NTLM LOGIN\r\n\
        250-AUTH=LOGIN\r\n250-TURN\r\n250-ATRN\r\n250-SIZE 2097152\r\n250-ETRN\r\n250-PIPELINING\r\n250-DSN\r\n\
        250-ENHANCEDSTATUSCODES\r\n250-8bitmime\r\n250-BINARYMIME\r\n250-CHUNKING\r\n250-VRFY\r\n250 OK\r\n";

    #[rstest]
    #[case::listed("PIPELINING", true)]
    #[case::other_case("8BITMIME", true)]
    #[case::other_case_asked("chunking", true)]
    #[case::older_form("AUTH=LOGIN", true)]
    #[case::not_listed("STARTTLS", false)]
    #[case::parameter("NTLM", false)]
    #[case::first_line("mail.example.com", false)]
    #[case::start_of_a_keyword("PIPE", false)]
    fn keywords_are_found_whatever_their_case(#[case] keyword: &str, #[case] expected: bool) {
        assert_eq!(extensions(WINDOWS_2000).has(keyword), expected);
    }

    #[test]
    fn lines_are_kept_in_order_as_sent() {
        let extensions = extensions(WINDOWS_2000);
        let keywords: Vec<_> = extensions.iter().map(|(keyword, _)| str::from_utf8(keyword).unwrap()).collect();
        let listed = "AUTH AUTH=LOGIN TURN ATRN SIZE ETRN PIPELINING DSN ENHANCEDSTATUSCODES 8bitmime BINARYMIME \
            CHUNKING VRFY OK";
        assert_eq!(keywords, listed.split(' ').collect::<Vec<_>>());
        assert_eq!(extensions.parameters("size"), Some([b"2097152".to_vec()].as_slice()));
        assert_eq!(extensions.parameters("TURN"), Some([].as_slice()));
    }

    #[rstest]
    #[case::both_forms(WINDOWS_2000, &["GSSAPI", "NTLM", "LOGIN"])]
    #[case::older_form_alone(b"250-x\r\n250 AUTH=LOGIN\r\n", &["LOGIN"])]
    #[case::older_form_with_more(b"250-x\r\n250 AUTH=LOGIN PLAIN\r\n", &["LOGIN", "PLAIN"])]
    #[case::older_form_with_space(b"250-x\r\n250 AUTH= LOGIN\r\n", &["LOGIN"])]
    #[case::lower_case(b"250-x\r\n250 auth plain Login\r\n", &["PLAIN", "LOGIN"])]
    #[case::none(b"250-x\r\n250-AUTH\r\n250 AUTHX PLAIN\r\n", &[])]
    #[case::in_the_greeting_line(b"250 AUTH PLAIN\r\n", &[])]
    fn mechanisms_come_from_both_forms_each_once(#[case] reply: &[u8], #[case] expected: &[&str]) {
        assert_eq!(extensions(reply).authentication_mechanisms(), expected);
    }

    #[test]
    fn blank_lines_list_nothing() {
        assert_eq!(extensions(b"250-x\r\n250-\r\n250-  \r\n250\r\n").iter().count(), 0);
    }

    proptest! {
        #[test]
        fn any_text_is_taken(text in octets(b"AUTHauth= \tX")) {
            let text: Vec<u8> = text.into_iter().filter(|octet| *octet != b'\n').collect();
            let extensions = extensions(&[b"250-x\r\n250 AUTH=".as_slice(), &text, b"\r\n"].concat());
            let mut mechanisms = extensions.authentication_mechanisms();
            prop_assert_eq!(mechanisms.is_empty(), text.iter().all(|octet| matches!(octet, b' ' | b'\t')));
            prop_assert!(mechanisms.iter().all(|name| !name.contains(|c: char| c.is_ascii_lowercase())));
            let count = mechanisms.len();
            mechanisms.sort();
            mechanisms.dedup();
            prop_assert_eq!(mechanisms.len(), count);
        }
    }
}
