//! What is said in frames, as JSON.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::harness::witness::Message;
use crate::judge::Door;

/// What the witness says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "say")]
pub enum ToRun {
    /// Once, first: what will be told.
    Following {
        /// The process: another one has not seen what this one has.
        witness: String,
        /// The number of the first message that will be told.
        from: u64,
        /// Whether it has a door for what a server passes inside.
        inside: bool,
    },
    /// A message that came in.
    Received(Received),
    /// The answer to a question: all that had come in before it was asked has been told.
    Told {
        /// The question.
        question: u64,
    },
    /// Nothing: the connection stands.
    Here,
}

/// A message that came in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Received {
    /// Its number, from 0 in the order in which messages came.
    pub number: u64,
    /// How long ago it came, in milliseconds: the two clocks need not agree.
    pub ago: u64,
    /// Where it came in.
    pub door: Door,
    /// Its reverse-path, in base64.
    reverse_path: String,
    /// Its forward-paths, in base64.
    forward_paths: Vec<String>,
    /// Its content, in base64.
    content: String,
}

impl Received {
    /// Of a message.
    pub fn new(number: u64, ago: Duration, door: Door, message: &Message) -> Self {
        let text = |octets: &Vec<u8>| STANDARD.encode(octets);
        Self {
            number,
            ago: u64::try_from(ago.as_millis()).unwrap_or(u64::MAX),
            door,
            reverse_path: text(&message.reverse_path),
            forward_paths: message.forward_paths.iter().map(text).collect(),
            content: text(&message.content),
        }
    }

    /// The message.
    ///
    /// # Errors
    /// When it is no base64.
    pub fn message(&self) -> Result<Message, NewsError> {
        let octets = |text: &String| STANDARD.decode(text).map_err(|error| NewsError(error.to_string()));
        Ok(Message {
            reverse_path: octets(&self.reverse_path)?,
            forward_paths: self.forward_paths.iter().map(octets).collect::<Result<_, _>>()?,
            content: octets(&self.content)?,
        })
    }
}

/// What a run says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "say")]
pub enum ToWitness {
    /// Once, first: wants to be told of messages.
    Follow {
        /// The process and the number behind the last message that was told on an earlier connection; `None`: what comes
        /// from now on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<(String, u64)>,
    },
    /// Wants to know when all that has come in by now has been told.
    Ask {
        /// The question, for its answer.
        question: u64,
    },
    /// Nothing: the connection stands.
    Here,
}

/// A body that says nothing known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a frame says nothing that is known: {0}")]
pub struct NewsError(String);

impl ToRun {
    /// As a frame's body.
    pub fn to_octets(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// From a frame's body.
    ///
    /// # Errors
    /// When it is none of these.
    pub fn read(body: &[u8]) -> Result<Self, NewsError> {
        serde_json::from_slice(body).map_err(|error| NewsError(error.to_string()))
    }
}

impl ToWitness {
    /// As a frame's body.
    pub fn to_octets(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// From a frame's body.
    ///
    /// # Errors
    /// When it is none of these.
    pub fn read(body: &[u8]) -> Result<Self, NewsError> {
        serde_json::from_slice(body).map_err(|error| NewsError(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_message_comes_through_octet_for_octet(
            reverse_path in proptest::collection::vec(any::<u8>(), 0..40),
            content in proptest::collection::vec(any::<u8>(), 0..200),
            ago in 0_u64..1_000_000,
        ) {
            let message = Message { forward_paths: vec![reverse_path.clone(), Vec::new()], reverse_path, content };
            let said = ToRun::Received(Received::new(7, Duration::from_millis(ago), Door::Inside, &message));
            let heard = ToRun::read(&said.to_octets()).unwrap();
            prop_assert_eq!(&heard, &said);
            let ToRun::Received(received) = heard else { panic!("{heard:?}") };
            prop_assert_eq!((received.ago, received.message()), (ago, Ok(message)));
        }

        #[test]
        fn any_octets_are_read(octets in proptest::collection::vec(any::<u8>(), 0..100)) {
            let _ = ToRun::read(&octets);
            let _ = ToWitness::read(&octets);
        }
    }

    #[test]
    fn what_a_run_says_is_read_back() {
        for said in [
            ToWitness::Follow { after: None },
            ToWitness::Follow { after: Some(("a".to_owned(), 7)) },
            ToWitness::Ask { question: 3 },
            ToWitness::Here,
        ] {
            assert_eq!(ToWitness::read(&said.to_octets()), Ok(said));
        }
    }
}
