//! Files made ready: secrets read, ports opened.

use std::net::Ipv4Addr;

use super::*;
use crate::harness::bench::target::Ready;
use crate::harness::clock::Clock;
use crate::protocol::sasl::{Credentials, Mechanism};
use crate::protocol::secret::Secret;
use crate::transport::listen;

async fn prepare_file(name: &str, text: &str) -> Result<Ready, Vec<String>> {
    let file = TargetFile::read(name, text).unwrap_or_else(|wrong| panic!("{wrong:?}"));
    prepare("lab".to_owned(), &file, false, Clock::system())
        .await
        .map_err(|wrong| wrong.into_iter().map(|diagnostic| diagnostic.to_string()).collect())
}

#[tokio::test]
async fn a_secret_that_is_not_there_is_told_with_its_place() {
    let text = "address: 127.0.0.1:25\nservice: mx\nroles:\n  authorized-account:\n    user: a\n    \
                secret: { env: SMTPSPEC_TEST_UNSET }\n  unauthorized-account:\n    user: b\n    \
                secret: { file: not-there.secret }\n";
    let wrong = prepare_file("folder/lab.yaml", text).await.expect_err("two secrets are missing");
    assert_eq!(wrong.len(), 2);
    assert!(wrong.iter().any(|line| line.contains("lab.yaml:6:") && line.contains("`SMTPSPEC_TEST_UNSET` is not set")));
    assert!(
        wrong
            .iter()
            .any(|line| line.contains("lab.yaml:9:") && line.contains("folder/not-there.secret cannot be read"))
    );
}

#[tokio::test]
async fn a_secret_in_a_file_stands_beside_the_target_file_and_is_one_line() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.secret"), "correct horse\r\n").unwrap();
    let text =
        "address: 127.0.0.1:25\nservice: mx\nroles: { authorized-account: { user: a, secret: { file: a.secret } } }\n";
    let ready = prepare_file(folder.path().join("lab.yaml").to_str().unwrap(), text).await.unwrap();
    let login = ready.profile.roles.get(&Role::AuthorizedAccount).and_then(|role| role.login.as_ref()).unwrap();
    let Credentials::Password { password, .. } = &login.credentials else { panic!() };
    assert_eq!(password.expose(), b"correct horse");
}

/// Both forms of a command, in the folder of the target file; the wrong password is a token where the account has one.
#[tokio::test]
async fn a_command_prints_a_token() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("token"), "t0ken\n").unwrap();
    let text = "address: 127.0.0.1:25\nservice: mx\nroles:\n  authorized-account:\n    mechanism: OAUTHBEARER\n    \
                secret: { command: cat token }\n  unauthorized-account:\n    user: bob\n    mechanism: XOAUTH2\n    \
                secret: { command: [sh, -c, \"cat token; exit $?\"] }\n";
    let ready = prepare_file(folder.path().join("lab.yaml").to_str().unwrap(), text).await.unwrap();
    let login = |role| ready.profile.roles.get(&role).and_then(|role| role.login.clone()).unwrap();
    let token = |user: &str| Credentials::Token { user: user.to_owned(), token: Secret::new("t0ken") };
    assert_eq!(login(Role::AuthorizedAccount).credentials, token(""));
    assert_eq!(login(Role::AuthorizedAccount).mechanism, Some(Mechanism::OauthBearer));
    assert_eq!(login(Role::UnauthorizedAccount).credentials, token("bob"));
    let wrong = login(Role::WrongPassword);
    assert_eq!(wrong.mechanism, Some(Mechanism::Xoauth2));
    let Credentials::Token { user, token: made_up } = &wrong.credentials else { panic!("{wrong:?}") };
    assert!(user == "bob" && made_up.expose().len() > 16 && *made_up != Secret::new("t0ken"));
    assert!(matches!(login(Role::Guest).credentials, Credentials::Password { .. }));
}

#[rstest]
#[case::failed("[sh, -c, \"echo hunter2; exit 3\"]", "the command `sh` failed (exit status: 3)")]
#[case::nothing("\"true\"", "the secret is empty")]
#[case::two_lines("[printf, \"hunter2\\nhunter3\\n\"]", "the command `printf` said more than one line")]
#[case::not_there("no-such-program-here", "the command `no-such-program-here` cannot be run: ")]
#[tokio::test]
async fn a_command_that_gives_no_secret_is_told_with_its_place(#[case] command: &str, #[case] title: &str) {
    let text = format!("{SMALLEST}roles:\n  authorized-account:\n    user: a\n    secret: {{ command: {command} }}\n");
    let file = TargetFile::read("lab.yaml", &text).unwrap_or_else(|wrong| panic!("{wrong:?}"));
    let wrong = prepare("lab".to_owned(), &file, false, Clock::system()).await.expect_err("no secret");
    let [diagnostic] = wrong.as_slice() else { panic!("{wrong:?}") };
    assert!(diagnostic.title.starts_with(title), "{}", diagnostic.title);
    assert_eq!(diagnostic.source.as_ref().map(|place| place.line()), Some(6));
    assert!(diagnostic.remedy.is_some());
    assert!(!diagnostic.title.contains("hunter") && !format!("{:?}", diagnostic.remedy).contains("hunter"));
}

#[tokio::test]
async fn a_certificate_needs_no_secret() {
    let text = "address: 127.0.0.1:25\nservice: mx\nroles:\n  authorized-account: { mechanism: EXTERNAL }\n  \
                unauthorized-account: { mechanism: external, user: bob }\n";
    let ready = prepare_file("lab.yaml", text).await.unwrap();
    let login = |role| ready.profile.roles.get(&role).and_then(|role| role.login.clone());
    let external = |name: &str| Credentials::External { authorization_identity: name.to_owned() };
    assert_eq!(login(Role::AuthorizedAccount).unwrap().credentials, external(""));
    assert_eq!(login(Role::UnauthorizedAccount).unwrap().credentials, external("bob"));
    assert!(login(Role::WrongPassword).is_none(), "a certificate cannot be mistyped");
}

#[tokio::test]
async fn a_port_of_the_witness_that_is_in_use_is_told_with_its_place() {
    let taken = listen(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await.unwrap();
    let address = taken.address().unwrap();
    let text = format!("{SMALLEST}witness: {{ listen: {address} }}\n");
    let wrong = prepare_file("lab.yaml", &text).await.expect_err("the port is in use");
    assert_eq!(wrong.len(), 1);
    let line = wrong.first().unwrap();
    assert!(line.starts_with("lab.yaml:3:20: error: the witness cannot listen on 127.0.0.1"), "{line}");
}
