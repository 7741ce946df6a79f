//! "What was seen needs no control."

use super::Asked::Relay;
use super::table;
use crate::judge::fixture::{
    attempt, bounced, closed, deferred, login_refused, refused, relayed, relayed_for, safe, unavailable, unproven,
    unseen, unsettled,
};
use crate::judge::{Evidence, Fate, Hint, Presence, Role, Source, Stage};

/// The authorized account's mail went out for somebody else alone, and so did an unauthorized account's, whose fate is this
/// otherwise.
fn copied(otherwise: Fate) -> Evidence {
    let of_authorized = unsettled(unseen(), Hint::Copy);
    safe()
        .ending(Role::AuthorizedAccount, of_authorized)
        .ending(Role::UnauthorizedAccount, unsettled(otherwise, Hint::Copy))
}

table! {
    witnessed_mail_of_an_unauthorized_role_deviates:
        Relay(Role::NullSession), safe().ending(Role::NullSession, relayed())
        => Deviates, "mail of the null session (NTLM) to somebody@elsewhere.example arrived at the witness";

    witnessed_mail_deviates_without_an_authorized_account:
        Relay(Role::NullSession), safe().ending(Role::NullSession, relayed()).without(Role::AuthorizedAccount)
        => Deviates, "an anonymous client's was not";

    a_relay_to_a_rewritten_recipient_names_whom_it_reached:
        Relay(Role::Guest), safe().ending(Role::Guest, relayed_for("x@mx.elsewhere.example"))
        => Deviates, "to somebody@elsewhere.example arrived at the witness, for x@mx.elsewhere.example";

    an_open_relay_to_a_rewritten_recipient_names_whom_it_reached:
        Relay(Role::Anonymous), safe().ending(Role::Anonymous, relayed_for("somebody@y.example"))
        => Deviates, "arrived at the witness, for somebody@y.example";

    a_copy_to_a_third_party_is_no_proof_of_relaying:
        Relay(Role::UnauthorizedAccount),
        safe().ending(Role::UnauthorizedAccount, unsettled(bounced(), Hint::Copy))
        => Inconclusive, "returned with a notice; a copy of it arrived at the witness for ";

    a_copy_of_refused_mail_to_a_third_party_is_inconclusive:
        Relay(Role::Anonymous), safe().ending(Role::Anonymous, unsettled(refused(Stage::EndOfData), Hint::Copy))
        => Inconclusive, "find out why the server sends it there";

    what_goes_where_the_authorized_accounts_mail_goes_was_relayed:
        Relay(Role::UnauthorizedAccount), copied(unseen())
        => Deviates, "for somebody@elsewhere.example, and so did that of the authorized account";

    what_was_returned_too_was_not_relayed_where_the_authorized_accounts_mail_goes:
        Relay(Role::UnauthorizedAccount), copied(bounced()) => Inconclusive, "a copy of it arrived";

    what_goes_where_the_authorized_accounts_mail_goes_may_be_anybodys:
        Relay(Role::UnauthorizedAccount),
        copied(unseen()).ending(Role::Anonymous, unsettled(unseen(), Hint::Copy))
        => Inconclusive, "a copy of it arrived";

    what_goes_to_a_third_party_as_anonymous_mail_does_is_no_open_relay:
        Relay(Role::Anonymous), copied(unseen()).ending(Role::Anonymous, unsettled(unseen(), Hint::Copy))
        => Inconclusive, "a copy of it arrived";

    witnessed_mail_deviates_without_a_sender_in_the_file:
        Relay(Role::Guest),
        safe().ending(Role::Guest, relayed()).declaring(|file| file.sender_given.clear())
        => Deviates, "arrived at the witness";

    witnessed_mail_deviates_without_a_source_in_the_file:
        Relay(Role::Guest),
        safe().ending(Role::Guest, relayed()).declaring(|file| file.source = None)
        => Deviates, "arrived at the witness";

    witnessed_mail_deviates_although_auth_refused_the_account:
        Relay(Role::UnauthorizedAccount),
        safe().ending(Role::UnauthorizedAccount, relayed()).answered(Role::UnauthorizedAccount, login_refused())
        => Deviates, "arrived at the witness";

    witnessed_mail_deviates_although_auth_cannot_be_had:
        Relay(Role::NullSession),
        safe().ending(Role::NullSession, relayed()).answered(Role::NullSession, unavailable(504))
        => Deviates, "arrived at the witness";

    witnessed_mail_deviates_although_the_file_declares_the_role_absent:
        Relay(Role::NullSession),
        safe()
            .ending(Role::NullSession, relayed())
            .declaring(|file| { file.presence.insert(Role::NullSession, Presence::Absent); })
        => Deviates, "arrived at the witness";

    witnessed_mail_deviates_where_anonymous_mail_was_deferred:
        Relay(Role::UnauthorizedAccount),
        safe().ending(Role::UnauthorizedAccount, relayed()).ending(Role::Anonymous, deferred(true))
        => Deviates, "may not";

    a_null_session_without_ntlm_can_only_be_declared_absent:
        Relay(Role::NullSession), safe().answered(Role::NullSession, unavailable(504))
        => Skipped, "where the server has no NTLM, declare the role absent";

    the_roles_at_an_open_relay_wait_for_it_to_be_closed:
        Relay(Role::Guest), safe().ending(Role::Anonymous, relayed()).ending(Role::Guest, relayed())
        => Inconclusive, "refuse to relay for clients that do not authenticate, and run again";

    an_anonymous_client_with_several_senders_is_told_once:
        Relay(Role::Anonymous), safe()
        => Conformant, "; the same became of its mail from ";

    witnessed_mail_of_one_mechanism_deviates_whatever_another_got:
        Relay(Role::UnauthorizedAccount),
        safe().and(attempt(Role::UnauthorizedAccount).by("LOGIN").ending(relayed()))
        => Deviates, "(LOGIN)";

    witnessed_mail_with_another_roles_sender_deviates:
        Relay(Role::UnauthorizedAccount),
        safe().and(attempt(Role::UnauthorizedAccount).sent_as(Role::AuthorizedAccount).ending(relayed()))
        => Deviates, "from authorized-account@inside.example";

    an_anonymous_refusal_of_another_recipient_does_not_count_against_a_role:
        Relay(Role::NullSession),
        safe()
            .ending(Role::NullSession, relayed())
            .ending(Role::Anonymous, relayed())
            .and(attempt(Role::Anonymous).addressed_to("other@elsewhere.example").ending(refused(Stage::Rcpt)))
        => Inconclusive, "relays for 192.0.2.10";

    witnessed_mail_without_an_anonymous_answer_deviates_from_outside:
        Relay(Role::NullSession), safe().ending(Role::NullSession, relayed()).ending(Role::Anonymous, closed())
        => Deviates, "whether an anonymous client's would have been relayed too was not seen";

    witnessed_mail_without_an_anonymous_answer_is_inconclusive_from_elsewhere:
        Relay(Role::NullSession),
        safe()
            .ending(Role::NullSession, relayed())
            .without(Role::Anonymous)
            .declaring(|file| file.source = None)
        => Inconclusive, "192.0.2.10 may be trusted";

    witnessed_anonymous_mail_deviates_from_outside:
        Relay(Role::Anonymous), safe().ending(Role::Anonymous, relayed())
        => Deviates, "open relay: mail of an anonymous client";

    an_open_relay_may_be_a_server_that_trusts_the_address:
        Relay(Role::Anonymous), safe().ending(Role::Anonymous, relayed())
        => Deviates, "or, if the server trusts 192.0.2.10 (Postfix: `mynetworks`), probe from another `source-address`";

    witnessed_anonymous_mail_is_inconclusive_from_inside:
        Relay(Role::Anonymous),
        safe().ending(Role::Anonymous, relayed()).declaring(|file| file.source = Some(Source::Inside))
        => Inconclusive, "relays for 192.0.2.10";

    witnessed_anonymous_mail_is_inconclusive_where_the_file_is_silent:
        Relay(Role::Anonymous),
        safe().ending(Role::Anonymous, relayed()).declaring(|file| file.source = None)
        => Inconclusive, "`source: outside`";

    witnessed_anonymous_mail_with_one_roles_sender_is_an_open_relay:
        Relay(Role::Anonymous),
        safe().changing(|attempt| {
            if attempt.role == Role::Anonymous && attempt.sender_of == Role::Guest { attempt.fate = relayed(); }
        })
        => Deviates, "from guest@inside.example";

    nothing_can_be_said_about_a_refused_role_from_an_address_that_relays:
        Relay(Role::UnauthorizedAccount), safe().ending(Role::Anonymous, relayed())
        => Inconclusive, "relays for 192.0.2.10";

    nothing_can_be_said_about_a_relayed_role_from_an_address_that_relays:
        Relay(Role::NullSession),
        safe().ending(Role::Anonymous, relayed()).ending(Role::NullSession, relayed())
        => Inconclusive, "relays for 192.0.2.10";

    nothing_can_be_said_about_a_relayed_role_from_inside:
        Relay(Role::UnauthorizedAccount),
        safe()
            .ending(Role::Anonymous, relayed())
            .ending(Role::UnauthorizedAccount, relayed())
            .declaring(|file| file.source = Some(Source::Inside))
        => Inconclusive, "run from an address that the server does not trust";

    a_250_is_a_claim_and_not_a_proof_of_relaying:
        Relay(Role::NullSession), safe().ending(Role::NullSession, unproven(Stage::EndOfData))
        => Inconclusive, "a claim, not a proof";

    an_anonymous_250_is_a_claim_and_not_a_proof:
        Relay(Role::Anonymous), safe().ending(Role::Anonymous, unseen()).without(Role::AuthorizedAccount)
        => Inconclusive, "not seen by the witness within 5 s";

    mail_passed_inside_was_not_seen_to_leave:
        Relay(Role::NullSession),
        safe().ending(Role::NullSession, crate::judge::fixture::arrived(crate::judge::Door::Inside))
        => Inconclusive, "arrived at the internal server";
}
