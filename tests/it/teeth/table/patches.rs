//! Patches, and the protocol itself: c20 to c24.

use super::super::wrong_advice as advice;
use super::super::wrong_parts as parts;
use super::Row;
use super::Wrong::{Advice, Part};

pub(super) const ROWS: &[Row] = &[
    // Exchange 5.5 on Windows 2000: the connector's patch, and only that.
    (
        "c20",
        Part(parts::nobody_is_asked),
        &[
            "exchange-5.5/windows-2000-patches/exchange-5.5-on-windows-2000-restricted-connector-patch/null-session",
            "exchange-5.5/windows-2000-patches/exchange-5.5-on-windows-2000-restricted-connector-patch/unauthorized-account",
            "exchange-5.5/windows-2000-patches/exchange-5.5-on-windows-2000-restricted-both-patches/null-session",
            "exchange-5.5/windows-2000-patches/exchange-5.5-on-windows-2000-restricted-both-patches/unauthorized-account",
            "exchange-5.5/two-listeners/connector",
        ],
    ),
    (
        "c20",
        Part(parts::everybody_is_asked_later),
        &[
            "exchange-5.5/windows-2000-patches/exchange-5.5-on-windows-2000-restricted/null-session",
            "exchange-5.5/windows-2000-patches/exchange-5.5-on-windows-2000-restricted/unauthorized-account",
            "exchange-5.5/windows-2000-patches/exchange-5.5-on-windows-2000-restricted-windows-patch/null-session",
            "exchange-5.5/windows-2000-patches/exchange-5.5-on-windows-2000-restricted-windows-patch/unauthorized-account",
            "exchange-5.5/two-listeners/native",
        ],
    ),
    // Whoever may use it is served with any of the patches.
    (
        "c20",
        Part(parts::nothing_goes_out),
        &[
            "exchange-5.5/windows-2000-patches/exchange-5.5-on-windows-2000-restricted/authorized-account",
            "exchange-5.5/windows-2000-patches/exchange-5.5-on-windows-2000-restricted-windows-patch/authorized-account",
            "exchange-5.5/windows-2000-patches/exchange-5.5-on-windows-2000-restricted-connector-patch/authorized-account",
            "exchange-5.5/windows-2000-patches/exchange-5.5-on-windows-2000-restricted-both-patches/authorized-account",
        ],
    ),
    (
        "c20",
        Part(parts::check_says_no),
        &[
            "exchange-5.5/windows-2000-patches/exchange-5.5-on-windows-2000-restricted-connector-patch/authorized-account",
            "exchange-5.5/windows-2000-patches/exchange-5.5-on-windows-2000-restricted-both-patches/authorized-account",
        ],
    ),
    (
        "c20",
        Advice(advice::windows_patch_for_everybody),
        &["exchange-5.5/windows-2000-advice", "exchange-5.5/two-listeners-advice"],
    ),
    (
        "c20",
        Advice(advice::patches_are_overlooked),
        &[
            "exchange-5.5/windows-2000-advice/exchange-5.5-on-windows-2000-restricted-connector-patch",
            "exchange-5.5/windows-2000-advice/exchange-5.5-on-windows-2000-restricted-both-patches",
            "exchange-5.5/two-listeners-advice",
        ],
    ),
    (
        "c20",
        Advice(advice::setting_for_every_exchange_55),
        &["exchange-5.5/windows-2000-advice", "exchange-5.5/two-listeners-advice"],
    ),
    // Exchange 2000 needs no patch for this.
    (
        "c21",
        Part(parts::nobody_is_asked),
        &["exchange-2000/refuses/null-session", "exchange-2000/refuses/unauthorized-account"],
    ),
    ("c21", Part(parts::check_says_no), &["exchange-2000/serves"]),
    ("c21", Advice(|asked| advice::product_is_affected(asked, "exchange-2000")), &["exchange-2000/advice"]),
    ("c21", Advice(advice::ms02_012_is_forgotten), &["exchange-2000/advice"]),
    ("c21", Advice(advice::windows_patch_of_exchange_2000_is_for_both), &["exchange-2000/advice"]),
    ("c21", Part(parts::nobody_is_asked), &["exchange-2000/advice"]),
    ("c21", Advice(advice::patches_are_not_advised), &["exchange-2000/advice"]),
    // The patch puts the check in.
    (
        "c22",
        Part(parts::check_says_yes),
        &[
            "patch/refuses/nt4-option-pack-patched/null-session",
            "patch/refuses/nt4-option-pack-patched/unauthorized-account",
            "patch/refuses/windows-2000-patched/null-session",
            "patch/refuses/windows-2000-patched/unauthorized-account",
            "patch/refuses/exchange-5.5-on-nt4-restricted-patched/null-session",
            "patch/refuses/exchange-5.5-on-nt4-restricted-patched/unauthorized-account",
            "patch/refuses/exchange-5.5-on-windows-2000-restricted-connector-patch/null-session",
            "patch/refuses/exchange-5.5-on-windows-2000-restricted-connector-patch/unauthorized-account",
        ],
    ),
    ("c22", Part(parts::check_says_no), &["patch/serves"]),
    ("c22", Part(parts::everything_goes_out), &["patch/refuses"]),
    // One Windows patch for both bulletins.
    ("c23", Part(parts::chunks_are_never_checked), &["patch/bdat-patched"]),
    ("c23", Part(parts::chunks_are_always_checked), &["patch/bdat-unpatched"]),
    ("c23", Part(parts::service_survives), &["patch/bdat-unpatched", "patch/bdat-patched"]),
    ("c23", Part(parts::one_connection_is_closed), &["patch/bdat-unpatched", "patch/bdat-patched"]),
    ("c23", Part(parts::chunks_are_checked_in_vain), &["patch/bdat-patched", "patch/bdat-in-sequence"]),
    ("c23", Part(parts::only_auth_is_checked), &["patch/bdat-in-sequence"]),
    ("c23", Part(parts::nothing_goes_out), &["patch/one-patch"]),
    ("c23", Part(parts::check_says_yes), &["patch/one-patch"]),
    ("c23", Advice(advice::setting_for_everybody), &["patch/one-patch"]),
    ("c23", Advice(advice::one_patch_a_bulletin), &["patch/one-patch"]),
    ("c23", Advice(advice::patches_are_overlooked), &["patch/one-patch"]),
    ("c23", Advice(advice::ms02_012_is_forgotten), &["patch/one-patch"]),
    // An ordinary session works everywhere.
    ("c24", Part(parts::greeting_turns_away), &["protocol/session-of-a-host-not-listed"]),
    ("c24", Part(parts::quit_is_not_known), &["protocol/session-of-a-host-not-listed"]),
    ("c24", Part(parts::everything_goes_out), &["protocol/session-of-a-host-not-listed"]),
    ("c24", Part(parts::nobody_authenticates), &["protocol/session-that-signs-in"]),
    ("c24", Part(parts::greeting_turns_away), &["protocol/ordinary-session", "protocol/session-that-signs-in"]),
    ("c24", Part(parts::data_is_not_begun), &["protocol/ordinary-session", "protocol/session-that-signs-in"]),
    ("c24", Part(parts::quit_is_not_known), &["protocol/ordinary-session", "protocol/session-that-signs-in"]),
    ("c24", Part(parts::gateway_is_shut), &["protocol/ordinary-session", "protocol/session-that-signs-in"]),
    ("c24", Part(parts::own_mail_goes_out), &["protocol/ordinary-session", "protocol/session-that-signs-in"]),
    ("c24", Part(parts::own_mail_is_dropped), &["protocol/ordinary-session", "protocol/session-that-signs-in"]),
    ("c24", Part(parts::no_trace_is_left), &["protocol/ordinary-session", "protocol/session-that-signs-in"]),
    ("c24", Part(parts::trace_has_a_line_too_many), &["protocol/ordinary-session", "protocol/session-that-signs-in"]),
];
