//! uninitialised-memory

use super::{Advice, Case, Cause};
use crate::model::{CauseId, Evidence, Kind, Role, Span};
use std::collections::BTreeSet;

/// Bytes that a program wrote and never set.
pub struct UninitialisedMemory;

impl Cause for UninitialisedMemory {
    fn id(&self) -> CauseId {
        "uninitialised-memory"
    }
    fn group(&self) -> &'static str {
        "random"
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "Bytes that nothing has set were written out.",
            why: "A structure was written as it lies in memory: what pads its fields, and what stands behind the end of a name, is whatever was there before.",
            fix: "memset or calloc before filling it, or = {0}; write field by field; -ftrivial-auto-var-init=zero for what lies on the stack; valgrind and MALLOC_PERTURB_ show where",
            references: &["https://reproducible-builds.org/docs/value-initialization/"],
        }
    }
    fn variations(&self) -> &'static [&'static str] {
        &["random", "aslr", "env"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        let raw = matches!(case.role, Role::Content | Role::String | Role::Data)
            && matches!(case.kind, Kind::Opaque | Kind::Data);
        let member = case.survey.container(case).filter(|_| raw && case.both())?;
        // Whoever reads the records may use these bytes after all.
        member
            .unset()
            .then(|| Evidence::likely(case.open.to_vec()).map(Evidence::hint))?
    }
}

/// Whether all that differs between two files is what nothing sets.
pub(super) fn unset(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() || a.len() > LARGEST {
        return false;
    }
    let places: Vec<usize> = (0..a.len()).filter(|&i| a[i] != b[i]).take(MOST + 1).collect();
    !places.is_empty() && places.len() <= MOST && (padding(a, b, &places) || behind_names(a, b, &places))
}

/// Larger files are not looked at, nor more bytes that differ.
const LARGEST: usize = 16 << 20;
const MOST: usize = 1 << 16;
/// Sizes of records.
const SIZES: std::ops::RangeInclusive<usize> = 8..=512;
/// Records in which such bytes differ, at least.
const RECORDS: usize = 3;

/// Neighbouring places in one.
fn runs(places: &[usize]) -> Vec<Span> {
    let mut found: Vec<Span> = Vec::new();
    for &at in places {
        match found.last_mut() {
            Some(last) if last.end == at => last.end += 1,
            _ => found.push(Span::at(at, 1)),
        }
    }
    found
}

/// Larger heads do not stand before records.
const HEAD: usize = 64;

/// Whether the file is made of records, perhaps with a head before them, and only what can pad their fields differs: less than a word, up to the end
/// of one.
fn padding(a: &[u8], b: &[u8], places: &[usize]) -> bool {
    SIZES.step_by(4).any(|size| {
        let head = a.len() % size;
        let (Some(first), true) = (places.first().and_then(|first| first.checked_sub(head)), head <= HEAD) else {
            return false;
        };
        let residues: BTreeSet<usize> = places.iter().map(|at| (at - head) % size).collect();
        let records: BTreeSet<usize> = places.iter().map(|at| (at - head) / size).collect();
        let residues: Vec<usize> = residues.into_iter().collect();
        let sides = [&a[head..], &b[head..]];
        first < size * RECORDS
            && records.len() >= RECORDS
            && residues.len() * 2 <= size
            && runs(&residues).into_iter().all(|gap| pads(sides, size, gap))
    })
}

/// Whether a gap of each record ends at a word's end, and is no whole field: where it has the size of one, it holds the same in all records.
fn pads(sides: [&[u8]; 2], size: usize, gap: Span) -> bool {
    let end = gap.end.next_multiple_of(4);
    let room = end - gap.start;
    let same = |unit: &[u8]| {
        let mut all = unit.chunks_exact(size).map(|record| &record[gap.start..end]);
        let first = all.next();
        all.all(|other| Some(other) == first)
    };
    let word = room == 4 && end.is_multiple_of(8) && sides.into_iter().all(same);
    let odd = matches!(room, 1..=3 | 5..=7) && !gap.start.is_multiple_of(4);
    end <= size && (odd || word)
}

/// Whether all that differs stands behind the end of a text of fixed width.
fn behind_names(a: &[u8], b: &[u8], places: &[usize]) -> bool {
    const WIDE: usize = 256;
    const GAP: usize = 4;
    // Bytes that happen to be equal do not part what was there before.
    let mut zones: Vec<Span> = Vec::new();
    for run in runs(places) {
        match zones.last_mut() {
            Some(last) if run.start - last.end <= GAP => last.end = run.end,
            _ => zones.push(run),
        }
    }
    let named = |zone: &Span| {
        let near = &a[zone.start.saturating_sub(WIDE)..zone.start];
        let Some(end) = memchr::memrchr(0, near) else {
            return false;
        };
        let text = near[..end]
            .iter()
            .rev()
            .take_while(|c| c.is_ascii_graphic() || **c == b' ')
            .count();
        let rest = &near[end + 1..];
        // What lies between the end of the name and the first byte that differs was there before, too.
        text >= 2 && rest.len() <= GAP && b[zone.start - rest.len() - 1] == 0
    };
    zones.len() >= RECORDS && zones.iter().all(named)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(a: &[u8], b: &[u8]) -> bool {
        unset(a, b)
    }

    #[test]
    fn what_pads_records() {
        let record = |n: u8, junk: u8| [n, junk, junk, junk, n, n, n, n];
        let all = |junk: u8| (0..6).flat_map(|n| record(n, junk)).collect::<Vec<u8>>();
        assert!(check(&all(0xa5), &all(0x5a)));
        let field = |add: u8| (0..6).flat_map(|n| [n, 0, 0, 0, n + add, 0, 0, 0]).collect::<Vec<u8>>();
        assert!(!check(&field(1), &field(9)), "a field");
        let one = all(0);
        let mut other = one.clone();
        other[1] = 7;
        assert!(!check(&one, &other), "one record");
    }

    #[test]
    fn what_stands_behind_names() {
        let all = |junk: &[u8]| (0..4).flat_map(|_| [b"name\0\0", junk].concat()).collect::<Vec<u8>>();
        assert!(check(&all(b"old text.."), &all(b"\x01\x02other..x")));
        let names = |name: &[u8]| (0..4).flat_map(|_| [name, b"\0\0\0\0"].concat()).collect::<Vec<u8>>();
        assert!(!check(&names(b"first."), &names(b"second")), "the name itself");
    }
}
