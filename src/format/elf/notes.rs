//! Notes (gABI, "Note Section"): the build ID, Go's build ID, distributions' package notes.

use super::{ENTRIES, image::Image};
use crate::{
    format::{dwarf::Program, structures},
    model::{Order, Part, Role, Span, Value},
};
use goblin::elf::{
    note::{NT_GNU_BUILD_ID, Nhdr32},
    section_header::{SHF_EXECINSTR, SHT_NOTE},
};
use std::sync::Arc;

pub(super) fn section(image: &Arc<Image>, index: usize) -> Part {
    let (image, s) = (image.clone(), &image.sections[index]);
    let span = s.span;
    Part::lazy(s.label.clone(), span, Order::Fixed, move |bytes| {
        let found = notes(&image, bytes, span);
        let identifies = found.iter().any(Note::is_build_id) && inert(&image, span) && alone(&image, bytes);
        Ok(found.iter().map(|note| note.part(identifies)).collect())
    })
}

/// One note.
struct Note<'b> {
    owner: &'b [u8],
    kind: u32,
    head: Span,
    body: Span,
    end: usize,
}

/// The notes of a section, up to the first that is none.
fn notes<'b>(image: &Image, bytes: &'b [u8], span: Span) -> Vec<Note<'b>> {
    let mut found = Vec::new();
    let mut at = span.start;
    while at < span.end && found.len() < ENTRIES {
        let Some(note) = note(image, bytes, Span::new(at, span.end)) else {
            break;
        };
        at = note.end;
        found.push(note);
    }
    found
}

/// The file has one build ID of each kind: whoever looks for it finds this one.
fn alone(image: &Image, bytes: &[u8]) -> bool {
    let sections = image.sections.iter().filter(|s| s.is(SHT_NOTE));
    let all: Vec<_> = sections.flat_map(|s| notes(image, bytes, s.span)).collect();
    let count = |owner: &[u8]| all.iter().filter(|n| n.is_build_id() && n.owner == owner).count();
    count(b"GNU") <= 1 && count(b"Go") <= 1
}

/// Nothing is run there: no executable section holds these bytes, and where a segment makes them executable (linkers put the notes
/// beside the headers), all code of it stands behind them.
fn inert(image: &Image, span: Span) -> bool {
    let code = || {
        image
            .sections
            .iter()
            .filter(|s| s.has(SHF_EXECINSTR) && !s.span.is_empty())
    };
    let apart = code().all(|s| s.span.end <= span.start || span.end <= s.span.start);
    let executable = image.executable_segments();
    let among = executable
        .iter()
        .filter(|segment| segment.start < span.end && span.start < segment.end);
    let mut among = among.peekable();
    let before = code().all(|s| span.end <= s.span.start);
    apart && (among.peek().is_none() || before)
}

/// Types of owners that goblin does not know.
const NT_GO_BUILD_ID: u32 = 4;
const NT_FDO_PACKAGING_METADATA: u32 = 0xcafe_1a7e;

/// The longest build ID that tools make is 32 bytes; Go's is text.
const BUILD_ID: std::ops::RangeInclusive<usize> = 4..=64;
const GO_BUILD_ID: std::ops::RangeInclusive<usize> = 4..=128;

impl Note<'_> {
    fn is_build_id(&self) -> bool {
        matches!(
            (self.owner, self.kind),
            (b"GNU", NT_GNU_BUILD_ID) | (b"Go", NT_GO_BUILD_ID)
        )
    }

    /// `identifies`: a build ID can be nothing else.
    fn part(&self, identifies: bool) -> Part {
        let length = self.body.len();
        let identifier = |sizes: std::ops::RangeInclusive<usize>| {
            if identifies && sizes.contains(&length) {
                Role::Identifier
            } else {
                Role::Content
            }
        };
        let (name, role) = match (self.owner, self.kind) {
            (b"GNU", NT_GNU_BUILD_ID) => ("build ID".to_owned(), identifier(BUILD_ID)),
            (b"Go", NT_GO_BUILD_ID) => ("Go build ID".to_owned(), identifier(GO_BUILD_ID)),
            (b"FDO", NT_FDO_PACKAGING_METADATA) => ("package note".to_owned(), Role::String),
            (owner, kind) => (
                format!("note {} {kind:#x}", String::from_utf8_lossy(owner)),
                Role::Content,
            ),
        };
        let parts = vec![
            Part::field("note header", self.head, Role::Structure, Value::Raw),
            Part::field(name.clone(), self.body, role, Value::Raw),
        ];
        Part::group(name, Span::new(self.head.start, self.end), Order::Fixed, parts)
    }
}

/// goblin's own reader of notes wants owners in UTF-8, and keeps no place.
fn note<'b>(image: &Image, bytes: &'b [u8], rest: Span) -> Option<Note<'b>> {
    let header: Nhdr32 = structures::read(bytes.get(..rest.end)?, rest.start, image.head.ctx.le)?;
    let (owner_size, size) = (header.n_namesz as usize, header.n_descsz as usize);
    let mut at = image.cursor(bytes, rest);
    at.take(size_of::<Nhdr32>())?;
    // Go writes two NULs behind its name.
    let owner = at.take(owner_size)?;
    let owner = owner
        .iter()
        .rposition(|&c| c != 0)
        .map_or(&[][..], |last| &owner[..=last]);
    at.take(owner_size.checked_next_multiple_of(4)? - owner_size)?;
    let head = Span::new(rest.start, at.at);
    let body = Span::at(at.at, size);
    at.take(body.len())?;
    // The last note of a section may end without its padding.
    let end = (body.start + size.checked_next_multiple_of(4)?).min(rest.end);
    Some(Note {
        owner,
        kind: header.n_type,
        head,
        body,
        end,
    })
}
