//! What is known of both builds: whether the two values of a difference are renderings of what each side's record says.
//!
//! The two sides are walked at the same time. Each step takes bytes that are equal, or a token of side a that renders a fact of a's
//! record together with a token of side b that renders a fact of the same kind of b's record in the same manner. What is walked
//! through like this has no byte left that the records do not vouch for.

use super::{
    CAUSES, Cause, acts,
    date::{self, Date, Form},
    find,
};
use crate::model::{
    Attribution, CauseId, Change, Claim, Difference, Evidence, Fact, FactKind, Known, Record, Role, Span, Value,
    Warrant,
};
use std::{cell::OnceCell, collections::BTreeMap};

/// Equal bytes before a change that are walked, too: the token may begin there.
const BACK: usize = 300;
/// Shorter tokens are nothing to go by where no cause's form has found them.
const SHORT: usize = 4;
const DAY: i64 = 86_400;

/// Kinds of facts that are moments.
pub const TIMES: &[FactKind] = &[FactKind::Clock, FactKind::FileTime, FactKind::SourceDateEpoch];
/// Kinds of facts that are folders in which something is built.
pub const FOLDERS: &[FactKind] = &[FactKind::BuildPath, FactKind::Home, FactKind::TmpDir];

/// Kinds of facts that are moments in a zone.
pub const ZONED: &[FactKind] = &[
    FactKind::Clock,
    FactKind::FileTime,
    FactKind::SourceDateEpoch,
    FactKind::Zone,
];
/// Kinds of facts that are folders of temporary files.
pub const TEMPORARY: &[FactKind] = &[FactKind::TmpDir];
/// Kinds of facts that are owners of files.
pub const OWNERS: &[FactKind] = &[FactKind::Uid, FactKind::Gid, FactKind::User, FactKind::Group];
/// Kinds of facts that are names of the machine.
pub const HOSTS: &[FactKind] = &[FactKind::Host, FactKind::Domain];
/// Kinds of facts that are the user, by name or number.
pub const USERS: &[FactKind] = &[
    FactKind::User,
    FactKind::Gecos,
    FactKind::Group,
    FactKind::Uid,
    FactKind::Gid,
];
/// Kinds of facts that are the user's name.
pub const USER: &[FactKind] = &[FactKind::User];
/// Kinds of facts that are the kernel.
pub const KERNELS: &[FactKind] = &[FactKind::KernelRelease, FactKind::KernelVersion];
/// Kinds of facts that are numbers of processors.
pub const COUNTS: &[FactKind] = &[FactKind::CpuCount];
/// Kinds of facts that are versions of tools.
pub const TOOLS: &[FactKind] = &[FactKind::Tool];
/// Kinds of facts that are numbers of processes.
pub const PIDS: &[FactKind] = &[FactKind::Pid];
/// Kinds of facts that are names of time zones.
pub const ZONES: &[FactKind] = &[FactKind::Zone];
/// Kinds of facts that are the user by name.
pub const PERSONS: &[FactKind] = &[FactKind::User, FactKind::Gecos];
/// Kinds of facts that are what variables choose.
pub const SETTINGS: &[FactKind] = &[FactKind::Locale, FactKind::Shell];
/// Kinds of facts that are what variables hold.
pub const VARIABLES: &[FactKind] = &[
    FactKind::Variable,
    FactKind::Home,
    FactKind::TmpDir,
    FactKind::BuildPath,
    FactKind::User,
    FactKind::Host,
    FactKind::Locale,
    FactKind::Zone,
    FactKind::Shell,
    FactKind::SourceDateEpoch,
];

/// Two tokens that two records vouch for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Where they stand.
    pub pair: Change,
    /// What they render.
    pub kind: FactKind,
    /// The facts, by their places in each record.
    pub facts: [usize; 2],
}

/// How a value is written; the two sides must be written alike. A name tells variables and tools apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Manner<'r> {
    kind: FactKind,
    form: Written,
    name: &'r str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Written {
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
enum Reading {
    Own,
    Utc,
    Recorded,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Precision {
    Month,
    Day,
    Minute,
    Second,
}

/// A token that begins at a place.
#[derive(Clone, Copy, Debug)]
struct Token<'r> {
    length: usize,
    manner: Manner<'r>,
    fact: usize,
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
enum Border {
    Word,
    Number,
    Path,
}

/// One record, ready to be looked for.
#[derive(Debug)]
struct Page<'r> {
    record: &'r Record,
    texts: Vec<Text<'r>>,
    /// Which bytes texts begin with.
    begins: Vec<bool>,
    /// Kind, first and last second, fact.
    windows: Vec<(FactKind, i64, i64, usize)>,
    /// Seconds east of UTC.
    offset: Option<i64>,
}

/// Two records, ready to be looked for.
#[derive(Debug)]
pub struct Book<'r> {
    pages: [Page<'r>; 2],
}

impl<'r> Book<'r> {
    /// Of a's record and b's.
    pub fn new(records: [&'r Record; 2]) -> Self {
        Self {
            pages: records.map(Page::of),
        }
    }
    /// The records the other way round.
    pub fn swapped(&self) -> Book<'r> {
        let [a, b] = &self.pages;
        Book::new([b.record, a.record])
    }
    /// What both records know of one difference.
    pub fn about<'b>(&'b self, difference: &'b Difference) -> About<'b, 'r> {
        About {
            book: self,
            units: [&difference.a.unit, &difference.b.unit],
            difference,
            dates: OnceCell::new(),
        }
    }
}

/// The fact that a whole token renders, of those kinds.
pub fn vouches<'r>(record: &'r Record, kinds: &[FactKind], token: &[u8]) -> Option<&'r Fact> {
    let page = Page::of(record);
    let dates = date::dates(token);
    let unit = Unit {
        bytes: token,
        dates: &dates,
        binary: std::str::from_utf8(token).is_err() || token.contains(&0),
    };
    let mut tokens = Vec::new();
    page.tokens(unit, 0, kinds, false, &mut tokens);
    let whole = |found: &&Token<'_>| match page.rooted(found) {
        true => !climbs(&token[found.length..]),
        false => found.length == token.len(),
    };
    let found = tokens.iter().find(whole)?;
    record.facts.get(found.fact)
}

/// One side of a difference.
#[derive(Clone, Copy)]
struct Unit<'u> {
    bytes: &'u [u8],
    dates: &'u [Date],
    /// Numbers in bytes may stand in it.
    binary: bool,
}

/// What both records know of one difference.
pub struct About<'b, 'r> {
    book: &'b Book<'r>,
    units: [&'b [u8]; 2],
    difference: &'b Difference,
    dates: OnceCell<[Vec<Date>; 2]>,
}

impl About<'_, '_> {
    /// The tokens that account for every byte of a claimed range, if the records have them. A cause counts only for facts of its kinds.
    pub fn warrant(&self, cause: CauseId, range: Change) -> Option<Vec<Hit>> {
        let kinds = super::by_id(cause)?.facts();
        if kinds.is_empty() || !self.difference.both() {
            return None;
        }
        self.time(range, kinds)
            .or_else(|| self.count(range, kinds))
            .or_else(|| self.walk(range, kinds, false))
    }

    /// Gives the ranges that the records vouch for their warrant, and finds known values where no cause's form did.
    pub fn vouch(&self, said: Attribution) -> Attribution {
        let mut claims = Vec::new();
        for claim in said.claims {
            let Claim { cause, evidence } = claim;
            if evidence.warrant.is_some() || !evidence.explains() {
                claims.push(Claim { cause, evidence });
                continue;
            }
            let known = |range: &Change| self.warrant(cause, *range).is_some();
            let (known, other): (Vec<Change>, Vec<Change>) = evidence.claims.iter().partition(|range| known(range));
            let with = |claims: Vec<Change>| Evidence {
                claims,
                ..evidence.clone()
            };
            if !known.is_empty() {
                let evidence = with(known).by(Warrant::Record);
                claims.push(Claim { cause, evidence });
            }
            if !other.is_empty() {
                let evidence = with(other);
                claims.push(Claim { cause, evidence });
            }
        }
        let (adopted, open) = self.adopt(&said.open);
        claims.extend(adopted);
        Attribution { claims, open }
    }

    /// What of these changes the records account for where no cause's form did: claims, and the changes that are left.
    fn adopt(&self, open: &[Change]) -> (Vec<Claim>, Vec<Change>) {
        let mut adopted: BTreeMap<CauseId, Vec<Change>> = BTreeMap::new();
        let mut left = Vec::new();
        let difference = self.difference;
        let readable = matches!(
            difference.role,
            Role::Text | Role::String | Role::Version | Role::Reference | Role::Data | Role::Content
        );
        for change in open {
            let hits = match readable && difference.both() {
                true => self.walk(*change, ADOPTED, true),
                false => None,
            };
            let Some(hits) = hits.filter(|hits| self.harmless(hits)) else {
                left.push(*change);
                continue;
            };
            for hit in hits {
                let Some(cause) = adopts(hit.kind) else { continue };
                let claims = adopted.entry(cause.id()).or_default();
                if !claims.contains(&hit.pair) {
                    claims.push(hit.pair);
                }
            }
        }
        // A token holds all changes in it, not only the one that it begins with.
        let held = |change: &Change| {
            let mut tokens = adopted.values().flatten();
            tokens.any(|token| token.a.contains(change.a) && token.b.contains(change.b))
        };
        left.retain(|change| !held(change));
        let claims = adopted.into_iter().filter_map(|(cause, claims)| {
            let evidence = Evidence::likely(claims)?.by(Warrant::Record);
            Some(Claim { cause, evidence })
        });
        (claims.collect(), left)
    }

    /// Whether the tokens stand where nothing acts on them, and limit nothing.
    fn harmless(&self, hits: &[Hit]) -> bool {
        let [a, _] = self.units;
        let pairs: Vec<Change> = hits.iter().map(|hit| hit.pair).collect();
        let limit = |pair: &Change| date::limit(&find::before(a, pair.a.start, 80));
        !hits.is_empty() && !acts::on(self.difference, &pairs) && !pairs.iter().any(limit)
    }

    /// A whole field that the format has read as a time.
    fn time(&self, change: Change, kinds: &[FactKind]) -> Option<Vec<Hit>> {
        let difference = self.difference;
        let (Value::Time { seconds: x, local: p }, Value::Time { seconds: y, local: q }) =
            (&difference.a.value, &difference.b.value)
        else {
            return None;
        };
        if change != difference.whole() || p != q {
            return None;
        }
        let readings: &[Reading] = match p {
            true => &[Reading::Utc, Reading::Recorded],
            false => &[Reading::Utc],
        };
        let [a, b] = &self.book.pages;
        for reading in readings {
            let found = [(a, *x), (b, *y)].map(|(page, seconds)| {
                let at = seconds - page.shift(*reading, None)?;
                // DOS counts in steps of two seconds.
                page.windows
                    .iter()
                    .find(|(kind, from, to, _)| kinds.contains(kind) && at + i64::from(*p) >= *from && at <= *to)
            });
            if let [Some(x), Some(y)] = found
                && x.0 == y.0
            {
                return Some(vec![Hit {
                    pair: change,
                    kind: x.0,
                    facts: [x.3, y.3],
                }]);
            }
        }
        None
    }

    /// A whole field that the format has read as a number.
    fn count(&self, change: Change, kinds: &[FactKind]) -> Option<Vec<Hit>> {
        let difference = self.difference;
        let (Value::Number(x), Value::Number(y)) = (&difference.a.value, &difference.b.value) else {
            return None;
        };
        if change != difference.whole() {
            return None;
        }
        let [a, b] = &self.book.pages;
        kinds.iter().find_map(|kind| {
            Some(vec![Hit {
                pair: change,
                kind: *kind,
                facts: [a.number_of(*kind, *x)?, b.number_of(*kind, *y)?],
            }])
        })
    }

    /// Walks through a change on both sides; none if something there is no token of both records.
    fn walk(&self, change: Change, kinds: &[FactKind], alone: bool) -> Option<Vec<Hit>> {
        let [a, b] = self.units;
        if change.a.end > a.len() || change.b.end > b.len() {
            return None;
        }
        let dates = self.dates.get_or_init(|| self.units.map(date::dates));
        let binary = !find::textual(self.difference);
        let unit = |n: usize| Unit {
            bytes: self.units[n],
            dates: &dates[n],
            binary,
        };
        let (ua, ub) = (unit(0), unit(1));
        let before = a[..change.a.start].iter().rev().zip(b[..change.b.start].iter().rev());
        let back = before.take(BACK).take_while(|(x, y)| x == y).count();
        let (mut i, mut j) = (change.a.start - back, change.b.start - back);
        let (mut hits, mut here, mut there) = (Vec::new(), Vec::new(), Vec::new());
        let [page, other] = &self.book.pages;
        while i < change.a.end || j < change.b.end {
            page.tokens(ua, i, kinds, alone, &mut here);
            if !here.is_empty() {
                other.tokens(ub, j, kinds, alone, &mut there);
            }
            let mut best: Option<(Token<'_>, Token<'_>)> = None;
            for x in &here {
                for y in there.iter().filter(|y| y.manner == x.manner) {
                    let (s, t) = (&a[i..i + x.length], &b[j..j + y.length]);
                    let rest = || {
                        let (s, t) = (path_rest(a, i + x.length), path_rest(b, j + y.length));
                        s == t && !climbs(s)
                    };
                    if s != t
                        && best.is_none_or(|(p, q)| x.length + y.length > p.length + q.length)
                        && (!page.rooted(x) || rest())
                    {
                        best = Some((*x, *y));
                    }
                }
            }
            here.clear();
            there.clear();
            if let Some((x, y)) = best {
                hits.push(Hit {
                    pair: Change {
                        a: Span::at(i, x.length),
                        b: Span::at(j, y.length),
                    },
                    kind: x.manner.kind,
                    facts: [x.fact, y.fact],
                });
                (i, j) = (i + x.length, j + y.length);
            } else if a.get(i).is_some() && a.get(i) == b.get(j) {
                (i, j) = (i + 1, j + 1);
            } else {
                return None;
            }
        }
        // Equal bytes alone would mean that the change was none.
        (!hits.is_empty()).then_some(hits)
    }
}

/// Kinds of values that say enough without a cause's form: every one that a cause adopts.
const ADOPTED: &[FactKind] = &[
    FactKind::Clock,
    FactKind::FileTime,
    FactKind::SourceDateEpoch,
    FactKind::Zone,
    FactKind::BuildPath,
    FactKind::Home,
    FactKind::TmpDir,
    FactKind::Host,
    FactKind::Domain,
    FactKind::User,
    FactKind::Gecos,
    FactKind::Locale,
    FactKind::KernelRelease,
    FactKind::KernelVersion,
    FactKind::Shell,
];

/// The cause of a recorded value that stands somewhere.
fn adopts(kind: FactKind) -> Option<&'static dyn Cause> {
    CAUSES.iter().copied().find(|cause| cause.adopts().contains(&kind))
}

impl<'r> Page<'r> {
    fn of(record: &'r Record) -> Self {
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
    fn number_of(&self, kind: FactKind, number: u64) -> Option<usize> {
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
    fn rooted(&self, token: &Token<'_>) -> bool {
        FOLDERS.contains(&token.manner.kind)
    }

    /// Every token that begins at a place.
    fn tokens(&self, unit: Unit<'_>, at: usize, kinds: &[FactKind], alone: bool, found: &mut Vec<Token<'r>>) {
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
    fn shift(&self, reading: Reading, own: Option<i64>) -> Option<i64> {
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

fn path_part(c: u8) -> bool {
    c.is_ascii_alphanumeric() || c >= 0x80 || b"/._-+~@%".contains(&c)
}

/// What a path goes on with.
fn path_rest(bytes: &[u8], at: usize) -> &[u8] {
    let rest = bytes.get(at..).unwrap_or_default();
    let end = rest.iter().position(|&c| !path_part(c)).unwrap_or(rest.len());
    &rest[..end]
}

/// Whether the rest of a path leaves the folder again.
fn climbs(rest: &[u8]) -> bool {
    rest.split(|&c| c == b'/').any(|part| part == b"..")
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
            let inside = before.is_some_and(|c| path_part(c) && !opens(bytes, token.start));
            !inside && !next.is_some_and(|c| path_part(c) && c != b'/')
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
    (1..=3).contains(&option) && dash == Some(&b'-') && !start.is_some_and(|c| path_part(*c))
}

#[cfg(test)]
mod tests;
