//! Tiles a file by its sections; a file without sections by its headers only.

use super::{
    code, compressed, data, debug, dynamic, eh, headers, image::Image, notes, relocations, small, strings, symbols,
    versions,
};
use crate::model::{Blob, Part, Role, Span, Value};
use goblin::elf::section_header::{
    SHF_ALLOC, SHF_EXECINSTR, SHF_MERGE, SHF_STRINGS, SHT_DYNAMIC, SHT_DYNSYM, SHT_FINI_ARRAY, SHT_GNU_VERDEF,
    SHT_GNU_VERNEED, SHT_GNU_VERSYM, SHT_INIT_ARRAY, SHT_NOTE, SHT_PREINIT_ARRAY, SHT_PROGBITS, SHT_REL, SHT_RELA,
    SHT_STRTAB, SHT_SYMTAB,
};
use std::sync::Arc;

/// What stands at a place of the file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Tile {
    Header,
    Segments,
    Table,
    Section(usize),
}

/// Every part of the file.
pub(super) fn parts(mut image: Image, bytes: &Blob) -> Vec<Part> {
    let mut tiles = vec![
        (image.header(), Tile::Header),
        (image.segment_table.span, Tile::Segments),
        (image.section_table.span, Tile::Table),
    ];
    tiles.extend(
        image
            .sections
            .iter()
            .enumerate()
            .map(|(i, s)| (s.span, Tile::Section(i))),
    );
    tiles.retain(|(span, _)| !span.is_empty());
    tiles.sort_by_key(|&(span, tile)| (span.start, span.end, tile));
    let mut kept = Vec::with_capacity(tiles.len());
    let mut at = 0;
    // Where two overlap, the first has the bytes; the other is no part, and its header is not taken for right.
    for (span, tile) in tiles {
        if span.start >= at {
            kept.push((span, tile));
            at = span.end;
        }
    }
    for (_, tile) in &kept {
        if let Tile::Section(i) = tile {
            image.sections[*i].placed = true;
        }
    }
    let image = &Arc::new(image);
    let mut parts = Vec::with_capacity(kept.len() * 2 + 2);
    let mut at = 0;
    for (span, tile) in kept {
        let part = match tile {
            Tile::Header => headers::file(image),
            Tile::Segments => headers::segments(image),
            Tile::Table => headers::sections(image),
            Tile::Section(i) => section(image, i),
        };
        // Also where it is empty: the other side may need some here.
        if at > 0 {
            parts.push(padding(bytes, Span::new(at, span.start), &part.name));
        }
        parts.push(part);
        at = span.end;
    }
    parts.extend(small::appended(bytes, Span::new(at, bytes.len())));
    parts
}

fn padding(bytes: &Blob, span: Span, before: &str) -> Part {
    let valid = bytes[span.start..span.end].iter().all(|&b| b == 0);
    Part::field(
        format!("padding before {before}"),
        span,
        Role::Padding,
        Value::Derived { valid },
    )
}

fn section(image: &Arc<Image>, i: usize) -> Part {
    let part = read(image, i);
    let (s, linked) = (&image.sections[i], !image.relocatable());
    // Names of symbols bind objects; of a program, debuggers read them.
    if INERT.contains(&s.name()) || linked && s.name() == ".strtab" && !image.loaded(s) {
        part.inert()
    } else {
        part
    }
}

/// Debug information and the compilers' versions, which no program loads: a section that is loaded has another name by now.
const INERT: &[&str] = &[
    ".debug_info",
    ".debug_types",
    ".debug_line",
    ".debug_str",
    ".debug_line_str",
    ".debug_str_offsets",
    ".rela.debug_info",
    ".rela.debug_line",
    ".rela.debug_str_offsets",
    ".comment",
];

fn read(image: &Arc<Image>, i: usize) -> Part {
    let s = &image.sections[i];
    let field = |role| Part::field(s.label.clone(), s.span, role, Value::Raw);
    if s.compressed() {
        return compressed::section(image, i);
    }
    if let Some(part) = eh::section(image, i) {
        return part;
    }
    match s.header.sh_type {
        SHT_STRTAB => return strings::table(image, i, s.label.clone(), s.span),
        SHT_SYMTAB | SHT_DYNSYM => return symbols::table(image, i),
        SHT_REL | SHT_RELA => return relocations::table(image, i),
        SHT_GNU_VERSYM => return versions::of_symbols(image, i),
        SHT_GNU_VERDEF | SHT_GNU_VERNEED => return versions::table(image, i),
        SHT_DYNAMIC => return dynamic::table(image, i),
        SHT_NOTE => return notes::section(image, i),
        SHT_PROGBITS => {}
        SHT_INIT_ARRAY | SHT_FINI_ARRAY | SHT_PREINIT_ARRAY => {
            return data::section(image, i).unwrap_or_else(|| field(Role::Content));
        }
        _ => return field(Role::Content),
    }
    if let Some(part) = debug::section(image, i, s.label.clone(), s.span) {
        return part;
    }
    match s.name() {
        ".comment" => return small::strings(image, i, "string", Role::Version),
        ".GCC.command.line" => return small::strings(image, i, "option", Role::String),
        ".interp" => return field(Role::String),
        ".gnu_debuglink" | ".gnu_debugaltlink" => return small::debug_link(image, i),
        ".gnu_debugdata" => return Part::stored(s.label.clone(), s.span).hinted("xz"),
        ".eh_frame" | ".eh_frame_hdr" => return field(Role::Content),
        _ => {}
    }
    if let Some(part) = data::section(image, i) {
        return part;
    }
    if matches!(s.name(), ".got" | ".got.plt") {
        return field(Role::Content);
    }
    if s.has(SHF_EXECINSTR) {
        code::section(image, i)
    } else if s.has(SHF_ALLOC) {
        field(Role::Data)
    } else if s.has(SHF_MERGE) && s.has(SHF_STRINGS) {
        strings::table(image, i, s.label.clone(), s.span)
    } else {
        field(Role::Content)
    }
}
