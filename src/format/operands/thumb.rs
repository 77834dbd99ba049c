//! 32-bit Arm's Thumb code (Arm ARM for ARMv7-A, A6): branches, and the two ways to an address: words behind the code that count from where
//! they are added to the program counter, and halves of an address in two instructions.

use super::{Code, Visit, signed};

pub(super) fn visit(code: &Code<'_>, each: Visit<'_>) {
    let mut state = State {
        code,
        literals: [None; 16],
        halves: [None; 16],
        found: Vec::new(),
    };
    let half = |at: usize| {
        let bytes = code.bytes.get(at..)?.first_chunk::<2>()?;
        Some(u32::from(u16::from_le_bytes(*bytes)))
    };
    let mut at = 0;
    while let Some(first) = half(at) {
        // The first half of a long instruction begins with 0b11101, 0b11110 or 0b11111.
        match half(at + 2).filter(|_| first >> 11 >= 0x1d) {
            Some(second) => {
                state.long(at, first, second);
                at += 4;
            }
            None => {
                state.short(at, first);
                at += 2;
            }
        }
    }
    state.arm();
    state.found.sort_unstable();
    state.found.dedup_by_key(|&mut (at, ..)| at);
    for (at, size, target, rest) in state.found {
        each(at, size, target, rest);
    }
}

struct State<'c> {
    code: &'c Code<'c>,
    /// The offset of the word that a register was loaded with.
    literals: [Option<usize>; 16],
    /// The low half of an address in a register: where, the half, and the other bits.
    halves: [Option<(usize, u64, u32)>; 16],
    found: Vec<(usize, u8, u64, u32)>,
}

impl State<'_> {
    /// The program counter, as an instruction at an offset reads it.
    fn counter(&self, at: usize) -> u64 {
        self.code.address.wrapping_add(at as u64 + 4)
    }
    fn lead(&mut self, at: usize, size: u8, offset: i64, rest: u32) {
        let target = self.counter(at).wrapping_add_signed(offset) & u64::from(u32::MAX);
        self.found.push((at, size, target, rest));
    }
    /// The offset of a word that counts from the program counter.
    fn literal(&self, at: usize, offset: i64) -> Option<usize> {
        let base = self.counter(at) & !3;
        usize::try_from(base.wrapping_add_signed(offset).checked_sub(self.code.address)?).ok()
    }
    fn short(&mut self, at: usize, word: u32) {
        let low = (word & 7) as usize;
        match word {
            // B<c>, B, CBZ and CBNZ.
            w if w & 0xf000 == 0xd000 && w >> 8 & 15 < 14 => self.lead(at, 2, signed(w, 0, 8, 1), w & 0xff00),
            w if w & 0xf800 == 0xe000 => self.lead(at, 2, signed(w, 0, 11, 1), w & 0xf800),
            w if w & 0xf500 == 0xb100 => {
                let offset = i64::from(w >> 9 & 1) << 6 | i64::from(w >> 3 & 31) << 1;
                self.lead(at, 2, offset, w & 0xfd07);
            }
            // LDR (literal).
            w if w & 0xf800 == 0x4800 => {
                self.literals[(w >> 8 & 7) as usize] = self.literal(at, i64::from(w & 0xff) << 2);
            }
            // ADD Rd, PC.
            w if w & 0xff78 == 0x4478 => {
                let register = (w >> 4 & 8) as usize | low;
                if let Some(place) = self.literals[register].take() {
                    let bytes = self.code.bytes.get(place..).and_then(|bytes| bytes.first_chunk::<4>());
                    if let Some(bytes) = bytes {
                        let sum = self.counter(at).wrapping_add_signed(i32::from_le_bytes(*bytes).into());
                        self.found.push((place, 4, sum & u64::from(u32::MAX), 0));
                    }
                }
            }
            _ => {}
        }
    }
    /// What start files have in Arm's own code: LDR (literal), and ADD to the program counter.
    fn arm(&mut self) {
        let mut literals: [Option<(usize, usize)>; 16] = [None; 16];
        for (i, bytes) in self.code.bytes.chunks_exact(4).enumerate() {
            let word = u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
            let (at, register) = (i * 4, (word >> 12 & 15) as usize);
            if word & 0xffff_0000 == 0xe59f_0000 {
                literals[register] = Some((at, at + 8 + (word & 0xfff) as usize));
            } else if word == 0xe08f_0000 | (register as u32) << 12 | register as u32
                && let Some((first, place)) = literals[register].take()
                && let Some(bytes) = self.code.bytes.get(place..).and_then(|bytes| bytes.first_chunk::<4>())
            {
                let sum = self
                    .counter(at + 4)
                    .wrapping_add_signed(i32::from_le_bytes(*bytes).into());
                // What was read there as Thumb code is none.
                self.found.retain(|&(other, ..)| other < first || place + 4 <= other);
                self.found.push((place, 4, sum & u64::from(u32::MAX), 0));
            }
        }
    }
    fn long(&mut self, at: usize, first: u32, second: u32) {
        let word = first << 16 | second;
        // BL, B; BLX; B<c>.
        if first & 0xf800 == 0xf000 && second & 0x8000 != 0 {
            let bits = |low: u32, count: u32| word >> low & ((1 << count) - 1);
            let (sign, j1, j2) = (bits(26, 1), bits(13, 1), bits(11, 1));
            if second & 0x5000 == 0 {
                if first >> 6 & 14 != 14 {
                    let offset = sign << 19 | j2 << 18 | j1 << 17 | bits(16, 6) << 11 | bits(0, 11);
                    self.lead(at, 4, signed(offset, 0, 20, 1), word & 0xfbc0_d000);
                }
                return;
            }
            let (i1, i2) = (1 ^ j1 ^ sign, 1 ^ j2 ^ sign);
            let offset = sign << 23 | i1 << 22 | i2 << 21 | bits(16, 10) << 11 | bits(0, 11);
            // BLX leads to a word.
            let aligned = if second & 0x1000 == 0 { self.counter(at) & 2 } else { 0 };
            self.lead(
                at,
                4,
                signed(offset, 0, 24, 1) - i64::from(aligned as u32),
                word & 0xf800_d000,
            );
            return;
        }
        // LDR (literal).
        if first & 0xff7f == 0xf85f {
            let offset = i64::from(second & 0xfff);
            let offset = if first & 0x80 == 0 { -offset } else { offset };
            self.literals[(second >> 12) as usize] = self.literal(at, offset);
            return;
        }
        // MOVW, then MOVT.
        let value = u64::from((first & 15) << 12 | (first >> 10 & 1) << 11 | (second >> 12 & 7) << 8 | second & 0xff);
        let (register, rest) = ((second >> 8 & 15) as usize, word & 0xfbf0_8f00);
        match first & 0xfbf0 {
            0xf240 => self.halves[register] = Some((at, value, rest)),
            0xf2c0 => {
                if let Some((low_at, low, low_rest)) = self.halves[register].take() {
                    let target = value << 16 | low;
                    if self.code.fixed && (self.code.known)(target) {
                        self.found.push((low_at, 4, target, low_rest));
                        self.found.push((at, 4, target, rest));
                    }
                }
            }
            _ => {}
        }
    }
}
