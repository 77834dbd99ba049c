//! erofs (Linux, `Documentation/filesystems/erofs.rst`; `fs/erofs/erofs_fs.h`): superblock with its checksum computed again, inodes and
//! attributes by path, files from blocks, chunks, what stands behind their inodes, and LZ4 clusters.

mod compressed;
mod folder;
mod inode;
mod pieces;

use super::{
    Format,
    crc::crc32c,
    sections::Words,
    volume::{self, Listing},
};
use crate::model::{Blob, FormatId, Kind, Malformed, Opened, Role, Span, Value};
use folder::Tree;

/// An erofs image.
pub struct Erofs;

const MAGIC: &[u8] = b"\xe2\xe1\xf5\xe0";
/// Where the superblock is, and its bytes.
const START: usize = 1024;
const SIZE: usize = 128;
/// Where in it the time is.
const TIME: usize = 24;
/// EROFS_FEATURE_COMPAT_SB_CHKSUM.
const SUMMED: u64 = 1;
/// Compressed data stands at the end of its block (EROFS_FEATURE_INCOMPAT_ZERO_PADDING).
const AT_END: u64 = 1;
/// What an image may need that is read here: also settings of compression, and chunks.
const KNOWN: u64 = AT_END | 2 | 4;

impl Format for Erofs {
    fn id(&self) -> FormatId {
        "erofs"
    }
    fn kind(&self) -> Kind {
        Kind::Volume
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        bytes.get(START..).is_some_and(|rest| rest.starts_with(MAGIC))
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        Super::read(bytes)?;
        Ok(volume::opened("erofs", bytes, true, read))
    }
}

/// What the superblock says.
#[derive(Clone, Copy)]
struct Super {
    block: usize,
    root: u64,
    inodes: u64,
    blocks: u64,
    /// Where inodes and shared attributes are counted from.
    meta: usize,
    shared: usize,
    needs: u64,
}

impl Super {
    fn read(bytes: &[u8]) -> Result<Self, Malformed> {
        let word = Words::little(&bytes[START.min(bytes.len())..]);
        let bits = word.u8(12)?;
        if !(9..=16).contains(&bits) {
            return Err(Malformed::at(
                START + 12,
                "blocks of 512 bytes to 64 KiB",
                format!("2^{bits}"),
            ));
        }
        let needs = word.u32(80)?;
        if needs & !KNOWN != 0 {
            return Err(Malformed::at(
                START + 80,
                "features that are read here",
                format!("{needs:#x}"),
            ));
        }
        let block = 1 << bits;
        let blocks = word.u32(36)?;
        if blocks.saturating_mul(block as u64) > bytes.len() as u64 {
            return Err(Malformed::truncated(
                bytes.len(),
                format!("{blocks} blocks of {block} bytes"),
            ));
        }
        word.slice(0, SIZE)?;
        Ok(Self {
            block,
            root: word.u16(14)?,
            inodes: word.u64(16)?,
            blocks,
            meta: word.position(40, 4)? * block,
            shared: word.position(44, 4)? * block,
            needs,
        })
    }
    /// Where an inode is.
    fn inode(self, number: u64) -> Result<usize, Malformed> {
        let at = usize::try_from(number).ok().and_then(|number| number.checked_mul(32));
        at.and_then(|at| at.checked_add(self.meta))
            .ok_or_else(|| Malformed::at(START, "an inode in the image", number.to_string()))
    }
}

fn read(image: &Blob) -> Result<Listing, Malformed> {
    let it = Super::read(image)?;
    let mut list = Listing::new(image);
    superblock(&mut list, image, it)?;
    let mut tree = Tree::new(it, image);
    tree.walk(&mut list)?;
    list.node("counts")?;
    let valid = tree.inodes() == it.inodes;
    list.derived("inodes", Span::at(START + 16, 8), Role::Size, valid);
    Ok(list)
}

fn superblock(list: &mut Listing, image: &Blob, it: Super) -> Result<(), Malformed> {
    use Role::{Identifier, Name, Structure, Timestamp};
    list.node("superblock")?;
    list.take(Span::at(START, 4));
    checksum(list, image, it)?;
    let fields = [
        ("features", 4, Structure),
        ("block log", 1, Structure),
        ("slots", 1, Structure),
    ];
    list.fields(START + 8, false, &fields);
    let time = inode::moment(Words::little(image), START + TIME)?;
    list.field("build time", Span::at(START + TIME, 12), Timestamp, time);
    list.field("uuid", Span::at(START + 48, 16), Identifier, Value::Raw);
    list.field("volume name", Span::at(START + 64, 16), Name, Value::Raw);
    list.fields(START + 80, false, &[("needed features", 4, Structure)]);
    list.field("settings", Span::new(START + 84, START + SIZE), Structure, Value::Raw);
    for place in [it.root, it.blocks, it.meta as u64, it.shared as u64] {
        list.place(place);
    }
    list.wrong_if(it.shared > image.len(), &it.shared.to_le_bytes());
    list.take(Span::at(START + 14, 2));
    list.take(Span::at(START + 36, 12));
    if image.len() as u64 != it.blocks * it.block as u64 {
        let size = (image.len() as u64).to_le_bytes();
        list.put("image size", &size, Structure, Value::Raw);
    }
    Ok(())
}

/// The checksum of the superblock with the rest of its block.
fn checksum(list: &mut Listing, image: &Blob, it: Super) -> Result<(), Malformed> {
    let place = Span::at(START + 4, 4);
    let word = Words::little(image);
    if word.u32(START + 8)? & SUMMED == 0 {
        list.field("checksum", place, Role::Structure, Value::Raw);
        return Ok(());
    }
    let end = if it.block > START { it.block } else { START + it.block };
    let mut bytes = word.slice(START, end - START)?.to_vec();
    bytes[4..8].fill(0);
    let valid = word.u32(place.start)? == u64::from(crc32c(!0, &bytes));
    list.derived("checksum", place, Role::Checksum, valid);
    Ok(())
}
