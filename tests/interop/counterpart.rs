//! The three servers, and what a target file has to say of each as its administrator knows it.

use super::policy::Policy;
use super::server::Server;
use super::verifier::{Target, witness_port};
use super::{AIOSMTPD, EXIM, Failure, POSTFIX, aiosmtpd, exim, is_wanted, postfix};

/// A server that nobody here wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Counterpart {
    Postfix,
    Exim,
    Aiosmtpd,
}

impl Counterpart {
    /// Whether its tests run; where they do not, says so.
    pub(super) fn is_wanted(self) -> bool {
        is_wanted(match self {
            Self::Postfix => &POSTFIX,
            Self::Exim => &EXIM,
            Self::Aiosmtpd => &AIOSMTPD,
        })
    }

    /// One with this policy, and a target file for it.
    ///
    /// # Errors
    /// It does not start.
    pub(super) fn start(self, policy: Policy) -> Result<(Server, Target), Failure> {
        let port = witness_port()?;
        let server = match self {
            Self::Postfix => postfix::start(policy.into(), port),
            Self::Exim => exim::start(policy, exim::Unknown::IsRefused, port),
            Self::Aiosmtpd => aiosmtpd::start(policy, port),
        }?;
        let target = Target {
            null_session: match self {
                Self::Postfix => "absent",
                Self::Exim | Self::Aiosmtpd => "{}",
            },
            refusal_wordings: self.refusal_wordings(),
            // Each role whose mail gets as far as its data, and no further, is waited for.
            witness_wait: match policy {
                Policy::DropsTheRest | Policy::DropsEverything | Policy::RefusesLate => "3s",
                Policy::AuthorizedOnly
                | Policy::AnyAuthenticated
                | Policy::Open
                | Policy::Closed
                | Policy::RefusesForNow => "10s",
            },
            disruptive: true,
            // An account that may relay is not to be had where nobody may.
            names_authorized: policy != Policy::Closed,
            ..Target::seen_from_outside(port)
        };
        Ok((server, target))
    }

    /// Exim says what it means in words alone.
    fn refusal_wordings(self) -> &'static [&'static str] {
        match self {
            Self::Exim => &["relay not permitted"],
            Self::Postfix | Self::Aiosmtpd => &[],
        }
    }
}
