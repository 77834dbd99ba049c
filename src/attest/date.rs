//! Days and moments as statements, keyrings and options write them. All in UTC.

use crate::notation::calendar::{self, DAY};
use toml::value::Datetime;

/// The last second of the year 9999.
const LAST: i64 = 253_402_300_799;

/// Days since 1970 of `2027-01-31`.
pub fn day(text: &str) -> Option<i64> {
    let found: Datetime = text.parse().ok()?;
    match found {
        Datetime {
            date: Some(_),
            time: None,
            offset: None,
        } => of(&found).map(|seconds| seconds / DAY),
        _ => None,
    }
}

/// Seconds since 1970 of `@1700000000`, of `2027-01-31`, or of a moment as RFC 3339 writes it.
pub fn moment(text: &str) -> Option<i64> {
    if let Some(seconds) = text.strip_prefix('@') {
        return seconds.parse().ok().filter(|seconds| (0..=LAST).contains(seconds));
    }
    let found: Datetime = text.parse().ok()?;
    // A time without an offset could be anywhere's.
    (found.time.is_none() || found.offset.is_some())
        .then(|| of(&found))
        .flatten()
}

/// Seconds since 1970; `None` before that.
pub(super) fn of(found: &Datetime) -> Option<i64> {
    calendar::seconds(found).filter(|seconds| (0..=LAST).contains(seconds))
}

/// The day of a moment, in days since 1970.
pub fn day_of(seconds: i64) -> i64 {
    seconds.div_euclid(DAY)
}

/// Days since 1970 as `2027-01-31`.
pub fn written(day: i64) -> String {
    calendar::date(day.clamp(0, LAST / DAY))
}

/// Seconds since 1970 as `2027-01-31T12:00:00Z`.
pub(crate) fn rfc3339(seconds: i64) -> String {
    calendar::moment(seconds.clamp(0, LAST)) + "Z"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_moments_go_there_and_back() {
        for number in (0..2_932_896).step_by(17) {
            assert_eq!(day(&written(number)), Some(number), "{}", written(number));
        }
        for seconds in [0, 1, 951_782_399, 951_782_400, 1_709_210_096, LAST] {
            assert_eq!(moment(&rfc3339(seconds)), Some(seconds));
        }
        // `date -u -d 2024-02-29T12:34:56Z +%s`
        assert_eq!(moment("2024-02-29T12:34:56Z"), Some(1_709_210_096));
        assert_eq!(moment("2024-02-29T14:34:56+02:00"), Some(1_709_210_096));
        assert_eq!(moment("@1709210096"), Some(1_709_210_096));
        assert_eq!(moment("2024-03-01"), Some(1_709_251_200));
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "2026",
            "2026-13-01",
            "2026-02-29",
            "2026-1-1",
            "1969-12-31",
            "@-1",
            "@x",
            "12:00:00",
            "2026-01-01T00:00:00",
        ] {
            assert_eq!(moment(text), None, "{text}");
            assert_eq!(day(text), None, "{text}");
        }
        assert_eq!(day("2026-01-01T00:00:00Z"), None);
    }
}
