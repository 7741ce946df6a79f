//! A transcript for machines: octets as JSON text, lossless.

/// Octets as a JSON string: printable ASCII and UTF-8 as they are, every other octet and the backslash as `\xNN`.
pub(super) mod octets {
    use std::fmt::Write;

    use serde::de::{Error, Unexpected};
    use serde::{Deserialize, Deserializer, Serializer};

    pub(in super::super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&escape(bytes))
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        unescape(&text).ok_or_else(|| D::Error::invalid_value(Unexpected::Str(&text), &"octets with \\xNN escapes"))
    }

    fn escape(bytes: &[u8]) -> String {
        let mut text = String::new();
        for chunk in bytes.utf8_chunks() {
            for character in chunk.valid().chars() {
                if character == '\\' || character.is_control() {
                    push_escaped(&mut text, character.encode_utf8(&mut [0; 4]).as_bytes());
                } else {
                    text.push(character);
                }
            }
            push_escaped(&mut text, chunk.invalid());
        }
        text
    }

    fn push_escaped(text: &mut String, bytes: &[u8]) {
        for byte in bytes {
            // Writing to a String cannot fail.
            let _ = write!(text, "\\x{byte:02x}");
        }
    }

    /// `None` where a backslash does not begin an escape.
    fn unescape(text: &str) -> Option<Vec<u8>> {
        let mut bytes = Vec::with_capacity(text.len());
        let mut rest = text.as_bytes();
        while let Some((&byte, after)) = rest.split_first() {
            if byte != b'\\' {
                bytes.push(byte);
                rest = after;
                continue;
            }
            let ([high, low], after) = after.strip_prefix(b"x")?.split_first_chunk()?;
            let digit = |octet: u8| char::from(octet).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
            bytes.push(digit(*high)? << 4 | digit(*low)?);
            rest = after;
        }
        Some(bytes)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;
    use rstest::rstest;

    use crate::protocol::transcript::{Content, FactMark, Happening, Side, Transcript};

    #[rstest]
    #[case(b"250 OK", r#"{"kind":"line","bytes":"250 OK"}"#)]
    #[case("Grüße".as_bytes(), r#"{"kind":"line","bytes":"Grüße"}"#)]
    #[case(b"a\xffb", r#"{"kind":"line","bytes":"a\\xffb"}"#)]
    #[case(b"DOM\\user", r#"{"kind":"line","bytes":"DOM\\x5cuser"}"#)]
    #[case(b"a\r\nb\0", r#"{"kind":"line","bytes":"a\\x0d\\x0ab\\x00"}"#)]
    #[case("\u{85}".as_bytes(), r#"{"kind":"line","bytes":"\\xc2\\x85"}"#)]
    fn writes_octets_as_text(#[case] bytes: &[u8], #[case] json: &str) {
        let content = Content::Line { bytes: bytes.to_vec(), is_cut: false };
        assert_eq!(serde_json::to_string(&content).unwrap(), json);
        assert_eq!(serde_json::from_str::<Content>(json).unwrap(), content);
    }

    /// docs/events.md, "transcript".
    #[test]
    fn a_line_that_did_not_end_says_so() {
        let json = r#"{"kind":"line","bytes":"250 o","cut":true}"#;
        let content = Content::Line { bytes: b"250 o".to_vec(), is_cut: true };
        assert_eq!(serde_json::to_string(&content).unwrap(), json);
        assert_eq!(serde_json::from_str::<Content>(json).unwrap(), content);
    }

    #[rstest]
    #[case(r#"{"kind":"line","bytes":"\\"}"#)]
    #[case(r#"{"kind":"line","bytes":"\\n"}"#)]
    #[case(r#"{"kind":"line","bytes":"\\x4"}"#)]
    #[case(r#"{"kind":"line","bytes":"\\x+4"}"#)]
    #[case(r#"{"kind":"line","bytes":7}"#)]
    fn refuses_what_it_would_never_write(#[case] json: &str) {
        assert!(serde_json::from_str::<Content>(json).is_err());
    }

    #[test]
    fn every_kind_of_entry_comes_back() {
        let mut transcript = Transcript::new();
        transcript.happened(Side::Server, Duration::ZERO, Happening::Connected);
        transcript.line(Side::Server, Duration::from_millis(20), "220 ready");
        transcript.credential(Duration::from_millis(30), "NTLM message 3", 88);
        transcript.mail_data(Side::Client, Duration::from_millis(40), "Subject: x\r\n\r\n..\r\n");
        transcript.happened(Side::Server, Duration::from_secs(1), Happening::Reset { reason: "reset".to_owned() });
        let after = Duration::from_secs(300);
        transcript.happened(Side::Server, Duration::from_secs(2), Happening::TimedOut { after });
        for entry in &mut transcript.entries {
            entry.mark = Some(FactMark { fact: "a/b".to_owned(), chosen: false });
        }
        let json = serde_json::to_string(&transcript).unwrap();
        assert_eq!(serde_json::from_str::<Transcript>(&json).unwrap(), transcript);
    }

    proptest! {
        #[test]
        fn any_octets_come_back(bytes: Vec<u8>, is_cut: bool) {
            let content = Content::Line { bytes, is_cut };
            let json = serde_json::to_string(&content).unwrap();
            prop_assert!(!json.contains('\n'));
            prop_assert_eq!(serde_json::from_str::<Content>(&json).unwrap(), content);
        }

        #[test]
        fn any_text_is_read_or_refused(text: String) {
            let json = serde_json::json!({ "kind": "line", "bytes": text });
            if let Ok(content) = serde_json::from_value::<Content>(json) {
                let again = serde_json::to_string(&content).unwrap();
                prop_assert_eq!(serde_json::from_str::<Content>(&again).unwrap(), content);
            }
        }
    }
}
