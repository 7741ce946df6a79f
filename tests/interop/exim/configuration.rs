//! The text of an instance's configuration file (Exim's specification, chapters 14, 33 to 38 and 43).

use super::{USER, Unknown};
use crate::policy::Policy;
use crate::server::Setup;
use std::path::Path;

impl Policy {
    /// What the ACL for RCPT says of a recipient elsewhere. The wording is that of the configuration Exim ships with; a
    /// refusal has no enhanced status code there.
    fn about_recipients(self) -> &'static str {
        match self {
            Self::AuthorizedOnly => {
                "accept condition = ${if eq{$authenticated_id}{authorized}}\n  deny message = relay not permitted"
            }
            Self::AnyAuthenticated => "accept authenticated = *\n  deny message = relay not permitted",
            Self::Open | Self::DropsEverything => "accept",
            Self::Closed => "deny message = relay not permitted",
            Self::DropsTheRest => "accept condition = ${if eq{$authenticated_id}{authorized}}\n  discard",
            Self::RefusesLate => "accept set acl_m_elsewhere = yes",
            Self::RefusesForNow => {
                "accept condition = ${if eq{$authenticated_id}{authorized}}\n  defer message = relay not permitted"
            }
        }
    }

    /// What the ACL for the end of the mail data says.
    fn about_messages(self) -> &'static str {
        match self {
            Self::RefusesLate => {
                "deny condition = ${if eq{$acl_m_elsewhere}{yes}}\n       !condition = ${if eq{$authenticated_id}{authorized}}\n       \
                 message = relay not permitted\n  accept"
            }
            Self::AuthorizedOnly
            | Self::AnyAuthenticated
            | Self::Open
            | Self::Closed
            | Self::DropsTheRest
            | Self::DropsEverything
            | Self::RefusesForNow => "accept",
        }
    }

    /// The domains whose mail is dropped once it was taken.
    fn dropped_domains(self) -> &'static str {
        match self {
            Self::DropsEverything => "*",
            Self::AuthorizedOnly
            | Self::AnyAuthenticated
            | Self::Open
            | Self::Closed
            | Self::DropsTheRest
            | Self::RefusesLate
            | Self::RefusesForNow => "inside.example",
        }
    }
}

impl Unknown {
    /// What a lookup of the password expands to where nothing is found.
    fn otherwise(self) -> &'static str {
        match self {
            Self::IsRefused => "{$value}fail",
            Self::HasTheEmptyPassword => "",
        }
    }
}

/// The configuration. No name is looked up and no mail leaves the machine: whatever is not dropped goes to the witness.
///
/// With a configuration that is not in its list of trusted ones Exim runs as [`USER`] once it listens, and so does all
/// that it starts: nothing here needs more.
pub(super) fn text(directory: &Path, program: &Path, policy: Policy, unknown: Unknown, setup: &Setup) -> String {
    let (root, program) = (directory.display(), program.display());
    let Setup { port, witness_port, nonce, .. } = setup;
    let (about_recipients, about_messages) = (policy.about_recipients(), policy.about_messages());
    let (dropped_domains, otherwise) = (policy.dropped_domains(), unknown.otherwise());
    format!(
        "\
exim_path = {program}
exim_user = {USER}
exim_group = {USER}
deliver_drop_privilege
spool_directory = {root}/spool
log_file_path = {root}/logs/%s
keep_environment =

primary_hostname = mx.inside.example
smtp_banner = $primary_hostname ESMTP Exim $version_number ({nonce})
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port}
host_lookup =
rfc1413_query_timeout = 0s
tls_advertise_hosts =
acl_smtp_rcpt = recipient
acl_smtp_data = message

begin acl
recipient:
  accept domains = inside.example
         local_parts = postmaster : authorized : unauthorized
  deny domains = inside.example
       message = unknown user
  {about_recipients}
message:
  {about_messages}

begin routers
dropped:
  driver = redirect
  domains = {dropped_domains}
  data = :blackhole:
relayed:
  driver = manualroute
  route_list = * 127.0.0.1::{witness_port} byname
  self = send
  transport = to_witness

begin transports
to_witness:
  driver = smtp
  allow_localhost

begin retry
* * F,2m,1s

begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if eq{{$auth3}}{{${{lookup{{$auth2}}lsearch{{{root}/accounts}}{{$value}}fail}}}}}}
  server_set_id = $auth2
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = ${{if eq{{$auth2}}{{${{lookup{{$auth1}}lsearch{{{root}/accounts}}{{$value}}fail}}}}}}
  server_set_id = $auth1
cram_md5:
  driver = cram_md5
  public_name = CRAM-MD5
  server_secret = ${{lookup{{$auth1}}lsearch{{{root}/accounts}}{{$value}}fail}}
  server_set_id = $auth1
ntlm:
  driver = spa
  public_name = NTLM
  server_password = ${{lookup{{$auth1}}lsearch{{{root}/accounts}}{otherwise}}}
  server_set_id = $auth1
"
    )
}
