//! Motorola S-records (`srec(5)`): records of a memory image, each with its checksum; the bytes that they put there, the header and the start.

use super::{
    Format,
    records::{Memory, lines, opened},
};
use crate::{
    bytes::digest::from_hex,
    model::{Blob, Decode, FormatId, Kind, Malformed, Opened},
};

/// A memory image in Motorola's records.
pub struct Srec;

impl Format for Srec {
    fn id(&self) -> FormatId {
        "srec"
    }
    fn kind(&self) -> Kind {
        Kind::Firmware
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        bytes.starts_with(b"S") && lines(bytes).next().is_some_and(|(at, line)| record(at, line).is_ok())
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        Ok(opened("srec", bytes, Records))
    }
}

/// The records of a whole file.
#[derive(Debug)]
struct Records;

impl Decode for Records {
    fn decode(&self, stored: &Blob, limit: u64) -> Result<Blob, Malformed> {
        let (mut memory, mut count) = (Memory::default(), 0u64);
        for (at, line) in lines(stored) {
            let (kind, address, data) = record(at, line)?;
            match kind {
                b'0' => memory.say("header", &data),
                b'1'..=b'3' => {
                    count += 1;
                    memory.put(address, &data);
                }
                // How many there are follows from the others; that they are counted does not.
                b'5' | b'6' if address == count => memory.say("count", &[]),
                b'5' | b'6' => {
                    return Err(Malformed::at(at, format!("a count of {count}"), address.to_string()));
                }
                _ => memory.say("start", &address.to_be_bytes()),
            }
        }
        memory.ended(stored);
        memory.written(limit)
    }
}

/// The type, address and data of a record: `S`, its type, the length of all that follows, and the complement of the sum of it.
fn record(at: usize, line: &[u8]) -> Result<(u8, u64, Vec<u8>), Malformed> {
    let wrong = |found: &'static str| Malformed::at(at, "an S-record", found);
    let [b'S', kind @ (b'0'..=b'3' | b'5'..=b'9'), rest @ ..] = line else {
        return Err(wrong("another line"));
    };
    let bytes = from_hex(rest).ok_or_else(|| wrong("another line"))?;
    let width = match kind {
        b'2' | b'6' | b'8' => 3,
        b'3' | b'7' => 4,
        _ => 2,
    };
    let [length, content @ .., _] = &bytes[..] else {
        return Err(wrong("a short line"));
    };
    if usize::from(*length) != content.len() + 1 || content.len() < width {
        return Err(wrong("another length"));
    }
    if bytes.iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte)) != 0xff {
        return Err(wrong("a wrong checksum"));
    }
    let (address, data) = content.split_at(width);
    let address = address.iter().fold(0, |n, byte| n << 8 | u64::from(*byte));
    if matches!(kind, b'5'..=b'9') && !data.is_empty() {
        return Err(wrong("data in a record that holds none"));
    }
    Ok((*kind, address, data.to_vec()))
}
