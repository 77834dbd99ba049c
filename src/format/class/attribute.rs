//! Attributes (JVMS 4.7), most of them by the layout of their table.

use super::{
    super::listing::{Hex, Listing, Quoted, Reader},
    annotation, code,
    lines::Lines,
    pool::Pool,
};
use crate::model::Malformed;

/// Where attributes stand: some mean something in one place only.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Class,
    Field,
    Method,
    Code,
    Component,
}

impl Place {
    /// It is the code of a method.
    pub(super) fn holds_code(self, attribute: &Attribute<'_>) -> bool {
        self == Place::Method && attribute.name == b"Code"
    }
}

/// An attribute that is not yet read.
pub(super) struct Attribute<'b> {
    pub(super) name: &'b [u8],
    pub(super) data: &'b [u8],
}

/// What debuggers and stack traces read.
const DEBUG: &[&[u8]] = &[
    b"SourceFile",
    b"SourceDebugExtension",
    b"LineNumberTable",
    b"LocalVariableTable",
    b"LocalVariableTypeTable",
];

/// What a table is made of. `1`, `2`, `4`: a number of so many bytes; `c`: an index into the constant pool; `n(…)`, `N(…)`: a count of one
/// byte, of two, and so many of what is in the brackets; `A`: attributes; `@`: an annotation; `v`: a value of one; `T`: the target of one on
/// a type.
const LAYOUTS: &[(&str, &str)] = &[
    ("AnnotationDefault", "v"),
    ("ConstantValue", "c"),
    ("Deprecated", ""),
    ("EnclosingMethod", "cc"),
    ("Exceptions", "N(c)"),
    ("InnerClasses", "N(ccc2)"),
    ("LineNumberTable", "N(22)"),
    ("LocalVariableTable", "N(22cc2)"),
    ("LocalVariableTypeTable", "N(22cc2)"),
    ("MethodParameters", "n(c2)"),
    ("Module", "c2cN(c2c)N(c2N(c))N(c2N(c))N(c)N(cN(c))"),
    // Of the JDK: jdk.internal.module.ClassFileAttributes.
    ("ModuleHashes", "cN(cN(1))"),
    ("ModuleMainClass", "c"),
    ("ModulePackages", "N(c)"),
    ("ModuleResolution", "2"),
    ("ModuleTarget", "c"),
    ("NestHost", "c"),
    ("NestMembers", "N(c)"),
    ("PermittedSubclasses", "N(c)"),
    ("Record", "N(ccA)"),
    ("RuntimeInvisibleAnnotations", "N(@)"),
    ("RuntimeInvisibleParameterAnnotations", "n(N(@))"),
    ("RuntimeInvisibleTypeAnnotations", "N(T@)"),
    ("RuntimeVisibleAnnotations", "N(@)"),
    ("RuntimeVisibleParameterAnnotations", "n(N(@))"),
    ("RuntimeVisibleTypeAnnotations", "N(T@)"),
    ("Signature", "c"),
    ("SourceFile", "c"),
    ("Synthetic", ""),
];

impl Attribute<'_> {
    /// No virtual machine acts on it.
    pub(super) fn debug(&self) -> bool {
        DEBUG.contains(&self.name)
    }
    /// It is the table of bootstrap methods.
    pub(super) fn bootstraps(&self) -> bool {
        self.name == b"BootstrapMethods"
    }
}

/// The attributes of one thing.
pub(super) fn read<'b>(from: &mut Reader<'b>, pool: &Pool<'b>) -> Result<Vec<Attribute<'b>>, Malformed> {
    let one = |from: &mut Reader<'b>| {
        let name = pool.utf8(from.u16()?)?;
        let length = from.place()?;
        let data = from.take(length)?;
        Ok(Attribute { name, data })
    };
    (0..from.u16()?).map(|_| one(from)).collect()
}

/// Those that are acted on.
pub(super) fn list(
    attributes: &[Attribute<'_>],
    pool: &Pool<'_>,
    place: Place,
    to: &mut Listing,
) -> Result<(), Malformed> {
    put(attributes, pool, place, false, to)
}

/// Those that are not.
pub(super) fn list_debug(attributes: &[Attribute<'_>], pool: &Pool<'_>, to: &mut Listing) -> Result<(), Malformed> {
    put(attributes, pool, Place::Code, true, to)
}

/// In the order of their names: a virtual machine looks for each by its name, and of several of one name takes them in their order.
fn put(
    attributes: &[Attribute<'_>],
    pool: &Pool<'_>,
    place: Place,
    debug: bool,
    to: &mut Listing,
) -> Result<(), Malformed> {
    let mut sorted: Vec<_> = attributes.iter().filter(|one| one.debug() == debug).collect();
    sorted.sort_by_key(|one| one.name);
    sorted.into_iter().try_for_each(|one| one.list(pool, place, to))
}

impl Attribute<'_> {
    fn list(&self, pool: &Pool<'_>, place: Place, to: &mut Listing) -> Result<(), Malformed> {
        let name = String::from_utf8_lossy(self.name);
        if place.holds_code(self)
            && let Ok(code) = Code::read(self.data, pool)
        {
            return code.list(pool, to);
        }
        if self.bootstraps() && place == Place::Class {
            let all = pool.sorted_bootstraps();
            return all.iter().try_for_each(|one| to.line(format_args!("{name} {one}")));
        }
        if self.name == b"StackMapTable" && place == Place::Code {
            let mut lines = Lines::default();
            let mut from = Reader::big(self.data);
            if code::frames(&mut from, pool, &mut lines).is_ok() && from.left() == 0 {
                return lines.put(&name, to);
            }
        }
        let layout = LAYOUTS.iter().find(|(known, _)| known.as_bytes() == self.name);
        // A record has components, and these have no records.
        let layout = layout.filter(|(known, _)| *known != "Record" || place == Place::Class);
        if let Some((_, layout)) = layout {
            let mut lines = Lines::default();
            let mut from = Reader::big(self.data);
            if read_as(layout, &mut from, pool, 0, &mut lines).is_ok() && from.left() == 0 {
                return lines.put(&name, to);
            }
        }
        // Its numbers may be indexes: they mean the same only in the same pool.
        to.line(format_args!(
            "{} {} of the pool {}",
            Quoted(self.name),
            Hex(self.data),
            blake3::hash(pool.raw).to_hex()
        ))
    }
}

/// Bytes of an attribute of a record's component, written out.
const LONGEST: u64 = 1 << 20;

/// Reads by a layout.
fn read_as<'b>(
    layout: &str,
    from: &mut Reader<'b>,
    pool: &Pool<'b>,
    depth: usize,
    to: &mut Lines,
) -> Result<(), Malformed> {
    let mut rest = layout;
    while let Some(kind) = rest.chars().next() {
        rest = &rest[1..];
        match kind {
            '1' | '2' | '4' => {
                let size = usize::from(kind as u8 - b'0');
                to.word(&from.number(size)?.to_string());
            }
            'c' => to.word(&pool.any(from.u16()?)?),
            '@' => annotation::annotation(from, pool, 0, to)?,
            'v' => annotation::value(from, pool, 0, to)?,
            'T' => annotation::target(from, to)?,
            'A' => {
                for inner in read(from, pool)? {
                    let mut listing = Listing::new(LONGEST);
                    inner.list(pool, Place::Component, &mut listing)?;
                    to.word(&format!("[{}]", String::from_utf8_lossy(&listing.blob()).trim_end()));
                }
            }
            _ => {
                let count = from.number(if kind == 'n' { 1 } else { 2 })?;
                let (inside, behind) = brackets(rest);
                // A table by itself has a line for each item; the count is seen by them, or is written.
                to.word(&format!("{count}:"));
                for _ in 0..count {
                    if depth == 0 {
                        to.end();
                    }
                    read_as(inside, from, pool, depth + 1, to)?;
                }
                if depth == 0 {
                    to.end();
                }
                rest = behind;
            }
        }
    }
    Ok(())
}

/// What stands between a bracket and the one that closes it, and what is behind that.
fn brackets(rest: &str) -> (&str, &str) {
    let mut depth = 0;
    for (at, c) in rest.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 1 => return (&rest[1..at], &rest[at + 1..]),
            ')' => depth -= 1,
            _ => {}
        }
    }
    (rest, "")
}

/// The code of a method (JVMS 4.7.3).
pub(super) struct Code<'b> {
    stack: u16,
    locals: u16,
    code: &'b [u8],
    /// Start, end, handler, type.
    handlers: Vec<[u16; 4]>,
    pub(super) attributes: Vec<Attribute<'b>>,
}

impl<'b> Code<'b> {
    pub(super) fn read(data: &'b [u8], pool: &Pool<'b>) -> Result<Self, Malformed> {
        let mut from = Reader::big(data);
        let (stack, locals, length) = (from.u16()?, from.u16()?, from.place()?);
        let code = from.take(length)?;
        let handler = |from: &mut Reader<'b>| Ok([from.u16()?, from.u16()?, from.u16()?, from.u16()?]);
        let handlers = (0..from.u16()?).map(|_| handler(&mut from)).collect::<Result<_, _>>()?;
        let attributes = read(&mut from, pool)?;
        match from.left() {
            0 => Ok(Self {
                stack,
                locals,
                code,
                handlers,
                attributes,
            }),
            left => Err(Malformed::at(
                from.at,
                "the end of the code",
                format!("{left} more bytes"),
            )),
        }
    }

    /// Whether it has debug information.
    pub(super) fn debug(&self) -> bool {
        self.attributes.iter().any(Attribute::debug)
    }

    pub(super) fn list(&self, pool: &Pool<'_>, to: &mut Listing) -> Result<(), Malformed> {
        to.line(format_args!("stack {}, locals {}", self.stack, self.locals))?;
        code::instructions(self.code, pool, to)?;
        for &[start, end, handler, class] in &self.handlers {
            let class = pool.any(class)?;
            to.line(format_args!("in {start}..{end} catch {class} at {handler}"))?;
        }
        list(&self.attributes, pool, Place::Code, to)
    }
}
