//! How large a page may get: each section has so many bytes, and counts what has no place in it.

use std::io::{self, Write};

/// Bytes that a section may still take.
#[derive(Clone, Copy, Debug)]
pub(in crate::report) struct Room(usize);

impl Room {
    /// So many bytes.
    pub(in crate::report) fn new(bytes: usize) -> Self {
        Self(bytes)
    }

    /// Writes a piece as a whole, or not at all.
    pub(in crate::report) fn put(&mut self, piece: &[u8], out: &mut dyn Write) -> io::Result<bool> {
        let Some(left) = self.0.checked_sub(piece.len()) else {
            return Ok(false);
        };
        self.0 = left;
        out.write_all(piece)?;
        Ok(true)
    }
    /// An equal share, when so many are still to come; what is not used is put back by [`Room::rejoin`].
    pub(in crate::report) fn share(&mut self, of: usize) -> Self {
        let part = self.0 / of.max(1);
        self.0 -= part;
        Self(part)
    }
    /// Takes back what a share has left.
    pub(in crate::report) fn rejoin(&mut self, share: Self) {
        self.0 += share.0;
    }
}

/// The sections of a page or, of a gate's page, of one artifact.
#[derive(Clone, Copy, Debug)]
pub(in crate::report) struct Rooms {
    /// The tree of members with its maps.
    pub(in crate::report) tree: Room,
    /// Findings with their excerpts.
    pub(in crate::report) findings: Room,
    /// What is not explained.
    pub(in crate::report) places: Room,
    /// What else there is to list.
    pub(in crate::report) other: Room,
}

impl Rooms {
    /// A page's: 4.6 MB in all, so that the page with its style and head stays below 5 MB.
    pub(in crate::report) fn page() -> Self {
        Self {
            tree: Room(900_000),
            findings: Room(2_200_000),
            places: Room(1_200_000),
            other: Room(300_000),
        }
    }
    /// A share of each, as of one room.
    pub(in crate::report) fn share(&mut self, of: usize) -> Self {
        Self {
            tree: self.tree.share(of),
            findings: self.findings.share(of),
            places: self.places.share(of),
            other: self.other.share(of),
        }
    }
    /// Takes back what a share has left.
    pub(in crate::report) fn rejoin(&mut self, share: Self) {
        self.tree.rejoin(share.tree);
        self.findings.rejoin(share.findings);
        self.places.rejoin(share.places);
        self.other.rejoin(share.other);
    }
}

/// What a page does not show.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::report) struct LeftOut {
    /// Differences that are counted, and not shown one by one.
    pub(in crate::report) differences: usize,
    /// Causes without a section.
    pub(in crate::report) causes: usize,
    /// Members that are not in the tree.
    pub(in crate::report) members: usize,
    /// Artifacts without a section, and other lines.
    pub(in crate::report) lines: usize,
}

impl LeftOut {
    /// One line, if there is anything to tell.
    pub(in crate::report) fn line(&self) -> Option<String> {
        let parts: Vec<String> = [
            (self.differences, "difference"),
            (self.causes, "section of a cause"),
            (self.members, "differing member"),
            (self.lines, "line"),
        ]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| match count {
            1 => format!("1 {what}"),
            _ if what.starts_with("section") => format!("{} sections of causes", number(count as u64)),
            _ => format!("{} {what}s", number(count as u64)),
        })
        .collect();
        (!parts.is_empty()).then(|| {
            let list = crate::report::parts::words::join(&parts);
            format!("Left out to keep this page small: {list}. They are counted, not shown; --format json lists more.")
        })
    }
}

/// `1,234,567`.
pub(in crate::report) fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_their_thousands_apart() {
        assert_eq!(number(7), "7");
        assert_eq!(number(1000), "1,000");
        assert_eq!(number(123_456_789), "123,456,789");
    }

    #[test]
    fn a_piece_is_written_whole_or_not() {
        let (mut room, mut out) = (Room(5), Vec::new());
        assert!(room.put(b"abc", &mut out).unwrap());
        assert!(!room.put(b"def", &mut out).unwrap());
        assert!(room.put(b"gh", &mut out).unwrap());
        assert_eq!(out, b"abcgh");
        let mut rooms = Rooms::page();
        let before = rooms.tree.0;
        let share = rooms.share(4);
        assert_eq!(share.tree.0, before / 4);
        rooms.rejoin(share);
        assert_eq!(rooms.tree.0, before);
    }
}
