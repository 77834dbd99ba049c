//! x86, through iced-x86 (Intel SDM, volume 2).

use super::{Code, Visit};
use iced_x86::{Decoder, DecoderOptions, Instruction, Mnemonic, OpKind, Register};

pub(super) fn visit(bits: u32, code: &Code<'_>, each: Visit<'_>) {
    let mut decoder = Decoder::with_ip(bits, code.bytes, code.address, DecoderOptions::NONE);
    let mut instruction = Instruction::default();
    let mut base = Base::default();
    while decoder.can_decode() {
        let at = decoder.position();
        decoder.decode_out(&mut instruction);
        base.call(code, &instruction);
        let offsets = decoder.get_constant_offsets(&instruction);
        let (displacement, immediate) = (offsets.displacement_size() as u8, offsets.immediate_size() as u8);
        if displacement > 0 {
            let place = at + offsets.displacement_offset();
            if instruction.is_ip_rel_memory_operand() {
                each(place, displacement, instruction.ip_rel_memory_address(), 0);
            } else if let Some(target) = base
                .of(&instruction)
                .filter(|&target| displacement == 4 && (code.known)(target))
            {
                each(place, displacement, target, 0);
            } else if code.fixed && displacement >= 4 && (code.known)(instruction.memory_displacement64()) {
                each(place, displacement, instruction.memory_displacement64(), 0);
            }
        }
        if immediate > 0 {
            let place = at + offsets.immediate_offset();
            if matches!(
                instruction.op0_kind(),
                OpKind::NearBranch16 | OpKind::NearBranch32 | OpKind::NearBranch64
            ) {
                each(place, immediate, instruction.near_branch_target(), 0);
            } else if let Some(target) = base.set(code, &instruction).filter(|_| bits == 32) {
                each(place, immediate, target, 0);
            } else if code.fixed && immediate >= 4 {
                let value = word(code.bytes, place, immediate.into());
                if (code.known)(value) {
                    each(place, immediate, value, 0);
                }
            }
        }
    }
}

/// The register from which 32-bit code that may lie anywhere counts: `call` of a thunk that returns where it was called from, and a
/// sum behind it.
#[derive(Default)]
struct Base {
    /// What a call has left, and in which register.
    called: Option<(Register, u32)>,
    held: Option<(Register, u32)>,
}

impl Base {
    fn call(&mut self, code: &Code<'_>, instruction: &Instruction) {
        if instruction.mnemonic() == Mnemonic::Call && instruction.op0_kind() == OpKind::NearBranch32 {
            let at = instruction.near_branch32().wrapping_sub(code.address as u32) as usize;
            // mov (%esp),%reg; ret
            let register = match code.bytes.get(at..at + 4) {
                Some(&[0x8b, modrm, 0x24, 0xc3]) if modrm & 0xc7 == 0x04 => REGISTERS.get(usize::from(modrm >> 3 & 7)),
                _ => None,
            };
            self.called = register.map(|&register| (register, instruction.next_ip32()));
        }
    }
    /// The sum that makes a base of what a call has left: where it leads.
    fn set(&mut self, _code: &Code<'_>, instruction: &Instruction) -> Option<u64> {
        let (register, from) = self.called?;
        let sum = instruction.mnemonic() == Mnemonic::Add && instruction.op0_register() == register;
        if !sum || instruction.op1_kind() != OpKind::Immediate32 {
            return None;
        }
        let base = from.wrapping_add(instruction.immediate32());
        self.called = None;
        self.held = Some((register, base));
        Some(base.into())
    }
    /// Where an operand leads that counts from the base.
    fn of(&self, instruction: &Instruction) -> Option<u64> {
        let (register, base) = self.held?;
        let counts = instruction.memory_base() == register
            || instruction.memory_index() == register && instruction.memory_index_scale() == 1;
        counts.then(|| base.wrapping_add(instruction.memory_displacement32()).into())
    }
}

const REGISTERS: [Register; 8] = [
    Register::EAX,
    Register::ECX,
    Register::EDX,
    Register::EBX,
    Register::ESP,
    Register::EBP,
    Register::ESI,
    Register::EDI,
];

fn word(bytes: &[u8], at: usize, size: usize) -> u64 {
    let bytes = bytes.get(at..at + size).unwrap_or_default();
    bytes.iter().rev().fold(0, |value, &byte| value << 8 | u64::from(byte))
}
