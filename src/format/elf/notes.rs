//! Notes (gABI, "Note Section"): the build ID, Go's build ID, distributions' package notes.

use super::{
    ENTRIES,
    image::{Image, SHF_EXECINSTR, SHT_NOTE},
};
use crate::model::{Order, Part, Role, Span, Value};
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
    kind: u64,
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
    let sections = image.sections.iter().filter(|s| s.kind == SHT_NOTE);
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

/// The longest build ID that tools make is 32 bytes; Go's is text.
const BUILD_ID: std::ops::RangeInclusive<usize> = 4..=64;
const GO_BUILD_ID: std::ops::RangeInclusive<usize> = 4..=128;

impl Note<'_> {
    fn is_build_id(&self) -> bool {
        matches!((self.owner, self.kind), (b"GNU", 3) | (b"Go", 4))
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
            (b"GNU", 3) => ("build ID".to_owned(), identifier(BUILD_ID)),
            (b"Go", 4) => ("Go build ID".to_owned(), identifier(GO_BUILD_ID)),
            (b"FDO", 0xcafe_1a7e) => ("package note".to_owned(), Role::String),
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

fn note<'b>(image: &Image, bytes: &'b [u8], rest: Span) -> Option<Note<'b>> {
    let mut at = image.cursor(bytes, rest);
    let (owner_size, size, kind) = (at.u32()?, at.u32()?, at.u32()?);
    let padded = |n: u64| usize::try_from(n).ok().and_then(|n| n.checked_next_multiple_of(4));
    // Go writes two NULs behind its name.
    let owner = at.take(usize::try_from(owner_size).ok()?)?;
    let owner = owner
        .iter()
        .rposition(|&c| c != 0)
        .map_or(&[][..], |last| &owner[..=last]);
    at.take(padded(owner_size)? - usize::try_from(owner_size).ok()?)?;
    let head = Span::new(rest.start, at.at);
    let body = Span::at(at.at, usize::try_from(size).ok()?);
    at.take(body.len())?;
    // The last note of a section may end without its padding.
    let end = (body.start + padded(size)?).min(rest.end);
    Some(Note {
        owner,
        kind,
        head,
        body,
        end,
    })
}
