//! Moments as RFC 3339 writes them, in UTC, and the spans that runs are counted in.

use toml::value::{Datetime, Offset};

/// Seconds of a day.
pub const DAY: i64 = 86_400;
/// The years 0001 to 9999: what can be written.
const RANGE: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

/// Seconds since 1970 of `2026-11-27` (its first second, UTC), `2026-11-27T10:00:00Z` or with an offset such as `+01:00`.
///
/// # Errors
/// It is neither.
pub fn parse(text: &str) -> Result<i64, String> {
    let wrong = || format!("{text:?}: give a day as 2026-11-27, or a moment as 2026-11-27T10:00:00Z");
    let found: Datetime = text.parse().map_err(|_| wrong())?;
    let date = found.date.filter(|date| date.year > 0).ok_or_else(wrong)?;
    let days = days(i64::from(date.year), i64::from(date.month), i64::from(date.day));
    let Some(time) = found.time else { return Ok(days * DAY) };
    let offset = match found.offset.ok_or_else(wrong)? {
        Offset::Z => 0,
        Offset::Custom { minutes } => i64::from(minutes) * 60,
    };
    let second = i64::from(time.second.unwrap_or(0));
    Ok(days * DAY + i64::from(time.hour) * 3600 + i64::from(time.minute) * 60 + second - offset)
}

/// Whether a number of seconds is a moment that can be written.
pub fn valid(seconds: i64) -> bool {
    RANGE.contains(&seconds)
}

/// `2026-11-27T10:00:00Z`.
pub fn text(seconds: i64) -> String {
    let of_day = seconds.rem_euclid(DAY);
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    format!("{}T{hour:02}:{minute:02}:{second:02}Z", day(seconds.div_euclid(DAY)))
}

/// `2026-11-27`, of a number of days since 1970.
pub fn day(days: i64) -> String {
    let (year, month, day) = civil(days);
    format!("{year:04}-{month:02}-{day:02}")
}

/// What runs are counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    Day,
    /// From Monday on.
    Week,
    Month,
    Year,
}

impl Span {
    /// The span that gives a window between two days some twenty to forty parts, or fewer.
    pub fn fitting(first: i64, last: i64) -> Self {
        match last.saturating_sub(first) {
            ..=34 => Span::Day,
            35..=280 => Span::Week,
            281..=1500 => Span::Month,
            _ => Span::Year,
        }
    }

    /// `day`, `week`, `month` or `year`.
    pub fn word(self) -> &'static str {
        match self {
            Span::Day => "day",
            Span::Week => "week",
            Span::Month => "month",
            Span::Year => "year",
        }
    }

    /// The first day of the span that a day lies in, and of the next.
    pub fn around(self, at: i64) -> (i64, i64) {
        let (year, month, _) = civil(at);
        match self {
            Span::Day => (at, at + 1),
            Span::Week => {
                // Day 0 was a Thursday.
                let monday = at - (at + 3).rem_euclid(7);
                (monday, monday + 7)
            }
            Span::Month if month == 12 => (days(year, 12, 1), days(year + 1, 1, 1)),
            Span::Month => (days(year, month, 1), days(year, month + 1, 1)),
            Span::Year => (days(year, 1, 1), days(year + 1, 1, 1)),
        }
    }
}

/// Days since 1970. Years that start in March have their leap day last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Year, month and day of a number of days since 1970.
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let march = (5 * of_year + 2) / 153;
    let month = if march < 10 { march + 3 } else { march - 9 };
    let day = of_year - (153 * march + 2) / 5 + 1;
    (year + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for (written, seconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2024-02-29T12:34:56Z", 1_709_210_096),
            ("1969-12-31T23:59:59Z", -1),
            ("2000-03-01T00:00:00Z", 951_868_800),
            ("9999-12-31T23:59:59Z", 253_402_300_799),
            ("0001-01-01T00:00:00Z", -62_135_596_800),
        ] {
            assert_eq!(parse(written), Ok(seconds), "{written}");
            assert_eq!(text(seconds), written);
            assert!(valid(seconds));
        }
        assert!(!valid(i64::MAX) && !valid(i64::MIN));
        assert_eq!(parse("2024-02-29"), Ok(1_709_164_800));
        assert_eq!(parse("2024-02-29T13:34:56+01:00"), Ok(1_709_210_096));
        assert_eq!(parse("2024-02-29T07:04:56.5-05:30"), Ok(1_709_210_096));
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in [
            "",
            "yesterday",
            "10:00:00",
            "2023-02-30",
            "2026-11-27T10:00:00",
            "0000-01-01",
            "2026-13-01",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn every_day_is_in_its_span() {
        for at in -800_000..800_000 {
            let (year, month, date) = civil(at);
            assert_eq!(days(year, month, date), at);
        }
        for at in 19_000..22_000 {
            for span in [Span::Day, Span::Week, Span::Month, Span::Year] {
                let (from, until) = span.around(at);
                assert!(from <= at && at < until, "{span:?} {at}");
                assert_eq!(span.around(from), span.around(until - 1));
                assert_eq!(span.around(until).0, until);
            }
        }
        let week = Span::Week.around(20_784); // Friday, 2026-11-27
        assert_eq!(
            (day(week.0), day(week.1)),
            ("2026-11-23".to_owned(), "2026-11-30".to_owned())
        );
    }
}
