//! Moments as RFC 3339 writes them, in UTC, and the spans that runs are counted in.

use crate::notation::{
    Unreadable,
    calendar::{self, civil, days},
};
use toml::value::Datetime;

/// The years 0001 to 9999: what can be written.
const RANGE: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

/// Seconds since 1970 of `2026-11-27` (its first second, UTC), `2026-11-27T10:00:00Z` or with an offset such as `+01:00`.
///
/// # Errors
/// It is neither.
pub fn parse(text: &str) -> Result<i64, Unreadable> {
    let wrong = || Unreadable::new(text, "give a day as 2026-11-27, or a moment as 2026-11-27T10:00:00Z");
    let found: Datetime = text.parse().map_err(|_| wrong())?;
    let whole = found.date.is_some_and(|date| date.year > 0) && found.time.is_some() == found.offset.is_some();
    calendar::seconds(&found).filter(|_| whole).ok_or_else(wrong)
}

/// Whether a number of seconds is a moment that can be written.
pub fn valid(seconds: i64) -> bool {
    RANGE.contains(&seconds)
}

/// `2026-11-27T10:00:00Z`.
pub fn text(seconds: i64) -> String {
    calendar::moment(seconds) + "Z"
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
    pub(crate) fn fitting(first: i64, last: i64) -> Self {
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
            (calendar::date(week.0), calendar::date(week.1)),
            ("2026-11-23".to_owned(), "2026-11-30".to_owned())
        );
    }
}
