//! Intel HEX (Intel's specification of 1988): records of a memory image, each with its checksum; the bytes that they put there.

use super::{
    Format,
    records::{Memory, lines, opened},
};
use crate::{
    bytes::digest::from_hex,
    model::{Blob, Decode, FormatId, Kind, Malformed, Opened},
};

/// A memory image in Intel's records.
pub struct Ihex;

/// Record types.
const DATA: u8 = 0;
const LAST: u8 = 1;
const SEGMENT: u8 = 2;
const START_SEGMENT: u8 = 3;
const LINEAR: u8 = 4;
const START_LINEAR: u8 = 5;

impl Format for Ihex {
    fn id(&self) -> FormatId {
        "ihex"
    }
    fn kind(&self) -> Kind {
        Kind::Firmware
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        bytes.starts_with(b":") && lines(bytes).next().is_some_and(|(at, line)| record(at, line).is_ok())
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        Ok(opened("ihex", bytes, Records))
    }
}

/// The records of a whole file.
#[derive(Debug)]
struct Records;

impl Decode for Records {
    fn decode(&self, stored: &Blob, limit: u64) -> Result<Blob, Malformed> {
        let (mut memory, mut base, mut segmented, mut ended) = (Memory::default(), 0, false, false);
        for (at, line) in lines(stored) {
            if ended {
                return Err(Malformed::at(at, "nothing behind the last record", "more"));
            }
            let (kind, offset, data) = record(at, line)?;
            let short = |data: &[u8]| match *data {
                [high, low] => Ok(u64::from(u16::from_be_bytes([high, low]))),
                _ => Err(Malformed::at(at, "two bytes of an address", format!("{}", data.len()))),
            };
            match kind {
                // In a segment, what passes the end of its 64 kB goes on at their start, which no tool writes.
                DATA if !segmented || usize::from(offset) + data.len() <= 1 << 16 => {
                    memory.put(base + u64::from(offset), &data);
                }
                SEGMENT => (base, segmented) = (short(&data)? << 4, true),
                LINEAR => (base, segmented) = (short(&data)? << 16, false),
                START_SEGMENT => memory.say("start (CS:IP)", &data),
                START_LINEAR => memory.say("start", &data),
                LAST if data.is_empty() => {
                    ended = true;
                    if offset != 0 {
                        memory.say("start (in the last record)", &offset.to_be_bytes());
                    }
                }
                _ => return Err(Malformed::at(at, "a record of types 0 to 5", format!("type {kind}"))),
            }
        }
        memory.ended(stored);
        match ended {
            true => memory.written(limit),
            false => Err(Malformed::truncated(stored.len(), "the last record")),
        }
    }
}

/// The type, offset and data of a record: `:`, their length, and a checksum that makes the sum of all bytes zero.
fn record(at: usize, line: &[u8]) -> Result<(u8, u16, Vec<u8>), Malformed> {
    let wrong = |found: &'static str| Malformed::at(at, "a record of Intel HEX", found);
    let bytes = line
        .strip_prefix(b":")
        .and_then(from_hex)
        .ok_or_else(|| wrong("another line"))?;
    let [length, high, low, kind, data @ .., _] = &bytes[..] else {
        return Err(wrong("a short line"));
    };
    if usize::from(*length) != data.len() {
        return Err(wrong("another length"));
    }
    if bytes.iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte)) != 0 {
        return Err(wrong("a wrong checksum"));
    }
    Ok((*kind, u16::from_be_bytes([*high, *low]), data.to_vec()))
}
