use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rstest::rstest;

use super::*;
use crate::protocol::secret::Secret;

// MS-NLMP 4.2.1.
const SERVER_CHALLENGE: [u8; 8] = [0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef];

const NT_V1: &str = "67c43011f30298a2ad35ece64f16331c44bdbed927841f94"; // 4.2.2.2.1
const LM_V1: &str = "98def7b87f88aa5dafe2df779688a172def11c7d5ccdef13"; // 4.2.2.2.2
const LM_EXTENDED: &str = "aaaaaaaaaaaaaaaa00000000000000000000000000000000"; // 4.2.3.2.1
const NT_EXTENDED: &str = "7537f803ae367128ca458204bde7caf81e97ed2683267232"; // 4.2.3.2.2
const LM_V2: &str = "86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa"; // 4.2.4.2.1
// 4.2.4.2.2, with temp of 4.2.4.1.3 as message 3 of 4.2.4.3 has it.
const NT_V2: &str = concat!(
    "68cd0ab851e51c96aabc927bebef6a1c",
    "01010000000000000000000000000000aaaaaaaaaaaaaaaa00000000",
    "02000c0044006f006d00610069006e0001000c005300650072007600650072000000000000000000",
);
const ZEROS: &str = "000000000000000000000000000000000000000000000000";

/// 4.2.2.3, message 3.
const MESSAGE_3_V1: &str = concat!(
    "4e544c4d5353500003000000180018006c00000018001800840000000c000c00",
    "480000000800080054000000100010005c000000100010009c000000358280e2",
    "0501280a0000000f44006f006d00610069006e00550073006500720043004f00",
    "4d005000550054004500520098def7b87f88aa5dafe2df779688a172def11c7d",
    "5ccdef1367c43011f30298a2ad35ece64f16331c44bdbed927841f94518822b1",
    "b3f350c8958682ecbb3e3cb7",
);
/// 4.2.3.3, message 3.
const MESSAGE_3_EXTENDED: &str = concat!(
    "4e544c4d5353500003000000180018006c00000018001800840000000c000c00",
    "480000000800080054000000100010005c000000000000009c00000035820882",
    "0501280a0000000f44006f006d00610069006e00550073006500720043004f00",
    "4d0050005500540045005200aaaaaaaaaaaaaaaa000000000000000000000000",
    "000000007537f803ae367128ca458204bde7caf81e97ed2683267232",
);
/// 4.2.4.3, message 3.
const MESSAGE_3_V2: &str = concat!(
    "4e544c4d5353500003000000180018006c00000054005400840000000c000c00",
    "480000000800080054000000100010005c00000010001000d8000000358288e2",
    "0501280a0000000f44006f006d00610069006e00550073006500720043004f00",
    "4d005000550054004500520086c35097ac9cec102554764a57cccc19aaaaaaaa",
    "aaaaaaaa68cd0ab851e51c96aabc927bebef6a1c010100000000000000000000",
    "00000000aaaaaaaaaaaaaaaa0000000002000c0044006f006d00610069006e00",
    "01000c005300650072007600650072000000000000000000c5dad2544fc97990",
    "94ce1ce90bc9d03e",
);

const PLAIN: u32 = 0xe202_8233; // 4.2.2
const EXTENDED: u32 = 0x820a_8233; // 4.2.3

fn octets(hexadecimal: &str) -> Vec<u8> {
    let digits = hexadecimal.as_bytes().chunks(2);
    digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

fn proof(lm_response: &str, nt_response: &str, flags: u32) -> Proof {
    Proof {
        user: "User".to_owned(),
        domain: "Domain".to_owned(),
        server_challenge: SERVER_CHALLENGE,
        lm_response: Secret::new(octets(lm_response)),
        nt_response: Secret::new(octets(nt_response)),
        flags,
    }
}

#[rstest]
#[case::lm_alone(LM_V1, "", PLAIN)]
#[case::ntlm_v1_alone("", NT_V1, PLAIN)]
#[case::lm_and_ntlm_v1(LM_V1, NT_V1, PLAIN)]
#[case::ntlm_v1_twice(NT_V1, NT_V1, PLAIN)]
#[case::extended(LM_EXTENDED, NT_EXTENDED, EXTENDED)]
#[case::lm_v2_alone(LM_V2, "", EXTENDED)]
#[case::ntlm_v2_alone("", NT_V2, EXTENDED)]
#[case::both_v2(LM_V2, NT_V2, EXTENDED)]
#[case::both_v2_without_extended(LM_V2, NT_V2, PLAIN)]
#[case::zeros_beside_ntlm_v2(ZEROS, NT_V2, EXTENDED)]
#[case::lm_makes_good_for_a_wrong_nt_response(LM_V1, ZEROS, PLAIN)]
fn the_known_answers_hold(#[case] lm_response: &str, #[case] nt_response: &str, #[case] flags: u32) {
    let proof = proof(lm_response, nt_response, flags);
    assert!(proof.holds_for("Password"));
    assert!(!proof.holds_for("Password1"));
    assert!(!proof.holds_for(""));
    let other_challenge = Proof { server_challenge: [0; 8], ..proof };
    assert!(!other_challenge.holds_for("Password"));
}

#[rstest]
#[case(MESSAGE_3_V1)]
#[case(MESSAGE_3_EXTENDED)]
#[case(MESSAGE_3_V2)]
fn the_messages_of_4_2_hold(#[case] message: &str) {
    let sasl::Proof::Ntlm(proof) = offered(&octets(message), SERVER_CHALLENGE).unwrap() else { panic!() };
    assert_eq!((proof.user.as_str(), proof.domain.as_str()), ("User", "Domain"));
    assert!(proof.holds_for("Password"));
    assert!(!proof.holds_for("Passwort"));
}

#[test]
fn the_client_of_ms_smtpntlm_offered_so() {
    // MS-SMTPNTLM 4.2. Nobody wrote the password down, so only what it offers can be told.
    let message = concat!(
        "TlRMTVNTUAADAAAAGAAYAHwAAAAYABgAlAAAABYAFgBIAAAACAAIAF4AAAAWABYAZgAAABAAEACsAAAANYKI4gUCzg4AAAAPZQB4",
        "AGMAaAAtAGMAbABpAC0ANgA2AHQAZQBzAHQARQBYAEMASAAtAEMATABJAC0ANgA2AIqeV65hhASwAAAAAAAAAAAAAAAAAAAAAHZH",
        "DVfwTU5ci0RY04eRmWy0/VWZfIfjsqdUu2WmxYUKy83PyyxzbA8=",
    );
    let sasl::Proof::Ntlm(proof) = offered(&STANDARD.decode(message).unwrap(), SERVER_CHALLENGE).unwrap() else {
        panic!()
    };
    assert_eq!((proof.user.as_str(), proof.domain.as_str(), proof.flags), ("test", "exch-cli-66", 0xe288_8235));
    assert!(!proof.holds_for("test"));
}

#[rstest]
#[case::nothing("", "", PLAIN)]
#[case::zeros(ZEROS, ZEROS, PLAIN)]
#[case::zeros_extended(ZEROS, ZEROS, EXTENDED)]
#[case::client_challenge_is_no_proof(LM_EXTENDED, "", EXTENDED)]
#[case::client_challenge_beside_nothing_right(LM_EXTENDED, ZEROS, EXTENDED)]
#[case::extended_said_to_be_plain(LM_EXTENDED, NT_EXTENDED, PLAIN)]
#[case::plain_said_to_be_extended(LM_V1, NT_V1, EXTENDED)]
#[case::extended_without_client_challenge("", NT_EXTENDED, EXTENDED)]
#[case::cut_short("98def7b87f88aa5d", "67c43011f30298a2", PLAIN)]
#[case::in_each_other_s_place(LM_V2, LM_V1, PLAIN)]
#[case::proof_without_its_blob("", "68cd0ab851e51c96aabc927bebef6a1c", PLAIN)]
fn what_is_no_answer_does_not_hold(#[case] lm_response: &str, #[case] nt_response: &str, #[case] flags: u32) {
    // LM_V2 alone would hold, so where it stands beside a wrong NT response the user is another one.
    let proof = Proof { user: "Other".to_owned(), ..proof(lm_response, nt_response, flags) };
    assert!(!proof.holds_for("Password"));
}

#[rstest]
#[case("uSER", "Domain", true)]
#[case("User", "DOMAIN", false)]
#[case("Userr", "Domain", false)]
fn ntlm_v2_covers_user_and_domain(#[case] user: &str, #[case] domain: &str, #[case] holds: bool) {
    let proof = Proof { user: user.to_owned(), domain: domain.to_owned(), ..proof(LM_V2, NT_V2, EXTENDED) };
    assert_eq!(proof.holds_for("Password"), holds);
}

#[test]
fn a_response_made_without_the_domain_holds() {
    // 3.2.5.1.2: "Retry using NIL for the domain name".
    let key = ntowf_v2("Password", "User", "");
    let nt_response = response::ntlm_v2_response(&key, SERVER_CHALLENGE, [7; 8], [0; 8], &[0; 4]);
    let proof = Proof { nt_response: Secret::new(nt_response), ..proof("", "", EXTENDED) };
    assert!(proof.holds_for("Password"));
    assert!(!proof.holds_for("password"));
}

#[test]
fn lm_knows_no_case_but_ntlm_does() {
    assert!(proof(LM_V1, "", PLAIN).holds_for("pASSWORD"));
    assert!(!proof("", NT_V1, PLAIN).holds_for("pASSWORD"));
}

#[test]
fn an_empty_user_with_a_computed_response_is_not_the_null_session() {
    // NTOWFv1 of the empty password is 31d6cfe0..., so there is a response like any other.
    let nt_response = response::v1_response(&ntowf_v1(""), SERVER_CHALLENGE);
    let message = Authenticate {
        flags: 0x8205,
        lm_response: Secret::new([0]),
        nt_response: Secret::new(nt_response),
        domain: String::new(),
        user: String::new(),
        workstation: String::new(),
        session_key: Secret::new([]),
        fixed_part: crate::protocol::sasl::ntlm::FixedPart::ToFlags,
    };
    let sasl::Proof::Ntlm(proof) = offered(&message.encode(), SERVER_CHALLENGE).unwrap() else { panic!() };
    assert_eq!(proof.user, "");
    assert!(proof.holds_for(""));
    assert!(!proof.holds_for("Password"));
}

#[test]
fn exchange_5_5_answered_so() {
    // Microsoft Q262945, 13 May 2000: message 1 has flags 0x400092b7, message 2 is this.
    let message_2 = "TlRMTVNTUAACAAAADgAOADAAAAC1ggFAkDTQvqfglJ8AAAAAAAAAAAAAAAA+AAAAVABJAE0ARABPAEYAVQA=";
    let style = ChallengeStyle {
        target_name: "TIMDOFU".to_owned(),
        target_is_domain: true,
        target_information: false,
        version: false,
    };
    let negotiate = Negotiate::of_flags(0x4000_92b7);
    let server_challenge = [0x90, 0x34, 0xd0, 0xbe, 0xa7, 0xe0, 0x94, 0x9f];
    let challenge = challenge(&negotiate, &style, server_challenge, "mail.example");
    assert_eq!(STANDARD.encode(challenge.encode()), message_2);
}

#[test]
fn the_server_of_ms_smtpntlm_answered_so() {
    // MS-SMTPNTLM 4.1.
    let message_1 = "TlRMTVNTUAABAAAAt4II4gAAAAAAAAAAAAAAAAAAAAAFAs4OAAAADw==";
    let message_2 = concat!(
        "TlRMTVNTUAACAAAAFgAWADgAAAA1goriZt7rI6Uq/ccAAAAAAAAAAGwAbABOAAAABQLODgAAAA9FAFgAQwBIAC0AQwBMAEkALQA2",
        "ADYAAgAWAEUAWABDAEgALQBDAEwASQAtADYANgABABYARQBYAEMASAAtAEMATABJAC0ANgA2AAQAFgBlAHgAYwBoAC0AYwBsAGkA",
        "LQA2ADYAAwAWAGUAeABjAGgALQBjAGwAaQAtADYANgAAAAAA",
    );
    let style = ChallengeStyle {
        target_name: "EXCH-CLI-66".to_owned(),
        target_is_domain: false,
        target_information: true,
        version: true,
    };
    let negotiate = Negotiate::decode(&STANDARD.decode(message_1).unwrap()).unwrap();
    let server_challenge = [0x66, 0xde, 0xeb, 0x23, 0xa5, 0x2a, 0xfd, 0xc7];
    let challenge = challenge(&negotiate, &style, server_challenge, "exch-cli-66");
    assert_eq!(STANDARD.encode(challenge.encode()), message_2);
}

#[rstest]
#[case(false, 48, None)]
#[case(true, 56, Some([0; 8]))]
fn a_version_stays_empty_unless_asked_for(#[case] version: bool, #[case] fixed: usize, #[case] field: Option<[u8; 8]>) {
    let style =
        ChallengeStyle { target_name: "EXAMPLE".to_owned(), target_is_domain: true, target_information: true, version };
    let challenge = challenge(&Negotiate::of_flags(0x8000_8207), &style, SERVER_CHALLENGE, "mail.example.com");
    assert_eq!(challenge.version, field);
    // TargetNameBufferOffset (2.2.1.2), right behind the fixed part.
    assert_eq!(challenge.encode()[16..20], u32::try_from(fixed).unwrap().to_le_bytes());
    let information = TargetInformation::decode(&challenge.target_information).unwrap();
    assert_eq!(information.pairs.len(), 4);
}
