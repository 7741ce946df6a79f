use rstest::rstest;

use super::*;

// MS-NLMP 4.2.1.
const SERVER_CHALLENGE: [u8; 8] = [0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef];
const CLIENT_CHALLENGE: [u8; 8] = [0xaa; 8];
const TARGET_INFORMATION: &[u8] = b"\x02\0\x0c\0D\0o\0m\0a\0i\0n\0\x01\0\x0c\0S\0e\0r\0v\0e\0r\0\0\0\0\0";

fn hexadecimal(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

#[test]
fn lmowf_v1_is_that_of_4_2_2_1_1() {
    assert_eq!(hexadecimal(&lmowf_v1("Password").unwrap()), "e52cac67419a9a224a3b108f3fa6cb6d");
}

#[test]
fn ntowf_v1_is_that_of_4_2_2_1_2() {
    assert_eq!(hexadecimal(&ntowf_v1("Password")), "a4f49c406510bdcab6824ee7c30fd852");
}

#[test]
fn ntlm_v1_response_is_that_of_4_2_2_2_1() {
    let response = v1_response(&ntowf_v1("Password"), SERVER_CHALLENGE);
    assert_eq!(hexadecimal(&response), "67c43011f30298a2ad35ece64f16331c44bdbed927841f94");
}

#[test]
fn lm_v1_response_is_that_of_4_2_2_2_2() {
    let response = v1_response(&lmowf_v1("Password").unwrap(), SERVER_CHALLENGE);
    assert_eq!(hexadecimal(&response), "98def7b87f88aa5dafe2df779688a172def11c7d5ccdef13");
}

#[test]
fn extended_lm_v1_response_is_that_of_4_2_3_2_1() {
    let response = extended_v1_lm_response(CLIENT_CHALLENGE);
    assert_eq!(hexadecimal(&response), "aaaaaaaaaaaaaaaa00000000000000000000000000000000");
}

#[test]
fn extended_ntlm_v1_response_is_that_of_4_2_3_2_2() {
    let response = extended_v1_response(&ntowf_v1("Password"), SERVER_CHALLENGE, CLIENT_CHALLENGE);
    assert_eq!(hexadecimal(&response), "7537f803ae367128ca458204bde7caf81e97ed2683267232");
}

#[test]
fn ntowf_v2_is_that_of_4_2_4_1_1() {
    assert_eq!(hexadecimal(&ntowf_v2("Password", "User", "Domain")), "0c868a403bfd7a93a3001ef22ef02e3f");
}

#[test]
fn lm_v2_response_is_that_of_4_2_4_2_1() {
    let response = lm_v2_response(&ntowf_v2("Password", "User", "Domain"), SERVER_CHALLENGE, CLIENT_CHALLENGE);
    assert_eq!(hexadecimal(&response), "86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa");
}

#[test]
fn ntlm_v2_response_is_that_of_4_2_4_2_2_and_4_2_4_1_3() {
    let key = ntowf_v2("Password", "User", "Domain");
    let response = ntlm_v2_response(&key, SERVER_CHALLENGE, CLIENT_CHALLENGE, [0; 8], TARGET_INFORMATION);
    let expected = concat!(
        "68cd0ab851e51c96aabc927bebef6a1c",
        "01010000000000000000000000000000aaaaaaaaaaaaaaaa00000000",
        "02000c0044006f006d00610069006e0001000c005300650072007600650072000000000000000000",
    );
    assert_eq!(hexadecimal(&response), expected);
}

#[rstest]
// 3.3.1: "If the password is longer than 14 characters, the LMOWF v1 cannot be computed."
#[case("12345678901234", true)]
#[case("123456789012345", false)]
#[case("\u{20ac}", false)]
fn lmowf_v1_has_an_end(#[case] password: &str, #[case] there: bool) {
    assert_eq!(lmowf_v1(password).is_some(), there);
}

#[test]
fn the_empty_password_has_the_hashes_known_from_every_password_file() {
    assert_eq!(hexadecimal(&lmowf_v1("").unwrap()), "aad3b435b51404eeaad3b435b51404ee");
    assert_eq!(hexadecimal(&ntowf_v1("")), "31d6cfe0d16ae931b73c59d7e0c089c0");
}

#[rstest]
#[case("PASSWORD")]
#[case("password")]
fn lm_knows_no_case(#[case] password: &str) {
    assert_eq!(lmowf_v1(password), lmowf_v1("Password"));
    assert_ne!(ntowf_v1(password), ntowf_v1("Password"));
}

#[test]
fn ntowf_v2_knows_no_case_of_the_user() {
    assert_eq!(ntowf_v2("Password", "uSER", "Domain"), ntowf_v2("Password", "User", "Domain"));
    assert_ne!(ntowf_v2("Password", "User", "DOMAIN"), ntowf_v2("Password", "User", "Domain"));
}
