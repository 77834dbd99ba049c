//! How an image is laid out: its sections, and what in them leads where.

use crate::{
    format::{
        coff::Section,
        operands::{self, Code},
        placed::Placed,
        sections::Words,
    },
    model::{Blob, Body, Holds, Isa, Order, Part, Parts, Piece, Pointer, Role, Space, Span, Value},
};

/// What an image is made of.
pub(super) struct Image<'i> {
    pub(super) bytes: &'i Blob,
    pub(super) sections: &'i [Section],
    pub(super) base: u64,
    pub(super) isa: Isa,
    pub(super) wide: bool,
}

/// The sections by address; nothing where they overlap.
pub(super) fn space(image: &Image<'_>) -> Option<Space> {
    let sections = image.sections.iter();
    let pieces: Option<Vec<Piece>> = sections.map(|section| piece(image, section)).collect();
    let mut pieces = pieces?;
    pieces.retain(|piece| piece.size > 0);
    Space::of(pieces, false, !image.wide).filter(|_| u32::try_from(image.bytes.len()).is_ok())
}

fn piece(image: &Image<'_>, section: &Section) -> Option<Piece> {
    let all = section.span(image.bytes.len()).ok()?;
    let size = if section.memory() > 0 {
        section.memory()
    } else {
        all.len()
    };
    let holds = match section.name() {
        ".pdata" | ".xdata" | ".idata" | ".edata" | ".reloc" | ".rsrc" | ".tls" => Holds::Table,
        _ if section.discarded() || all.is_empty() => Holds::Table,
        _ if section.runs() => Holds::Code,
        _ => Holds::Data,
    };
    Some(Piece {
        name: section.name().to_owned(),
        holds,
        span: Span::at(all.start, all.len().min(size)),
        address: image.base.wrapping_add(section.address()),
        size: size as u64,
    })
}

/// What leads where, by where it stands.
pub(super) fn links(image: &Image<'_>, space: &Space) -> Vec<Pointer> {
    let mut found = Vec::new();
    let known = |address: u64| space.at(address).is_some();
    for piece in space.pieces.iter().filter(|piece| piece.holds == Holds::Code) {
        let code = Code {
            isa: image.isa,
            address: piece.address,
            bytes: piece.span.of(image.bytes),
            fixed: !image.wide,
            thumb: false,
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
    found.extend(relocated(image, space));
    found.sort_unstable_by_key(|link| (link.at, link.size));
    found.dedup_by_key(|link| link.at);
    found
}

/// Words that a loader changes (PE Format, ".reloc"): blocks of a page each.
fn relocated(image: &Image<'_>, space: &Space) -> Vec<Pointer> {
    let words = Words::little(image.bytes);
    let mut found = Vec::new();
    let table = space
        .pieces
        .iter()
        .find(|piece| piece.name == ".reloc")
        .map(|piece| piece.span);
    let table = table.unwrap_or_default();
    let mut at = table.start;
    while let (Ok(page), Ok(size)) = (words.u32(at), words.position(at + 4, 4)) {
        let Some(end) = at.checked_add(size).filter(|&end| size >= 8 && end <= table.end) else {
            break;
        };
        for entry in (at + 8..end.saturating_sub(1)).step_by(2) {
            let Ok(entry) = words.u16(entry) else { break };
            // IMAGE_REL_BASED_HIGHLOW and DIR64.
            let size = match entry >> 12 {
                3 => 4,
                10 => 8,
                _ => continue,
            };
            let address = image.base.wrapping_add(page + (entry & 0xfff));
            let piece = space.at(address).filter(|piece| piece.holds == Holds::Data);
            let place = piece.and_then(|piece| piece.offset(address));
            if let Some(place) = place
                && let Ok(target) = words.number(place, size)
            {
                found.push(Pointer {
                    at: place as u32,
                    size: size as u8,
                    target,
                    rest: 0,
                    loose: false,
                });
            }
        }
        at = end;
    }
    found
}

/// The parts of a section, its code with what leads where and its data in pieces.
pub(super) fn placed(placed: &Placed, image: &Image<'_>, section: &Section, parts: Vec<Part>) -> Vec<Part> {
    let address = image.base.wrapping_add(section.address());
    let one = |mut part: Part| {
        let span = part.span;
        if let Body::Group(group) = &mut part.body
            && let Parts::Ready(inside) = &mut group.parts
        {
            let plain = matches!(inside.as_slice(), [only] if matches!(only.body, Body::Field(Role::Data, _)));
            if let Some(data) = placed.data(image.bytes, span, address).filter(|_| plain) {
                return Part::group(part.name, span, Order::Keys, data);
            }
            for code in inside {
                if let Body::Field(_, Value::Code { links, .. }) = &mut code.body {
                    *links = placed.links(code.span);
                }
            }
        }
        part
    };
    parts.into_iter().map(one).collect()
}
