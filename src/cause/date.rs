//! Dates and times in text: found by form, read to seconds where the form says enough.

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
    pub fn instant(&self) -> Option<i64> {
        Some(self.local()? - self.zone?)
    }
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const DAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

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
            && let Some(date) = date_at(text, at)
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

fn date_at(text: &[u8], at: usize) -> Option<Date> {
    type Read = fn(&mut Scan<'_>) -> Option<Date>;
    const WORDS: &[Read] = &[ctime, day_month_year, month_day_year, month_year];
    const DIGITS: &[Read] = &[day_month_year, iso, clock, epoch, compact];
    let forms = match text.get(at)? {
        b'0'..=b'9' => DIGITS,
        _ if named(&text[at..]) => WORDS,
        // Most words are not looked at further.
        _ => return None,
    };
    forms
        .iter()
        .filter_map(|form| {
            let mut scan = Scan { text, at, start: at };
            let date = form(&mut scan)?;
            // A longer number or word is another thing.
            let next = text.get(date.span.end);
            let ends = next.is_none_or(|c| !c.is_ascii_alphanumeric());
            ends.then_some(date)
        })
        .max_by_key(|date| date.span.end)
}

/// Whether the text begins as a month or a day of the week does.
fn named(text: &[u8]) -> bool {
    let begins = |name: &&str| {
        text.get(..3)
            .is_some_and(|t| t.eq_ignore_ascii_case(&name.as_bytes()[..3]))
    };
    MONTHS.iter().chain(&DAYS).any(begins)
}

struct Scan<'t> {
    text: &'t [u8],
    at: usize,
    start: usize,
}

impl Scan<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }
    fn eat(&mut self, bytes: &[u8]) -> Option<()> {
        self.text[self.at..].starts_with(bytes).then(|| self.at += bytes.len())
    }
    fn any(&mut self, of: &[u8]) -> Option<u8> {
        let c = self.peek().filter(|c| of.contains(c))?;
        self.at += 1;
        Some(c)
    }
    fn spaces(&mut self) -> Option<()> {
        let from = self.at;
        while self.peek() == Some(b' ') && self.at < from + 3 {
            self.at += 1;
        }
        (self.at > from).then_some(())
    }
    /// Exactly `n` digits.
    fn digits(&mut self, n: usize) -> Option<i64> {
        let field = self.text.get(self.at..self.at + n)?;
        if !field.iter().all(u8::is_ascii_digit) {
            return None;
        }
        self.at += n;
        std::str::from_utf8(field).ok()?.parse().ok()
    }
    /// One or two digits, no third.
    fn short(&mut self) -> Option<i64> {
        let two = self.text.get(self.at + 1).is_some_and(u8::is_ascii_digit);
        self.digits(if two { 2 } else { 1 })
    }
    fn within(value: i64, low: i64, high: i64) -> Option<i64> {
        (low..=high).contains(&value).then_some(value)
    }
    fn year(&mut self) -> Option<i64> {
        self.digits(4)
            .and_then(|y| Self::within(y, 1980, 2099))
            .filter(|_| !self.peek().is_some_and(|c| c.is_ascii_digit()))
    }
    /// Full or three-letter name from a table, 1-based.
    fn word(&mut self, table: &[&str]) -> Option<i64> {
        let end = self.text[self.at..]
            .iter()
            .position(|c| !c.is_ascii_alphabetic())
            .map_or(self.text.len(), |n| self.at + n);
        let word = std::str::from_utf8(&self.text[self.at..end]).ok()?.to_ascii_lowercase();
        let index = table
            .iter()
            .position(|name| *name == word || (word.len() == 3 && name.starts_with(&word)))?;
        self.at = end;
        i64::try_from(index).ok().map(|i| i + 1)
    }
    fn clock(&mut self) -> Option<i64> {
        let hour = self.digits(2).and_then(|h| Self::within(h, 0, 23))?;
        self.eat(b":")?;
        let minute = self.digits(2).and_then(|m| Self::within(m, 0, 59))?;
        let mut second = 0;
        let back = self.at;
        if self.eat(b":").is_some() {
            match self.digits(2).and_then(|s| Self::within(s, 0, 60)) {
                Some(s) => second = s,
                None => self.at = back,
            }
            let back = self.at;
            if self.any(b".,").is_some() {
                let from = self.at;
                while self.peek().is_some_and(|c| c.is_ascii_digit()) {
                    self.at += 1;
                }
                if self.at == from {
                    self.at = back;
                }
            }
        }
        Some(hour * 3600 + minute * 60 + second)
    }
    /// ` +0100`, `+01:00`, `Z`, ` UTC`, ` CET`; the offset where it is known.
    fn zone(&mut self) -> Option<Option<i64>> {
        let back = self.at;
        let _ = self.eat(b" ");
        if self.eat(b"Z").is_some() || self.eat(b"UTC").is_some() || self.eat(b"GMT").is_some() {
            return Some(Some(0));
        }
        if let Some(sign) = self.any(b"+-")
            && let Some(hours) = self.digits(2).and_then(|h| Self::within(h, 0, 15))
        {
            let _ = self.eat(b":");
            let minutes = self.digits(2).and_then(|m| Self::within(m, 0, 59)).unwrap_or(0);
            let offset = hours * 3600 + minutes * 60;
            return Some(Some(if sign == b'-' { -offset } else { offset }));
        }
        self.at = back;
        // An abbreviation: its offset depends on where.
        self.eat(b" ")?;
        let letters = self.text[self.at..]
            .iter()
            .take_while(|c| c.is_ascii_uppercase())
            .count();
        if (3..=5).contains(&letters) && !self.text.get(self.at + letters).is_some_and(u8::is_ascii_alphanumeric) {
            self.at += letters;
            return Some(None);
        }
        self.at = back;
        None
    }
    fn done(&self, form: Form, ymd: (i64, i64, i64), second: Option<i64>, zone: Option<i64>) -> Option<Date> {
        if !(1..=12).contains(&ymd.1) || !(1..=31).contains(&ymd.2) {
            return None;
        }
        Some(Date {
            span: Span::new(self.start, self.at),
            form,
            day: Some(days(ymd)),
            second,
            zone,
        })
    }
    /// An optional time and zone behind a date.
    fn tail(&mut self, separators: &[&[u8]]) -> (Option<i64>, Option<i64>) {
        let back = self.at;
        for separator in separators {
            if self.eat(separator).is_some() {
                if let Some(second) = self.clock() {
                    return (Some(second), self.zone().flatten());
                }
                self.at = back;
            }
        }
        (None, None)
    }
}

/// Days from 1970-01-01 (proleptic Gregorian).
fn days((year, month, day): (i64, i64, i64)) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let yoe = y.rem_euclid(400);
    let doy = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719_468
}

/// The year of a moment.
pub fn year(seconds: i64) -> i64 {
    month(seconds).div_euclid(12)
}

/// The month of a moment, counted from the year 0.
pub fn month(seconds: i64) -> i64 {
    let day = seconds.div_euclid(86_400);
    let first = |month: i64| days((month.div_euclid(12), month.rem_euclid(12) + 1, 1));
    // Months have 30.44 days: this is at most one off.
    let guess = 1970 * 12 + (day as f64 / 30.436_875).floor() as i64;
    (guess - 1..=guess + 1)
        .rev()
        .find(|month| first(*month) <= day)
        .unwrap_or(guess)
}

fn iso(s: &mut Scan<'_>) -> Option<Date> {
    let year = s.year()?;
    let separator = s.any(b"-/.")?;
    let month = s.digits(2)?;
    s.eat(&[separator])?;
    let day = s.digits(2)?;
    let (second, zone) = s.tail(&[b"T", b" ", b"  ", b":", b", "]);
    s.done(Form::Iso, (year, month, day), second, zone)
}

fn day_month_year(s: &mut Scan<'_>) -> Option<Date> {
    if s.word(&DAYS).is_some() {
        let _ = s.eat(b",");
        s.spaces()?;
    }
    let day = s.short()?;
    s.any(b" -")?;
    let month = s.word(&MONTHS)?;
    let _ = s.eat(b",");
    s.any(b" -")?;
    let year = s.year()?;
    let (second, zone) = s.tail(&[b" ", b", ", b" at "]);
    s.done(Form::DayMonthYear, (year, month, day), second, zone)
}

fn month_day_year(s: &mut Scan<'_>) -> Option<Date> {
    if s.word(&DAYS).is_some() {
        let _ = s.eat(b",");
        s.spaces()?;
    }
    let month = s.word(&MONTHS)?;
    s.spaces()?;
    let day = s.short()?;
    let _ = s.eat(b",");
    s.spaces()?;
    let year = s.year()?;
    let (second, zone) = s.tail(&[b" ", b", ", b" at "]);
    s.done(Form::MonthDayYear, (year, month, day), second, zone)
}

fn ctime(s: &mut Scan<'_>) -> Option<Date> {
    s.word(&DAYS)?;
    let _ = s.eat(b",");
    s.spaces()?;
    // `Mon Nov 23 …`, or `Mon 23 Nov …` of `date` in some locales.
    let (month, day) = if let Some(month) = s.word(&MONTHS) {
        s.spaces()?;
        (month, s.short()?)
    } else {
        let day = s.short()?;
        s.spaces()?;
        (s.word(&MONTHS)?, day)
    };
    s.spaces()?;
    let second = s.clock()?;
    let back = s.at;
    let _ = s.eat(b" AM").or_else(|| s.eat(b" PM"));
    let zone = s.zone().flatten();
    if s.spaces().is_none() {
        s.at = back;
        s.spaces()?;
    }
    let year = s.year()?;
    s.done(Form::Ctime, (year, month, day), Some(second), zone)
}

fn month_year(s: &mut Scan<'_>) -> Option<Date> {
    let month = s.word(&MONTHS)?;
    let _ = s.eat(b",");
    s.spaces()?;
    let year = s.year()?;
    s.done(Form::MonthYear, (year, month, 1), None, None)
}

fn clock(s: &mut Scan<'_>) -> Option<Date> {
    let second = s.clock()?;
    // Hours and minutes alone are too common: ratios, addresses.
    (s.at - s.start >= 8).then(|| Date {
        span: Span::new(s.start, s.at),
        form: Form::Clock,
        day: None,
        second: Some(second),
        zone: None,
    })
}

fn compact(s: &mut Scan<'_>) -> Option<Date> {
    let length = s.text[s.at..].iter().take_while(|c| c.is_ascii_digit()).count();
    if !matches!(length, 8 | 12 | 14) {
        return None;
    }
    let ymd = (Scan::within(s.digits(4)?, 1990, 2099)?, s.digits(2)?, s.digits(2)?);
    let mut second = None;
    let mut zone = None;
    if length >= 12 {
        let hour = Scan::within(s.digits(2)?, 0, 23)?;
        let minute = Scan::within(s.digits(2)?, 0, 59)?;
        let rest = if length == 14 {
            Scan::within(s.digits(2)?, 0, 60)?
        } else {
            0
        };
        second = Some(hour * 3600 + minute * 60 + rest);
    }
    if length == 14 {
        // PDF and PostScript: `D:20261123190300Z00'00'`.
        if s.eat(b"Z").is_some() {
            zone = Some(0);
            let _ = s.eat(b"00'00'");
        } else if matches!(s.peek(), Some(b'+' | b'-')) && s.text.get(s.at + 3) == Some(&b'\'') {
            zone = s.zone().flatten();
            let _ = s.eat(b"'");
            let _ = s.digits(2).and_then(|_| s.eat(b"'"));
        }
    }
    s.done(Form::Compact, ymd, second, zone)
}

fn epoch(s: &mut Scan<'_>) -> Option<Date> {
    let length = s.text[s.at..].iter().take_while(|c| c.is_ascii_digit()).count();
    let scale = match length {
        10 => 1,
        13 => 1_000,
        16 => 1_000_000,
        19 => 1_000_000_000,
        _ => return None,
    };
    let value = s.digits(length)? / scale;
    // 2001-09-09 (the first of ten digits) to 2099-12-31.
    let value = Scan::within(value, 1_000_000_000, 4_102_444_799)?;
    let _ = scale > 1 || s.peek() != Some(b'.') || {
        let back = s.at;
        s.at += 1;
        let n = s.text[s.at..].iter().take_while(|c| c.is_ascii_digit()).count();
        s.at = if n > 0 { s.at + n } else { back };
        true
    };
    let span = Span::new(s.start, s.at);
    Some(Date {
        span,
        form: Form::Epoch,
        day: Some(value.div_euclid(86_400)),
        second: Some(value.rem_euclid(86_400)),
        zone: Some(0),
    })
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
    fn months_begin_on_their_first_day() {
        for at in (1970 * 12)..(2100 * 12) {
            let first = days((at / 12, at % 12 + 1, 1)) * 86_400;
            assert_eq!((month(first), month(first - 1), year(first)), (at, at - 1, at / 12));
        }
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
