//! Which verbs are commands, and what is said.

use crate::reference::deployment::behaviours::Behaviours;
use crate::reference::deployment::facts::ReplyKey;

use super::super::render::SpokenLine;

/// Which verbs are commands.
pub trait CommandSet: Send + Sync {
    /// Whether the verb, in upper case, is understood.
    fn understands(&self, verb: &str, behaviours: &Behaviours) -> bool;
}

/// Those that the behaviours name.
#[derive(Clone, Copy, Debug)]
pub struct VerbsOfBehaviours;

impl CommandSet for VerbsOfBehaviours {
    fn understands(&self, verb: &str, behaviours: &Behaviours) -> bool {
        behaviours.understands(verb)
    }
}

/// What is said.
pub trait Wording: Send + Sync {
    /// The lines to say, given those that the facts have.
    fn say(&self, key: ReplyKey, lines: Vec<SpokenLine>) -> Vec<SpokenLine>;
}

/// What the facts have.
#[derive(Clone, Copy, Debug)]
pub struct WordedAsFacts;

impl Wording for WordedAsFacts {
    fn say(&self, _: ReplyKey, lines: Vec<SpokenLine>) -> Vec<SpokenLine> {
        lines
    }
}
