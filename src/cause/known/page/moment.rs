//! Tokens that are a moment within a window: dates, years, seconds since 1970.

use super::{
    Manner, Page, Precision, Reading, Token, Unit, Written,
    border::{Border, bordered},
};
use crate::{
    cause::date::{self, Date, Form},
    model::{FactKind, Span},
};

const DAY: i64 = 86_400;

impl<'r> Page<'r> {
    /// The tokens at a place that are a moment within a window.
    pub(super) fn moments(
        &self,
        unit: Unit<'_>,
        at: usize,
        kinds: &[FactKind],
        alone: bool,
        found: &mut Vec<Token<'r>>,
    ) {
        let bytes = unit.bytes;
        for (kind, from, to, fact) in self.windows.iter().filter(|window| kinds.contains(&window.0)) {
            let mut add = |length: usize, form: Written| {
                found.push(Token {
                    length,
                    manner: Manner {
                        kind: *kind,
                        form,
                        name: "",
                    },
                    fact: *fact,
                });
            };
            let within = |seconds: i64| *from <= seconds && seconds <= *to;
            if let Ok(n) = unit.dates.binary_search_by_key(&at, |date| date.span.start) {
                for (precision, reading) in self.dated(bytes, &unit.dates[n], (*from, *to)) {
                    let date = &unit.dates[n];
                    add(date.span.len(), Written::Date(date.form, precision, reading));
                }
            }
            let word = |length: usize, digit: fn(&u8) -> bool| {
                let end = at + length;
                let token = bytes.get(at..end)?;
                let whole = token.iter().all(digit) && bordered(bytes, Span::new(at, end), Border::Number);
                std::str::from_utf8(token).ok().filter(|_| whole)
            };
            let hex = || i64::from_str_radix(word(8, u8::is_ascii_hexdigit)?, 16).ok();
            if hex().is_some_and(within) {
                add(8, Written::Hex);
            }
            if let Some(year) = word(4, u8::is_ascii_digit).filter(|_| !alone) {
                for reading in [Reading::Utc, Reading::Recorded] {
                    let ends = self
                        .shift(reading, None)
                        .map(|shift| [from + shift, to + shift].map(date::year));
                    if ends.is_some_and(|ends| ends.map(|y| y.to_string()).contains(&year.to_owned())) {
                        add(4, Written::Year(reading));
                    }
                }
            }
            for length in [4, 8].into_iter().filter(|_| unit.binary) {
                for big in [false, true] {
                    if number(bytes, at, length, big).is_some_and(within) {
                        add(
                            length,
                            Written::Binary {
                                bytes: if length == 4 { 4 } else { 8 },
                                big,
                            },
                        );
                    }
                }
            }
        }
    }

    /// The readings by which a date lies in a window.
    fn dated(&self, bytes: &[u8], date: &Date, (from, to): (i64, i64)) -> Vec<(Precision, Reading)> {
        let token = &bytes[date.span.start..date.span.end];
        let precision = precision(date, token);
        let readings: &[Reading] = match date.zone {
            Some(_) => &[Reading::Own],
            None => &[Reading::Utc, Reading::Recorded],
        };
        let fits = |reading: &Reading| {
            let Some(shift) = self.shift(*reading, date.zone) else {
                return false;
            };
            let (from, to) = (from + shift, to + shift);
            let Some(day) = date.day else {
                // A time of day alone.
                let second = date.second.unwrap_or(-1);
                let first = from + (second - from).rem_euclid(DAY);
                return to - from < DAY && first <= to;
            };
            let second = half_day(token, date.second.unwrap_or(0));
            let start = day * DAY + second;
            let length = match precision {
                Precision::Second => 1,
                Precision::Minute => 60,
                Precision::Day => DAY,
                Precision::Month => return [from, to].map(date::month).contains(&date::month(start)),
            };
            start <= to && start + length > from
        };
        let found = readings.iter().filter(|reading| fits(reading));
        found.map(|reading| (precision, *reading)).collect()
    }
}

/// Seconds of a day, of a token that tells morning from afternoon.
fn half_day(token: &[u8], second: i64) -> i64 {
    let says = |word: &[u8]| memchr::memmem::find(token, word).is_some();
    match second / 3600 {
        1..12 if says(b" PM") => second + DAY / 2,
        12 if says(b" AM") => second - DAY / 2,
        _ => second,
    }
}

/// How exactly a token tells the time.
fn precision(date: &Date, token: &[u8]) -> Precision {
    match date.form {
        Form::MonthYear => return Precision::Month,
        Form::Epoch | Form::Clock => return Precision::Second,
        Form::Compact if token.len() == 12 => return Precision::Minute,
        _ => {}
    }
    if date.second.is_none() {
        return Precision::Day;
    }
    if date.form == Form::Compact {
        return Precision::Second;
    }
    let digits = |at: usize| {
        token
            .get(at..at + 2)
            .is_some_and(|two| two.iter().all(u8::is_ascii_digit))
    };
    // The first colon between digits is the clock's; a zone's comes behind it.
    let colon = (1..token.len()).find(|&at| token[at] == b':' && token[at - 1].is_ascii_digit() && digits(at + 1));
    match colon.is_some_and(|at| token.get(at + 3) == Some(&b':') && digits(at + 4)) {
        true => Precision::Second,
        false => Precision::Minute,
    }
}

/// A number in bytes.
fn number(bytes: &[u8], at: usize, length: usize, big: bool) -> Option<i64> {
    let mut all = [0; 8];
    let field = bytes.get(at..at + length)?;
    for (n, byte) in field.iter().enumerate() {
        let place = if big { length - 1 - n } else { n };
        *all.get_mut(place)? = *byte;
    }
    i64::try_from(u64::from_le_bytes(all)).ok()
}
