//! AArch64: the few classes of instructions that lead somewhere (Arm ARM, C4.1).

use super::{Code, Visit, signed};

/// A page in a register, as ADRP leaves it, and which word did it.
#[derive(Clone, Copy)]
struct Page {
    at: usize,
    page: u64,
    rest: u32,
}

pub(super) fn visit(code: &Code<'_>, each: Visit<'_>) {
    let mut pages: [Option<Page>; 32] = [None; 32];
    let mut found: Vec<(usize, u64, u32)> = Vec::new();
    for (i, bytes) in code.bytes.chunks_exact(4).enumerate() {
        let word = u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        let (at, address) = (i * 4, code.address.wrapping_add(i as u64 * 4));
        let to = |offset: i64| address.wrapping_add_signed(offset);
        let (to_register, from_register) = ((word & 31) as usize, (word >> 5 & 31) as usize);
        // B, BL; B.cond, CBZ, CBNZ, LDR (literal); TBZ, TBNZ; ADR; ADRP.
        match word {
            w if w & 0x7c00_0000 == 0x1400_0000 => found.push((at, to(signed(w, 0, 26, 2)), w & 0xfc00_0000)),
            w if w & 0xff00_0010 == 0x5400_0000 || w & 0x7e00_0000 == 0x3400_0000 || w & 0x3b00_0000 == 0x1800_0000 => {
                found.push((at, to(signed(w, 5, 19, 2)), w & 0xff00_001f));
            }
            w if w & 0x7e00_0000 == 0x3600_0000 => found.push((at, to(signed(w, 5, 14, 2)), w & 0xfff8_001f)),
            w if w & 0x1f00_0000 == 0x1000_0000 => {
                let offset = signed(w, 5, 19, 2) | i64::from(w >> 29 & 3);
                let rest = w & 0x9f00_001f;
                if w >> 31 == 0 {
                    found.push((at, to(offset), rest));
                    pages[to_register] = None;
                } else {
                    let page = (address & !0xfff).wrapping_add_signed(offset << 12);
                    pages[to_register] = Some(Page { at, page, rest });
                }
            }
            // ADD (immediate), LDR and STR (unsigned immediate): the page of a register, and how far into it.
            w if w & 0xffc0_0000 == 0x9100_0000 || w & 0x3b00_0000 == 0x3900_0000 => {
                let add = w & 0xffc0_0000 == 0x9100_0000;
                if let Some(page) = pages[from_register] {
                    let unit = match add {
                        true => 0,
                        // Loads of 128 bits have size 0 and the high bit of opc.
                        false if w & 0x0480_0000 == 0x0480_0000 && w >> 30 == 0 => 4,
                        false => w >> 30,
                    };
                    let target = page.page.wrapping_add(u64::from(w >> 10 & 0xfff) << unit);
                    found.push((page.at, target, page.rest));
                    found.push((at, target, w & 0xffc0_03ff));
                }
                // What is added to, or loaded into, the register is no page any more.
                if add || w & 0x0440_0000 == 0x0040_0000 {
                    pages[to_register] = None;
                }
            }
            _ => {}
        }
    }
    // One page may be used more than once: the first says where it leads.
    found.sort_by_key(|&(at, ..)| at);
    found.dedup_by_key(|&mut (at, ..)| at);
    for (at, target, rest) in found {
        each(at, 4, target, rest);
    }
}
