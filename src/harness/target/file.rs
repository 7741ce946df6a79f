//! A target file, key by key, as it is written.

use std::fmt;
use std::time::Duration;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::tls;
use crate::judge::{Service, Source};
use crate::reference::yaml::Placed;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct File {
    pub(super) name: Option<Placed<String>>,
    /// Must be there, as `service` must; not required here, so that the rest is checked where they are missing.
    pub(super) address: Option<Placed<String>>,
    pub(super) service: Option<Service>,
    pub(super) source: Option<Source>,
    pub(super) source_address: Option<Placed<String>>,
    pub(super) client_name: Option<Placed<String>>,
    pub(super) sender: Option<Placed<String>>,
    pub(super) local_recipient: Option<Placed<String>>,
    pub(super) remote_recipient: Option<Placed<String>>,
    #[serde(default)]
    pub(super) roles: Roles,
    pub(super) tls: Option<tls::Entry>,
    pub(super) authorized: Option<Placed<Authorized>>,
    pub(super) refusal_wordings: Option<Vec<String>>,
    pub(super) witness: Option<Placed<Witness>>,
    pub(super) failed_logins: Option<u32>,
    pub(super) allow_address: Option<Placed<String>>,
    #[serde(default)]
    pub(super) allow_recipients_outside_reserved_domains: bool,
    pub(super) disruptive: Option<Disruptive>,
    #[serde(default)]
    pub(super) limits: Limits,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct Roles {
    pub(super) anonymous: Option<Placed<Entry>>,
    pub(super) wrong_password: Option<Placed<Entry>>,
    pub(super) null_session: Option<Placed<Entry>>,
    pub(super) guest: Option<Placed<Entry>>,
    pub(super) unauthorized_account: Option<Placed<Entry>>,
    pub(super) authorized_account: Option<Placed<Entry>>,
    pub(super) pop_imap_client: Option<Placed<Entry>>,
}

/// `absent`, or a description.
#[derive(Clone, Debug)]
pub(super) enum Entry {
    Absent,
    Described(Box<RoleFile>),
    /// Any other word, which is an error; read so that its place is known.
    Word(String),
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct RoleFile {
    pub(super) mechanism: Option<Placed<String>>,
    pub(super) user: Option<Placed<String>>,
    pub(super) domain: Option<Placed<String>>,
    pub(super) secret: Option<Placed<SecretPlace>>,
    pub(super) sender: Option<Placed<String>>,
    pub(super) login: Option<Placed<LoginExpectation>>,
    /// Never taken; read so that the error can say why.
    pub(super) password: Option<Placed<IgnoredAny>>,
}

/// Where a secret is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SecretPlace {
    Env(String),
    File(String),
    /// A program with its arguments, which prints it.
    Command(Words),
    /// In the file itself, which is not taken. The value is not kept.
    Inline,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum LoginExpectation {
    Refused,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Authorized {
    None,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Disruptive {
    Allowed,
}

/// `listen` for one in the run itself, `at` for one in a process of its own.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Witness {
    pub(super) listen: Option<Placed<String>>,
    pub(super) inside: Option<Placed<String>>,
    pub(super) at: Option<Placed<String>>,
    pub(super) allow_address: Option<Placed<String>>,
    pub(super) key: Option<Placed<SecretPlace>>,
    pub(super) sees_inside: Option<Placed<bool>>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct Limits {
    pub(super) connect: Option<Span>,
    pub(super) reply: Option<Span>,
    pub(super) case: Option<Span>,
    pub(super) run: Option<Span>,
    pub(super) witness: Option<Span>,
    pub(super) deferred: Option<Span>,
    pub(super) pause: Option<Span>,
}

/// `250ms`, `10s`, `5min`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span(pub(super) Duration);

impl Span {
    fn read(text: &str) -> Option<Self> {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = text.split_at_checked(digits)?;
        let number: u64 = number.parse().ok()?;
        let duration = match unit.trim_start() {
            "ms" => Duration::from_millis(number),
            "s" => Duration::from_secs(number),
            "min" => Duration::from_secs(number.checked_mul(60)?),
            _ => return None,
        };
        // Longer than a day is a slip of the pen, and sums of limits must not overflow.
        (duration <= Duration::from_secs(86_400)).then_some(Self(duration))
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::read(&text).ok_or_else(|| {
            D::Error::custom(format!("`{text}` is no time up to a day with its unit: `250ms`, `10s`, `5min`"))
        })
    }
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfEntry;

        impl<'de> Visitor<'de> for OfEntry {
            type Value = Entry;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`absent`, or the keys of a role")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Entry, E> {
                Ok(if text == "absent" { Entry::Absent } else { Entry::Word(text.to_owned()) })
            }

            fn visit_unit<E: Error>(self) -> Result<Entry, E> {
                Ok(Entry::Described(Box::default()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Entry, A::Error> {
                RoleFile::deserialize(MapAccessDeserializer::new(map)).map(|role| Entry::Described(Box::new(role)))
            }
        }

        deserializer.deserialize_any(OfEntry)
    }
}

impl<'de> Deserialize<'de> for SecretPlace {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields, rename_all = "kebab-case")]
        struct Keys {
            env: Option<String>,
            file: Option<String>,
            command: Option<Words>,
        }

        struct OfPlace;

        impl<'de> Visitor<'de> for OfPlace {
            type Value = SecretPlace;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`{env: NAME}`, `{file: PATH}` or `{command: PROGRAM}`")
            }

            fn visit_str<E: Error>(self, _: &str) -> Result<SecretPlace, E> {
                Ok(SecretPlace::Inline)
            }

            fn visit_u64<E: Error>(self, _: u64) -> Result<SecretPlace, E> {
                Ok(SecretPlace::Inline)
            }

            fn visit_i64<E: Error>(self, _: i64) -> Result<SecretPlace, E> {
                Ok(SecretPlace::Inline)
            }

            fn visit_f64<E: Error>(self, _: f64) -> Result<SecretPlace, E> {
                Ok(SecretPlace::Inline)
            }

            fn visit_bool<E: Error>(self, _: bool) -> Result<SecretPlace, E> {
                Ok(SecretPlace::Inline)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<SecretPlace, A::Error> {
                match Keys::deserialize(MapAccessDeserializer::new(map))? {
                    Keys { env: Some(name), file: None, command: None } => Ok(SecretPlace::Env(name)),
                    Keys { env: None, file: Some(path), command: None } => Ok(SecretPlace::File(path)),
                    Keys { env: None, file: None, command: Some(words) } => Ok(SecretPlace::Command(words)),
                    Keys { env: None, file: None, command: None } => {
                        Err(A::Error::custom("it does not say where the secret is: one of `env`, `file`, `command`"))
                    }
                    Keys { .. } => Err(A::Error::custom(
                        "it says twice where the secret is: `env`, `file`, `command` exclude each other",
                    )),
                }
            }
        }

        deserializer.deserialize_any(OfPlace)
    }
}

/// A command's words: a list, or one text that is split at spaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Words {
    pub(super) words: Vec<String>,
    /// Whether they are one text with signs in it that only a shell reads.
    pub(super) is_for_a_shell: bool,
}

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfWords;

        impl<'de> Visitor<'de> for OfWords {
            type Value = Words;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a program with its arguments, as a text or a list")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Words, E> {
                let signs = ['"', '\'', '\\', '$', '`', '|', '&', ';', '<', '>', '*', '?', '~', '(', '#'];
                let words = text.split_ascii_whitespace().map(str::to_owned).collect();
                Ok(Words { words, is_for_a_shell: text.contains(signs) })
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Words, A::Error> {
                let mut words = Vec::new();
                while let Some(word) = sequence.next_element()? {
                    words.push(word);
                }
                Ok(Words { words, is_for_a_shell: false })
            }
        }

        deserializer.deserialize_any(OfWords)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("250ms", Some(250))]
    #[case("10s", Some(10_000))]
    #[case("10 s", Some(10_000))]
    #[case("5min", Some(300_000))]
    #[case("1440min", Some(86_400_000))]
    #[case::more_than_a_day("1441min", None)]
    #[case::no_unit("10", None)]
    #[case::no_number("s", None)]
    #[case::unknown_unit("10h", None)]
    #[case::too_large("99999999999999999999s", None)]
    #[case::overflow("18446744073709551615min", None)]
    #[case::negative("-1s", None)]
    #[case::empty("", None)]
    fn times_have_a_unit(#[case] text: &str, #[case] milliseconds: Option<u64>) {
        assert_eq!(Span::read(text).map(|span| span.0), milliseconds.map(Duration::from_millis));
    }
}
