//! A deployment: a host with its listeners, each with an *identity* (what is installed) and *behaviours* (what it does).
//!
//! Behaviours are put together from components. A patch replaces a component; nothing asks whether a host is patched.

mod assembly;
pub mod behaviours;
pub mod catalogue;
pub mod facts;
pub mod files;
pub mod identity;
pub mod product;
pub mod settings;

use behaviours::Behaviours;
use identity::{HostIdentity, ListenerIdentity};

/// A host as installed.
#[derive(Clone, Debug)]
pub struct Deployment {
    /// Its id, the file's name: `windows-2000-patched`.
    pub id: String,
    /// Its name in a table.
    pub title: String,
    /// What it shows, in a sentence or two; may be empty.
    pub about: String,
    /// What the file rests on, each a citation.
    pub sources: Vec<String>,
    /// What the host is.
    pub host: HostIdentity,
    /// Its SMTP listeners. Empty: nothing of ours is installed, nothing answers.
    pub listeners: Vec<Listener>,
}

/// One SMTP listener of a host.
#[derive(Clone, Debug)]
pub struct Listener {
    /// Its name within the host: `smtp`, `native`.
    pub name: String,
    /// Its port.
    pub port: u16,
    /// What is installed here.
    pub identity: ListenerIdentity,
    /// What it does. `None`: the service is not installed or not running, and nothing answers.
    pub behaviours: Option<Behaviours>,
}
