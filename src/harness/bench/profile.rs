//! What the harness has to know of a target to speak with it: roles, recipients, limits.

use std::collections::BTreeMap;

use crate::harness::limits::TimeLimits;
use crate::harness::permission::Permission;
use crate::harness::secrecy::Secrecy;
use crate::judge::{Declaration, Destination, Role};
use crate::protocol::sasl::{Credentials, Mechanism};

/// The name that the client introduces itself with, and the domain of senders who have none of their own (RFC 2606).
pub(crate) const CLIENT_NAME: &str = "client.example";

/// Mechanisms in the order in which they are chosen where a target file names none. NTLM comes first, being what the bulletin
/// is about. LOGIN and PLAIN follow, since a server can check a password that it is told whatever it has stored of it; the
/// others need a store that has the password itself, or what is theirs, and fail with a right password where it has not.
const PREFERRED: [Mechanism; 5] =
    [Mechanism::Ntlm, Mechanism::Login, Mechanism::Plain, Mechanism::ScramSha256, Mechanism::CramMd5];

/// A target, as the client sees it.
#[derive(Clone, Debug)]
pub(crate) struct Profile {
    pub(crate) declaration: Declaration,
    pub(crate) client_name: String,
    pub(crate) remote_recipient: String,
    pub(crate) local_recipient: Option<String>,
    /// The roles that can be tried.
    pub(crate) roles: BTreeMap<Role, RoleProfile>,
    /// The reverse-path of a role that has none of its own.
    pub(crate) sender: String,
    pub(crate) limits: TimeLimits,
    /// The most failed logins the run may cause; `None` where they hurt nobody.
    pub(crate) failed_logins: Option<u32>,
    /// Whether message data is sent at all.
    pub(crate) sends_data: bool,
    /// Whether the witness receives what the server passes inside.
    pub(crate) inside_door: bool,
    /// Whether an external target may be asked to send mail to anybody, and not to reserved domains (RFC 2606) alone.
    pub(crate) any_recipient: bool,
    /// Whether TLS can be had, and has to be.
    pub(crate) secrecy: Secrecy,
}

/// How one role speaks with it.
#[derive(Clone, Debug)]
pub(crate) struct RoleProfile {
    pub(crate) sender: String,
    pub(crate) login: Option<Login>,
}

/// How a role signs in.
#[derive(Clone, Debug)]
pub(crate) struct Login {
    /// `None`: the first of [`PREFERRED`] that the server lists.
    pub(crate) mechanism: Option<Mechanism>,
    pub(crate) credentials: Credentials,
}

impl Profile {
    pub(crate) fn sender_of(&self, role: Role) -> &str {
        self.roles.get(&role).map_or(&self.sender, |profile| &profile.sender)
    }

    pub(crate) const fn permission(&self) -> Permission {
        Permission::new(self.any_recipient, self.sends_data)
    }

    pub(crate) fn recipient(&self, destination: Destination) -> Option<&str> {
        match destination {
            Destination::Remote => Some(&self.remote_recipient),
            Destination::Local => self.local_recipient.as_deref(),
        }
    }
}

/// The mechanism to ask for where none is named: the first preferred one of those listed, and LOGIN where nothing is listed,
/// since a server may take what it does not list. `None` where only others are listed: what LOGIN would be answered there says
/// nothing of the role.
pub(crate) fn choose_mechanism(listed: &[String]) -> Option<Mechanism> {
    let is_listed = |mechanism: &Mechanism| listed.iter().any(|name| name.eq_ignore_ascii_case(mechanism.name()));
    PREFERRED.into_iter().find(is_listed).or(listed.is_empty().then_some(Mechanism::Login))
}

/// The first preferred one of those taken.
pub(crate) fn preferred(taken: &[Mechanism]) -> Option<Mechanism> {
    PREFERRED.into_iter().find(|mechanism| taken.contains(mechanism))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::nothing_listed(&[], Some(Mechanism::Login))]
    #[case::ntlm_first(&["PLAIN", "LOGIN", "NTLM"], Some(Mechanism::Ntlm))]
    #[case::whatever_its_case(&["plain"], Some(Mechanism::Plain))]
    #[case::among_others(&["GSSAPI", "SCRAM-SHA-1-PLUS", "CRAM-MD5"], Some(Mechanism::CramMd5))]
    #[case::of_those_that_need_a_store(&["CRAM-MD5", "SCRAM-SHA-256"], Some(Mechanism::ScramSha256))]
    #[case::a_password_before_them(&["SCRAM-SHA-256", "PLAIN"], Some(Mechanism::Plain))]
    #[case::none_that_we_speak(&["GSSAPI", "DIGEST-MD5"], None)]
    #[case::none_for_a_password(&["EXTERNAL", "ANONYMOUS", "XOAUTH2", "OAUTHBEARER"], None)]
    fn a_mechanism_is_chosen_among_those_listed(#[case] listed: &[&str], #[case] expected: Option<Mechanism>) {
        let listed: Vec<String> = listed.iter().map(|&name| name.to_owned()).collect();
        assert_eq!(choose_mechanism(&listed), expected);
    }
}
