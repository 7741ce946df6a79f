use proptest::prelude::*;
use rstest::rstest;

use super::keys::MOST_ITERATIONS;
use super::message::{escaped, unescaped};
use super::*;
use crate::protocol::secret::Secret;

// RFC 7677 3, the example.
const CLIENT_NONCE: &str = "rOprNGfwEbeRWgbNEkqO";
const SERVER_NONCE: &str = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
const SALT: [u8; 16] = [0x5b, 0x6d, 0x99, 0x68, 0x9d, 0x12, 0x35, 0x8e, 0xec, 0xa0, 0x4b, 0x14, 0x12, 0x36, 0xfa, 0x81];
const CLIENT_FIRST: &[u8] = b"n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
const SERVER_FIRST: &[u8] = b"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
const CLIENT_FINAL: &[u8] = b"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
    p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
const SERVER_FINAL: &[u8] = b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

fn client() -> ClientFirst {
    ClientFirst::new("user", &Secret::new("pencil"), CLIENT_NONCE.to_owned()).unwrap()
}

fn server() -> ServerFirst {
    ServerFirst::answer(CLIENT_FIRST, SERVER_NONCE, SALT.to_vec(), 4096).unwrap()
}

#[test]
fn the_client_says_what_rfc_7677_has_it_say() {
    let client = client();
    assert_eq!(client.message(), CLIENT_FIRST);
    let (client_final, signature) = client.answer(SERVER_FIRST).unwrap();
    assert_eq!(client_final, CLIENT_FINAL, "{}", String::from_utf8_lossy(&client_final));
    assert_eq!(signature.judge(SERVER_FINAL), ServerFinal::Proved);
}

#[test]
fn the_server_says_what_rfc_7677_has_it_say() {
    let server = server();
    assert_eq!(server.message(), SERVER_FIRST, "{}", String::from_utf8_lossy(&server.message()));
    let proof = server.offered(CLIENT_FINAL).unwrap();
    assert_eq!((proof.user.as_str(), proof.authorization_identity.as_str()), ("user", ""));
    assert!(proof.holds_for("pencil") && !proof.holds_for("pencils"));
    assert_eq!(proof.server_final("pencil").as_deref(), Some(SERVER_FINAL));
}

/// An exchange as scramp 1.5.0 (Python) has it between its own client and server: a user name with both signs that are
/// written otherwise, a password that SASLprep changes (a no-break space, a Roman numeral), another number of iterations.
#[test]
fn scramp_says_the_same() {
    let (user, password) = ("b,o=b", "p\u{e4}ss\u{a0}w\u{f6}rd \u{2168}");
    let client = ClientFirst::new(user, &Secret::new(password), "cl1ent/nonce".to_owned()).unwrap();
    let client_first = "n,,n=b=2Co=3Db,r=cl1ent/nonce";
    let server_first = "r=cl1ent/nonces3rver+nonce,s=AAECAwQFBgcICQoLDA0ODxAREhM=,i=5000";
    let client_final = "c=biws,r=cl1ent/nonces3rver+nonce,p=OZFT7nWlEzOMp6ZMlU3x4KQUgp9P4T4eZE4Hp8gFjOU=";
    let server_final = "v=zGeU9/+r20OlZc/CxJujfsS4zIlhpCKXonj8SvEW1bs=";
    assert_eq!(client.message(), client_first.as_bytes());
    let (answer, signature) = client.answer(server_first.as_bytes()).unwrap();
    assert_eq!(String::from_utf8_lossy(&answer), client_final);
    assert_eq!(signature.judge(server_final.as_bytes()), ServerFinal::Proved);

    let server = ServerFirst::answer(client_first.as_bytes(), "s3rver+nonce", (0..20).collect(), 5000).unwrap();
    assert_eq!(server.message(), server_first.as_bytes());
    let proof = server.offered(client_final.as_bytes()).unwrap();
    assert!(proof.user == user && proof.holds_for(password) && !proof.holds_for("password"));
    assert_eq!(proof.server_final(password).as_deref(), Some(server_final.as_bytes()));
}

#[rstest]
#[case::right(SERVER_FINAL, ServerFinal::Proved)]
#[case::with_an_extension(b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=,x=y", ServerFinal::Proved)]
#[case::of_another_password(b"v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", ServerFinal::Wrong)]
#[case::cut(b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95A==", ServerFinal::Wrong)]
#[case::empty_signature(b"v=", ServerFinal::Wrong)]
#[case::error(b"e=invalid-proof", ServerFinal::Error)]
#[case::nothing(b"", ServerFinal::Malformed)]
#[case::no_base64(b"v=?", ServerFinal::Malformed)]
#[case::something_else(b"r=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", ServerFinal::Malformed)]
fn a_server_proves_itself_or_does_not(#[case] server_final: &[u8], #[case] expected: ServerFinal) {
    let (_, signature) = client().answer(SERVER_FIRST).unwrap();
    assert_eq!(signature.judge(server_final), expected);
}

/// RFC 5802 5.1 and 7 for the grammar; 9 for the number of iterations.
#[rstest]
#[case::empty("", FirstError::Malformed)]
#[case::our_nonce_alone("r=rOprNGfwEbeRWgbNEkqO,s=W22Z,i=4096", FirstError::Malformed)]
#[case::another_nonce("r=sOprNGfwEbeRWgbNEkqOx,s=W22Z,i=4096", FirstError::Malformed)]
#[case::a_nonce_that_cannot_be_printed("r=rOprNGfwEbeRWgbNEkqO\x7f,s=W22Z,i=4096", FirstError::Malformed)]
#[case::mandatory_extension("m=x,r=rOprNGfwEbeRWgbNEkqOx,s=W22Z,i=4096", FirstError::Malformed)]
#[case::no_salt("r=rOprNGfwEbeRWgbNEkqOx,s=,i=4096", FirstError::Malformed)]
#[case::salt_no_base64("r=rOprNGfwEbeRWgbNEkqOx,s=?,i=4096", FirstError::Malformed)]
#[case::no_iterations("r=rOprNGfwEbeRWgbNEkqOx,s=W22Z", FirstError::Malformed)]
#[case::zero_iterations("r=rOprNGfwEbeRWgbNEkqOx,s=W22Z,i=0", FirstError::Malformed)]
#[case::a_sign_before_them("r=rOprNGfwEbeRWgbNEkqOx,s=W22Z,i=+4096", FirstError::Malformed)]
#[case::too_many("r=rOprNGfwEbeRWgbNEkqOx,s=W22Z,i=1000001", FirstError::TooCostly(1_000_001))]
#[case::far_too_many("r=rOprNGfwEbeRWgbNEkqOx,s=W22Z,i=4294967297", FirstError::TooCostly(4_294_967_297))]
fn a_server_s_first_message_is_read_strictly(#[case] server_first: &str, #[case] error: FirstError) {
    assert_eq!(client().answer(server_first.as_bytes()).err(), Some(error));
}

#[test]
fn an_extension_that_may_be_ignored_is() {
    assert!(client().answer(b"r=rOprNGfwEbeRWgbNEkqOx,s=W22Z,i=1,x=y").is_ok());
    const { assert!(MOST_ITERATIONS >= 600_000) };
}

#[rstest]
#[case::empty("")]
#[case::channel_binding("p=tls-unique,,n=user,r=abc")]
#[case::no_header("n=user,r=abc")]
#[case::no_user("n,,r=abc")]
#[case::empty_user("n,,n=,r=abc")]
#[case::no_nonce("n,,n=user")]
#[case::empty_nonce("n,,n=user,r=")]
#[case::a_bare_sign("n,,n=us=er,r=abc")]
#[case::mandatory_extension("n,,m=x,n=user,r=abc")]
#[case::an_identity_that_is_none("n,b=x,n=user,r=abc")]
fn refuses_what_is_no_client_first_message(#[case] message: &str) {
    assert!(ServerFirst::answer(message.as_bytes(), "xyz", vec![1], 1).is_none());
}

#[rstest]
#[case::empty("")]
#[case::another_header(
    "c=eSws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
)]
#[case::another_nonce(
    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k1,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
)]
#[case::a_short_proof("c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzb")]
#[case::no_proof("c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0")]
fn refuses_what_is_no_client_final_message(#[case] message: &str) {
    assert!(server().offered(message.as_bytes()).is_none());
}

#[test]
fn a_client_that_could_bind_and_one_that_acts_as_another_are_heard() {
    let could_bind = ServerFirst::answer(b"y,,n=user,r=abc", "xyz", vec![1], 1).unwrap();
    let other = ServerFirst::answer(b"n,a=so=2Cme,n=us=3Der,r=abc", "xyz", vec![1], 1).unwrap();
    let proof = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    // `y,,` and `n,a=so=2Cme,` in base64.
    assert!(could_bind.offered(format!("c=eSws,r=abcxyz,p={proof}").as_bytes()).is_some());
    let offered = other.offered(format!("c=bixhPXNvPTJDbWUs,r=abcxyz,p={proof}").as_bytes()).unwrap();
    assert_eq!((offered.user.as_str(), offered.authorization_identity.as_str()), ("us=er", "so,me"));
}

#[rstest]
#[case("", "pencil")]
#[case("user", "")]
#[case("us\u{7}er", "pencil")]
#[case("user", "pen\u{7}cil")]
// A soft hyphen becomes nothing (RFC 4013 2.1).
#[case("\u{ad}", "pencil")]
fn what_saslprep_has_no_form_for_is_not_sent(#[case] user: &str, #[case] password: &str) {
    assert!(ClientFirst::new(user, &Secret::new(password), "abc".to_owned()).is_none());
}

#[test]
fn the_salt_follows_from_the_nonce_and_does_not_show_it() {
    assert_eq!(salt_of([1; 8]).len(), 16);
    assert_ne!(salt_of([1; 8]), salt_of([2; 8]));
    assert!(!salt_of([1; 8]).windows(8).any(|window| window == [1; 8]));
}

proptest! {
    #[test]
    fn a_name_is_read_as_it_was_written(name in "[a-z,=]{0,12}") {
        let written = escaped(&name);
        prop_assert!(!written.contains(','));
        prop_assert_eq!(unescaped(&written), Some(name));
    }

    #[test]
    fn client_and_server_agree_on_the_right_password_alone(
        user in "[a-zA-Zé,= ]{0,10}[a-z]",
        right in "[ -~é€]{1,20}",
        wrong in "[ -~é€]{1,20}",
        iterations in 1..4u32,
        (salt, nonce) in (prop::collection::vec(any::<u8>(), 1..20), "[!-+--~]{1,20}"),
    ) {
        prop_assume!(right != wrong);
        let client = ClientFirst::new(&user, &Secret::new(right.as_str()), "abc".to_owned()).unwrap();
        let server = ServerFirst::answer(&client.message(), &nonce, salt, iterations).unwrap();
        let (client_final, signature) = client.answer(&server.message()).unwrap();
        let proof = server.offered(&client_final).unwrap();
        prop_assert_eq!(&proof.user, &user);
        prop_assert!(proof.holds_for(&right) && !proof.holds_for(&wrong));
        prop_assert_eq!(signature.judge(&proof.server_final(&right).unwrap()), ServerFinal::Proved);
        prop_assert_eq!(signature.judge(&proof.server_final(&wrong).unwrap()), ServerFinal::Wrong);
    }

    #[test]
    fn nothing_panics(octets: Vec<u8>, text in "[rsinmcpv=,a-z0-9+/]{0,60}") {
        for message in [octets.as_slice(), text.as_bytes()] {
            let _ = client().answer(message);
            let _ = ServerFirst::answer(message, "xyz", vec![1], 1);
            let _ = server().offered(message);
        }
    }
}
