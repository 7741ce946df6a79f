use rstest::rstest;

use super::*;

// MS-NLMP 4.2.1, but for the time: 4.2 has 1601, which no Unix time reaches.
const SERVER_CHALLENGE: [u8; 8] = [0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef];
const ENTROPY: Entropy = Entropy { nonce: [0xaa; 8], unix_milliseconds: 0 };
const NAMES: &[u8] = b"\x02\0\x0c\0D\0o\0m\0a\0i\0n\0\x01\0\x0c\0S\0e\0r\0v\0e\0r\0";

fn hexadecimal(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

/// MS-NLMP 4.2.2.3, message 2.
const MESSAGE_2_V1: &str = concat!(
    "4e544c4d53535000020000000c000c0038000000338202e20123456789abcdef",
    "00000000000000000000000000000000060070170000000f5300650072007600",
    "65007200",
);
/// MS-NLMP 4.2.3.3, message 2.
const MESSAGE_2_EXTENDED: &str = concat!(
    "4e544c4d53535000020000000c000c003800000033820a820123456789abcdef",
    "00000000000000000000000000000000060070170000000f5300650072007600",
    "65007200",
);
/// MS-NLMP 4.2.4.3, message 2.
const MESSAGE_2_V2: &str = concat!(
    "4e544c4d53535000020000000c000c003800000033828ae20123456789abcdef",
    "00000000000000002400240044000000060070170000000f5300650072007600",
    "6500720002000c0044006f006d00610069006e0001000c005300650072007600",
    "6500720000000000",
);

fn octets(hexadecimal: &str) -> Vec<u8> {
    let digits = hexadecimal.as_bytes().chunks(2);
    digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

/// Such a message with flags and target information of the test's.
fn message_2(flags: u32, target_information: &[u8]) -> Vec<u8> {
    Challenge {
        flags,
        target_name: "Server".to_owned(),
        server_challenge: SERVER_CHALLENGE,
        target_information: target_information.to_vec(),
        version: Some([6, 0, 0x70, 0x17, 0, 0, 0, 15]),
    }
    .encode()
}

fn message_3(message_2: &[u8], password: &str) -> Authenticate {
    Authenticate::decode(&authenticate(message_2, "User", "Domain", password, ENTROPY).unwrap()).unwrap()
}

#[test]
fn answers_4_2_2_with_lm_and_ntlm_v1() {
    let message = message_3(&octets(MESSAGE_2_V1), "Password");
    assert_eq!(hexadecimal(message.lm_response.expose()), "98def7b87f88aa5dafe2df779688a172def11c7d5ccdef13");
    assert_eq!(hexadecimal(message.nt_response.expose()), "67c43011f30298a2ad35ece64f16331c44bdbed927841f94");
    assert_eq!((message.user.as_str(), message.domain.as_str()), ("User", "Domain"));
}

#[test]
fn answers_4_2_3_with_extended_session_security() {
    let message = message_3(&octets(MESSAGE_2_EXTENDED), "Password");
    assert_eq!(hexadecimal(message.lm_response.expose()), "aaaaaaaaaaaaaaaa00000000000000000000000000000000");
    assert_eq!(hexadecimal(message.nt_response.expose()), "7537f803ae367128ca458204bde7caf81e97ed2683267232");
}

#[test]
fn answers_4_2_4_with_ntlm_v2() {
    let message = message_3(&octets(MESSAGE_2_V2), "Password");
    // LMv2 covers no time, so 4.2.4.2.1 is met as printed.
    assert_eq!(hexadecimal(message.lm_response.expose()), "86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa");
    // 2.2.2.7: version 1, zeros, time, client challenge, zeros, target information, zeros. 1970 as a FILETIME is
    // 116444736000000000, 0x019db1ded53e8000.
    let temp = concat!(
        "0101000000000000",
        "00803ed5deb19d01",
        "aaaaaaaaaaaaaaaa00000000",
        "02000c0044006f006d00610069006e0001000c005300650072007600650072000000000000000000",
    );
    assert_eq!(hexadecimal(message.nt_response.expose().get(16..).unwrap()), temp);
}

#[test]
fn takes_the_server_s_time_and_then_sends_no_lm_response() {
    // MsvAvTimestamp of zero: the time of 4.2.1. NTProofStr is what Python's hmac computes:
    // HMAC-MD5 under 0c868a40...2e3f (4.2.4.1.1) of server challenge and temp.
    let information = [NAMES, b"\x07\0\x08\0", &[0; 8], &[0; 4]].concat();
    let message = message_3(&message_2(0xe28a_8233, &information), "Password");
    // 3.1.5.1.2: Z(24).
    assert_eq!(message.lm_response.expose(), [0; 24]);
    let response = hexadecimal(message.nt_response.expose());
    let (proof, temp) = response.split_at(32);
    assert_eq!(proof, "fb4ec58d662a1ebc3b5524971d77207e");
    assert_eq!(
        temp,
        format!("01010000000000000000000000000000aaaaaaaaaaaaaaaa00000000{}00000000", hexadecimal(&information))
    );
}

#[test]
fn a_password_without_an_lm_hash_is_answered_twice_by_ntlm_v1() {
    let message = message_3(&message_2(0xe202_8233, b""), "a password of more than 14 characters");
    assert_eq!(message.lm_response, message.nt_response);
    assert_eq!(message.nt_response.expose().len(), 24);
}

#[rstest]
// What we offered and the server took, with target information, which it added; its type of target is no choice of
// ours.
#[case(0xe28a_8235, 0x0088_8205)]
#[case(0x4001_82b5, 0x0000_8205)]
// Exim's `spa`.
#[case(0x0000_8201, 0x0000_8201)]
#[case(0x0000_8202, 0x0000_8202)]
fn message_3_says_what_was_negotiated(#[case] answered: u32, #[case] negotiated: u32) {
    assert_eq!(message_3(&message_2(answered, &[0; 4]), "Password").flags, negotiated);
}

#[test]
fn names_are_in_the_server_s_character_set() {
    let message = authenticate(&message_2(0x0000_8202, b""), "User", "Domain", "Password", ENTROPY).unwrap();
    assert!(message.windows(10).any(|window| window == b"DomainUser"));
}

#[rstest]
#[case(b"".to_vec())]
#[case(b"ntlm supported".to_vec())]
#[case(negotiate())]
#[case(message_2(0xe28a_8233, NAMES))]
#[case(message_2(0xe28a_8230, b""))]
fn refuses_what_it_cannot_answer(#[case] challenge: Vec<u8>) {
    assert!(authenticate(&challenge, "User", "Domain", "Password", ENTROPY).is_err());
}

#[test]
fn message_1_of_the_null_session_is_the_public_probe_s() {
    use base64::Engine;
    let probe = "TlRMTVNTUAABAAAAB4IAgAAAAAAAAAAAAAAAAAAAAAA=";
    assert_eq!(base64::engine::general_purpose::STANDARD.encode(negotiate_null_session()), probe);
}
