//! Application images of Espressif's chips (ESP-IDF, "App Image Format"): segments, the description with its date, checksum and digest.

use super::{
    Format,
    row::{derived, row},
    volume::Endian,
};
use crate::model::{Blob, FormatId, Kind, Malformed, Opened, Order, Part, Role, Span, Value};
use sha2::{Digest, Sha256};

/// An image for an ESP32.
pub struct Esp;

/// Bytes of the header, with the extended one.
const HEADER: usize = 24;
/// Bytes of a description, and what it begins with.
const DESCRIPTION: (usize, &[u8]) = (256, b"\x32\x54\xcd\xab");

impl Format for Esp {
    fn id(&self) -> FormatId {
        "esp"
    }
    fn kind(&self) -> Kind {
        Kind::Firmware
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        bytes.first() == Some(&0xe9) && lay(bytes).is_ok()
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        Ok(Opened {
            format: "esp",
            order: Order::Fixed,
            parts: lay(bytes)?,
        })
    }
}

fn lay(bytes: &[u8]) -> Result<Vec<Part>, Malformed> {
    use Role::Structure;
    let word = Endian::little(bytes);
    let segments = word.at::<1>(1)?;
    if segments == 0 || segments > 16 || bytes.len() < HEADER {
        return Err(Malformed::at(1, "1 to 16 segments", segments.to_string()));
    }
    let mut parts = row(
        0,
        false,
        &[
            ("magic", 1, Structure),
            ("segments", 1, Structure),
            ("flash", 2, Structure),
            ("entry point", 4, Structure),
            ("extended header", 16, Structure),
        ],
    );
    let (mut at, mut sum) = (HEADER, 0xef);
    for nth in 0..segments {
        let length = word.at::<4>(at + 4)?;
        let data = word.slice(at + 8, length)?;
        sum = data.iter().fold(sum, |sum, b| sum ^ b);
        let mut fields = row(at, false, &[("address", 4, Structure)]);
        fields.push(derived("length", Span::at(at + 4, 4), Role::Size, true));
        let start = at + 8;
        at = start + length;
        let mut content = start;
        if nth == 0 && data.starts_with(DESCRIPTION.1) && length >= DESCRIPTION.0 {
            fields.push(description(start));
            content += DESCRIPTION.0;
        }
        fields.push(Part::stored("", Span::new(content, at)));
        parts.push(Part::group(
            format!("segment {}", nth + 1),
            Span::new(start - 8, at),
            Order::Fixed,
            fields,
        ));
    }
    // The checksum is the last byte of a line of sixteen.
    let end = (at + 1).next_multiple_of(16);
    let pad = word.slice(at, end - at)?;
    let (last, pad) = pad
        .split_last()
        .ok_or_else(|| Malformed::truncated(bytes.len(), "a checksum"))?;
    let zeros = pad.iter().all(|&b| b == 0);
    parts.push(derived("padding", Span::new(at, end - 1), Role::Padding, zeros));
    parts.push(derived(
        "checksum",
        Span::new(end - 1, end),
        Role::Checksum,
        *last == sum,
    ));
    if bytes.get(23) == Some(&1) {
        let digest = word.slice(end, 32)?;
        let right = Sha256::digest(&bytes[..end])[..] == *digest;
        parts.push(derived("digest", Span::at(end, 32), Role::Checksum, right));
    }
    Ok(parts)
}

/// What the image says of itself.
fn description(at: usize) -> Part {
    use Role::{Identifier, String, Structure};
    let mut fields = row(
        at,
        false,
        &[
            ("magic", 4, Structure),
            ("security version", 4, Structure),
            ("reserved", 8, Structure),
            ("version", 32, String),
            ("project", 32, String),
            ("time", 16, String),
            ("date", 16, String),
            ("IDF version", 32, String),
            ("SHA-256 of the ELF file", 32, Identifier),
        ],
    );
    let rest = Span::new(at + 176, at + DESCRIPTION.0);
    fields.push(Part::field("rest", rest, Structure, Value::Raw));
    Part::group("description", Span::at(at, DESCRIPTION.0), Order::Fixed, fields)
}
