//! Mach-O (Apple's `mach-o/loader.h`, `nlist.h`, `fat.h`): thin and universal files.

mod commands;
mod layouts;

use super::{
    Format,
    sections::{self, Words, fill, in_order, inside, time, used},
    structures,
};
use crate::model::{Blob, FormatId, Isa, Kind, Malformed, Opened, Order, Part, Role, Span, Value};
use commands::Commands;
use goblin::{
    container::Ctx,
    mach::{
        constants::{
            S_ATTR_PURE_INSTRUCTIONS, S_ATTR_SOME_INSTRUCTIONS, S_GB_ZEROFILL, S_THREAD_LOCAL_ZEROFILL, S_ZEROFILL,
            SECTION_TYPE,
        },
        cputype::{CPU_TYPE_ARM64, CPU_TYPE_X86, CPU_TYPE_X86_64},
        fat::{FAT_MAGIC, SIZEOF_FAT_ARCH, SIZEOF_FAT_HEADER},
        header::{Header32, SIZEOF_HEADER_32, SIZEOF_HEADER_64},
        parse_magic_and_ctx,
        relocation::SIZEOF_RELOCATION_INFO,
        segment::Section,
    },
};
use std::mem::offset_of;

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

/// Not among goblin's: a universal file with 64-bit positions.
const FAT_MAGIC_64: u32 = FAT_MAGIC + 1;

/// What the first bytes say.
struct Header {
    ctx: Ctx,
    isa: Isa,
}

impl Header {
    fn read(bytes: &[u8]) -> Option<Self> {
        let ctx = parse_magic_and_ctx(bytes, 0).ok()?.1?;
        let isa = isa(structures::read(bytes, offset_of!(Header32, cputype), ctx.le)?);
        Some(Self { ctx, isa })
    }
    /// goblin's own size of a header; its reader wants the larger one of either.
    fn size(&self) -> usize {
        if self.ctx.is_big() {
            SIZEOF_HEADER_64
        } else {
            SIZEOF_HEADER_32
        }
    }
}

fn isa(cpu: u32) -> Isa {
    match cpu {
        CPU_TYPE_X86 => Isa::X86,
        CPU_TYPE_X86_64 => Isa::X86_64,
        CPU_TYPE_ARM64 => Isa::Arm64,
        _ => Isa::Other,
    }
}

/// A universal file: a table of architectures, and a Mach-O file for each.
fn fat(bytes: &[u8]) -> Option<Vec<Part>> {
    let words = Words::new(bytes, true);
    let wide = match structures::read(bytes, 0, scroll::BE)? {
        FAT_MAGIC => false,
        FAT_MAGIC_64 => true,
        _ => return None,
    };
    let count = words.position(4, 4).ok()?;
    if !(1..=ARCHITECTURES).contains(&count) {
        return None;
    }
    let header = Span::new(0, SIZEOF_FAT_HEADER);
    let mut parts = vec![Part::field("header", header, Role::Structure, Value::Raw)];
    let (entry, word) = if wide { (32, 8) } else { (SIZEOF_FAT_ARCH, 4) };
    for at in (0..count).map(|i| header.end + i * entry) {
        let cpu = structures::read(bytes, at, scroll::BE)?;
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

/// Segment and name of a section; goblin's own want UTF-8.
fn name(section: &Section) -> String {
    let text = |name: &[u8]| String::from_utf8_lossy(Words::new(name, false).text(0, name.len())).into_owned();
    format!("{},{}", text(&section.segname), text(&section.sectname))
}

fn thin(bytes: &Blob, header: &Header) -> Result<Vec<Part>, Malformed> {
    let commands = Commands::read(bytes, header.ctx, header.size())?;
    let symbols = commands.symbols(bytes)?;
    let fields =
        layouts::header(header.ctx.is_big()).parts(0, !header.ctx.le.is_little(), |_| (Role::Structure, Value::Raw));
    let span = Span::new(0, header.size());
    let mut regions = vec![Part::group("header", span, Order::Fixed, fields)];
    for (i, section) in commands.sections.iter().enumerate() {
        // These have no bytes in the file.
        if matches!(
            section.flags & SECTION_TYPE,
            S_ZEROFILL | S_GB_ZEROFILL | S_THREAD_LOCAL_ZEROFILL
        ) {
            continue;
        }
        let size = usize::try_from(section.size).unwrap_or(usize::MAX);
        let span = inside(section.offset as usize, size, bytes.len())?;
        let name = name(section);
        let code = section.flags & (S_ATTR_PURE_INSTRUCTIONS | S_ATTR_SOME_INSTRUCTIONS) != 0;
        regions.push(if code {
            let functions = symbols.functions(i + 1, section.addr);
            sections::code_section(name.clone(), span, section.addr, header.isa, functions)
        } else {
            Part::field(name.clone(), span, Role::Data, Value::Raw)
        });
        if section.nreloc > 0 {
            let size = (section.nreloc as usize).saturating_mul(SIZEOF_RELOCATION_INFO);
            let span = inside(section.reloff as usize, size, bytes.len())?;
            let name = format!("{name} relocations");
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
