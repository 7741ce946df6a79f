//! Dates as RFC 5322 3.3 has them, in UTC.

use super::super::UnixTime;

const MILLISECONDS_A_DAY: u64 = 86_400_000;

const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `Thu, 3 Apr 2008 15:39:17 +0000`: no leading zero before the day, as the Windows 2000 service prints it.
pub(crate) fn format(time: UnixTime) -> String {
    let days = time.0 / MILLISECONDS_A_DAY;
    let seconds = time.0 % MILLISECONDS_A_DAY / 1000;
    let Civil { year, month, day } = civil_from_days(days);
    let weekday = days.wrapping_add(4) % 7;
    let name = |names: &'static [&'static str], index: u64| {
        usize::try_from(index).ok().and_then(|index| names.get(index)).copied().unwrap_or_default()
    };
    let (weekday, month) = (name(&DAYS, weekday), name(&MONTHS, month.saturating_sub(1)));
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{weekday}, {day} {month} {year} {hour:02}:{minute:02}:{second:02} +0000")
}

struct Civil {
    year: u64,
    month: u64,
    day: u64,
}

/// The Gregorian date so many days after 1970-01-01. Years are counted from 1 March, so that the leap day comes last;
/// 400 years are 146,097 days, 4 years are 1,461, 5 months from March or August on are 153.
fn civil_from_days(days: u64) -> Civil {
    // 1970-01-01 is 719,468 days after 0000-03-01.
    let days = days.saturating_add(719_468);
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let leap_days = day_of_era / 1460;
    let year_of_era = (day_of_era - leap_days + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let months_since_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * months_since_march + 2) / 5 + 1;
    let month = if months_since_march < 10 { months_since_march + 3 } else { months_since_march - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    Civil { year, month, day }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    // The first three by `date -u -R -d @…`, day without its leading zero; 2008-04-03 07:39:17 UTC is the greeting's date
    // of a Windows 2000 service (wire-facts 3.2) without its zone.
    #[rstest]
    #[case(0, "Thu, 1 Jan 1970 00:00:00 +0000")]
    #[case(951_782_399, "Mon, 28 Feb 2000 23:59:59 +0000")]
    #[case(951_782_400, "Tue, 29 Feb 2000 00:00:00 +0000")]
    #[case(1_207_208_357, "Thu, 3 Apr 2008 07:39:17 +0000")]
    #[case(4_107_542_400, "Mon, 1 Mar 2100 00:00:00 +0000")]
    fn formats(#[case] seconds: u64, #[case] expected: &str) {
        assert_eq!(format(UnixTime(seconds * 1000)), expected);
    }

    proptest! {
        #[test]
        fn any_time_has_a_date(time in any::<u64>()) {
            prop_assert!(format(UnixTime(time)).ends_with("+0000"));
        }
    }
}
