//! Mach-O (Apple's `mach-o/loader.h`, `nlist.h`, `fat.h`): thin and universal files.

mod commands;

use super::{
    Format,
    sections::{self, Words, fill, in_order, inside, time, used},
};
use crate::model::{Blob, FormatId, Isa, Kind, Malformed, Opened, Order, Part, Role, Span, Value};
use commands::Commands;

/// An object, library or program of macOS and its kin.
pub struct Macho;

/// Architectures of a universal file; Java classes share its magic, and their version stands in the place of this number.
const ARCHITECTURES: usize = 30;

impl Format for Macho {
    fn id(&self) -> FormatId {
        "macho"
    }
    fn kind(&self) -> Kind {
        Kind::Executable
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        Header::read(bytes).is_some() || fat(bytes).is_some()
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        let parts = match Header::read(bytes) {
            Some(header) => thin(bytes, &header)?,
            None => fat(bytes).ok_or_else(|| Malformed::at(0, "a Mach-O header", "another"))?,
        };
        Ok(Opened {
            format: "macho",
            order: Order::Fixed,
            parts,
        })
    }
}

/// What the first bytes say.
struct Header {
    big: bool,
    wide: bool,
    isa: Isa,
}

impl Header {
    fn read(bytes: &[u8]) -> Option<Self> {
        let (big, wide) = match bytes.get(..4)? {
            [0xce, 0xfa, 0xed, 0xfe] => (false, false),
            [0xcf, 0xfa, 0xed, 0xfe] => (false, true),
            [0xfe, 0xed, 0xfa, 0xce] => (true, false),
            [0xfe, 0xed, 0xfa, 0xcf] => (true, true),
            _ => return None,
        };
        let isa = isa(Words::new(bytes, big).number(4, 4).ok()?);
        Some(Self { big, wide, isa })
    }
    fn size(&self) -> usize {
        if self.wide { 32 } else { 28 }
    }
}

fn isa(cpu: u64) -> Isa {
    match cpu {
        7 => Isa::X86,
        0x0100_0007 => Isa::X86_64,
        0x0100_000c => Isa::Arm64,
        _ => Isa::Other,
    }
}

/// A universal file: a table of architectures, and a Mach-O file for each.
fn fat(bytes: &[u8]) -> Option<Vec<Part>> {
    let words = Words::new(bytes, true);
    let wide = match bytes.get(..4)? {
        [0xca, 0xfe, 0xba, 0xbe] => false,
        [0xca, 0xfe, 0xba, 0xbf] => true,
        _ => return None,
    };
    let count = words.position(4, 4).ok()?;
    if !(1..=ARCHITECTURES).contains(&count) {
        return None;
    }
    let mut parts = vec![Part::field("header", Span::new(0, 8), Role::Structure, Value::Raw)];
    let (entry, word) = if wide { (32, 8) } else { (20, 4) };
    for at in (0..count).map(|i| 8 + i * entry) {
        let cpu = words.number(at, 4).ok()?;
        let (offset, size) = (
            words.position(at + 8, word).ok()?,
            words.position(at + 8 + word, word).ok()?,
        );
        let span = inside(offset, size, bytes.len()).ok()?;
        let name = match isa(cpu) {
            Isa::X86 => "i386".to_owned(),
            Isa::X86_64 => "x86_64".to_owned(),
            Isa::Arm64 => "arm64".to_owned(),
            _ => format!("cpu {cpu:#x}"),
        };
        let fields = vec![
            Part::field("architecture", Span::at(at, 8), Role::Structure, Value::Raw),
            used("position", Span::at(at + 8, word), Role::Offset),
            used("size", Span::at(at + 8 + word, word), Role::Size),
            Part::field(
                "alignment",
                Span::new(at + 8 + 2 * word, at + entry),
                Role::Structure,
                Value::Raw,
            ),
        ];
        parts.push(Part::group(
            format!("{name} header"),
            Span::at(at, entry),
            Order::Fixed,
            fields,
        ));
        parts.push(Part::stored(name, span));
    }
    in_order(parts).ok()
}

fn thin(bytes: &Blob, header: &Header) -> Result<Vec<Part>, Malformed> {
    let words = Words::new(bytes, header.big);
    let commands = Commands::read(words, header)?;
    let symbols = commands.symbols(words)?;
    let mut regions = vec![Part::field(
        "header",
        Span::new(0, header.size()),
        Role::Structure,
        Value::Raw,
    )];
    for (i, section) in commands.sections.iter().enumerate() {
        if section.zero {
            continue;
        }
        let span = inside(section.at, section.size, bytes.len())?;
        let name = section.name.clone();
        regions.push(if section.code {
            let functions = symbols.functions(i + 1, section.address);
            sections::code_section(name, span, section.address, header.isa, functions)
        } else {
            Part::field(name, span, Role::Data, Value::Raw)
        });
        if section.relocations.1 > 0 {
            let size = section.relocations.1.saturating_mul(8);
            let span = inside(section.relocations.0, size, bytes.len())?;
            let name = format!("{} relocations", section.name);
            regions.push(Part::field(name, span, Role::Content, Value::Raw));
        }
    }
    for (name, role, at, size) in &commands.regions {
        regions.push(Part::field(*name, inside(*at, *size, bytes.len())?, *role, Value::Raw));
    }
    regions.extend(symbols.parts);
    regions.extend(commands.parts);
    in_order(regions)
}
