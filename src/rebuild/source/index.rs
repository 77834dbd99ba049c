//! git's index, versions 2 to 4: which files are tracked (gitformat-index(5)).

use crate::bytes::Error;
use std::path::{Component, Path, PathBuf};

/// What an index lists.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Index {
    /// Files and links, by their path from the top of the working tree.
    pub files: Vec<Vec<u8>>,
    /// Submodules.
    pub modules: Vec<Vec<u8>>,
    /// File name of the index that this one adds to.
    pub shared: Option<String>,
}

/// The kind bits of an entry's mode.
const KIND: u32 = 0o170_000;
const SUBMODULE: u32 = 0o160_000;
const SPARSE_FOLDER: u32 = 0o040_000;
/// Bytes of an entry before the object id.
const BEFORE_ID: usize = 40;

struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Reader<'b> {
    fn take(&mut self, length: usize) -> Result<&'b [u8], Error> {
        let end = self.at.checked_add(length).filter(|&end| end <= self.bytes.len());
        let end = end.ok_or_else(|| Error::malformed(format!("ends early, at byte {}", self.at)))?;
        let taken = &self.bytes[self.at..end];
        self.at = end;
        Ok(taken)
    }
    fn number(&mut self, length: usize) -> Result<usize, Error> {
        Ok(self.take(length)?.iter().fold(0, |n, &b| n << 8 | usize::from(b)))
    }
    /// Up to the next NUL, which is read too.
    fn name(&mut self) -> Result<&'b [u8], Error> {
        let length =
            memchr::memchr(0, &self.bytes[self.at..]).ok_or_else(|| Error::malformed("a name does not end"))?;
        let name = self.take(length)?;
        self.take(1)?;
        Ok(name)
    }
    /// The number of bytes that version 4 takes off the previous name.
    fn varint(&mut self) -> Result<usize, Error> {
        let mut byte = self.number(1)?;
        let mut value = byte & 127;
        while byte & 128 != 0 {
            byte = self.number(1)?;
            value = value
                .checked_add(1)
                .and_then(|v| v.checked_mul(128))
                .ok_or_else(|| Error::malformed("a number is too large"))?
                | byte & 127;
        }
        Ok(value)
    }
}

/// Reads an index whose object ids have `id` bytes (20, or 32 for SHA-256).
pub(super) fn read(bytes: &[u8], id: usize) -> Result<Index, Error> {
    let mut reader = Reader { bytes, at: 0 };
    if reader.take(4)? != b"DIRC" {
        return Err(Error::malformed("does not begin with DIRC"));
    }
    let version = reader.number(4)?;
    if !(2..=4).contains(&version) {
        return Err(Error::malformed(format!(
            "has version {version}; versions 2 to 4 are read"
        )));
    }
    let count = reader.number(4)?;
    let mut index = Index::default();
    let mut name = Vec::new();
    for _ in 0..count {
        let start = reader.at;
        let stat = reader.take(BEFORE_ID)?;
        let mode = stat[24..28].iter().fold(0, |n: u32, &b| n << 8 | u32::from(b));
        reader.take(id)?;
        let flags = reader.number(2)?;
        if version > 2 && flags & 0x4000 != 0 {
            reader.take(2)?;
        }
        if version == 4 {
            let keep = name.len().checked_sub(reader.varint()?);
            name.truncate(keep.ok_or_else(|| Error::malformed("a name takes more off than there is"))?);
        } else {
            name.clear();
        }
        name.extend_from_slice(reader.name()?);
        if version < 4 {
            // Padded with NULs to a multiple of eight; `name` read one of them.
            let length = reader.at - start;
            reader.take(length.next_multiple_of(8) - length)?;
        }
        // In an index that adds to another, an entry that replaces one there has no name.
        if !is_below(&name) || mode & KIND == SPARSE_FOLDER {
            continue;
        }
        match mode & KIND {
            SUBMODULE => index.modules.push(name.clone()),
            _ => index.files.push(name.clone()),
        }
    }
    let end = bytes.len().saturating_sub(id);
    while reader.at + 8 <= end {
        let signature = reader.take(4)?;
        let length = reader.number(4)?;
        let data = reader.take(length)?;
        if signature == b"link" {
            let base = data
                .get(..id)
                .ok_or_else(|| Error::malformed("its link to a shared index ends early"))?;
            let mut hex = Vec::new();
            crate::bytes::digest::hex(base, &mut hex);
            index.shared = Some(format!("sharedindex.{}", String::from_utf8_lossy(&hex)));
        }
    }
    Ok(index)
}

/// Whether a name stays below the folder that it is counted from, and out of `.git`.
fn is_below(name: &[u8]) -> bool {
    let path = path(name);
    let mut parts = Path::new(&path).components().peekable();
    parts.peek().is_some() && parts.all(|part| matches!(part, Component::Normal(name) if name != ".git"))
}

/// The name as a path.
pub(super) fn path(name: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(std::ffi::OsStr::from_bytes(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(mode: u32, flags: u16, name: &[u8], version: usize) -> Vec<u8> {
        let mut bytes = vec![0; 24];
        bytes.extend(mode.to_be_bytes());
        bytes.extend([0; 12 + 20]);
        bytes.extend(flags.to_be_bytes());
        if flags & 0x4000 != 0 {
            bytes.extend([0; 2]);
        }
        bytes.extend(name);
        bytes.push(0);
        if version < 4 {
            bytes.resize(bytes.len().next_multiple_of(8), 0);
        }
        bytes
    }

    fn index(version: u32, entries: &[Vec<u8>], rest: &[u8]) -> Vec<u8> {
        let mut bytes = b"DIRC".to_vec();
        bytes.extend(version.to_be_bytes());
        bytes.extend((entries.len() as u32).to_be_bytes());
        bytes.extend(entries.concat());
        bytes.extend(rest);
        bytes.extend([0; 20]);
        bytes
    }

    #[test]
    fn all_versions() {
        let entries = [
            entry(0o100_644, 1, b"a", 2),
            entry(0o160_000, 3, b"sub", 2),
            entry(0o040_000, 2, b"s/", 2),
        ];
        let read2 = read(&index(2, &entries, b""), 20).unwrap();
        assert_eq!(
            (read2.files, read2.modules),
            (vec![b"a".to_vec()], vec![b"sub".to_vec()])
        );
        let read3 = read(&index(3, &[entry(0o120_000, 0x4003, b"abc", 3)], b""), 20).unwrap();
        assert_eq!(read3.files, [b"abc"]);
        // Version 4: the second name keeps 4 of 5 bytes of the first.
        let entries = [entry(0o100_644, 5, b"\0dir/a", 4), entry(0o100_755, 5, b"\x01b", 4)];
        assert_eq!(read(&index(4, &entries, b""), 20).unwrap().files, [b"dir/a", b"dir/b"]);
    }

    #[test]
    fn a_shared_index_is_named() {
        let mut link = b"link\0\0\0\x14".to_vec();
        link.extend([0xab; 20]);
        let found = read(&index(2, &[entry(0o100_644, 0, b"", 2)], &link), 20).unwrap();
        assert!(found.files.is_empty());
        assert_eq!(found.shared.unwrap(), format!("sharedindex.{}", "ab".repeat(20)));
    }

    #[test]
    fn names_that_lead_out_are_dropped_and_truncation_is_an_error() {
        let bad = [b"../x".as_slice(), b"/etc/passwd", b"a/../../b", b".git/config"].map(|n| entry(0o100_644, 1, n, 2));
        assert!(read(&index(2, &bad, b""), 20).unwrap().files.is_empty());
        let whole = index(2, &[entry(0o100_644, 1, b"abcdefgh", 2)], b"");
        for cut in 0..whole.len() - 20 {
            assert!(read(&whole[..cut], 20).is_err(), "{cut}");
        }
        assert!(
            read(&index(5, &[], b""), 20)
                .unwrap_err()
                .to_string()
                .contains("version 5")
        );
    }
}
