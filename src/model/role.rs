//! What a field is for. Causes look at roles, so that a new format gets every cause for nothing.

/// The purpose of a span of bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Role {
    /// A point in time ([`Value::Time`](super::Value::Time)).
    Timestamp,
    /// User or group, as a number or a name.
    Owner,
    /// Permission bits ([`Value::Mode`](super::Value::Mode)).
    Mode,
    /// The name of a member, or a path.
    Name,
    /// Where a link leads. Whoever opens it acts on it, so no cause may account for it.
    Link,
    /// A number or bytes that only name the build: build ID, UUID, GUID.
    Identifier,
    /// Computed from other bytes of the same artifact: checksum, CRC, digest, signature index.
    Checksum,
    /// A length that follows from the structure.
    Size,
    /// A position that follows from the structure.
    Offset,
    /// A number that stands for something elsewhere: string offset, relocation addend. Compared by what it names.
    Reference,
    /// Compressor settings, or an encoded stream whose decoded bytes are equal.
    Compression,
    /// A cryptographic signature over the rest.
    Signature,
    /// The version of a tool that took part.
    Version,
    /// Text, one unit a line.
    Text,
    /// One string: NUL-terminated or counted; examined as one unit.
    String,
    /// NUL-separated constants among binary data (`.rodata`): strings are examined, the rest must be equal.
    Data,
    /// Machine code.
    Code,
    /// Device, inode, and other file-system numbers.
    Inode,
    /// Bytes that carry no meaning: alignment, reserved. With [`Value::Derived`](super::Value::Derived): whether they are all zero.
    Padding,
    /// Magic numbers, flags, kinds: the structure itself.
    Structure,
    /// The order of the items of a list.
    Order,
    /// A member that only one side has.
    Presence,
    /// Anything else.
    Content,
}
