//! "Safety needs controls": (a), (b), (c), the same envelope.

use super::Asked::{Relay, Served};
use super::table;
use crate::judge::fixture::{
    LOCAL, attempt, bounced, closed, closed_server, deferred, login_refused, refused, relayed, safe, spoken,
    unavailable, unproven, unseen,
};
use crate::judge::{Authentication, Destination, Fate, Presence, Role, Spoken, Stage};

fn unknown_domain() -> Fate {
    Fate::Refused { at: Stage::Rcpt, reply: spoken(550, Some("5.1.2"), "Domain not found") }
}

fn worded(text: &str) -> Fate {
    Fate::Refused { at: Stage::Rcpt, reply: spoken(550, None, text) }
}

fn in_two_lines(first: &str, second: &str) -> Fate {
    Fate::Refused { at: Stage::Rcpt, reply: Spoken { more: vec![second.to_owned()], ..spoken(550, None, first) } }
}

table! {
    a_refused_anonymous_client_conforms:
        Relay(Role::Anonymous), safe() => Conformant, "was refused at RCPT: 550 5.7.1 Unable to relay";

    an_anonymous_refusal_needs_no_anonymous_control:
        Relay(Role::Anonymous),
        safe().keeping(|attempt| attempt.role != Role::Anonymous || attempt.sender_of == Role::Anonymous)
        => Conformant, "authorized account";

    a_refused_null_session_conforms:
        Relay(Role::NullSession), safe() => Conformant, "cannot authenticate: 535 5.7.8";

    a_refused_wrong_password_conforms:
        Relay(Role::WrongPassword), safe() => Conformant, "cannot authenticate: 535 5.7.8";

    a_refused_guest_conforms:
        Relay(Role::Guest), safe() => Conformant, "cannot authenticate: 535 5.7.8";

    control_a_is_asked_for:
        Relay(Role::UnauthorizedAccount), safe().without(Role::Anonymous)
        => Inconclusive, "what anybody gets here is not known";

    control_a_needs_an_answer:
        Relay(Role::UnauthorizedAccount), safe().ending(Role::Anonymous, closed())
        => Inconclusive, "the server closed the connection";

    control_a_is_tried_with_the_roles_sender_too:
        Relay(Role::UnauthorizedAccount),
        safe().keeping(|attempt| attempt.role != Role::Anonymous || attempt.sender_of != Role::UnauthorizedAccount)
        => Inconclusive, "no anonymous mail from unauthorized-account@inside.example";

    control_a_with_the_same_reverse_path_is_with_the_roles_sender:
        Relay(Role::UnauthorizedAccount),
        safe()
            .keeping(|attempt| attempt.role != Role::Anonymous || attempt.sender_of == Role::Anonymous)
            .changing(|attempt| attempt.reverse_path = "shared@inside.example".to_owned())
        => Conformant, "mail of an anonymous client to";

    control_a_with_the_roles_sender_may_have_a_reverse_path_of_its_own:
        Relay(Role::UnauthorizedAccount),
        safe()
            .changing(|attempt| attempt.reverse_path = format!("{}-{}", attempt.order, attempt.reverse_path))
            .declaring(|file| file.passwords_are_ours = true)
        => Conformant, "from 4-unauthorized-account@inside.example";

    control_a_has_the_same_forward_path:
        Relay(Role::UnauthorizedAccount),
        safe().changing(|attempt| if attempt.role == Role::Anonymous {
            attempt.forward_path = "other@elsewhere.example".to_owned();
        })
        => Inconclusive, "no anonymous mail from";

    a_mail_accepted_and_refused_after_its_data_is_nothing_got:
        Relay(Role::UnauthorizedAccount), safe().ending(Role::UnauthorizedAccount, refused(Stage::EndOfData))
        => Conformant, "was refused at the end of the mail data";

    a_mail_accepted_and_returned_is_nothing_got:
        Relay(Role::UnauthorizedAccount), safe().ending(Role::UnauthorizedAccount, bounced())
        => Conformant, "returned with a notice";

    control_b_is_asked_for:
        Relay(Role::UnauthorizedAccount),
        safe()
            .without(Role::AuthorizedAccount)
            .declaring(|file| { file.presence.insert(Role::AuthorizedAccount, Presence::NotGiven); })
        => Inconclusive, "; describe `authorized-account` under `roles`; only where no account at all may relay say";

    control_b_is_asked_for_the_anonymous_client:
        Relay(Role::Anonymous), safe().without(Role::AuthorizedAccount)
        => Inconclusive, "no authorized account tried the same recipient";

    control_b_fails_where_the_recipient_is_refused_for_dns:
        Relay(Role::Anonymous),
        safe().ending(Role::Anonymous, worded("No such domain")).ending(Role::AuthorizedAccount, worded("No such domain"))
        => Inconclusive, "nothing shows the refusal to be about authorization";

    // RFC 3463 3.2: X.1.2 is "Bad destination system address". The account may be let through before anybody looks it up.
    a_refusal_for_dns_is_inconclusive_where_the_authorized_account_is_let_through_before_it:
        Relay(Role::Anonymous), safe().ending(Role::Anonymous, unknown_domain())
        => Inconclusive, "mend what the reply speaks of, another `remote-recipient` if it is the recipient; where `Domain not found` is";

    // RFC 3463 3.3: X.2.2 is "Mailbox full".
    an_accounts_quota_is_no_want_of_rights:
        Relay(Role::UnauthorizedAccount),
        safe().ending(Role::UnauthorizedAccount, Fate::Refused { at: Stage::Rcpt, reply: spoken(552, Some("5.2.2"), "Over quota") })
        => Inconclusive, "its code is not about authorization";

    // RFC 7372 3: X.7.25 is "Reverse DNS validation failed".
    a_refusal_for_the_clients_host_is_inconclusive:
        Relay(Role::Anonymous),
        safe().ending(Role::Anonymous, Fate::Refused { at: Stage::Rcpt, reply: spoken(550, Some("5.7.25"), "No PTR") })
        => Inconclusive, "its code is not about authorization";

    // What Postfix answers by `reject_rbl_client` (postconf(5), `default_rbl_reply`).
    a_refusal_for_a_block_list_is_inconclusive_whatever_its_code:
        Relay(Role::Guest),
        safe().ending(Role::Guest, Fate::Refused {
            at: Stage::Rcpt,
            reply: spoken(554, Some("5.7.1"), "5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org"),
        })
        => Inconclusive, "it speaks of something else than authorization: `blocked`";

    // Exim's words for a recipient that no router takes.
    a_refusal_of_a_recipient_without_a_route_is_inconclusive_without_a_code_too:
        Relay(Role::Anonymous), safe().ending(Role::Anonymous, worded("Unrouteable address"))
        => Inconclusive, "`unrouteable`";

    // RFC 3207 4: 530 asks for TLS here, and not for authentication.
    a_refusal_for_want_of_tls_is_inconclusive:
        Relay(Role::Anonymous),
        safe().ending(Role::Anonymous, Fate::Refused {
            at: Stage::Mail,
            reply: spoken(530, Some("5.7.0"), "5.7.0 Must issue a STARTTLS command first"),
        })
        => Inconclusive, "`starttls`";

    a_code_of_another_subject_counts_in_a_wording_of_the_file:
        Relay(Role::Anonymous), safe().ending(Role::Anonymous, unknown_domain()).wording(&["domain not found"])
        => Conformant, "550 5.1.2 Domain not found";

    a_client_that_is_refused_whatever_the_recipient_is_inconclusive:
        Relay(Role::WrongPassword),
        safe().changing(|attempt| if attempt.role == Role::Anonymous && attempt.destination == Destination::Local {
            attempt.fate = refused(Stage::Rcpt);
        })
        => Inconclusive, "the server may refuse this client, or this sender, whatever the recipient";

    control_b_fails_where_the_authorized_account_is_refused_later:
        Relay(Role::UnauthorizedAccount),
        safe()
            .ending(Role::UnauthorizedAccount, refused(Stage::Mail))
            .ending(Role::AuthorizedAccount, refused(Stage::Rcpt))
        => Inconclusive, "nothing shows the refusal to be about authorization";

    control_b_has_the_same_forward_path:
        Relay(Role::UnauthorizedAccount),
        safe().changing(|attempt| if attempt.role == Role::AuthorizedAccount {
            attempt.forward_path = "other@elsewhere.example".to_owned();
        })
        => Inconclusive, "no authorized account tried the same recipient";

    control_b_arrives_where_there_is_a_witness:
        Relay(Role::UnauthorizedAccount), safe().ending(Role::AuthorizedAccount, unseen())
        => Inconclusive, "not seen by the witness";

    control_b_has_not_arrived_where_it_was_accepted:
        Relay(Role::UnauthorizedAccount), safe().ending(Role::AuthorizedAccount, unproven(Stage::EndOfData))
        => Inconclusive, "accepted at the end of the mail data";

    control_b_not_seen_by_the_witness_is_for_routing:
        Relay(Role::UnauthorizedAccount), safe().ending(Role::AuthorizedAccount, unseen())
        => Inconclusive, "; check that the server's mail to the remote recipient's domain reaches the witness";

    control_b_put_off_by_auth_is_for_another_time:
        Relay(Role::UnauthorizedAccount),
        safe().answered(Role::AuthorizedAccount, Authentication::Deferred {
            reply: spoken(454, Some("4.7.0"), "Temporary authentication failure"),
        })
        => Inconclusive, "; run again later: the server may be slowing down or locking out after failed logins";

    control_b_deferred_is_for_another_time:
        Relay(Role::UnauthorizedAccount), safe().ending(Role::AuthorizedAccount, deferred(true))
        => Inconclusive, "; run again later; if the reply stays, check that the authorized account may relay";

    control_b_without_its_mechanism_is_for_another_mechanism:
        Relay(Role::UnauthorizedAccount), safe().answered(Role::AuthorizedAccount, unavailable(504))
        => Inconclusive, "; name a mechanism that the server has";

    control_b_did_authenticate:
        Relay(Role::UnauthorizedAccount), safe().answered(Role::AuthorizedAccount, login_refused())
        => Inconclusive, "check the name and the password of the authorized account";

    control_b_without_a_witness_passes_the_command_that_refused_others:
        Relay(Role::UnauthorizedAccount),
        safe()
            .ending(Role::AuthorizedAccount, unproven(Stage::Rcpt))
            .declaring(|file| file.witness = false)
        => Conformant, "mail of the authorized account (NTLM) to somebody@elsewhere.example was accepted at RCPT";

    control_b_without_a_witness_has_not_passed_a_later_command:
        Relay(Role::UnauthorizedAccount),
        safe()
            .ending(Role::UnauthorizedAccount, refused(Stage::EndOfData))
            .ending(Role::AuthorizedAccount, unproven(Stage::Rcpt))
            .declaring(|file| file.witness = false)
        => Inconclusive, "nothing shows the refusal to be about authorization";

    authorized_none_conforms_where_the_refusal_carries_x_7_1:
        Relay(Role::UnauthorizedAccount), closed_server(&[])
        => Conformant, "the refusal is about authorization";

    authorized_none_conforms_where_the_refusal_has_a_wording_of_the_file:
        Relay(Role::UnauthorizedAccount),
        closed_server(&["RELAYING denied"]).ending(Role::UnauthorizedAccount, worded("Relaying Denied, sorry"))
        => Conformant, "the refusal is about authorization";

    authorized_none_conforms_where_another_line_has_a_wording_of_the_file:
        Relay(Role::UnauthorizedAccount),
        closed_server(&["relaying denied"]).ending(Role::UnauthorizedAccount, in_two_lines("We serve our own", "Relaying Denied"))
        => Conformant, "the refusal is about authorization";

    authorized_none_reads_each_line_on_its_own:
        Relay(Role::UnauthorizedAccount),
        closed_server(&["relaying denied"]).ending(Role::UnauthorizedAccount, in_two_lines("Relaying", "denied"))
        => Inconclusive, "does not say that it is about authorization";

    authorized_none_is_inconclusive_where_the_refusal_says_nothing:
        Relay(Role::UnauthorizedAccount),
        closed_server(&["relaying denied"]).ending(Role::UnauthorizedAccount, worded("No such domain"))
        => Inconclusive, "name that under `refusal-wordings`";

    authorized_none_takes_no_empty_wording:
        Relay(Role::UnauthorizedAccount),
        closed_server(&["", " "]).ending(Role::UnauthorizedAccount, worded("No"))
        => Inconclusive, "does not say that it is about authorization";

    authorized_none_takes_no_other_detail_of_subject_7:
        Relay(Role::UnauthorizedAccount),
        closed_server(&[]).ending(Role::UnauthorizedAccount, Fate::Refused {
            at: Stage::Mail,
            reply: spoken(530, Some("5.7.0"), "Authentication required"),
        })
        => Inconclusive, "530 5.7.0";

    authorized_none_takes_no_longer_code:
        Relay(Role::UnauthorizedAccount),
        closed_server(&[]).ending(Role::UnauthorizedAccount, Fate::Refused {
            at: Stage::Rcpt,
            reply: spoken(550, Some("5.7.13"), "User account disabled"),
        })
        => Inconclusive, "550 5.7.13";

    authorized_none_needs_local_mail_to_be_taken:
        Relay(Role::UnauthorizedAccount),
        closed_server(&[]).changing(|attempt| if attempt.destination == Destination::Local {
            attempt.fate = refused(Stage::Data);
        })
        => Inconclusive, "the server may refuse all mail";

    authorized_none_may_have_met_a_greylister:
        Relay(Role::UnauthorizedAccount),
        closed_server(&[]).changing(|attempt| if attempt.destination == Destination::Local {
            attempt.fate = deferred(true);
        })
        => Inconclusive, "; run again later, or exempt the probing address from greylisting";

    authorized_none_needs_local_mail_to_be_tried:
        Relay(Role::UnauthorizedAccount), closed_server(&[]).keeping(|attempt| attempt.forward_path != LOCAL)
        => Inconclusive, "name a local recipient";

    authorized_none_needs_local_mail_of_an_anonymous_client:
        Relay(Role::UnauthorizedAccount),
        closed_server(&[])
            .keeping(|attempt| attempt.forward_path != LOCAL)
            .and(attempt(Role::UnauthorizedAccount).locally().ending(unseen()))
        => Inconclusive, "no mail for a local recipient was tried";

    authorized_none_needs_local_mail_to_get_past_rcpt:
        Relay(Role::UnauthorizedAccount),
        closed_server(&[]).changing(|attempt| if attempt.destination == Destination::Local {
            attempt.fate = unproven(Stage::Mail);
        })
        => Inconclusive, "the server may refuse all mail";

    authorized_none_needs_local_mail_to_be_taken_to_its_end:
        Relay(Role::UnauthorizedAccount),
        closed_server(&[])
            .changing(|attempt| if attempt.destination == Destination::Local { attempt.fate = unproven(Stage::Rcpt); })
            .declaring(|file| file.witness = false)
        => Inconclusive, "no mail data was sent; name a witness, or allow mail data to be sent without one";

    authorized_none_conforms_where_local_mail_is_taken_to_its_end_without_a_witness:
        Relay(Role::UnauthorizedAccount),
        closed_server(&[])
            .changing(|attempt| if attempt.destination == Destination::Local { attempt.fate = unproven(Stage::EndOfData); })
            .declaring(|file| file.witness = false)
        => Conformant, "the refusal is about authorization";

    authorized_none_cannot_read_a_notice:
        Relay(Role::UnauthorizedAccount), closed_server(&[]).ending(Role::UnauthorizedAccount, bounced())
        => Inconclusive, "only a refusal that says it is about authorization can be read";

    a_closed_server_with_an_account_named_leaves_other_roles_open:
        Relay(Role::UnauthorizedAccount), safe().ending(Role::AuthorizedAccount, refused(Stage::Rcpt))
        => Inconclusive, "check that the authorized account may relay";

    a_closed_server_with_an_account_named_leaves_the_account_open:
        Served, safe().ending(Role::AuthorizedAccount, refused(Stage::Rcpt))
        => Inconclusive, "; check that the authorized account may relay";

    control_c_holds_for_an_account_that_did_authenticate:
        Relay(Role::UnauthorizedAccount), safe()
        => Conformant, "the unauthorized account (NTLM) authenticated: 235 2.7.0";

    a_typo_in_the_password_does_not_look_like_safety:
        Relay(Role::UnauthorizedAccount), safe().answered(Role::UnauthorizedAccount, login_refused())
        => Inconclusive, "check the password of the unauthorized account; only if this server refuses its login by design say `login: refused`";

    control_c_holds_where_the_file_says_login_refused:
        Relay(Role::UnauthorizedAccount),
        safe()
            .answered(Role::UnauthorizedAccount, login_refused())
            .declaring(|file| { file.login_refused.insert(Role::UnauthorizedAccount); })
        => Conformant, "its login was refused, as the file says it is, so nothing is known of its rights";

    control_c_does_not_hold_by_another_roles_login_refused:
        Relay(Role::UnauthorizedAccount),
        safe()
            .answered(Role::UnauthorizedAccount, login_refused())
            .declaring(|file| { file.login_refused.insert(Role::Guest); })
        => Inconclusive, "the password may be wrong";

    control_c_holds_where_the_harness_set_the_password:
        Relay(Role::UnauthorizedAccount),
        safe()
            .answered(Role::UnauthorizedAccount, login_refused())
            .declaring(|file| file.passwords_are_ours = true)
        => Conformant, "although its password is right";

    mail_of_a_role_that_cannot_authenticate_is_judged_as_anonymous_mail_is:
        Relay(Role::Guest), safe().ending(Role::Guest, relayed())
        => Deviates, "mail of the guest";

    a_role_that_cannot_authenticate_still_needs_control_b:
        Relay(Role::Guest), safe().without(Role::AuthorizedAccount)
        => Inconclusive, "no authorized account";

    a_role_that_cannot_authenticate_and_sent_no_mail_is_inconclusive:
        Relay(Role::Guest), safe().ending(Role::Guest, Fate::NotTried { reason: "AUTH was refused".to_owned() })
        => Inconclusive, "was not tried: AUTH was refused";

    a_role_declared_absent_is_not_applicable:
        Relay(Role::NullSession),
        safe()
            .without(Role::NullSession)
            .declaring(|file| { file.presence.insert(Role::NullSession, Presence::Absent); })
        => NotApplicable, "`null-session: absent`";

    an_anonymous_client_needs_nothing_from_the_file:
        Relay(Role::Anonymous), safe().declaring(|file| { file.presence.remove(&Role::Anonymous); })
        => Conformant, "was refused at RCPT";

    a_role_not_given_is_skipped:
        Relay(Role::UnauthorizedAccount),
        safe()
            .without(Role::UnauthorizedAccount)
            .declaring(|file| { file.presence.remove(&Role::UnauthorizedAccount); })
        => Skipped, "; describe `unauthorized-account` under `roles`";

    a_wrong_password_needs_an_account_to_be_tried_on:
        Relay(Role::WrongPassword),
        safe().without(Role::WrongPassword).declaring(|file| { file.presence.remove(&Role::WrongPassword); })
        => Skipped, "; name an account under `roles`: a wrong password is tried on it";

    a_refusal_of_a_role_without_a_sender_is_inconclusive:
        Relay(Role::UnauthorizedAccount),
        safe().declaring(|file| { file.sender_given.remove(&Role::UnauthorizedAccount); })
        => Inconclusive, "give `unauthorized-account` a `sender`";

    an_anonymous_refusal_with_no_sender_of_the_file_is_inconclusive:
        Relay(Role::Anonymous), safe().declaring(|file| file.sender_given.clear())
        => Inconclusive, "refused for its sender";

    an_anonymous_refusal_with_any_sender_of_the_file_counts:
        Relay(Role::Anonymous),
        safe().declaring(|file| { file.sender_given.remove(&Role::Anonymous); })
        => Conformant, "from wrong-password@inside.example";

    a_role_with_no_mail_tried_is_inconclusive:
        Relay(Role::Guest), safe().without(Role::Guest)
        => Inconclusive, "no mail of the guest to a remote recipient was tried";

    mail_for_local_recipients_says_nothing_of_relaying:
        Relay(Role::Guest),
        safe().without(Role::Guest).and(attempt(Role::Guest).locally())
        => Inconclusive, "no mail of the guest to a remote recipient was tried";
}
