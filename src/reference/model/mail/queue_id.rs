//! The id that a message gets when it is accepted.

use super::super::UnixTime;

const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz012345";

/// Letters and digits of the host's name that begin an id.
const HOST_PREFIX: usize = 7;

/// An id that looks like those of the Windows 2000 service (wire-facts 3.2: a few letters of the host, a part that looks
/// random, eight digits): here the host's first letters and digits, the time in milliseconds in base 32, and how many
/// messages the session has accepted, in eight hexadecimal digits. Nobody's secret hangs on it, so it is made without
/// randomness.
pub(crate) fn make(host: &str, time: UnixTime, number: u32) -> String {
    let first_label = host.split('.').next().unwrap_or_default();
    let prefix = first_label.chars().filter(char::is_ascii_alphanumeric).take(HOST_PREFIX);
    let shifts = (0..9).rev().map(|digit| time.0 >> (5 * digit) & 31);
    let time = shifts.filter_map(|digit| ALPHABET.get(usize::try_from(digit).ok()?)).map(|octet| char::from(*octet));
    let mut id: String = prefix.map(|letter| letter.to_ascii_lowercase()).chain(time).collect();
    id.push_str(&format!("{number:08x}"));
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_made_of_host_time_and_number() {
        // 2^45 milliseconds need all nine base-32 digits but one bit.
        assert_eq!(make("SMTP-11.klk.example.com", UnixTime(0), 2), "smtp11aaaaaaaaa00000002");
        assert_eq!(make("a", UnixTime(33), 16), "aaaaaaaabb00000010");
        assert_eq!(make("", UnixTime(31), 0), "aaaaaaaa500000000");
    }
}
