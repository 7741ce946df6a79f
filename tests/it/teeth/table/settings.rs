//! Where it answers, and the routing settings: c12 to c19.

use super::super::wrong_advice as advice;
use super::super::wrong_parts as parts;
use super::Row;
use super::Wrong::{Advice, Part, SomebodyAnswers};

pub(super) const ROWS: &[Row] = &[
    // Only where the service runs, as it does by default.
    ("c12", Advice(advice::services_always_run), &["windows-2000/not-running"]),
    ("c12", SomebodyAnswers, &["windows-2000/not-running"]),
    ("c12", Part(parts::nothing_goes_out), &["windows-2000/relays", "windows-2000/advice"]),
    ("c13", Advice(advice::services_always_run), &["nt4/without-option-pack", "nt4/service-stopped"]),
    ("c13", SomebodyAnswers, &["nt4/without-option-pack", "nt4/service-stopped"]),
    ("c13", Advice(advice::windows_patch_for_nt4), &["nt4/advice"]),
    ("c13", Advice(|asked| advice::product_is_not_named(asked, "nt4-option-pack-smtp")), &["nt4/advice"]),
    ("c13", Part(parts::nothing_goes_out), &["nt4/relays"]),
    // Exchange 5.5 at install: answers, has the flaw, and relays as its routing setting says.
    (
        "c14",
        Part(parts::everybody_is_asked_at_once),
        &["exchange-5.5/at-install/null-session", "exchange-5.5/at-install/unauthorized-account"],
    ),
    ("c14", Part(parts::nothing_goes_out_for_strangers), &["exchange-5.5/at-install-anonymous"]),
    ("c14", Part(parts::nothing_goes_out), &["exchange-5.5/at-install-restricted-advice"]),
    ("c14", Part(parts::everything_goes_out), &["exchange-5.5/at-install-restricted/anonymous"]),
    (
        "c14",
        Part(parts::nothing_goes_out),
        &[
            "exchange-5.5/at-install-restricted/null-session",
            "exchange-5.5/at-install-restricted/unauthorized-account",
            "exchange-5.5/at-install-restricted/authorized-account",
        ],
    ),
    ("c14", Advice(advice::setting_for_every_exchange_55), &["exchange-5.5/at-install-restricted-advice"]),
    ("c14", Advice(advice::settings_are_not_advised), &["exchange-5.5/at-install-advice"]),
    ("c14", Advice(advice::patches_are_not_advised), &["exchange-5.5/at-install-advice"]),
    // 5.5 can relay for those who authenticate and for nobody else.
    ("c15", Part(parts::everything_goes_out), &["exchange-5.5/authenticated-only/anonymous", "exchange-5.5/refuses"]),
    ("c15", Part(parts::check_says_no), &["exchange-5.5/authenticated-only/authorized-account"]),
    ("c15", Part(parts::nothing_goes_out_for_strangers), &["exchange-5.5/unrestricted/anonymous"]),
    ("c15", Part(parts::nothing_goes_out), &["exchange-5.5/unrestricted"]),
    // 5.0 cannot.
    ("c15", Part(parts::nothing_goes_out_for_strangers), &["exchange-5.0/rerouting"]),
    ("c15", Part(parts::switch_is_without_effect), &["exchange-5.0/not-rerouting"]),
    ("c15", Part(parts::one_mailbox_is_refused), &["exchange-5.0/same-for-all"]),
    ("c16", Part(parts::nothing_goes_out_for_strangers), &["exchange-5.0/rerouting"]),
    ("c16", Part(parts::switch_is_without_effect), &["exchange-5.0/not-rerouting"]),
    // What protects a 5.0.
    ("c17", Advice(advice::settings_are_not_advised), &["exchange-5.0/advice-rerouting"]),
    ("c17", Advice(advice::switch_is_always_advised), &["exchange-5.0/advice-not-rerouting"]),
    ("c17", Advice(advice::protection_is_not_mentioned), &["exchange-5.0/advice-not-rerouting"]),
    ("c17", Part(parts::switch_is_without_effect), &["exchange-5.0/advice-not-rerouting"]),
    // What the switch costs.
    ("c18", Part(parts::gateway_is_shut), &["exchange-5.0/pop-client-own-domain"]),
    ("c18", Part(parts::switch_is_without_effect), &["exchange-5.0/pop-client-elsewhere"]),
    ("c18", Part(parts::nothing_goes_out), &["exchange-5.0/pop-client-rerouting"]),
    // And whom it does not.
    ("c19", Part(parts::mapi_is_shut_too), &["exchange-5.0/mapi"]),
    ("c19", Part(parts::mapi_mail_stays_inside), &["exchange-5.0/mapi"]),
];
