//! An ELF file as a list of pieces in which every byte has its place, but for what the rules allow to differ.

use super::{Rules, names::Names, numbers::numbers};
use crate::{
    bytes::Error,
    ddc::elf::{self, File},
    format::elf::head,
};
use goblin::elf::{
    SectionHeader,
    section_header::{SHF_ALLOC, SHT_NOTE, SHT_NULL, SHT_PROGBITS},
};
use std::{borrow::Cow, collections::BTreeMap, ops::Range};

/// The section headers lie on some boundary, at most this.
const BOUNDARY: usize = 16;

/// One file, canonical.
pub(super) struct Canonical<'b> {
    /// What must be equal.
    pub(super) pieces: Vec<Cow<'b, [u8]>>,
    /// What may differ, by name.
    pub(super) allowed: BTreeMap<String, Vec<&'b [u8]>>,
}

/// Something that lies in the file, by its place: start, length, and what it is.
type Item = (usize, usize, Kind);

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Header,
    Segments,
    Section(usize),
    Sections,
}

struct Layout<'f, 'b> {
    file: &'f File<'b>,
    items: Vec<Item>,
    /// Sections of which nothing but size, place and content may differ.
    free: Vec<bool>,
    /// From here on, places follow from the sizes of what may differ.
    moves_from: usize,
}

pub(super) fn canonical<'b>(bytes: &'b [u8], rules: &Rules) -> Result<Canonical<'b>, Error> {
    let file = File::read(bytes)?;
    let mut items = items(&file)?;
    items.sort();
    let free: Vec<bool> = (0..file.sections.len())
        .map(|index| is_free(&file, &items, index, rules))
        .collect();
    let alone = |index: usize| stands_alone(&file, &items, index);
    let names = if rules.file_symbols() {
        Names::read(&file, &free, alone)?
    } else {
        None
    };
    let strings = names.as_ref().map(|names| names.strings);
    let moves_from = items
        .iter()
        .find(|(_, _, kind)| matches!(kind, Kind::Section(i) if free.get(*i) == Some(&true) || Some(*i) == strings))
        .map_or(usize::MAX, |(start, _, _)| *start);
    let layout = Layout {
        file: &file,
        items,
        free,
        moves_from,
    };
    let mut made = Canonical {
        pieces: Vec::new(),
        allowed: BTreeMap::new(),
    };
    layout.header(&mut made);
    layout.section_headers(names.as_ref(), &mut made);
    layout.contents(names.as_ref(), &mut made);
    if let Some(names) = names {
        made.allowed.insert("STT_FILE names".to_owned(), names.files);
    }
    Ok(made)
}

/// The tables and sections of a file, unsorted.
fn items(file: &File) -> Result<Vec<Item>, Error> {
    let header = &file.head.header;
    let mut items = Vec::new();
    let mut table = |what: &str, offset: u64, size: usize, kind| {
        let place = head::inside(file.bytes, offset, size as u64)
            .ok_or_else(|| elf::malformed(format!("{what} past the end of the file"), offset))?;
        items.push((place.start, place.len(), kind));
        Ok::<_, Error>(())
    };
    table("header", 0, usize::from(header.e_ehsize), Kind::Header)?;
    let segments = usize::from(header.e_phentsize) * file.segments.len();
    table("program headers", header.e_phoff, segments, Kind::Segments)?;
    let sections = usize::from(header.e_shentsize) * file.sections.len();
    table("section headers", header.e_shoff, sections, Kind::Sections)?;
    for (index, section) in file.sections.iter().enumerate() {
        let size = file.span(section).map_or(0, |span| span.len());
        let start = match section.sh_type {
            // Without content, an offset past the end of the file is as good as any.
            SHT_NULL => continue,
            _ => usize::try_from(section.sh_offset).unwrap_or(usize::MAX),
        };
        items.push((start, size, Kind::Section(index)));
    }
    Ok(items)
}

fn is_free(file: &File, items: &[Item], index: usize, rules: &Rules) -> bool {
    let named = |section: &SectionHeader| {
        let plain = matches!(section.sh_type, SHT_PROGBITS | SHT_NOTE);
        plain && section.sh_flags & u64::from(SHF_ALLOC) == 0 && rules.sections().contains(&file.section_name(index))
    };
    file.sections.get(index).is_some_and(named) && stands_alone(file, items, index)
}

/// Whether a section shares no byte with a segment, a table or another section.
fn stands_alone(file: &File, items: &[Item], index: usize) -> bool {
    let Some(span) = file.sections.get(index).and_then(|section| file.span(section)) else {
        return false;
    };
    let shared =
        |(start, size, kind): &Item| *kind != Kind::Section(index) && overlap(&span, *start as u64, *size as u64);
    !loaded(file, &span) && !items.iter().any(shared)
}

/// Whether a segment has one of these bytes.
fn loaded(file: &File, span: &Range<usize>) -> bool {
    let has = |s: &goblin::elf::ProgramHeader| overlap(span, s.p_offset, s.p_filesz);
    file.segments.iter().any(has)
}

fn overlap(span: &Range<usize>, start: u64, size: u64) -> bool {
    (span.start as u64) < start.saturating_add(size) && start < span.end as u64
}

impl<'b> Layout<'_, 'b> {
    /// The ELF header without the place of the section headers, and the program headers.
    fn header(&self, made: &mut Canonical<'b>) {
        let h = &self.file.head.header;
        made.pieces.push(Cow::Owned(h.e_ident.to_vec()));
        made.pieces.push(numbers(&[
            u64::from(h.e_type),
            u64::from(h.e_machine),
            u64::from(h.e_version),
            h.e_entry,
            h.e_phoff,
            u64::from(h.e_flags),
            u64::from(h.e_ehsize),
            u64::from(h.e_phentsize),
            u64::from(h.e_phnum),
            u64::from(h.e_shentsize),
            u64::from(h.e_shnum),
            u64::from(h.e_shstrndx),
        ]));
        for s in &self.file.segments {
            made.pieces.push(numbers(&[
                u64::from(s.p_type),
                u64::from(s.p_flags),
                s.p_offset,
                s.p_vaddr,
                s.p_paddr,
                s.p_filesz,
                s.p_memsz,
                s.p_align,
            ]));
        }
    }

    fn section_headers(&self, names: Option<&Names>, made: &mut Canonical<'b>) {
        for (index, s) in self.file.sections.iter().enumerate() {
            let by_meaning = names.is_some_and(|names| names.strings == index);
            let sized = !by_meaning && self.free.get(index) != Some(&true);
            // Names in the table that also has the symbols' names move with these.
            let name = self.file.string(self.file.names_at, s.sh_name);
            let moves = !name.is_empty() && names.is_some_and(|names| names.strings == self.file.names_at);
            made.pieces.push(numbers(&[
                if moves { 0 } else { s.sh_name as u64 },
                u64::from(s.sh_type),
                s.sh_flags,
                s.sh_addr,
                if sized { s.sh_size } else { 0 },
                u64::from(s.sh_link),
                u64::from(s.sh_info),
                s.sh_addralign,
                s.sh_entsize,
            ]));
            made.pieces.push(Cow::Borrowed(name));
            if s.sh_type == SHT_NULL {
                made.pieces.push(numbers(&[s.sh_offset]));
            }
        }
    }

    /// Everything that lies in the file, in order, with what is between.
    fn contents(&self, names: Option<&Names<'b>>, made: &mut Canonical<'b>) {
        let bytes = self.file.bytes;
        let mut end = 0;
        for &(start, size, kind) in &self.items {
            self.place(start, size, kind, end, made);
            if let Kind::Section(index) = kind {
                let content = self.file.content_at(index);
                if self.free.get(index) == Some(&true) {
                    let name = self.file.section_name(index);
                    made.allowed.entry(name).or_default().push(content);
                } else if let Some(names) = names.filter(|names| names.symbols == index) {
                    made.pieces.push(Cow::Owned(names.symbol_pieces.clone()));
                } else if let Some(names) = names.filter(|names| names.strings == index) {
                    made.pieces.extend(names.unnamed.iter().map(|&run| Cow::Borrowed(run)));
                } else {
                    made.pieces.push(Cow::Borrowed(content));
                }
            }
            end = end.max(start.saturating_add(size).min(bytes.len()));
        }
        made.pieces.push(Cow::Borrowed(bytes.get(end..).unwrap_or_default()));
    }

    /// What an item is, where it lies, and the bytes between it and the end of what came before.
    fn place(&self, start: usize, size: usize, kind: Kind, end: usize, made: &mut Canonical<'b>) {
        let (what, align) = match kind {
            Kind::Header => (0, 1),
            Kind::Segments => (1, 1),
            Kind::Sections => (2, 1),
            Kind::Section(index) => {
                let align = self.file.sections.get(index).map_or(1, |s| s.sh_addralign);
                (3 + index as u64, usize::try_from(align).unwrap_or(1).max(1))
            }
        };
        // A section without content may say that it begins past the end of the file.
        let here = start.min(self.file.bytes.len());
        let gap = self.file.bytes.get(end..here).unwrap_or_default();
        let fixed = start <= self.moves_from
            || loaded(self.file, &(start..start.saturating_add(size.max(1))))
            || loaded(self.file, &(end.min(start)..start));
        if fixed {
            made.pieces.push(numbers(&[what, 0, start as u64]));
            made.pieces.push(Cow::Borrowed(gap));
            return;
        }
        let zeros = gap.iter().all(|&byte| byte == 0);
        let follows = zeros
            && match kind {
                Kind::Sections => gap.len() < BOUNDARY,
                _ => end.checked_next_multiple_of(align) == Some(start),
            };
        let past = start.saturating_sub(self.file.bytes.len()) as u64;
        made.pieces.push(numbers(&[
            what,
            1,
            end.saturating_sub(start) as u64,
            past,
            u64::from(follows),
        ]));
        made.pieces.push(if follows {
            Cow::Borrowed(&[])
        } else {
            Cow::Borrowed(gap)
        });
    }
}
