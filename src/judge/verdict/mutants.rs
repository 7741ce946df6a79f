//! Wrong judges. Each breaks one rule of the table at its seam, and each must be noticed by the rows that name the
//! rule.
//!
//! "Takes half a reply for a whole one" is a fault of reading and not of judging: the client's tests have it.

use rstest::rstest;

use super::table::rows;
use crate::judge::fixture::{login_refused, safe};
use crate::judge::record::{ExpectedFate, ExpectedOutcome};
use crate::judge::{
    Anybody, Attempt, Destination, Doubt, Evidence, Fate, NotRelayed, Role, Rules, Spoken, StandardRules, Verdict,
};

/// Takes a 250 for mail that went out.
struct BelievesA250AsRelayed;

impl Rules for BelievesA250AsRelayed {
    fn was_let_through(&self, attempt: &Attempt) -> bool {
        let claimed = matches!(attempt.fate, Fate::AcceptedUnproven { .. } | Fate::AcceptedNotSeen { .. });
        StandardRules.was_let_through(attempt) || claimed && attempt.destination == Destination::Remote
    }
}

/// Takes mail of which nothing was seen for mail that did not go out.
struct BelievesA250AsSafe;

impl Rules for BelievesA250AsSafe {
    fn counts_as_refused<'a>(&self, attempt: &'a Attempt, evidence: &Evidence) -> Result<NotRelayed<'a>, Doubt> {
        match attempt.fate {
            Fate::AcceptedUnproven { .. } | Fate::AcceptedNotSeen { .. } => Ok(NotRelayed::Returned),
            _ => StandardRules.counts_as_refused(attempt, evidence),
        }
    }
}

/// Does not look at the witness: what arrived is as good as unseen.
struct IgnoresTheWitness;

impl Rules for IgnoresTheWitness {
    fn was_let_through(&self, _: &Attempt) -> bool {
        false
    }
}

/// Takes what arrived from a role that may not relay for stopped.
struct TakesArrivedForStopped;

impl Rules for TakesArrivedForStopped {
    fn was_let_through(&self, attempt: &Attempt) -> bool {
        attempt.role == Role::AuthorizedAccount && StandardRules.was_let_through(attempt)
    }

    fn counts_as_refused<'a>(&self, attempt: &'a Attempt, evidence: &Evidence) -> Result<NotRelayed<'a>, Doubt> {
        match attempt.fate {
            Fate::Arrived { .. } => Ok(NotRelayed::Returned),
            _ => StandardRules.counts_as_refused(attempt, evidence),
        }
    }
}

/// Drops control (a) before safety.
struct DropsControlA;

impl Rules for DropsControlA {
    fn control_anonymous(&self, _: &Attempt, _: &Evidence) -> Result<String, Doubt> {
        Ok("dropped".to_owned())
    }
}

/// Drops control (a) before an accusation: takes every address for one that the server does not trust.
struct AccusesFromAnyAddress;

impl Rules for AccusesFromAnyAddress {
    fn anybody<'a>(&self, _: &str, _: &'a Evidence) -> Anybody<'a> {
        Anybody::Stopped
    }
}

/// Drops control (b).
struct DropsControlB;

impl Rules for DropsControlB {
    fn control_authorized(&self, _: &Attempt, _: NotRelayed<'_>, _: &Evidence) -> Result<String, Doubt> {
        Ok("dropped".to_owned())
    }
}

/// Takes every refusal for one about authorization.
struct DropsTheWording;

impl Rules for DropsTheWording {
    fn is_about_authorization(&self, _: &Spoken, _: &[String]) -> bool {
        true
    }
}

/// Takes all mail for taken.
struct DropsLocalMail;

impl Rules for DropsLocalMail {
    fn was_taken(&self, _: &Attempt) -> bool {
        true
    }
}

/// Drops control (c).
struct DropsControlC;

impl Rules for DropsControlC {
    fn control_authenticated(&self, _: &Attempt, _: &Evidence) -> Result<String, Doubt> {
        Ok("dropped".to_owned())
    }
}

/// Takes a refusal for one about authorization, whoever the sender.
struct DropsTheSender;

impl Rules for DropsTheSender {
    fn control_sender(&self, _: &Attempt, _: &Evidence) -> Result<(), Doubt> {
        Ok(())
    }
}

/// Drops control (d).
struct DropsControlD;

impl Rules for DropsControlD {
    fn control_not_for_its_sender(&self, _: &Attempt, _: NotRelayed<'_>, _: &Evidence) -> Result<(), Doubt> {
        Ok(())
    }
}

/// Control (e).
struct DropsControlE;

impl Rules for DropsControlE {
    fn control_not_for_another_cause(&self, _: &Attempt, _: NotRelayed<'_>, _: &Evidence) -> Result<(), Doubt> {
        Ok(())
    }
}

/// Takes a greylister's answer for a refusal.
struct BelievesGreylisting;

impl Rules for BelievesGreylisting {
    fn deferral_is_no_greylisting(&self, _: &Attempt, _: &Evidence) -> Result<(), Doubt> {
        Ok(())
    }
}

/// Takes what a role is put off with for a refusal, whatever anybody else is answered.
struct BelievesAQuota;

impl Rules for BelievesAQuota {
    fn deferral_is_what_anybody_gets(&self, _: &Attempt, _: &Evidence) -> Result<(), Doubt> {
        Ok(())
    }
}

/// Takes any 4xx for a refusal, tried again or not.
struct BelievesOneDeferral;

impl Rules for BelievesOneDeferral {
    fn counts_as_refused<'a>(&self, attempt: &'a Attempt, evidence: &Evidence) -> Result<NotRelayed<'a>, Doubt> {
        match &attempt.fate {
            Fate::Deferred { at, reply, .. } => Ok(NotRelayed::Deferred { at: *at, reply }),
            _ => StandardRules.counts_as_refused(attempt, evidence),
        }
    }
}

/// Takes silence for a refusal.
struct TakesSilenceForARefusal;

impl Rules for TakesSilenceForARefusal {
    fn counts_as_refused<'a>(&self, attempt: &'a Attempt, evidence: &Evidence) -> Result<NotRelayed<'a>, Doubt> {
        match attempt.fate {
            Fate::NoAnswer(_) | Fate::NotTried { .. } => Ok(NotRelayed::Returned),
            _ => StandardRules.counts_as_refused(attempt, evidence),
        }
    }
}

/// Does not mind what leaves open what became of the mail.
struct DropsWhatLeavesItOpen;

impl Rules for DropsWhatLeavesItOpen {
    fn counts_as_refused<'a>(&self, attempt: &'a Attempt, evidence: &Evidence) -> Result<NotRelayed<'a>, Doubt> {
        match attempt.fate {
            Fate::Unsettled { .. } => Ok(NotRelayed::Unseen),
            _ => StandardRules.counts_as_refused(attempt, evidence),
        }
    }
}

#[rstest]
#[case::believes_a_250_as_relayed(&BelievesA250AsRelayed, &[
    "a_250_is_a_claim_and_not_a_proof_of_relaying",
    "an_anonymous_250_is_a_claim_and_not_a_proof",
    "control_b_arrives_where_there_is_a_witness",
    "an_authorized_account_whose_mail_is_accepted_is_not_proved_to_be_served",
])]
#[case::believes_a_250_as_safe(&BelievesA250AsSafe, &[
    "accepted_and_unproven_is_inconclusive_although_anonymous_mail_is_too",
    "accepted_but_not_seen_is_inconclusive_where_authorized_mail_was_seen_earlier",
])]
#[case::ignores_the_witness(&IgnoresTheWitness, &[
    "witnessed_mail_of_an_unauthorized_role_deviates",
    "witnessed_anonymous_mail_deviates_from_outside",
    "an_authorized_account_whose_mail_arrives_is_served",
])]
#[case::takes_arrived_for_stopped(&TakesArrivedForStopped, &[
    "witnessed_mail_of_an_unauthorized_role_deviates",
    "witnessed_anonymous_mail_is_inconclusive_from_inside",
])]
#[case::drops_control_a(&DropsControlA, &[
    "control_a_is_asked_for",
    "control_a_needs_an_answer",
    "control_a_is_tried_with_the_roles_sender_too",
    "control_a_has_the_same_forward_path",
    "nothing_can_be_said_about_a_refused_role_from_an_address_that_relays",
    "deferred_twice_needs_control_a",
])]
#[case::accuses_from_any_address(&AccusesFromAnyAddress, &[
    "nothing_can_be_said_about_a_relayed_role_from_an_address_that_relays",
    "nothing_can_be_said_about_a_relayed_role_from_inside",
    "witnessed_mail_without_an_anonymous_answer_is_inconclusive_from_elsewhere",
])]
#[case::drops_control_b(&DropsControlB, &[
    "control_b_is_asked_for",
    "control_b_fails_where_the_recipient_is_refused_for_dns",
    "control_b_has_the_same_forward_path",
    "control_b_did_authenticate",
    "control_b_without_a_witness_has_not_passed_a_later_command",
    "accepted_but_not_seen_is_inconclusive_where_authorized_mail_was_not_seen",
    "deferred_twice_needs_control_b",
    "a_closed_server_with_an_account_named_leaves_other_roles_open",
    "authorized_none_is_inconclusive_where_the_refusal_says_nothing",
])]
#[case::drops_the_wording(&DropsTheWording, &[
    "authorized_none_is_inconclusive_where_the_refusal_says_nothing",
    "authorized_none_takes_no_empty_wording",
    "authorized_none_takes_no_longer_code",
])]
#[case::drops_local_mail(&DropsLocalMail, &[
    "authorized_none_needs_local_mail_to_be_taken",
    "a_gateway_that_refuses_local_mail_deviates",
    "deferred_twice_is_inconclusive_where_fresh_local_mail_was_deferred_too",
])]
#[case::drops_control_c(&DropsControlC, &[
    "a_typo_in_the_password_does_not_look_like_safety",
    "control_c_does_not_hold_by_another_roles_login_refused",
    "not_without_tls_is_inconclusive",
    "a_mechanism_that_cannot_be_had_is_skipped",
    "a_refusal_to_a_role_that_did_not_authenticate_is_inconclusive",
])]
#[case::drops_the_sender(&DropsTheSender, &[
    "a_refusal_of_a_role_without_a_sender_is_inconclusive",
    "an_anonymous_refusal_with_no_sender_of_the_file_is_inconclusive",
    "a_local_refusal_without_a_sender_is_inconclusive",
])]
#[case::drops_control_d(&DropsControlD, &[
    "a_slip_in_the_sender_does_not_look_like_safety",
    "what_is_answered_to_this_sender_alone_is_not_what_anybody_is_answered",
    "a_sender_is_why_for_anybody_whatever_the_wording",
    "an_anonymous_refusal_at_mail_may_be_for_the_sender",
    "authorized_none_asks_for_the_sender_too",
])]
#[case::drops_control_e(&DropsControlE, &[
    "a_refusal_for_dns_is_inconclusive_where_the_authorized_account_is_let_through_before_it",
    "an_accounts_quota_is_no_want_of_rights",
    "a_refusal_for_the_clients_host_is_inconclusive",
    "a_refusal_for_a_block_list_is_inconclusive_whatever_its_code",
    "a_refusal_of_a_recipient_without_a_route_is_inconclusive_without_a_code_too",
    "a_refusal_for_want_of_tls_is_inconclusive",
    "a_client_that_is_refused_whatever_the_recipient_is_inconclusive",
])]
#[case::believes_greylisting(&BelievesGreylisting, &[
    "deferred_twice_is_inconclusive_where_fresh_local_mail_was_deferred_too",
    "deferred_twice_is_inconclusive_where_no_local_mail_was_tried",
    "deferred_twice_is_inconclusive_where_another_client_sent_the_local_mail",
    "deferred_twice_is_inconclusive_where_the_local_mails_sender_was_not_fresh",
])]
#[case::believes_a_quota(&BelievesAQuota, &["deferred_alone_is_inconclusive"])]
#[case::believes_one_deferral(&BelievesOneDeferral, &["deferred_once_is_inconclusive"])]
#[case::takes_silence_for_a_refusal(&TakesSilenceForARefusal, &[
    "a_closed_connection_is_inconclusive",
    "a_reset_is_inconclusive",
    "no_answer_in_time_is_inconclusive",
    "a_role_that_cannot_authenticate_and_sent_no_mail_is_inconclusive",
])]
#[case::drops_what_leaves_it_open(&DropsWhatLeavesItOpen, &[
    "accepted_and_told_to_be_delayed_is_inconclusive",
    "accepted_and_told_to_be_relayed_is_inconclusive",
    "accepted_and_answered_automatically_is_inconclusive",
    "accepted_and_not_seen_beside_mail_without_a_mark_is_inconclusive",
    "a_copy_to_a_third_party_is_no_proof_of_relaying",
    "a_copy_of_refused_mail_to_a_third_party_is_inconclusive",
])]
fn a_wrong_judge_is_noticed(#[case] mutant: &dyn Rules, #[case] by: &[&str]) {
    let rows = rows();
    let survived: Vec<&str> = by
        .iter()
        .copied()
        .filter(|name| {
            let row = rows.iter().find(|row| row.name == *name).unwrap_or_else(|| panic!("no row {name}"));
            row.judged_by(mutant).verdict == row.verdict
        })
        .collect();
    assert_eq!(survived, Vec::<&str>::new(), "rows that do not notice");
}

/// The record on a real machine asks for the same controls, so that it notices the judges that drop one.
#[rstest]
#[case::drops_control_a(&DropsControlA, safe().without(Role::Anonymous))]
#[case::drops_control_b(&DropsControlB, safe().without(Role::AuthorizedAccount))]
#[case::drops_control_c(&DropsControlC, safe().answered(Role::UnauthorizedAccount, login_refused()))]
#[case::drops_the_sender(&DropsTheSender, safe().declaring(|file| file.sender_given.clear()))]
fn a_wrong_judge_is_noticed_by_the_record(#[case] mutant: &dyn Rules, #[case] evidence: Evidence) {
    let expected = ExpectedOutcome::of_mail(ExpectedFate::Refused);
    let judged_by = |rules: &dyn Rules| rules.record(expected, Role::UnauthorizedAccount, &evidence, false).verdict;
    assert_eq!(judged_by(&StandardRules), Verdict::Inconclusive);
    assert_eq!(judged_by(mutant), Verdict::Conformant);
}

/// The rules themselves are no mutant: otherwise the table above would prove nothing.
#[test]
fn the_right_judge_is_not_noticed() {
    let noticed: Vec<&str> =
        rows().iter().filter(|row| row.judged_by(&StandardRules).verdict != row.verdict).map(|row| row.name).collect();
    assert_eq!(noticed, Vec::<&str>::new());
}
