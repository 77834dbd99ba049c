//! AArch64 functions as text without addresses.

use super::{
    image::Image,
    line::{Code, Line},
};
use crate::{format::disassemble, model::Isa};
use std::collections::{BTreeMap, BTreeSet};

/// A field that counts from the instruction's own address.
struct Relative {
    /// The bits of the field.
    mask: u32,
    /// The address that it leads to.
    to: u64,
    branch: bool,
    page: bool,
}

fn relative(word: u32, at: u64) -> Option<Relative> {
    let signed = |value: u32, bits: u32| (i64::from(value) << (64 - bits)) >> (64 - bits);
    let near = |mask: u32, shift: u32, bits: u32, branch| {
        let distance = signed((word & mask) >> shift, bits) * 4;
        Some(Relative {
            mask,
            to: at.wrapping_add_signed(distance),
            branch,
            page: false,
        })
    };
    if word & 0x7c00_0000 == 0x1400_0000 {
        return near(0x03ff_ffff, 0, 26, true);
    }
    if word & 0xff00_0000 == 0x5400_0000 || word & 0x7e00_0000 == 0x3400_0000 {
        return near(0x00ff_ffe0, 5, 19, true);
    }
    if word & 0x7e00_0000 == 0x3600_0000 {
        return near(0x0007_ffe0, 5, 14, true);
    }
    if word & 0x3b00_0000 == 0x1800_0000 {
        return near(0x00ff_ffe0, 5, 19, false);
    }
    if word & 0x1f00_0000 == 0x1000_0000 {
        let distance = signed((word >> 3 & 0x1f_fffc) | (word >> 29 & 3), 21);
        let page = word >> 31 == 1;
        let to = if page {
            (at & !0xfff).wrapping_add_signed(distance << 12)
        } else {
            at.wrapping_add_signed(distance)
        };
        return Some(Relative {
            mask: 0x60ff_ffe0,
            to,
            branch: false,
            page,
        });
    }
    None
}

/// The register and the distance of an `add` of a constant, or of a load or store at one.
fn low(word: u32) -> Option<(u32, u64)> {
    let base = word >> 5 & 31;
    let constant = u64::from(word >> 10 & 0xfff);
    if word & 0xff80_0000 == 0x9100_0000 {
        return Some((base, constant << ((word >> 22 & 1) * 12)));
    }
    if word & 0x3b00_0000 == 0x3900_0000 {
        // A load of sixteen bytes has no size of its own.
        let vector = word >> 26 & 1 == 1 && word >> 23 & 1 == 1 && word >> 30 == 0;
        return Some((base, constant << if vector { 4 } else { word >> 30 }));
    }
    None
}

fn words(code: &Code) -> Vec<(u64, u32)> {
    let whole = code.bytes.chunks_exact(4).zip(0u64..);
    whole
        .map(|(bytes, n)| {
            let word = bytes.iter().rev().fold(0, |word, &byte| word << 8 | u32::from(byte));
            (n * 4, word)
        })
        .collect()
}

/// The lines of a function.
pub(super) fn lines(image: &Image, code: &Code) -> Vec<Line> {
    let words = words(code);
    let size = code.bytes.len() as u64;
    let inside = |to: u64| {
        let distance = to.wrapping_sub(code.address);
        (distance < size).then_some(distance)
    };
    let free = |at: u64| image.relocation(code.section, code.offset + at).is_none();
    let targets: BTreeSet<u64> = words
        .iter()
        .filter(|(at, _)| free(*at))
        .filter_map(|&(at, word)| relative(word, code.address.wrapping_add(at)).filter(|r| r.branch))
        .filter_map(|r| inside(r.to))
        .collect();
    let labels: BTreeMap<u64, String> = targets
        .into_iter()
        .zip(1..)
        .map(|(at, n)| (at, format!("L{n}")))
        .collect();
    let mut pages: BTreeMap<u32, u64> = BTreeMap::new();
    let mut lines = Vec::new();
    for &(at, word) in &words {
        if let Some(label) = labels.get(&at) {
            lines.push(Line::label(label));
        }
        let address = code.address.wrapping_add(at);
        let found = relative(word, address);
        let mut page = None;
        let (mask, name, kind) = if let Some(r) = image.relocation(code.section, code.offset + at) {
            let mask = found.as_ref().map_or(0, |r| r.mask);
            (mask, Some(image.target(r, 0, None, 0)), format!(" R{}", r.kind))
        } else if let Some(r) = &found {
            page = r.page.then_some(r.to);
            let label = inside(r.to).and_then(|at| labels.get(&at)).filter(|_| r.branch);
            let name = match label {
                Some(label) => Some(label.clone()),
                None if r.page => Some("page".to_owned()),
                None if image.relocatable => {
                    let place = r.to.wrapping_sub(code.address).wrapping_add(code.offset);
                    Some(image.place(code.section, place, None, 0))
                }
                None => image.at_address(r.to, None, 0),
            };
            (if name.is_some() { r.mask } else { 0 }, name, String::new())
        } else {
            let known = low(word).and_then(|(base, distance)| Some(pages.get(&base)?.wrapping_add(distance)));
            let name = known.and_then(|to| image.at_address(to, None, 0));
            (if name.is_some() { 0x003f_fc00 } else { 0 }, name, String::new())
        };
        // What an instruction writes is no page any more; a store writes nothing, but that costs only the name.
        pages.remove(&(word & 31));
        if let Some(page) = page {
            pages.insert(word & 31, page);
        }
        let blank = word & !mask;
        let shown = disassemble::window(Isa::Arm64, 0, &blank.to_le_bytes(), 0, 0, 1);
        let text = shown.into_iter().next().map(|line| line.text).unwrap_or_default();
        lines.push(Line {
            text: named(text, name),
            encoding: format!("{blank:08x}{kind}"),
        });
    }
    let rest: Vec<String> = code
        .bytes
        .chunks_exact(4)
        .remainder()
        .iter()
        .map(|byte| format!("{byte:#04x}"))
        .collect();
    if !rest.is_empty() {
        lines.push(Line {
            text: format!(".byte  {}", rest.join(",")),
            encoding: String::new(),
        });
    }
    lines
}

/// An instruction whose last operand is a name.
fn named(text: String, name: Option<String>) -> String {
    let Some(name) = name else { return text };
    let head = text.strip_suffix("#0x0").or_else(|| text.strip_suffix("0x0"));
    match head {
        Some(head) => format!("{head}{name}"),
        None => format!("{text}  // {name}"),
    }
}

/// The address of the word that a stub jumps through.
pub(super) fn jumps_through(stub: &[u8], address: u64) -> Option<u64> {
    let mut page = None;
    for (bytes, n) in stub.chunks_exact(4).zip(0u64..) {
        let word = bytes.iter().rev().fold(0, |word, &byte| word << 8 | u32::from(byte));
        if let Some(found) = relative(word, address.wrapping_add(n * 4)).filter(|r| r.page) {
            page = Some((word & 31, found.to));
        } else if let (Some((register, page)), Some((base, distance))) = (page, low(word))
            && base == register
        {
            return Some(page.wrapping_add(distance));
        }
    }
    None
}
