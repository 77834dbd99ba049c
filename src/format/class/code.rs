//! Instructions (JVMS 6.5), and its stack map (4.7.4).

use super::{
    super::listing::{Hex, Listing, Reader},
    lines::Lines,
    opcode::{NAMES, Operands, operands},
    pool::Pool,
};
use crate::model::Malformed;
use std::fmt::Write;

/// All instructions, a line each.
pub(super) fn instructions(code: &[u8], pool: &Pool<'_>, to: &mut Listing) -> Result<(), Malformed> {
    let mut from = Reader::big(code);
    while from.left() > 0 {
        let line = instruction(&mut from, pool)?;
        to.line(format_args!("{line}"))?;
    }
    Ok(())
}

/// One instruction: its name and its operands; where it jumps to is counted from its own place.
fn instruction(from: &mut Reader<'_>, pool: &Pool<'_>) -> Result<String, Malformed> {
    let start = from.at;
    let code = from.u8()?;
    let name = NAMES.get(usize::from(code));
    let name = name.ok_or_else(|| Malformed::at(start, "an instruction", format!("{code:#04x}")))?;
    let mut line = (*name).to_owned();
    let mut put = |text: &str| {
        line.push(' ');
        line.push_str(text);
    };
    match operands(code) {
        Operands::None => {}
        Operands::Signed(size) | Operands::Jump(size) => put(&signed(from, size)?),
        Operands::Unsigned => put(&from.u8()?.to_string()),
        Operands::Increment => {
            put(&from.u8()?.to_string());
            put(&signed(from, 1)?);
        }
        Operands::Constant(size) => put(&pool.any(from.number(size)? as u16)?),
        Operands::ConstantAnd(size) => {
            put(&pool.any(from.u16()?)?);
            put(&from.number(size)?.to_string());
        }
        Operands::Wide => {
            let wide = from.u8()?;
            let name = NAMES.get(usize::from(wide)).copied().unwrap_or_default();
            put(&format!("{name} ({wide})"));
            put(&from.u16()?.to_string());
            // iinc
            if wide == 132 {
                put(&signed(from, 2)?);
            }
        }
        Operands::Table => {
            padding(from, &mut line)?;
            let (default, low, high) = (signed(from, 4)?, from.u32()?.cast_signed(), from.u32()?.cast_signed());
            let count = i64::from(high) - i64::from(low) + 1;
            let count = usize::try_from(count).ok().filter(|count| *count <= from.left() / 4);
            let count = count.ok_or_else(|| Malformed::at(start, "a table of jumps", format!("{low} to {high}")))?;
            let _ = write!(line, " {low}..{high} else {default}:");
            for _ in 0..count {
                line = line + " " + &signed(from, 4)?;
            }
        }
        Operands::Lookup => {
            padding(from, &mut line)?;
            let (default, count) = (signed(from, 4)?, from.place()?);
            let _ = write!(line, " {count} else {default}:");
            for _ in 0..count {
                line = line + " " + &signed(from, 4)? + "=" + &signed(from, 4)?;
            }
        }
    }
    Ok(line)
}

fn signed(from: &mut Reader<'_>, size: usize) -> Result<String, Malformed> {
    let number = from.number(size)?;
    let shift = 64 - 8 * size;
    Ok(((number << shift).cast_signed() >> shift).to_string())
}

/// Up to the next four bytes, counted from the start of the method: zeros, or shown.
fn padding(from: &mut Reader<'_>, line: &mut String) -> Result<(), Malformed> {
    let bytes = from.take(from.at.next_multiple_of(4) - from.at)?;
    if bytes.iter().any(|&byte| byte != 0) {
        let _ = write!(line, " (padding {})", Hex(bytes));
    }
    Ok(())
}

/// The frames of a stack map, a line each.
pub(super) fn frames(from: &mut Reader<'_>, pool: &Pool<'_>, to: &mut Lines) -> Result<(), Malformed> {
    let count = from.u16()?;
    to.word(&format!("{count}:"));
    to.end();
    for _ in 0..count {
        let at = from.at;
        let kind = from.u8()?;
        to.word(&kind.to_string());
        // How many types there are on the stack or among the locals is told by the kind.
        let count = match kind {
            0..=63 => 0,
            64..=127 => 1,
            128..=246 => return Err(Malformed::at(at, "a frame", kind.to_string())),
            247 => {
                to.word(&from.u16()?.to_string());
                1
            }
            248..=251 => {
                to.word(&from.u16()?.to_string());
                0
            }
            252..=254 => {
                to.word(&from.u16()?.to_string());
                u16::from(kind - 251)
            }
            255 => {
                to.word(&from.u16()?.to_string());
                types(from.u16()?, from, pool, to)?;
                from.u16()?
            }
        };
        types(count, from, pool, to)?;
        to.end();
    }
    Ok(())
}

/// So many types as the verifier knows them.
fn types(count: u16, from: &mut Reader<'_>, pool: &Pool<'_>, to: &mut Lines) -> Result<(), Malformed> {
    const KINDS: [&str; 7] = ["top", "int", "float", "double", "long", "null", "this"];
    to.word(&format!("[{count}"));
    for _ in 0..count {
        let at = from.at;
        match from.u8()? {
            7 => to.word(&pool.any(from.u16()?)?),
            8 => to.word(&format!("new at {}", from.u16()?)),
            kind => {
                let kind = KINDS.get(usize::from(kind));
                to.word(kind.ok_or_else(|| Malformed::at(at, "a type", "another number"))?);
            }
        }
    }
    to.word("]");
    Ok(())
}
