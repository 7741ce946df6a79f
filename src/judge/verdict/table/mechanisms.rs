//! What AUTH said, where it decides.

use std::time::Duration;

use super::Asked::Relay;
use super::table;
use crate::judge::fixture::{accepted, arrived, attempt, closed, login_refused, refused, safe, spoken, unavailable};
use crate::judge::{Authentication, Door, Evidence, Fate, NoAnswer, Role, Stage};

fn needs_tls(code: u16) -> Authentication {
    Authentication::NeedsTls { reply: spoken(code, Some("5.7.11"), "Encryption required") }
}

fn no_mechanism(without_tls: bool) -> Authentication {
    Authentication::NoMechanism { listed: vec!["GSSAPI".to_owned(), "DIGEST-MD5".to_owned()], without_tls }
}

/// A login refused, and no answer to the mail behind it.
fn refused_and_then(role: Role, why: NoAnswer) -> Evidence {
    safe().answered(role, login_refused()).ending(role, Fate::NoAnswer(why))
}

table! {
    a_mechanism_that_cannot_be_had_is_skipped:
        Relay(Role::NullSession), safe().answered(Role::NullSession, unavailable(504))
        => Skipped, "declare the role absent: `null-session: absent`";

    an_account_without_its_mechanism_is_not_declared_away:
        Relay(Role::UnauthorizedAccount), safe().answered(Role::UnauthorizedAccount, unavailable(504))
        => Skipped, "; name a mechanism that the server has";

    a_mechanism_refused_by_dovecot_is_skipped:
        Relay(Role::NullSession), safe().answered(Role::NullSession, unavailable(535))
        => Skipped, "cannot have its mechanism here: 535";

    a_mechanism_that_cannot_be_had_does_not_hide_one_that_can:
        Relay(Role::UnauthorizedAccount),
        safe().and(attempt(Role::UnauthorizedAccount).by("CRAM-MD5").answered(unavailable(504)))
        => Conformant, "the unauthorized account (CRAM-MD5) cannot have its mechanism here: 504";

    a_mechanism_in_doubt_is_not_hidden_by_one_that_conforms:
        Relay(Role::UnauthorizedAccount),
        safe().and(attempt(Role::UnauthorizedAccount).by("CRAM-MD5").answered(login_refused()))
        => Inconclusive, "(CRAM-MD5)";

    not_without_tls_is_inconclusive:
        Relay(Role::UnauthorizedAccount), safe().answered(Role::UnauthorizedAccount, needs_tls(538))
        => Inconclusive, "without TLS: 538";

    auth_put_off_is_inconclusive:
        Relay(Role::NullSession),
        safe().answered(Role::NullSession, Authentication::Deferred {
            reply: spoken(454, Some("4.7.0"), "Temporary authentication failure"),
        })
        => Inconclusive, "454 4.7.0 Temporary authentication failure; run again later: the server may be slowing down";

    a_challenge_that_cannot_be_answered_is_inconclusive:
        Relay(Role::NullSession),
        safe().answered(Role::NullSession, Authentication::CannotSpeak { reason: "no NTLM challenge".to_owned() })
        => Inconclusive, "no NTLM challenge";

    mechanisms_that_are_not_spoken_are_no_refusal:
        Relay(Role::UnauthorizedAccount),
        safe().answered(Role::UnauthorizedAccount, no_mechanism(false))
        => Inconclusive, "of those listed (GSSAPI, DIGEST-MD5) none is used unasked; name a mechanism for the role";

    under_tls_other_mechanisms_may_be_listed:
        Relay(Role::Guest), safe().answered(Role::Guest, no_mechanism(true))
        => Inconclusive, "or a port on which TLS is used: more may be listed there";

    no_answer_to_auth_is_inconclusive:
        Relay(Role::WrongPassword),
        safe().answered(Role::WrongPassword, Authentication::NoAnswer(NoAnswer::Closed))
        => Inconclusive, "the server closed the connection";

    a_role_that_did_not_get_to_authenticate_is_inconclusive:
        Relay(Role::WrongPassword),
        safe()
            .answered(Role::WrongPassword, Authentication::NotTried)
            .ending(Role::WrongPassword, Fate::NotTried { reason: "no failed login is left".to_owned() })
        => Inconclusive, "no failed login is left";

    a_refusal_to_a_role_that_did_not_authenticate_is_inconclusive:
        Relay(Role::UnauthorizedAccount),
        safe().answered(Role::UnauthorizedAccount, Authentication::NotTried)
        => Inconclusive, "did not authenticate";

    a_connection_closed_over_a_refused_login_is_judged_by_anonymous_mail:
        Relay(Role::WrongPassword), safe().ending(Role::WrongPassword, closed())
        => Conformant, "so that it can do what anybody can; mail of an anonymous client";

    a_connection_closed_behind_mail_data_did_not_close_over_the_login:
        Relay(Role::Guest),
        safe().without(Role::Guest).and(attempt(Role::Guest).passing(Stage::Data).ending(closed()))
        => Inconclusive, "passed DATA and then got no answer: the server closed the connection";

    a_connection_closed_behind_mail_did_not_close_over_the_login:
        Relay(Role::WrongPassword),
        safe().without(Role::WrongPassword).and(attempt(Role::WrongPassword).passing(Stage::Mail).ending(closed()))
        => Inconclusive, "passed MAIL and then got no answer";

    a_connection_closed_over_a_refused_login_shows_nothing_where_anybody_relays:
        Relay(Role::WrongPassword),
        safe()
            .ending(Role::WrongPassword, closed())
            .ending(Role::Anonymous, arrived(Door::Outside))
        => Inconclusive, "the server relays for";

    a_connection_closed_over_a_refused_login_shows_nothing_without_anonymous_mail:
        Relay(Role::WrongPassword), safe().ending(Role::WrongPassword, closed()).without(Role::Anonymous)
        => Inconclusive, "the server closed the connection";

    a_connection_closed_after_a_login_is_inconclusive:
        Relay(Role::NullSession),
        safe().answered(Role::NullSession, accepted()).ending(Role::NullSession, closed())
        => Inconclusive, "the server closed the connection";

    a_connection_closed_over_the_refused_login_of_an_account_is_inconclusive:
        Relay(Role::UnauthorizedAccount),
        safe().answered(Role::UnauthorizedAccount, login_refused()).ending(Role::UnauthorizedAccount, closed())
        => Inconclusive, "";

    a_connection_that_hangs_over_a_refused_login_is_inconclusive:
        Relay(Role::Guest), refused_and_then(Role::Guest, NoAnswer::TimedOut { after: Duration::from_secs(30) })
        => Inconclusive, "got no answer: no whole reply came within 30 s";

    a_refused_login_with_a_limit_behind_it_is_inconclusive:
        Relay(Role::Guest), refused_and_then(Role::Guest, NoAnswer::LimitReached { limit: "run".to_owned() })
        => Inconclusive, "a limit of this run was reached (run)";

    a_refused_login_with_noise_behind_it_is_inconclusive:
        Relay(Role::Guest), refused_and_then(Role::Guest, NoAnswer::NoReply { what: "noise".to_owned() })
        => Inconclusive, "noise";

    a_refused_login_without_a_connection_behind_it_is_inconclusive:
        Relay(Role::Guest), refused_and_then(Role::Guest, NoAnswer::NotConnected { reason: "refused".to_owned() })
        => Inconclusive, "refused";

    a_client_turned_away_after_a_refused_login_is_inconclusive:
        Relay(Role::Guest),
        refused_and_then(Role::Guest, NoAnswer::TurnedAway { reply: spoken(421, None, "Too many connections") })
        => Inconclusive, "Too many connections";

    a_connection_closed_over_a_login_refused_by_design_is_inconclusive:
        Relay(Role::UnauthorizedAccount),
        refused_and_then(Role::UnauthorizedAccount, NoAnswer::Closed)
            .declaring(|file| { file.login_refused.insert(Role::UnauthorizedAccount); })
        => Inconclusive, "the server closed the connection";

    a_connection_closed_over_a_right_password_is_inconclusive:
        Relay(Role::UnauthorizedAccount),
        refused_and_then(Role::UnauthorizedAccount, NoAnswer::Closed).declaring(|file| file.passwords_are_ours = true)
        => Inconclusive, "the server closed the connection";

    a_null_session_that_authenticates_and_may_not_relay_conforms:
        Relay(Role::NullSession),
        safe().answered(Role::NullSession, accepted())
        => Conformant, "the null session (NTLM) authenticated: 235";

    an_account_refused_at_mail_conforms:
        Relay(Role::UnauthorizedAccount), safe().ending(Role::UnauthorizedAccount, refused(Stage::Mail))
        => Conformant, "was refused at MAIL";

    the_authorized_account_is_asked_whether_it_is_served:
        Relay(Role::AuthorizedAccount), safe()
        => Conformant, "mail of the authorized account (NTLM) to somebody@elsewhere.example arrived";

    the_submitters_of_the_record_are_not_judged_by_these_rules:
        Relay(Role::MapiClient), safe() => NotApplicable, "only the record speaks of it";
}
