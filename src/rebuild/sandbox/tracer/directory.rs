//! The order in which a directory lists its entries.
//!
//! At the first call for a directory the tracer reads all of it by itself and puts it in order. Each call is then answered
//! from that list and turned into an `lseek`, so that the kernel keeps our place in it: `telldir`, `rewinddir` and a
//! duplicated descriptor go on working.

use super::{Pending, Tracer, memory};
use crate::rebuild::environment::DirectoryOrder;
use libc::user_regs_struct;
use nix::{sys::ptrace, unistd::Pid};
use std::{collections::BTreeMap, path::Path};

/// An entry without its `d_off`: inode number, type, name.
struct Entry {
    inode: u64,
    kind: u8,
    name: Vec<u8>,
}

/// Lists of directories that are being read, by process and descriptor.
#[derive(Default)]
pub(super) struct Listings(BTreeMap<(Pid, i32), Vec<Entry>>);

impl Listings {
    /// A process has ended.
    pub(super) fn forget(&mut self, process: Pid) {
        self.0.retain(|(of, _), _| *of != process);
    }
}

/// Size of `d_ino`, `d_off`, `d_reclen` and `d_type` in `struct linux_dirent64` (getdents64(2)).
const HEAD: usize = 19;
/// Most bytes answered to one call.
const CHUNK: usize = 1 << 20;

impl Tracer<'_> {
    /// A `getdents64` is about to be made. True if its return is of interest.
    pub(super) fn list(&mut self, pid: Pid, registers: user_regs_struct) -> bool {
        let Some((position, value)) = self.fill(pid, &registers) else {
            return false;
        };
        let mut instead = registers;
        instead.orig_rax = libc::SYS_lseek as u64;
        instead.rsi = position;
        instead.rdx = libc::SEEK_SET as u64;
        if ptrace::setregs(pid, instead).is_err() {
            return false;
        }
        if let Some(thread) = self.threads.get_mut(&pid) {
            thread.pending = Some(Pending::Answer { registers, value });
        }
        true
    }

    /// Writes entries into the caller's buffer; the new position and the number of bytes, or nothing where the kernel's own
    /// answer is the best there is.
    fn fill(&mut self, pid: Pid, registers: &user_regs_struct) -> Option<(u64, u64)> {
        let descriptor = registers.rdi as i32;
        let group = self.threads.get(&pid)?.group;
        let position = position(&self.proc, pid, descriptor)?;
        let key = (group, descriptor);
        if position == 0 || !self.listings.0.contains_key(&key) {
            let path = self.proc.join(format!("{pid}/fd/{descriptor}"));
            self.listings.0.insert(key, read(&path, self.spec.environment.order)?);
        }
        let entries = self.listings.0.get(&key)?;
        let room = (registers.rdx as usize).min(CHUNK);
        let mut bytes = Vec::new();
        let mut at = usize::try_from(position).ok()?;
        while let Some(entry) = entries.get(at) {
            let length = (HEAD + entry.name.len() + 1).next_multiple_of(8);
            if bytes.len() + length > room {
                break;
            }
            at += 1;
            let start = bytes.len();
            bytes.extend_from_slice(&entry.inode.to_le_bytes());
            bytes.extend_from_slice(&(at as u64).to_le_bytes());
            bytes.extend_from_slice(&(length as u16).to_le_bytes());
            bytes.push(entry.kind);
            bytes.extend_from_slice(&entry.name);
            bytes.resize(start + length, 0);
        }
        if bytes.is_empty() {
            if at < entries.len() {
                // Too small a buffer: the kernel says so.
                return None;
            }
            return Some((position, 0));
        }
        memory::write(pid, registers.rsi, &bytes).then_some((at as u64, bytes.len() as u64))
    }
}

/// Where a descriptor stands.
fn position(proc: &Path, pid: Pid, descriptor: i32) -> Option<u64> {
    let text = std::fs::read_to_string(proc.join(format!("{pid}/fdinfo/{descriptor}"))).ok()?;
    text.lines()
        .find_map(|line| line.strip_prefix("pos:")?.trim().parse().ok())
}

fn read(path: &Path, order: DirectoryOrder) -> Option<Vec<Entry>> {
    use rustix::fs::{Dir, Mode, OFlags, open};
    let folder = open(
        path,
        OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC,
        Mode::empty(),
    )
    .ok()?;
    let mut entries = Vec::new();
    for entry in Dir::new(folder).ok()? {
        let entry = entry.ok()?;
        entries.push(Entry {
            inode: entry.ino(),
            kind: kind(entry.file_type()),
            name: entry.file_name().to_bytes().to_vec(),
        });
    }
    entries.sort_by(|x, y| x.name.cmp(&y.name));
    if order == DirectoryOrder::Reversed {
        entries.reverse();
    }
    Some(entries)
}

/// `d_type` as in `struct linux_dirent64`.
fn kind(of: rustix::fs::FileType) -> u8 {
    use rustix::fs::FileType;
    match of {
        FileType::RegularFile => libc::DT_REG,
        FileType::Directory => libc::DT_DIR,
        FileType::Symlink => libc::DT_LNK,
        FileType::Fifo => libc::DT_FIFO,
        FileType::Socket => libc::DT_SOCK,
        FileType::CharacterDevice => libc::DT_CHR,
        FileType::BlockDevice => libc::DT_BLK,
        FileType::Unknown => libc::DT_UNKNOWN,
    }
}
