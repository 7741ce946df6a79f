//! The two forms of being nobody by NTLM, told apart by servers that nobody here wrote, with no line of the product in
//! between: the null session (MS-NLMP 3.2.5.1.2: no NT response), and an empty user name with the response to an empty
//! password, which is all that curl can do (`docs/interop.md`).

use super::counterpart::Counterpart;
use super::curl::{self, Mail, Mechanism};
use super::dialogue::Dialogue;
use super::exim::Unknown;
use super::policy::Policy;
use super::receiver::Receiver;
use super::server::{Account, OUTSIDE_SOURCE, REMOTE_RECIPIENT, Server};
use super::{Failure, aiosmtpd, exim};
use rstest::rstest;
use std::time::Duration;

/// The messages of the public check for CVE-2002-0054.
const PROBE: [&str; 2] = [
    "TlRMTVNTUAABAAAAB4IAgAAAAAAAAAAAAAAAAAAAAAA=",
    "TlRMTVNTUAADAAAAAQABAEAAAAAAAAAAQQAAAAAAAABAAAAAAAAAAEAAAAAAAAAAQAAAAAAAAABBAAAABYIAAAA=",
];

/// Asks for the null session, and for the remote recipient; what AUTH and RCPT said.
fn null_session(server: &Server) -> Result<[u16; 2], Failure> {
    let mut dialogue = Dialogue::greeted(OUTSIDE_SOURCE, server.address())?;
    let [negotiate, authenticate] = PROBE;
    let answers = [dialogue.command("AUTH NTLM")?, dialogue.command(negotiate)?].map(|reply| reply.code);
    assert_eq!(answers, [334, 334]);
    let answer = dialogue.command(authenticate)?.code;
    Ok([answer, dialogue.recipient("somebody@client.example", REMOTE_RECIPIENT)?.code])
}

/// curl's exit code, and whether it was told 235: 67 for a refused login, 55 for refused mail, 0 for mail taken.
fn by_curl(server: &Server, identity: &str, password: &str) -> Result<(i32, bool), Failure> {
    let outcome = curl::send(&Mail {
        source: OUTSIDE_SOURCE,
        server: server.address(),
        mechanism: Mechanism::Ntlm,
        identity,
        password,
        reverse_path: "somebody@client.example",
        forward_path: REMOTE_RECIPIENT,
        message: b"Subject: from curl\r\n\r\nText.\r\n",
        anchor: None,
    })?;
    Ok((outcome.exit, outcome.authenticated()))
}

/// Exim compares a response with that to the password it was given, and to an empty one there is a response too. The null
/// session has none, and is refused whatever the password.
#[rstest]
#[case::without_a_password(Unknown::IsRefused, (67, false))]
#[case::with_the_empty_one(Unknown::HasTheEmptyPassword, (0, true))]
fn exim_lets_an_empty_user_in_and_never_the_null_session(
    #[case] unknown: Unknown,
    #[case] empty_user: (i32, bool),
) -> Result<(), Failure> {
    if !Counterpart::Exim.is_wanted() || !curl::is_wanted()? {
        return Ok(());
    }
    let witness = Receiver::start()?;
    let server = exim::start(Policy::AnyAuthenticated, unknown, witness.port())?;
    assert_eq!(null_session(&server)?, [535, 550]);
    assert_eq!(by_curl(&server, "", "")?, empty_user);
    if empty_user.1 {
        let received = witness.wait_for("from curl", Duration::from_secs(20))?;
        assert_eq!(received.forward_paths, [REMOTE_RECIPIENT]);
    }
    Ok(())
}

/// The flaw of the bulletin, today: whoever asks for the null session has authenticated, and relays where that is enough.
#[rstest]
#[case::any_authenticated(Policy::AnyAuthenticated, [235, 250])]
#[case::authorized_only(Policy::AuthorizedOnly, [235, 550])]
fn aiosmtpd_lets_the_null_session_in_and_no_empty_user(
    #[case] policy: Policy,
    #[case] expected: [u16; 2],
) -> Result<(), Failure> {
    if !Counterpart::Aiosmtpd.is_wanted() || !curl::is_wanted()? {
        return Ok(());
    }
    let server = aiosmtpd::start(policy, Receiver::start()?.port())?;
    assert_eq!(null_session(&server)?, expected);
    assert_eq!(by_curl(&server, "", "")?, (67, false));
    Ok(())
}

/// The fixtures' NTLM, and curl's, are right about accounts.
#[rstest]
fn accounts_authenticate_by_ntlm_with_their_own_password(
    #[values(Counterpart::Exim, Counterpart::Aiosmtpd)] counterpart: Counterpart,
) -> Result<(), Failure> {
    if !counterpart.is_wanted() || !curl::is_wanted()? {
        return Ok(());
    }
    let (server, _) = counterpart.start(Policy::AuthorizedOnly)?;
    let [authorized, unauthorized] =
        [Account::Authorized, Account::Unauthorized].map(|account| (account.name(), server.password_of(account)));
    assert_eq!(by_curl(&server, authorized.0, authorized.1)?, (0, true));
    assert_eq!(by_curl(&server, unauthorized.0, unauthorized.1)?, (55, true));
    assert_eq!(by_curl(&server, unauthorized.0, authorized.1)?, (67, false));
    Ok(())
}
