//! What names the strings of a table: gathered from symbols, relocations and debugging information.

use super::{image::Image, relocations, symbols};
use crate::{
    format::dwarf::{
        self,
        names::{self, Named},
        sites::{Site, To},
    },
    model::Span,
};
use goblin::elf::section_header::{SHF_ALLOC, SHT_DYNSYM, SHT_REL, SHT_RELA, SHT_SYMTAB};

/// Gathers what names strings of a table, or nothing where something may name them that is not understood.
pub(super) fn into(image: &Image, table: usize) -> Option<Named> {
    let bytes = image.file();
    let section = image.sections.get(table).filter(|s| !s.has(SHF_ALLOC))?;
    let debug = dwarf::strings(section.name());
    names::gather(image, table, |visit| {
        if table == image.names {
            for section in &image.sections {
                visit(Site {
                    at: Span::default(),
                    to: To::String(table, section.header.sh_name as u64),
                    label: None,
                });
            }
        }
        for (i, other) in image.sections.iter().enumerate() {
            // A compressed table is not read: what it names is not known.
            if other.link() == table && other.compressed() {
                return None;
            }
            match other.header.sh_type {
                SHT_SYMTAB | SHT_DYNSYM if other.link() == table => symbols::visit(image, bytes, i, visit)?,
                SHT_RELA if image.relocatable() && debug => relocations::visit(image, bytes, i, visit)?,
                SHT_REL if image.relocatable() && debug => return None,
                _ if other.link() == table && !other.span.is_empty() => return None,
                _ => {}
            }
            if debug && !image.relocatable() {
                names::visit(image, i, visit)?;
            }
        }
        Some(())
    })
}
