//! Android's dex files ("Dalvik executable format", versions 035 to 040): checksums, and a listing of all that is behind them, in which
//! each index is what it stands for.
//!
//! Strict: the order of tables, classes and members is listed, and so is the order in which the pieces of the data lie.

mod annotation;
mod class;
mod code;
mod debug;
mod layout;
mod map;
mod numbers;
mod opcode;
mod tables;
mod value;

use super::{
    Format,
    listing::{self, Listing, Reader},
};
use crate::model::{Blob, Decode, FormatId, Kind, Malformed, Opened, Order, Part, Role, Span, Value};
use sha1::Digest;
use tables::Dex;

/// Dalvik bytecode.
pub struct DexFile;

/// Magic number, checksum and signature.
const BEHIND: usize = 32;
/// The header.
const HEADER: usize = 112;

impl Format for DexFile {
    fn id(&self) -> FormatId {
        "dex"
    }
    fn kind(&self) -> Kind {
        Kind::Bytecode
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        bytes.starts_with(b"dex\n0") && bytes.get(7) == Some(&0) && bytes.len() >= HEADER
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        let mut from = Reader::little(bytes).from(BEHIND)?;
        let size = from.place()?;
        let file = bytes.get(..size).filter(|file| file.len() >= HEADER);
        let file = file.ok_or_else(|| Malformed::at(BEHIND, "the size of the file", size.to_string()))?;
        let sum = adler(&file[12..]).to_le_bytes();
        let digest = sha1::Sha1::digest(&file[BEHIND..]);
        let derived = |name: &'static str, span: Span, right: &[u8]| {
            let valid = span.of(file) == right;
            Part::field(name, span, Role::Checksum, Value::Derived { valid })
        };
        Ok(Opened {
            format: "dex",
            order: Order::Fixed,
            parts: vec![
                Part::field("magic", Span::at(0, 8), Role::Structure, Value::Raw),
                derived("checksum", Span::at(8, 4), &sum),
                derived("signature", Span::at(12, 20), &digest),
                listing::member(Span::new(BEHIND, size), Body),
            ],
        })
    }
}

/// Adler-32 (RFC 1950).
fn adler(bytes: &[u8]) -> u32 {
    const BASE: u32 = 65521;
    let (mut a, mut b) = (1u32, 0u32);
    // As many as can be added before the sums overflow.
    for chunk in bytes.chunks(5552) {
        for &byte in chunk {
            a += u32::from(byte);
            b += a;
        }
        (a, b) = (a % BASE, b % BASE);
    }
    b << 16 | a
}

/// What is behind the checksums.
#[derive(Debug)]
struct Body;

impl Decode for Body {
    fn method(&self) -> &'static str {
        "dex"
    }
    fn role(&self) -> Role {
        Role::Content
    }
    fn decode(&self, stored: &Blob, limit: u64) -> Result<Blob, Malformed> {
        let mut to = Listing::new(limit);
        let dex = Dex::read(stored, &mut to)?;
        class::list(&dex, &mut to)?;
        map::list_more(&dex, &mut to)?;
        map::list_map(&dex, &mut to)?;
        dex.layout.list(stored, &mut to)?;
        Ok(to.blob())
    }
}
