//! Annotations (JVMS 4.7.16 to 4.7.22).

use super::{super::listing::Reader, lines::Lines, pool::Pool};
use crate::model::Malformed;

/// Values inside each other.
const DEPTH: usize = 32;

/// Its type, and its elements by name.
pub(super) fn annotation(
    from: &mut Reader<'_>,
    pool: &Pool<'_>,
    depth: usize,
    to: &mut Lines,
) -> Result<(), Malformed> {
    to.word(&format!("@{}", pool.any(from.u16()?)?));
    let count = from.u16()?;
    to.word(&format!("({count}"));
    for _ in 0..count {
        to.word(&format!("{} =", pool.any(from.u16()?)?));
        value(from, pool, depth + 1, to)?;
    }
    to.word(")");
    Ok(())
}

/// The value of an element.
pub(super) fn value(from: &mut Reader<'_>, pool: &Pool<'_>, depth: usize, to: &mut Lines) -> Result<(), Malformed> {
    if depth > DEPTH {
        return Err(Malformed::limit(format!("at most {DEPTH} values inside each other")));
    }
    let at = from.at;
    let tag = from.u8()?;
    to.word(&char::from(tag).escape_default().to_string());
    match tag {
        b'B' | b'C' | b'D' | b'F' | b'I' | b'J' | b'S' | b'Z' | b's' | b'c' => to.word(&pool.any(from.u16()?)?),
        b'e' => {
            to.word(&pool.any(from.u16()?)?);
            to.word(&pool.any(from.u16()?)?);
        }
        b'@' => annotation(from, pool, depth + 1, to)?,
        b'[' => {
            let count = from.u16()?;
            to.word(&format!("[{count}"));
            (0..count).try_for_each(|_| value(from, pool, depth + 1, to))?;
            to.word("]");
        }
        _ => return Err(Malformed::at(at, "the kind of a value", format!("{tag:#04x}"))),
    }
    Ok(())
}

/// What a type annotation is on (JVMS 4.7.20.1), and the way to the part of the type (4.7.20.2).
pub(super) fn target(from: &mut Reader<'_>, to: &mut Lines) -> Result<(), Malformed> {
    let at = from.at;
    let kind = from.u8()?;
    to.word(&format!("on {kind:#04x}"));
    let sizes: &[usize] = match kind {
        0x00 | 0x01 | 0x16 => &[1],
        0x10 | 0x17 | 0x42..=0x46 => &[2],
        0x11 | 0x12 => &[1, 1],
        0x13..=0x15 => &[],
        0x40 | 0x41 => {
            let count = from.u16()?;
            to.word(&format!("{count}:"));
            for _ in 0..usize::from(count) * 3 {
                to.word(&from.u16()?.to_string());
            }
            &[]
        }
        0x47..=0x4b => &[2, 1],
        _ => return Err(Malformed::at(at, "the target of an annotation", format!("{kind:#04x}"))),
    };
    for &size in sizes {
        to.word(&from.number(size)?.to_string());
    }
    let steps = from.u8()?;
    to.word(&format!("path {steps}:"));
    for _ in 0..usize::from(steps) * 2 {
        to.word(&from.u8()?.to_string());
    }
    Ok(())
}
