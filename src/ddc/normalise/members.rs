//! Archives of ELF files: the same members in the same order, each equal but for what is allowed.

use super::{Rules, equal_files};
use crate::{
    bytes::Error,
    ddc::{
        archive::{self, Member},
        elf,
    },
};
use std::collections::BTreeSet;

pub(super) fn equal(a: &[u8], b: &[u8], rules: &Rules) -> Result<Option<BTreeSet<String>>, Error> {
    let a = archive::read(a).map_err(|e| e.about("first"))?;
    let b = archive::read(b).map_err(|e| e.about("second"))?;
    if a.len() != b.len() {
        return Ok(None);
    }
    let mut names = BTreeSet::new();
    for (x, y) in a.iter().zip(&b) {
        if x.head != y.head || x.long_name != y.long_name || size(x) != size(y) || pad(x) != pad(y) {
            return Ok(None);
        }
        if x.content == y.content && !x.is_table() {
            continue;
        }
        if let Some(width) = index_width(x) {
            if index(x, width, &a) != index(y, width, &b) {
                return Ok(None);
            }
        } else if x.is_table() {
            if x.content != y.content {
                return Ok(None);
            }
        } else if x.content.starts_with(elf::MAGIC) && y.content.starts_with(elf::MAGIC) {
            let name = String::from_utf8_lossy(&x.name);
            match equal_files(x.content, y.content, rules).map_err(|e| e.about(name))? {
                Some(found) => names.extend(found),
                None => return Ok(None),
            }
        } else {
            return Ok(None);
        }
    }
    Ok(Some(names))
}

/// The size as written, where it is not written as `ar` writes it.
fn size<'b>(member: &Member<'b>) -> Option<&'b [u8]> {
    let stored = member.long_name.len() + member.content.len();
    (format!("{stored:<10}").as_bytes() != member.size).then_some(member.size)
}

/// The byte after a member, where it is not the newline that its size asks for.
fn pad<'b>(member: &Member<'b>) -> Option<&'b [u8]> {
    let odd = (member.long_name.len() + member.content.len()) % 2 == 1;
    let usual: &[u8] = if odd { b"\n" } else { b"" };
    (member.pad != usual).then_some(member.pad)
}

/// The width of the numbers of a GNU index of symbols.
fn index_width(member: &Member) -> Option<usize> {
    match member.name.as_slice() {
        b"/" => Some(4),
        b"/SYM64/" => Some(8),
        _ => None,
    }
}

/// An index of symbols: for each the member that has it, by its number, and all the names. `Err` where it is no such index.
fn index<'b>(member: &Member<'b>, width: usize, members: &[Member]) -> Result<(Vec<usize>, &'b [u8]), &'b [u8]> {
    let raw = member.content;
    let number = |digits: &[u8]| digits.iter().fold(0u64, |n, &byte| n << 8 | u64::from(byte));
    let read = || {
        let (count, rest) = raw.split_at_checked(width)?;
        let size = usize::try_from(number(count)).ok()?.checked_mul(width)?;
        let (offsets, names) = rest.split_at_checked(size)?;
        let place = |digits: &[u8]| {
            let offset = usize::try_from(number(digits)).ok()?;
            members.iter().position(|member| member.at == offset)
        };
        let found: Option<Vec<usize>> = offsets.chunks(width).map(place).collect();
        Some((found?, names))
    };
    read().ok_or(raw)
}
