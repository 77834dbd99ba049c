//! One record, ready to be looked for: the tokens that render its facts, and where they may stand.

mod border;
mod moment;

use super::FOLDERS;
use crate::{
    cause::{
        date::{Date, Form},
        path,
    },
    model::{FactKind, Known, Record, Span},
};
use border::{Border, bordered};

/// Shorter tokens are nothing to go by where no cause's form has found them.
const SHORT: usize = 4;

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
        self.moments(unit, at, kinds, alone, found);
    }

    /// Seconds that a reading is east of UTC.
    pub(super) fn shift(&self, reading: Reading, own: Option<i64>) -> Option<i64> {
        match reading {
            Reading::Own => own,
            Reading::Utc => Some(0),
            Reading::Recorded => self.offset,
        }
    }
}

/// What a path goes on with.
pub(super) fn path_rest(bytes: &[u8], at: usize) -> &[u8] {
    let rest = bytes.get(at..).unwrap_or_default();
    let end = rest.iter().position(|&c| !path::part(c)).unwrap_or(rest.len());
    &rest[..end]
}
