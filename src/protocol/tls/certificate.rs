//! What a certificate says of itself (RFC 5280 4), for sentences and reports. No trust rests on it.

use std::fmt::{Display, Formatter, Write};
use std::net::IpAddr;

use sha2::{Digest, Sha256};

use super::der::{
    BMP_STRING, BOOLEAN, GENERALIZED_TIME, OBJECT_IDENTIFIER, SEQUENCE, UTC_TIME, UTF8_STRING, Value, Values,
};

/// The SHA-256 digest of a certificate's DER encoding.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(String);

impl Display for Fingerprint {
    /// Pairs of capital hexadecimal digits with colons between them, as `openssl x509 -fingerprint -sha256` prints them.
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A certificate's facts. Texts are as it has them, with what is not printable escaped; empty where it has none or where
/// it cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Certificate {
    /// Whose it is: `CN=mail.inside.example`.
    pub subject: String,
    /// The DNS names and IP addresses that it is for (RFC 5280 4.2.1.6).
    pub names: Vec<String>,
    /// Who issued it.
    pub issuer: String,
    /// The last moment at which it is valid: `2036-01-01 00:00:00 UTC`.
    pub valid_until: String,
    /// Its digest.
    pub fingerprint: Fingerprint,
}

impl Certificate {
    /// Of a certificate in DER. Any octets have a fingerprint.
    pub fn from_der(der: &[u8]) -> Self {
        let fingerprint = Fingerprint::of(der);
        let said = Said::read(der).unwrap_or_default();
        Self {
            subject: said.subject,
            names: said.names,
            issuer: said.issuer,
            valid_until: said.valid_until,
            fingerprint,
        }
    }
}

impl Display for Certificate {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        let or_nobody = |text: &str| if text.is_empty() { "nobody named".to_owned() } else { text.to_owned() };
        write!(f, "it is {}'s", or_nobody(&self.subject))?;
        if !self.names.is_empty() {
            write!(f, " for {}", self.names.join(", "))?;
        }
        write!(f, ", issued by {}", or_nobody(&self.issuer))?;
        if !self.valid_until.is_empty() {
            write!(f, ", valid until {}", self.valid_until)?;
        }
        write!(f, ", SHA-256 {}", self.fingerprint)
    }
}

impl Fingerprint {
    fn of(der: &[u8]) -> Self {
        let pairs: Vec<String> = Sha256::digest(der).iter().map(|octet| format!("{octet:02X}")).collect();
        Self(pairs.join(":"))
    }
}

#[derive(Default)]
struct Said {
    subject: String,
    names: Vec<String>,
    issuer: String,
    valid_until: String,
}

/// The tags of TBSCertificate's optional parts: version, extensions (RFC 5280 4.1).
const VERSION: u8 = 0xa0;
const EXTENSIONS: u8 = 0xa3;

/// id-ce-subjectAltName (RFC 5280 4.2.1.6).
const SUBJECT_ALT_NAME: &[u8] = &[0x55, 0x1d, 0x11];

impl Said {
    fn read(der: &[u8]) -> Option<Self> {
        let mut to_be_signed = Values(der).expect(SEQUENCE)?.inside().expect(SEQUENCE)?.inside();
        to_be_signed.optional(VERSION);
        let _serial_number = to_be_signed.next()?;
        let _signature = to_be_signed.expect(SEQUENCE)?;
        let issuer = name(to_be_signed.expect(SEQUENCE)?);
        let valid_until = to_be_signed.expect(SEQUENCE)?.inside().nth(1).and_then(time).unwrap_or_default();
        let subject = name(to_be_signed.expect(SEQUENCE)?);
        let extensions = to_be_signed.find(|value| value.tag == EXTENSIONS);
        let names = extensions.and_then(alternative_names).unwrap_or_default();
        Some(Self { subject, names, issuer, valid_until })
    }
}

/// A distinguished name: `CN=mail.inside.example, O=Inside`.
fn name(name: Value<'_>) -> String {
    let attributes = name.inside().flat_map(Value::inside).filter_map(|attribute| {
        let mut parts = attribute.inside();
        let kind = match parts.expect(OBJECT_IDENTIFIER)?.contents {
            [0x55, 0x04, 0x03] => "CN",
            [0x55, 0x04, 0x06] => "C",
            [0x55, 0x04, 0x07] => "L",
            [0x55, 0x04, 0x08] => "ST",
            [0x55, 0x04, 0x0a] => "O",
            [0x55, 0x04, 0x0b] => "OU",
            _ => return None,
        };
        Some(format!("{kind}={}", text(parts.next()?)))
    });
    attributes.collect::<Vec<_>>().join(", ")
}

fn text(value: Value<'_>) -> String {
    let text = match value.tag {
        BMP_STRING => {
            let units =
                value.contents.chunks(2).map(|pair| pair.iter().fold(0, |unit, octet| unit << 8 | u16::from(*octet)));
            char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        }
        UTF8_STRING => String::from_utf8_lossy(value.contents).into_owned(),
        // Latin-1, of which the strings of ASCII alone are a part.
        _ => value.contents.iter().map(|octet| char::from(*octet)).collect(),
    };
    text.escape_debug().to_string()
}

fn alternative_names(extensions: Value<'_>) -> Option<Vec<String>> {
    for extension in extensions.inside().expect(SEQUENCE)?.inside() {
        let mut parts = extension.inside();
        if parts.expect(OBJECT_IDENTIFIER)?.contents != SUBJECT_ALT_NAME {
            continue;
        }
        parts.optional(BOOLEAN);
        let names = parts.next()?.inside().expect(SEQUENCE)?;
        return Some(names.inside().filter_map(alternative_name).collect());
    }
    None
}

fn alternative_name(name: Value<'_>) -> Option<String> {
    /// GeneralName's `dNSName [2]` and `iPAddress [7]`.
    const DNS_NAME: u8 = 0x82;
    const IP_ADDRESS: u8 = 0x87;
    match name.tag {
        DNS_NAME => Some(text(name)),
        IP_ADDRESS => <[u8; 4]>::try_from(name.contents)
            .map(IpAddr::from)
            .or_else(|_| <[u8; 16]>::try_from(name.contents).map(IpAddr::from))
            .ok()
            .map(|address| address.to_string()),
        _ => None,
    }
}

/// A time in UTC (RFC 5280 4.1.2.5): years of two digits are those from 1950 on.
fn time(value: Value<'_>) -> Option<String> {
    let digits = std::str::from_utf8(value.contents).ok()?.strip_suffix('Z')?;
    if !digits.bytes().all(|octet| octet.is_ascii_digit()) {
        return None;
    }
    let (century, digits) = match value.tag {
        UTC_TIME if digits.get(..2)? < "50" => ("20", digits),
        UTC_TIME => ("19", digits),
        GENERALIZED_TIME => digits.split_at_checked(2)?,
        _ => return None,
    };
    let mut time = century.to_owned();
    let ends = ["-", "-", " ", ":", ":", " UTC"];
    for (position, end) in ends.into_iter().enumerate() {
        // Writing to a String cannot fail.
        let _ = write!(time, "{}{end}", digits.get(position * 2..position * 2 + 2)?);
    }
    Some(time)
}

#[cfg(test)]
mod tests;
