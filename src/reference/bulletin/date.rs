//! Days of the calendar, as RFC 3339 5.6 writes a full-date.

use std::ops::Range;

/// Why a text is no date. Each says what would be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    /// It has another form.
    #[error("write year, month and day as in 2002-03-01")]
    Form,
    /// There is no such month.
    #[error("the months are 01 to 12; write year, month and day as in 2002-03-01")]
    Month,
    /// The month does not have that day.
    #[error("the days of that month are 01 to {last}")]
    Day {
        /// Its last.
        last: u32,
    },
}

/// Looks whether a text is a date, `2002-03-01`, of a day that the Gregorian calendar has (RFC 3339 5.7).
///
/// # Errors
/// When it is not.
pub fn check_date(text: &str) -> Result<(), DateError> {
    let number = |range: Range<usize>| {
        let digits = text.get(range).filter(|digits| digits.bytes().all(|octet| octet.is_ascii_digit()));
        digits.and_then(|digits| digits.parse::<u32>().ok()).ok_or(DateError::Form)
    };
    if text.len() != 10 || text.get(4..5) != Some("-") || text.get(7..8) != Some("-") {
        return Err(DateError::Form);
    }
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let last = last_day(year, month).ok_or(DateError::Month)?;
    if (1..=last).contains(&day) { Ok(()) } else { Err(DateError::Day { last }) }
}

/// RFC 3339 5.7 has the table, its appendix C the rule for leap years.
const fn last_day(year: u32, month: u32) -> Option<u32> {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => Some(31),
        4 | 6 | 9 | 11 => Some(30),
        2 if is_leap => Some(29),
        2 => Some(28),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    // Lengths of months: RFC 3339 5.7; leap years: its appendix C.
    #[rstest]
    #[case::a_day("2002-03-01", Ok(()))]
    #[case::leap_day("2004-02-29", Ok(()))]
    #[case::leap_day_of_a_fourth_century("2000-02-29", Ok(()))]
    #[case::last_of_the_year("2002-12-31", Ok(()))]
    #[case::no_leap_year("2002-02-29", Err(DateError::Day { last: 28 }))]
    #[case::no_leap_century("1900-02-29", Err(DateError::Day { last: 28 }))]
    #[case::impossible("2002-02-30", Err(DateError::Day { last: 28 }))]
    #[case::impossible_in_a_leap_year("2004-02-30", Err(DateError::Day { last: 29 }))]
    #[case::thirty_days("2002-04-31", Err(DateError::Day { last: 30 }))]
    #[case::no_day("2002-03-32", Err(DateError::Day { last: 31 }))]
    #[case::day_zero("2002-03-00", Err(DateError::Day { last: 31 }))]
    #[case::no_month("2002-13-01", Err(DateError::Month))]
    #[case::month_zero("2002-00-01", Err(DateError::Month))]
    #[case::short("2002-3-1", Err(DateError::Form))]
    #[case::words("yesterday", Err(DateError::Form))]
    #[case::signs("2002-+3-01", Err(DateError::Form))]
    #[case::longer("2002-03-011", Err(DateError::Form))]
    #[case::not_ascii("2002-0é-01", Err(DateError::Form))]
    fn a_date_is_a_day_of_the_calendar(#[case] text: &str, #[case] expected: Result<(), DateError>) {
        assert_eq!(check_date(text), expected);
    }
}
