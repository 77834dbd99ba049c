//! Formats: each recognises bytes by content and splits them into named parts. None of them recurses, and none knows a cause.

mod alpine;
mod ar;
mod arsc;
mod aux_cache;
mod axml;
mod bootimg;
mod bzimage;
mod bzip2;
mod checked;
mod chunks;
mod class;
mod coff;
mod cpio;
mod cramfs;
mod crc;
mod deb;
mod dex;
mod directory;
pub(crate) mod disassemble;
mod dwarf;
pub mod elf;
mod erofs;
mod esp;
mod exfat;
mod ext;
mod fat;
mod fdt;
mod fields;
mod gcno;
mod gpt;
mod gzip;
mod idsig;
mod ihex;
pub mod image;
mod iso9660;
mod jbd2;
mod json;
mod listing;
mod lz4;
mod lzma;
mod macho;
mod magic;
mod mtree;
mod names;
mod oci;
mod opaque;
mod operands;
mod pe;
mod pgp;
mod placed;
mod png;
mod profile;
mod pyc;
mod qcow2;
mod rdb;
mod rds;
mod records;
mod romfs;
mod row;
mod rpm;
mod sections;
mod squashfs;
mod srec;
mod strings;
pub(crate) mod structures;
mod tar;
mod text;
mod uboot;
mod uf2;
mod volume;
mod xz;
mod zip;
mod zstd;

pub(crate) use oci::open_directory;

use crate::model::{Blob, FormatId, Kind, Malformed, Of, Opened, Places, Pointer, Space};
use std::sync::Arc;

/// A file format.
pub trait Format: Sync {
    /// The stem of the format's file.
    fn id(&self) -> FormatId;
    /// What kind of thing it is.
    fn kind(&self) -> Kind;
    /// Whether the bytes are of this format: by content, never by name alone.
    fn detect(&self, bytes: &[u8]) -> bool;
    /// Fields and members, in file order. Never recurses.
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed>;
    /// Of a program: which piece of it lies where in memory. Without links.
    fn space(&self, _bytes: &Blob) -> Option<Space> {
        None
    }
    /// Of a program: what in it leads where, by where it stands.
    fn links(&self, _bytes: &Blob, _space: &Space) -> Vec<Pointer> {
        Vec::new()
    }
    /// The same as [`open`](Self::open), where it is known which places of two programs are the same: addresses are written as places.
    fn open_at(&self, _bytes: &Blob, _places: &Arc<Places>, _of: Of) -> Option<Opened> {
        None
    }
}

/// Every format, in the order in which they are tried: those with a magic number before those without.
pub static FORMATS: &[&dyn Format] = &[
    &elf::Elf,
    &bzimage::Bzimage,
    &pe::Pe,
    &coff::Coff,
    &macho::Macho,
    &png::Png,
    &pyc::Pyc,
    &class::Class,
    &dex::DexFile,
    &gcno::Gcno,
    &profile::Profile,
    &axml::Axml,
    &arsc::Arsc,
    &rds::Rds,
    &alpine::Alpine,
    &aux_cache::AuxCache,
    &gzip::Gzip,
    &xz::Xz,
    &zstd::Zstd,
    &bzip2::Bzip2,
    &lz4::Lz4,
    &rpm::Rpm,
    &deb::Deb,
    &ar::Ar,
    &bootimg::Bootimg,
    &uboot::Uboot,
    &fdt::Fdt,
    &uf2::Uf2,
    &cpio::Cpio,
    &squashfs::Squashfs,
    &romfs::Romfs,
    &cramfs::Cramfs,
    &erofs::Erofs,
    &ext::Ext,
    &jbd2::Jbd2,
    &iso9660::Iso9660,
    &fat::Fat,
    &exfat::Exfat,
    &gpt::Gpt,
    &qcow2::Qcow2,
    &esp::Esp,
    &ihex::Ihex,
    &srec::Srec,
    &tar::Tar,
    &zip::Zip,
    &idsig::Idsig,
    &json::Json,
    &pgp::Pgp,
    &fields::Fields,
    &mtree::Mtree,
    &lzma::Lzma,
    &rdb::Rdb,
    &text::Text,
    &strings::Strings,
    &opaque::Opaque,
];

/// Opens bytes as the first format that recognises them; a hint is tried before the others. Never fails: bytes that their format
/// cannot open are opaque, and the second value says why; of a format that is only known by its name, it says the name.
pub fn open(bytes: &Blob, hint: Option<FormatId>) -> (Opened, Option<Malformed>) {
    let hinted = FORMATS.iter().filter(|format| Some(format.id()) == hint);
    let mut failure = None;
    for format in hinted.chain(FORMATS) {
        if !format.detect(bytes) {
            continue;
        }
        match format.open(bytes) {
            Ok(opened) if opened.format == "opaque" => break,
            Ok(opened) => return (opened, failure),
            Err(malformed) => failure = failure.or(Some(malformed)),
        }
    }
    let unopened = || magic::name(bytes).map(Malformed::unopened);
    (opaque::whole(bytes), failure.or_else(unopened))
}

/// The format of an id.
pub fn by_id(id: FormatId) -> Option<&'static dyn Format> {
    FORMATS.iter().copied().find(|format| format.id() == id)
}

/// What kind of thing a format is.
pub fn kind(id: FormatId) -> Kind {
    match id {
        "directory" => Kind::Folder,
        _ => by_id(id).map_or(Kind::Opaque, Format::kind),
    }
}
