//! Objects, read forward.

use super::{DEPTH, STRINGS, Text, number};
use crate::model::{Malformed, Part, Role, Span, Value};
use std::ops::Range;

/// Reads an object forward, keeping where its strings are.
pub(super) struct Reader<'b> {
    bytes: &'b [u8],
    pub(super) at: usize,
    pub(super) strings: Vec<Text>,
    /// Numbers of the class `POSIXct`.
    pub(super) moments: Vec<Span>,
    /// Two whole numbers each.
    pairs: Vec<Span>,
    /// Where names of files begin in their paths, and whether they do.
    pub(super) firsts: Vec<(Span, bool)>,
    /// What references can name: symbols by their names, other things without.
    names: Vec<Option<String>>,
    /// What the outermost list calls its elements.
    top: Vec<Option<String>>,
}

/// The strings of a character vector, or of the elements of a list.
#[derive(Clone, Default)]
pub(super) struct Found {
    /// One element each, where it is a single string.
    elements: Vec<Option<usize>>,
    /// Of a symbol.
    name: Option<String>,
    /// Of a pair list: its `names`.
    names: Option<Vec<Option<usize>>>,
    /// Of a pair list: its `class` is a time's.
    moment: bool,
    /// Of a pair list: its `first`; the only number of a vector.
    first: Option<Span>,
}

/// Elements of which the names are told apart.
const NAMED: usize = 4096;

impl<'b> Reader<'b> {
    pub(super) fn at(bytes: &'b [u8], at: usize) -> Self {
        Self {
            bytes,
            at,
            strings: Vec::new(),
            moments: Vec::new(),
            pairs: Vec::new(),
            firsts: Vec::new(),
            names: Vec::new(),
            top: Vec::new(),
        }
    }
    fn bad(&self, expected: &'static str) -> Malformed {
        Malformed::at(self.at, expected, "something else")
    }
    pub(super) fn skip(&mut self, n: usize) -> Result<Range<usize>, Malformed> {
        let end = self.at.checked_add(n).filter(|&end| end <= self.bytes.len());
        let end = end.ok_or_else(|| Malformed::truncated(self.bytes.len(), "the rest of an R object"))?;
        let from = std::mem::replace(&mut self.at, end);
        Ok(from..end)
    }
    pub(super) fn int(&mut self) -> Result<i32, Malformed> {
        let span = self.skip(4)?;
        let word = self.bytes[span].first_chunk().copied().unwrap_or_default();
        Ok(i32::from_be_bytes(word))
    }
    pub(super) fn length(&mut self) -> Result<usize, Malformed> {
        let n = self.int()?;
        if n == -1 {
            let (high, low) = (self.int()?, self.int()?);
            let n = i64::from(high) << 32 | i64::from(low.cast_unsigned());
            return usize::try_from(n).map_err(|_| self.bad("a length"));
        }
        usize::try_from(n).map_err(|_| self.bad("a length"))
    }
    fn data(&mut self, size: usize) -> Result<(), Malformed> {
        let length = self.length()?.checked_mul(size).ok_or_else(|| self.bad("a length"))?;
        self.skip(length).map(|_| ())
    }

    /// One object with its attributes.
    pub(super) fn item(&mut self, depth: usize) -> Result<Found, Malformed> {
        let flags = self.int()?.cast_unsigned();
        self.object(flags, depth)
    }

    fn object(&mut self, flags: u32, depth: usize) -> Result<Found, Malformed> {
        if depth > DEPTH {
            return Err(self.bad("at most 128 R objects inside each other"));
        }
        let (kind, attributes) = (flags & 0xff, flags & 0x200 != 0);
        let mut found = Found::default();
        let mut real = None;
        match kind {
            // Constants: NULL, environments that always exist, no value.
            241 | 242 | 250..=254 => return Ok(found),
            255 => {
                let index = match flags >> 8 {
                    0 => self.int()?.cast_unsigned(),
                    index => index,
                };
                let known = (index as usize).checked_sub(1).and_then(|i| self.names.get(i));
                found.name = known
                    .ok_or_else(|| self.bad("a reference to something before"))?
                    .clone();
                return Ok(found);
            }
            1 => {
                let text = self.item(depth + 1)?.elements.first().copied().flatten();
                let name = text.and_then(|i| Some(String::from_utf8_lossy(self.text(i)?).into_owned()));
                self.names.push(name.clone());
                found.name = name;
                return Ok(found);
            }
            247..=249 => {
                self.int()?;
                for _ in 0..self.length()? {
                    self.item(depth + 1)?;
                }
                self.names.push(None);
                return Ok(found);
            }
            4 => {
                self.names.push(None);
                self.int()?;
                for _ in 0..4 {
                    self.item(depth + 1)?;
                }
                return Ok(found);
            }
            2 | 3 | 5 | 6 | 17 => return self.list(flags, depth),
            22 => {
                self.names.push(None);
                self.item(depth + 1)?;
                self.item(depth + 1)?;
            }
            23 => self.names.push(None),
            7 | 8 => self.data(1)?,
            9 => {
                let length = self.int()?;
                // NA has no bytes, and is not the empty string.
                if let Ok(length) = usize::try_from(length) {
                    let span = self.skip(length)?;
                    found.elements.push(Some(self.strings.len()));
                    self.strings.push(Text {
                        at: Span::new(span.start, span.end),
                        name: None,
                        built: false,
                    });
                }
            }
            10 => self.data(4)?,
            13 => {
                let length = self.length()?;
                let span = self.skip(length.checked_mul(4).ok_or_else(|| self.bad("a length"))?)?;
                let span = Span::new(span.start, span.end);
                match length {
                    1 => found.first = Some(span),
                    2 => self.pairs.push(span),
                    _ => {}
                }
            }
            14 => {
                let length = self.length()?;
                let span = self.skip(length.checked_mul(8).ok_or_else(|| self.bad("a length"))?)?;
                real = (length == 1).then_some(Span::new(span.start, span.end));
            }
            15 => self.data(16)?,
            24 => self.data(1)?,
            16 | 19 | 20 => {
                for _ in 0..self.length()? {
                    let element = self.item(depth + 1)?.elements;
                    if found.elements.len() < NAMED {
                        let single = (element.len() == 1).then(|| element[0]).flatten();
                        found.elements.push(single);
                    }
                }
            }
            21 => {
                self.int()?;
                self.code(depth + 1)?;
            }
            25 => {}
            238 => {
                for _ in 0..3 {
                    self.item(depth + 1)?;
                }
                return Ok(found);
            }
            _ => return Err(self.bad("a known kind of R object")),
        }
        if attributes {
            let told = self.item(depth + 1)?;
            self.moments.extend(real.filter(|_| told.moment));
            if let Some(at) = told.first.filter(|_| kind == 16) {
                let valid = self.behind_slashes(&found.elements, number(self.bytes, at.start));
                self.firsts.push((at, valid));
            }
            let names = self.label(&found.elements, &told.names.unwrap_or_default());
            if depth == 0 {
                self.top = names;
            }
        }
        Ok(found)
    }

    /// Pairs, one behind the other; `names` if one of them is called so.
    fn list(&mut self, mut flags: u32, depth: usize) -> Result<Found, Malformed> {
        let mut found = Found::default();
        loop {
            if flags & 0x200 != 0 {
                self.item(depth + 1)?;
            }
            let tag = if flags & 0x400 != 0 {
                self.item(depth + 1)?.name
            } else {
                None
            };
            let value = self.item(depth + 1)?;
            let time = |element: &Option<usize>| element.and_then(|i| self.text(i)) == Some(b"POSIXct");
            match tag.as_deref() {
                Some("class") => found.moment = value.elements.iter().any(time),
                Some("names") => found.names = Some(value.elements),
                Some("first") => found.first = value.first,
                _ => {}
            }
            flags = self.int()?.cast_unsigned();
            if !matches!(flags & 0xff, 2 | 3 | 5 | 6 | 17) {
                self.object(flags, depth + 1)?;
                return Ok(found);
            }
        }
    }

    /// Byte code: the code as numbers, then its constants.
    fn code(&mut self, depth: usize) -> Result<(), Malformed> {
        if depth > DEPTH {
            return Err(self.bad("at most 128 R objects inside each other"));
        }
        self.item(depth + 1)?;
        for _ in 0..self.length()? {
            match self.int()? {
                21 => self.code(depth + 1)?,
                kind @ (2 | 6 | 239 | 240 | 243 | 244) => self.language(kind, depth + 1)?,
                _ => {
                    self.item(depth + 1)?;
                }
            }
        }
        Ok(())
    }

    /// A call among the constants of byte code.
    fn language(&mut self, mut kind: i32, depth: usize) -> Result<(), Malformed> {
        if depth > DEPTH {
            return Err(self.bad("at most 128 R objects inside each other"));
        }
        loop {
            match kind {
                243 => return self.int().map(|_| ()),
                244 => {
                    self.int()?;
                    kind = self.int()?;
                }
                _ => {}
            }
            if !matches!(kind, 2 | 6 | 239 | 240) {
                return self.item(depth + 1).map(|_| ());
            }
            if matches!(kind, 239 | 240) {
                self.item(depth + 1)?;
            }
            self.item(depth + 1)?;
            let car = self.int()?;
            self.language(car, depth + 1)?;
            kind = self.int()?;
        }
    }

    fn text(&self, index: usize) -> Option<&[u8]> {
        let at = self.strings.get(index)?.at;
        self.bytes.get(at.start..at.end)
    }

    /// Whether the character of this number, counted from 1, has a slash before it in each string (`paths.rds` of an installed package).
    fn behind_slashes(&self, elements: &[Option<usize>], first: usize) -> bool {
        let slash = |element: &Option<usize>| {
            let text = element.and_then(|i| self.text(i)).unwrap_or_default();
            first.checked_sub(2).and_then(|i| text.get(i)) == Some(&b'/')
        };
        !elements.is_empty() && elements.len() < NAMED && elements.iter().all(slash)
    }

    /// Of the index of an `.rdb`: where its pieces lie there, if they lie one behind the other.
    pub(super) fn pieces(&self) -> Vec<Part> {
        let names: Vec<&str> = self.top.iter().flatten().map(String::as_str).collect();
        if names != ["variables", "references", "compressed"] || self.pairs.len() > STRINGS {
            return Vec::new();
        }
        let mut pieces: Vec<(usize, usize, Span)> = self
            .pairs
            .iter()
            .map(|at| (number(self.bytes, at.start), number(self.bytes, at.start + 4), *at))
            .collect();
        pieces.sort_unstable();
        let mut total = 0_usize;
        for &(offset, length, _) in &pieces {
            if offset != total {
                return Vec::new();
            }
            total = total.saturating_add(length);
        }
        let parts = pieces.iter().enumerate().flat_map(|(number, &(.., at))| {
            let value = Value::Piece { number, total };
            [
                Part::field("offset", Span::at(at.start, 4), Role::Offset, value.clone()),
                Part::field("length", Span::at(at.start + 4, 4), Role::Size, value),
            ]
        });
        parts.collect()
    }

    /// Calls the single strings of a vector by its names, and returns these.
    fn label(&mut self, elements: &[Option<usize>], names: &[Option<usize>]) -> Vec<Option<String>> {
        let name = |this: &Self, i: &Option<usize>| {
            let text = this.text((*i)?)?;
            (!text.is_empty() && text.len() <= 64).then(|| String::from_utf8_lossy(text).into_owned())
        };
        let names: Vec<Option<String>> = names.iter().map(|i| name(self, i)).collect();
        // `Built` of an installed package's description; the same as R's `packageDescription` takes it apart.
        let apart: Vec<&str> = names.iter().flatten().map(String::as_str).collect();
        let apart = apart == ["R", "Platform", "Date", "OStype"];
        let package = names.iter().flatten().any(|name| name == "Package");
        for (element, name) in elements.iter().zip(&names) {
            // `R 4.2.2; ; 2026-11-29 21:15:40 UTC; unix`
            let whole = element
                .and_then(|i| self.text(i))
                .is_some_and(|text| text.starts_with(b"R "));
            let (Some(string), Some(name)) = (element.and_then(|i| self.strings.get_mut(i)), name) else {
                continue;
            };
            string.built = (apart && name == "Date") || (package && whole && name == "Built");
            string.name = Some(name.clone());
        }
        names
    }
}
