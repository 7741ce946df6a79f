//! SMTP on the wire: lines, commands, replies, paths, parameters, mail data (RFC 5321, 1870, 3030, 3461, 3463, 4954).
//!
//! Values keep the bytes as they were received; whether those bytes are what the standard wants is a judgement of its
//! own ([`Tolerance`]), so that a server or a client that bends the rules is seen, not repaired.

mod command;
#[cfg(test)]
mod cuts;
mod ehlo;
mod enhanced;
mod inbound;
mod limits;
mod mail_data;
mod octets;
mod parameter;
mod path;
mod reply;
mod tolerance;

pub use command::{Argument, Command, CommandError, CommandLine, Verb};
pub use ehlo::Extensions;
pub use enhanced::{EnhancedStatusCode, EnhancedStatusCodeError};
pub use inbound::{Inbound, Line};
pub use limits::{Limits, PathLimits};
pub use mail_data::{DotDecoder, dot_encode};
pub use parameter::{BodyType, Parameter, Parameters};
pub use path::{Path, PathError};
pub use reply::{Reply, ReplyClass, ReplyCode, ReplyCodeError, ReplyDecoder, ReplyError};
pub use tolerance::Tolerance;
