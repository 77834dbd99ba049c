//! A large file: read ahead while it is hashed, or split over the idle threads.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use blake3::hazmat::{
    ChainingValue, HasherExt, Mode as TreeMode, left_subtree_len, merge_subtrees_non_root, merge_subtrees_root,
};
use memmap2::MmapMut;
use rustix::fs::Advice;

use super::{Ask, BLOCK, Failure, Slot, Work, lock, store, with_buffer};
use crate::bytes::digest::{Algorithm, Hasher};

impl<'a, P, B, S> Work<'a, P, B>
where
    P: Fn(usize, &mut Vec<u8>) -> Ask + Sync,
    B: Iterator<Item = S> + Send,
    S: Iterator<Item = Slot<'a>> + Send,
{
    pub(super) fn large(&self, slot: Slot<'a>) {
        let index = slot.index;
        let mut path = Vec::new();
        let follow = (self.path)(index, &mut path).follow;
        let failed = |error| (index, Failure::Io(error));
        let result = self
            .open(&path, follow)
            .map_err(|failure| (index, failure))
            .and_then(|(file, stat)| {
                // Only advice: a file system may not take it.
                let _ = rustix::fs::fadvise(&file, 0, None, Advice::Sequential);
                let size = u64::try_from(stat.st_size).unwrap_or(0);
                let read = match self.plan.algorithms {
                    [Algorithm::Blake3] if size > BLOCK as u64 => self.split(&file, size, slot.digest),
                    _ => self.stream(&file, slot.digest),
                };
                let read = match read {
                    Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                        return Err((index, Failure::Changed));
                    }
                    read => read.map_err(failed)?,
                };
                self.settle(&file, &stat, read, slot)
            });
        if let Err(failure) = result {
            lock(&self.failures).push(failure);
        }
    }

    /// Reads ahead while the block before is hashed, each algorithm a task of its own.
    fn stream(&self, file: &OwnedFd, digest: &mut [u8]) -> io::Result<u64> {
        let mut hashers: Vec<Hasher> = self.plan.algorithms.iter().map(|a| Hasher::new(*a)).collect();
        let (mut front, mut back) = (self.buffer()?, self.buffer()?);
        let mut total = 0;
        let mut got = fill(file, &mut front)?;
        while got > 0 {
            let (next, ()) = rayon::join(|| fill(file, &mut back), || update_all(&mut hashers, &front[..got]));
            total += got as u64;
            self.tick(got);
            got = next?;
            std::mem::swap(&mut front, &mut back);
        }
        lock(&self.buffers).extend([front, back]);
        store(hashers, digest);
        Ok(total)
    }

    fn buffer(&self) -> io::Result<MmapMut> {
        let spare = lock(&self.buffers).pop();
        spare.map_or_else(|| MmapMut::map_anon(BLOCK), Ok)
    }

    /// BLAKE3 over the halves of its tree, on as many threads as are idle.
    fn split(&self, file: &OwnedFd, size: u64, digest: &mut [u8]) -> io::Result<u64> {
        let (left, right) = self.halves(file.as_fd(), 0, size)?;
        digest.copy_from_slice(merge_subtrees_root(&left, &right, TreeMode::Hash).as_bytes());
        // A byte past the end shows that the file grew.
        let more = rustix::io::retry_on_intr(|| rustix::io::pread(file, &mut [0; 1][..], size))?;
        Ok(size + more as u64)
    }

    /// The chaining values of the two subtrees of the `len` bytes at `offset`; `len` is more than [`BLOCK`].
    fn halves(&self, file: BorrowedFd<'_>, offset: u64, len: u64) -> io::Result<(ChainingValue, ChainingValue)> {
        let left = left_subtree_len(len);
        let (a, b) = rayon::join(
            || self.subtree(file, offset, left),
            || self.subtree(file, offset + left, len - left),
        );
        Ok((a?, b?))
    }

    #[allow(clippy::cast_possible_truncation, reason = "a block's length fits in memory")]
    fn subtree(&self, file: BorrowedFd<'_>, offset: u64, len: u64) -> io::Result<ChainingValue> {
        if len > BLOCK as u64 {
            let (left, right) = self.halves(file, offset, len)?;
            return Ok(merge_subtrees_non_root(&left, &right, TreeMode::Hash));
        }
        with_buffer(|buffer| {
            let block = &mut buffer[..len as usize];
            let mut filled = 0;
            while filled < block.len() {
                let at = offset + filled as u64;
                match rustix::io::retry_on_intr(|| rustix::io::pread(file, &mut block[filled..], at))? {
                    0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                    got => filled += got,
                }
            }
            self.tick(block.len());
            Ok(blake3::Hasher::new()
                .set_input_offset(offset)
                .update(block)
                .finalize_non_root())
        })
    }
}

/// Reads until the buffer is full or the file ends.
fn fill(file: &OwnedFd, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match rustix::io::retry_on_intr(|| rustix::io::read(file, &mut buffer[filled..]))? {
            0 => break,
            got => filled += got,
        }
    }
    Ok(filled)
}

fn update_all(hashers: &mut [Hasher], block: &[u8]) {
    match hashers {
        [] => {}
        [one] => one.update(block),
        [first, rest @ ..] => {
            rayon::join(|| first.update(block), || update_all(rest, block));
        }
    }
}
