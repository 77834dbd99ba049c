//! Names that are bytes, as people and programs read them.

use super::{hex, unseen};
use serde::ser::SerializeMap;

/// A path for people: lossless, on one line, with nothing a terminal would obey. Backslashes, unseen characters and
/// bytes that are not UTF-8 are escaped, as `\\`, `\n`, `\r`, `\t` or `\xNN`.
pub fn display(path: &[u8]) -> String {
    let mut out = String::with_capacity(path.len());
    for chunk in path.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\\' => out.push_str("\\\\"),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                c if unseen(c) => c
                    .encode_utf8(&mut [0; 4])
                    .bytes()
                    .for_each(|b| out += &format!("\\x{b:02x}")),
                c => out.push(c),
            }
        }
        chunk.invalid().iter().for_each(|b| out += &format!("\\x{b:02x}"));
    }
    out
}

/// A name in an object: `key` if it is UTF-8, else `key_hex`.
///
/// # Errors
/// What the map gives.
pub fn name<M: SerializeMap>(map: &mut M, keys: (&str, &str), raw: &[u8]) -> Result<(), M::Error> {
    match std::str::from_utf8(raw) {
        Ok(text) => map.serialize_entry(keys.0, text),
        Err(_) => map.serialize_entry(keys.1, &hex(raw)),
    }
}
