//! The text of the configuration files of an instance (postconf(5), master(5), and Dovecot's).

use super::Policy;
use crate::server::Setup;
use std::path::{Path, PathBuf};

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
            Self::DropsTheRest => {
                "check_sasl_access inline:{authorized=permit}, check_recipient_access \
                 inline:{elsewhere.example=discard}, reject_unauth_destination"
            }
            Self::DropsEverything | Self::RefusesLate => {
                "check_recipient_access inline:{elsewhere.example=permit}, reject_unauth_destination"
            }
            Self::RefusesForNow => "check_sasl_access inline:{authorized=permit}, defer_unauth_destination",
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
            | Self::OpenBehindDns
            | Self::DropsTheRest
            | Self::DropsEverything
            | Self::RefusesLate
            | Self::RefusesForNow => "127.0.0.1/32",
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
            | Self::OpenBehindDns
            | Self::DropsTheRest
            | Self::DropsEverything
            | Self::RefusesLate
            | Self::RefusesForNow => "",
        }
    }

    fn end_of_data_restrictions(self) -> &'static str {
        match self {
            Self::RefusesLate => {
                "check_sasl_access inline:{authorized=permit}, \
                 check_recipient_access inline:{ { elsewhere.example = 554 5.7.1 Relay access denied } }"
            }
            Self::AuthorizedOnly
            | Self::AnyAuthenticated
            | Self::AuthorizedOnlyAsItself
            | Self::AnyAuthenticatedAsItself
            | Self::AsShipped
            | Self::Closed
            | Self::Open
            | Self::OpenBehindDns
            | Self::DropsTheRest
            | Self::DropsEverything
            | Self::RefusesForNow => "",
        }
    }

    /// The transport for the remote recipient's domain.
    fn remote_transport(self, witness_port: u16) -> String {
        match self {
            Self::DropsEverything => "discard:".to_owned(),
            Self::AuthorizedOnly
            | Self::AnyAuthenticated
            | Self::AuthorizedOnlyAsItself
            | Self::AnyAuthenticatedAsItself
            | Self::AsShipped
            | Self::Closed
            | Self::Open
            | Self::OpenBehindDns
            | Self::DropsTheRest
            | Self::RefusesLate
            | Self::RefusesForNow => format!("smtp:[127.0.0.1]:{witness_port}"),
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
pub(super) fn main_cf(directory: &Path, policy: Policy, setup: &Setup) -> String {
    let root = directory.display();
    let sasl = sasl_socket(directory);
    let sasl = sasl.display();
    let Setup { witness_port, nonce, .. } = setup;
    let relay_restrictions = policy.relay_restrictions();
    let trusted_networks = policy.trusted_networks();
    let end_of_data_restrictions = policy.end_of_data_restrictions();
    let remote_transport = policy.remote_transport(*witness_port);
    let sender_restrictions = policy.sender_restrictions();
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
transport_maps = inline:{{ elsewhere.example={remote_transport} }}
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
smtpd_end_of_data_restrictions = {end_of_data_restrictions}
"
    )
}

/// `master.cf`: the services a relay needs, none of them in a chroot.
pub(super) fn master_cf(port: u16) -> String {
    format!(
        "\
# service type private unprivileged chroot wakeup maxproc command
127.0.0.1:{port} inet n - n - - smtpd
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
auth_mechanisms = plain login cram-md5 scram-sha-256 xoauth2 oauthbearer
auth_failure_delay = 0

passdb {{
  driver = passwd-file
  mechanisms = plain login cram-md5 scram-sha-256
  args = {root}/accounts
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {root}/oauth2.conf
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

/// How Dovecot checks a token: by itself, as a JSON Web Token (RFC 7519) that is signed with the key in
/// `keys/default/HS256/default`.
pub(super) fn oauth2(directory: &Path) -> String {
    let root = directory.display();
    format!(
        "\
introspection_mode = local
local_validation_key_dict = fs:posix:prefix={root}/keys/
username_attribute = sub
"
    )
}
