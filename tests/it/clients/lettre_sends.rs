//! lettre asks for relay.

use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use rstest::rstest;

use super::served::Served;
use super::{
    Answer, At, Attempt, CLIENT, FLAWED, Failure, LIMIT, REFUSES_AT_AUTHENTICATION, REFUSES_AT_RELAY, REMOTE_RECIPIENT,
    SENDER,
};

/// Connects and says EHLO.
pub(super) async fn connect(server: std::net::SocketAddr) -> Result<AsyncSmtpConnection, Failure> {
    let hello = ClientId::Domain(CLIENT.to_owned());
    AsyncSmtpConnection::connect_tokio1(server, Some(LIMIT), &hello, None, None).await.map_err(|error| failed(&error))
}

/// Has lettre authenticate and send a message.
pub(super) async fn send(mechanism: Mechanism, attempt: Attempt) -> Result<Answer, Failure> {
    let mut connection = connect(attempt.server).await?;
    let answer = submit(&mut connection, mechanism, &attempt).await;
    // Says QUIT, unless lettre did because of a refusal.
    connection.abort().await;
    answer
}

pub(super) async fn submit(
    connection: &mut AsyncSmtpConnection,
    mechanism: Mechanism,
    attempt: &Attempt,
) -> Result<Answer, Failure> {
    let credentials = Credentials::new(attempt.identity.clone(), attempt.password.clone());
    if let Err(error) = connection.auth(&[mechanism], &credentials).await {
        return refused(At::Authenticate, &error);
    }
    let sender = SENDER.parse().map_err(|error| format!("{SENDER}: {error}"))?;
    let recipient = REMOTE_RECIPIENT.parse().map_err(|error| format!("{REMOTE_RECIPIENT}: {error}"))?;
    let commands = [
        (At::Mail, Mail::new(Some(sender), Vec::new()).to_string()),
        (At::Rcpt, Rcpt::new(recipient, Vec::new()).to_string()),
        (At::Data, Data.to_string()),
    ];
    for (at, command) in commands {
        if let Err(error) = connection.command(command).await {
            return refused(at, &error);
        }
    }
    match connection.message(attempt.message().as_bytes()).await {
        Ok(_) => Ok(Answer::Taken),
        Err(error) => refused(At::Data, &error),
    }
}

/// An error without a reply code is not the server's answer.
fn refused(at: At, error: &Error) -> Result<Answer, Failure> {
    error.status().map(|code| Answer::Refused(at, code.into())).ok_or_else(|| format!("at {at:?}: {}", failed(error)))
}

pub(super) fn failed(error: &Error) -> Failure {
    format!("lettre: {error:?}")
}

#[rstest]
#[case::c01("windows-2000", &[Mechanism::Login], FLAWED)]
#[case::c22("windows-2000-patched", &[Mechanism::Login], REFUSES_AT_AUTHENTICATION)]
#[case::c02("nt4-option-pack", &[Mechanism::Login], FLAWED)]
#[case::c22_nt4("nt4-option-pack-patched", &[Mechanism::Login], REFUSES_AT_AUTHENTICATION)]
#[case::c03("exchange-5.5-on-nt4-restricted", &[Mechanism::Login], FLAWED)]
#[case::c22_connector("exchange-5.5-on-nt4-restricted-patched", &[Mechanism::Login], REFUSES_AT_AUTHENTICATION)]
#[case::c04("exchange-2000-on-windows-2000", &[Mechanism::Login], REFUSES_AT_AUTHENTICATION)]
#[case::c06("windows-xp-professional", &[Mechanism::Login], REFUSES_AT_AUTHENTICATION)]
#[case::one_repair("reference", &[Mechanism::Plain, Mechanism::Login], REFUSES_AT_AUTHENTICATION)]
#[case::other_repair("reference-refuses-at-relay", &[Mechanism::Plain, Mechanism::Login], REFUSES_AT_RELAY)]
#[tokio::test]
async fn lettre_is_served_as_the_deployment_says(
    #[case] deployment: &str,
    #[case] mechanisms: &[Mechanism],
    #[case] expected: [Answer; 3],
) -> Result<(), Failure> {
    let served = Served::open(deployment).await?;
    for mechanism in mechanisms {
        let answers = served.answers(async |attempt| send(*mechanism, attempt).await).await?;
        assert_eq!(answers, expected, "{mechanism}");
    }
    Ok(())
}
