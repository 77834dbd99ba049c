//! How a program is laid out: its loaded sections, and what in them leads where.

use super::{image::Image, section::Section};
use crate::{
    format::operands::{self, Code},
    model::{Holds, Piece, Pointer, Space, Span},
};
use goblin::elf::{
    header::{ET_DYN, ET_EXEC},
    program_header::PT_LOAD,
    section_header::{
        SHF_ALLOC, SHF_EXECINSTR, SHF_TLS, SHT_DYNAMIC, SHT_FINI_ARRAY, SHT_INIT_ARRAY, SHT_NOBITS, SHT_PREINIT_ARRAY,
        SHT_PROGBITS, SHT_REL, SHT_RELA,
    },
};

/// Links are kept by offsets of 32 bits.
const LARGEST: usize = u32::MAX as usize;

/// The loaded sections by address; nothing of what is no linked program, or is laid out as no linker does it.
pub(super) fn space(image: &Image) -> Option<Space> {
    if !matches!(image.head.header.e_type, ET_DYN | ET_EXEC) || image.file().len() > LARGEST {
        return None;
    }
    let mut pieces: Vec<Piece> = image.sections.iter().filter(|s| placed(s)).map(piece).collect();
    pieces.extend(headers(image));
    pieces.sort_by_key(|piece| (piece.address, piece.end()));
    let apart = pieces.windows(2).all(|pair| pair[0].end() <= pair[1].address);
    (apart && !pieces.is_empty()).then(|| Space {
        pieces,
        links: Vec::new(),
        big: image.head.big(),
    })
}

/// Loaded, with memory of its own: what threads start with has none where it has no bytes.
pub(super) fn placed(s: &Section) -> bool {
    s.has(SHF_ALLOC) && s.header.sh_size > 0 && !(s.has(SHF_TLS) && s.is(SHT_NOBITS))
}

fn piece(s: &Section) -> Piece {
    Piece {
        name: s.label.clone(),
        holds: holds(s),
        span: if s.is(SHT_NOBITS) { Span::default() } else { s.span },
        address: s.header.sh_addr,
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
    let mut found = Vec::new();
    let known = |address: u64| {
        let index = space.pieces.partition_point(|piece| piece.address <= address);
        let before = index.checked_sub(1).map(|i| &space.pieces[i]);
        before.is_some_and(|piece| address < piece.end())
    };
    let fixed = image.head.header.e_type == ET_EXEC;
    for piece in space.pieces.iter().filter(|piece| !piece.span.is_empty()) {
        match piece.holds {
            Holds::Code => {
                let code = Code {
                    isa: image.isa(),
                    address: piece.address,
                    bytes: piece.span.of(image.file()),
                    fixed,
                    known: &known,
                };
                operands::visit(&code, &mut |at, size, target, rest| {
                    found.push(Pointer {
                        at: (piece.span.start + at) as u32,
                        size,
                        target,
                        rest,
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
    found.sort_unstable_by_key(|link| (link.at, link.size));
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
        if known(target) {
            found.push(Pointer {
                at: at as u32,
                size: size as u8,
                target,
                rest: 0,
            });
        }
        at += size;
    }
}

/// Words that the loader changes, and that hold an address before.
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
            let index = space.pieces.partition_point(|piece| piece.address <= entry.r_offset);
            let piece = index.checked_sub(1).map(|i| &space.pieces[i]);
            let Some(at) = piece
                .filter(|p| p.holds == Holds::Data)
                .and_then(|p| p.offset(entry.r_offset))
            else {
                continue;
            };
            if at + size <= image.file().len() && known(image.number(at, size)) {
                found.push(Pointer {
                    at: at as u32,
                    size: size as u8,
                    target: image.number(at, size),
                    rest: 0,
                });
            }
        }
    }
    let _ = SHT_DYNAMIC;
    found
}
