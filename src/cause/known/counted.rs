//! Texts behind their own length: where a value in one is longer on one side, so is what stands before it.

use crate::model::{Change, Span};

/// The longest text whose length is read.
const LONGEST: usize = 1 << 16;

/// A length that differs, and where the text behind it ends on both sides.
#[derive(Clone, Copy, Debug)]
pub(super) struct Count {
    /// Where the two lengths stand.
    pub(super) pair: Change,
    /// Where both texts must end together.
    ends: [usize; 2],
}

impl Count {
    /// Lengths at two places that are written alike, each of exactly the text behind it: no byte of text follows.
    pub(super) fn at(units: [&[u8]; 2], at: [usize; 2]) -> Option<Self> {
        [leb, marked].iter().find_map(|manner: &Manner| {
            let [x, y] = [0, 1].map(|side| {
                let rest = units[side].get(at[side]..)?;
                let (size, length) = manner(rest)?;
                let text = Span::at(size, length);
                (text.end <= rest.len() && text_ends(rest, text)).then_some((size, at[side] + text.end))
            });
            let (x, y) = (x?, y?);
            let pair = Change {
                a: Span::at(at[0], x.0),
                b: Span::at(at[1], y.0),
            };
            let differs = pair.a.of(units[0]) != pair.b.of(units[1]);
            differs.then_some(Self { pair, ends: [x.1, y.1] })
        })
    }
    /// Whether the texts end here; nothing where only one of them does, or did.
    pub(super) fn done(&self, at: [usize; 2]) -> Option<bool> {
        match (at[0] == self.ends[0], at[1] == self.ends[1]) {
            (true, true) => Some(true),
            (false, false) if at[0] < self.ends[0] && at[1] < self.ends[1] => Some(false),
            _ => None,
        }
    }
}

/// How many bytes a length takes, and the length.
type Manner = fn(&[u8]) -> Option<(usize, usize)>;

/// LEB128 without sign, as short as can be; below 128 it is one byte.
fn leb(bytes: &[u8]) -> Option<(usize, usize)> {
    let size = bytes.iter().take(3).position(|byte| byte & 0x80 == 0)? + 1;
    let value = bytes[..size]
        .iter()
        .rev()
        .fold(0, |n, &byte| n << 7 | usize::from(byte & 0x7f));
    (bytes[size - 1] != 0 && value <= LONGEST).then_some((size, value))
}

/// One byte below 128, or 128 and two bytes: Rust's pieces of format strings (`core::fmt::Arguments`).
fn marked(bytes: &[u8]) -> Option<(usize, usize)> {
    match *bytes {
        [0x80, x, y, ..] => Some((3, u16::from_le_bytes([x, y]).into())),
        [byte @ 1..0x80, ..] => Some((1, byte.into())),
        _ => None,
    }
}

/// Whether a span holds nothing but text, and no more text follows it.
fn text_ends(bytes: &[u8], span: Span) -> bool {
    let plain = |byte: u8| byte >= b' ' && byte != 0x7f || matches!(byte, b'\t' | b'\n' | b'\r');
    let text = span.of(bytes);
    let next = bytes.get(span.end).is_some_and(|&byte| byte.is_ascii() && plain(byte));
    !next && text.iter().all(|&byte| plain(byte)) && std::str::from_utf8(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(a: &[u8], b: &[u8]) -> Option<[usize; 2]> {
        Count::at([a, b], [0, 0]).map(|count| count.ends)
    }
    fn counted(length: &[u8], text: usize) -> Vec<u8> {
        [length, &vec![b'x'; text], b"\0"].concat()
    }

    #[test]
    fn lengths_are_those_of_the_text_behind_them() {
        assert_eq!(ends(b"\x04/a/b\0", b"\x06/a/bcd\xc0"), Some([5, 7]));
        for (a, b) in [
            // Too long or too short on one side, no other length, nothing to read.
            (&b"\x04/a/b\0"[..], &b"\x07/a/bcd\0"[..]),
            (b"\x04/a/b\0", b"\x05/a/bcd\0"),
            (b"\x04/a/b\0", b"\x04/a/c\0"),
            (b"\x00", b"\x01a"),
            (b"\x04/a", b"\x06/a/bcd"),
        ] {
            assert_eq!(ends(a, b), None, "{a:?} {b:?}");
        }
    }

    #[test]
    fn longer_lengths_in_either_manner() {
        let short = counted(&[0x7f], 127);
        assert_eq!(ends(&short, &counted(&[0x81, 0x01], 129)), Some([128, 131]));
        assert_eq!(ends(&short, &counted(&[0x80, 0x81, 0x00], 129)), Some([128, 132]));
        assert_eq!(ends(&short, &counted(&[0x80, 0x82, 0x00], 129)), None);
        // Not as short as can be.
        assert_eq!(ends(&short, &counted(&[0x85, 0x00], 5)), None);
    }
}
