//! One record, ready to be looked for: the tokens that render its facts, and where they may stand.

use super::FOLDERS;
use crate::{
    cause::{
        date::{self, Date, Form},
        path,
    },
    model::{FactKind, Known, Record, Span},
};

/// Shorter tokens are nothing to go by where no cause's form has found them.
const SHORT: usize = 4;
const DAY: i64 = 86_400;

/// How a value is written; the two sides must be written alike. A name tells variables and tools apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Manner<'r> {
    pub(super) kind: FactKind,
    form: Written,
    name: &'r str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written {
    /// As recorded.
    Plain,
    /// A part of it: a host with its domain, a locale without its encoding, a version without revision.
    Part(u8),
    /// A date, read in its own zone, in UTC, or in the recorded one.
    Date(Form, Precision, Reading),
    /// The year.
    Year(Reading),
    /// Seconds since 1970 in hexadecimal digits.
    Hex,
    /// The same in bytes.
    Binary { bytes: u8, big: bool },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    Own,
    Utc,
    Recorded,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Precision {
    Month,
    Day,
    Minute,
    Second,
}

/// A token that begins at a place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'r> {
    pub(super) length: usize,
    pub(super) manner: Manner<'r>,
    pub(super) fact: usize,
}

/// A fixed text that renders a fact.
#[derive(Debug)]
struct Text<'r> {
    bytes: Vec<u8>,
    manner: Manner<'r>,
    fact: usize,
    border: Border,
}

/// What must not stand beside a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Border {
    Word,
    Number,
    Path,
}

/// One record, ready to be looked for.
#[derive(Debug)]
pub(super) struct Page<'r> {
    pub(super) record: &'r Record,
    texts: Vec<Text<'r>>,
    /// Which bytes texts begin with.
    begins: Vec<bool>,
    /// Kind, first and last second, fact.
    pub(super) windows: Vec<(FactKind, i64, i64, usize)>,
    /// Seconds east of UTC.
    offset: Option<i64>,
}

/// One side of a difference.
#[derive(Clone, Copy)]
pub(super) struct Unit<'u> {
    pub(super) bytes: &'u [u8],
    pub(super) dates: &'u [Date],
    /// Numbers in bytes may stand in it.
    pub(super) binary: bool,
}

impl<'r> Page<'r> {
    pub(super) fn of(record: &'r Record) -> Self {
        let mut page = Self {
            record,
            texts: Vec::new(),
            begins: vec![false; 256],
            windows: Vec::new(),
            offset: None,
        };
        for (at, fact) in record.facts.iter().enumerate() {
            match (&fact.value, fact.kind) {
                (Known::Window { from, to }, kind) => page.windows.push((kind, *from, *to, at)),
                (Known::Number(seconds), FactKind::ZoneOffset) => page.offset = Some(*seconds),
                (Known::Number(number), kind) => page.number(kind, *number, at),
                (Known::Named { name, value }, kind) => page.named(kind, name, value, at),
                (Known::Text(text), kind) => page.text(kind, text, at),
            }
        }
        for text in &page.texts {
            if let Some(first) = text.bytes.first() {
                page.begins[usize::from(*first)] = true;
            }
        }
        page
    }

    fn add(&mut self, kind: FactKind, form: Written, name: &'r str, bytes: &str, fact: usize) {
        let border = match kind {
            FactKind::BuildPath | FactKind::Home | FactKind::TmpDir | FactKind::Shell => Border::Path,
            FactKind::Uid | FactKind::Gid | FactKind::CpuCount | FactKind::Pid | FactKind::Umask => Border::Number,
            _ => Border::Word,
        };
        if !bytes.is_empty() {
            self.texts.push(Text {
                bytes: bytes.as_bytes().to_vec(),
                manner: Manner { kind, form, name },
                fact,
                border,
            });
        }
    }

    fn number(&mut self, kind: FactKind, number: i64, at: usize) {
        if kind == FactKind::Umask {
            self.add(kind, Written::Plain, "", &format!("{number:04o}"), at);
            self.add(kind, Written::Part(1), "", &format!("{number:03o}"), at);
        } else {
            self.add(kind, Written::Plain, "", &number.to_string(), at);
        }
    }

    /// The fact of a kind that is this number.
    pub(super) fn number_of(&self, kind: FactKind, number: u64) -> Option<usize> {
        let number = Known::Number(i64::try_from(number).ok()?);
        let mut facts = self.record.facts.iter();
        facts.position(|fact| fact.kind == kind && fact.value == number)
    }

    fn named(&mut self, kind: FactKind, name: &'r str, value: &'r str, at: usize) {
        self.add(kind, Written::Plain, name, value, at);
        if kind == FactKind::Tool {
            // Without epoch, then without revision: what the tool says of itself.
            let upstream = value.split_once(':').map_or(value, |(_, rest)| rest);
            self.add(kind, Written::Part(1), name, upstream, at);
            let bare = upstream.rsplit_once('-').map_or(upstream, |(version, _)| version);
            self.add(kind, Written::Part(2), name, bare, at);
        }
    }

    fn text(&mut self, kind: FactKind, text: &'r str, at: usize) {
        let rooted = FOLDERS.contains(&kind);
        let text = match rooted {
            true => text.trim_end_matches('/'),
            false => text,
        };
        // The root, or a folder without `/`, is no path to go by.
        if rooted && !text.starts_with('/') {
            return;
        }
        self.add(kind, Written::Plain, "", text, at);
        match kind {
            FactKind::Host => {
                let domain = self.record.facts.iter().find(|fact| fact.kind == FactKind::Domain);
                match (text.split_once('.'), domain.map(|fact| &fact.value)) {
                    (Some((short, _)), _) => self.add(kind, Written::Part(2), "", short, at),
                    (None, Some(Known::Text(domain))) => {
                        self.add(kind, Written::Part(1), "", &format!("{text}.{domain}"), at);
                    }
                    _ => {}
                }
            }
            FactKind::Locale => {
                if let Some((short, _)) = text.split_once('.') {
                    self.add(kind, Written::Part(1), "", short, at);
                }
            }
            _ => {}
        }
    }

    /// Whether a token is the beginning of a path, of which the rest must be the same on both sides.
    pub(super) fn rooted(&self, token: &Token<'_>) -> bool {
        FOLDERS.contains(&token.manner.kind)
    }

    /// Every token that begins at a place.
    pub(super) fn tokens(
        &self,
        unit: Unit<'_>,
        at: usize,
        kinds: &[FactKind],
        alone: bool,
        found: &mut Vec<Token<'r>>,
    ) {
        let bytes = unit.bytes;
        let Some(first) = bytes.get(at) else { return };
        if self.begins[usize::from(*first)] {
            for text in &self.texts {
                let end = at + text.bytes.len();
                let long = !alone || text.bytes.len() >= SHORT && text.border != Border::Number;
                if long
                    && kinds.contains(&text.manner.kind)
                    && bytes.get(at..end) == Some(&text.bytes)
                    && bordered(bytes, Span::new(at, end), text.border)
                {
                    found.push(Token {
                        length: text.bytes.len(),
                        manner: text.manner,
                        fact: text.fact,
                    });
                }
            }
        }
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

    /// Seconds that a reading is east of UTC.
    pub(super) fn shift(&self, reading: Reading, own: Option<i64>) -> Option<i64> {
        match reading {
            Reading::Own => own,
            Reading::Utc => Some(0),
            Reading::Recorded => self.offset,
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

/// What a path goes on with.
pub(super) fn path_rest(bytes: &[u8], at: usize) -> &[u8] {
    let rest = bytes.get(at..).unwrap_or_default();
    let end = rest.iter().position(|&c| !path::part(c)).unwrap_or(rest.len());
    &rest[..end]
}

/// Whether a token is a whole word, number or beginning of a path.
fn bordered(bytes: &[u8], token: Span, border: Border) -> bool {
    let before = token.start.checked_sub(1).and_then(|at| bytes.get(at)).copied();
    let (next, behind) = (bytes.get(token.end).copied(), bytes.get(token.end + 1).copied());
    let part = |c: u8| c.is_ascii_alphanumeric() || b"_-".contains(&c);
    // Letters beyond ASCII count, other bytes do not: a name may stand among numbers.
    let letter = |from: Option<usize>, to: usize| {
        let character = from.and_then(|from| std::str::from_utf8(bytes.get(from..to)?).ok());
        character.is_some_and(|text| text.chars().count() == 1 && text.chars().all(char::is_alphanumeric))
    };
    let lettered = (2..=4).any(|n| {
        letter(token.start.checked_sub(n), token.start) || letter(Some(token.end), token.end.saturating_add(n))
    });
    match border {
        Border::Word => {
            // A full stop ends a sentence, or goes on with the name.
            let goes_on = next.is_some_and(part) || next == Some(b'.') && behind.is_some_and(part);
            !goes_on && !lettered && !before.is_some_and(|c| part(c) || c == b'.')
        }
        Border::Number => {
            let option = token.start.checked_sub(2).and_then(|at| bytes.get(at..token.start)) == Some(b"-j");
            let digit = |c: u8| c.is_ascii_alphanumeric() || c == b'_';
            let hex = token.start.checked_sub(2).and_then(|at| bytes.get(at..token.start)) == Some(b"0x");
            !(next.is_some_and(digit) || next == Some(b'.') && behind.is_some_and(|c| c.is_ascii_digit()))
                && (option || hex || !before.is_some_and(|c| digit(c) || c == b'.'))
        }
        Border::Path => {
            let inside = before.is_some_and(|c| path::part(c) && !opens(bytes, token.start));
            !inside && !next.is_some_and(|c| path::part(c) && c != b'/')
        }
    }
}

/// Whether what stands right before a path lets one begin: a short option (`-I/build`), or a scheme (`file:///build`).
fn opens(bytes: &[u8], at: usize) -> bool {
    let before = &bytes[..at];
    if before.ends_with(b"://") {
        return true;
    }
    let option = before.iter().rev().take_while(|c| c.is_ascii_alphabetic()).count();
    let dash = before.len().checked_sub(option + 1).and_then(|i| before.get(i));
    let start = before.len().checked_sub(option + 2).and_then(|i| before.get(i));
    (1..=3).contains(&option) && dash == Some(&b'-') && !start.is_some_and(|c| path::part(*c))
}
