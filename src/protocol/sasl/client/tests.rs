use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::protocol::sasl::{AccountSecret, Proof, ServerError, ServerExchange, ServerParameters, ServerStep};

const ENTROPY: Entropy = Entropy { nonce: [0xaa; 8], unix_milliseconds: 1_015_000_000_000 };

fn password(user: &str, password: &[u8]) -> Credentials {
    Credentials::Password { user: user.to_owned(), password: Secret::new(password), domain: None }
}

fn token(user: &str, token: &str) -> Credentials {
    Credentials::Token { user: user.to_owned(), token: Secret::new(token) }
}

fn begin(mechanism: Mechanism, credentials: Credentials) -> Result<ClientExchange, ClientError> {
    ClientExchange::begin(mechanism, credentials, ENTROPY)
}

#[test]
fn plain_says_all_at_once() {
    // RFC 4616 section 4, the first example.
    let mut exchange = begin(Mechanism::Plain, password("tim", b"tanstaaftanstaaf")).unwrap();
    assert_eq!(exchange.next_label(), "PLAIN user name and password");
    assert_eq!(exchange.respond(Some(b"")).unwrap().expose(), b"\0tim\0tanstaaftanstaaf");
    assert_eq!(exchange.respond(Some(b"")), Err(ClientError::Over { mechanism: Mechanism::Plain }));
}

#[rstest]
#[case([Some(&b"Username:"[..]), Some(&b"Password:"[..])])]
// As aiosmtpd words them.
#[case([Some(&b"User Name\0"[..]), Some(&b"Password\0"[..])])]
#[case([Some(&b""[..]), None])]
fn login_answers_whatever_the_prompts_are(#[case] prompts: [Option<&[u8]>; 2]) {
    let mut exchange = begin(Mechanism::Login, password("tim", b"secret")).unwrap();
    assert_eq!(exchange.next_label(), "user name");
    assert_eq!(exchange.respond(prompts[0]).unwrap().expose(), b"tim");
    assert_eq!(exchange.next_label(), "password");
    assert_eq!(exchange.respond(prompts[1]).unwrap().expose(), b"secret");
    assert_eq!(exchange.next_label(), "nothing");
    assert_eq!(exchange.respond(prompts[1]), Err(ClientError::Over { mechanism: Mechanism::Login }));
}

#[test]
fn cram_md5_answers_the_example_of_rfc_2195() {
    let mut exchange = begin(Mechanism::CramMd5, password("tim", b"tanstaaftanstaaf")).unwrap();
    let response = exchange.respond(Some(b"<1896.697170952@postoffice.reston.mci.net>")).unwrap();
    assert_eq!(response.expose(), b"tim b913a602c7eda7a495b4e6e7334d3890");
}

#[rstest]
#[case(None)]
#[case(Some(b"".as_slice()))]
fn cram_md5_needs_a_challenge(#[case] challenge: Option<&[u8]>) {
    let mut exchange = begin(Mechanism::CramMd5, password("tim", b"secret")).unwrap();
    let malformed = ClientError::Malformed { mechanism: Mechanism::CramMd5, challenge: Vec::new() };
    assert_eq!(exchange.respond(challenge), Err(malformed));
}

#[rstest]
#[case(None)]
#[case(Some(b"".as_slice()))]
#[case(Some(b"NTLM supported".as_slice()))]
fn ntlm_begins_whatever_the_first_challenge_is(#[case] challenge: Option<&[u8]>) {
    let mut exchange = begin(Mechanism::Ntlm, password("tim", b"secret")).unwrap();
    assert_eq!(exchange.next_label(), "NTLM message 1");
    let message_1 = exchange.respond(challenge).unwrap();
    assert_eq!(ntlm::Negotiate::decode(message_1.expose()), Ok(ntlm::Negotiate::of_flags(0x0008_8207)));
    assert_eq!(exchange.next_label(), "NTLM message 3");
}

#[rstest]
#[case(Credentials::NullSession, None)]
#[case(Credentials::NullSession, Some(b"NTLMSSP\0\x02\0\0\0".as_slice()))]
#[case(password("tim", b"secret"), None)]
#[case(password("tim", b"secret"), Some(b"ntlm supported".as_slice()))]
fn ntlm_s_second_challenge_is_message_2(#[case] credentials: Credentials, #[case] challenge: Option<&[u8]>) {
    let mut exchange = begin(Mechanism::Ntlm, credentials).unwrap();
    exchange.respond(None).unwrap();
    let challenge_seen = challenge.unwrap_or_default().to_vec();
    let malformed = ClientError::Malformed { mechanism: Mechanism::Ntlm, challenge: challenge_seen };
    assert_eq!(exchange.respond(challenge), Err(malformed));
    assert_eq!(exchange.respond(challenge), Err(ClientError::Over { mechanism: Mechanism::Ntlm }));
}

#[rstest]
#[case(Mechanism::Plain, Credentials::NullSession)]
#[case(Mechanism::Plain, password("", b"secret"))]
#[case(Mechanism::Plain, password("tim", b""))]
#[case(Mechanism::Plain, password("tim", b"\xff"))]
#[case(Mechanism::Ntlm, password("tim", b"\xff"))]
#[case(Mechanism::Ntlm, Credentials::Anonymous { trace: String::new() })]
#[case(Mechanism::Login, Credentials::NullSession)]
#[case(Mechanism::CramMd5, Credentials::NullSession)]
#[case(Mechanism::Plain, token("tim", "t"))]
#[case(Mechanism::ScramSha256, token("tim", "t"))]
#[case(Mechanism::ScramSha256, password("tim", b"\xff"))]
#[case(Mechanism::ScramSha256, password("tim", b"a\x07"))]
#[case(Mechanism::Xoauth2, password("tim", b"secret"))]
#[case(Mechanism::Xoauth2, token("", "t"))]
#[case(Mechanism::OauthBearer, password("tim", b"secret"))]
#[case(Mechanism::OauthBearer, token("tim", ""))]
#[case(Mechanism::Anonymous, password("tim", b"secret"))]
#[case(Mechanism::Anonymous, Credentials::Anonymous { trace: "x".repeat(256) })]
#[case(Mechanism::External, Credentials::External { authorization_identity: "fr\0d".to_owned() })]
fn refuses_what_the_mechanism_has_no_form_for(#[case] mechanism: Mechanism, #[case] credentials: Credentials) {
    assert_eq!(begin(mechanism, credentials).err(), Some(ClientError::Unusable { mechanism }));
}

#[test]
fn no_secret_is_printed() {
    let by_password = [Mechanism::Plain, Mechanism::Login, Mechanism::CramMd5, Mechanism::Ntlm, Mechanism::ScramSha256];
    let exchanges = by_password.map(|mechanism| begin(mechanism, password("tim", b"tanstaaf")));
    let by_token =
        [Mechanism::Xoauth2, Mechanism::OauthBearer].map(|mechanism| begin(mechanism, token("tim", "tanstaaf")));
    for exchange in exchanges.into_iter().chain(by_token) {
        let printed = format!("{:?}", exchange.unwrap());
        assert!(!printed.contains("tanstaaf") && !printed.contains("116, 97, 110"), "{printed}");
    }
}

/// Lets a client talk to a server until it has offered all.
fn offered(mechanism: Mechanism, credentials: Credentials, parameters: ServerParameters) -> Proof {
    let mut client = begin(mechanism, credentials).unwrap();
    let (mut server, mut step) = ServerExchange::begin(mechanism, parameters, None).unwrap();
    loop {
        match step {
            ServerStep::Challenge(challenge) => {
                let response = client.respond(challenge.as_deref()).unwrap();
                step = server.respond(response.expose()).unwrap();
            }
            ServerStep::Offered(proof) => return proof,
            ServerStep::Acknowledged => panic!("nothing was concluded"),
        }
    }
}

fn parameters() -> impl Strategy<Value = ServerParameters> {
    let style =
        (any::<bool>(), any::<bool>(), any::<bool>()).prop_map(|(target_is_domain, target_information, version)| {
            ntlm::ChallengeStyle { target_name: "EXAMPLE".to_owned(), target_is_domain, target_information, version }
        });
    (any::<[u8; 8]>(), any::<u64>(), style).prop_map(|(nonce, unix_milliseconds, ntlm)| ServerParameters {
        nonce,
        unix_milliseconds,
        host: "mail.example.com".to_owned(),
        login_prompts: [b"Username:".to_vec(), b"Password:".to_vec()],
        ntlm,
    })
}

/// Those that compute little: SCRAM has laws of its own, with fewer iterations (`scram/tests.rs`).
fn password_mechanism() -> impl Strategy<Value = Mechanism> {
    prop::sample::select(vec![Mechanism::Plain, Mechanism::Login, Mechanism::CramMd5, Mechanism::Ntlm])
}

proptest! {
    #[test]
    fn a_password_holds_if_it_is_the_right_one(
        mechanism in password_mechanism(),
        user in "[a-zA-Zé .]{0,10}[a-z]",
        // Beyond 14 characters there is no LM hash.
        right in "[a-zA-Z0-9é€]{1,20}",
        wrong in "[a-zA-Z0-9é€]{1,20}",
        domain in prop::option::of("[A-Z]{0,8}"),
        parameters in parameters(),
    ) {
        prop_assume!(right.to_uppercase() != wrong.to_uppercase());
        let secret = AccountSecret::from_password(&right);
        for (password, holds) in [(&right, true), (&wrong, false)] {
            let password = Secret::new(password.as_str());
            let credentials = Credentials::Password { user: user.clone(), password, domain: domain.clone() };
            let proof = offered(mechanism, credentials, parameters.clone());
            prop_assert_eq!(proof.user(), Some(user.clone().into_bytes()));
            prop_assert_eq!(proof.holds_for(&secret), holds, "{:?}", proof);
        }
    }

    #[test]
    fn the_null_session_is_the_null_session(parameters in parameters()) {
        prop_assert_eq!(offered(Mechanism::Ntlm, Credentials::NullSession, parameters), Proof::NullSession);
    }

    #[test]
    fn anonymous_and_external_say_what_they_were_given(words in "[a-zé ]{0,20}", parameters in parameters()) {
        let anonymous = Credentials::Anonymous { trace: words.clone() };
        let trace = words.clone().into_bytes();
        prop_assert_eq!(offered(Mechanism::Anonymous, anonymous, parameters.clone()), Proof::Anonymous { trace });
        let external = Credentials::External { authorization_identity: words.clone() };
        let authorization_identity = words.into_bytes();
        prop_assert_eq!(offered(Mechanism::External, external, parameters), Proof::External { authorization_identity });
    }

    #[test]
    fn any_challenge_is_answered_or_refused(
        mechanism in password_mechanism(),
        challenges in prop::collection::vec(any::<Option<Vec<u8>>>(), 3),
    ) {
        let mut exchange = begin(mechanism, password("tim", b"secret")).unwrap();
        let last = challenges.iter().map(|challenge| exchange.respond(challenge.as_deref())).last();
        prop_assert_eq!(last, Some(Err(ClientError::Over { mechanism })));
    }
}

#[rstest]
#[case("CORP\\tim", None, "CORP", "tim")]
#[case("tim", None, "", "tim")]
#[case("CORP\\tim", Some("OTHER"), "OTHER", "CORP\\tim")]
#[case("tim@corp.example", None, "", "tim@corp.example")]
fn a_domain_before_the_user_name_is_ntlm_s_domain(
    #[case] user: &str,
    #[case] domain: Option<&str>,
    #[case] domain_sent: &str,
    #[case] user_sent: &str,
) {
    let credentials = Credentials::Password {
        user: user.to_owned(),
        password: Secret::new("secret"),
        domain: domain.map(str::to_owned),
    };
    let mut exchange = begin(Mechanism::Ntlm, credentials).unwrap();
    exchange.respond(None).unwrap();
    // Microsoft Q262945: message 2 of Exchange 5.5.
    let message_2 = b"NTLMSSP\0\x02\0\0\0\x0e\0\x0e\0\x30\0\0\0\xb5\x82\x01\x40\x90\x34\xd0\xbe\xa7\xe0\x94\x9f\
        \0\0\0\0\0\0\0\0\0\0\0\0\x3e\0\0\0T\0I\0M\0D\0O\0F\0U\0";
    let message_3 = ntlm::Authenticate::decode(exchange.respond(Some(message_2)).unwrap().expose()).unwrap();
    assert_eq!((message_3.domain.as_str(), message_3.user.as_str()), (domain_sent, user_sent));
    assert_eq!(message_3.flags, 0x0000_8205);
}

fn some_parameters() -> ServerParameters {
    let ntlm = ntlm::ChallengeStyle {
        target_name: String::new(),
        target_is_domain: false,
        target_information: false,
        version: false,
    };
    let (host, login_prompts) = (String::new(), [Vec::new(), Vec::new()]);
    ServerParameters { nonce: [7; 8], unix_milliseconds: 0, host, login_prompts, ntlm }
}

/// SCRAM up to the server's first message, for a client that knows `known` where the account's password is `pencil`.
fn scram(known: &str) -> (ClientExchange, ServerExchange, Proof) {
    let mut client = begin(Mechanism::ScramSha256, password("user", known.as_bytes())).unwrap();
    assert_eq!((client.next_label().as_str(), client.secret_challenge()), ("SCRAM-SHA-256 user name", None));
    let (mut server, step) = ServerExchange::begin(Mechanism::ScramSha256, some_parameters(), None).unwrap();
    // RFC 4954 4: a client-first mechanism without initial response gets an empty challenge.
    assert_eq!(step, ServerStep::Challenge(Some(Vec::new())));
    let client_first = client.respond(Some(b"")).unwrap();
    let ServerStep::Challenge(Some(server_first)) = server.respond(client_first.expose()).unwrap() else { panic!() };
    assert_eq!((client.next_label().as_str(), client.secret_challenge()), ("SCRAM-SHA-256 proof", None));
    let client_final = client.respond(Some(&server_first)).unwrap();
    let ServerStep::Offered(proof) = server.respond(client_final.expose()).unwrap() else { panic!() };
    assert_eq!(client.secret_challenge(), Some("SCRAM-SHA-256 server signature"));
    (client, server, proof)
}

#[test]
fn with_scram_each_side_proves_itself() {
    let secret = AccountSecret::from_password("pencil");
    let (mut client, mut server, proof) = scram("pencil");
    assert_eq!(proof.user(), Some(b"user".to_vec()));
    assert!(proof.holds_for(&secret) && client.is_unproven());
    let Some(ServerStep::Challenge(Some(server_final))) = server.conclude(&proof, Some(&secret)) else { panic!() };
    assert_eq!(client.respond(Some(&server_final)).unwrap().expose(), b"");
    assert!(!client.is_unproven());
    assert_eq!(server.respond(b""), Ok(ServerStep::Acknowledged));
    assert_eq!(server.respond(b""), Err(ServerError::Over));
    assert_eq!(client.respond(Some(b"")), Err(ClientError::Over { mechanism: Mechanism::ScramSha256 }));
}

#[test]
fn a_server_that_knows_another_password_is_not_believed() {
    let (mut client, mut server, proof) = scram("pencil");
    let other = AccountSecret::from_password("stencil");
    assert!(!proof.holds_for(&other));
    let Some(ServerStep::Challenge(Some(server_final))) = server.conclude(&proof, Some(&other)) else { panic!() };
    let unproven = ClientError::Unproven { mechanism: Mechanism::ScramSha256 };
    assert_eq!(client.respond(Some(&server_final)), Err(unproven));
}

#[test]
fn a_wrong_password_is_refused_without_a_word_of_the_server_s_own() {
    let (mut client, mut server, proof) = scram("stencil");
    assert!(!proof.holds_for(&AccountSecret::from_password("pencil")));
    assert_eq!(server.conclude(&proof, None), None);
    // RFC 5802 5.1: a server may also say why, and refuse then.
    assert_eq!(client.respond(Some(b"e=invalid-proof")).unwrap().expose(), b"");
    assert!(client.is_unproven(), "success would be no proof now");
}

#[rstest]
#[case(None)]
#[case(Some(b"".as_slice()))]
#[case(Some(b"OK".as_slice()))]
fn scram_s_last_challenge_is_a_signature(#[case] challenge: Option<&[u8]>) {
    let (mut client, _, _) = scram("pencil");
    let challenge_seen = challenge.unwrap_or_default().to_vec();
    let malformed = ClientError::Malformed { mechanism: Mechanism::ScramSha256, challenge: challenge_seen };
    assert_eq!(client.respond(challenge), Err(malformed));
}

#[test]
fn scram_does_no_more_work_than_stated() {
    let mut client = begin(Mechanism::ScramSha256, password("user", b"pencil")).unwrap();
    let client_first = String::from_utf8(client.respond(Some(b"")).unwrap().expose().to_vec()).unwrap();
    // The nonce is base64 of `ENTROPY`'s.
    assert_eq!(client_first, "n,,n=user,r=qqqqqqqqqqo=");
    let error = client.respond(Some(b"r=qqqqqqqqqqo=x,s=W22Z,i=99999999")).unwrap_err();
    assert_eq!(error, ClientError::TooCostly { mechanism: Mechanism::ScramSha256, iterations: 99_999_999 });
    assert_eq!(error.to_string(), "SCRAM-SHA-256 with 99999999 iterations, more than the 1000000 that are done");
}

/// RFC 7628 3.2.2 and 3.2.3, and the same in Google's form: the error comes in a challenge, the refusal behind its answer.
#[rstest]
#[case(Mechanism::Xoauth2, b"")]
#[case(Mechanism::OauthBearer, b"\x01")]
fn a_token_is_refused_in_two_steps(#[case] mechanism: Mechanism, #[case] acknowledgement: &[u8]) {
    let mut client = begin(mechanism, token("user@example.com", "t0ken")).unwrap();
    let (mut server, step) = ServerExchange::begin(mechanism, some_parameters(), None).unwrap();
    assert_eq!(step, ServerStep::Challenge(Some(Vec::new())));
    let message = client.respond(Some(b"")).unwrap();
    let ServerStep::Offered(proof) = server.respond(message.expose()).unwrap() else { panic!() };
    assert_eq!(proof.user(), Some(b"user@example.com".to_vec()));
    let right = AccountSecret::from_password("t0ken");
    assert!(proof.holds_for(&right) && !proof.holds_for(&AccountSecret::from_password("another")));
    assert_eq!(server.clone().conclude(&proof, Some(&right)), None, "success is said at once");
    let Some(ServerStep::Challenge(Some(error))) = server.conclude(&proof, None) else { panic!() };
    assert!(serde_json::from_slice::<serde_json::Value>(&error).unwrap()["status"].is_string());
    let answer = client.respond(Some(&error)).unwrap();
    assert_eq!(answer.expose(), acknowledgement);
    assert_eq!(server.respond(answer.expose()), Ok(ServerStep::Acknowledged));
    assert_eq!(client.respond(Some(b"")), Err(ClientError::Over { mechanism }));
}
