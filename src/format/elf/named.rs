//! What names the strings of a table: gathered from symbols, relocations and debugging information.

use super::{
    debug_info, debug_line,
    image::Image,
    relocations,
    sites::{Site, To, varies},
    symbols,
};
use crate::model::Span;
use goblin::elf::section_header::{SHF_ALLOC, SHT_DYNSYM, SHT_REL, SHT_RELA, SHT_SYMTAB};
use std::collections::BTreeMap;

/// All that names strings of one table.
pub(super) struct Named {
    /// Of everything that is named, in order; strings that are paired by their order stand in it as their number.
    pub(super) digest: Vec<u8>,
    /// Number and label of strings that may differ from build to build.
    pub(super) numbers: BTreeMap<Vec<u8>, (usize, &'static str)>,
}

/// Gathers what names strings of a table, or nothing where something may name them that is not understood: then only the place of
/// a string tells which one it is.
pub(super) fn into(image: &Image, table: usize) -> Option<Named> {
    let bytes = image.file();
    let section = image.sections.get(table).filter(|s| !s.has(SHF_ALLOC))?;
    let mut named = Named {
        digest: Vec::new(),
        numbers: BTreeMap::new(),
    };
    let mut hash = blake3::Hasher::new();
    let mut lost = false;
    let mut any = false;
    let mut visit = |site: Site| {
        let To::String(to, offset) = site.to else { return };
        if to != table {
            return;
        }
        any = true;
        let Some(text) = image.string(to, offset) else {
            lost = true;
            return;
        };
        if let Some(label) = varies(site.label, text) {
            let next = named.numbers.len();
            let (number, _) = *named.numbers.entry(text.to_vec()).or_insert((next, label));
            hash.update(b"\0\0").update(&number.to_le_bytes());
        } else {
            hash.update(text).update(b"\0");
        }
    };
    if table == image.names {
        for section in &image.sections {
            visit(Site {
                at: Span::default(),
                to: To::String(table, section.header.sh_name as u64),
                label: None,
            });
        }
    }
    let debug = matches!(section.name(), ".debug_str" | ".debug_line_str");
    for (i, other) in image.sections.iter().enumerate() {
        // A compressed table is not read: what it names is not known.
        if other.link() == table && other.compressed() {
            return None;
        }
        match other.header.sh_type {
            SHT_SYMTAB | SHT_DYNSYM if other.link() == table => symbols::visit(image, bytes, i, &mut visit)?,
            SHT_RELA if image.relocatable() && debug => relocations::visit(image, bytes, i, &mut visit)?,
            SHT_REL if image.relocatable() && debug => return None,
            _ if other.link() == table && !other.span.is_empty() => return None,
            _ => {}
        }
        if !debug || image.relocatable() {
            continue;
        }
        match other.name() {
            ".debug_info" | ".debug_types" => debug_info::visit(image, i, &mut visit)?,
            ".debug_line" => debug_line::visit(image, i, &mut visit)?,
            ".debug_str_offsets" => debug_info::visit_offsets(image, i, &mut visit)?,
            ".debug_macro" | ".debug_names" | ".debug_sup" | ".gnu_debugaltlink" => return None,
            _ => {}
        }
    }
    named.digest = hash.finalize().as_bytes().to_vec();
    named.digest.insert(0, 0);
    (any && !lost).then_some(named)
}
