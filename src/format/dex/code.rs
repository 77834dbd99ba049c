//! The code of a method (`code_item`), by instruction.

use super::{
    super::listing::{Hex, Listing, Reader},
    BEHIND, debug,
    numbers::{sleb, uleb},
    opcode::INSTRUCTIONS,
    tables::Dex,
};
use crate::model::Malformed;

/// Code, handlers and debug information.
pub(super) fn list(dex: &Dex<'_>, place: usize, method: &str, to: &mut Listing) -> Result<(), Malformed> {
    let mut from = dex.at(place)?;
    let [registers, ins, outs, tries] = [from.u16()?, from.u16()?, from.u16()?, from.u16()?];
    let (debug, units) = (from.place()?, from.place()?);
    to.line(format_args!("{registers} registers, {ins} in, {outs} out"))?;
    let size = units
        .checked_mul(2)
        .ok_or_else(|| Malformed::at(place, "code", "too much"))?;
    let code = from.take(size)?;
    let mut inner = Reader::little(code);
    while inner.left() > 0 {
        let line = instruction(dex, &mut inner)?;
        to.line(format_args!("{line}"))?;
    }
    if tries > 0 {
        if units % 2 == 1 {
            let padding = from.u16()?;
            if padding > 0 {
                to.line(format_args!("padding {padding}"))?;
            }
        }
        handlers(dex, tries, &mut from, to)?;
    }
    dex.layout
        .note(format!("code of {method}"), place, from.at + BEHIND, true);
    match debug {
        0 => Ok(()),
        place => debug::list(dex, place, method, to),
    }
}

/// Which instructions are tried, and what catches where.
fn handlers(dex: &Dex<'_>, tries: u16, from: &mut Reader<'_>, to: &mut Listing) -> Result<(), Malformed> {
    let mut tried = Vec::new();
    for _ in 0..tries {
        tried.push((from.u32()?, from.u16()?, usize::from(from.u16()?)));
    }
    let start = from.at;
    let mut places = Vec::new();
    let mut lines = Vec::new();
    for _ in 0..uleb(from)? {
        places.push(from.at - start);
        let count = sleb(from)?;
        let mut line = String::from("catch");
        for _ in 0..count.unsigned_abs() {
            let kind = dex.kind(uleb(from)? as usize)?;
            line = format!("{line} {kind} at {},", uleb(from)?);
        }
        // With all that is left where the number is not positive.
        if count <= 0 {
            line = format!("{line} all at {}", uleb(from)?);
        }
        lines.push(line);
    }
    for (at, units, place) in tried {
        let handler = places.iter().position(|known| *known == place);
        let handler = handler.ok_or_else(|| Malformed::at(start, "the place of a handler", place.to_string()))?;
        to.line(format_args!("try {units} units from {at}: handler {handler}"))?;
    }
    lines
        .iter()
        .enumerate()
        .try_for_each(|(number, line)| to.line(format_args!("handler {number}: {line}")))
}

/// One instruction: its name and operands; where it jumps to is counted from its own place.
fn instruction(dex: &Dex<'_>, from: &mut Reader<'_>) -> Result<String, Malformed> {
    let start = from.at;
    let unit = from.u16()?;
    let [code, high] = unit.to_le_bytes();
    if code == 0 && high > 0 {
        return payload(high, from);
    }
    let (name, format) = INSTRUCTIONS[usize::from(code)];
    let (a, b) = (high & 15, high >> 4);
    let (format, kind) = format.split_once(':').unwrap_or((format, ""));
    let mut operands = Vec::new();
    match format {
        "10x" => operands.push(other(high)),
        "12x" => operands.extend([format!("v{a}"), format!("v{b}")]),
        "11n" => operands.extend([format!("v{a}"), format!("{}", high.cast_signed() >> 4)]),
        "11x" => operands.push(format!("v{high}")),
        "10t" => operands.push(format!("{:+}", high.cast_signed())),
        "20t" => operands.extend([other(high), format!("{:+}", from.u16()?.cast_signed())]),
        "22x" => operands.extend([format!("v{high}"), format!("v{}", from.u16()?)]),
        "21t" => operands.extend([format!("v{high}"), format!("{:+}", from.u16()?.cast_signed())]),
        "21s" => operands.extend([format!("v{high}"), format!("{}", from.u16()?.cast_signed())]),
        "21h" => operands.extend([format!("v{high}"), format!("{:#06x}0000", from.u16()?)]),
        "21c" => operands.extend([format!("v{high}"), index(dex, kind, from.u16()?.into())?]),
        "23x" => {
            let [x, y] = from.u16()?.to_le_bytes();
            operands.extend([format!("v{high}"), format!("v{x}"), format!("v{y}")]);
        }
        "22b" => {
            let [x, y] = from.u16()?.to_le_bytes();
            operands.extend([format!("v{high}"), format!("v{x}"), format!("{}", y.cast_signed())]);
        }
        "22t" => operands.extend([
            format!("v{a}"),
            format!("v{b}"),
            format!("{:+}", from.u16()?.cast_signed()),
        ]),
        "22s" => operands.extend([
            format!("v{a}"),
            format!("v{b}"),
            format!("{}", from.u16()?.cast_signed()),
        ]),
        "22c" => operands.extend([format!("v{a}"), format!("v{b}"), index(dex, kind, from.u16()?.into())?]),
        "30t" => operands.extend([other(high), format!("{:+}", from.u32()?.cast_signed())]),
        "32x" => operands.extend([other(high), format!("v{}", from.u16()?), format!("v{}", from.u16()?)]),
        "31i" => operands.extend([format!("v{high}"), format!("{}", from.u32()?.cast_signed())]),
        "31t" => operands.extend([format!("v{high}"), format!("{:+}", from.u32()?.cast_signed())]),
        "31c" => operands.extend([format!("v{high}"), index(dex, "s", from.place()?)?]),
        "51l" => operands.extend([format!("v{high}"), format!("{}", from.number(8)?.cast_signed())]),
        "35c" | "45cc" => {
            let of = index(dex, if kind.is_empty() { "m" } else { kind }, from.u16()?.into())?;
            operands.extend([registers(b, a, from.u16()?), of]);
        }
        "3rc" | "4rcc" => {
            let of = index(dex, if kind.is_empty() { "m" } else { kind }, from.u16()?.into())?;
            operands.extend([format!("{high} from v{}", from.u16()?), of]);
        }
        _ => return Err(Malformed::at(start, "an instruction", format!("{code:#04x}"))),
    }
    if matches!(format, "45cc" | "4rcc") {
        operands.push(index(dex, "p", from.u16()?.into())?);
    }
    operands.retain(|operand| !operand.is_empty());
    Ok(format!("{name} {}", operands.join(", ")).trim_end().to_owned())
}

/// A byte that has no meaning.
fn other(byte: u8) -> String {
    if byte == 0 { String::new() } else { format!("({byte})") }
}

/// Up to five registers of four bits; what is no register has no meaning.
fn registers(count: u8, last: u8, four: u16) -> String {
    let all = [four & 15, four >> 4 & 15, four >> 8 & 15, four >> 12, u16::from(last)];
    let (used, unused) = all.split_at(usize::from(count).min(5));
    let names: Vec<String> = used.iter().map(|register| format!("v{register}")).collect();
    let more = if unused.iter().any(|register| *register != 0) || count > 5 {
        format!(" ({count} {unused:?})")
    } else {
        String::new()
    };
    format!("{{{}}}{more}", names.join(" "))
}

/// What an index of a kind stands for.
fn index(dex: &Dex<'_>, kind: &str, index: usize) -> Result<String, Malformed> {
    Ok(match kind {
        "s" => dex.text(index)?.to_string(),
        "t" => dex.kind(index)?.to_string(),
        "f" => dex.field(index)?,
        "m" => dex.method(index)?,
        "p" => dex.proto(index)?,
        "c" => format!("call site {index}"),
        _ => format!("method handle {index}"),
    })
}

/// The tables of a switch, and the items of an array.
fn payload(kind: u8, from: &mut Reader<'_>) -> Result<String, Malformed> {
    let start = from.at;
    let signed = |from: &mut Reader<'_>, count: usize| {
        let bytes = from.take(count * 4)?;
        let numbers = bytes
            .chunks_exact(4)
            .map(|n| i32::from_le_bytes([n[0], n[1], n[2], n[3]]).to_string());
        Ok::<_, Malformed>(numbers.collect::<Vec<_>>().join(" "))
    };
    match kind {
        1 => {
            let count = usize::from(from.u16()?);
            let first = from.u32()?.cast_signed();
            Ok(format!("cases from {first}: {}", signed(from, count)?))
        }
        2 => {
            let count = usize::from(from.u16()?);
            let (keys, to) = (signed(from, count)?, signed(from, count)?);
            Ok(format!("cases {keys}: {to}"))
        }
        3 => {
            let (width, count) = (usize::from(from.u16()?), from.place()?);
            let size = count
                .checked_mul(width)
                .and_then(|size| size.checked_next_multiple_of(2));
            let size = size.ok_or_else(|| Malformed::at(start, "the items of an array", "too many"))?;
            Ok(format!("{count} items of {width} bytes: {}", Hex(from.take(size)?)))
        }
        _ => Err(Malformed::at(start, "a payload", kind.to_string())),
    }
}
