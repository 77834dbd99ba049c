//! The header of an entry in each of the forms, and its fields.

use crate::model::{Blob, Malformed, Part, Role, Span, Value};

/// The name of the entry that ends an archive.
const TRAILER: &[u8] = b"TRAILER!!!";

/// How the numbers of a header are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// 070701: eight hexadecimal digits a number.
    New,
    /// 070702: the same, with the sum of a file's bytes.
    Summed,
    /// 070707: octal digits.
    Old,
    /// Words of 16 bits.
    Binary { big: bool },
}

/// A field of a header: its name, where it lies, how long it is, and what it is for.
type Layout = (&'static str, usize, usize, Role);

const NEW: &[Layout] = &[
    ("inode", 6, 8, Role::Inode),
    ("mode", 14, 8, Role::Mode),
    ("uid", 22, 8, Role::Owner),
    ("gid", 30, 8, Role::Owner),
    ("links", 38, 8, Role::Inode),
    ("mtime", 46, 8, Role::Timestamp),
    ("size", 54, 8, Role::Size),
    ("device major", 62, 8, Role::Inode),
    ("device minor", 70, 8, Role::Inode),
    ("node major", 78, 8, Role::Structure),
    ("node minor", 86, 8, Role::Structure),
    ("name size", 94, 8, Role::Size),
    ("checksum", 102, 8, Role::Checksum),
];

const OLD: &[Layout] = &[
    ("device", 6, 6, Role::Inode),
    ("inode", 12, 6, Role::Inode),
    ("mode", 18, 6, Role::Mode),
    ("uid", 24, 6, Role::Owner),
    ("gid", 30, 6, Role::Owner),
    ("links", 36, 6, Role::Inode),
    ("node", 42, 6, Role::Structure),
    ("mtime", 48, 11, Role::Timestamp),
    ("name size", 59, 6, Role::Size),
    ("size", 65, 11, Role::Size),
];

const BINARY: &[Layout] = &[
    ("device", 2, 2, Role::Inode),
    ("inode", 4, 2, Role::Inode),
    ("mode", 6, 2, Role::Mode),
    ("uid", 8, 2, Role::Owner),
    ("gid", 10, 2, Role::Owner),
    ("links", 12, 2, Role::Inode),
    ("node", 14, 2, Role::Structure),
    ("mtime", 16, 4, Role::Timestamp),
    ("name size", 20, 2, Role::Size),
    ("size", 22, 4, Role::Size),
];

impl Form {
    /// By the magic number.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [b'0', b'7', b'0', b'7', b'0', b'1', ..] => Some(Form::New),
            [b'0', b'7', b'0', b'7', b'0', b'2', ..] => Some(Form::Summed),
            [b'0', b'7', b'0', b'7', b'0', b'7', ..] => Some(Form::Old),
            [0x71, 0xc7, ..] => Some(Form::Binary { big: true }),
            [0xc7, 0x71, ..] => Some(Form::Binary { big: false }),
            _ => None,
        }
    }
    fn layout(self) -> &'static [Layout] {
        match self {
            Form::New | Form::Summed => NEW,
            Form::Old => OLD,
            Form::Binary { .. } => BINARY,
        }
    }
    /// Length of the magic number, and of the header with it.
    fn lengths(self) -> (usize, usize) {
        match self {
            Form::New | Form::Summed => (6, 110),
            Form::Old => (6, 76),
            Form::Binary { .. } => (2, 26),
        }
    }
    /// Name and data are filled up to a multiple of this.
    fn alignment(self) -> usize {
        match self {
            Form::New | Form::Summed => 4,
            Form::Old => 1,
            Form::Binary { .. } => 2,
        }
    }
    /// A number; nothing where another byte than a digit stands.
    fn number(self, field: &[u8]) -> Option<u64> {
        let radix = match self {
            Form::New | Form::Summed => 16,
            Form::Old => 8,
            Form::Binary { big } => return Some(words(field, big)),
        };
        let digits = field.iter().all(|b| char::from(*b).is_digit(radix));
        u64::from_str_radix(std::str::from_utf8(field).ok().filter(|_| digits)?, radix).ok()
    }
}

/// Words of 16 bits in either order of bytes; of two the first is the upper half.
fn words(field: &[u8], big: bool) -> u64 {
    field.chunks_exact(2).fold(0, |all, word| {
        let word = [word[0], word[1]];
        let word = if big {
            u16::from_be_bytes(word)
        } else {
            u16::from_le_bytes(word)
        };
        all << 16 | u64::from(word)
    })
}

/// What an entry is, by its mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    File,
    Folder,
    Link,
    Other,
}

/// One entry. All that is read of its numbers was checked; what the fields say more is read again.
#[derive(Debug)]
pub(super) struct Entry {
    form: Form,
    pub(super) at: usize,
    pub(super) name: String,
    mode: u64,
    pub(super) inode: u64,
    pub(super) links: u64,
    pub(super) device: (u64, u64),
    /// With its NUL.
    stored_name: Span,
    data: Span,
    pub(super) end: usize,
}

impl Entry {
    /// The entry at `at` of an archive that starts at `start`.
    pub(super) fn read(bytes: &[u8], form: Form, start: usize, at: usize) -> Result<Self, Malformed> {
        let (_, length) = form.lengths();
        let header = bytes.get(at..at.saturating_add(length));
        let header = header.ok_or_else(|| Malformed::truncated(bytes.len(), "a cpio header"))?;
        if Form::of(header) != Some(form) {
            return Err(Malformed::at(at, "the header of another entry", "other bytes"));
        }
        let number = |name: &str| {
            let Some((_, from, length, _)) = form.layout().iter().find(|field| field.0 == name) else {
                return Ok(0);
            };
            let field = form.number(&header[*from..from + length]);
            field.ok_or_else(|| Malformed::at(at + from, "a number", "other bytes"))
        };
        let stored = |from: usize, size: u64, what: &'static str| {
            let span = usize::try_from(size).ok().map(|size| Span::at(from, size));
            let span = span.filter(|span| span.end <= bytes.len());
            span.ok_or_else(|| Malformed::truncated(bytes.len(), what))
        };
        let aligned = |end: usize| start + (end - start).next_multiple_of(form.alignment());
        let stored_name = stored(at + length, number("name size")?, "a name")?;
        let path = stored_name.of(bytes).strip_suffix(&[0]);
        let path = path.ok_or_else(|| Malformed::at(stored_name.end, "a name that ends in NUL", "other bytes"))?;
        let data = stored(aligned(stored_name.end), number("size")?, "the data of an entry")?;
        Ok(Self {
            form,
            at,
            name: String::from_utf8_lossy(until_nul(path)).into_owned(),
            mode: number("mode")?,
            inode: number("inode")?,
            links: number("links")?,
            device: (number("device")? | number("device major")?, number("device minor")?),
            stored_name,
            data,
            end: aligned(data.end).min(bytes.len()),
        })
    }

    /// The name as it is stored.
    pub(super) fn path<'b>(&self, bytes: &'b [u8]) -> &'b [u8] {
        until_nul(self.stored_name.of(bytes))
    }

    pub(super) fn kind(&self) -> Type {
        match self.mode & 0o170_000 {
            0o100_000 => Type::File,
            0o040_000 => Type::Folder,
            0o120_000 => Type::Link,
            _ => Type::Other,
        }
    }

    /// Whether it ends the archive.
    pub(super) fn last(&self, bytes: &[u8]) -> bool {
        self.path(bytes) == TRAILER
    }

    /// Every byte of the entry; `links` are the names of its file, where it has several.
    pub(super) fn fields(&self, bytes: &Blob, links: Option<&str>) -> Vec<Part> {
        let (magic, _) = self.form.lengths();
        let mut parts = vec![Part::field(
            "magic",
            Span::at(self.at, magic),
            Role::Structure,
            Value::Raw,
        )];
        for &(name, from, length, role) in self.form.layout() {
            let span = Span::at(self.at + from, length);
            let number = self.form.number(span.of(bytes));
            // The type stands in the same number: what differs in it is another field.
            let name = if role == Role::Mode { self.mode_name() } else { name };
            let (role, value) = self.value(bytes, role, number);
            parts.push(Part::field(name, span, role, value));
        }
        let name = self.stored_name;
        let text = std::str::from_utf8(self.path(bytes)).ok();
        let text = text.filter(|text| text.len() + 1 == name.len());
        let text = text.map_or(Value::Raw, |text| Value::Text(text.to_owned()));
        parts.push(Part::field("name", name, Role::Name, text));
        // Which entries are one file follows from their numbers, and is compared by itself: the numbers say no more.
        let linked = Value::Target(links.unwrap_or_default().as_bytes().to_vec());
        parts.push(Part::field("hard links", Span::at(name.end, 0), Role::Link, linked));
        parts.push(self.padding(bytes, "name padding", Span::new(name.end, self.data.start)));
        match self.kind() {
            Type::Link => parts.push(Part::field("target", self.data, Role::Link, Value::Raw)),
            _ if self.data.is_empty() => {}
            _ => parts.push(Part::stored("", self.data)),
        }
        parts.push(self.padding(bytes, "padding", Span::new(self.data.end, self.end)));
        parts
    }

    fn mode_name(&self) -> &'static str {
        match self.kind() {
            Type::File => "mode",
            Type::Folder => "mode of a folder",
            Type::Link => "mode of a link",
            Type::Other => "mode of a node",
        }
    }

    fn value(&self, bytes: &[u8], role: Role, number: Option<u64>) -> (Role, Value) {
        let Some(number) = number else {
            return (role, Value::Raw);
        };
        let value = match role {
            // Nothing is made of the last entry, so it belongs to nobody.
            Role::Owner | Role::Mode if self.last(bytes) => return (Role::Structure, Value::Raw),
            // Who owns a set-ID file decides what it may do.
            Role::Owner if self.mode & 0o6000 != 0 => Value::Raw,
            Role::Owner | Role::Inode => Value::Number(number),
            Role::Mode => Value::Mode((self.mode & 0o7777) as u32),
            Role::Timestamp => time(number),
            Role::Checksum if self.form == Form::New => return (Role::Structure, Value::Raw),
            Role::Checksum => {
                let valid = self.sum(bytes) == number;
                Value::Derived { valid }
            }
            // They laid out the entry.
            Role::Size => Value::Derived { valid: true },
            _ => Value::Raw,
        };
        (role, value)
    }

    /// Of a file the sum of its bytes, of anything else 0.
    fn sum(&self, bytes: &[u8]) -> u64 {
        let summed = self.kind() == Type::File;
        let data = if summed { self.data.of(bytes) } else { &[] };
        let sum = data.iter().fold(0u32, |sum, &byte| sum.wrapping_add(byte.into()));
        sum.into()
    }

    fn padding(&self, bytes: &[u8], name: &'static str, span: Span) -> Part {
        let valid = span.of(bytes).iter().all(|&b| b == 0);
        Part::field(name, span, Role::Padding, Value::Derived { valid })
    }
}

fn time(number: u64) -> Value {
    let seconds = i64::try_from(number);
    seconds.map_or(Value::Raw, |seconds| Value::Time { seconds, local: false })
}

fn until_nul(bytes: &[u8]) -> &[u8] {
    &bytes[..memchr::memchr(0, bytes).unwrap_or(bytes.len())]
}
