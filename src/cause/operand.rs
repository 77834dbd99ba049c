//! Numbers in machine code: what an instruction loads, where both sides have the same instruction with another number.

use super::Case;
use crate::model::{Change, Isa, Role, Span, Value};

/// For each unclaimed change of a function, the four bytes of the number that holds it, and the number on each side; none if one of them lies in no
/// number that is loaded or stored as it stands.
pub(super) fn numbers(case: &Case<'_>) -> Option<Vec<(Change, [u32; 2])>> {
    let x86 = |value: &Value| {
        matches!(
            value,
            Value::Code {
                isa: Isa::X86 | Isa::X86_64,
                ..
            }
        )
    };
    let (a, b) = (&case.a.unit[..], &case.b.unit[..]);
    if case.role != Role::Code || !x86(&case.a.value) || !x86(&case.b.value) || a.len() != b.len() {
        return None;
    }
    let mut found: Vec<(Change, [u32; 2])> = Vec::new();
    for at in (0..a.len()).filter(|&at| a[at] != b[at]) {
        if found.last().is_some_and(|(last, _)| last.a.end > at) {
            continue;
        }
        let number = |start: usize| {
            let value = |unit: &[u8]| unit.get(start..start + 4)?.try_into().ok().map(u32::from_le_bytes);
            let equal = a[..start].ends_with(&b[start.saturating_sub(8)..start]);
            (equal && loads(&a[..start])).then_some([value(a)?, value(b)?])
        };
        let start = (at.saturating_sub(3)..=at).find(|&start| number(start).is_some())?;
        let span = Span::at(start, 4);
        found.push((Change { a: span, b: span }, number(start)?));
    }
    (!found.is_empty()).then_some(found)
}

/// Whether code ends with an instruction that loads or stores the number behind it: `mov $n,%reg`, `push $n`, `movl $n,(place)`.
fn loads(code: &[u8]) -> bool {
    let n = code.len();
    let byte = |back: usize| n.checked_sub(back).map(|at| code[at]);
    let register = byte(1).is_some_and(|c| (0xb8..=0xbf).contains(&c) || c == 0x68);
    // A sign-extended number into a register of 64 bits; a place by a register, with nothing, one byte or four behind it.
    let mode = |back: usize, mode: u8| {
        byte(back + 1) == Some(0xc7) && byte(back).is_some_and(|c| c >> 6 == mode && c & 0x38 == 0)
    };
    let scaled = |back: usize, kind: u8| mode(back, kind) && byte(back).is_some_and(|c| c & 7 == 4);
    let plain = |back: usize, kind: u8| mode(back, kind) && byte(back).is_some_and(|c| c & 7 != 4);
    let relative = mode(5, 0) && byte(5).is_some_and(|c| c & 7 == 5);
    register
        || mode(1, 3)
        || plain(1, 0)
        || scaled(2, 0)
        || plain(2, 1)
        || scaled(3, 1)
        || plain(5, 2)
        || scaled(6, 2)
        || relative
}

#[cfg(test)]
mod tests {
    use super::loads;

    #[test]
    fn instructions_that_load_a_number() {
        for code in [
            &[0xb8][..],
            &[0x68],
            &[0xc7, 0x00],
            &[0xc7, 0x45, 0xfc],
            &[0x48, 0xc7, 0xc0],
            &[0xc7, 0x44, 0x24, 0x08],
            &[0xc7, 0x05, 0, 0, 0, 0],
        ] {
            assert!(loads(code), "{code:x?}");
        }
        for code in [&[0x81, 0xff][..], &[0xe8], &[0x05], &[0x3d], &[0x48, 0x8d, 0x05]] {
            assert!(!loads(code), "compares, calls or adds: {code:x?}");
        }
    }
}
