//! Moments as records write them.

use crate::notation::calendar::{self, DAY};
use toml::value::Datetime;

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];
/// The last second of the year 9999.
const LAST: i64 = 253_402_300_799;

/// A moment of RFC 3339 with its offset: seconds since 1970.
pub(super) fn rfc3339(text: &str) -> Option<i64> {
    let found: Datetime = text.parse().ok()?;
    (found.time.is_some() && found.offset.is_some())
        .then(|| calendar::seconds(&found))
        .flatten()
}

/// `Thu, 01 Feb 2024 12:34:56 +0100` (RFC 5322): seconds since 1970, and those that the zone is east of UTC.
pub(super) fn rfc5322(text: &str) -> Option<(i64, i64)> {
    let text = text.split_once(',').map_or(text, |(_, rest)| rest);
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    let [day, month, year, time, zone] = words[..] else {
        return None;
    };
    let month = MONTHS.iter().position(|name| *name == month)? + 1;
    let number = |text: &str, most: i64| text.parse::<i64>().ok().filter(|n| (0..=most).contains(n));
    let mut clock = time.splitn(3, ':');
    let mut next = |most| number(clock.next()?, most);
    let of_day = next(23)? * 3600 + next(59)? * 60 + next(60)?;
    let date = calendar::days(
        number(year, 9999)?,
        i64::try_from(month).ok()?,
        number(day, 31).filter(|day| *day > 0)?,
    );
    let (sign, digits) = match zone.as_bytes().first()? {
        b'+' => (1, zone.get(1..)?),
        b'-' => (-1, zone.get(1..)?),
        _ => return None,
    };
    let four = number(digits, 1500).filter(|_| digits.len() == 4)?;
    let offset = sign * (four / 100 * 3600 + four % 100 * 60);
    Some((date * DAY + of_day - offset, offset))
}

/// Decimal seconds since 1970.
pub(super) fn epoch(text: &str) -> Option<i64> {
    text.parse().ok().filter(|seconds| (0..=LAST).contains(seconds))
}
