//! What in machine code leads where: branches, and operands that are addresses. x86 through iced-x86 (Intel SDM, volume 2); AArch64 by
//! the few classes of instructions that have one (Arm ARM, C4.1).

use crate::model::Isa;
use iced_x86::{Decoder, DecoderOptions, Instruction, OpKind};

/// A place in code: offset, bytes, the address that it leads to, and the other bits of these bytes.
pub(super) type Visit<'v> = &'v mut dyn FnMut(usize, u8, u64, u32);

/// Code, and what is known of the program.
pub(super) struct Code<'c> {
    pub(super) isa: Isa,
    /// Of the first byte.
    pub(super) address: u64,
    pub(super) bytes: &'c [u8],
    /// Whether the program is loaded at the addresses that it is linked for, so that an operand may be one.
    pub(super) fixed: bool,
    /// Whether something lies at an address.
    pub(super) known: &'c dyn Fn(u64) -> bool,
}

/// Visits them in order.
pub(super) fn visit(code: &Code<'_>, visit: Visit<'_>) {
    match code.isa {
        Isa::X86 => x86(32, code, visit),
        Isa::X86_64 => x86(64, code, visit),
        Isa::Arm64 => arm64(code, visit),
        Isa::Arm | Isa::Other => {}
    }
}

fn x86(bits: u32, code: &Code<'_>, visit: Visit<'_>) {
    let mut decoder = Decoder::with_ip(bits, code.bytes, code.address, DecoderOptions::NONE);
    let mut instruction = Instruction::default();
    while decoder.can_decode() {
        let at = decoder.position();
        decoder.decode_out(&mut instruction);
        let offsets = decoder.get_constant_offsets(&instruction);
        let (displacement, immediate) = (offsets.displacement_size() as u8, offsets.immediate_size() as u8);
        if displacement > 0 {
            let place = at + offsets.displacement_offset();
            if instruction.is_ip_rel_memory_operand() {
                visit(place, displacement, instruction.ip_rel_memory_address(), 0);
            } else if code.fixed && displacement >= 4 && (code.known)(instruction.memory_displacement64()) {
                visit(place, displacement, instruction.memory_displacement64(), 0);
            }
        }
        if immediate > 0 {
            let place = at + offsets.immediate_offset();
            if matches!(
                instruction.op0_kind(),
                OpKind::NearBranch16 | OpKind::NearBranch32 | OpKind::NearBranch64
            ) {
                visit(place, immediate, instruction.near_branch_target(), 0);
            } else if code.fixed && immediate >= 4 {
                let value = word(code.bytes, place, immediate.into());
                if (code.known)(value) {
                    visit(place, immediate, value, 0);
                }
            }
        }
    }
}

fn word(bytes: &[u8], at: usize, size: usize) -> u64 {
    let bytes = bytes.get(at..at + size).unwrap_or_default();
    bytes.iter().rev().fold(0, |value, &byte| value << 8 | u64::from(byte))
}

/// Bits of a word, as a signed number of so many bytes each.
fn signed(word: u32, low: u32, bits: u32, unit: u32) -> i64 {
    let field = i64::from(word >> low & ((1 << bits) - 1));
    let sign = 1 << (bits - 1);
    ((field ^ sign) - sign) << unit
}

/// A page in a register, as ADRP leaves it, and which word did it.
#[derive(Clone, Copy)]
struct Page {
    at: usize,
    page: u64,
    rest: u32,
}

fn arm64(code: &Code<'_>, visit: Visit<'_>) {
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
        visit(at, 4, target, rest);
    }
}
