//! ELF (System V gABI, with the GNU and DWARF 2-5 sections): objects, executables, shared libraries, kernel modules.
//!
//! A field that holds an offset into a string table is compared by the string it names, so that a longer build path, which moves
//! every later string, is one difference and not thousands. Sizes and offsets count as derived only for sections that no program
//! loads: nothing but the section headers speaks of their place.

mod code;
mod compressed;
mod data;
mod debug;
mod dynamic;
mod eh;
mod fields;
pub mod head;
mod headers;
mod image;
mod layout;
mod named;
mod notes;
mod objects;
mod referred;
mod relocations;
mod section;
mod small;
mod space;
mod stream;
mod strings;
mod symbols;
mod versions;

use super::{Format, placed::Placed};
use crate::model::{Blob, FormatId, Kind, Malformed, Of, Opened, Order, Places, Pointer, Space};
use image::Image;
use std::sync::Arc;

/// An ELF file.
pub struct Elf;

/// Parts of one table, made one by one; larger tables are compared in runs of entries.
const ENTRIES: usize = 20_000;

impl Format for Elf {
    fn id(&self) -> FormatId {
        "elf"
    }
    fn kind(&self) -> Kind {
        Kind::Executable
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        bytes.starts_with(b"\x7fELF")
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        let image = Image::read(bytes)?;
        Ok(Opened {
            format: "elf",
            order: Order::Link,
            parts: layout::parts(image, bytes),
        })
    }
    fn space(&self, bytes: &Blob) -> Option<Space> {
        space::space(&Image::read(bytes).ok()?)
    }
    fn links(&self, bytes: &Blob, space: &Space) -> Vec<Pointer> {
        let image = Image::read(bytes).ok();
        image.map(|image| space::links(&image, space)).unwrap_or_default()
    }
    fn open_at(&self, bytes: &Blob, places: &Arc<Places>, of: Of) -> Option<Opened> {
        let mut image = Image::read(bytes).ok()?;
        image.placed = Some(Placed {
            places: places.clone(),
            of,
        });
        Some(Opened {
            format: "elf",
            order: Order::Link,
            parts: layout::parts(image, bytes),
        })
    }
}
