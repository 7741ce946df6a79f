//! From what a target file says to what may be done with it: every mistake is told, not the first alone.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Duration;

use super::TargetFile;
use super::address::HostAndPort;
use super::file::{File, Limits, Span};
use crate::diagnostic::Diagnostic;
use crate::harness::bench::profile::CLIENT_NAME;
use crate::harness::limits::TimeLimits;
use crate::harness::recipient::{self, ANY_RECIPIENT, RecipientError};
use crate::judge::Role;
use crate::reference::yaml::{LeftOut, Placed, Salvaged, Source};

/// The recipient where the file names none; nobody has its domain (RFC 2606).
const REMOTE_RECIPIENT: &str = "somebody@elsewhere.example";

/// One each for the wrong password, the guest and the null session; `login: refused` adds its own.
const FAILED_LOGINS: u32 = 3;

/// Collects what is wrong.
pub(super) struct Checks<'a> {
    pub(super) source: &'a Source,
    pub(super) wrong: Vec<Diagnostic>,
    /// What is not read, and so not missing.
    pub(super) left_out: LeftOut,
    /// Roles of which an error was told already: what they would be is not known.
    pub(super) unread_roles: BTreeSet<Role>,
}

pub(super) fn check(source: &Source, read: Salvaged<File>, allowed: &[String]) -> Result<TargetFile, Vec<Diagnostic>> {
    let Salvaged { value, wrong, left_out } = read;
    let Some(file) = value else { return Err(wrong) };
    let mut checks = Checks { source, wrong, left_out, unread_roles: BTreeSet::new() };
    let address = checks.needed("address", file.address.clone());
    let service = checks.needed("service", file.service);
    let host = address.as_ref().and_then(|address| checks.address(address, file.allow_address.as_ref(), allowed));
    let source_address = file.source_address.as_ref().and_then(|at| checks.source_address(at, host.as_ref()));
    let witness = file.witness.as_ref().and_then(|witness| checks.witness(witness, allowed));
    if let Some(sender) = &file.sender {
        checks.mailbox(sender, true);
    }
    for recipient in [&file.local_recipient, &file.remote_recipient].into_iter().flatten() {
        checks.recipient(recipient, file.allow_recipients_outside_reserved_domains);
    }
    if let Some(name) = file.name.as_ref().filter(|name| name.value.trim().is_empty()) {
        checks.error(name, "the name is empty", "say what reports are to call the server, or leave `name` away");
    }
    if let Some(name) = &file.client_name {
        checks.client_name(name);
    }
    let tls = file.tls.clone().map(|entry| checks.tls(entry));
    let no_authorized_account = checks.no_authorized_account(&file);
    let roles = checks.roles([
        (Role::Anonymous, file.roles.anonymous),
        (Role::WrongPassword, file.roles.wrong_password),
        (Role::NullSession, file.roles.null_session),
        (Role::Guest, file.roles.guest),
        (Role::UnauthorizedAccount, file.roles.unauthorized_account),
        (Role::AuthorizedAccount, file.roles.authorized_account),
        (Role::PopImapClient, file.roles.pop_imap_client),
    ]);
    let expected = roles.iter().filter(|(role, entry)| {
        let is_account = !matches!(role, Role::WrongPassword | Role::Guest | Role::NullSession);
        is_account && entry.given().is_some_and(|given| given.login_is_refused)
    });
    let default = FAILED_LOGINS.saturating_add(u32::try_from(expected.count()).unwrap_or(u32::MAX));
    let failed_logins = file.failed_logins.unwrap_or(default);
    let value = |placed: Option<Placed<String>>| placed.map(|placed| placed.value);
    match (address, host, service) {
        (Some(address), Some(host), Some(service)) if checks.wrong.is_empty() => Ok(TargetFile {
            text: source.clone(),
            name: value(file.name),
            address,
            host,
            service,
            standpoint: file.source,
            source_address,
            client_name: value(file.client_name).unwrap_or_else(|| CLIENT_NAME.to_owned()),
            sender: value(file.sender),
            local_recipient: value(file.local_recipient),
            remote_recipient: value(file.remote_recipient).unwrap_or_else(|| REMOTE_RECIPIENT.to_owned()),
            roles,
            no_authorized_account,
            refusal_wordings: file.refusal_wordings.unwrap_or_default(),
            witness,
            failed_logins,
            any_recipient: file.allow_recipients_outside_reserved_domains,
            disruption_is_allowed: file.disruptive.is_some(),
            limits: time_limits(&file.limits),
            tls,
        }),
        _ => {
            checks.wrong.sort_by_key(|diagnostic| diagnostic.source.as_ref().map(|at| (at.line(), at.column())));
            Err(checks.wrong)
        }
    }
}

impl Checks<'_> {
    pub(super) fn error<T>(&mut self, at: &Placed<T>, title: impl Into<String>, remedy: impl Into<String>) {
        self.wrong.push(self.source.error_at(at, title).remedy(remedy));
    }

    /// What has to be there.
    fn needed<T>(&mut self, key: &str, value: Option<T>) -> Option<T> {
        if value.is_none() && !self.left_out.may_be(key) {
            self.wrong.push(self.source.missing_key(key));
        }
        value
    }

    /// A mailbox that can stand between angle brackets as it is; a sender may be empty (RFC 5321 4.5.5).
    pub(super) fn mailbox(&mut self, at: &Placed<String>, may_be_empty: bool) -> bool {
        let text = at.value.as_str();
        let parts = text.rsplit_once('@');
        let is_whole = parts.is_some_and(|(local_part, domain)| !local_part.is_empty() && !domain.is_empty());
        let is_clean = text.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '<' | '>'));
        let is_one = is_whole && is_clean || may_be_empty && text.is_empty();
        if !is_one {
            self.error(at, "this is no mailbox", "write it as user@domain, without angle brackets");
        }
        is_one
    }

    pub(super) fn address(
        &mut self,
        at: &Placed<String>,
        allow: Option<&Placed<String>>,
        allowed: &[String],
    ) -> Option<HostAndPort> {
        let Some(host) = HostAndPort::read(&at.value) else {
            self.error(
                at,
                "this is no address with its port",
                "write it as host:port: 127.0.0.1:25, mail.lab.test:25, [::1]:25",
            );
            return None;
        };
        let is_named = |name: &String| name.eq_ignore_ascii_case(&host.host);
        let is_allowed = allowed.iter().chain(allow.map(|at| &at.value)).any(is_named);
        if !host.is_loopback() && !is_allowed && !self.left_out.may_be("allow-address") {
            let diagnostic = match allow {
                Some(other) => self.source.error_at(other, format!("this allows another address than {}", host.host)),
                None => self.source.error_at(at, "this is not a loopback address, and the file does not allow it"),
            };
            self.wrong.push(
                diagnostic
                    .note("machines of others are not to be probed")
                    .remedy(format!("if the server is yours to test, say `allow-address: {}`", host.host)),
            );
        }
        Some(host)
    }

    fn source_address(&mut self, at: &Placed<String>, host: Option<&HostAndPort>) -> Option<IpAddr> {
        let Ok(address) = at.value.parse::<IpAddr>() else {
            self.error(at, "this is no IP address", "write one of this machine's addresses: 127.0.0.2");
            return None;
        };
        if host.and_then(HostAndPort::ip).is_some_and(|target| target.is_ipv4() != address.is_ipv4()) {
            self.error(at, "this address and the target's are of different families", "use IPv4 or IPv6 for both");
        }
        Some(address)
    }

    fn recipient(&mut self, at: &Placed<String>, any_is_allowed: bool) {
        if !self.mailbox(at, false) || any_is_allowed {
            return;
        }
        let (title, note) = match recipient::check(&at.value) {
            Ok(()) => return,
            Err(RecipientError::NotReserved(_)) => (
                "this recipient is not in a reserved domain",
                "domains under example, test and invalid, and example.com, .net and .org are reserved (RFC 2606)",
            ),
            Err(RecipientError::SentOn(_)) => (
                "this recipient asks the server to send the mail on",
                "by `%`, `!`, a second `@` or a source route it may reach any domain",
            ),
            Err(RecipientError::Unreadable(_)) => {
                ("this recipient is no forward-path", "what a server makes of it cannot be known (RFC 5321 4.1.2)")
            }
        };
        let remedy = format!("use one in a reserved domain, or say `{ANY_RECIPIENT}`");
        self.wrong.push(self.source.error_at(at, title).note(note).remedy(remedy));
    }

    fn client_name(&mut self, at: &Placed<String>) {
        if at.value.is_empty() || !at.value.chars().all(|c| c.is_ascii_graphic()) {
            self.error(at, "this is no host name", format!("write it as {CLIENT_NAME}"));
        }
    }

    fn no_authorized_account(&mut self, file: &File) -> bool {
        if let (Some(authorized), Some(_)) = (&file.authorized, &file.roles.authorized_account) {
            self.error(
                authorized,
                "`authorized: none`, and yet an `authorized-account` is described",
                "keep the one that is true",
            );
        }
        file.authorized.is_some()
    }
}

fn time_limits(limits: &Limits) -> TimeLimits {
    let or = |limit: Option<Span>, default: Duration| limit.map_or(default, |span| span.0);
    let default = TimeLimits::default();
    TimeLimits {
        connect: or(limits.connect, default.connect),
        reply: or(limits.reply, default.reply),
        case: or(limits.case, default.case),
        run: or(limits.run, default.run),
        witness: or(limits.witness, default.witness),
        deferred: or(limits.deferred, default.deferred),
        pause: or(limits.pause, default.pause),
    }
}
