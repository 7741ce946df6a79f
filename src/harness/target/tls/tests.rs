use rstest::rstest;

use crate::diagnostic::Diagnostic;
use crate::harness::clock::Clock;
use crate::harness::target::{TargetFile, prepare};
use crate::judge::{TlsBegun, TlsUse};
use crate::transport::Identity;

fn read(path: &str, tls: &str) -> Result<TargetFile, Vec<Diagnostic>> {
    TargetFile::read(path, &format!("address: 127.0.0.1:2525\nservice: mx\ntls: {tls}\n"))
}

#[rstest]
#[case::starttls("starttls", TlsBegun::Starttls, false)]
#[case::implicit("implicit", TlsBegun::Implicit, false)]
#[case::map("{ use: implicit }", TlsBegun::Implicit, false)]
#[case::any_certificate("{ use: starttls, certificate: any }", TlsBegun::Starttls, true)]
#[case::certificates("{ use: starttls, ca-file: a.pem, server-name: mx }", TlsBegun::Starttls, false)]
fn the_key_is_a_word_or_a_map(#[case] tls: &str, #[case] begun: TlsBegun, #[case] any_certificate: bool) {
    assert_eq!(read("lab.yaml", tls).unwrap().tls(), Some(TlsUse { begun, any_certificate }));
}

#[test]
fn without_it_everything_is_said_in_clear() {
    assert_eq!(TargetFile::read("lab.yaml", "address: 127.0.0.1:2525\nservice: mx\n").unwrap().tls(), None);
}

/// What the file says, and words of the error; all of them stand in line 3.
#[rstest]
#[case::another_word("banana", "banana")]
#[case::no_use("{ server-name: mx }", "use")]
#[case::another_use("{ use: always }", "always")]
#[case::another_key("{ use: starttls, verify: no }", "verify")]
#[case::another_certificate("{ use: starttls, certificate: verified }", "verified")]
#[case::any_and_some("{ use: starttls, certificate: any, ca-file: ca.pem }", "a `ca-file` is named")]
#[case::a_key_alone("{ use: starttls, client-key: key.pem }", "without its certificate")]
#[case::other_versions("{ use: starttls, versions: 1.0 }", "1.0")]
fn what_makes_no_sense_is_an_error_with_its_place(#[case] tls: &str, #[case] words: &str) {
    let wrong = read("lab.yaml", tls).expect_err("an error is wanted");
    let told: Vec<String> = wrong.iter().map(|wrong| wrong.render(false, 200)).collect();
    assert_eq!(wrong.len(), 1, "{told:?}");
    assert!(told[0].contains(words) && told[0].contains("lab.yaml:3:"), "{}", told[0]);
}

/// A folder with certificates, keys and what is neither.
fn files() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let (_, anchor) = Identity::throw_away(&["mail.inside.example"]).unwrap();
    for (name, text) in [("ca.pem", anchor.as_str()), ("text.pem", "banana\n"), ("empty.pem", "")] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// What the file says, and words of the error that comes when the target is made ready.
#[rstest]
#[case::missing("{ use: starttls, ca-file: none.pem }", "none.pem cannot be read")]
#[case::no_pem("{ use: starttls, ca-file: text.pem }", "no certificate in PEM")]
#[case::empty("{ use: starttls, ca-file: empty.pem }", "no certificate in PEM")]
#[case::no_name("{ use: starttls, ca-file: ca.pem, server-name: a b }", "`a b` is no host name")]
#[case::missing_key("{ use: starttls, ca-file: ca.pem, client-certificate: ca.pem, client-key: none.pem }", "none.pem")]
#[case::no_key("{ use: starttls, ca-file: ca.pem, client-certificate: ca.pem }", "no private key in PEM")]
#[case::no_key_in_it(
    "{ use: starttls, ca-file: ca.pem, client-certificate: ca.pem, client-key: text.pem }",
    "no private key in PEM"
)]
#[tokio::test]
async fn files_that_will_not_do_are_errors_before_anything_is_sent(#[case] tls: &str, #[case] words: &str) {
    let folder = files();
    let path = folder.path().join("lab.yaml");
    let file = read(path.to_str().unwrap(), tls).unwrap();
    let wrong = prepare("lab".to_owned(), &file, false, Clock::system()).await.expect_err("an error is wanted");
    let told: Vec<String> = wrong.iter().map(|wrong| wrong.render(false, 200)).collect();
    assert_eq!(wrong.len(), 1, "{told:?}");
    assert!(told[0].contains(words) && told[0].contains("lab.yaml:3:"), "{}", told[0]);
}

#[cfg(not(feature = "legacy-tls"))]
#[tokio::test]
async fn old_versions_need_another_build_and_say_which() {
    let folder = files();
    let path = folder.path().join("lab.yaml");
    let file = read(path.to_str().unwrap(), "{ use: starttls, ca-file: ca.pem, versions: legacy }").unwrap();
    let wrong = prepare("lab".to_owned(), &file, false, Clock::system()).await.expect_err("an error is wanted");
    assert!(wrong[0].render(false, 200).contains("--features legacy-tls"), "{}", wrong[0].render(false, 200));
}
