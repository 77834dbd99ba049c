//! What in machine code leads where: branches, and operands that are addresses. One file an instruction set.

mod arm64;
mod thumb;
mod x86;

use crate::model::Isa;

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
    /// Whether 32-bit Arm's code is Thumb code.
    pub(super) thumb: bool,
    /// Whether something lies at an address.
    pub(super) known: &'c dyn Fn(u64) -> bool,
}

/// Visits them in order.
pub(super) fn visit(code: &Code<'_>, visit: Visit<'_>) {
    match code.isa {
        Isa::X86 => x86::visit(32, code, visit),
        Isa::X86_64 => x86::visit(64, code, visit),
        Isa::Arm64 => arm64::visit(code, visit),
        Isa::Arm if code.thumb => thumb::visit(code, visit),
        Isa::Arm | Isa::Other => {}
    }
}

/// Bits of a word, as a signed number of so many bytes each.
fn signed(word: u32, low: u32, bits: u32, unit: u32) -> i64 {
    let field = i64::from(word >> low & ((1 << bits) - 1));
    let sign = 1 << (bits - 1);
    ((field ^ sign) - sign) << unit
}
