//! x86-64 functions as text without addresses.

use super::{
    image::Image,
    line::{Code, Line},
};
use iced_x86::{
    ConstantOffsets, Decoder, DecoderOptions, Formatter, GasFormatter, Instruction, MemorySize, Mnemonic, OpKind,
    Register, SymbolResolver, SymbolResult,
};
use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

/// What the operands of an instruction are called.
#[derive(Default)]
struct Operands {
    memory: Option<String>,
    immediate: Option<String>,
    branch: Option<String>,
}

/// Hands the operands' names to the formatter.
struct Resolver(Rc<RefCell<Operands>>);

impl SymbolResolver for Resolver {
    fn symbol(
        &mut self,
        instruction: &Instruction,
        _: u32,
        operand: Option<u32>,
        address: u64,
        _: u32,
    ) -> Option<SymbolResult<'_>> {
        let operand = operand?;
        let mut names = self.0.borrow_mut();
        let name = match instruction.op_kind(operand) {
            OpKind::NearBranch16 | OpKind::NearBranch32 | OpKind::NearBranch64 => &mut names.branch,
            OpKind::Memory => &mut names.memory,
            _ => &mut names.immediate,
        };
        Some(SymbolResult::with_string(address, name.take()?))
    }
}

/// One instruction, and where it lies in the section.
struct Decoded {
    start: u64,
    instruction: Instruction,
    fields: ConstantOffsets,
}

/// The lines of a function.
pub(super) fn lines(image: &Image, code: &Code) -> Vec<Line> {
    let decoded = decode(code);
    let inside = |place: u64| place >= code.offset && place - code.offset < code.bytes.len() as u64;
    let targets: BTreeSet<u64> = decoded
        .iter()
        .filter_map(|d| branch_place(image, code, d))
        .filter(|&place| inside(place))
        .collect();
    let labels: BTreeMap<u64, String> = targets
        .into_iter()
        .zip(1..)
        .map(|(place, n)| (place, format!("L{n}")))
        .collect();
    let names = Rc::new(RefCell::new(Operands::default()));
    let mut formatter = GasFormatter::with_options(Some(Box::new(Resolver(Rc::clone(&names)))), None);
    formatter.options_mut().set_space_after_operand_separator(false);
    formatter.options_mut().set_uppercase_hex(false);
    formatter.options_mut().set_first_operand_char_index(7);
    let mut lines = Vec::new();
    for d in &decoded {
        if let Some(label) = labels.get(&d.start) {
            lines.push(Line::label(label));
        }
        let (operands, masked) = operands(image, code, d, &labels);
        let all = [&operands.memory, &operands.immediate, &operands.branch].map(Clone::clone);
        names.replace(operands);
        let mut text = String::new();
        formatter.format(&d.instruction, &mut text);
        // A name that the formatter had no place for is said all the same.
        let left = names.take();
        let unsaid = [left.memory, left.immediate, left.branch];
        for (name, unsaid) in all.into_iter().zip(unsaid) {
            if let (Some(name), Some(_)) = (name, unsaid) {
                text.push_str("  # ");
                text.push_str(&name);
            }
        }
        lines.push(Line { text, encoding: masked });
    }
    lines
}

fn decode(code: &Code) -> Vec<Decoded> {
    let mut decoder = Decoder::with_ip(64, code.bytes, code.address, DecoderOptions::NONE);
    let mut decoded = Vec::new();
    while decoder.can_decode() {
        let start = code.offset.wrapping_add(decoder.position() as u64);
        let instruction = decoder.decode();
        let fields = decoder.get_constant_offsets(&instruction);
        decoded.push(Decoded {
            start,
            instruction,
            fields,
        });
    }
    decoded
}

fn is_branch(instruction: &Instruction) -> bool {
    matches!(
        instruction.op0_kind(),
        OpKind::NearBranch16 | OpKind::NearBranch32 | OpKind::NearBranch64
    )
}

/// Where a branch leads, if to the same section.
fn branch_place(image: &Image, code: &Code, d: &Decoded) -> Option<u64> {
    if !is_branch(&d.instruction) {
        return None;
    }
    let field = d.fields.immediate_offset() as u64;
    if let Some(relocation) = image.relocation(code.section, d.start + field) {
        let symbol = image
            .symbols
            .get(relocation.symbol)
            .filter(|s| s.section == Some(code.section) && s.is_label())?;
        let ahead = (d.instruction.len() as u64).wrapping_sub(field);
        return Some(symbol.offset.wrapping_add_signed(relocation.addend).wrapping_add(ahead));
    }
    let target = d.instruction.near_branch_target();
    Some(target.wrapping_sub(code.address).wrapping_add(code.offset))
}

/// The names of an instruction's operands, and its bytes with those fields blank.
fn operands(image: &Image, code: &Code, d: &Decoded, labels: &BTreeMap<u64, String>) -> (Operands, String) {
    let mut names = Operands::default();
    let i = &d.instruction;
    let at = usize::try_from(d.start.wrapping_sub(code.offset)).unwrap_or(usize::MAX);
    let bytes = code.bytes.get(at..).unwrap_or_default();
    let mut bytes = bytes.get(..i.len().min(bytes.len())).unwrap_or_default().to_vec();
    let mut blank = |field: usize, size: usize| {
        for byte in bytes.iter_mut().skip(field).take(size) {
            *byte = 0;
        }
    };
    let mut kinds = String::new();
    let mut relocated = |field: usize, size: Option<u64>| {
        let relocation = image.relocation(code.section, d.start + field as u64)?;
        let ahead = if image.is_pc_relative(relocation.kind) {
            i.len() as i64 - field as i64
        } else {
            0
        };
        kinds.push_str(&format!(" R{}", relocation.kind));
        Some(image.target(relocation, ahead, size, 0))
    };
    let f = &d.fields;
    if is_branch(i) {
        let place = branch_place(image, code, d);
        let label = place.and_then(|place| labels.get(&place)).cloned();
        names.branch = relocated(f.immediate_offset(), None);
        names.branch = label.or(names.branch).or_else(|| {
            if image.relocatable {
                return Some(image.place(code.section, place?, None, 0));
            }
            image.at_address(i.near_branch_target(), None, 0)
        });
        if names.branch.is_some() {
            blank(f.immediate_offset(), f.immediate_size());
        }
    } else {
        if f.has_displacement() {
            let read = width(i.memory_size());
            names.memory = relocated(f.displacement_offset(), Some(read)).or_else(|| memory(image, code, i, read));
            if names.memory.is_some() {
                blank(f.displacement_offset(), f.displacement_size());
            }
        }
        if f.has_immediate() {
            names.immediate = relocated(f.immediate_offset(), None).or_else(|| immediate(image, i));
            if names.immediate.is_some() {
                blank(f.immediate_offset(), f.immediate_size());
            }
        }
    }
    let hex: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    (names, hex.join(" ") + &kinds)
}

/// Bytes of the usual operands; zero where only an address is taken, or where it is not known.
fn width(size: MemorySize) -> u64 {
    use MemorySize as M;
    match size {
        M::UInt8 | M::Int8 => 1,
        M::UInt16 | M::Int16 => 2,
        M::UInt32 | M::Int32 | M::Float32 => 4,
        M::UInt64 | M::Int64 | M::Float64 | M::QwordOffset => 8,
        M::Float80 => 10,
        M::UInt128 | M::Int128 | M::Packed128_UInt64 | M::Packed128_Float32 | M::Packed128_Float64 => 16,
        _ => 0,
    }
}

/// What an instruction without a relocation reads or writes at a known address.
fn memory(image: &Image, code: &Code, i: &Instruction, read: u64) -> Option<String> {
    if i.is_ip_rel_memory_operand() {
        let address = i.ip_rel_memory_address();
        if image.relocatable {
            return Some(image.place(code.section, address, Some(read), 0));
        }
        return image.at_address(address, Some(read), 0);
    }
    let bare = image.fixed && i.memory_displ_size() >= 4 && i.segment_prefix() == Register::None;
    bare.then(|| image.at_address(i.memory_displacement64(), Some(read), 0))?
}

/// What a constant of a program with final addresses is the address of.
fn immediate(image: &Image, i: &Instruction) -> Option<String> {
    let wide = (0..i.op_count()).find(|&n| {
        matches!(
            i.op_kind(n),
            OpKind::Immediate32 | OpKind::Immediate64 | OpKind::Immediate32to64
        )
    })?;
    image.fixed.then(|| image.at_address(i.immediate(wide), None, 0))?
}

/// The address of the word that a stub jumps through.
pub(super) fn jumps_through(stub: &[u8], address: u64) -> Option<u64> {
    let mut decoder = Decoder::with_ip(64, stub, address, DecoderOptions::NONE);
    for _ in 0..3 {
        if !decoder.can_decode() {
            return None;
        }
        let i = decoder.decode();
        if i.mnemonic() == Mnemonic::Jmp && i.is_ip_rel_memory_operand() {
            return Some(i.ip_rel_memory_address());
        }
    }
    None
}
