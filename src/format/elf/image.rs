//! The ELF header and the tables it points to (gABI, "ELF Header", "Section Header", "Program Header").

use super::{compressed, read::Cursor, relocations};
use crate::model::{Blob, Isa, Malformed, Span};
use std::{collections::BTreeMap, sync::OnceLock};

pub(super) const SHT_SYMTAB: u32 = 2;
pub(super) const SHT_STRTAB: u32 = 3;
pub(super) const SHT_RELA: u32 = 4;
pub(super) const SHT_DYNAMIC: u32 = 6;
pub(super) const SHT_NOTE: u32 = 7;
pub(super) const SHT_NOBITS: u32 = 8;
pub(super) const SHT_REL: u32 = 9;
pub(super) const SHT_DYNSYM: u32 = 11;
pub(super) const SHF_ALLOC: u64 = 2;
pub(super) const SHF_EXECINSTR: u64 = 4;
pub(super) const SHF_MERGE: u64 = 0x10;
pub(super) const SHF_STRINGS: u64 = 0x20;
pub(super) const SHF_COMPRESSED: u64 = 0x800;

/// What the headers say.
pub(super) struct Image {
    /// The file.
    file: Blob,
    /// What compressed sections decode to, once it is asked for; nothing where they do not.
    decoded: Vec<OnceLock<Option<Blob>>>,
    /// 64-bit fields.
    pub(super) wide: bool,
    pub(super) little: bool,
    /// ET_REL: sections refer to each other by relocations.
    pub(super) relocatable: bool,
    pub(super) machine: u16,
    pub(super) header: Span,
    pub(super) segments: Span,
    pub(super) segment_size: usize,
    pub(super) table: Span,
    pub(super) entry_size: usize,
    /// Index of the table of section names.
    pub(super) names: usize,
    pub(super) sections: Vec<Section>,
    /// Line tables and where their programs begin, once they are asked for.
    pub(super) line_tables: OnceLock<Vec<(Span, usize)>>,
}

/// One section header.
pub(super) struct Section {
    /// Its name; the n-th of a name has ` #n` behind it, so that a header and its section are paired alike.
    pub(super) label: String,
    /// What it holds: the label without its count, `.debug_x` for `.zdebug_x`.
    known: String,
    pub(super) kind: u32,
    pub(super) flags: u64,
    pub(super) address: u64,
    /// Where the header says it is; also where it has no bytes.
    pub(super) offset: u64,
    pub(super) alignment: u64,
    /// Its bytes in the file; empty for SHT_NOBITS.
    pub(super) span: Span,
    pub(super) link: usize,
    /// Of relocations: the section that they change.
    pub(super) info: usize,
    /// Index into the names.
    pub(super) name: u64,
    /// True when no other section or table claims its bytes, so that it is a part of its own.
    pub(super) placed: bool,
}

impl Section {
    pub(super) fn has(&self, flag: u64) -> bool {
        self.flags & flag != 0
    }
    /// The label without its count; `.debug_x` for `.zdebug_x`.
    pub(super) fn name(&self) -> &str {
        &self.known
    }
    /// Its bytes are not what it holds.
    pub(super) fn compressed(&self) -> bool {
        self.has(SHF_COMPRESSED) || self.label.starts_with(".zdebug_")
    }
}

impl Image {
    pub(super) fn read(bytes: &Blob) -> Result<Self, Malformed> {
        let class = *bytes.get(4).ok_or_else(|| Malformed::truncated(4, "the class"))?;
        let data = *bytes.get(5).ok_or_else(|| Malformed::truncated(5, "the byte order"))?;
        if !matches!(class, 1 | 2) {
            return Err(Malformed::at(4, "class 1 or 2", class.to_string()));
        }
        if !matches!(data, 1 | 2) {
            return Err(Malformed::at(5, "byte order 1 or 2", data.to_string()));
        }
        let (wide, little) = (class == 2, data == 1);
        let word = if wide { 8 } else { 4 };
        let header = Span::at(0, if wide { 64 } else { 52 });
        if bytes.len() < header.end {
            return Err(Malformed::truncated(
                bytes.len(),
                format!("a header of {} bytes", header.end),
            ));
        }
        let mut at = Cursor::new(bytes, Span::new(16, header.end), little);
        let mut next = |size| at.number(size).unwrap_or(0);
        let (kind, machine) = (next(2), next(2) as u16);
        let (_version, _entry) = (next(4), next(word));
        let (phoff, shoff) = (next(word), next(word));
        let (_flags, _ehsize) = (next(4), next(2));
        let (phentsize, mut phnum, shentsize, mut shnum, mut names) = (next(2), next(2), next(2), next(2), next(2));
        // A file with more sections than 16 bits count keeps the numbers in section 0.
        let least = if wide { 64 } else { 40 };
        if shoff != 0 {
            let mut first = Cursor::new(
                bytes,
                Span::at(usize::try_from(shoff).unwrap_or(usize::MAX), least),
                little,
            );
            if first.left() < least {
                return Err(Malformed::truncated(bytes.len(), "the section headers"));
            }
            let size = if wide { 32 } else { 20 };
            first.at += size;
            let (size, link, info) = (first.number(word), first.u32(), first.u32());
            if shnum == 0 {
                shnum = size.unwrap_or(0);
            }
            if names == 0xffff {
                names = link.unwrap_or(0);
            }
            if phnum == 0xffff {
                phnum = info.unwrap_or(0);
            }
        }
        let table = |offset: u64, entry: u64, count: u64, least: u64, what: &'static str| {
            if offset == 0 || count == 0 {
                return Ok(Span::at(header.end, 0));
            }
            if entry < least {
                return Err(Malformed::at(
                    0,
                    format!("entries of {least} bytes in {what}"),
                    entry.to_string(),
                ));
            }
            let size = entry.checked_mul(count);
            let end = size.and_then(|size| offset.checked_add(size));
            match (usize::try_from(offset), end.and_then(|end| usize::try_from(end).ok())) {
                (Ok(start), Some(end)) if end <= bytes.len() => Ok(Span::new(start, end)),
                _ => Err(Malformed::truncated(bytes.len(), what)),
            }
        };
        let segments = table(
            phoff,
            phentsize,
            phnum,
            if wide { 56 } else { 32 },
            "the program headers",
        )?;
        let sections = table(shoff, shentsize, shnum, least as u64, "the section headers")?;
        let mut image = Self {
            file: bytes.clone(),
            decoded: Vec::new(),
            wide,
            little,
            relocatable: kind == 1,
            machine,
            header,
            segments,
            segment_size: phentsize as usize,
            table: sections,
            entry_size: shentsize as usize,
            names: usize::try_from(names).unwrap_or(usize::MAX),
            sections: Vec::new(),
            line_tables: OnceLock::new(),
        };
        image.read_sections(bytes)?;
        Ok(image)
    }

    fn read_sections(&mut self, bytes: &[u8]) -> Result<(), Malformed> {
        let word = self.word();
        let count = self.table.len().checked_div(self.entry_size).unwrap_or(0);
        for i in 0..count {
            let at = self.table.start + i * self.entry_size;
            let mut field = self.cursor(bytes, Span::at(at, self.entry_size));
            let mut next = |size| field.number(size).unwrap_or(0);
            let (name, kind, flags, address) = (next(4), next(4) as u32, next(word), next(word));
            let (offset, size, link) = (next(word), next(word), next(4));
            let (info, alignment) = (next(4), next(word));
            let file = kind != SHT_NOBITS && kind != 0 && size != 0;
            let span = if file {
                let (start, end) = (usize::try_from(offset), offset.checked_add(size).map(usize::try_from));
                match (start, end) {
                    (Ok(start), Some(Ok(end))) if end <= bytes.len() => Span::new(start, end),
                    _ => {
                        return Err(Malformed::truncated(
                            bytes.len(),
                            format!("section {i}, up to {offset:#x}+{size:#x}"),
                        ));
                    }
                }
            } else {
                Span::at(0, 0)
            };
            self.sections.push(Section {
                label: String::new(),
                known: String::new(),
                kind,
                flags,
                address,
                offset,
                alignment,
                span,
                link: usize::try_from(link).unwrap_or(usize::MAX),
                info: usize::try_from(info).unwrap_or(usize::MAX),
                name,
                placed: false,
            });
        }
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        let named = relocations::named(self);
        for i in 0..self.sections.len() {
            let name = self.string(self.names, self.sections[i].name).unwrap_or_default();
            let mut label = String::from_utf8_lossy(name).into_owned();
            if let Some(lto) = without_seed(&label) {
                label = lto.to_owned();
            }
            if label.is_empty() {
                label = "unnamed section".to_owned();
            }
            // Debug information is what no program loads and no code refers to, whatever a section is called.
            let records = [".debug_", ".zdebug_", ".rela.debug_", ".comment", ".gnu_debug"]
                .iter()
                .any(|name| label.starts_with(name));
            if records && (self.loaded(&self.sections[i]) || named.contains(&i)) {
                label = format!("loaded {}", label.trim_start_matches('.'));
            }
            self.sections[i].known = match label.strip_prefix(".zdebug_") {
                Some(rest) => format!(".debug_{rest}"),
                None => label.clone(),
            };
            let count = seen.entry(label.clone()).or_default();
            *count += 1;
            if *count > 1 {
                label = format!("{label} #{count}");
            }
            self.sections[i].label = label;
        }
        self.decoded = self.sections.iter().map(|_| OnceLock::new()).collect();
        Ok(())
    }

    /// Whether a section without bytes stands right behind the one before it.
    pub(super) fn follows(&self, index: usize) -> bool {
        let section = &self.sections[index];
        // Objects have few empty sections in a row.
        let before = self.sections[..index]
            .iter()
            .rev()
            .take(64)
            .find(|s| !s.span.is_empty());
        let right =
            |end: usize| (end as u64).checked_next_multiple_of(section.alignment.max(1)) == Some(section.offset);
        // By index, or in the file: clang puts `.strtab` first by index and last in the file.
        right(before.map_or(self.header.end, |s| s.span.end))
            || self.sections.len() < 4096
                && self
                    .sections
                    .iter()
                    .filter(|s| !s.span.is_empty() && s.span.end as u64 <= section.offset)
                    .map(|s| s.span.end)
                    .max()
                    .is_some_and(right)
    }
    /// Bytes of the file that are loaded, and whether they may be run.
    fn segments(&self) -> impl Iterator<Item = (Span, bool)> {
        const PT_LOAD: u64 = 1;
        const PF_X: u64 = 1;
        let count = self.segments.len().checked_div(self.segment_size).unwrap_or(0);
        let one = |i: usize| {
            let at = Span::at(self.segments.start + i * self.segment_size, self.segment_size);
            let mut field = self.cursor(&self.file, at);
            let kind = field.u32()?;
            let before = if self.wide { field.u32()? } else { 0 };
            let offset = field.number(self.word())?;
            field.skip(2 * self.word() as u64)?;
            let size = field.number(self.word())?;
            let behind = if self.wide {
                0
            } else {
                field.skip(4)?;
                field.u32()?
            };
            let (start, length) = (usize::try_from(offset).ok()?, usize::try_from(size).ok()?);
            let loaded = kind == PT_LOAD && length > 0;
            loaded.then(|| {
                (
                    Span::new(start, start.saturating_add(length)),
                    (before | behind) & PF_X != 0,
                )
            })
        };
        (0..count).filter_map(one)
    }
    /// Bytes of the file that are loaded to be run.
    pub(super) fn executable_segments(&self) -> Vec<Span> {
        let run = self.segments().filter(|&(_, executable)| executable);
        run.map(|(span, _)| span).collect()
    }
    /// The whole file.
    pub(super) fn file(&self) -> &[u8] {
        &self.file
    }
    /// Bytes of an address.
    pub(super) fn word(&self) -> usize {
        if self.wide { 8 } else { 4 }
    }
    pub(super) fn cursor<'b>(&self, bytes: &'b [u8], span: Span) -> Cursor<'b> {
        Cursor::new(bytes, span, self.little)
    }
    /// The string at an offset of a section, without its NUL.
    pub(super) fn string(&self, table: usize, offset: u64) -> Option<&[u8]> {
        let rest = self.held(table)?.get(usize::try_from(offset).ok()?..)?;
        memchr::memchr(0, rest).map(|end| &rest[..end])
    }
    /// What a section holds, decoded where it is compressed; nothing where that fails.
    pub(super) fn held(&self, index: usize) -> Option<&[u8]> {
        let (bytes, span) = self.place(index)?;
        bytes.get(span.start..span.end)
    }
    /// Where what a section holds can be read: in the file, or alone where it is compressed.
    pub(super) fn place(&self, index: usize) -> Option<(&[u8], Span)> {
        let section = self.sections.get(index)?;
        if !section.compressed() {
            return Some((&self.file, section.span));
        }
        let decode = || compressed::decoded(self, &self.file, index);
        let decoded = self.decoded.get(index)?.get_or_init(decode).as_ref()?;
        Some((decoded, Span::new(0, decoded.len())))
    }
    /// Whether a program has the section in its memory: by its own flag, since a segment that is loaded covers its bytes,
    /// or as relocations of what is loaded.
    fn loaded(&self, section: &Section) -> bool {
        let covered = |(span, executable): (Span, bool)| {
            // Whole pages are mapped: code may also run behind the end of its segment.
            let page = if executable { 0x1000 } else { 1 };
            let end = span.end.checked_next_multiple_of(page).unwrap_or(span.end);
            span.start < section.span.end && section.span.start < end
        };
        let relocates = section.kind == SHT_RELA && self.sections.get(section.info).is_some_and(|s| s.has(SHF_ALLOC));
        section.has(SHF_ALLOC) || relocates || !section.span.is_empty() && self.segments().any(covered)
    }
    /// The only section of a name.
    pub(super) fn only(&self, name: &str) -> Option<usize> {
        let mut found = (0..self.sections.len()).filter(|&i| self.sections[i].name() == name);
        found.next().filter(|_| found.next().is_none())
    }
    pub(super) fn isa(&self) -> Isa {
        match self.machine {
            3 => Isa::X86,
            62 => Isa::X86_64,
            183 => Isa::Arm64,
            40 => Isa::Arm,
            _ => Isa::Other,
        }
    }
}

/// The name of a section of GCC's intermediate code, `.gnu.lto_KIND.SEED`, without the number that is drawn for each object.
fn without_seed(name: &str) -> Option<&str> {
    let (stem, seed) = name.strip_prefix(".gnu.lto_").and_then(|rest| rest.rsplit_once('.'))?;
    let drawn = (8..=16).contains(&seed.len()) && seed.bytes().all(|b| b.is_ascii_hexdigit()) && !stem.is_empty();
    drawn.then(|| &name[..name.len() - seed.len() - 1])
}
