//! Machine code as instructions, for reports: GNU syntax, through iced-x86 and yaxpeax-arm.

use crate::model::{Isa, Span};
use iced_x86::{Decoder as X86, DecoderOptions, Formatter, GasFormatter, Instruction};
use std::{
    cell::Cell,
    panic::{self, UnwindSafe},
    sync::Once,
};
use yaxpeax_arch::{Decoder, U8Reader};
use yaxpeax_arm::armv8::a64::InstDecoder as A64;

/// Bytes decoded before the first instruction that is wanted, to fall in step with the code.
const LEAD_IN: usize = 16 * 1024;

/// One instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its bytes, counted from the start of the code.
    pub span: Span,
    /// Mnemonic and operands; branch targets are addresses.
    pub text: String,
}

/// At most `count` instructions: the one that holds byte `at`, up to `before` ahead of it, and what follows.
pub fn window(isa: Isa, address: u64, bytes: &[u8], at: usize, before: usize, count: usize) -> Vec<Line> {
    match isa {
        Isa::X86 => x86(32, address, bytes, at, before, count),
        Isa::X86_64 => x86(64, address, bytes, at, before, count),
        Isa::Arm64 | Isa::Arm => words(isa, address, bytes, at, before, count),
        Isa::Other => Vec::new(),
    }
}

fn x86(bits: u32, address: u64, bytes: &[u8], at: usize, before: usize, count: usize) -> Vec<Line> {
    // Instructions have no fixed length: decoding starts at the function's first byte where that is near, and otherwise far
    // enough ahead that it falls in step.
    let start = at.saturating_sub(LEAD_IN);
    let base = address.wrapping_add(start as u64);
    let Some(code) = bytes.get(start..) else {
        return Vec::new();
    };
    let mut decoder = X86::with_ip(bits, code, base, DecoderOptions::NONE);
    let mut kept: Vec<(usize, Instruction)> = Vec::new();
    let mut reached = false;
    while decoder.can_decode() && kept.len() < count {
        let position = start + decoder.position();
        let instruction = decoder.decode();
        reached |= position + instruction.len() > at;
        if !reached && kept.len() >= before {
            if before == 0 {
                continue;
            }
            kept.remove(0);
        }
        kept.push((position, instruction));
    }
    let mut formatter = GasFormatter::new();
    formatter.options_mut().set_space_after_operand_separator(false);
    formatter.options_mut().set_branch_leading_zeros(false);
    formatter.options_mut().set_first_operand_char_index(7);
    kept.into_iter()
        .map(|(position, instruction)| {
            let mut text = String::new();
            formatter.format(&instruction, &mut text);
            Line {
                span: Span::at(position, instruction.len()),
                text,
            }
        })
        .collect()
}

/// Instructions of four bytes each.
fn words(isa: Isa, address: u64, bytes: &[u8], at: usize, before: usize, count: usize) -> Vec<Line> {
    let first = (at / 4).saturating_sub(before) * 4;
    let rest = bytes.get(first..).unwrap_or_default();
    rest.chunks(4)
        .take(count)
        .enumerate()
        .map(|(i, word)| {
            let offset = first + i * 4;
            Line {
                span: Span::at(offset, word.len()),
                text: arm(isa, address.wrapping_add(offset as u64), word),
            }
        })
        .collect()
}

fn arm(isa: Isa, address: u64, word: &[u8]) -> String {
    let text = quiet(|| {
        // The library's AArch32 part panics, and worse, on words that are no instructions: those are shown as bytes.
        (isa == Isa::Arm64)
            .then(|| A64::default().decode(&mut U8Reader::new(word)).ok())?
            .map(|found| found.to_string())
    });
    let Some(text) = text else {
        let hex: Vec<String> = word.iter().map(|byte| format!("{byte:#04x}")).collect();
        return format!(".byte  {}", hex.join(","));
    };
    let (mnemonic, operands) = text.split_once(' ').unwrap_or((&text, ""));
    format!("{mnemonic:<6} {}", absolute(operands, address))
        .trim_end()
        .to_owned()
}

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Nothing when `decode` panics, as yaxpeax-arm does for some words that are no instruction; the panic is not printed.
fn quiet(decode: impl FnOnce() -> Option<String> + UnwindSafe) -> Option<String> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !QUIET.get() {
                usual(info);
            }
        }));
    });
    QUIET.set(true);
    let text = panic::catch_unwind(decode);
    QUIET.set(false);
    text.ok().flatten()
}

/// Branch targets, which the decoder writes as `$+0x10`, as addresses.
fn absolute(operands: &str, address: u64) -> String {
    let Some((head, relative)) = operands.split_once('$') else {
        return operands.to_owned();
    };
    let digits = relative.trim_start_matches(['+', '-']).trim_start_matches("0x");
    match u64::from_str_radix(digits, 16) {
        Ok(n) if relative.starts_with('-') => format!("{head}{:#x}", address.wrapping_sub(n)),
        Ok(n) if relative.starts_with('+') => format!("{head}{:#x}", address.wrapping_add(n)),
        _ => operands.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The instructions from the start of `bytes`, at most `max_lines`: `+offset  mnemonic operands`.
    fn disassemble(isa: Isa, address: u64, bytes: &[u8], max_lines: usize) -> Vec<String> {
        window(isa, address, bytes, 0, 0, max_lines)
            .iter()
            .map(|line| format!("+{:#x}  {}", line.span.start, line.text))
            .collect()
    }

    #[test]
    fn x86_64_prologue() {
        let code = [0x55, 0x48, 0x89, 0xe5, 0xe8, 0x10, 0, 0, 0, 0xc3];
        assert_eq!(
            disassemble(Isa::X86_64, 0x1000, &code, 9),
            [
                "+0x0  push   %rbp",
                "+0x1  mov    %rsp,%rbp",
                "+0x4  call   0x1019",
                "+0x9  ret"
            ]
        );
        let from = window(Isa::X86_64, 0x1000, &code, 5, 1, 2);
        assert_eq!(
            from.iter().map(|l| (l.span.start, l.text.as_str())).collect::<Vec<_>>(),
            [(1, "mov    %rsp,%rbp"), (4, "call   0x1019")]
        );
    }

    #[test]
    fn arm() {
        let code = [0xfd, 0x7b, 0xbf, 0xa9, 0x02, 0, 0, 0x94, 0xc0, 0x03, 0x5f, 0xd6];
        assert_eq!(
            disassemble(Isa::Arm64, 0x1000, &code, 9),
            [
                "+0x0  stp    x29, x30, [sp, #-0x10]!",
                "+0x4  bl     0x100c",
                "+0x8  ret"
            ]
        );
        assert_eq!(
            disassemble(Isa::Arm, 0, &[0x1e, 0xff, 0x2f, 0xe1], 9),
            ["+0x0  .byte  0x1e,0xff,0x2f,0xe1"]
        );
        assert_eq!(disassemble(Isa::Other, 0, &code, 9), Vec::<String>::new());
    }

    #[test]
    fn any_bytes() {
        let mut state = 1u32;
        let mut bytes = vec![0u8; 1 << 16];
        for byte in &mut bytes {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *byte = (state >> 24) as u8;
        }
        for isa in [Isa::X86, Isa::X86_64, Isa::Arm64, Isa::Arm] {
            assert!(!disassemble(isa, u64::MAX - 8, &bytes, usize::MAX).is_empty());
            for at in (0..bytes.len() + 9).step_by(997) {
                assert!(window(isa, 0, &bytes, at, 2, 5).len() <= 5);
            }
        }
    }
}
