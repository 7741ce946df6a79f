//! The messages that are sent: each says what it is for, and carries the mark by which the witness knows it.

use crate::judge::{Nonce, Role};
use crate::reference::model::UnixTime;

/// The header field with the mark.
pub const NONCE_FIELD: &str = "X-Smtpspec-Nonce";

/// A message of an attempt (RFC 5322: Date and From are there, lines end in CRLF and keep to 78 characters where the
/// addresses let them).
pub fn message(role: Role, sender: &str, recipients: &[String], nonce: &Nonce, client: &str, now: UnixTime) -> Vec<u8> {
    let (date, recipients, nonce) = (date(now), recipients.join(",\r\n "), &nonce.0);
    format!(
        "Date: {date}\r\n\
         From: <{sender}>\r\n\
         To: {recipients}\r\n\
         Message-ID: <{nonce}@{client}>\r\n\
         Subject: smtpspec: mail of {phrase}\r\n\
         {NONCE_FIELD}: {nonce}\r\n\
         \r\n\
         smtpspec sent this to find out who may relay through a mail server.\r\n\
         Nothing has to be done about it.\r\n",
        phrase = role.phrase(),
    )
    .into_bytes()
}

/// `Wed, 27 Feb 2002 12:00:00 +0000` (RFC 5322 3.3).
fn date(now: UnixTime) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = ["Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb"];
    let seconds = now.0 / 1000;
    let (days, second_of_day) = (seconds / 86_400, seconds % 86_400);
    // Counted from 0000-03-01, so that a leap day is the last of its year.
    let days_of_eras = days.saturating_add(719_468);
    let (era, day_of_era) = (days_of_eras / 146_097, days_of_eras % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let year = era * 400 + year_of_era + u64::from(month >= 10);
    let name = |names: &[&'static str], index: u64| {
        usize::try_from(index).ok().and_then(|index| names.get(index)).copied().unwrap_or_default()
    };
    format!(
        "{}, {day} {} {year} {:02}:{:02}:{:02} +0000",
        name(&DAYS, days % 7),
        name(&MONTHS, month),
        second_of_day / 3600,
        second_of_day / 60 % 60,
        second_of_day % 60
    )
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// Expected by `date -u -R -d @N`, the day without its leading zero.
    #[rstest]
    #[case(0, "Thu, 1 Jan 1970 00:00:00 +0000")]
    #[case(951_782_400, "Tue, 29 Feb 2000 00:00:00 +0000")]
    #[case(1_014_811_200, "Wed, 27 Feb 2002 12:00:00 +0000")]
    #[case(1_735_689_599, "Tue, 31 Dec 2024 23:59:59 +0000")]
    #[case(4_107_542_400, "Mon, 1 Mar 2100 00:00:00 +0000")]
    fn dates_are_as_the_standard_has_them(#[case] seconds: u64, #[case] expected: &str) {
        assert_eq!(date(UnixTime(seconds * 1000)), expected);
    }

    #[test]
    fn no_time_is_too_far_away() {
        assert!(!date(UnixTime(u64::MAX)).is_empty());
    }
}
