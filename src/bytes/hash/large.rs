//! Large files: read ahead while they are hashed, several in lanes where there are more of them than threads. BLAKE3 alone splits one
//! over the idle threads.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use blake3::hazmat::{
    ChainingValue, HasherExt, Mode as TreeMode, left_subtree_len, merge_subtrees_non_root, merge_subtrees_root,
};
use rayon::Scope;
use rustix::fs::{Advice, Stat};

use super::group::Group;
use super::reading::{Reading, Whole};
use super::sums::Sums;
use super::{Ask, BLOCK, Failure, Slot, Work, lock, with_buffer};
use crate::bytes::digest::Algorithm;

/// Large files that were met, and who is at them.
#[derive(Default)]
pub(super) struct Queue<'a> {
    /// By size.
    waiting: Vec<(u64, Slot<'a>)>,
    /// Tasks that take from it, and how many of them have begun.
    tasks: usize,
    begun: usize,
    /// Files that tasks have in hand.
    open: usize,
}

impl<'a> Queue<'a> {
    /// Takes files, and says how many more tasks there should be.
    pub(super) fn push(&mut self, files: Vec<(u64, Slot<'a>)>) -> usize {
        let more = rayon::current_num_threads().saturating_sub(self.tasks).min(files.len());
        self.tasks += more;
        self.waiting.extend(files);
        self.waiting.sort_by_key(|(size, _)| *size);
        more
    }

    /// A task begins; whether all threads are at large files now.
    fn begin(&mut self) -> bool {
        self.begun += 1;
        self.begun >= rayon::current_num_threads()
    }

    /// The largest, for a task that has `own` in hand and could have `most`: each thread gets its share. A task that has none, and
    /// gets none, is over.
    fn take(&mut self, own: usize, most: usize) -> Option<Slot<'a>> {
        let share = (self.waiting.len() + self.open).div_ceil(rayon::current_num_threads());
        if own >= share.clamp(1, most) {
            return None;
        }
        let next = self.waiting.pop();
        match next {
            Some(_) => self.open += 1,
            None if own == 0 => {
                self.tasks -= 1;
                self.begun -= 1;
            }
            None => {}
        }
        next.map(|(_, slot)| slot)
    }
}

impl<'a, P, B> Work<'a, P, B> {
    pub(super) fn next_large(&self, own: usize, most: usize) -> Option<Slot<'a>> {
        lock(&self.large).take(own, most)
    }

    pub(super) fn large_done(&self) {
        lock(&self.large).open -= 1;
    }
}

impl<'a, P, B, S> Work<'a, P, B>
where
    P: Fn(usize, &mut Vec<u8>) -> Ask + Sync,
    B: Iterator<Item = S> + Send,
    S: Iterator<Item = Slot<'a>> + Send,
{
    /// Hashes large files until none is left.
    pub(super) fn large<'s>(&'s self, scope: &Scope<'s>)
    where
        'a: 's,
    {
        // Who else would find out which large files there still are?
        if lock(&self.large).begin() {
            self.walk(scope);
        }
        if self.plan.algorithms != [Algorithm::Blake3] {
            return Group::new(self.kernel, self.lanes).run(self);
        }
        while let Some(slot) = self.next_large(0, 1) {
            self.alone(slot);
            self.large_done();
        }
    }

    pub(super) fn open_large(&self, index: usize) -> Result<(OwnedFd, Stat), Failure> {
        let mut path = Vec::new();
        let follow = (self.path)(index, &mut path).follow;
        let (file, stat) = self.open(&path, follow)?;
        // Only advice: a file system may not take it.
        let _ = rustix::fs::fadvise(&file, 0, None, Advice::Sequential);
        Ok((file, stat))
    }

    /// One file, by BLAKE3.
    fn alone(&self, slot: Slot<'a>) {
        let index = slot.index;
        let mut sums = Sums::new(slot);
        let whole = self.open_large(index).and_then(|(file, before)| {
            let size = u64::try_from(before.st_size).unwrap_or(0);
            if size <= BLOCK as u64 {
                // It has become small since it was met.
                return self.whole(Reading::new(file, before), &mut sums);
            }
            match self.split(&file, size, sums.place()) {
                Ok(read) => Whole::of(&file, &before, read),
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(Failure::Changed),
                Err(error) => Err(Failure::Io(error)),
            }
        });
        self.settle(sums, whole);
    }

    fn whole(&self, mut reading: Reading, sums: &mut Sums<'a>) -> Result<Whole, Failure> {
        let read = with_buffer(|buffer| {
            loop {
                let piece = reading.piece(buffer, |got| self.tick(got))?;
                sums.take(self.plan.algorithms, &buffer[..piece.held], piece.ended);
                if piece.ended {
                    return Ok(());
                }
            }
        });
        read.map_err(Failure::Io).and_then(|()| reading.end())
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
