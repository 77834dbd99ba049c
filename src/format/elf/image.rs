//! A file as `diff` sees it: what its sections are called, which of them is loaded, what they hold.

use super::{
    head::{self, Head},
    referred,
    section::Section,
    stream,
};
use crate::{
    format::{
        dwarf::{Kept, Program},
        placed::Placed,
        structures::Table,
    },
    model::{Blob, Isa, Links, Malformed, Span},
};
use goblin::elf::{
    Header, ProgramHeader, SectionHeader,
    header::{EM_386, EM_AARCH64, EM_ARM, EM_X86_64, ET_REL},
    program_header::PT_LOAD,
    section_header::{SHF_ALLOC, SHT_RELA},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::OnceLock,
};

/// Sections of an object are taken to lie so many bits apart.
const UNPLACED: u32 = 36;

/// Bytes of a name that are shown; names may overlap, and many could be long.
const NAME: usize = 1024;

/// What the headers say.
pub(super) struct Image {
    /// The file.
    file: Blob,
    /// What compressed sections decode to, once it is asked for; nothing where they do not.
    decoded: Vec<OnceLock<Option<Blob>>>,
    pub(super) head: Head,
    pub(super) segment_table: Table,
    segments: Vec<ProgramHeader>,
    pub(super) section_table: Table,
    /// Index of the table of section names.
    pub(super) names: usize,
    pub(super) sections: Vec<Section>,
    /// Which place of another program is which of this one, where that is known.
    pub(super) placed: Option<Placed>,
    /// What was read of debugging information.
    kept: Kept,
    /// Versions of symbols by their numbers, once they are asked for.
    pub(super) versions: OnceLock<BTreeMap<u16, String>>,
}

impl Image {
    pub(super) fn read(bytes: &Blob) -> Result<Self, Malformed> {
        let head = Head::read(bytes)?;
        // A file that was cut off lacks its section headers first.
        head.first(bytes)?;
        let segment_table = head.segments(bytes)?;
        let section_table = head.sections(bytes)?;
        let headers: Vec<SectionHeader> = section_table.all(bytes, head.ctx).collect();
        let mut image = Self {
            file: bytes.clone(),
            decoded: headers.iter().map(|_| OnceLock::new()).collect(),
            segments: segment_table.all(bytes, head.ctx).collect(),
            names: head.names(&headers),
            head,
            segment_table,
            section_table,
            sections: Vec::with_capacity(headers.len()),
            versions: OnceLock::new(),
            kept: Kept::default(),
            placed: None,
        };
        for (i, header) in headers.into_iter().enumerate() {
            let (offset, size) = (header.sh_offset, header.sh_size);
            let cut = || Malformed::truncated(bytes.len(), format!("section {i}, up to {offset:#x}+{size:#x}"));
            image.sections.push(Section {
                label: String::new(),
                known: String::new(),
                span: head::content(bytes, &header).ok_or_else(cut)?,
                header,
                placed: false,
            });
        }
        image.name_sections();
        Ok(image)
    }

    fn name_sections(&mut self) {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        let named = match self.relocatable() {
            true => referred::referred(&self.head, &self.sections, &self.file),
            false => BTreeSet::new(),
        };
        for i in 0..self.sections.len() {
            let name = self.section_name(i).unwrap_or_default();
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
    }
    /// Bytes of the file's header.
    pub(super) fn header(&self) -> Span {
        Span::at(0, Header::size(self.head.ctx))
    }
    /// Sections refer to each other by relocations.
    pub(super) fn relocatable(&self) -> bool {
        self.head.header.e_type == ET_REL
    }
    /// What the header of a section calls it.
    pub(super) fn section_name(&self, index: usize) -> Option<&[u8]> {
        self.string(self.names, self.sections[index].header.sh_name as u64)
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
        let (offset, alignment) = (section.header.sh_offset, section.header.sh_addralign.max(1));
        let right = |end: usize| (end as u64).checked_next_multiple_of(alignment) == Some(offset);
        // By index, or in the file: clang puts `.strtab` first by index and last in the file.
        right(before.map_or(self.header().end, |s| s.span.end))
            || self.sections.len() < 4096
                && self
                    .sections
                    .iter()
                    .filter(|s| !s.span.is_empty() && s.span.end as u64 <= offset)
                    .map(|s| s.span.end)
                    .max()
                    .is_some_and(right)
    }
    /// The address of a section: as its header says, or one that it is given where a linker has not placed it yet.
    pub(super) fn address(&self, index: usize) -> u64 {
        match self.relocatable() {
            true => (index as u64 + 1) << UNPLACED,
            false => self.sections.get(index).map_or(0, |s| s.header.sh_addr),
        }
    }
    /// A range of addresses as places, where they are known.
    pub(super) fn range_of(&self, address: u64, size: u64) -> Option<String> {
        Some(self.placed.as_ref()?.range(address, size))
    }
    /// What leads elsewhere in a span of the file.
    pub(super) fn links(&self, span: Span) -> Links {
        let placed = self.placed.as_ref();
        placed.map(|placed| placed.links(span)).unwrap_or_default()
    }
    /// Bytes of an address.
    pub(super) fn word(&self) -> usize {
        if self.head.ctx.is_big() { 8 } else { 4 }
    }
    /// The number of so many bytes at an offset of the file; 0 where there is none.
    pub(super) fn number(&self, at: usize, size: usize) -> u64 {
        self.cursor(&self.file, Span::at(at, size)).number(size).unwrap_or(0)
    }
    /// Program headers of a kind.
    pub(super) fn segments_of(&self, kind: u32) -> impl Iterator<Item = &ProgramHeader> {
        self.segments.iter().filter(move |s| s.p_type == kind)
    }
    /// One program header.
    pub(super) fn segment(&self, index: usize) -> Option<&ProgramHeader> {
        self.segments.get(index)
    }
    /// Bytes of the file that are loaded, and whether they may be run.
    fn segments(&self) -> impl Iterator<Item = (Span, bool)> {
        let loaded = |s: &&ProgramHeader| s.p_type == PT_LOAD && s.p_filesz > 0;
        self.segments.iter().filter(loaded).filter_map(|s| {
            let (start, size) = (usize::try_from(s.p_offset).ok()?, usize::try_from(s.p_filesz).ok()?);
            Some((Span::new(start, start.saturating_add(size)), s.is_executable()))
        })
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
    /// The start of a name at an offset of a section, for people; nothing where it is empty.
    pub(super) fn name(&self, table: usize, offset: u64) -> Option<String> {
        let rest = self.held(table)?.get(usize::try_from(offset).ok()?..)?;
        let rest = &rest[..rest.len().min(NAME)];
        let name = &rest[..memchr::memchr(0, rest).unwrap_or(rest.len())];
        (!name.is_empty()).then(|| String::from_utf8_lossy(name).into_owned())
    }
    /// Whether a program has the section in its memory: by its own flag, since a segment that is loaded covers its bytes,
    /// or as relocations of what is loaded.
    pub(super) fn loaded(&self, section: &Section) -> bool {
        let covered = |(span, executable): (Span, bool)| {
            // Whole pages are mapped: code may also run behind the end of its segment.
            let page = if executable { 0x1000 } else { 1 };
            let end = span.end.checked_next_multiple_of(page).unwrap_or(span.end);
            span.start < section.span.end && section.span.start < end
        };
        let relocates = section.is(SHT_RELA) && self.sections.get(section.info()).is_some_and(|s| s.has(SHF_ALLOC));
        section.has(SHF_ALLOC) || relocates || !section.span.is_empty() && self.segments().any(covered)
    }
    pub(super) fn isa(&self) -> Isa {
        match self.head.header.e_machine {
            EM_386 => Isa::X86,
            EM_X86_64 => Isa::X86_64,
            EM_AARCH64 => Isa::Arm64,
            EM_ARM => Isa::Arm,
            _ => Isa::Other,
        }
    }
}

impl Program for Image {
    fn count(&self) -> usize {
        self.sections.len()
    }
    fn called(&self, section: usize) -> &str {
        self.sections.get(section).map_or("", Section::name)
    }
    fn place(&self, index: usize) -> Option<(&[u8], Span)> {
        let section = self.sections.get(index)?;
        if !section.compressed() {
            return Some((&self.file, section.span));
        }
        let decode = || stream::decoded(section, self.head.ctx, &self.file);
        let decoded = self.decoded.get(index)?.get_or_init(decode).as_ref()?;
        Some((decoded, Span::new(0, decoded.len())))
    }
    fn big(&self) -> bool {
        self.head.big()
    }
    fn word(&self) -> usize {
        self.word()
    }
    fn relocatable(&self) -> bool {
        self.relocatable()
    }
    fn placed(&self) -> Option<&Placed> {
        self.placed.as_ref()
    }
    fn kept(&self) -> &Kept {
        &self.kept
    }
}

/// The name of a section of GCC's intermediate code, `.gnu.lto_KIND.SEED`, without the number that is drawn for each object.
fn without_seed(name: &str) -> Option<&str> {
    let (stem, seed) = name.strip_prefix(".gnu.lto_").and_then(|rest| rest.rsplit_once('.'))?;
    let drawn = (8..=16).contains(&seed.len()) && seed.bytes().all(|b| b.is_ascii_hexdigit()) && !stem.is_empty();
    drawn.then(|| &name[..name.len() - seed.len() - 1])
}
