//! (d): the refusal is not about the sender.

use super::Asked::{LocalMail, Relay};
use super::table;
use crate::judge::fixture::{
    LOCAL, accepted, attempt, closed_server, deferred, login_refused, refused, relayed, safe, spoken, unproven, unseen,
};
use crate::judge::{Attempt, Evidence, Fate, Role, Spoken, Stage};

const ROLE: Role = Role::UnauthorizedAccount;

/// What Postfix answers to another's sender (postconf(5), `reject_sender_login_mismatch`).
fn not_owned() -> Fate {
    Fate::Refused {
        at: Stage::Rcpt,
        reply: spoken(553, Some("5.7.1"), "5.7.1 <bbo@inside.example>: Sender address rejected: not owned by user bob"),
    }
}

/// RFC 3463 3.2: X.1.8 is "Bad sender's system address".
fn unknown_domain(at: Stage) -> Fate {
    Fate::Refused { at, reply: spoken(550, Some("5.1.8"), "5.1.8 Sender address rejected: Domain not found") }
}

fn at_mail(code: u16, enhanced: Option<&str>) -> Fate {
    Fate::Refused { at: Stage::Mail, reply: spoken(code, enhanced, "Not from you") }
}

/// The account is refused so, the anonymous client is as ever, and no local mail of the account was tried.
fn account(fate: Fate) -> Evidence {
    safe().without_own_local_mail().ending(ROLE, fate)
}

fn own_local(fate: Fate) -> Attempt {
    attempt(ROLE).locally().ending(fate)
}

/// The anonymous client's mail with its own sender ends so.
fn anonymous_itself(evidence: Evidence, fate: Fate) -> Evidence {
    evidence.changing(|attempt| {
        if attempt.role == Role::Anonymous
            && attempt.sender_of == Role::Anonymous
            && attempt.forward_path.contains("elsewhere")
        {
            attempt.fate = fate.clone();
        }
    })
}

/// Everybody is refused at MAIL, and the local recipient's mail is not.
fn all_at_mail(fate: &Fate) -> Evidence {
    safe().without_own_local_mail().ending(Role::Anonymous, fate.clone()).ending(ROLE, fate.clone())
}

/// Nobody has a sender of its own.
fn sharing(evidence: Evidence) -> Evidence {
    evidence.changing(|attempt| attempt.reverse_path = "shared@inside.example".to_owned())
}

table! {
    a_slip_in_the_sender_does_not_look_like_safety:
        Relay(ROLE), account(not_owned())
        => Inconclusive, "may have been refused for its sender unauthorized-account@inside.example; check the `sender` of `unauthorized-account`, or, where";

    a_slip_in_the_sender_is_refused_for_local_mail_too:
        Relay(ROLE), account(not_owned()).and(own_local(not_owned()))
        => Inconclusive, "may have been refused for its sender";

    // A server may guard each address of its own: `not logged in` to the anonymous client, whose own sender is one of them,
    // and `not owned` to the account.
    what_anybody_is_answered_to_a_sender_of_the_servers_own_may_be_for_the_sender:
        Relay(ROLE),
        anonymous_itself(account(not_owned()).ending(Role::Anonymous, not_owned()), not_owned())
            .changing(|attempt| if attempt.sender_of == Role::Anonymous { attempt.reverse_path = "desk@INSIDE.example".to_owned(); })
        => Inconclusive, "may have been refused for its sender";

    where_no_local_recipient_is_named_naming_one_is_a_remedy:
        Relay(ROLE),
        account(not_owned()).keeping(|attempt| attempt.forward_path != LOCAL)
        => Inconclusive, "check the `sender` of `unauthorized-account`, name a `local-recipient`, or, where";

    a_sender_whose_local_mail_is_taken_is_not_why:
        Relay(ROLE), account(not_owned()).and(own_local(unseen())) => Conformant, "553 5.7.1";

    local_mail_of_another_sender_shows_nothing_of_this_one:
        Relay(ROLE), account(not_owned()).and(own_local(unseen()).with_fresh_sender())
        => Inconclusive, "may have been refused for its sender";

    local_mail_of_another_role_shows_nothing_of_this_one:
        Relay(ROLE),
        account(not_owned()).and(Attempt { role: Role::AuthorizedAccount, sender_of: Role::AuthorizedAccount, ..own_local(unseen()) })
        => Inconclusive, "may have been refused for its sender";

    local_mail_by_another_mechanism_shows_nothing_of_this_one:
        Relay(ROLE), account(not_owned()).and(own_local(unseen()).by("LOGIN"))
        => Inconclusive, "may have been refused for its sender";

    local_mail_without_a_login_shows_nothing_of_the_account:
        Relay(ROLE), account(not_owned()).and(own_local(unseen()).answered(login_refused()))
        => Inconclusive, "may have been refused for its sender";

    local_mail_has_to_pass_the_command_that_refused:
        Relay(ROLE),
        account(refused(Stage::EndOfData)).and(own_local(unproven(Stage::Rcpt)))
        => Inconclusive, "may have been refused for its sender";

    local_mail_that_passed_the_command_that_refused_is_enough:
        Relay(ROLE), account(not_owned()).and(own_local(unproven(Stage::Rcpt))) => Conformant, "553 5.7.1";

    a_refusal_in_a_wording_of_the_file_is_not_for_the_sender:
        Relay(ROLE), account(not_owned()).wording(&["NOT OWNED by"]) => Conformant, "553 5.7.1";

    a_wording_of_the_file_may_be_in_any_line:
        Relay(ROLE),
        account(Fate::Refused {
            at: Stage::Rcpt,
            reply: Spoken { more: vec!["No rights here".to_owned()], ..spoken(553, None, "bob, listen:") },
        })
        .wording(&["no rights"])
        => Conformant, "553 bob, listen:";

    another_wording_of_the_file_shows_nothing:
        Relay(ROLE), account(not_owned()).wording(&["relay access denied", ""])
        => Inconclusive, "may have been refused for its sender";

    what_anybody_is_answered_is_not_for_the_sender:
        Relay(ROLE), account(refused(Stage::Rcpt)) => Conformant, "550 5.7.1 Unable to relay";

    what_anybody_is_answered_has_the_same_code:
        Relay(ROLE),
        account(Fate::Refused { at: Stage::Rcpt, reply: spoken(553, Some("5.7.1"), "Unable to relay") })
        => Inconclusive, "may have been refused for its sender";

    what_anybody_is_answered_has_the_same_enhanced_code:
        Relay(ROLE),
        account(Fate::Refused { at: Stage::Rcpt, reply: spoken(550, Some("5.7.0"), "Unable to relay") })
        => Inconclusive, "may have been refused for its sender";

    what_anybody_is_answered_is_answered_to_the_same_command:
        Relay(ROLE), account(refused(Stage::Data)) => Inconclusive, "may have been refused for its sender";

    what_anybody_is_answered_is_answered_to_the_same_sender:
        Relay(ROLE),
        account(refused(Stage::Rcpt)).changing(|attempt| if attempt.role == Role::Anonymous && attempt.sender_of == ROLE {
            attempt.fate = not_owned();
        })
        => Inconclusive, "may have been refused for its sender";

    what_anybody_is_answered_is_about_the_same_recipient:
        Relay(ROLE),
        account(not_owned()).and(attempt(Role::Anonymous).sent_as(ROLE).addressed_to("other@elsewhere.example").ending(not_owned()))
        => Inconclusive, "may have been refused for its sender";

    // The sender of another account: `not logged in` to the anonymous client, `not owned` to the account, the codes alike.
    what_is_answered_to_this_sender_alone_is_not_what_anybody_is_answered:
        Relay(ROLE),
        anonymous_itself(account(not_owned()).ending(Role::Anonymous, not_owned()), refused(Stage::Rcpt))
        => Inconclusive, "may have been refused for its sender";

    a_null_session_that_authenticates_is_asked_as_an_account_is:
        Relay(Role::NullSession),
        safe().answered(Role::NullSession, accepted()).ending(Role::NullSession, not_owned())
        => Inconclusive, "check the `sender` of `null-session`";

    nobody_mistypes_the_senders_of_the_model:
        Relay(ROLE), account(unknown_domain(Stage::Mail)).declaring(|file| file.passwords_are_ours = true)
        => Conformant, "5.1.8";

    what_is_seen_is_not_asked_for_its_sender:
        Relay(ROLE), account(relayed()) => Deviates, "arrived at the witness";

    a_sender_without_a_domain_is_why:
        Relay(ROLE), account(unknown_domain(Stage::Rcpt)).and(own_local(unseen()))
        => Inconclusive, "; check the `sender` of `unauthorized-account`";

    a_malformed_sender_is_why:
        Relay(ROLE),
        account(Fate::Refused { at: Stage::Rcpt, reply: spoken(553, Some("5.1.7"), "Bad sender") }).wording(&["bad sender"])
        => Inconclusive, "may have been refused for its sender";

    // The code says whom it is about, in whichever words.
    a_sender_is_why_for_anybody_whatever_the_wording:
        Relay(Role::Anonymous),
        safe().ending(Role::Anonymous, unknown_domain(Stage::Rcpt)).wording(&["domain not found"])
        => Inconclusive, "it may have been refused for its sender anonymous@client.example";

    a_sender_is_why_for_anybody:
        Relay(Role::Anonymous), safe().ending(Role::Anonymous, unknown_domain(Stage::Rcpt))
        => Inconclusive, "; check the `sender` of `anonymous`";

    a_sender_is_why_for_a_role_that_cannot_authenticate:
        Relay(Role::Guest), safe().ending(Role::Guest, unknown_domain(Stage::Rcpt))
        => Inconclusive, "; check the `sender` of `guest`";

    a_sender_that_a_gateway_does_not_take_is_no_reason_to_accuse_it:
        LocalMail,
        safe().changing(|attempt| if attempt.forward_path == LOCAL {
            attempt.fate = unknown_domain(Stage::Mail);
        })
        => Inconclusive, "; check the `sender` of `anonymous`";

    an_anonymous_refusal_at_mail_may_be_for_the_sender:
        Relay(Role::Anonymous),
        safe()
            .ending(Role::Anonymous, at_mail(550, None))
            .keeping(|attempt| attempt.sender_of == attempt.role && attempt.forward_path != LOCAL)
        => Inconclusive, "may have been refused for its sender anonymous@client.example";

    an_anonymous_refusal_at_mail_is_not_for_a_sender_whose_local_mail_passes_it:
        Relay(Role::Anonymous),
        safe().ending(Role::Anonymous, at_mail(550, None)).keeping(|attempt| attempt.sender_of == attempt.role)
        => Conformant, "was refused at MAIL: 550 Not from you";

    local_mail_that_is_refused_later_passed_mail:
        Relay(Role::Anonymous),
        safe()
            .ending(Role::Anonymous, at_mail(550, None))
            .keeping(|attempt| attempt.sender_of == attempt.role)
            .changing(|attempt| if attempt.forward_path == LOCAL { attempt.fate = refused(Stage::Rcpt); })
        => Conformant, "was refused at MAIL: 550 Not from you";

    local_mail_that_mail_refused_did_not_pass_it:
        Relay(Role::Anonymous),
        safe()
            .ending(Role::Anonymous, at_mail(550, None))
            .keeping(|attempt| attempt.sender_of == attempt.role)
            .changing(|attempt| if attempt.forward_path == LOCAL { attempt.fate = at_mail(550, None); })
        => Inconclusive, "may have been refused for its sender";

    local_mail_of_those_who_authenticate_says_nothing_of_anybody:
        Relay(Role::Anonymous),
        sharing(safe().ending(Role::Anonymous, at_mail(550, None)))
            .keeping(|attempt| attempt.role != Role::Anonymous || attempt.forward_path != LOCAL)
        => Inconclusive, "may have been refused for its sender";

    an_anonymous_client_that_has_to_authenticate_is_not_refused_for_its_sender:
        Relay(Role::Anonymous), safe().ending(Role::Anonymous, at_mail(530, None)) => Conformant, "530";

    a_policy_at_mail_is_not_for_the_sender:
        Relay(Role::Anonymous), safe().ending(Role::Anonymous, at_mail(550, Some("5.7.0"))) => Conformant, "550 5.7.0";

    a_wording_of_the_file_counts_at_mail:
        Relay(Role::Anonymous), safe().ending(Role::Anonymous, at_mail(550, None)).wording(&["not from you"])
        => Conformant, "550";

    a_role_that_cannot_authenticate_is_asked_at_mail_as_anybody_is:
        Relay(Role::Guest), safe().ending(Role::Guest, at_mail(550, None))
        => Inconclusive, "may have been refused for its sender guest@inside.example";

    an_account_refused_at_mail_as_anybody_is_is_not_refused_for_its_sender:
        Relay(ROLE), all_at_mail(&at_mail(550, None)) => Conformant, "was refused at MAIL";

    an_account_with_everybodys_sender_refused_at_mail_may_be_refused_for_it:
        Relay(ROLE), sharing(all_at_mail(&at_mail(550, None)))
        => Inconclusive, "may have been refused for its sender shared@inside.example";

    an_account_with_everybodys_sender_that_has_to_authenticate_is_not_refused_for_it:
        Relay(ROLE), sharing(all_at_mail(&at_mail(530, Some("5.7.0")))) => Conformant, "530 5.7.0";

    authorized_none_asks_for_the_sender_too:
        Relay(ROLE), closed_server(&[]).without_own_local_mail().ending(ROLE, not_owned())
        => Inconclusive, "may have been refused for its sender";

    a_deferral_may_be_for_the_sender:
        Relay(ROLE),
        anonymous_itself(
            account(deferred(true)).ending(Role::Anonymous, deferred(true)),
            refused(Stage::Rcpt),
        )
        .and(attempt(ROLE).locally().with_fresh_sender().ending(unseen()))
        => Inconclusive, "may have been refused for its sender";
}
