//! What a format makes of an artifact: named parts that tile its bytes.

use super::{Blob, FormatId, Kin, Links, Malformed, Role, Seal, Span};
use std::{borrow::Cow, fmt, sync::Arc};

/// What a format found in a byte string. Parts lie in file order and never overlap; what they leave out becomes `gap`
/// parts, so that no byte is hidden.
#[derive(Debug)]
pub struct Opened {
    /// The format's id.
    pub format: FormatId,
    /// How the top-level parts are ordered.
    pub order: Order,
    /// The parts.
    pub parts: Vec<Part>,
}

/// A named span.
#[derive(Debug)]
#[non_exhaustive]
pub struct Part {
    /// Field or member name: aligned by it (and by its n-th occurrence). Lossless text is not needed: the bytes are compared too.
    pub name: Cow<'static, str>,
    /// Where its stored bytes lie in the container.
    pub span: Span,
    /// What it is.
    pub body: Body,
    /// What it is paired by, where its name tells nothing.
    pub kin: Option<Kin>,
}

/// What a part is.
#[derive(Debug)]
pub enum Body {
    /// A leaf.
    Field(Role, Value),
    /// Parts in the same byte space.
    Group(Group),
    /// An artifact with a byte space of its own.
    Member(Member),
}

/// Parts inside a part, with spans counted from the container's start.
#[derive(Debug)]
#[non_exhaustive]
pub struct Group {
    /// How they are ordered.
    pub order: Order,
    /// The parts, or how to find them.
    pub parts: Parts,
    /// No reader of the artifact acts on what is in it: debug information.
    pub inert: bool,
    /// What one like it is called, where it is an entry of a table: one that only one side has is shown by its fields.
    pub entry: Option<&'static str>,
    /// It is there for a signature and for nothing else.
    pub signed: Option<Vec<Vec<u8>>>,
}

impl Group {
    /// Parts of which nothing more is said.
    fn of(order: Order, parts: Parts) -> Self {
        Self {
            order,
            parts,
            inert: false,
            entry: None,
            signed: None,
        }
    }
}

/// How a list of parts may be aligned, and what a permutation of it would be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Order {
    /// A structure: the sequence of fields has a meaning.
    Fixed,
    /// Members of an archive, in whatever order: no name stands twice, and none depends on its place.
    Members,
    /// The same, sorted by names some of which follow from what is in the members.
    Named,
    /// Members whose order has a meaning.
    Sequence,
    /// Lines of a text.
    Lines,
    /// Keys of an object, items of a set.
    Keys,
    /// Items of an array or a comma list.
    Items,
    /// Functions or sections laid out by a linker.
    Link,
}

impl Order {
    /// The order of two lists that are aligned: free only where it is free on both sides.
    pub fn of_both(self, other: Order) -> Order {
        match (self, other) {
            (one, other) if one == other => one,
            (Order::Members | Order::Named, Order::Members | Order::Named) => Order::Members,
            (Order::Members | Order::Named, Order::Sequence) | (Order::Sequence, Order::Members | Order::Named) => {
                Order::Sequence
            }
            _ => Order::Fixed,
        }
    }
}

/// Reads the parts of a group from its container's bytes.
pub type Parse = Box<dyn Fn(&Blob) -> Result<Vec<Part>, Malformed> + Send + Sync>;

/// The parts of a group.
pub enum Parts {
    /// At hand.
    Ready(Vec<Part>),
    /// Parsed from the container's bytes only when the two sides' bytes differ.
    Lazy(Parse),
}

impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Parts::Ready(parts) => parts.fmt(f),
            Parts::Lazy(_) => f.write_str("Lazy"),
        }
    }
}

/// An artifact inside an artifact.
#[derive(Debug)]
#[non_exhaustive]
pub struct Member {
    /// How its bytes are had.
    pub content: Content,
    /// A format to try first (still recognised by content).
    pub hint: Option<FormatId>,
    /// The name suffix that a wrapper adds (`.gz`): the content takes the wrapper's address without it.
    pub wrapper: Option<&'static str>,
    /// How the decoded bytes are read where only the container knows: instead of a format that recognises them.
    pub inside: Option<Group>,
    /// How the decoded bytes are opened where the container knows what they must be.
    pub reader: Option<Reader>,
}

/// Opens decoded bytes.
#[derive(Clone)]
pub struct Reader(pub Arc<dyn Fn(&Blob) -> Reading + Send + Sync>);

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reader")
    }
}

/// Bytes as they were opened.
#[derive(Debug)]
pub struct Reading {
    /// Their parts.
    pub opened: Opened,
    /// Why they are opaque here.
    pub malformed: Option<Malformed>,
    /// Digests that were recomputed and that others call them by, the n-th of one side for the n-th of the other.
    pub digests: Vec<Vec<u8>>,
}

/// How a member's bytes are had.
#[derive(Debug)]
#[non_exhaustive]
pub enum Content {
    /// The span itself.
    Stored,
    /// The span, decoded.
    Encoded(Box<dyn Decode>),
    /// From elsewhere (a file of a directory); the span is empty.
    External(Box<dyn Decode>),
    /// From several places of what was decoded here; the span is a digest of the bytes that lie there.
    Gathered(Box<dyn Decode>),
}

/// Decodes a stored span. Must consume all of it, or fail: bytes behind the end of a stream belong to another part.
pub trait Decode: Send + Sync + fmt::Debug {
    /// Which of the container's methods it is, where there are several: equal bytes are equal content only by the same one.
    fn method(&self) -> &'static str {
        ""
    }
    /// What stored bytes are that differ, and decode to the same. Where they are no matter of compression, each says something.
    fn role(&self) -> Role {
        Role::Compression
    }
    /// Decoded bytes of `stored`; at most `limit` of them.
    fn decode(&self, stored: &Blob, limit: u64) -> Result<Blob, Malformed>;
}

/// What a field's bytes mean, where the format knows.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// Only the bytes.
    Raw,
    /// A number.
    Number(u64),
    /// A number of a structure, which is examined as bytes and shown as a number.
    Word {
        /// Whether the most significant byte is the first.
        big: bool,
    },
    /// Seconds since 1970-01-01 00:00 UTC. `local`: the field holds local time without a zone (DOS).
    Time {
        /// Seconds.
        seconds: i64,
        /// Whether the zone is unknown.
        local: bool,
    },
    /// Permission bits (with set-id bits), without the file type.
    Mode(u32),
    /// The decoded string, where the bytes are not the text itself.
    Text(String),
    /// An entry of a table, which is examined as bytes and shown as the format's tools print it.
    Entry {
        /// What it is: a relocation, a symbol.
        what: &'static str,
        /// All of it that people read.
        text: String,
    },
    /// What a reference names: examined instead of the stored number.
    Target(Vec<u8>),
    /// A checksum, size or offset: whether it is right for the bytes it speaks of.
    Derived {
        /// Recomputed and found equal, or used to lay out the parts.
        valid: bool,
    },
    /// A checksum or size of a member's decoded bytes: right once the decoder has said so.
    Sealed(Seal),
    /// An offset or length in an index of another file.
    Piece {
        /// Which of the pieces, in the order of that file.
        number: usize,
        /// The bytes of all pieces, which lie one behind the other from the start of that file.
        total: usize,
    },
    /// A signature in a form that is known: by whom, as certificates, and what else decides whom it is for.
    Signed {
        /// What must be the same for another signature to be by the same signer.
        by: Vec<Vec<u8>>,
    },
    /// Machine code at an address.
    Code {
        /// Instruction set.
        isa: Isa,
        /// Virtual address of the first byte.
        address: u64,
        /// What in it leads where, if that was asked for.
        links: Links,
    },
    /// Bytes of which some lead elsewhere.
    Linked(Links),
}

impl Value {
    /// A derived field that was found right. A field whose member was never decoded is not: its bytes were equal, so a checksum that
    /// differs is wrong on one side.
    pub fn is_valid(&self) -> bool {
        match self {
            Value::Derived { valid } => *valid,
            Value::Sealed(seal) => seal.is_set(),
            _ => false,
        }
    }
}

/// Instruction sets that can be disassembled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Isa {
    /// 32-bit x86.
    X86,
    /// 64-bit x86.
    X86_64,
    /// 64-bit Arm.
    Arm64,
    /// 32-bit Arm.
    Arm,
    /// No disassembler here.
    Other,
}

impl Part {
    /// A leaf.
    pub fn field(name: impl Into<Cow<'static, str>>, span: Span, role: Role, value: Value) -> Self {
        Self {
            name: name.into(),
            span,
            body: Body::Field(role, value),
            kin: None,
        }
    }
    /// Parts in the same byte space.
    pub fn group(name: impl Into<Cow<'static, str>>, span: Span, order: Order, parts: Vec<Part>) -> Self {
        Self {
            name: name.into(),
            span,
            body: Body::Group(Group::of(order, Parts::Ready(parts))),
            kin: None,
        }
    }
    /// Parts in the same byte space, found only when needed.
    pub fn lazy(
        name: impl Into<Cow<'static, str>>,
        span: Span,
        order: Order,
        parse: impl Fn(&Blob) -> Result<Vec<Part>, Malformed> + Send + Sync + 'static,
    ) -> Self {
        Self {
            name: name.into(),
            span,
            body: Body::Group(Group::of(order, Parts::Lazy(Box::new(parse)))),
            kin: None,
        }
    }
    /// The same group, on which no reader of the artifact acts.
    pub fn inert(mut self) -> Self {
        if let Body::Group(group) = &mut self.body {
            group.inert = true;
        }
        self
    }
    /// The same group, which is there for signatures and for nothing else.
    pub fn signed(mut self, by: Vec<Vec<u8>>) -> Self {
        if let Body::Group(group) = &mut self.body {
            group.signed = Some(by);
        }
        self
    }
    /// The same group, an entry of a table.
    pub fn entry(mut self, what: &'static str) -> Self {
        if let Body::Group(group) = &mut self.body {
            group.entry = Some(what);
        }
        self
    }
    /// An artifact whose bytes are the span.
    pub fn stored(name: impl Into<Cow<'static, str>>, span: Span) -> Self {
        Self::member(name, span, Content::Stored)
    }
    /// An artifact inside.
    pub fn member(name: impl Into<Cow<'static, str>>, span: Span, content: Content) -> Self {
        Self {
            name: name.into(),
            span,
            body: Body::Member(Member {
                content,
                hint: None,
                wrapper: None,
                inside: None,
                reader: None,
            }),
            kin: None,
        }
    }
    /// The content of a wrapper whose file name ends in `suffix`.
    pub fn wrapped(span: Span, suffix: &'static str, content: Content) -> Self {
        let mut part = Self::member("content", span, content);
        if let Body::Member(member) = &mut part.body {
            member.wrapper = Some(suffix);
        }
        part
    }
    /// The same member, its decoded bytes read by what its container knows.
    pub fn read_as(
        mut self,
        order: Order,
        parse: impl Fn(&Blob) -> Result<Vec<Part>, Malformed> + Send + Sync + 'static,
    ) -> Self {
        if let Body::Member(member) = &mut self.body {
            let parts = Parts::Lazy(Box::new(parse));
            member.inside = Some(Group::of(order, parts));
        }
        self
    }
    /// Has a member opened by what its container knows; nothing of another part.
    pub fn set_reader(&mut self, reader: &Reader) {
        if let Body::Member(member) = &mut self.body {
            member.reader = Some(reader.clone());
        }
    }
    /// The same part, paired by what it is to others.
    pub fn of(mut self, kin: Option<Kin>) -> Self {
        self.kin = kin.or(self.kin);
        self
    }
    /// The same member, with a format to try first.
    pub fn hinted(mut self, format: FormatId) -> Self {
        if let Body::Member(member) = &mut self.body {
            member.hint = Some(format);
        }
        self
    }
}
