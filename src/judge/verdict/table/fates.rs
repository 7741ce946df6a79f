//! Accepted but not seen, deferred, no answer.

use std::time::Duration;

use super::Asked::{Relay, Served};
use super::table;
use crate::judge::fixture::{
    attempt, closed, closed_server, deferred, login_refused, refused, safe, spoken, unproven, unseen, unsettled,
};
use crate::judge::{Action, Attempt, Authentication, Evidence, Fate, Hint, NoAnswer, Role, Stage};

/// The client's mail and anonymous mail deferred as Postfix ships it; the client's mail with a fresh reverse-path to the
/// local recipient ends so.
fn deferring(role: Role, fresh_local: Option<Fate>) -> Evidence {
    let evidence = safe().ending(role, deferred(true)).ending(Role::Anonymous, deferred(true));
    match fresh_local {
        Some(fate) => evidence.and(fresh(role).ending(fate)),
        None => evidence,
    }
}

fn fresh(role: Role) -> Attempt {
    attempt(role).locally().with_fresh_sender()
}

fn put_off(at: Stage, code: u16, enhanced: &str) -> Fate {
    Fate::Deferred { at, reply: spoken(code, Some(enhanced), "Not now"), retried: true }
}

/// Everybody who may not relay is put off so; fresh mail to this local recipient is taken.
fn put_off_by_all(code: u16, enhanced: &str, text: &str, local: &str) -> Evidence {
    let fate = Fate::Deferred { at: Stage::Rcpt, reply: spoken(code, Some(enhanced), text), retried: true };
    safe()
        .ending(Role::Anonymous, fate.clone())
        .ending(Role::UnauthorizedAccount, fate)
        .and(fresh(Role::UnauthorizedAccount).addressed_to(local).ending(unseen()))
}

fn silent(why: NoAnswer) -> Evidence {
    safe().ending(Role::UnauthorizedAccount, Fate::NoAnswer(why))
}

table! {
    accepted_but_not_seen_is_not_relayed_where_later_authorized_mail_was_seen:
        Relay(Role::UnauthorizedAccount), safe().ending(Role::UnauthorizedAccount, unseen())
        => Conformant, "sent later, arrived at the witness";

    accepted_but_not_seen_is_inconclusive_where_authorized_mail_was_seen_earlier:
        Relay(Role::UnauthorizedAccount),
        safe()
            .without(Role::AuthorizedAccount)
            .after(attempt(Role::AuthorizedAccount))
            .ending(Role::UnauthorizedAccount, unseen())
        => Inconclusive, "sent later, was seen either";

    accepted_but_not_seen_is_inconclusive_where_authorized_mail_was_not_seen:
        Relay(Role::UnauthorizedAccount),
        safe().ending(Role::UnauthorizedAccount, unseen()).ending(Role::AuthorizedAccount, unseen())
        => Inconclusive, "reaches the witness";

    accepted_but_not_seen_is_inconclusive_where_the_later_client_did_not_authenticate:
        Relay(Role::UnauthorizedAccount),
        safe()
            .ending(Role::UnauthorizedAccount, unseen())
            .answered(Role::AuthorizedAccount, login_refused())
        => Inconclusive, "sent later, was seen either";

    accepted_but_not_seen_is_not_for_routing_where_the_later_client_did_not_authenticate:
        Relay(Role::UnauthorizedAccount),
        safe()
            .ending(Role::UnauthorizedAccount, unseen())
            .answered(Role::AuthorizedAccount, login_refused())
        => Inconclusive, "; check the name and the password of the authorized account";

    accepted_but_not_seen_is_not_for_routing_where_the_later_mail_was_refused:
        Relay(Role::UnauthorizedAccount),
        safe()
            .ending(Role::UnauthorizedAccount, unseen())
            .ending(Role::AuthorizedAccount, refused(Stage::Rcpt))
        => Inconclusive, "; check that the authorized account may relay";

    accepted_but_not_seen_is_inconclusive_where_no_account_may_relay:
        Relay(Role::UnauthorizedAccount), closed_server(&[]).ending(Role::UnauthorizedAccount, unseen())
        => Inconclusive, "only a refusal that says it is about authorization can be read";

    accepted_and_told_to_be_delayed_is_inconclusive:
        Relay(Role::UnauthorizedAccount),
        safe().ending(Role::UnauthorizedAccount, unsettled(unseen(), Hint::Reported { action: Action::Delayed }))
        => Inconclusive, "within 5 s; a notice says that it was delayed";

    accepted_and_told_to_be_relayed_is_inconclusive:
        Relay(Role::UnauthorizedAccount),
        safe().ending(Role::UnauthorizedAccount, unsettled(unseen(), Hint::Reported { action: Action::Relayed }))
        => Inconclusive, "a notice says that it was relayed";

    accepted_and_answered_automatically_is_inconclusive:
        Relay(Role::UnauthorizedAccount),
        safe().ending(Role::UnauthorizedAccount, unsettled(unseen(), Hint::AutomaticReply))
        => Inconclusive, "an automatic reply to it came back";

    accepted_and_not_seen_beside_mail_without_a_mark_is_inconclusive:
        Relay(Role::UnauthorizedAccount),
        safe().ending(Role::UnauthorizedAccount, unsettled(unseen(), Hint::Unmarked))
        => Inconclusive, "mail for somebody@elsewhere.example from <> arrived that does not bear our mark: it may be this";

    an_authorized_account_whose_mail_lost_its_mark_shows_nothing:
        Relay(Role::UnauthorizedAccount),
        safe().ending(Role::AuthorizedAccount, unsettled(unseen(), Hint::Unmarked))
        => Inconclusive, "let the server leave the fields Message-ID and X-Smtpspec-Nonce as they are";

    what_anybody_gets_is_not_known_from_what_is_open:
        Relay(Role::UnauthorizedAccount),
        safe().ending(Role::Anonymous, unsettled(unseen(), Hint::AutomaticReply))
        => Inconclusive, "what anybody gets here is not known";

    accepted_and_unproven_is_inconclusive:
        Relay(Role::UnauthorizedAccount),
        safe()
            .ending(Role::UnauthorizedAccount, unproven(Stage::Rcpt))
            .ending(Role::AuthorizedAccount, unproven(Stage::Rcpt))
            .declaring(|file| file.witness = false)
        => Inconclusive, "name a witness";

    accepted_and_unproven_is_inconclusive_although_anonymous_mail_is_too:
        Relay(Role::UnauthorizedAccount),
        safe()
            .ending(Role::Anonymous, unproven(Stage::Rcpt))
            .ending(Role::UnauthorizedAccount, unproven(Stage::Rcpt))
        => Inconclusive, "a claim, not a proof";

    deferred_once_is_inconclusive:
        Relay(Role::Anonymous),
        safe().ending(Role::Anonymous, deferred(false)).and(fresh(Role::Anonymous).ending(unproven(Stage::EndOfData)))
        => Inconclusive, "not twice with the same answer";

    deferred_twice_counts_as_refused_with_a_temporary_code:
        Relay(Role::UnauthorizedAccount), deferring(Role::UnauthorizedAccount, Some(unproven(Stage::EndOfData)))
        => Conformant, "454 4.7.1 Relay access denied, which is a refusal with a temporary code";

    an_anonymous_client_deferred_twice_counts_as_refused:
        Relay(Role::Anonymous), deferring(Role::Anonymous, Some(unseen()))
        => Conformant, "temporary code";

    // Greylisters leave out the mailboxes that RFC 5321 4.5.1 and RFC 2142 want to be reached.
    deferred_twice_is_inconclusive_where_fresh_mail_to_the_postmaster_alone_was_taken:
        Relay(Role::UnauthorizedAccount),
        put_off_by_all(451, "4.7.0", "Not now", "Postmaster@inside.example")
        => Inconclusive, "name another `local-recipient` than postmaster or abuse";

    deferred_twice_for_want_of_rights_counts_where_fresh_mail_to_the_postmaster_was_taken:
        Relay(Role::UnauthorizedAccount),
        put_off_by_all(454, "4.7.1", "Relay access denied", "postmaster@inside.example")
        => Conformant, "454 4.7.1";

    deferred_twice_is_inconclusive_where_the_reply_says_greylisting:
        Relay(Role::UnauthorizedAccount),
        put_off_by_all(451, "4.7.1", "4.7.1 Greylisted, try again in 300 s", "desk@inside.example")
        => Inconclusive, "as a greylister says it";

    deferred_twice_is_inconclusive_where_fresh_local_mail_was_deferred_too:
        Relay(Role::UnauthorizedAccount), deferring(Role::UnauthorizedAccount, Some(deferred(false)))
        => Inconclusive, "as a greylister would have it";

    deferred_twice_is_inconclusive_where_any_fresh_local_mail_was_deferred:
        Relay(Role::UnauthorizedAccount),
        deferring(Role::UnauthorizedAccount, Some(unseen()))
            .and(fresh(Role::UnauthorizedAccount).ending(deferred(false)))
        => Inconclusive, "as a greylister would have it";

    fresh_local_mail_that_was_refused_is_no_greylisting_to_be_exempt_from:
        Relay(Role::UnauthorizedAccount), deferring(Role::UnauthorizedAccount, Some(refused(Stage::Rcpt)))
        => Inconclusive, "may be greylisting; name a local recipient for whom the server takes mail";

    deferred_twice_is_inconclusive_where_no_local_mail_was_tried:
        Relay(Role::UnauthorizedAccount), deferring(Role::UnauthorizedAccount, None)
        => Inconclusive, "it may be greylisting";

    deferred_twice_is_inconclusive_where_another_client_sent_the_local_mail:
        Relay(Role::UnauthorizedAccount),
        deferring(Role::UnauthorizedAccount, None).and(fresh(Role::Anonymous).ending(unseen()))
        => Inconclusive, "no mail of the same client with a fresh reverse-path";

    deferred_twice_is_inconclusive_where_the_local_mails_sender_was_not_fresh:
        Relay(Role::UnauthorizedAccount),
        deferring(Role::UnauthorizedAccount, None).and(attempt(Role::UnauthorizedAccount).locally().ending(unseen()))
        => Inconclusive, "no mail of the same client with a fresh reverse-path";

    deferred_twice_is_inconclusive_where_the_fresh_sender_wrote_to_no_local_recipient:
        Relay(Role::Anonymous),
        deferring(Role::Anonymous, None).and(attempt(Role::Anonymous).with_fresh_sender().ending(unseen()))
        => Inconclusive, "it may be greylisting";

    deferred_alone_is_inconclusive:
        Relay(Role::UnauthorizedAccount),
        deferring(Role::UnauthorizedAccount, Some(unseen())).ending(Role::Anonymous, refused(Stage::Rcpt))
        => Inconclusive, "for something else than its rights; run again later";

    deferred_at_another_command_is_deferred_alone:
        Relay(Role::UnauthorizedAccount),
        deferring(Role::UnauthorizedAccount, Some(unseen())).ending(Role::UnauthorizedAccount, put_off(Stage::Data, 454, "4.7.1"))
        => Inconclusive, "for something else than its rights";

    deferred_with_another_code_is_deferred_alone:
        Relay(Role::UnauthorizedAccount),
        deferring(Role::UnauthorizedAccount, Some(unseen())).ending(Role::UnauthorizedAccount, put_off(Stage::Rcpt, 450, "4.7.1"))
        => Inconclusive, "for something else than its rights";

    deferred_with_another_enhanced_code_is_deferred_alone:
        Relay(Role::UnauthorizedAccount),
        deferring(Role::UnauthorizedAccount, Some(unseen())).ending(Role::UnauthorizedAccount, put_off(Stage::Rcpt, 454, "4.2.2"))
        => Inconclusive, "for something else than its rights";

    deferred_as_anonymous_mail_from_another_sender_is_deferred_alone:
        Relay(Role::UnauthorizedAccount),
        deferring(Role::UnauthorizedAccount, Some(unseen())).changing(|attempt| {
            if attempt.role == Role::Anonymous && attempt.sender_of == Role::UnauthorizedAccount {
                attempt.fate = refused(Stage::Rcpt);
            }
        })
        => Inconclusive, "for something else than its rights";

    a_role_that_cannot_authenticate_is_not_deferred_alone_either:
        Relay(Role::Guest), deferring(Role::Guest, Some(unseen())).ending(Role::Anonymous, refused(Stage::Rcpt))
        => Inconclusive, "for something else than its rights";

    deferred_twice_needs_control_b:
        Relay(Role::UnauthorizedAccount),
        deferring(Role::UnauthorizedAccount, Some(unseen())).ending(Role::AuthorizedAccount, refused(Stage::Rcpt))
        => Inconclusive, "nothing shows the refusal to be about authorization";

    deferred_twice_needs_control_a:
        Relay(Role::UnauthorizedAccount),
        deferring(Role::UnauthorizedAccount, Some(unseen())).ending(Role::Anonymous, closed())
        => Inconclusive, "what anybody gets here is not known";

    deferred_twice_for_authorization_counts_where_no_account_may_relay:
        Relay(Role::UnauthorizedAccount),
        closed_server(&[])
            .ending(Role::UnauthorizedAccount, deferred(true))
            .ending(Role::Anonymous, deferred(true))
            .and(fresh(Role::UnauthorizedAccount).ending(unseen()))
        => Conformant, "temporary code";

    a_closed_connection_is_inconclusive:
        Relay(Role::UnauthorizedAccount), silent(NoAnswer::Closed) => Inconclusive, "the server closed the connection";

    a_reset_is_inconclusive:
        Relay(Role::UnauthorizedAccount), silent(NoAnswer::Reset { reason: "by peer".to_owned() })
        => Inconclusive, "the connection was reset (by peer)";

    no_answer_in_time_is_inconclusive:
        Relay(Role::UnauthorizedAccount), silent(NoAnswer::TimedOut { after: Duration::from_secs(30) })
        => Inconclusive, "no whole reply came within 30 s";

    no_connection_is_inconclusive:
        Relay(Role::UnauthorizedAccount), silent(NoAnswer::NotConnected { reason: "refused".to_owned() })
        => Inconclusive, "no connection could be made (refused)";

    what_is_no_reply_is_inconclusive:
        Relay(Role::UnauthorizedAccount), silent(NoAnswer::NoReply { what: "SSH-2.0".to_owned() })
        => Inconclusive, "what came is no answer (SSH-2.0)";

    being_turned_away_is_inconclusive:
        Relay(Role::UnauthorizedAccount),
        silent(NoAnswer::TurnedAway { reply: spoken(554, None, "No SMTP service here") })
        => Inconclusive, "554 No SMTP service here";

    a_login_that_a_limit_forbade_is_inconclusive:
        Relay(Role::WrongPassword),
        safe().answered(
            Role::WrongPassword,
            Authentication::NoAnswer(NoAnswer::LimitReached { limit: "failed-logins: 3".to_owned() }),
        )
        => Inconclusive, "mend the logins that failed before it";

    a_limit_of_the_run_is_inconclusive:
        Relay(Role::UnauthorizedAccount), silent(NoAnswer::LimitReached { limit: "3 failed logins".to_owned() })
        => Inconclusive, "3 failed logins";

    mail_that_got_no_answer_has_a_remedy:
        Relay(Role::UnauthorizedAccount), silent(NoAnswer::TimedOut { after: Duration::from_secs(30) })
        => Inconclusive, "raise `limits.reply` in the target file";

    a_control_that_got_no_answer_has_a_remedy:
        Relay(Role::UnauthorizedAccount), safe().ending(Role::Anonymous, closed())
        => Inconclusive, "see in the server's log why it ended the connection";

    a_login_that_got_no_answer_has_a_remedy:
        Relay(Role::WrongPassword), safe().answered(Role::WrongPassword, Authentication::NoAnswer(NoAnswer::Closed))
        => Inconclusive, "see in the server's log why it ended the connection";

    an_authorized_account_that_got_no_answer_has_a_remedy:
        Served, safe().ending(Role::AuthorizedAccount, closed())
        => Inconclusive, "see in the server's log why it ended the connection";

    a_role_that_came_to_no_login_has_a_remedy:
        Relay(Role::NullSession),
        safe().answered(Role::NullSession, Authentication::NotTried).ending(
            Role::NullSession,
            Fate::NoAnswer(NoAnswer::NotConnected { reason: "refused".to_owned() }),
        )
        => Inconclusive, "check that the server is listening";
}
