//! The roles of a target file: who they are, and what stands in for what the file leaves out.

use std::collections::BTreeMap;

use super::check::Checks;
use super::file::{Entry, RoleFile, SecretPlace};
use crate::judge::Role;
use crate::protocol::sasl::Mechanism;
use crate::reference::yaml::Placed;

/// Mechanisms that take a user and a password.
const WITH_PASSWORD: [Mechanism; 5] =
    [Mechanism::CramMd5, Mechanism::Login, Mechanism::Ntlm, Mechanism::Plain, Mechanism::ScramSha256];

/// Those, and the ones that take a token: for a password that is wrong, or a token.
const WITH_SECRET: [Mechanism; 7] = [
    Mechanism::CramMd5,
    Mechanism::Login,
    Mechanism::Ntlm,
    Mechanism::OauthBearer,
    Mechanism::Plain,
    Mechanism::ScramSha256,
    Mechanism::Xoauth2,
];

/// All by which an account can sign in.
const OF_ACCOUNTS: [Mechanism; 8] = [
    Mechanism::CramMd5,
    Mechanism::External,
    Mechanism::Login,
    Mechanism::Ntlm,
    Mechanism::OauthBearer,
    Mechanism::Plain,
    Mechanism::ScramSha256,
    Mechanism::Xoauth2,
];

/// A role as the file has it.
#[derive(Clone, Debug)]
pub(super) enum RoleEntry {
    /// There is no such role here.
    Absent,
    /// It can be tried.
    Given(RoleGiven),
}

/// A role that can be tried.
#[derive(Clone, Debug)]
pub(super) struct RoleGiven {
    pub(super) sender: Option<String>,
    pub(super) mechanism: Option<Mechanism>,
    pub(super) login: Login,
    pub(super) login_is_refused: bool,
}

/// How a role signs in.
#[derive(Clone, Debug)]
pub(super) enum Login {
    /// Not at all.
    None,
    /// By the NTLM null session.
    NullSession,
    /// With the password of an account.
    Account { user: String, domain: Option<String>, secret: Placed<SecretPlace> },
    /// With the token of an account. OAUTHBEARER takes it without a user, who is empty then.
    Token { user: String, secret: Placed<SecretPlace> },
    /// With the client's certificate; whom to act as may be empty.
    External { authorization_identity: String },
    /// With a made-up token, for a user that may be empty.
    WrongToken { user: String },
    /// With a random password of an account that exists.
    WrongPassword { user: String, domain: Option<String> },
    /// With any password; `None`: under a random name.
    Guest { user: Option<String>, domain: Option<String> },
}

impl RoleEntry {
    pub(super) fn given(&self) -> Option<&RoleGiven> {
        match self {
            Self::Absent => None,
            Self::Given(given) => Some(given),
        }
    }
}

impl Checks<'_> {
    /// All roles that can be tried or are declared absent; the others are not given.
    pub(super) fn roles(&mut self, entries: [(Role, Option<Placed<Entry>>); 7]) -> BTreeMap<Role, RoleEntry> {
        let mut roles = BTreeMap::new();
        let mut wrong_password = None;
        for (role, entry) in entries {
            let Some(entry) = entry else { continue };
            match &entry.value {
                Entry::Absent if role == Role::Anonymous => {
                    self.error(&entry, "a client that does not authenticate is always there", "leave this out");
                }
                Entry::Absent => {
                    roles.insert(role, RoleEntry::Absent);
                }
                Entry::Word(word) => {
                    let diagnostic = self
                        .source
                        .error_at(&entry, format!("unknown value `{word}`"))
                        .note("a role is `absent`, or a map of its keys")
                        .did_you_mean(word, ["absent"]);
                    self.wrong.push(diagnostic);
                    self.unread_roles.insert(role);
                }
                Entry::Described(described) if role == Role::WrongPassword => {
                    wrong_password = Some((entry.clone(), (**described).clone()));
                }
                Entry::Described(described) => {
                    if let Some(given) = self.role(role, &entry, described) {
                        roles.insert(role, RoleEntry::Given(given));
                    }
                }
            }
        }
        let plain =
            |login| RoleEntry::Given(RoleGiven { sender: None, mechanism: None, login, login_is_refused: false });
        roles.entry(Role::Anonymous).or_insert_with(|| plain(Login::None));
        roles.entry(Role::NullSession).or_insert_with(|| plain(Login::NullSession));
        roles.entry(Role::Guest).or_insert_with(|| plain(Login::Guest { user: None, domain: None }));
        if !roles.contains_key(&Role::WrongPassword)
            && !self.unread_roles.contains(&Role::WrongPassword)
            && let Some(given) = self.wrong_password(&roles, wrong_password)
        {
            roles.insert(Role::WrongPassword, RoleEntry::Given(given));
        }
        roles
    }

    fn role(&mut self, role: Role, entry: &Placed<Entry>, described: &RoleFile) -> Option<RoleGiven> {
        self.unsuitable_keys(role, described);
        let mechanism = described.mechanism.as_ref().and_then(|at| self.mechanism(role, at));
        if let Some(sender) = &described.sender {
            self.mailbox(sender, true);
        }
        let user = || described.user.as_ref().map(|user| user.value.clone());
        let domain = || described.domain.as_ref().map(|domain| domain.value.clone());
        let login = match role {
            Role::Anonymous | Role::PopImapClient | Role::MapiClient => Login::None,
            Role::NullSession => Login::NullSession,
            Role::Guest => Login::Guest { user: user(), domain: domain() },
            Role::WrongPassword => wrong(mechanism, user()?, domain()),
            Role::UnauthorizedAccount | Role::AuthorizedAccount => self.account(role, entry, described, mechanism)?,
        };
        let sender = described.sender.as_ref().map(|sender| sender.value.clone());
        Some(RoleGiven { sender, mechanism, login, login_is_refused: described.login.is_some() })
    }

    /// How an account signs in, by what its mechanism takes.
    fn account(
        &mut self,
        role: Role,
        entry: &Placed<Entry>,
        described: &RoleFile,
        mechanism: Option<Mechanism>,
    ) -> Option<Login> {
        let user = described.user.as_ref().map(|user| user.value.clone());
        let domain = described.domain.as_ref().map(|domain| domain.value.clone());
        if mechanism == Some(Mechanism::External) {
            if let Some(secret) = &described.secret {
                let title = format!("`{}` has no `secret` by EXTERNAL: the client's certificate is it", role.id());
                self.error(secret, title, "leave it out");
            }
            return Some(Login::External { authorization_identity: user.unwrap_or_default() });
        }
        let is_by_token = mechanism.is_some_and(takes_token);
        // The token says whose it is, where the mechanism lets it.
        let user = user.or((mechanism == Some(Mechanism::OauthBearer)).then(String::new));
        let missing = match (user, described.secret.clone()) {
            (Some(user), Some(secret)) if is_by_token => return Some(Login::Token { user, secret }),
            (Some(user), Some(secret)) => return Some(Login::Account { user, domain, secret }),
            (None, _) => "user",
            (Some(_), None) => "secret",
        };
        // An inline password has its own error already.
        let is_said = missing == "secret" && described.password.is_some();
        if !is_said && !self.left_out.may_be(missing) {
            self.error(
                entry,
                format!("`{}` has no `{missing}`", role.id()),
                "give `user: NAME`, and `secret: {env: VARIABLE}`, `secret: {file: PATH}` or `secret: {command: PROGRAM}`",
            );
        }
        None
    }

    /// The wrong password is tried on an account that exists: rather on the one that may do nothing, should it be
    /// locked.
    fn wrong_password(
        &mut self,
        roles: &BTreeMap<Role, RoleEntry>,
        described: Option<(Placed<Entry>, RoleFile)>,
    ) -> Option<RoleGiven> {
        let account = [Role::UnauthorizedAccount, Role::AuthorizedAccount]
            .into_iter()
            .filter_map(|role| roles.get(&role)?.given())
            .find_map(|given| match &given.login {
                Login::Account { user, domain, .. } => Some((given, user.clone(), domain.clone())),
                Login::Token { user, .. } => Some((given, user.clone(), None)),
                // A certificate cannot be mistyped.
                Login::External { .. }
                | Login::None
                | Login::NullSession
                | Login::WrongPassword { .. }
                | Login::WrongToken { .. }
                | Login::Guest { .. } => None,
            });
        let own = match &described {
            Some((entry, described)) => self.role(Role::WrongPassword, entry, described).or_else(|| {
                let is_read = !["user", "roles", "authorized-account", "unauthorized-account"]
                    .iter()
                    .any(|key| self.left_out.may_be(key))
                    && self.unread_roles.is_empty();
                if account.is_none() && described.user.is_none() && is_read {
                    self.error(entry, "whose password is to be wrong?", "give `user: NAME`, or describe an account");
                }
                None
            }),
            None => None,
        };
        if own.is_some() {
            return own;
        }
        let (given, user, domain) = account?;
        let described = described.map(|(_, described)| described).unwrap_or_default();
        let mechanism = described.mechanism.and_then(|name| Mechanism::from_name(name.value.as_bytes()));
        let mechanism = mechanism.or(given.mechanism);
        Some(RoleGiven {
            sender: described.sender.map(|sender| sender.value).or_else(|| given.sender.clone()),
            mechanism,
            login: wrong(mechanism, user, domain),
            login_is_refused: false,
        })
    }

    fn unsuitable_keys(&mut self, role: Role, described: &RoleFile) {
        let why = "a password in a file ends up in a repository or a backup";
        let elsewhere = "put it into a variable or a file of its own, or have a program print it:\n\
                         `secret: {env: NAME}`, `secret: {file: PATH}` or `secret: {command: PROGRAM}`";
        if let Some(password) = &described.password {
            self.error(password, format!("a password is not taken here: {why}"), elsewhere);
        }
        if let Some(secret) = &described.secret
            && secret.value == SecretPlace::Inline
        {
            self.error(secret, format!("a secret is not taken here: {why}"), elsewhere);
        }
        if let Some(secret) = &described.secret {
            self.command(secret);
        }
        let signs_in = !matches!(role, Role::Anonymous | Role::PopImapClient | Role::MapiClient);
        let has_name = signs_in && role != Role::NullSession;
        let has_secret = matches!(role, Role::UnauthorizedAccount | Role::AuthorizedAccount);
        for (key, at, is_suitable) in [
            ("mechanism", described.mechanism.as_ref(), signs_in),
            ("user", described.user.as_ref(), has_name),
            ("domain", described.domain.as_ref(), has_name),
        ] {
            if let (Some(at), false) = (at, is_suitable) {
                self.error(at, format!("`{}` has no `{key}`", role.id()), "leave it out");
            }
        }
        if let (Some(secret), false) = (&described.secret, has_secret) {
            let title = format!("`{}` has no `secret`: it is no account with its own password", role.id());
            self.error(secret, title, "leave it out");
        }
        if let (Some(login), true) = (&described.login, !signs_in || role == Role::AuthorizedAccount) {
            self.error(login, format!("`login: refused` says nothing about `{}`", role.id()), "leave it out");
        }
    }

    /// Whether a secret's command can be run as it is written.
    pub(super) fn command(&mut self, secret: &Placed<SecretPlace>) {
        let SecretPlace::Command(command) = &secret.value else { return };
        if command.is_for_a_shell {
            let remedy = "write its words as a list, `[PROGRAM, ARGUMENT]`, or put them into a script of their own";
            self.error(secret, "no shell reads a command", remedy);
        } else if command.words.first().is_none_or(String::is_empty) {
            self.error(secret, "the command is empty", "name a program that prints the secret");
        }
    }

    fn mechanism(&mut self, role: Role, at: &Placed<String>) -> Option<Mechanism> {
        let suitable: &[Mechanism] = match role {
            Role::NullSession => &[Mechanism::Ntlm],
            Role::UnauthorizedAccount | Role::AuthorizedAccount => &OF_ACCOUNTS,
            Role::WrongPassword => &WITH_SECRET,
            // Nobody has issued a token to somebody who is made up.
            Role::Anonymous | Role::Guest | Role::PopImapClient | Role::MapiClient => &WITH_PASSWORD,
        };
        let named = Mechanism::from_name(at.value.as_bytes()).filter(|mechanism| suitable.contains(mechanism));
        if named.is_none() {
            let names: Vec<&str> = suitable.iter().map(|mechanism| mechanism.name()).collect();
            let title = format!("`{}` is no mechanism that this role can use", at.value);
            let diagnostic = self
                .source
                .error_at(at, title)
                .note(format!("the mechanisms are {}", names.join(", ")))
                .did_you_mean(&at.value.to_ascii_uppercase(), names);
            self.wrong.push(diagnostic);
        }
        named
    }
}

/// A made-up password, or a made-up token where the mechanism takes one.
fn wrong(mechanism: Option<Mechanism>, user: String, domain: Option<String>) -> Login {
    if mechanism.is_some_and(takes_token) { Login::WrongToken { user } } else { Login::WrongPassword { user, domain } }
}

const fn takes_token(mechanism: Mechanism) -> bool {
    match mechanism {
        Mechanism::OauthBearer | Mechanism::Xoauth2 => true,
        Mechanism::Anonymous
        | Mechanism::CramMd5
        | Mechanism::External
        | Mechanism::Login
        | Mechanism::Ntlm
        | Mechanism::Plain
        | Mechanism::ScramSha256 => false,
    }
}
