//! Intel HEX ("Hexadecimal Object File Format Specification", revision A): the memory that it describes, and where it starts.

use super::{
    Format,
    memory::{Memory, hex, lines},
    volume::{self, Endian, Listing},
};
use crate::model::{Blob, FormatId, Kind, Malformed, Opened, Role, Value};

/// An Intel HEX file.
pub struct Ihex;

impl Format for Ihex {
    fn id(&self) -> FormatId {
        "ihex"
    }
    fn kind(&self) -> Kind {
        Kind::Firmware
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        let first = bytes.split(|&b| b == b'\n').next().unwrap_or_default().trim_ascii();
        first.len() < 600 && record(first).is_some()
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        Ok(volume::opened("ihex", bytes, false, read))
    }
}

/// The bytes of a line, if its length and checksum are right.
fn record(line: &[u8]) -> Option<Vec<u8>> {
    let record = hex(line.strip_prefix(b":")?)?;
    let sum = record.iter().fold(0u8, |sum, &b| sum.wrapping_add(b));
    (record.len() >= 5 && record.len() == usize::from(record[0]) + 5 && sum == 0).then_some(record)
}

fn read(image: &Blob) -> Result<Listing, Malformed> {
    let mut list = Listing::new(image);
    let (mut memory, mut base, mut starts, mut ended) = (Memory::new(), 0u64, Vec::new(), false);
    for (at, line) in lines(image) {
        let record = record(line).filter(|_| !ended);
        let record = record.ok_or_else(|| Malformed::at(at, "a record with a right checksum", "something else"))?;
        let (address, data) = (Endian::big(&record).u16(1)?, &record[4..record.len() - 1]);
        match (record[3], data) {
            (0, data) => memory.put(base + address, data),
            (1, []) => ended = true,
            (2, [high, low]) => base = u64::from(u16::from_be_bytes([*high, *low])) << 4,
            (4, [high, low]) => base = u64::from(u16::from_be_bytes([*high, *low])) << 16,
            (kind @ (3 | 5), data) if data.len() == 4 => starts.extend([&[kind][..], data].concat()),
            _ => return Err(Malformed::at(at, "a kind of record", "another")),
        }
    }
    memory.list(&mut list)?;
    list.node("start")?;
    list.put_long("address", &starts, Role::Structure, Value::Raw);
    Ok(list)
}
