//! UF2 (Microsoft's specification): blocks of 512 bytes that fill flash memory; the bytes that they put there, by family and address.

use super::{
    Format,
    records::{Memory, opened},
    sections::Words,
};
use crate::model::{Blob, Decode, FormatId, Kind, Malformed, Opened};

/// A flash image in blocks.
pub struct Uf2;

const MAGIC: &[u8] = b"UF2\nWQ]\x9e";
const END: u64 = 0x0ab1_6f30;
const BLOCK: usize = 512;
/// The room for data in a block.
const ROOM: usize = 476;

impl Format for Uf2 {
    fn id(&self) -> FormatId {
        "uf2"
    }
    fn kind(&self) -> Kind {
        Kind::Firmware
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        bytes.starts_with(MAGIC)
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        Ok(opened("uf2", bytes, Blocks))
    }
}

/// The blocks of a whole file.
#[derive(Debug)]
struct Blocks;

impl Decode for Blocks {
    fn decode(&self, stored: &Blob, limit: u64) -> Result<Blob, Malformed> {
        let count = stored.len() / BLOCK;
        if !stored.len().is_multiple_of(BLOCK) {
            return Err(Malformed::truncated(stored.len(), "a block of 512 bytes"));
        }
        let (mut memory, mut last) = (Memory::default(), None);
        for (number, block) in stored.chunks_exact(BLOCK).enumerate() {
            let at = number * BLOCK;
            let words = Words::new(block, false);
            let word = |at: usize| words.number(at, 4);
            if !block.starts_with(MAGIC) || word(508)? != END {
                return Err(Malformed::at(at, "a block of UF2", "other bytes"));
            }
            // What blocks of one image have in common; a file may hold several images, one behind the other.
            let about = [word(8)?, word(28)?, word(24)?];
            let follows = match last {
                Some((all, before)) if all == about => word(20)? == before + 1,
                _ => word(20)? == 0,
            };
            if !follows || word(20)? >= about[2] || about[2] > count as u64 {
                return Err(Malformed::at(at + 20, "blocks by their numbers", "another number"));
            }
            if word(20)? == 0 {
                memory.say("flags and family", &block[8..12]);
                memory.say("family or size", &block[28..32]);
                memory.say("blocks", &block[24..28]);
            }
            last = Some((about, word(20)?));
            let size = words.position(16, 4)?;
            if size > ROOM || block[32 + size..508].iter().any(|byte| *byte != 0) {
                return Err(Malformed::at(at + 16, "data, and zeros behind it", "other bytes"));
            }
            memory.put(word(12)?, &block[32..32 + size]);
        }
        memory.written(limit)
    }
}
