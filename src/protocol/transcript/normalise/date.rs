//! Recognising a date-time (RFC 5322 3.3) as servers write it.

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// How many octets a date-time takes that stands at the beginning: `Thu, 3 Apr 2008 15:39:17 +0800`. The day of the
/// week, the seconds and a zone's name in parentheses behind it may be missing. `None` where there is no date-time.
pub(super) fn length(octets: &[u8]) -> Option<usize> {
    let date = day_of_week(octets).unwrap_or(octets);
    let date = space(digits(date, 1..=2)?)?;
    let date = space(one_of(date, &MONTHS)?)?;
    let date = space(digits(date, 4..=4)?)?;
    let time = digits(date, 2..=2)?.strip_prefix(b":")?;
    let time = digits(time, 2..=2)?;
    let time = time.strip_prefix(b":").and_then(|time| digits(time, 2..=2)).unwrap_or(time);
    let rest = zone(space(time)?)?;
    let rest = zone_comment(rest).unwrap_or(rest);
    Some(octets.len() - rest.len())
}

fn day_of_week(octets: &[u8]) -> Option<&[u8]> {
    space(one_of(octets, &DAYS)?.strip_prefix(b",")?)
}

fn one_of<'octets>(octets: &'octets [u8], words: &[&str]) -> Option<&'octets [u8]> {
    words.iter().find_map(|word| octets.strip_prefix(word.as_bytes()))
}

fn digits(octets: &[u8], count: std::ops::RangeInclusive<usize>) -> Option<&[u8]> {
    let found = octets.iter().take_while(|octet| octet.is_ascii_digit()).count();
    count.contains(&found).then(|| octets.get(found..)).flatten()
}

/// One space or two: some pad the day of the month.
fn space(octets: &[u8]) -> Option<&[u8]> {
    let rest = octets.strip_prefix(b" ")?;
    Some(rest.strip_prefix(b" ").unwrap_or(rest))
}

/// `+0800`, or one of the names that RFC 5322 4.3 still knows.
fn zone(octets: &[u8]) -> Option<&[u8]> {
    let names = ["GMT", "UTC", "UT", "EST", "EDT", "CST", "CDT", "MST", "MDT", "PST", "PDT"];
    match octets.split_first()? {
        (b'+' | b'-', offset) => digits(offset, 4..=4),
        _ => one_of(octets, &names),
    }
}

fn zone_comment(octets: &[u8]) -> Option<&[u8]> {
    let comment = octets.strip_prefix(b" (")?;
    let name = comment.iter().take_while(|octet| octet.is_ascii_alphanumeric() || **octet == b' ').count();
    comment.get(name..)?.strip_prefix(b")")
}
