//! Which sections, and what outside of them, differs, so that nothing is swallowed.

use super::image::Image;
use crate::model::SectionDifference;
use goblin::elf::SectionHeader;
use std::collections::{BTreeMap, BTreeSet};

/// Every section that differs; `named` are those in which something that is listed lies.
pub(super) fn sections(a: &Image, b: &Image, named: &BTreeSet<String>) -> Vec<SectionDifference> {
    let (in_a, in_b) = (numbered(a), numbered(b));
    let keys: BTreeSet<&(String, usize)> = in_a.keys().chain(in_b.keys()).collect();
    let mut found = Vec::new();
    for key in keys {
        let x = in_a.get(key).and_then(|&index| a.file.sections.get(index));
        let y = in_b.get(key).and_then(|&index| b.file.sections.get(index));
        let what = match (x, y) {
            (Some(x), Some(y)) => differs(a, b, x, y),
            (Some(_), None) => vec!["only in first"],
            _ => vec!["only in second"],
        };
        if what.is_empty() {
            continue;
        }
        let name = match key.1 {
            0 => key.0.clone(),
            n => format!("{} ({})", key.0, n + 1),
        };
        found.push(SectionDifference {
            named: named.contains(&key.0),
            name,
            size_a: x.map(|s| s.sh_size),
            size_b: y.map(|s| s.sh_size),
            what: what.into_iter().map(str::to_owned).collect(),
        });
    }
    found
}

fn numbered(image: &Image) -> BTreeMap<(String, usize), usize> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut found = BTreeMap::new();
    for index in 1..image.file.sections.len() {
        let name = image.file.section_name(index);
        let count = seen.entry(name.clone()).or_default();
        found.insert((name, *count), index);
        *count += 1;
    }
    found
}

fn differs(a: &Image, b: &Image, x: &SectionHeader, y: &SectionHeader) -> Vec<&'static str> {
    let content = a.file.content(x) != b.file.content(y) || x.sh_size != y.sh_size;
    let all = [
        (content, "content"),
        (x.sh_type != y.sh_type, "type"),
        (x.sh_flags != y.sh_flags, "flags"),
        (x.sh_addralign != y.sh_addralign, "alignment"),
        (x.sh_entsize != y.sh_entsize, "entry size"),
    ];
    all.into_iter().filter(|(is, _)| *is).map(|(_, what)| what).collect()
}

/// What differs in the file header, the program headers and the bytes that no section has.
pub(super) fn header(a: &Image, b: &Image) -> Vec<String> {
    let (x, y) = (&a.file.head.header, &b.file.head.header);
    let fields = [
        (x.e_ident != y.e_ident, "identification"),
        (x.e_type != y.e_type, "type"),
        (x.e_machine != y.e_machine, "machine"),
        (x.e_version != y.e_version, "version"),
        (x.e_entry != y.e_entry, "entry point"),
        (x.e_flags != y.e_flags, "flags"),
        (x.e_ehsize != y.e_ehsize, "size of the header"),
        (x.e_phoff != y.e_phoff, "place of the program headers"),
        (x.e_shoff != y.e_shoff, "place of the section headers"),
        (x.e_phnum != y.e_phnum, "number of program headers"),
        (x.e_shnum != y.e_shnum, "number of sections"),
        (x.e_shstrndx != y.e_shstrndx, "section of the sections' names"),
        (a.file.segments != b.file.segments, "program headers"),
        (outside(a) != outside(b), "bytes that no section has"),
    ];
    fields
        .into_iter()
        .filter(|(is, _)| *is)
        .map(|(_, what)| what.to_owned())
        .collect()
}

/// Runs of bytes that neither a table nor a section has, without zeros at their ends.
fn outside<'b>(image: &Image<'b>) -> Vec<&'b [u8]> {
    let file = &image.file;
    let bytes = file.bytes;
    let place = |offset: u64, size: usize| {
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        (start, start.saturating_add(size))
    };
    let header = &file.head.header;
    let mut held = vec![
        place(0, usize::from(header.e_ehsize)),
        place(header.e_phoff, usize::from(header.e_phentsize) * file.segments.len()),
        place(header.e_shoff, usize::from(header.e_shentsize) * file.sections.len()),
    ];
    let spans = file.sections.iter().filter_map(|section| file.span(section));
    held.extend(spans.map(|span| (span.start, span.end)));
    held.push((bytes.len(), bytes.len()));
    held.sort_unstable();
    let mut end = 0;
    let mut runs = Vec::new();
    for (start, stop) in held {
        let mut run = bytes.get(end..start.min(bytes.len())).unwrap_or_default();
        while let Some((0, rest)) = run.split_first().map(|(&byte, rest)| (byte, rest)) {
            run = rest;
        }
        while let Some((0, rest)) = run.split_last().map(|(&byte, rest)| (byte, rest)) {
            run = rest;
        }
        if !run.is_empty() {
            runs.push(run);
        }
        end = end.max(stop);
    }
    runs
}
