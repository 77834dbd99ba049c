//! UF2 (Microsoft's "USB Flashing Format"): blocks of 512 bytes, each with the address to which its data are written.

use super::{
    Format,
    memory::Memory,
    volume::{self, Endian, Listing},
};
use crate::model::{Blob, FormatId, Kind, Malformed, Opened, Role, Value};

/// A UF2 file.
pub struct Uf2;

const BLOCK: usize = 512;

impl Format for Uf2 {
    fn id(&self) -> FormatId {
        "uf2"
    }
    fn kind(&self) -> Kind {
        Kind::Firmware
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        bytes.starts_with(b"UF2\n\x57\x51\x5d\x9e")
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        Ok(volume::opened("uf2", bytes, false, read))
    }
}

fn read(image: &Blob) -> Result<Listing, Malformed> {
    let mut list = Listing::new(image);
    let count = image.len() / BLOCK;
    if image.len() % BLOCK != 0 {
        return Err(Malformed::truncated(image.len(), "whole blocks"));
    }
    let (mut memory, mut other) = (Memory::new(), Vec::new());
    for nth in 0..count {
        let at = nth * BLOCK;
        let word = Endian::little(image);
        let (size, number, total) = (word.at::<4>(at + 16)?, word.at::<4>(at + 20)?, word.at::<4>(at + 24)?);
        let magic = word.slice(at, 8)? == b"UF2\n\x57\x51\x5d\x9e" && word.slice(at + 508, 4)? == b"\x30\x6f\xb1\x0a";
        if !magic || size > 476 || number != nth || total != count {
            return Err(Malformed::at(at, "a block in its place", "something else"));
        }
        let (flags, family) = (word.u32(at + 8)?, word.u32(at + 28)?);
        // A file that is not for the flash, and what stands behind the data.
        if other.last() != Some(&(flags, family)) {
            other.push((flags, family));
        }
        let rest = word.slice(at + 32 + size, 476 - size)?;
        if rest.iter().any(|&b| b != 0) {
            list.node(format!("behind the data of block {nth}"))?;
            list.put_long("bytes", rest, Role::Structure, Value::Raw);
        }
        memory.put(word.u32(at + 12)?, word.slice(at + 32, size)?);
    }
    list.node("blocks")?;
    let other: Vec<u8> = other
        .iter()
        .flat_map(|(flags, family)| [flags.to_le_bytes(), family.to_le_bytes()].concat())
        .collect();
    list.put_long("flags and families", &other, Role::Structure, Value::Raw);
    memory.list(&mut list)?;
    Ok(list)
}
