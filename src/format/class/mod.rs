//! Java class files (The Java Virtual Machine Specification, chapter 4): a version, and a listing of all that is behind it, in which
//! each index into the constant pool is what it stands for.
//!
//! The order of the pool's entries is left out, and so is that of the attributes of one thing: nothing refers to either by place that
//! is not written out.

mod annotation;
mod attribute;
mod code;
mod lines;
mod opcode;
mod pool;

use super::{
    Format,
    listing::{self, Hex, Listing, Name, Reader},
};
use crate::model::{Blob, Decode, FormatId, Kind, Malformed, Opened, Order, Part, Role, Span, Value};
use attribute::{Attribute, Code, Place};
use pool::Pool;

/// A class file.
pub struct Class;

const MAGIC: &[u8] = b"\xca\xfe\xba\xbe";
/// Magic number and version.
const HEADER: usize = 8;
/// Of the first version; a universal Mach-O file has its number of architectures there.
const FIRST: u8 = 45;

impl Format for Class {
    fn id(&self) -> FormatId {
        "class"
    }
    fn kind(&self) -> Kind {
        Kind::Bytecode
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        bytes.starts_with(MAGIC) && matches!(bytes.get(4..HEADER), Some(&[_, _, 0, major]) if major >= FIRST)
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        let version = bytes.get(4..HEADER).and_then(<[u8]>::first_chunk::<4>);
        let [m1, m2, v1, v2] = *version.ok_or_else(|| Malformed::truncated(bytes.len(), "a version"))?;
        let (minor, major) = (u16::from_be_bytes([m1, m2]), u16::from_be_bytes([v1, v2]));
        let release = match major.checked_sub(44) {
            Some(release @ 1..) if minor == 0xffff => format!("{major}.{minor} (a preview of Java {release})"),
            Some(release @ 1..) => format!("{major}.{minor} (Java {release})"),
            _ => format!("{major}.{minor}"),
        };
        Ok(Opened {
            format: "class",
            order: Order::Fixed,
            parts: vec![
                Part::field("magic", Span::at(0, 4), Role::Structure, Value::Raw),
                // It decides how a virtual machine reads the rest.
                Part::field("version", Span::at(4, 4), Role::Structure, Value::Text(release)),
                listing::member(Span::new(HEADER, bytes.len()), Body),
            ],
        })
    }
}

/// What is behind the version.
#[derive(Debug)]
struct Body;

impl Decode for Body {
    fn method(&self) -> &'static str {
        "class"
    }
    fn decode(&self, stored: &Blob, limit: u64) -> Result<Blob, Malformed> {
        let mut from = Reader::big(stored);
        let mut to = Listing::new(limit);
        let mut pool = Pool::read(&mut from)?;
        let header = Header::read(&mut from)?;
        let fields = members(&mut from, &pool)?;
        let methods = members(&mut from, &pool)?;
        let attributes = attribute::read(&mut from, &pool)?;
        let mut tables = attributes.iter().filter(|one| one.bootstraps());
        if let (Some(only), None) = (tables.next(), tables.next()) {
            pool.bootstraps(only.data)?;
        }
        to.section(format_args!("class"))?;
        header.list(&pool, &mut to)?;
        attribute::list(&attributes, &pool, Place::Class, &mut to)?;
        for (what, members, place) in [("field", fields, Place::Field), ("method", methods, Place::Method)] {
            for member in members {
                member.list(what, &pool, place, &mut to)?;
            }
        }
        if attributes.iter().any(Attribute::debug) {
            to.debug(format_args!("debug information of the class"))?;
            attribute::list_debug(&attributes, &pool, &mut to)?;
        }
        let unused = pool.unused()?;
        if !unused.is_empty() {
            to.section(format_args!("constants that nothing refers to"))?;
            unused.iter().try_for_each(|line| to.line(format_args!("{line}")))?;
        }
        if from.left() > 0 {
            to.section(format_args!("behind the end"))?;
            to.line(format_args!("{}", Hex(from.rest())))?;
        }
        Ok(to.blob())
    }
}

/// Access flags, names of the class and of what it extends (JVMS 4.1).
struct Header {
    flags: u16,
    this: u16,
    parent: u16,
    interfaces: Vec<u16>,
}

impl Header {
    fn read(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        let (flags, this, parent) = (from.u16()?, from.u16()?, from.u16()?);
        let interfaces = (0..from.u16()?).map(|_| from.u16()).collect::<Result<_, _>>()?;
        Ok(Self {
            flags,
            this,
            parent,
            interfaces,
        })
    }
    fn list(&self, pool: &Pool<'_>, to: &mut Listing) -> Result<(), Malformed> {
        to.line(format_args!("flags {:#06x}", self.flags))?;
        to.line(format_args!("this {}", pool.any(self.this)?))?;
        to.line(format_args!("extends {}", pool.any(self.parent)?))?;
        for &interface in &self.interfaces {
            to.line(format_args!("implements {}", pool.any(interface)?))?;
        }
        Ok(())
    }
}

/// A field or a method (JVMS 4.5 and 4.6).
struct Member<'b> {
    flags: u16,
    name: &'b [u8],
    descriptor: &'b [u8],
    attributes: Vec<Attribute<'b>>,
}

fn members<'b>(from: &mut Reader<'b>, pool: &Pool<'b>) -> Result<Vec<Member<'b>>, Malformed> {
    let one = |from: &mut Reader<'b>| {
        Ok(Member {
            flags: from.u16()?,
            name: pool.utf8(from.u16()?)?,
            descriptor: pool.utf8(from.u16()?)?,
            attributes: attribute::read(from, pool)?,
        })
    };
    (0..from.u16()?).map(|_| one(from)).collect()
}

impl Member<'_> {
    fn list(&self, what: &str, pool: &Pool<'_>, place: Place, to: &mut Listing) -> Result<(), Malformed> {
        let (name, descriptor) = (Name(self.name), Name(self.descriptor));
        to.section(format_args!("{what} {name}:{descriptor}"))?;
        to.line(format_args!("flags {:#06x}", self.flags))?;
        attribute::list(&self.attributes, pool, place, to)?;
        let code = self.attributes.iter().filter(|one| place.holds_code(one));
        let mut first = true;
        for code in code {
            let Some(code) = Code::read(code.data, pool).ok().filter(Code::debug) else {
                continue;
            };
            if std::mem::take(&mut first) {
                to.debug(format_args!("debug information of {what} {name}:{descriptor}"))?;
            }
            attribute::list_debug(&code.attributes, pool, to)?;
        }
        Ok(())
    }
}
