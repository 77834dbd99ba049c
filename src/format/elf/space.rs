//! How a program is laid out: its loaded sections, and what in them leads where.

use super::{image::Image, objects, section::Section};
use crate::{
    format::operands::{self, Code},
    model::{Holds, Piece, Pointer, Space, Span},
};
use goblin::elf::{
    header::{ET_DYN, ET_EXEC, ET_REL},
    program_header::PT_LOAD,
    section_header::{
        SHF_ALLOC, SHF_EXECINSTR, SHF_TLS, SHT_FINI_ARRAY, SHT_INIT_ARRAY, SHT_NOBITS, SHT_PREINIT_ARRAY, SHT_PROGBITS,
        SHT_REL, SHT_RELA,
    },
};

/// Links are kept by offsets of 32 bits.
const LARGEST: usize = u32::MAX as usize;

/// The loaded sections by address; nothing of what is no linked program, or is laid out as no linker does it.
pub(super) fn space(image: &Image) -> Option<Space> {
    if !matches!(image.head.header.e_type, ET_DYN | ET_EXEC | ET_REL) || image.file().len() > LARGEST {
        return None;
    }
    let indices = (0..image.sections.len()).filter(|&i| placed(&image.sections[i]));
    // Section headers that say another thing than program headers do say nothing.
    if !image.relocatable() && !indices.clone().all(|i| loaded(image, &image.sections[i])) {
        return None;
    }
    let mut pieces: Vec<Piece> = indices.map(|i| piece(image, i)).collect();
    pieces.extend(headers(image).filter(|_| !image.relocatable()));
    Space::of(pieces, image.head.big(), image.word() == 4)
}

/// Loaded, with memory of its own: what threads start with has none where it has no bytes.
pub(super) fn placed(s: &Section) -> bool {
    s.has(SHF_ALLOC) && s.header.sh_size > 0 && !(s.has(SHF_TLS) && s.is(SHT_NOBITS))
}

/// A segment has the section in memory where its header says, and from where it lies in the file.
fn loaded(image: &Image, s: &Section) -> bool {
    image.segments_of(PT_LOAD).any(|segment| {
        let Some(from) = s.header.sh_addr.checked_sub(segment.p_vaddr) else {
            return false;
        };
        let end = from.saturating_add(s.header.sh_size);
        match s.is(SHT_NOBITS) {
            true => from >= segment.p_filesz && end <= segment.p_memsz,
            false => end <= segment.p_filesz && segment.p_offset.checked_add(from) == Some(s.header.sh_offset),
        }
    })
}

fn piece(image: &Image, index: usize) -> Piece {
    let s = &image.sections[index];
    Piece {
        name: s.label.clone(),
        holds: holds(s),
        span: if s.is(SHT_NOBITS) { Span::default() } else { s.span },
        address: image.address(index),
        size: s.header.sh_size,
    }
}

pub(super) fn holds(s: &Section) -> Holds {
    let pointers = [SHT_INIT_ARRAY, SHT_FINI_ARRAY, SHT_PREINIT_ARRAY];
    let data = s.is(SHT_PROGBITS) || pointers.iter().any(|&kind| s.is(kind));
    match s.name() {
        ".eh_frame" | ".eh_frame_hdr" | ".gcc_except_table" | ".interp" => Holds::Table,
        _ if s.has(SHF_EXECINSTR) => Holds::Code,
        _ if data => Holds::Data,
        _ => Holds::Table,
    }
}

/// The file's header and the program headers, where they are loaded.
fn headers(image: &Image) -> Option<Piece> {
    let size = image.segment_table.span.end.max(image.header().end);
    let first = image
        .segments_of(PT_LOAD)
        .find(|s| s.p_offset == 0 && s.p_filesz >= size as u64)?;
    Some(Piece {
        name: "headers".to_owned(),
        holds: Holds::Table,
        span: Span::new(0, size),
        address: first.p_vaddr,
        size: size as u64,
    })
}

/// What leads where, by where it stands.
pub(super) fn links(image: &Image, space: &Space) -> Vec<Pointer> {
    if image.relocatable() {
        return objects::links(image);
    }
    let mut found = Vec::new();
    let known = |address: u64| space.at(address).is_some();
    let fixed = image.head.header.e_type == ET_EXEC;
    for piece in space.pieces.iter().filter(|piece| !piece.span.is_empty()) {
        match piece.holds {
            Holds::Code => {
                let code = Code {
                    isa: image.isa(),
                    address: piece.address,
                    bytes: piece.span.of(image.file()),
                    fixed,
                    thumb: image.head.header.e_entry & 1 == 1 && !piece.name.starts_with(".plt"),
                    known: &known,
                };
                operands::visit(&code, &mut |at, size, target, rest| {
                    found.push(Pointer {
                        at: (piece.span.start + at) as u32,
                        size,
                        target,
                        rest,
                        loose: false,
                    });
                });
            }
            Holds::Data if fixed || pointers(&piece.name) => words(image, piece, &known, &mut found),
            _ => {}
        }
    }
    if !fixed {
        found.extend(relocated(image, space, &known));
    }
    found.sort_unstable_by_key(|link| (link.at, link.loose, link.size));
    // Links do not overlap.
    let mut end = 0;
    found.retain(|link| {
        let apart = link.span().start >= end;
        end = if apart { link.span().end } else { end };
        apart
    });
    found
}

/// Sections of nothing but addresses.
fn pointers(name: &str) -> bool {
    [
        ".got",
        ".init_array",
        ".fini_array",
        ".preinit_array",
        ".ctors",
        ".dtors",
    ]
    .iter()
    .any(|start| name.starts_with(start))
}

/// Words that are addresses, where a program is loaded at those that it is linked for.
fn words(image: &Image, piece: &Piece, known: &dyn Fn(u64) -> bool, found: &mut Vec<Pointer>) {
    let size = image.word();
    let ahead = piece.address.next_multiple_of(size as u64) - piece.address;
    let mut at = piece.span.start + ahead as usize;
    while at + size <= piece.span.end {
        let target = image.number(at, size);
        if target != 0 && known(target) {
            found.push(Pointer {
                at: at as u32,
                size: size as u8,
                target,
                rest: 0,
                loose: false,
            });
        }
        at += size;
    }
}

/// Words that the loader changes: they hold an address before, or their relocation does. Behind one often stands how long what it leads
/// to is.
fn relocated(image: &Image, space: &Space, known: &dyn Fn(u64) -> bool) -> Vec<Pointer> {
    let mut found = Vec::new();
    let size = image.word();
    let tables = image
        .sections
        .iter()
        .filter(|s| s.has(SHF_ALLOC) && (s.is(SHT_REL) || s.is(SHT_RELA)));
    for table in tables {
        let Some(all) = image.head.relocations(table.header.sh_type, table.span) else {
            continue;
        };
        for entry in all.all(image.file()) {
            let Some(piece) = space.at(entry.r_offset).filter(|piece| piece.holds == Holds::Data) else {
                continue;
            };
            let Some(at) = piece.offset(entry.r_offset).filter(|at| at + size <= piece.span.end) else {
                continue;
            };
            let held = image.number(at, size);
            // Where the relocation says it, linkers leave nothing here, or the same.
            let addend = entry.r_addend.filter(|_| entry.r_sym == 0).map(i64::cast_unsigned);
            let (target, rest) = match addend {
                Some(addend) if held == 0 || held == addend => (addend, u32::from(held == 0)),
                None if held != 0 => (held, 0),
                _ => continue,
            };
            if !known(target) {
                continue;
            }
            let pointer = |at: usize, target: u64, rest: u32, loose: bool| Pointer {
                at: at as u32,
                size: size as u8,
                target,
                rest,
                loose,
            };
            found.push(pointer(at, target, rest, false));
            if at + 2 * size <= piece.span.end {
                let length = image.number(at + size, size);
                let end = target.saturating_add(length);
                if (1..=LONGEST).contains(&length) && (known(end) || known(end - 1)) {
                    found.push(pointer(at + size, end, 0, true));
                }
            }
        }
    }
    found
}

/// The longest string whose length is looked for.
const LONGEST: u64 = 4096;
