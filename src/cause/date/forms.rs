//! The forms that dates have: one reader each.

use super::{
    Date, Form,
    scan::{DAYS, MONTHS, Scan},
};
use crate::model::Span;

/// The longest date that begins at a place.
pub(super) fn date_at(text: &[u8], at: usize) -> Option<Date> {
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
