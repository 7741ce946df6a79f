//! A line of a reply with places to be filled in.

use super::{Placeholder, ReplyKey};

/// One line, taken apart. A brace that is meant as one is doubled: `{{`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    parts: Vec<TemplatePart>,
}

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TemplatePart {
    /// Text as it stands.
    Text(String),
    /// A place to be filled in.
    Place(Placeholder),
}

/// Why a line is no template for its reply.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// A name in braces that is none of ours.
    #[error("no placeholder has the name `{0}`")]
    UnknownPlaceholder(String),
    /// A placeholder that means nothing in this reply.
    #[error("`{{{}}}` cannot be filled in for `{key}`", .placeholder.name())]
    ForeignPlaceholder {
        /// The placeholder.
        placeholder: Placeholder,
        /// The reply.
        key: ReplyKey,
    },
    /// `{` without `}` or the other way round.
    #[error("a brace that is not closed, or not opened: {0}")]
    Unbalanced(String),
    /// A reply line that does not begin with a code from 200 to 599 and a space, a hyphen or its end.
    #[error("a reply line begins with its code: {0}")]
    NoReplyCode(String),
    /// A control octet, which would break the line.
    #[error("a control character stands in the line: {}", .0.escape_debug())]
    ControlCharacter(String),
}

impl TemplateError {
    /// What to write.
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::UnknownPlaceholder(_) | Self::ForeignPlaceholder { .. } => {
                "write one of the placeholders named, or `{{` and `}}` for braces of the reply's own"
            }
            Self::Unbalanced(_) => "write each placeholder as `{host}`, and a brace of the reply's own twice",
            Self::NoReplyCode(_) => "begin the line with its code and a space, as in `250 OK`",
            Self::ControlCharacter(_) => "leave it out; a reply of several lines is a text of several lines",
        }
    }
}

impl Template {
    /// Reads a line of that reply.
    ///
    /// # Errors
    /// When the line does not begin with a reply code (but for the trace header), or has a placeholder that is unknown
    /// or has no meaning there.
    pub fn parse(key: ReplyKey, line: &str) -> Result<Self, TemplateError> {
        if line.chars().any(|character| character.is_control() && character != '\t') {
            return Err(TemplateError::ControlCharacter(line.to_owned()));
        }
        if key.is_reply() && !begins_with_code(line.as_bytes()) {
            return Err(TemplateError::NoReplyCode(line.to_owned()));
        }
        let mut parts = Vec::new();
        let mut text = String::new();
        let mut rest = line;
        while let Some(position) = rest.find(['{', '}']) {
            let (before, from_brace) = rest.split_at(position);
            text.push_str(before);
            if let Some(behind) = from_brace.strip_prefix("{{") {
                text.push('{');
                rest = behind;
            } else if let Some(behind) = from_brace.strip_prefix("}}") {
                text.push('}');
                rest = behind;
            } else {
                let unbalanced = || TemplateError::Unbalanced(line.to_owned());
                let (name, behind) =
                    from_brace.strip_prefix('{').and_then(|inner| inner.split_once('}')).ok_or_else(unbalanced)?;
                if !text.is_empty() {
                    parts.push(TemplatePart::Text(std::mem::take(&mut text)));
                }
                parts.push(TemplatePart::Place(read_placeholder(key, name)?));
                rest = behind;
            }
        }
        text.push_str(rest);
        if !text.is_empty() {
            parts.push(TemplatePart::Text(text));
        }
        Ok(Self { parts })
    }

    /// Its pieces, in order.
    pub fn parts(&self) -> &[TemplatePart] {
        &self.parts
    }
}

impl std::fmt::Display for Template {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for part in &self.parts {
            match part {
                TemplatePart::Text(text) => f.write_str(&text.replace('{', "{{").replace('}', "}}"))?,
                TemplatePart::Place(placeholder) => write!(f, "{{{}}}", placeholder.name())?,
            }
        }
        Ok(())
    }
}

fn begins_with_code(line: &[u8]) -> bool {
    match line {
        [b'2'..=b'5', b'0'..=b'9', b'0'..=b'9', rest @ ..] => matches!(rest.first(), None | Some(b' ' | b'-')),
        _ => false,
    }
}

fn read_placeholder(key: ReplyKey, name: &str) -> Result<Placeholder, TemplateError> {
    let placeholder = Placeholder::from_name(name).ok_or_else(|| TemplateError::UnknownPlaceholder(name.to_owned()))?;
    if placeholder.is_general() || key.placeholders().contains(&placeholder) {
        Ok(placeholder)
    } else {
        Err(TemplateError::ForeignPlaceholder { placeholder, key })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[test]
    fn takes_a_line_apart() {
        let template = Template::parse(ReplyKey::MailOk, "250 2.1.0 {reverse-mailbox}....Sender OK {{x}}").unwrap();
        assert_eq!(
            template.parts(),
            [
                TemplatePart::Text("250 2.1.0 ".into()),
                TemplatePart::Place(Placeholder::ReverseMailbox),
                TemplatePart::Text("....Sender OK {x}".into()),
            ]
        );
        assert_eq!(template.to_string(), "250 2.1.0 {reverse-mailbox}....Sender OK {{x}}");
    }

    #[rstest]
    #[case::unknown("250 {sender}", TemplateError::UnknownPlaceholder("sender".into()))]
    #[case::foreign("250 {challenge}", TemplateError::ForeignPlaceholder { placeholder: Placeholder::Challenge, key: ReplyKey::MailOk })]
    #[case::open("250 {host", TemplateError::Unbalanced("250 {host".into()))]
    #[case::closed("250 host}", TemplateError::Unbalanced("250 host}".into()))]
    #[case::no_code("ok", TemplateError::NoReplyCode("ok".into()))]
    #[case::wrong_code("650 ok", TemplateError::NoReplyCode("650 ok".into()))]
    #[case::line_break("250 a\r\nb", TemplateError::ControlCharacter("250 a\r\nb".into()))]
    fn refuses(#[case] line: &str, #[case] expected: TemplateError) {
        assert_eq!(Template::parse(ReplyKey::MailOk, line), Err(expected));
    }

    #[test]
    fn a_trace_header_has_no_code() {
        assert!(Template::parse(ReplyKey::TraceHeader, "Received: from {hello} ([{peer}]) by {host};").is_ok());
    }
}
