//! The reply codes that a scanner gathered from real servers (wire-facts 4): the hard evidence for error paths.

use std::sync::Arc;

use rstest::rstest;
use smtpspec::reference::deployment::behaviours::Behaviours;
use smtpspec::reference::model::{Directory, Model};

use super::product::{behaviours_of, nt4_with};
use super::support::{Client, HOST, connection};

/// Probes 1 to 15, each for a connection of its own: what is said before it, and the probe.
const PROBES: [(&[&str], &str); 15] = [
    (&[], "MAIL FROM: a@b"),
    (&[], "HELO"),
    (&["HELO hotmail.com"], "MAIL FROM test"),
    (&["HELO hotmail.com"], "MAIL FROM: <>"),
    (&["HELO hotmail.com"], "MAIL FROM: <a@b"),
    (&["HELO hotmail.com"], "MAIL FROM: <invalid source>"),
    (&["HELO hotmail.com", "MAIL FROM: <a@hotmail.com>"], "RCPT TO: test"),
    (&["HELO hotmail.com"], "HELP"),
    (&["HELO hotmail.com"], "VRFY root"),
    (&["HELO hotmail.com"], "EXPN root"),
    (&["HELO hotmail.com"], "TURN"),
    (&["HELO hotmail.com"], "SOML FROM: <a@b>"),
    (&["HELO hotmail.com"], "SAML FROM: <a@b>"),
    (&["HELO hotmail.com"], "NOOP"),
    (&[], "EHLO x"),
];

// Rows of the scanner, as typed. `452` of probe 7 on 5.0.2195.4905 is a state of that host's (other hosts of the version
// answer 250), and the row is left out for it.
#[rstest]
#[case::nt4("nt4-option-pack", false, "503 501 501 250 501 250 250 214 250 500 503 500 500 250 250")]
#[case::nt4_locked("nt4-option-pack", true, "503 501 505 505 505 505 505 505 505 500 503 500 500 250 250")]
#[case::windows_2000("windows-2000", false, "503 250 501 250 501 250 250 214 252 500 505 500 500 250 250")]
#[case::windows_2000_locked("windows-2000", true, "503 250 505 505 505 505 505 505 505 500 505 500 500 250 250")]
#[case::exchange_55(
    "exchange-5.5-on-nt4-patched",
    false,
    "250 250 501 250 553 250 250 214 252 502 500 502 502 250 250"
)]
#[case::exchange_55_locked(
    "exchange-5.5-on-nt4-patched",
    true,
    "505 250 505 505 505 505 505 214 252 502 500 505 505 250 250"
)]
#[case::xp("windows-xp-professional", false, "503 250 501 250 501 250 551 214 252 500 530 500 500 250 250")]
fn codes_are_those_of_the_scanner(#[case] deployment: &str, #[case] is_locked: bool, #[case] expected: &str) {
    let mut behaviours = behaviours_of(deployment);
    behaviours.settings.anonymous_access = !is_locked;
    assert_eq!(codes(&behaviours), expected);
}

/// Versions of the NT 4.0 service that no deployment has.
#[rstest]
#[case("1775.6", "5.5.1775.675.6", "503 501 501 250 501 250 250 214 250 500 505 500 500 250 250")]
#[case("1875.18", "5.5.1875.185.18", "503 501 501 250 501 250 250 214 550 500 503 500 500 250 250")]
#[case("1877.75", "5.5.1877.757.75", "503 501 501 250 501 250 250 214 252 500 503 500 500 250 250")]
fn codes_of_another_version_are_those_of_the_scanner(
    #[case] component: &str,
    #[case] version: &str,
    #[case] expected: &str,
) {
    let behaviours = nt4_with(component);
    assert_eq!((behaviours.version.as_str(), codes(&behaviours).as_str()), (version, expected));
}

fn codes(behaviours: &Behaviours) -> String {
    let codes = PROBES.map(|(before, probe)| {
        let model = Model::new(Arc::new(behaviours.clone()), Arc::new(Directory::default()), HOST);
        let (mut client, _) = Client::greeted(model, connection());
        for line in before {
            client.say(line);
        }
        let reply = client.say(probe);
        reply[..3].to_owned()
    });
    codes.join(" ")
}
