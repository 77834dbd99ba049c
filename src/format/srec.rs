//! Motorola's S-records (`srec(5)`): the memory that they describe, the header, and where it starts.

use super::{
    Format,
    memory::{Memory, hex, lines},
    volume::{self, Listing},
};
use crate::model::{Blob, FormatId, Kind, Malformed, Opened, Role, Value};

/// A file of S-records.
pub struct Srec;

impl Format for Srec {
    fn id(&self) -> FormatId {
        "srec"
    }
    fn kind(&self) -> Kind {
        Kind::Firmware
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        let first = bytes.split(|&b| b == b'\n').next().unwrap_or_default().trim_ascii();
        first.len() < 600 && record(first).is_some()
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        Ok(volume::opened("srec", bytes, false, read))
    }
}

/// The kind, address and data of a line, if its length and checksum are right.
fn record(line: &[u8]) -> Option<(u8, u64, Vec<u8>)> {
    let (kind, digits) = line.strip_prefix(b"S")?.split_first()?;
    let record = hex(digits)?;
    let width = match kind {
        b'0' | b'1' | b'5' | b'9' => 2,
        b'2' | b'6' | b'8' => 3,
        b'3' | b'7' => 4,
        _ => return None,
    };
    let (count, rest) = record.split_first()?;
    let sum = record.iter().fold(0u8, |sum, &b| sum.wrapping_add(b));
    if rest.len() != usize::from(*count) || rest.len() < width + 1 || sum != 0xff {
        return None;
    }
    let address = rest[..width].iter().fold(0, |n, &b| n << 8 | u64::from(b));
    Some((*kind, address, rest[width..rest.len() - 1].to_vec()))
}

fn read(image: &Blob) -> Result<Listing, Malformed> {
    let mut list = Listing::new(image);
    let (mut memory, mut header, mut start, mut count) = (Memory::new(), Vec::new(), Vec::new(), 0);
    for (at, line) in lines(image) {
        let wrong = || Malformed::at(at, "a record with a right checksum", "something else");
        let (kind, address, data) = record(line).filter(|_| start.is_empty()).ok_or_else(wrong)?;
        match kind {
            b'0' => header.extend(data),
            b'1'..=b'3' => {
                count += 1;
                memory.put(address, &data);
            }
            // How many there were.
            b'5' | b'6' if address == count => {}
            b'7'..=b'9' => start.extend([&[kind][..], &address.to_be_bytes(), &data].concat()),
            _ => return Err(wrong()),
        }
    }
    list.node("header")?;
    list.put_long("text", &header, Role::String, Value::Raw);
    memory.list(&mut list)?;
    list.node("start")?;
    list.put_long("address", &start, Role::Structure, Value::Raw);
    Ok(list)
}
