//! Names and strings that only one of two files has.

use super::{describe::printable, image::Image};
use crate::model::Listed;
use goblin::elf::{
    section_header::{SHF_ALLOC, SHT_PROGBITS},
    sym::STT_FILE,
};
use std::collections::{BTreeMap, BTreeSet};

/// Names that are given of either side.
const LIMIT: usize = 200;
/// A string has this many characters at least.
const STRING: usize = 4;
/// Characters of a string that are given.
const CHARACTERS: usize = 400;

/// Two lists, each with what the other has not.
pub(super) fn listed(mut removed: Vec<String>, mut added: Vec<String>) -> Listed {
    let left = |names: &mut Vec<String>| {
        let more = names.len().saturating_sub(LIMIT);
        names.truncate(LIMIT);
        more
    };
    Listed {
        removed_left_out: left(&mut removed),
        added_left_out: left(&mut added),
        removed,
        added,
    }
}

fn sets(a: &BTreeSet<String>, b: &BTreeSet<String>) -> Listed {
    listed(a.difference(b).cloned().collect(), b.difference(a).cloned().collect())
}

/// Symbols that are used and not defined.
pub(super) fn imports(a: &Image, b: &Image) -> Listed {
    let names = |image: &Image| {
        let wanted = image.symbols.iter().filter(|s| !s.defined && !s.name.is_empty());
        wanted.map(|s| s.name.clone()).collect()
    };
    sets(&names(a), &names(b))
}

/// Symbols that are defined, but for functions, labels and names of source files.
pub(super) fn symbols(a: &Image, b: &Image) -> Listed {
    let names = |image: &Image| {
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        let wanted = image.symbols.iter().filter(|s| s.defined && !s.is_function());
        let mut found = BTreeSet::new();
        for symbol in wanted.filter(|s| s.kind != STT_FILE && !s.is_label()) {
            let count = seen.entry(&symbol.name).or_default();
            *count += 1;
            found.insert(match *count {
                1 => symbol.name.clone(),
                n => format!("{} ({n})", symbol.name),
            });
        }
        found
    };
    sets(&names(a), &names(b))
}

/// Printable strings of the data sections, and the names of the sections in which they differ.
pub(super) fn strings(a: &Image, b: &Image) -> (Listed, BTreeSet<String>) {
    let (a, b) = (found(a), found(b));
    let all = |found: &BTreeMap<String, BTreeSet<String>>| found.values().flatten().cloned().collect();
    let (all_a, all_b): (BTreeSet<String>, BTreeSet<String>) = (all(&a), all(&b));
    let named = [(&a, &all_b), (&b, &all_a)];
    let sections = named
        .iter()
        .flat_map(|(mine, other)| mine.iter().filter(|(_, strings)| !strings.is_subset(other)))
        .map(|(name, _)| name.clone())
        .collect();
    let shown = |set: BTreeSet<String>| set.iter().map(|text| quoted(text)).collect::<Vec<_>>();
    let only = |x: &BTreeSet<String>, y: &BTreeSet<String>| shown(x.difference(y).cloned().collect());
    (listed(only(&all_a, &all_b), only(&all_b, &all_a)), sections)
}

fn quoted(text: &str) -> String {
    let shown: String = text.chars().take(CHARACTERS).collect();
    match text.len() - shown.len() {
        0 => format!("{shown:?}"),
        more => format!("{shown:?} and {more} more"),
    }
}

/// Strings by the name of their section.
fn found(image: &Image) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (index, section) in image.file.sections.iter().enumerate() {
        let name = image.file.section_name(index);
        let data = section.sh_type == SHT_PROGBITS && section.sh_flags & u64::from(SHF_ALLOC) != 0;
        if !data || !(name.starts_with(".rodata") || name.starts_with(".data")) {
            continue;
        }
        let runs = image.file.content(section).split(|&byte| !printable(byte));
        let texts = runs.filter(|run| run.len() >= STRING);
        let strings = found.entry(name).or_default();
        strings.extend(texts.map(|run| String::from_utf8_lossy(run).into_owned()));
    }
    found
}
