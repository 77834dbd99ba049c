//! The fields of one 512-byte header.

use super::{
    BLOCK, Header,
    number::{loose, seconds, strict},
    until_nul,
};
use crate::model::{Blob, Part, Role, Span, Value};

/// Whose header it is, by its magic: that decides what its last part holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// No magic.
    V7,
    /// POSIX.1-1988, and pax.
    Ustar,
    /// GNU's own, before it wrote pax headers.
    Gnu,
}

impl Dialect {
    pub(super) fn of(block: &[u8]) -> Self {
        match block.get(257..265) {
            Some(b"ustar  \0") => Self::Gnu,
            Some(magic) if magic.starts_with(b"ustar") => Self::Ustar,
            _ => Self::V7,
        }
    }
}

/// Puts every byte of the header into a field. `grants`: the owner gives the file its rights.
pub(super) fn fields(bytes: &Blob, header: &Header, prefix: &str, grants: bool, fields: &mut Vec<Part>) {
    let at = header.at;
    let block = &bytes[at..at + BLOCK];
    let mut put = |name: &str, from: usize, to: usize, role, value| {
        let span = Span::new(at + from, at + to);
        fields.push(Part::field(format!("{prefix}{name}"), span, role, value));
    };
    let owner = |known: Value| if grants { Value::Raw } else { known };
    let text = |from: usize, to: usize| text(&block[from..to]);
    let number = |from: usize, to: usize| strict(&block[from..to]).map_or(Value::Raw, Value::Number);
    let time = |from: usize, to: usize| {
        let known = seconds(&block[from..to]);
        known.map_or(Value::Raw, |seconds| Value::Time { seconds, local: false })
    };
    put("name", 0, 100, Role::Name, text(0, 100));
    put("mode", 100, 108, Role::Mode, mode(&block[100..108], header.kind));
    put("uid", 108, 116, Role::Owner, owner(number(108, 116)));
    put("gid", 116, 124, Role::Owner, owner(number(116, 124)));
    let valid = header.size_valid;
    put("size", 124, 136, Role::Size, Value::Derived { valid });
    put("mtime", 136, 148, Role::Timestamp, time(136, 148));
    let valid = strict(&block[148..156]).is_some();
    put("checksum", 148, 156, Role::Checksum, Value::Derived { valid });
    put("type", 156, 157, Role::Structure, Value::Raw);
    put("link name", 157, 257, Role::Link, text(157, 257));
    let dialect = Dialect::of(block);
    if dialect == Dialect::V7 {
        put("rest", 257, 512, Role::Content, Value::Raw);
        return;
    }
    put("magic", 257, 265, Role::Structure, Value::Raw);
    put("user name", 265, 297, Role::Owner, owner(text(265, 297)));
    put("group name", 297, 329, Role::Owner, owner(text(297, 329)));
    // What a device node stands for.
    put("device major", 329, 337, Role::Structure, Value::Raw);
    put("device minor", 337, 345, Role::Structure, Value::Raw);
    if dialect == Dialect::Ustar {
        put("prefix", 345, 500, Role::Name, text(345, 500));
        put("reserved", 500, 512, Role::Structure, Value::Raw);
        return;
    }
    put("atime", 345, 357, Role::Timestamp, time(345, 357));
    put("ctime", 357, 369, Role::Timestamp, time(357, 369));
    put("volume offset", 369, 381, Role::Structure, Value::Raw);
    put("long names", 381, 385, Role::Structure, Value::Raw);
    put("unused", 385, 386, Role::Structure, Value::Raw);
    put("sparse entries", 386, 482, Role::Structure, Value::Raw);
    put("sparse continued", 482, 483, Role::Structure, Value::Raw);
    put("real size", 483, 495, Role::Structure, Value::Raw);
    put("reserved", 495, 512, Role::Structure, Value::Raw);
}

/// A string closed by NUL; the bytes where it is none, or where something stands behind the NUL.
fn text(field: &[u8]) -> Value {
    let text = until_nul(field);
    let clean = field[text.len()..].iter().all(|&b| b == 0);
    match std::str::from_utf8(text) {
        Ok(text) if clean => Value::Text(text.to_owned()),
        _ => Value::Raw,
    }
}

/// Permission bits. Old archives hold the file's type above them, which must be that of the header.
fn mode(field: &[u8], kind: u8) -> Value {
    let file_type = match kind {
        b'2' => 0o120_000,
        b'3' => 0o020_000,
        b'4' => 0o060_000,
        b'5' => 0o040_000,
        b'6' => 0o010_000,
        _ => 0o100_000,
    };
    let mode = strict(field).and_then(|n| u32::try_from(n).ok());
    let mode = mode.filter(|n| n & !0o7777 == 0 || n & !0o7777 == file_type);
    mode.map_or(Value::Raw, |n| Value::Mode(n & 0o7777))
}

/// The name, with ustar's prefix before it.
pub(super) fn name(block: &[u8]) -> Vec<u8> {
    let name = until_nul(&block[..100]);
    let prefix = if &block[257..263] == b"ustar\0" {
        until_nul(&block[345..500])
    } else {
        b""
    };
    if prefix.is_empty() {
        name.to_vec()
    } else {
        [prefix, b"/", name].concat()
    }
}

/// The sum of the header's bytes, with the checksum's own eight taken as spaces; some old tars summed signed bytes.
pub(super) fn checksum(block: &[u8]) -> bool {
    let Some(stored) = loose(&block[148..156]).and_then(|n| i64::try_from(n).ok()) else {
        return false;
    };
    let (mut unsigned, mut signed) = (8 * i64::from(b' '), 8 * i64::from(b' '));
    for &byte in block[..148].iter().chain(&block[156..]) {
        unsigned += i64::from(byte);
        signed += i64::from(byte as i8);
    }
    // An empty field is no checksum.
    stored > 0 && (stored == unsigned || stored == signed)
}
