//! The bulletin's claims on the model itself, deployment by deployment: what each role's mail for outside becomes. The
//! claims' ids are those of the cases (`@ms02-011-cNN`).

use std::sync::Arc;

use rstest::rstest;
use smtpspec::protocol::sasl::Mechanism;
use smtpspec::reference::model::{Hop, Model};

use super::product::behaviours_of;
use super::role::Role;
use super::support::{Client, HOST, connection, directory};

/// `r`elayed, `b`ounced, `-` refused.
fn fate(deployment: &str, role: Role, mechanism: Mechanism) -> char {
    let model = Model::new(Arc::new(behaviours_of(deployment)), Arc::new(directory()), HOST);
    let (mut client, _) = Client::greeted(model, connection());
    client.say("EHLO c");
    role.sign_in(&mut client, mechanism);
    client.say("MAIL FROM:<authorized@inside.example>\nRCPT TO:<victim@outside.example>");
    client.say("DATA");
    client.say("Subject: x\n\nx\n.");
    match client.mails.as_slice() {
        [] => '-',
        [(Hop::Outside, mail)] if !mail.reverse_path.is_empty() => 'r',
        [(Hop::Inside, mail)] if mail.reverse_path.is_empty() => 'b',
        mails => panic!("{mails:?}"),
    }
}

// Columns: anonymous, wrong password, null session, Guest, unauthorized account, authorized account.
#[rstest]
#[case::c01("windows-2000", "--r-rr")]
#[case::c08("windows-2000-guest-enabled", "--rrrr")]
#[case::c22("windows-2000-patched", "-----r")]
#[case::c02("nt4-option-pack", "--r-rr")]
#[case::c02_patched("nt4-option-pack-patched", "-----r")]
#[case::c03_nt4("exchange-5.5-on-nt4-restricted", "--r-rr")]
#[case::c03_nt4_patched("exchange-5.5-on-nt4-restricted-patched", "-----r")]
#[case::c03_at_install("exchange-5.5-on-nt4", "rrrrrr")]
#[case::c20_no_patch("exchange-5.5-on-windows-2000-restricted", "--r-rr")]
#[case::c20_windows_patch("exchange-5.5-on-windows-2000-restricted-windows-patch", "--r-rr")]
#[case::c20_connector_patch("exchange-5.5-on-windows-2000-restricted-connector-patch", "-----r")]
#[case::c20_both("exchange-5.5-on-windows-2000-restricted-both-patches", "-----r")]
#[case::c04("exchange-2000-on-windows-2000", "-----r")]
#[case::c06("windows-xp-professional", "-----r")]
#[case::c05_rerouting("exchange-5.0-rerouting", "rrrrrr")]
#[case::c05_not_rerouting("exchange-5.0-not-rerouting", "bbbbbb")]
#[case::reference("reference", "-----r")]
#[case::reference_other_repair("reference-refuses-at-relay", "-----r")]
fn mail_for_outside(#[case] deployment: &str, #[case] expected: &str) {
    // Mechanisms that all the products with an AUTH verb have.
    for mechanism in [Mechanism::Login, Mechanism::Ntlm] {
        let fates: String = Role::ALL.map(|role| fate(deployment, role, mechanism)).iter().collect();
        assert_eq!(fates, expected, "{mechanism}");
    }
}
