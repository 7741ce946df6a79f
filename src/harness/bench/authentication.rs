//! From an authentication exchange to what AUTH said.

use crate::harness::client::Exchange;
use crate::judge::{Authentication, NoAnswer};
use crate::protocol::wire::ReplyClass;

/// What AUTH said. AUTH is sent without an initial response, so that a refusal before any 334 is about the mechanism:
/// the server has seen no credentials. While STARTTLS is offered and not used it may be about TLS instead. 235 alone, and
/// only behind a challenge, says that somebody is authenticated (RFC 4954 4): what any other 2xx means is not known.
pub(super) fn classify(exchange: Exchange, starttls_is_offered: bool) -> Authentication {
    let (reply, challenged) = match exchange {
        Exchange::Answered { reply, challenged } => (reply, challenged),
        Exchange::Unproven { reply } => {
            let reason = format!(
                "the server said {} without the proof that it knows the password, which it owes too (RFC 5802 5)",
                reply.code()
            );
            return Authentication::CannotSpeak { reason };
        }
        Exchange::Stopped { reason, .. } => return Authentication::CannotSpeak { reason },
    };
    if let Some(why) = NoAnswer::of_contradiction(&reply) {
        return Authentication::NoAnswer(why);
    }
    let spoken = (&reply).into();
    match (reply.code().class(), reply.code().get()) {
        (ReplyClass::PositiveCompletion, 235) if challenged => Authentication::Accepted { reply: spoken },
        (ReplyClass::PositiveCompletion, code) => {
            let when = if challenged { "" } else { " before it had asked for credentials" };
            Authentication::CannotSpeak { reason: format!("the server answered AUTH with {code}{when}") }
        }
        (ReplyClass::TransientNegative, _) => Authentication::Deferred { reply: spoken },
        // RFC 4954 6: authentication required; encryption required for the requested mechanism.
        (ReplyClass::PermanentNegative, 530 | 538) => Authentication::NeedsTls { reply: spoken },
        // RFC 4954 4: the response could not be decoded, or was too long a line. Nobody's credentials were judged.
        (ReplyClass::PermanentNegative, code @ (500 | 501)) if challenged => Authentication::CannotSpeak {
            reason: format!("the server could not read a response: {code} {}", reply.text()),
        },
        (ReplyClass::PermanentNegative, _) if challenged => Authentication::Refused { reply: spoken },
        (ReplyClass::PermanentNegative, _) if starttls_is_offered => Authentication::NeedsTls { reply: spoken },
        (ReplyClass::PermanentNegative, _) => Authentication::Unavailable { reply: spoken },
        (ReplyClass::PositiveIntermediate, code) => {
            Authentication::CannotSpeak { reason: format!("the server answered AUTH with {code}") }
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::protocol::wire::Reply;

    /// RFC 5802 5: the server authenticates itself too.
    #[test]
    fn a_success_without_the_server_s_proof_is_no_success() {
        let reply = Reply::from_bytes(b"235 2.7.0 ok\r\n").unwrap().unwrap();
        let answer = classify(Exchange::Unproven { reply }, false);
        assert!(matches!(&answer, Authentication::CannotSpeak { reason } if reason.contains("235")), "{answer:?}");
    }

    /// design.md, "Mechanisms", and RFC 4954 4 and 6 for the codes.
    #[rstest]
    #[case::accepted("235 2.7.0 ok", true, false, "accepted")]
    #[case::accepted_with_starttls_offered("235 2.7.0 ok", true, true, "accepted")]
    #[case::accepted_without_credentials("235 2.7.0 ok", false, false, "cannot-speak")]
    #[case::another_success("250 OK", true, false, "cannot-speak")]
    #[case::another_success_at_once("250 OK", false, false, "cannot-speak")]
    #[case::another_success_with_starttls_offered("220 go on", true, true, "cannot-speak")]
    #[case::refused("535 5.7.8 no", true, false, "refused")]
    #[case::refused_with_starttls_offered("535 5.7.8 no", true, true, "refused")]
    #[case::other_refusal("554 no", true, false, "refused")]
    #[case::not_decoded("501 5.5.2 Cannot decode response", true, false, "cannot-speak")]
    #[case::too_long_a_line("500 5.5.6 Authentication Exchange line is too long", true, false, "cannot-speak")]
    #[case::not_decoded_with_starttls_offered("501 no", true, true, "cannot-speak")]
    #[case::bad_arguments_at_once("501 no", false, false, "unavailable")]
    #[case::no_such_command("500 what", false, false, "unavailable")]
    #[case::not_implemented("502 what", false, false, "unavailable")]
    #[case::not_enabled("503 5.5.1 authentication not enabled", false, false, "unavailable")]
    #[case::no_such_mechanism("504 5.5.4 no", false, false, "unavailable")]
    #[case::dovecot("535 5.7.8 Error: authentication failed: no mechanism", false, false, "unavailable")]
    #[case::no_such_mechanism_without_tls("504 5.5.4 no", false, true, "needs-tls")]
    #[case::not_enabled_without_tls("503 no", false, true, "needs-tls")]
    #[case::starttls_first("530 5.7.0 Must issue a STARTTLS command first", false, false, "needs-tls")]
    #[case::encryption_required("538 5.7.11 no", false, false, "needs-tls")]
    #[case::encryption_required_late("538 5.7.11 no", true, false, "needs-tls")]
    #[case::temporary("454 4.7.0 later", true, false, "deferred")]
    #[case::temporary_at_once("454 4.7.0 later", false, true, "deferred")]
    #[case::contradiction("235-2.7.0 ok\r\n535 5.7.8 no", true, false, "no-answer")]
    #[case::contradiction_at_once("504-5.5.4 no\r\n334 go on", false, false, "no-answer")]
    #[case::other_codes_of_one_class("535-5.7.8 no\r\n554 5.7.8 no", true, false, "refused")]
    #[case::nonsense("354 go on", true, false, "cannot-speak")]
    fn auth_is_read_by_what_came_before(
        #[case] reply: &str,
        #[case] challenged: bool,
        #[case] starttls: bool,
        #[case] expected: &str,
    ) {
        let reply = Reply::from_bytes(format!("{reply}\r\n").as_bytes()).unwrap().unwrap();
        let answer = match classify(Exchange::Answered { reply, challenged }, starttls) {
            Authentication::NotTried => "not-tried",
            Authentication::Accepted { .. } => "accepted",
            Authentication::Refused { .. } => "refused",
            Authentication::Unavailable { .. } => "unavailable",
            Authentication::NeedsTls { .. } => "needs-tls",
            Authentication::Deferred { .. } => "deferred",
            Authentication::NoMechanism { .. } => "no-mechanism",
            Authentication::CannotSpeak { .. } => "cannot-speak",
            Authentication::NoAnswer(_) => "no-answer",
        };
        assert_eq!(answer, expected);
    }
}
