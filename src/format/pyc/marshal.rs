//! One marshalled object (`Python/marshal.c`, versions 4 and 5) as a flat list of parts, each named by its way from the root.
//!
//! Flat, since a reference is a number that counts the flagged objects before it: equal bytes may name another object, so every
//! reference is compared by the name of what it stands for, however equal the code around it is.

use crate::model::{Blob, Isa, Links, Malformed, Part, Role, Span, Value};

/// Objects inside objects; CPython itself stops at 2000, code that people write needs a tenth of this.
const DEPTH: usize = 200;
/// Bytes of all names: real modules stay below a few MiB.
const NAMES: usize = 128 << 20;
/// `FLAG_REF`: the object can be referred to.
const FLAG: u8 = 0x80;

/// What a code object is made of: numbers, then objects, then a number between them.
struct Layout {
    numbers: &'static [&'static str],
    objects: &'static [&'static str],
    lines: &'static [&'static str],
}

const OLD: Layout = Layout {
    numbers: &[
        "arguments",
        "positional arguments",
        "keyword arguments",
        "number of locals",
        "stack size",
        "flags",
    ],
    objects: &[
        "bytecode",
        "constants",
        "names",
        "variables",
        "free variables",
        "cell variables",
        "file name",
        "name",
    ],
    lines: &["line table"],
};

/// From Python 3.11 on.
const NEW: Layout = Layout {
    numbers: &[
        "arguments",
        "positional arguments",
        "keyword arguments",
        "stack size",
        "flags",
    ],
    objects: &[
        "bytecode",
        "constants",
        "names",
        "variables",
        "kinds of variables",
        "file name",
        "name",
        "qualified name",
    ],
    lines: &["line table", "exception table"],
};

/// The parts of the object at the start of `span`; what follows it is in none.
pub fn parts(bytes: &Blob, span: Span, magic: u32) -> Result<Vec<Part>, Malformed> {
    let mut walk = Walk {
        bytes: &bytes[..span.end.min(bytes.len())],
        at: span.start,
        magic,
        path: String::new(),
        names: 0,
        parts: Vec::new(),
        objects: Vec::new(),
    };
    walk.object(0)?;
    Ok(walk.parts)
}

struct Walk<'b> {
    bytes: &'b [u8],
    at: usize,
    magic: u32,
    /// The object's way from the root, with a slash behind it.
    path: String,
    /// Bytes of names so far.
    names: usize,
    parts: Vec<Part>,
    /// For each flagged object the first of its parts, in the order in which they begin.
    objects: Vec<usize>,
}

impl Walk<'_> {
    /// The next `length` bytes as a part of the object.
    fn field(&mut self, name: &str, length: usize, role: Role, value: Value) -> Result<Span, Malformed> {
        let span = Span::at(self.at, length);
        if self.bytes.get(span.start..span.end).is_none() {
            return Err(Malformed::truncated(self.at, name.to_owned()));
        }
        let name = format!("{}{name}", self.path);
        self.named(name.len())?;
        self.parts.push(Part::field(name, span, role, value));
        self.at = span.end;
        Ok(span)
    }
    fn named(&mut self, length: usize) -> Result<(), Malformed> {
        self.names += length;
        if self.names > NAMES {
            return Err(Malformed::limit(format!("at most {NAMES} bytes of names")));
        }
        Ok(())
    }
    /// A number of one or four bytes, not read past the end.
    fn peek(&self, width: usize) -> Result<usize, Malformed> {
        let bytes = self
            .bytes
            .get(self.at..self.at + width)
            .ok_or_else(|| Malformed::truncated(self.at, "a number"))?;
        Ok(bytes.iter().rev().fold(0, |n, &byte| n << 8 | usize::from(byte)))
    }
    /// A length or count, which lays out what follows.
    fn count(&mut self, width: usize) -> Result<usize, Malformed> {
        let count = self.peek(width)?;
        if count > i32::MAX as usize {
            return Err(Malformed::at(self.at, "a length", "a negative number"));
        }
        self.field("length", width, Role::Size, Value::Derived { valid: true })?;
        Ok(count)
    }
    fn inner(&mut self, name: &str, depth: usize) -> Result<u8, Malformed> {
        let length = self.path.len();
        self.path.push_str(name);
        self.path.push('/');
        let kind = self.object(depth + 1);
        self.path.truncate(length);
        kind
    }
    fn items(&mut self, width: usize, depth: usize) -> Result<(), Malformed> {
        for i in 0..self.count(width)? {
            self.item(&i.to_string(), depth)?;
        }
        Ok(())
    }
    /// An object that must be there.
    fn item(&mut self, name: &str, depth: usize) -> Result<(), Malformed> {
        match self.inner(name, depth)? {
            b'0' => Err(Malformed::at(self.at - 1, "an object", "none")),
            _ => Ok(()),
        }
    }
    /// One object; its type.
    fn object(&mut self, depth: usize) -> Result<u8, Malformed> {
        if depth > DEPTH {
            return Err(Malformed::limit(format!("at most {DEPTH} objects inside each other")));
        }
        let start = self.at;
        let byte = *self
            .bytes
            .get(start)
            .ok_or_else(|| Malformed::truncated(start, "an object"))?;
        let kind = byte & !FLAG;
        let unknown = || Malformed::at(start, "a marshalled object", format!("type {byte:#04x}"));
        if kind == b'r' {
            self.reference()?;
            // No reference is flagged: it is no object.
            return if byte == kind { Ok(kind) } else { Err(unknown()) };
        }
        if byte != kind {
            self.objects.push(self.parts.len());
        }
        self.field("type", 1, Role::Structure, Value::Raw)?;
        match kind {
            // Nothing, None, False, True, StopIteration, `...`: never flagged.
            b'0' | b'N' | b'F' | b'T' | b'S' | b'.' if byte == kind => {}
            b'i' => self.value(4)?,
            b'I' | b'g' => self.value(8)?,
            b'y' => self.value(16)?,
            b'l' => {
                // Digits of 15 bits; the sign of their number is that of the value.
                let digits = (self.peek(4)? as u32).cast_signed().unsigned_abs();
                self.value(4 + 2 * digits as usize)?;
            }
            b'f' | b'x' => {
                for _ in 0..if kind == b'f' { 1 } else { 2 } {
                    let length = self.count(1)?;
                    self.value(length)?;
                }
            }
            b's' => {
                let length = self.count(4)?;
                let code = Value::Code {
                    isa: Isa::Other,
                    address: 0,
                    links: Links::default(),
                };
                if self.path.ends_with("bytecode/") {
                    self.field("code", length, Role::Code, code)?;
                } else {
                    self.value(length)?;
                }
            }
            b't' | b'u' | b'a' | b'A' | b'z' | b'Z' => {
                let length = self.count(if kind.eq_ignore_ascii_case(&b'z') { 1 } else { 4 })?;
                self.field("string", length, Role::String, Value::Raw)?;
            }
            b')' => self.items(1, depth)?,
            b'(' | b'[' | b'<' | b'>' => self.items(4, depth)?,
            b'{' => {
                for i in 0.. {
                    if self.inner(&format!("key {i}"), depth)? == b'0' {
                        break;
                    }
                    self.item(&format!("value {i}"), depth)?;
                }
            }
            b':' => {
                for name in ["start", "stop", "step"] {
                    self.item(name, depth)?;
                }
            }
            b'c' => self.code(depth)?,
            _ => return Err(unknown()),
        }
        Ok(kind)
    }
    fn value(&mut self, length: usize) -> Result<(), Malformed> {
        self.field("value", length, Role::Content, Value::Raw).map(|_| ())
    }
    /// Type and number of an object before.
    fn reference(&mut self) -> Result<(), Malformed> {
        let start = self.at;
        self.at += 1;
        let number = self.peek(4);
        self.at = start;
        let target = self.objects.get(number?).and_then(|&part| self.parts.get(part));
        let mut target = target
            .map(|part| part.name.as_bytes().to_vec())
            .ok_or_else(|| Malformed::at(start, "a reference to an object before", "another number"))?;
        // The name is no text of the artifact: with a NUL byte nothing examines it as a string.
        target.push(0);
        self.named(target.len())?;
        self.field("reference", 5, Role::Reference, Value::Target(target))
            .map(|_| ())
    }
    fn code(&mut self, depth: usize) -> Result<(), Malformed> {
        let layout = if self.magic >= 3450 { NEW } else { OLD };
        for name in layout.numbers {
            // PEP 570, Python 3.8.
            if self.magic >= 3400 || *name != "positional arguments" {
                self.field(name, 4, Role::Content, Value::Raw)?;
            }
        }
        for name in layout.objects {
            self.item(name, depth)?;
        }
        self.field("first line", 4, Role::Content, Value::Raw)?;
        for name in layout.lines {
            self.item(name, depth)?;
        }
        Ok(())
    }
}
