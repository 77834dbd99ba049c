//! What an entry is: whatever is not a regular file is handled at once, files are opened.

use std::cell::RefCell;
use std::io;
use std::os::fd::OwnedFd;

use rustix::fs::{AtFlags, SeekFrom, Stat};

use super::reading::Reading;
use super::sums::at_once;
use super::{Ask, Extra, Failure, Meta, NO_EXTRA, Slot, Want, Work, identity, lock};
use crate::bytes::walk::Kind;
use crate::bytes::{reach, security};

thread_local! {
    static PATH: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

impl<'a, P, B, S> Work<'a, P, B>
where
    P: Fn(usize, &mut Vec<u8>) -> Ask + Sync,
    B: Iterator<Item = S> + Send,
    S: Iterator<Item = Slot<'a>> + Send,
{
    /// Handles an entry, unless it is a file that is to be read.
    pub(super) fn entry(&self, slot: Slot<'a>) -> Entry<'a> {
        PATH.with_borrow_mut(|path| {
            let Ask { want, follow } = (self.path)(slot.index, path);
            let result = match want {
                Want::Skip => Ok(Entry::Done),
                Want::Stat | Want::Probe => self.stat(path, slot, want, follow),
                Want::File => self.file(path, slot, follow),
            };
            result.unwrap_or_else(|(index, failure)| {
                self.failed(index, failure);
                Entry::Done
            })
        })
    }

    fn stat(&self, path: &[u8], slot: Slot<'a>, want: Want, follow: bool) -> Handled<'a> {
        let failed = |error: rustix::io::Errno| (slot.index, Failure::Io(error.into()));
        let flags = if follow {
            AtFlags::empty()
        } else {
            AtFlags::SYMLINK_NOFOLLOW
        };
        let stat = |flags| reach(self.plan.base, path, |at, rest| rustix::fs::statat(at, rest, flags));
        // A link that leads nowhere is itself the entry, also when links are followed.
        let stat = stat(flags)
            .or_else(|_| stat(AtFlags::SYMLINK_NOFOLLOW))
            .map_err(failed)?;
        let kind = Kind::of_mode(stat.st_mode);
        if want == Want::Probe && kind == Some(Kind::File) {
            if let Some(known) = self.plan.cache.and_then(|cache| cache.get(&stat)) {
                let index = slot.index;
                self.known_already(slot, known, &stat);
                self.extra(index, &stat, None, || security::at(self.plan.base, path, follow))?;
                return Ok(Entry::Done);
            }
            return self.file(path, slot, follow);
        }
        let follow = follow && kind != Some(Kind::Symlink);
        self.extra(slot.index, &stat, Some(false), || {
            security::at(self.plan.base, path, follow)
        })?;
        let mut size = u64::try_from(stat.st_size).unwrap_or(0);
        if let Some(Kind::CharDevice | Kind::BlockDevice) = kind {
            size = stat.st_rdev;
        } else if kind == Some(Kind::Symlink) {
            let target = reach(self.plan.base, path, |at, rest| {
                rustix::fs::readlinkat(at, rest, Vec::new())
            });
            let target = target.map_err(failed)?.into_bytes();
            size = target.len() as u64;
            at_once(self.plan.algorithms, &target, slot.digest);
            lock(&self.targets).push((slot.index, target));
        }
        *slot.meta = Meta {
            size,
            mode: stat.st_mode,
        };
        Ok(Entry::Done)
    }

    /// Notes what few entries have, if it is asked for.
    fn extra(
        &self,
        index: usize,
        stat: &Stat,
        sparse: Option<bool>,
        attributes: impl FnOnce() -> io::Result<security::Attributes>,
    ) -> Result<(), (usize, Failure)> {
        if !self.plan.extras {
            return Ok(());
        }
        let attributes = attributes().map_err(|error| (index, Failure::Io(error)))?;
        let acts = Kind::of_mode(stat.st_mode) == Some(Kind::File) && stat.st_mode & 0o6000 != 0;
        let extra = Extra {
            owner: acts.then_some((stat.st_uid, stat.st_gid)),
            attributes,
            sparse,
        };
        if extra != NO_EXTRA {
            lock(&self.extras).push((index, extra));
        }
        Ok(())
    }

    /// A file whose digests were made before.
    fn known_already(&self, slot: Slot<'a>, digest: &[u8], stat: &Stat) {
        slot.digest.copy_from_slice(digest);
        let size = u64::try_from(stat.st_size).unwrap_or(0);
        *slot.meta = Meta {
            size,
            mode: stat.st_mode,
        };
        self.plan.meter.file();
        self.plan.meter.done(size);
    }

    fn file(&self, path: &[u8], slot: Slot<'a>, follow: bool) -> Handled<'a> {
        let index = slot.index;
        let failed = |error| (index, Failure::Io(error));
        let (file, stat) = self.open(path, follow).map_err(|failure| (index, failure))?;
        let size = u64::try_from(stat.st_size).unwrap_or(0);
        let sparse = self.plan.extras && holes(&file, &stat).map_err(|error| failed(error.into()))?;
        self.extra(index, &stat, Some(sparse), || security::of_file(&file))?;
        if stat.st_nlink > 1 {
            lock(&self.links).push((stat.st_dev, stat.st_ino, index));
            if let Some(digest) = lock(&self.known).get(&identity(&stat)) {
                self.known_already(slot, digest, &stat);
                return Ok(Entry::Done);
            }
        }
        if size >= self.large_from {
            return Ok(Entry::Large(size, slot));
        }
        Ok(Entry::Small(slot, Reading::new(file, stat)))
    }
}

/// Whether a file has holes. Fewer blocks than bytes alone may be compression.
fn holes(file: &OwnedFd, stat: &Stat) -> rustix::io::Result<bool> {
    if stat.st_blocks.saturating_mul(512) >= stat.st_size {
        return Ok(false);
    }
    // Not every file system keeps an account of them.
    let Ok(first) = rustix::fs::seek(file, SeekFrom::Hole(0)) else {
        return Ok(false);
    };
    rustix::fs::seek(file, SeekFrom::Start(0))?;
    Ok(i64::try_from(first).is_ok_and(|first| first < stat.st_size))
}

/// What is left to do of an entry.
pub(super) enum Entry<'a> {
    Done,
    Small(Slot<'a>, Reading),
    /// A large file, with its size; it is opened again once it has its turn.
    Large(u64, Slot<'a>),
}

/// What is left to do, or why entry N failed.
type Handled<'a> = Result<Entry<'a>, (usize, Failure)>;
