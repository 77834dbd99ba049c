//! Formats: each recognises bytes by content and splits them into named parts. None of them recurses, and none knows a cause.

mod androidboot;
mod ar;
mod bzimage;
mod bzip2;
mod checked;
mod coff;
mod deb;
mod directory;
pub(crate) mod disassemble;
pub mod elf;
mod esp;
mod exfat;
mod ext;
mod fat;
mod fdt;
mod gpt;
mod gzip;
mod ihex;
mod iso9660;
mod jbd2;
mod json;
mod lz4;
mod lzma;
mod macho;
mod magic;
mod memory;
mod names;
mod oci;
mod opaque;
mod pe;
mod png;
mod pyc;
mod qcow2;
mod rdb;
mod rds;
mod row;
mod sections;
mod squashfs;
mod srec;
mod strings;
pub(crate) mod structures;
mod tar;
mod text;
mod uf2;
mod uimage;
mod volume;
mod xz;
mod zip;
mod zstd;

pub(crate) use oci::open_directory;

use crate::model::{Blob, FormatId, Kind, Malformed, Opened};

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
    &rds::Rds,
    &gzip::Gzip,
    &xz::Xz,
    &zstd::Zstd,
    &bzip2::Bzip2,
    &lz4::Lz4,
    &deb::Deb,
    &ar::Ar,
    &squashfs::Squashfs,
    &ext::Ext,
    &jbd2::Jbd2,
    &iso9660::Iso9660,
    &fat::Fat,
    &exfat::Exfat,
    &gpt::Gpt,
    &qcow2::Qcow2,
    &uimage::Uimage,
    &androidboot::Androidboot,
    &fdt::Fdt,
    &esp::Esp,
    &uf2::Uf2,
    &ihex::Ihex,
    &srec::Srec,
    &tar::Tar,
    &zip::Zip,
    &json::Json,
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

/// What kind of thing a format is.
pub fn kind(id: FormatId) -> Kind {
    match id {
        "directory" => Kind::Folder,
        _ => FORMATS
            .iter()
            .find(|format| format.id() == id)
            .map_or(Kind::Opaque, |format| format.kind()),
    }
}
