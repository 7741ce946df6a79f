use proptest::prelude::*;
use rstest::rstest;

use super::*;

fn parameters() -> ServerParameters {
    ServerParameters {
        nonce: 1896u64.to_be_bytes(),
        unix_milliseconds: 697_170_952,
        host: "postoffice.reston.mci.net".to_owned(),
        login_prompts: [b"Username:".to_vec(), b"Password:".to_vec()],
        ntlm: ntlm::ChallengeStyle {
            target_name: "EXAMPLE".to_owned(),
            target_is_domain: true,
            target_information: true,
            version: false,
        },
    }
}

fn begin(mechanism: Mechanism, initial_response: Option<&[u8]>) -> Result<(ServerExchange, ServerStep), ServerError> {
    ServerExchange::begin(mechanism, parameters(), initial_response)
}

fn challenge(octets: &[u8]) -> ServerStep {
    ServerStep::Challenge(Some(octets.to_vec()))
}

#[rstest]
// RFC 4954 section 4: a client-first mechanism without initial response gets an empty challenge.
#[case(Mechanism::Plain, challenge(b""))]
#[case(Mechanism::Anonymous, challenge(b""))]
#[case(Mechanism::External, challenge(b""))]
#[case(Mechanism::ScramSha256, challenge(b""))]
#[case(Mechanism::Xoauth2, challenge(b""))]
#[case(Mechanism::OauthBearer, challenge(b""))]
// MS-SMTPNTLM 2.2.1.2: the text is the product's.
#[case(Mechanism::Ntlm, ServerStep::Challenge(None))]
#[case(Mechanism::Login, challenge(b"Username:"))]
// RFC 2195 section 2, the example.
#[case(Mechanism::CramMd5, challenge(b"<1896.697170952@postoffice.reston.mci.net>"))]
fn begins_with_a_challenge(#[case] mechanism: Mechanism, #[case] step: ServerStep) {
    assert_eq!(begin(mechanism, None).unwrap().1, step);
}

#[rstest]
#[case(Mechanism::Plain, b"\0tim\0tanstaaftanstaaf", Some(b"tim".as_slice()))]
#[case(Mechanism::Anonymous, b"sirhc", None)]
#[case(Mechanism::Anonymous, b"", None)]
#[case(Mechanism::External, b"", None)]
#[case(Mechanism::External, b"fred@example.com", None)]
fn one_message_is_enough(#[case] mechanism: Mechanism, #[case] message: &[u8], #[case] user: Option<&[u8]>) {
    let (_, at_once) = begin(mechanism, Some(message)).unwrap();
    let (mut exchange, _) = begin(mechanism, None).unwrap();
    let later = exchange.respond(message).unwrap();
    assert_eq!(at_once, later);
    let ServerStep::Offered(proof) = later else { panic!("{later:?}") };
    assert_eq!(proof.user().as_deref(), user);
    assert_eq!(exchange.respond(message), Err(ServerError::Over));
}

#[rstest]
#[case(None)]
#[case(Some(b"CORP\\tim".as_slice()))]
fn login_asks_twice(#[case] initial_response: Option<&[u8]>) {
    let (mut exchange, mut step) = begin(Mechanism::Login, initial_response).unwrap();
    if initial_response.is_none() {
        assert_eq!(step, challenge(b"Username:"));
        step = exchange.respond(b"CORP\\tim").unwrap();
    }
    assert_eq!(step, challenge(b"Password:"));
    let ServerStep::Offered(proof) = exchange.respond(b"secret").unwrap() else { panic!() };
    let expected = Proof::Password {
        authorization_identity: Vec::new(),
        authentication_identity: b"CORP\\tim".to_vec(),
        password: Secret::new("secret"),
    };
    assert_eq!(proof, expected);
    assert_eq!(exchange.respond(b""), Err(ServerError::Over));
}

#[test]
fn ntlm_takes_message_1_now_or_later() {
    let message_1 = ntlm::Negotiate::of_flags(0x8000_8207).encode();
    let (mut early, at_once) = begin(Mechanism::Ntlm, Some(&message_1)).unwrap();
    let (mut late, _) = begin(Mechanism::Ntlm, None).unwrap();
    assert_eq!(late.respond(&message_1).unwrap(), at_once);
    let ServerStep::Challenge(Some(message_2)) = at_once else { panic!("{at_once:?}") };
    assert_eq!(ntlm::Challenge::decode(&message_2).unwrap().server_challenge, 1896u64.to_be_bytes());
    for exchange in [&mut early, &mut late] {
        let message_3 = ntlm::null_session_message(ntlm::NullSessionForm::OneZeroOctet);
        assert_eq!(exchange.respond(&message_3), Ok(ServerStep::Offered(Proof::NullSession)));
        assert_eq!(exchange.respond(&message_3), Err(ServerError::Over));
    }
}

#[rstest]
#[case(ntlm::NullSessionForm::OneZeroOctet)]
#[case(ntlm::NullSessionForm::AnonymousFlag)]
#[case(ntlm::NullSessionForm::NoLmResponse)]
fn every_form_of_the_null_session_is_seen(#[case] form: ntlm::NullSessionForm) {
    let message_1 = ntlm::Negotiate::of_flags(0x8000_8207).encode();
    let (mut exchange, _) = begin(Mechanism::Ntlm, Some(&message_1)).unwrap();
    let step = exchange.respond(&ntlm::null_session_message(form)).unwrap();
    assert_eq!(step, ServerStep::Offered(Proof::NullSession));
}

#[rstest]
#[case(Mechanism::Plain, b"")]
#[case(Mechanism::Plain, b"tim")]
#[case(Mechanism::Anonymous, b"\xff")]
#[case(Mechanism::External, b"fr\0d")]
#[case(Mechanism::OauthBearer, b"n,,")]
#[case(Mechanism::Xoauth2, b"user=tim")]
#[case(Mechanism::ScramSha256, b"")]
#[case(Mechanism::ScramSha256, b"p=tls-unique,,n=tim,r=abc")]
#[case(Mechanism::Ntlm, b"")]
#[case(Mechanism::Ntlm, b"NTLMSSP\0\x03\0\0\0")]
// RFC 4954 section 4: CRAM-MD5 has no initial response, not even an empty one.
#[case(Mechanism::CramMd5, b"")]
#[case(Mechanism::CramMd5, b"tim b913a602c7eda7a495b4e6e7334d3890")]
fn refuses_a_malformed_initial_response(#[case] mechanism: Mechanism, #[case] response: &[u8]) {
    let error = ServerError::Malformed { mechanism, response: Secret::new(response) };
    assert_eq!(begin(mechanism, Some(response)).err(), Some(error));
}

#[test]
fn a_malformed_response_ends_the_exchange() {
    let (mut exchange, _) = begin(Mechanism::CramMd5, None).unwrap();
    assert!(matches!(exchange.respond(b"tim"), Err(ServerError::Malformed { .. })));
    assert_eq!(exchange.respond(b"tim b913a602c7eda7a495b4e6e7334d3890"), Err(ServerError::Over));
}

#[test]
fn an_error_does_not_print_a_password() {
    let error = begin(Mechanism::Plain, Some(b"tim\0tanstaaftanstaaf")).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("tanstaaf"));
}

fn mechanism() -> impl Strategy<Value = Mechanism> {
    prop::sample::select(Mechanism::ALL.to_vec())
}

proptest! {
    #[test]
    fn any_responses_come_to_an_end(
        mechanism in mechanism(),
        initial_response: Option<Vec<u8>>,
        responses in prop::collection::vec(any::<Vec<u8>>(), 3),
    ) {
        let Ok((mut exchange, _)) = begin(mechanism, initial_response.as_deref()) else { return Ok(()) };
        let last = responses.iter().map(|response| exchange.respond(response)).last();
        prop_assert_eq!(last, Some(Err(ServerError::Over)));
    }
}
