//! The systems that have the flaw and those that have not: c01 to c06.

use super::super::wrong_advice as advice;
use super::super::wrong_parts as parts;
use super::Row;
use super::Wrong::{Advice, Part};

pub(super) const ROWS: &[Row] = &[
    // The SMTP service of Windows 2000 has the flaw.
    ("c01", Part(parts::everybody_is_asked_later), &["windows-2000/relays/null-session", "windows-2000/advice"]),
    ("c01", Part(parts::null_session_is_nobody), &["windows-2000/relays/null-session"]),
    ("c01", Part(parts::nothing_goes_out), &["windows-2000/relays"]),
    ("c01", Part(parts::everything_goes_out), &["windows-2000/refuses"]),
    ("c01", Part(parts::refused_mail_is_returned), &["windows-2000/refuses"]),
    ("c01", Advice(|asked| advice::product_is_not_named(asked, "windows-2000-smtp")), &["windows-2000/advice"]),
    // NT 4.0 has it, which the text of 2002 did not know.
    ("c02", Part(parts::everybody_is_asked_later), &["nt4/relays/null-session", "nt4/relays/unauthorized-account"]),
    ("c02", Part(parts::nothing_goes_out), &["nt4/relays"]),
    ("c02", Advice(advice::dates_do_not_matter), &["nt4/text-of-2002"]),
    ("c02", Advice(advice::windows_patch_for_nt4), &["nt4/advice"]),
    ("c02", Advice(advice::windows_patch_in_place_of_nt4s), &["nt4/advice"]),
    ("c02", Advice(advice::setting_for_everybody), &["nt4/advice", "nt4/text-of-2002"]),
    ("c02", Part(parts::everything_goes_out), &["nt4/refuses"]),
    // Exchange 5.5 has it, on both systems.
    (
        "c03",
        Part(parts::everybody_is_asked_at_once),
        &[
            "exchange-5.5/relays/exchange-5.5-on-nt4-restricted/null-session",
            "exchange-5.5/relays/exchange-5.5-on-nt4-restricted/unauthorized-account",
            "exchange-5.5/relays/exchange-5.5-on-windows-2000-restricted/null-session",
            "exchange-5.5/relays/exchange-5.5-on-windows-2000-restricted/unauthorized-account",
        ],
    ),
    ("c03", Part(parts::nothing_goes_out), &["exchange-5.5/relays"]),
    ("c03", Part(parts::everything_goes_out), &["exchange-5.5/refuses"]),
    // Exchange 2000 does not have it.
    (
        "c04",
        Part(parts::nobody_is_asked),
        &["exchange-2000/refuses/null-session", "exchange-2000/refuses/unauthorized-account"],
    ),
    ("c04", Part(parts::everything_goes_out), &["exchange-2000/refuses"]),
    ("c04", Part(parts::check_says_no), &["exchange-2000/serves"]),
    // Exchange 5.0 cannot decide by authentication.
    (
        "c05",
        Part(parts::everyone_has_auth),
        &["exchange-5.0/rerouting/null-session", "exchange-5.0/not-rerouting/null-session"],
    ),
    ("c05", Part(parts::unknown_is_not_implemented), &["exchange-5.0/no-auth"]),
    ("c05", Part(parts::one_mailbox_is_refused), &["exchange-5.0/same-for-all"]),
    ("c05", Part(parts::nothing_goes_out_for_strangers), &["exchange-5.0/rerouting", "exchange-5.0/advice-rerouting"]),
    ("c05", Part(parts::switch_is_without_effect), &["exchange-5.0/not-rerouting"]),
    ("c05", Advice(|asked| advice::product_is_affected(asked, "exchange-5.0")), &["exchange-5.0/advice-rerouting"]),
    // Windows XP Professional does not have it.
    (
        "c06",
        Part(parts::nobody_is_asked),
        &["windows-xp/refuses/null-session", "windows-xp/refuses/unauthorized-account"],
    ),
    ("c06", Part(parts::everything_goes_out), &["windows-xp/refuses"]),
    ("c06", Part(parts::check_says_no), &["windows-xp/serves"]),
    ("c06", Advice(|asked| advice::product_is_affected(asked, "windows-xp-smtp")), &["windows-xp/advice"]),
    ("c06", Advice(advice::ms02_012_is_forgotten), &["windows-xp/advice"]),
    ("c06", Advice(advice::nothing_is_done_about_ms02_012), &["windows-xp/advice"]),
    ("c06", Part(parts::nobody_is_asked), &["windows-xp/advice"]),
];
