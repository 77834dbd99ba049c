//! The pieces of a date: names, numbers, a clock, a zone.

use super::{Date, Form, calendar::days};
use crate::model::Span;

pub(super) const MONTHS: [&str; 12] = [
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
pub(super) const DAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

/// A place in a text, and where the token that is read began.
pub(super) struct Scan<'t> {
    pub(super) text: &'t [u8],
    pub(super) at: usize,
    pub(super) start: usize,
}

impl Scan<'_> {
    pub(super) fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }
    pub(super) fn eat(&mut self, bytes: &[u8]) -> Option<()> {
        self.text[self.at..].starts_with(bytes).then(|| self.at += bytes.len())
    }
    pub(super) fn any(&mut self, of: &[u8]) -> Option<u8> {
        let c = self.peek().filter(|c| of.contains(c))?;
        self.at += 1;
        Some(c)
    }
    pub(super) fn spaces(&mut self) -> Option<()> {
        let from = self.at;
        while self.peek() == Some(b' ') && self.at < from + 3 {
            self.at += 1;
        }
        (self.at > from).then_some(())
    }
    /// Exactly `n` digits.
    pub(super) fn digits(&mut self, n: usize) -> Option<i64> {
        let field = self.text.get(self.at..self.at + n)?;
        if !field.iter().all(u8::is_ascii_digit) {
            return None;
        }
        self.at += n;
        std::str::from_utf8(field).ok()?.parse().ok()
    }
    /// One or two digits, no third.
    pub(super) fn short(&mut self) -> Option<i64> {
        let two = self.text.get(self.at + 1).is_some_and(u8::is_ascii_digit);
        self.digits(if two { 2 } else { 1 })
    }
    pub(super) fn within(value: i64, low: i64, high: i64) -> Option<i64> {
        (low..=high).contains(&value).then_some(value)
    }
    pub(super) fn year(&mut self) -> Option<i64> {
        self.digits(4)
            .and_then(|y| Self::within(y, 1980, 2099))
            .filter(|_| !self.peek().is_some_and(|c| c.is_ascii_digit()))
    }
    /// Full or three-letter name from a table, 1-based.
    pub(super) fn word(&mut self, table: &[&str]) -> Option<i64> {
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
    pub(super) fn clock(&mut self) -> Option<i64> {
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
    pub(super) fn zone(&mut self) -> Option<Option<i64>> {
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
    pub(super) fn done(
        &self,
        form: Form,
        ymd: (i64, i64, i64),
        second: Option<i64>,
        zone: Option<i64>,
    ) -> Option<Date> {
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
    pub(super) fn tail(&mut self, separators: &[&[u8]]) -> (Option<i64>, Option<i64>) {
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
