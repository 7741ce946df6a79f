//! From what was seen to why it is open.

use std::time::Duration;

use super::OpenReason;
use crate::judge::{Attempt, Authentication, Destination, Fate, NoAnswer, NoTls, Spoken};
use crate::protocol::tls::TlsError;
use crate::protocol::transcript::{Content, Side, Transcript};

/// Words by which servers say that an address asks for too much: Postfix (anvil, `smtpd_error_sleep_time`, postscreen), Exim,
/// Sendmail, Exchange and Gmail have these in 421, 450, 451, 452 and 454.
const TOO_MUCH: [&str; 10] = [
    "too many",
    "too much",
    "too fast",
    "rate limit",
    "rate-limit",
    "ratelimit",
    "limit exceeded",
    "exceeded the",
    "throttl",
    "slow down",
];

const GREYLISTING: [&str; 4] = ["greylist", "graylist", "grey-list", "gray-list"];

/// Replies of one connection that take at least as long are slow.
const SLOW: Duration = Duration::from_secs(1);

impl OpenReason {
    /// That of mail which got this, where nothing more is known.
    pub fn of_attempt(attempt: &Attempt) -> Self {
        match &attempt.fate {
            Fate::NoAnswer(why) => Self::of_silence(why, Some(&attempt.transcript)),
            Fate::NotTried { .. } => match &attempt.authentication {
                Authentication::NoAnswer(why) => Self::of_silence(why, None),
                Authentication::NotTried
                | Authentication::Accepted { .. }
                | Authentication::Refused { .. }
                | Authentication::Unavailable { .. }
                | Authentication::NeedsTls { .. }
                | Authentication::Deferred { .. }
                | Authentication::NoMechanism { .. }
                | Authentication::CannotSpeak { .. } => match attempt.destination {
                    Destination::Local if attempt.forward_path.is_empty() => Self::NoLocalRecipient,
                    Destination::Local | Destination::Remote => Self::NotPermitted,
                },
            },
            Fate::Deferred { reply, retried, .. } => Self::of_deferral(reply, *retried),
            Fate::Arrived { .. } => Self::ArrivedInside,
            Fate::Unsettled { .. } => Self::WitnessHint,
            Fate::AcceptedNotSeen { .. } => Self::AcceptedUnseen,
            Fate::AcceptedUnproven { .. } => Self::AcceptedUnproven,
            Fate::Refused { .. } | Fate::Bounced { .. } => Self::OtherRefusal,
        }
    }

    /// That of a 4xx to mail. `stayed`: it was given twice.
    pub fn of_deferral(reply: &Spoken, stayed: bool) -> Self {
        if is_greylisting(reply) {
            Self::Greylisted
        } else if is_rate_limit(reply) {
            Self::RateLimited
        } else if reply.code == 421 {
            Self::ServiceClosing
        } else if stayed {
            Self::TemporaryRefusal
        } else {
            Self::Deferred
        }
    }

    /// That of a role which did not get through AUTH.
    pub fn of_authentication(authentication: &Authentication) -> Self {
        match authentication {
            Authentication::NeedsTls { reply } if reply.code == 530 => Self::TlsRequired,
            Authentication::NeedsTls { .. } => Self::MechanismNeedsTls,
            // RFC 4954 6: 454 4.7.0 is "a temporary server failure"; limits on logins say so in words, or with 421.
            Authentication::Deferred { reply } if is_rate_limit(reply) => Self::RateLimited,
            Authentication::Deferred { reply } if reply.code == 421 => Self::ServiceClosing,
            Authentication::Deferred { .. } => Self::LoginDeferred,
            Authentication::NoMechanism { .. } => Self::MechanismNotSpoken,
            Authentication::CannotSpeak { .. } => Self::ExchangeStopped,
            Authentication::NoAnswer(why) => Self::of_silence(why, None),
            Authentication::Refused { .. } => Self::LoginFailed,
            Authentication::Unavailable { .. } => Self::MechanismUnavailable,
            Authentication::Accepted { .. } | Authentication::NotTried => Self::NotTried,
        }
    }

    /// That of an answer which did not come, with what was said before where that is known.
    pub fn of_silence(why: &NoAnswer, said: Option<&Transcript>) -> Self {
        let last_words = || said.and_then(last_reply);
        match why {
            NoAnswer::NotConnected { .. } => Self::ConnectionRefused,
            NoAnswer::ConnectTimedOut { .. } => Self::ConnectTimedOut,
            NoAnswer::NoGreeting { .. } | NoAnswer::GivenUp { .. } => Self::GreetPause,
            NoAnswer::NotSmtp { .. } => Self::UnexpectedGreeting,
            NoAnswer::TurnedAway { reply } if is_rate_limit(reply) => Self::RateLimited,
            NoAnswer::TurnedAway { .. } => Self::TurnedAway,
            NoAnswer::Closed | NoAnswer::Reset { .. }
                if let Some(last) = last_words()
                    && last.starts_with("421") =>
            {
                if speaks_of(&last.to_lowercase(), &TOO_MUCH) {
                    Self::RateLimited
                } else {
                    Self::ServiceClosing
                }
            }
            NoAnswer::Closed => Self::ConnectionClosed,
            NoAnswer::Reset { .. } => Self::ConnectionReset,
            NoAnswer::TimedOut { .. } if said.is_some_and(is_slowed_down) => Self::Tarpit,
            NoAnswer::TimedOut { .. } => Self::ReplyTimedOut,
            NoAnswer::NoReply { what } if what.starts_with("unasked: 421") => {
                if speaks_of(&what.to_lowercase(), &TOO_MUCH) { Self::RateLimited } else { Self::ServiceClosing }
            }
            NoAnswer::NoReply { .. } => Self::UnreadableReply,
            NoAnswer::WitnessLost { .. } => Self::WitnessLost,
            NoAnswer::NoTls { cause } => Self::of_no_tls(cause),
            NoAnswer::LimitReached { limit } => match limit.as_str() {
                "case" if said.is_some_and(is_slowed_down) => Self::Tarpit,
                "case" => Self::CaseLimit,
                "run" => Self::RunLimit,
                logins if logins.starts_with("failed-logins") => Self::FailedLoginsLimit,
                _ => Self::NotPermitted,
            },
        }
    }
}

impl OpenReason {
    const fn of_no_tls(cause: &NoTls) -> Self {
        match cause {
            NoTls::NotOffered | NoTls::Refused { .. } => Self::TlsNotOffered,
            NoTls::Withheld { .. } => Self::TlsWithheld,
            NoTls::Failed { error } => match error {
                TlsError::NotTrusted { .. } => Self::TlsNotTrusted,
                TlsError::WrongName { .. } => Self::TlsWrongName,
                TlsError::Expired { .. } | TlsError::NotYetValid { .. } => Self::TlsNotValid,
                TlsError::VersionNotSupported { .. } => Self::TlsVersion,
                TlsError::InClear { .. } => Self::TlsInClear,
                TlsError::Alert { .. }
                | TlsError::Closed
                | TlsError::Reset { .. }
                | TlsError::Failed { .. }
                | TlsError::TimedOut { .. }
                | TlsError::InUse => Self::TlsFailed,
            },
        }
    }
}

/// Whether a reply says that this address, or this account, asks for too much.
pub(in crate::judge) fn is_rate_limit(reply: &Spoken) -> bool {
    let is_temporary = (400..500).contains(&reply.code);
    is_temporary && reply.lines().any(|line| speaks_of(&line.to_lowercase(), &TOO_MUCH))
}

/// Whether a reply speaks of greylisting.
pub(in crate::judge) fn is_greylisting(reply: &Spoken) -> bool {
    reply.lines().any(|line| speaks_of(&line.to_lowercase(), &GREYLISTING))
}

fn speaks_of(line: &str, words: &[&str]) -> bool {
    words.iter().any(|words| line.contains(words))
}

/// The last line of the server's.
fn last_reply(said: &Transcript) -> Option<String> {
    said.entries.iter().rev().find_map(|entry| match &entry.content {
        Content::Line { bytes, .. } if entry.side == Side::Server => Some(String::from_utf8_lossy(bytes).into_owned()),
        Content::Line { .. } | Content::Credential { .. } | Content::MailData { .. } | Content::Happening(_) => None,
    })
}

/// Whether the server had given an error and then said nothing, or took longer for each reply than for the one before, and at
/// last more than [`SLOW`].
fn is_slowed_down(said: &Transcript) -> bool {
    let mut waits = Vec::new();
    let mut asked = Duration::ZERO;
    let mut is_answered = false;
    let mut had_error = false;
    for entry in &said.entries {
        match (entry.side, &entry.content) {
            (_, Content::Happening(_)) => {}
            (Side::Client, _) => (asked, is_answered) = (entry.at, false),
            (Side::Server, Content::Line { bytes, .. }) => {
                had_error |= matches!(bytes.first(), Some(b'4' | b'5'));
                if !is_answered {
                    waits.push(entry.at.saturating_sub(asked));
                    is_answered = true;
                }
            }
            (Side::Server, Content::Credential { .. } | Content::MailData { .. }) => {}
        }
    }
    let grows = match waits.as_slice() {
        [.., first, second, third] => first < second && second < third && *third >= SLOW,
        _ => false,
    };
    had_error || grows
}
