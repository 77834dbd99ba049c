//! Fields by their keys, as packages and their builds are described: Debian's `.dsc`, `.changes` and `.buildinfo` (deb822(5)), `.PKGINFO`
//! and `.BUILDINFO` of Arch Linux and Alpine (PKGINFO(5), BUILDINFO(5)). Lists of files by the names of these.

use super::Format;
use crate::model::{Blob, FormatId, Kind, Malformed, Opened, Order, Part, Role, Span, Value};
use std::{collections::BTreeMap, ops::Range};

/// A text of fields.
pub struct Fields;

/// Larger texts are compared by line.
const LARGEST: usize = 16 << 20;

/// How a field is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dialect {
    /// `Key: value`, and more of it in lines that begin with a space.
    Colon,
    /// `key = value`, with a key again for each value that it has.
    Equals,
}

impl Dialect {
    /// By the fields that only such a text begins with.
    fn of(text: &[u8]) -> Option<Self> {
        let text = text.get(..text.len().min(4096))?;
        let has = |key: &[u8]| memchr::memmem::find(text, key).is_some();
        if text.starts_with(b"Format: ") && has(b"\nSource: ") && has(b"\nVersion: ") {
            return Some(Dialect::Colon);
        }
        let mut lines = text.split(|&b| b == b'\n').filter(|line| !line.starts_with(b"#"));
        let first = lines.next().unwrap_or_default();
        let packaged = first.starts_with(b"pkgname = ") || first.starts_with(b"format = ") && has(b"\npkgname = ");
        packaged.then_some(Dialect::Equals)
    }
}

impl Format for Fields {
    fn id(&self) -> FormatId {
        "fields"
    }
    fn kind(&self) -> Kind {
        Kind::Text
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        bytes.len() <= LARGEST && Dialect::of(bytes).is_some() && std::str::from_utf8(bytes).is_ok()
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        let dialect = Dialect::of(bytes).ok_or_else(|| Malformed::at(0, "a field", "other text"))?;
        let mut parts = Vec::new();
        let mut fields: Vec<Field> = Vec::new();
        let mut at = 0;
        for line in bytes.split_inclusive(|&b| b == b'\n') {
            let span = at..at + line.len();
            at = span.end;
            match fields.last_mut() {
                // A line that begins with a space belongs to the field before it.
                Some(field) if dialect == Dialect::Colon && line.starts_with(b" ") && field.lines.end == span.start => {
                    field.lines.end = span.end;
                }
                _ => fields.push(Field::of(dialect, line, span)),
            }
        }
        let mut keys: BTreeMap<String, usize> = BTreeMap::new();
        for field in &fields {
            *keys.entry(field.key.clone()).or_default() += 1;
        }
        for field in fields {
            let again = dialect == Dialect::Equals && keys.get(&field.key).is_some_and(|&times| times > 1);
            parts.push(field.part(bytes, again));
        }
        Ok(Opened {
            format: "fields",
            order: Order::Fixed,
            parts,
        })
    }
}

/// A field, with all its lines.
struct Field {
    /// Empty of a comment or an empty line.
    key: String,
    lines: Range<usize>,
}

impl Field {
    fn of(dialect: Dialect, line: &[u8], lines: Range<usize>) -> Self {
        let mark = if dialect == Dialect::Colon { ": " } else { " = " };
        let text = String::from_utf8_lossy(line);
        let key = match text.split_once(mark).or_else(|| text.split_once(mark.trim_end())) {
            Some((key, _)) if !text.starts_with('#') => key.trim_end().to_owned(),
            _ => String::new(),
        };
        Self { key, lines }
    }

    /// A line of text; a list of files by the names of these.
    fn part(self, bytes: &Blob, again: bool) -> Part {
        let span = Span::new(self.lines.start, self.lines.end);
        let text = span.of(bytes);
        let lists = self.key == "Files" || self.key.starts_with("Checksums-");
        if lists && text.ends_with(b"\n") {
            return Part::lazy(self.key, span, Order::Lines, move |bytes| Ok(files(bytes, span)));
        }
        let name = match (self.key.is_empty(), again) {
            (true, _) => "comment".to_owned(),
            // Values of a list are paired by what they are.
            (false, true) => String::from_utf8_lossy(text.trim_ascii_end()).into_owned(),
            (false, false) => self.key,
        };
        Part::field(name, span, Role::Text, Value::Raw)
    }
}

/// The lines of a list of files, called by the last word of each; the first has the key.
fn files(bytes: &[u8], span: Span) -> Vec<Part> {
    let mut at = span.start;
    let lines = span.of(bytes).split_inclusive(|&b| b == b'\n');
    let line = |line: &[u8]| {
        let place = Span::at(at, line.len());
        at = place.end;
        let words = line.trim_ascii_end().rsplit(|&b| b == b' ');
        let last = words.take(1).next().unwrap_or_default();
        let name = String::from_utf8_lossy(last).into_owned();
        Part::field(name, place, Role::Text, Value::Raw)
    };
    lines.map(line).collect()
}
