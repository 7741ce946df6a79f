//! Cause, effect and bounds: c07 to c11.

use super::super::wrong_parts as parts;
use super::Row;
use super::Wrong::Part;

pub(super) const ROWS: &[Row] = &[
    // The check alone decides.
    ("c07", Part(parts::nobody_is_asked), &["cause/same-credentials"]),
    ("c07", Part(parts::everybody_is_asked_later), &["cause/same-credentials"]),
    ("c07", Part(parts::any_password_will_do), &["windows-2000/refuses/wrong-password", "nt4/refuses/wrong-password"]),
    ("c07", Part(parts::guest_is_always_enabled), &["windows-2000/refuses/guest", "nt4/refuses/guest"]),
    // Whoever can authenticate relays.
    (
        "c08",
        Part(parts::everybody_is_asked_later),
        &[
            "windows-2000/relays/null-session",
            "windows-2000/relays/unauthorized-account",
            "windows-2000/guest-enabled",
            "nt4/relays/null-session",
            "exchange-5.5/relays/exchange-5.5-on-nt4-restricted/null-session",
        ],
    ),
    // Where Guest is off, that cell reads "cannot authenticate".
    (
        "c08",
        Part(parts::guest_is_always_enabled),
        &[
            "windows-2000/refuses/guest",
            "nt4/refuses/guest",
            "exchange-5.5/refuses/exchange-5.5-on-nt4-restricted/guest",
            "exchange-5.5/refuses/exchange-5.5-on-windows-2000-restricted/guest",
        ],
    ),
    (
        "c08",
        Part(parts::guest_is_never_enabled),
        &["windows-2000/guest-enabled", "nt4/guest-enabled", "exchange-5.5/guest-enabled"],
    ),
    (
        "c08",
        Part(parts::nobody_authenticates),
        &["windows-2000/relays", "nt4/relays", "exchange-5.5/relays", "windows-2000/guest-enabled"],
    ),
    // The mail leaves as the server's own.
    ("c09", Part(parts::trace_names_another), &["effect/trace"]),
    ("c09", Part(parts::another_trace_is_on_top), &["effect/trace"]),
    ("c09", Part(parts::no_trace_is_left), &["effect/trace"]),
    ("c09", Part(parts::many_are_too_many), &["effect/many-recipients"]),
    ("c09", Part(parts::one_of_many_is_left_out), &["effect/many-recipients"]),
    ("c09", Part(parts::sender_has_to_be_ones_own), &["effect/forged-sender"]),
    ("c09", Part(parts::foreign_mail_is_passed_inside), &["effect"]),
    // Nothing beyond it.
    (
        "c10",
        Part(parts::queues_are_given_out),
        &[
            "bounds/commands/nt4-option-pack/turn",
            "bounds/commands/nt4-option-pack/atrn-elsewhere.example",
            "bounds/commands/windows-2000/turn",
            "bounds/commands/windows-2000/atrn-elsewhere.example",
            "bounds/commands/exchange-5.5-on-nt4-restricted/turn",
            "bounds/commands/exchange-5.5-on-nt4-restricted/atrn-elsewhere.example",
        ],
    ),
    (
        "c10",
        Part(parts::lists_are_expanded),
        &[
            "bounds/commands/nt4-option-pack/expn-staff",
            "bounds/commands/windows-2000/expn-staff",
            "bounds/commands/exchange-5.5-on-nt4-restricted/expn-staff",
        ],
    ),
    ("c10", Part(parts::anybody_is_any_mailbox), &["bounds/another-mailbox"]),
    ("c10", Part(parts::nobody_is_any_mailbox), &["bounds/another-mailbox/null-session"]),
    ("c10", Part(parts::mismatch_is_temporary), &["bounds/another-mailbox"]),
    ("c10", Part(parts::sender_has_to_be_ones_own), &["bounds/own-mailbox"]),
    // Relaying where it is meant.
    ("c11", Part(parts::gateway_is_shut), &["gateway"]),
    ("c11", Part(parts::own_mail_goes_out), &["gateway"]),
    // A null session is authorized where the check is missing, and a stranger where it is not.
    (
        "c11",
        Part(parts::gateway_is_for_strangers),
        &[
            "gateway/from-anyone/nt4-option-pack/null-session",
            "gateway/from-anyone/nt4-option-pack/authorized-account",
            "gateway/from-anyone/nt4-option-pack-patched/authorized-account",
            "gateway/from-anyone/windows-2000/null-session",
            "gateway/from-anyone/windows-2000/authorized-account",
            "gateway/from-anyone/windows-2000-patched/authorized-account",
            "gateway/from-anyone/exchange-5.5-on-nt4-restricted/null-session",
            "gateway/from-anyone/exchange-5.5-on-nt4-restricted/authorized-account",
            "gateway/from-anyone/exchange-5.5-on-nt4-restricted-patched/authorized-account",
            "gateway/from-anyone/exchange-5.5-on-windows-2000-restricted/null-session",
            "gateway/from-anyone/exchange-5.5-on-windows-2000-restricted/authorized-account",
            "gateway/from-anyone/exchange-5.5-on-windows-2000-restricted-connector-patch/authorized-account",
        ],
    ),
    ("c11", Part(parts::switch_is_without_effect), &["gateway/own-domain-only"]),
    ("c11", Part(parts::foreign_mail_is_passed_inside), &["gateway/own-domain-only"]),
];
