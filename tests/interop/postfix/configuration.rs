//! The text of the configuration files of an instance (postconf(5), master(5), and Dovecot's).

use super::Policy;
use std::path::{Path, PathBuf};

/// What differs between instances.
pub(super) struct Instance<'a> {
    pub(super) policy: Policy,
    pub(super) port: u16,
    /// Of which every octet is TLS; `None`: there is no TLS at all.
    pub(super) wrapped_port: Option<u16>,
    pub(super) witness_port: u16,
    /// Shown in the greeting, so that an instance can be told from another.
    pub(super) nonce: &'a str,
}

impl Policy {
    fn relay_restrictions(self) -> &'static str {
        match self {
            Self::AuthorizedOnly | Self::AuthorizedOnlyAsItself => {
                "check_sasl_access inline:{authorized=permit}, reject_unauth_destination"
            }
            Self::AnyAuthenticated | Self::AnyAuthenticatedAsItself => {
                "permit_sasl_authenticated, reject_unauth_destination"
            }
            Self::AsShipped | Self::Open => "permit_mynetworks, permit_sasl_authenticated, defer_unauth_destination",
            Self::Closed => "reject_unauth_destination",
            Self::OpenBehindDns => {
                "check_sasl_access inline:{authorized=permit}, check_recipient_access \
                 inline:{ { elsewhere.example = 450 4.1.2 Domain not found } }, check_client_access static:permit, \
                 reject_unauth_destination"
            }
        }
    }

    fn trusted_networks(self) -> &'static str {
        match self {
            Self::Open => "0.0.0.0/0",
            Self::AuthorizedOnly
            | Self::AnyAuthenticated
            | Self::AuthorizedOnlyAsItself
            | Self::AnyAuthenticatedAsItself
            | Self::AsShipped
            | Self::Closed
            | Self::OpenBehindDns => "127.0.0.1/32",
        }
    }

    /// `reject_sender_login_mismatch` answers 553 5.7.1 to a sender that somebody else owns, and to whoever is logged in and
    /// does not own his sender.
    fn sender_restrictions(self) -> &'static str {
        match self {
            Self::AuthorizedOnlyAsItself | Self::AnyAuthenticatedAsItself => "reject_sender_login_mismatch, ",
            Self::AuthorizedOnly
            | Self::AnyAuthenticated
            | Self::AsShipped
            | Self::Closed
            | Self::Open
            | Self::OpenBehindDns => "",
        }
    }
}

/// Where Dovecot answers Postfix.
pub(super) fn sasl_socket(directory: &Path) -> PathBuf {
    directory.join("sasl")
}

/// `main.cf`. No name is looked up and no mail leaves the machine: whatever is not discarded goes to the witness.
///
/// The DNS refusals are access tables with the replies of `reject_unknown_recipient_domain` in the manual, since the
/// real one would ask the machine's resolver. `smtpd_sender_restrictions` is the list before the relay policy,
/// `smtpd_recipient_restrictions` the one after it (`smtpd_relay_before_recipient_restrictions`, Postfix 3.6).
pub(super) fn main_cf(directory: &Path, instance: &Instance<'_>) -> String {
    let root = directory.display();
    let sasl = sasl_socket(directory);
    let sasl = sasl.display();
    let Instance { policy, witness_port, nonce, .. } = instance;
    let relay_restrictions = policy.relay_restrictions();
    let trusted_networks = policy.trusted_networks();
    let sender_restrictions = policy.sender_restrictions();
    let tls = match instance.wrapped_port {
        Some(_) => tls(directory),
        None => String::new(),
    };
    format!(
        "\
compatibility_level = 3.6
queue_directory = {root}/queue
data_directory = {root}/data
maillog_file = /dev/stdout

myhostname = mx.inside.example
myorigin = inside.example
smtpd_banner = $myhostname ESMTP $mail_name ({nonce})
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = {trusted_networks}

mydestination =
alias_maps =
alias_database =
virtual_mailbox_domains = inside.example
virtual_mailbox_maps = inline:{{
    postmaster@inside.example=kept, authorized@inside.example=kept, unauthorized@inside.example=kept }}
virtual_transport = discard:
transport_maps = inline:{{ elsewhere.example=smtp:[127.0.0.1]:{witness_port} }}
relayhost = [127.0.0.1]:{witness_port}
notify_classes =

smtp_dns_support_level = disabled
smtp_host_lookup = native
smtpd_peername_lookup = no

smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = {sasl}

smtpd_sender_login_maps = inline:{{
    authorized@inside.example=authorized, unauthorized@inside.example=unauthorized }}
smtpd_sender_restrictions = {sender_restrictions}check_recipient_access inline:{{
    {{ unresolved.example = 450 4.1.2 Domain not found }}, {{ nonexistent.example = 550 5.1.2 Domain not found }} }}
smtpd_relay_restrictions = {relay_restrictions}
smtpd_recipient_restrictions = check_recipient_access inline:{{
    {{ unresolved-later.example = 450 4.1.2 Domain not found }} }}
{tls}"
    )
}

/// STARTTLS for whoever wants it, AUTH only with it.
fn tls(directory: &Path) -> String {
    let root = directory.display();
    format!(
        "\
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_tls_cert_file = {root}/tls/own.pem
smtpd_tls_key_file = {root}/tls/key.pem
smtpd_tls_session_cache_database =
"
    )
}

/// `master.cf`: the services a relay needs, none of them in a chroot.
pub(super) fn master_cf(port: u16, wrapped_port: Option<u16>) -> String {
    let wrapped = wrapped_port.map_or_else(String::new, |port| {
        format!("127.0.0.1:{port} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes\n")
    });
    format!(
        "\
# service type private unprivileged chroot wakeup maxproc command
127.0.0.1:{port} inet n - n - - smtpd
{wrapped}tlsmgr unix - - n 1000? 1 tlsmgr
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"
    )
}

/// Dovecot's configuration: its authentication service, and neither IMAP nor POP3.
///
/// `auth_failure_delay` and the penalty (a socket of mode 0 does away with it) are for people who guess; they would
/// make the next login from the same address wait for seconds. Half a second a failure is left, and cannot be set.
pub(super) fn dovecot(directory: &Path) -> String {
    let root = directory.display();
    let sasl = sasl_socket(directory);
    let sasl = sasl.display();
    format!(
        "\
base_dir = {root}/dovecot-run
state_dir = {root}/dovecot-state
log_path = /dev/stderr
protocols =
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login cram-md5
auth_failure_delay = 0

passdb {{
  driver = passwd-file
  args = {root}/accounts
}}
service auth {{
  user = root
  unix_listener {sasl} {{
    mode = 0600
    user = postfix
  }}
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
"
    )
}
