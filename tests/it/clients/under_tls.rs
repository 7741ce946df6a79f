//! The same clients under TLS: lettre with rustls, curl with the machine's own library. Each verifies the certificate that
//! the model made for itself, so a handshake that is none of ours would be noticed.

use std::net::SocketAddr;

use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{Certificate, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use rstest::rstest;

use super::lettre_sends::{connect, failed, submit};
use super::served::{HOST, Served};
use super::{Answer, Attempt, CLIENT, Failure, PASSWORD, REFUSES_AT_RELAY};

const DEPLOYMENT: &str = "reference-tls";

fn parameters(name: &str, anchor: &str) -> Result<TlsParameters, Failure> {
    let anchor = Certificate::from_pem(anchor.as_bytes()).map_err(|error| failed(&error))?;
    let parameters = TlsParameters::builder(name.to_owned()).add_root_certificate(anchor).build_rustls();
    parameters.map_err(|error| failed(&error))
}

async fn send(mechanism: Mechanism, anchor: &str, attempt: Attempt) -> Result<Answer, Failure> {
    let mut connection = connect(attempt.server).await?;
    let hello = ClientId::Domain(CLIENT.to_owned());
    // Says EHLO again.
    connection.starttls(parameters(HOST, anchor)?, &hello).await.map_err(|error| failed(&error))?;
    if !connection.is_encrypted() || connection.can_starttls() {
        return Err("STARTTLS is listed under TLS".to_owned());
    }
    let answer = submit(&mut connection, mechanism, &attempt).await;
    connection.abort().await;
    answer
}

#[rstest]
#[case::plain(Mechanism::Plain)]
#[case::login(Mechanism::Login)]
#[tokio::test]
async fn lettre_is_served_under_tls(#[case] mechanism: Mechanism) -> Result<(), Failure> {
    let served = Served::open(DEPLOYMENT).await?;
    let anchor = served.anchor()?;
    let answers = served.answers(async |attempt| send(mechanism, &anchor, attempt).await).await?;
    assert_eq!(answers, REFUSES_AT_RELAY);
    Ok(())
}

// RFC 4954 4: the mechanism "requires an encryption layer"; 504. lettre asks although it is not listed.
#[tokio::test]
async fn lettre_is_refused_a_password_in_the_clear() -> Result<(), Failure> {
    let served = Served::open(DEPLOYMENT).await?;
    let mut connection = connect(served.address()).await?;
    let credentials = Credentials::new("authorized".to_owned(), PASSWORD.to_owned());
    let answer = connection.command("AUTH PLAIN\r\n").await;
    assert_eq!(answer.err().and_then(|error| error.status()).map(u16::from), Some(504));
    let answer = connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials).await;
    assert!(answer.is_err());
    Ok(())
}

/// The certificate is of this host and of nobody else, and leads to its own anchor alone.
#[tokio::test]
async fn lettre_takes_no_other_certificate() -> Result<(), Failure> {
    let (served, other) = (Served::open(DEPLOYMENT).await?, Served::open(DEPLOYMENT).await?);
    let hello = ClientId::Domain(CLIENT.to_owned());
    let begin = async |server: SocketAddr, name: &str, anchor: &str| {
        let mut connection = connect(server).await?;
        connection.starttls(parameters(name, anchor)?, &hello).await.map_err(|error| failed(&error))
    };
    begin(served.address(), HOST, &served.anchor()?).await?;
    let wrong_name = begin(served.address(), "mail.elsewhere.example", &served.anchor()?).await;
    assert!(wrong_name.is_err_and(|failure| failure.contains("NotValidForName")));
    let wrong_anchor = begin(served.address(), HOST, &other.anchor()?).await;
    assert!(wrong_anchor.is_err_and(|failure| failure.contains("UnknownIssuer") || failure.contains("BadSignature")));
    Ok(())
}
