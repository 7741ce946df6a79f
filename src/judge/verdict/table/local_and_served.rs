//! What a gateway takes, and whether the authorized account is served.

use super::Asked::{LocalMail, Served};
use super::table;
use crate::judge::fixture::{
    attempt, bounced, closed, closed_server, deferred, login_refused, refused, safe, unavailable, unproven, unseen,
};
use crate::judge::{Destination, Evidence, Fate, Presence, Role, Service, Stage};

fn local_ending(fate: Fate) -> Evidence {
    safe().changing(|attempt| {
        if attempt.destination == Destination::Local {
            attempt.fate = fate.clone();
        }
    })
}

table! {
    a_gateway_that_takes_local_mail_conforms:
        LocalMail, safe() => Conformant, "mail of an anonymous client to desk@inside.example arrived";

    local_mail_accepted_at_its_end_is_taken:
        LocalMail, local_ending(unproven(Stage::EndOfData)) => Conformant, "was accepted at the end of the mail data";

    local_mail_accepted_and_not_seen_is_taken:
        LocalMail, local_ending(unseen()) => Conformant, "was accepted";

    local_mail_without_mail_data_is_inconclusive:
        LocalMail, local_ending(unproven(Stage::Rcpt)) => Inconclusive, "no mail data was sent";

    a_gateway_that_refuses_local_mail_deviates:
        LocalMail, local_ending(refused(Stage::Rcpt)) => Deviates, "was refused at RCPT";

    a_gateway_that_takes_local_mail_of_those_only_who_authenticate_deviates:
        LocalMail,
        local_ending(refused(Stage::Rcpt)).and(attempt(Role::AuthorizedAccount).locally().ending(unseen()))
        => Deviates, "was refused at RCPT";

    local_mail_that_got_no_answer_has_a_remedy:
        LocalMail, local_ending(closed()) => Inconclusive, "see in the server's log why it ended the connection";

    a_gateway_that_returns_local_mail_deviates:
        LocalMail, local_ending(bounced()) => Deviates, "returned with a notice";

    // postconf(5), `reject_sender_login_mismatch`: an address that is an account's is taken from that account alone.
    a_local_refusal_of_a_sender_of_the_servers_own_is_inconclusive:
        LocalMail,
        local_ending(refused(Stage::Rcpt))
            .changing(|attempt| if attempt.sender_of == Role::Anonymous { attempt.reverse_path = "admin@inside.example".to_owned(); })
        => Inconclusive, "give the file a `sender` in a domain that is not the server's";

    a_local_refusal_without_a_sender_is_inconclusive:
        LocalMail, local_ending(refused(Stage::Mail)).declaring(|file| file.sender_given.clear())
        => Inconclusive, "give `anonymous` a `sender`";

    local_mail_deferred_is_inconclusive:
        LocalMail, local_ending(deferred(true)) => Inconclusive, "was deferred twice at RCPT: 454";

    local_mail_without_an_answer_is_inconclusive:
        LocalMail, local_ending(closed()) => Inconclusive, "got no answer";

    local_mail_taken_once_is_taken:
        LocalMail,
        local_ending(deferred(true)).and(attempt(Role::Anonymous).locally().ending(unproven(Stage::EndOfData)))
        => Conformant, "was accepted";

    local_mail_that_was_not_tried_is_inconclusive:
        LocalMail, safe().keeping(|attempt| attempt.destination == Destination::Remote)
        => Inconclusive, "name a local recipient";

    a_submission_service_need_not_take_local_mail:
        LocalMail, local_ending(refused(Stage::Rcpt)).declaring(|file| file.service = Service::Submission)
        => NotApplicable, "`service: submission`";

    an_authorized_account_whose_mail_arrives_is_served:
        Served, safe() => Conformant, "the authorized account (NTLM) authenticated: 235";

    an_authorized_account_whose_mail_is_accepted_is_not_proved_to_be_served:
        Served, safe().ending(Role::AuthorizedAccount, unproven(Stage::EndOfData))
        => Inconclusive, "a claim, not a proof";

    an_authorized_account_whose_mail_is_not_seen_is_not_proved_to_be_served:
        Served, safe().ending(Role::AuthorizedAccount, unseen())
        => Inconclusive, "reaches the witness";

    an_authorized_account_seen_served_later_is_served:
        Served,
        safe().ending(Role::AuthorizedAccount, unseen()).and(attempt(Role::AuthorizedAccount))
        => Conformant, "arrived at the witness";

    an_authorized_account_is_served_by_every_mechanism:
        Served,
        safe().and(attempt(Role::AuthorizedAccount).by("LOGIN").ending(refused(Stage::Rcpt)))
        => Inconclusive, "(LOGIN)";

    an_authorized_account_whose_mail_is_refused_stays_open:
        Served,
        safe().ending(Role::AuthorizedAccount, refused(Stage::Rcpt)).declaring(|file| file.passwords_are_ours = true)
        => Inconclusive, "refused to all is not known";

    an_authorized_account_refused_by_auth_stays_open:
        Served, safe().answered(Role::AuthorizedAccount, login_refused())
        => Inconclusive, "check the name and the password of the authorized account";

    an_authorized_account_refused_by_auth_with_a_right_password_deviates:
        Served,
        safe().answered(Role::AuthorizedAccount, login_refused()).declaring(|file| file.passwords_are_ours = true)
        => Deviates, "although its password is right";

    an_authorized_account_without_its_mechanism_is_skipped:
        Served, safe().answered(Role::AuthorizedAccount, unavailable(502)) => Skipped, "502";

    an_authorized_account_with_no_answer_stays_open:
        Served, safe().ending(Role::AuthorizedAccount, closed()) => Inconclusive, "got no answer";

    an_authorized_account_not_tried_stays_open:
        Served, safe().without(Role::AuthorizedAccount) => Inconclusive, "was tried";

    an_authorized_account_is_not_asked_for_where_none_may_relay:
        Served, closed_server(&[]) => NotApplicable, "`authorized: none`";

    an_authorized_account_not_given_is_skipped:
        Served,
        safe().declaring(|file| { file.presence.insert(Role::AuthorizedAccount, Presence::NotGiven); })
        => Skipped, "describe `authorized-account` under `roles`";
}
