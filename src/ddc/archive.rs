//! `ar` archives as headers and contents, without a byte left over.

use crate::bytes::Error;

/// The first bytes of every archive that has its members inside.
pub(super) const MAGIC: &[u8] = b"!<arch>\n";
const HEADER: usize = 60;

/// One member.
pub(super) struct Member<'b> {
    /// Where its header begins.
    pub(super) at: usize,
    /// Its header before the size: name, time, owner, group, mode.
    pub(super) head: &'b [u8],
    /// The size as it is written.
    pub(super) size: &'b [u8],
    /// Its name, looked up where the header says so.
    pub(super) name: Vec<u8>,
    /// The name where it stands before the content (BSD).
    pub(super) long_name: &'b [u8],
    /// Its content.
    pub(super) content: &'b [u8],
    /// The byte that makes its end even, where there is one.
    pub(super) pad: &'b [u8],
}

impl Member<'_> {
    /// Whether it is an index of symbols or the table of long names.
    pub(super) fn is_table(&self) -> bool {
        matches!(self.name.as_slice(), b"/" | b"//" | b"/SYM64/") || self.name.starts_with(b"__.SYMDEF")
    }
}

/// Every member, in order.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Member<'_>>, Error> {
    let wrong = |what: &str, at: usize| Error::malformed(format!("ar: {what} at {at:#x}"));
    let mut at = MAGIC.len();
    let mut long: &[u8] = &[];
    let mut members = Vec::new();
    while at < bytes.len() {
        let header = bytes
            .get(at..)
            .and_then(|rest| rest.get(..HEADER))
            .ok_or_else(|| wrong("a header of less than 60 bytes", at))?;
        let field = |from: usize, to: usize| header.get(from..to).unwrap_or_default();
        if field(58, 60) != b"`\n" {
            return Err(wrong("no end of a member's header", at + 58));
        }
        let stored = number(field(48, 58)).ok_or_else(|| wrong("no size of a member", at + 48))?;
        let start = at + HEADER;
        let body = start
            .checked_add(stored)
            .and_then(|end| bytes.get(start..end))
            .ok_or_else(|| wrong("a member that goes past the end of the file", at))?;
        let short = trimmed(field(0, 16));
        let (long_name, content) = match short.strip_prefix(b"#1/") {
            Some(digits) => number(digits)
                .and_then(|n| body.split_at_checked(n))
                .ok_or_else(|| wrong("a name longer than its member", at))?,
            None => body.split_at_checked(0).unwrap_or_default(),
        };
        let end = start + stored;
        let pad = bytes.get(end..end + end % 2).unwrap_or_default();
        let name = if short.starts_with(b"#1/") {
            long_name.split(|&b| b == 0).next().unwrap_or_default()
        } else if let Some(offset) = short.strip_prefix(b"/").and_then(number) {
            let rest = long.get(offset..).unwrap_or_default();
            let line = rest.split(|&b| b == b'\n').next().unwrap_or_default();
            line.strip_suffix(b"/").unwrap_or(line)
        } else if matches!(short, b"/" | b"//" | b"/SYM64/") {
            short
        } else {
            short.strip_suffix(b"/").unwrap_or(short)
        };
        if short == b"//" {
            long = content;
        }
        members.push(Member {
            at,
            head: field(0, 48),
            size: field(48, 58),
            name: name.to_vec(),
            long_name,
            content,
            pad,
        });
        at = end + end % 2;
    }
    Ok(members)
}

fn trimmed(field: &[u8]) -> &[u8] {
    field.trim_ascii_end()
}

/// Decimal digits, perhaps with spaces after them.
fn number(field: &[u8]) -> Option<usize> {
    std::str::from_utf8(trimmed(field))
        .ok()
        .filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))?
        .parse()
        .ok()
}
