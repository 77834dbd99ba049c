//! Dates and times in text: found by form, read to seconds where the form says enough.

mod calendar;
mod forms;
mod scan;

pub use calendar::{month, year};

use super::Case;
use crate::model::{Change, Evidence, Kind, Role, Span};

/// The form of a date token; two tokens are comparable only when they have the same.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// `2026-11-23`, `2026/11/23` or `2026.11.23`, with or without a time and a zone.
    Iso,
    /// `Mon, 23 Nov 2026 19:03:00 +0000` (RFC 5322), `23 November 2026`.
    DayMonthYear,
    /// `Nov 23 2026` (C's `__DATE__`), `November 23, 2026`, with or without a time behind it.
    MonthDayYear,
    /// `Mon Nov 23 19:03:00 UTC 2026` (`ctime`, `date`).
    Ctime,
    /// `November 2026` (manual pages).
    MonthYear,
    /// `20261123`, `202611231903`, `20261123190300`.
    Compact,
    /// `19:03:00`
    Clock,
    /// Seconds, milliseconds, microseconds or nanoseconds since 1970.
    Epoch,
    /// Days since 1970.
    Days,
}

/// A date in a text.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Date {
    /// Where.
    pub span: Span,
    /// In what form.
    pub form: Form,
    /// Days since 1970-01-01 in the token's own zone.
    pub day: Option<i64>,
    /// Second of the day, in the token's own zone.
    pub second: Option<i64>,
    /// Offset from UTC in seconds, where the token says it.
    pub zone: Option<i64>,
}

impl Date {
    /// Seconds since 1970-01-01 in the token's own zone.
    pub fn local(&self) -> Option<i64> {
        Some(self.day? * 86_400 + self.second?)
    }
    /// Seconds since 1970-01-01 00:00 UTC.
    pub(crate) fn instant(&self) -> Option<i64> {
        Some(self.local()? - self.zone?)
    }
}

/// Dates of one form in a compiled string, where they have the same length on both sides and `accept` agrees with the pair.
pub fn compiled(case: &Case<'_>, form: impl Fn(&Date) -> bool, accept: impl Fn(Change) -> bool) -> Option<Evidence> {
    let binary = case.kind == Kind::Executable;
    if !binary || case.role != Role::String {
        return None;
    }
    let same = |pair: Change, _: &Date, _: &Date| pair.a.len() == pair.b.len() && accept(pair);
    Evidence::likely(around(case, form, same))
}

/// For each unclaimed change, the date of such a form that holds it on both sides, where `accept` agrees with the two.
pub fn around(
    case: &Case<'_>,
    form: impl Fn(&Date) -> bool,
    accept: impl Fn(Change, &Date, &Date) -> bool,
) -> Vec<Change> {
    let [in_a, in_b] = case.dates();
    let spans = |all: &[Date]| all.iter().filter(|date| form(date)).map(|date| date.span).collect();
    super::find::paired(case, [spans(in_a), spans(in_b)], |pair| {
        let dates = at(in_a, pair.a).zip(at(in_b, pair.b));
        dates.is_some_and(|(x, y)| accept(pair, x, y))
    })
}

/// Every date in `text`, longest forms first at each place; tokens do not overlap.
pub fn dates(text: &[u8]) -> Vec<Date> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let c = text[at];
        let starts = at == 0 || !text[at - 1].is_ascii_alphanumeric();
        if starts
            && c.is_ascii_alphanumeric()
            && let Some(date) = forms::date_at(text, at)
        {
            at = date.span.end;
            found.push(date);
            continue;
        }
        at += 1;
    }
    found
}

/// The date that has this span, among [`dates`] of one text.
pub fn at(dates: &[Date], span: Span) -> Option<&Date> {
    let i = dates.binary_search_by_key(&span, |date| date.span).ok()?;
    dates.get(i)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Date {
        let found = dates(text.as_bytes());
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        found[0]
    }

    #[test]
    fn forms() {
        let at = Some(1_795_460_580);
        for (text, form) in [
            ("2026-11-23T19:03:00Z", Form::Iso),
            ("2026-11-23 20:03:00 +0100", Form::Iso),
            ("Mon, 23 Nov 2026 19:03:00 +0000", Form::DayMonthYear),
            ("Mon Nov 23 19:03:00 UTC 2026", Form::Ctime),
        ] {
            let date = one(text);
            assert_eq!(
                (date.form, date.instant(), date.span.len()),
                (form, at, text.len()),
                "{text}"
            );
        }
        assert_eq!(one("Nov 23 2026").form, Form::MonthDayYear);
        assert_eq!(one("Mon Nov 23 19:03:00 2026").form, Form::Ctime);
        assert_eq!(one("20261123").form, Form::Compact);
        assert_eq!(one("1795460580").instant(), at);
        assert_eq!(one("1795460580123").form, Form::Epoch);
        assert_eq!(one("November 2026").form, Form::MonthYear);
        assert_eq!(one("19:03:00").form, Form::Clock);
    }

    #[test]
    fn not_dates() {
        for text in [
            "2026",
            "12:30",
            "1.2.3",
            "20269999",
            "x20261123",
            "17954605801",
            "99991231",
            "2026-13-45",
        ] {
            assert_eq!(dates(text.as_bytes()), [], "{text}");
        }
    }
}
