//! Bytes and numbers as digits.

use std::fmt::Write;

/// Two lowercase digits a byte.
pub fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _ = write!(out, "{byte:02x}");
    }
    out
}

/// A number of a structure as readelf prints it: hexadecimal, but for digits.
pub fn number(number: u64) -> String {
    match number {
        0..10 => number.to_string(),
        _ => format!("{number:#x}"),
    }
}

/// The same of its bytes, at most 8.
pub(crate) fn word(bytes: &[u8], big: bool) -> String {
    let shift = |all: u64, byte: &u8| all << 8 | u64::from(*byte);
    number(match big {
        true => bytes.iter().fold(0, shift),
        false => bytes.iter().rev().fold(0, shift),
    })
}
