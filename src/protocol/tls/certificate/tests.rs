use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use rstest::rstest;

use super::*;

/// Made by OpenSSL 3.0: `openssl req -x509 -newkey ec -subj '/C=XX/O=Inside Ä/CN=mail.inside.example' -utf8 -addext
/// 'subjectAltName=DNS:mail.inside.example,DNS:mx.inside.example,IP:127.0.0.1,IP:::1'`.
const MAIL: &str = include_str!("mail.pem");

fn der() -> Vec<u8> {
    let base64: String = MAIL.lines().filter(|line| !line.starts_with('-')).collect();
    STANDARD.decode(base64).unwrap()
}

/// What `openssl x509 -noout -subject -issuer -enddate -ext subjectAltName -fingerprint -sha256` says of it.
#[test]
fn a_certificate_says_what_openssl_reads_in_it() {
    let certificate = Certificate::from_der(&der());
    assert_eq!(certificate.subject, "C=XX, O=Inside Ä, CN=mail.inside.example");
    assert_eq!(certificate.issuer, "C=XX, O=Inside Ä, CN=mail.inside.example");
    assert_eq!(certificate.names, ["mail.inside.example", "mx.inside.example", "127.0.0.1", "::1"]);
    assert_eq!(certificate.valid_until, "2036-11-22 03:21:09 UTC");
    assert_eq!(
        certificate.fingerprint.to_string(),
        "29:1C:D8:56:82:91:95:11:4B:A9:2D:71:04:4C:E9:9D:96:3E:38:FF:22:4A:EB:E4:56:41:AD:7A:E8:C2:0F:1F"
    );
}

/// RFC 5280 4.1.2.5.1 and 4.1.2.5.2.
#[rstest]
#[case::two_digits(UTC_TIME, "491231235959Z", Some("2049-12-31 23:59:59 UTC"))]
#[case::two_digits_of_the_last_century(UTC_TIME, "500101000000Z", Some("1950-01-01 00:00:00 UTC"))]
#[case::four_digits(GENERALIZED_TIME, "20500101000000Z", Some("2050-01-01 00:00:00 UTC"))]
#[case::no_zone(UTC_TIME, "491231235959", None)]
#[case::no_seconds(UTC_TIME, "4912312359Z", None)]
#[case::no_digits(UTC_TIME, "4912312359xxZ", None)]
#[case::another_tag(SEQUENCE, "491231235959Z", None)]
fn times_are_read(#[case] tag: u8, #[case] text: &str, #[case] time_said: Option<&str>) {
    assert_eq!(time(Value { tag, contents: text.as_bytes() }).as_deref(), time_said);
}

/// The tags of X.680 8.4: PrintableString 19, T61String 20, BMPString 30.
#[rstest]
#[case::printable(0x13, b"Inside".as_slice(), "Inside")]
#[case::latin_1(0x14, b"\xc4".as_slice(), "Ä")]
#[case::two_octets(BMP_STRING, b"\0I\0n".as_slice(), "In")]
#[case::half_a_unit(BMP_STRING, b"\0I\0".as_slice(), "I\\0")]
#[case::control(UTF8_STRING, b"a\nb\x1b[1m".as_slice(), "a\\nb\\u{1b}[1m")]
fn texts_are_read_and_escaped(#[case] tag: u8, #[case] contents: &[u8], #[case] said: &str) {
    assert_eq!(text(Value { tag, contents }), said);
}

proptest! {
    #[test]
    fn any_octets_are_a_certificate_that_says_something_or_nothing(octets: Vec<u8>) {
        let _ = Certificate::from_der(&octets).to_string();
    }

    #[test]
    fn a_damaged_certificate_is_read_as_far_as_it_goes(at in 0_usize..548, octet: u8, length in 0_usize..549) {
        let mut der = der();
        if let Some(place) = der.get_mut(at) {
            *place = octet;
        }
        der.truncate(length);
        let _ = Certificate::from_der(&der).to_string();
    }
}
