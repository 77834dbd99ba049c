//! Digests of many files at once, with no thread idle while work is left.
//!
//! Each thread reads small files into `lanes`, in which SHA-256 of several goes on at once. Large files become tasks of their own:
//! BLAKE3 splits one over the idle threads; any other digest reads ahead while it hashes. Nothing is mapped, so a file that shrinks
//! while it is read is an error and not a crash.

mod entry;
mod feed;
mod group;
mod lanes;
mod large;
mod reading;
mod results;
mod stat_cache;
mod sums;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::sync::{Mutex, MutexGuard, PoisonError};

use memmap2::MmapMut;
use rayon::Scope;
use rustix::fs::{Mode, OFlags, Stat};

use self::entry::Entry;
use self::feed::Feed;
use self::large::Queue;
use self::sums::{Sums, in_lanes};

pub use self::lanes::Kernel;
pub(crate) use self::results::NO_EXTRA;
pub use self::results::{Extra, Failure, Hashed, Meta};
pub use self::stat_cache::StatCache;

use super::digest::Algorithm;
use super::reach;
use super::walk::Kind;
use crate::model::Meter;

/// Files of this size and more are hashed by a task of their own.
const LARGE: u64 = 2 << 20;
/// How much a thread reads at once, of one file or of several: it stays in a core's own cache. A BLAKE3 subtree of a large file has
/// this length, so it is a power of two times the chunk length.
const BLOCK: usize = 256 << 10;
/// How many files may lie open in lanes, on all threads: some systems allow no more than 1,024 to a process.
const OPEN: usize = 384;
/// The most files that a thread takes at once.
const BATCH: usize = 32;

/// What is wanted of an entry, and whether a symbolic link is followed for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ask {
    pub want: Want,
    pub follow: bool,
}

/// What is wanted of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// Nothing at all.
    Skip,
    /// Its kind, mode and size; for a link, its target and the target's digest.
    Stat,
    /// A regular file, says its folder: its digests.
    File,
    /// Not known yet: what `Stat` gives, and the digests if it turns out to be a regular file.
    Probe,
}

/// How to hash.
pub struct Plan<'a> {
    /// Where relative paths start.
    pub base: BorrowedFd<'a>,
    pub algorithms: &'a [Algorithm],
    pub meter: &'a Meter,
    /// Digests from earlier runs, for entries that are asked for by [`Want::Probe`].
    pub cache: Option<&'a StatCache>,
    /// Whether [`Extra`] is wanted too, of every entry that is not skipped.
    pub extras: bool,
}

/// The slot of one entry in the results.
struct Slot<'a> {
    index: usize,
    digest: &'a mut [u8],
    meta: &'a mut Meta,
}

/// A file whose bytes are known by identity: device, inode, size and both times.
type Identity = (u64, u64, i64, (i64, u64), (i64, u64));

fn identity(stat: &Stat) -> Identity {
    let times = ((stat.st_mtime, stat.st_mtime_nsec), (stat.st_ctime, stat.st_ctime_nsec));
    (stat.st_dev, stat.st_ino, stat.st_size, times.0, times.1)
}

struct Work<'a, P, B> {
    plan: &'a Plan<'a>,
    kernel: Kernel,
    /// Files that a thread has in hand at once.
    lanes: usize,
    large_from: u64,
    path: P,
    batches: Mutex<B>,
    large: Mutex<Queue<'a>>,
    buffers: Mutex<Vec<(MmapMut, MmapMut)>>,
    targets: Mutex<Vec<(usize, Vec<u8>)>>,
    extras: Mutex<Vec<(usize, Extra)>>,
    links: Mutex<Vec<(u64, u64, usize)>>,
    known: Mutex<BTreeMap<Identity, Vec<u8>>>,
    failures: Mutex<Vec<(usize, Failure)>>,
}

/// Hashes `count` entries on the current rayon pool. `path` puts the path of an entry into the buffer and says what
/// is wanted of it.
pub fn hash<P>(plan: &Plan<'_>, count: usize, path: P) -> Hashed
where
    P: Fn(usize, &mut Vec<u8>) -> Ask + Sync,
{
    hash_by(Kernel::here(), LARGE, plan, count, path)
}

fn hash_by<P>(kernel: Kernel, large_from: u64, plan: &Plan<'_>, count: usize, path: P) -> Hashed
where
    P: Fn(usize, &mut Vec<u8>) -> Ask + Sync,
{
    let _step = tracing::info_span!("hash", entries = count).entered();
    // At least a byte, so that there are as many slots as entries also where no digest is wanted.
    let stride = plan.algorithms.iter().map(|a| a.size()).sum::<usize>().max(1);
    let mut digests = vec![0; count * stride];
    let mut metas = vec![Meta::default(); count];
    let batch = (count / (rayon::current_num_threads() * 8)).clamp(1, BATCH);
    let slots = digests
        .chunks_mut(batch * stride)
        .zip(metas.chunks_mut(batch))
        .enumerate();
    let work = Work {
        plan,
        kernel,
        lanes: lanes_for(kernel, plan.algorithms),
        large_from,
        path,
        batches: Mutex::new(slots.map(|(number, (digests, metas))| {
            let slots = digests.chunks_mut(stride).zip(metas).enumerate();
            slots.map(move |(at, (digest, meta))| Slot {
                index: number * batch + at,
                digest,
                meta,
            })
        })),
        large: Mutex::default(),
        buffers: Mutex::default(),
        targets: Mutex::default(),
        extras: Mutex::default(),
        links: Mutex::default(),
        known: Mutex::default(),
        failures: Mutex::default(),
    };
    rayon::scope(|scope| {
        for _ in 0..rayon::current_num_threads() {
            let work = &work;
            scope.spawn(move |scope| work.walk(scope));
        }
    });
    let Work {
        targets,
        extras,
        links,
        failures,
        ..
    } = work;
    let (mut targets, mut links, mut failures) = (inner(targets), inner(links), inner(failures));
    let mut extras = inner(extras);
    targets.sort_unstable();
    extras.sort_unstable_by_key(|(index, _)| *index);
    links.sort_unstable();
    failures.sort_unstable_by_key(|(index, _)| *index);
    Hashed {
        algorithms: plan.algorithms.to_vec(),
        stride,
        digests,
        metas,
        targets,
        extras,
        links,
        failures,
    }
}

/// How many lanes a thread has: a power of two.
fn lanes_for(kernel: Kernel, algorithms: &[Algorithm]) -> usize {
    if !algorithms.iter().any(|a| in_lanes(*a)) {
        // Other digests gain nothing from company.
        return 1;
    }
    let share = (OPEN / rayon::current_num_threads().max(1)).max(1);
    kernel.width().min(1 << share.ilog2())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn inner<T>(mutex: Mutex<T>) -> T {
    mutex.into_inner().unwrap_or_else(PoisonError::into_inner)
}

thread_local! {
    static BUFFER: RefCell<Option<MmapMut>> = const { RefCell::new(None) };
}

/// Calls `act` with this thread's page-aligned buffer of [`BLOCK`] bytes. `act` must not wait for other tasks, which
/// could come back here on the same thread.
fn with_buffer<T>(act: impl FnOnce(&mut [u8]) -> io::Result<T>) -> io::Result<T> {
    BUFFER.with(|cell| {
        let mut buffer = match cell.take() {
            Some(buffer) => buffer,
            None => MmapMut::map_anon(BLOCK)?,
        };
        let result = act(&mut buffer);
        cell.replace(Some(buffer));
        result
    })
}

impl<'a, P, B, S> Work<'a, P, B>
where
    P: Fn(usize, &mut Vec<u8>) -> Ask + Sync,
    B: Iterator<Item = S> + Send,
    S: Iterator<Item = Slot<'a>> + Send,
{
    /// Does batch after batch, until there are none or large files are met for which there should be tasks.
    fn walk<'s>(&'s self, scope: &Scope<'s>)
    where
        'a: 's,
    {
        let mut feed = Feed::new(self.kernel, self.lanes);
        while let Some(batch) = self.next_batch() {
            let mut large = Vec::new();
            for slot in batch {
                match self.entry(slot) {
                    Entry::Done => {}
                    Entry::Small(slot, reading) => feed.add(self, Sums::new(slot), reading),
                    Entry::Large(size, slot) => large.push((size, slot)),
                }
            }
            let tasks = if large.is_empty() {
                0
            } else {
                lock(&self.large).push(large)
            };
            if tasks > 0 {
                // This thread takes the task spawned last, an idle one that spawned first.
                scope.spawn(|scope| self.walk(scope));
                (0..tasks).for_each(|_| scope.spawn(|scope| self.large(scope)));
                break;
            }
        }
        feed.drain(self);
    }

    fn next_batch(&self) -> Option<S> {
        lock(&self.batches).next()
    }

    /// Two buffers, with room for padding.
    fn buffers(&self) -> io::Result<(MmapMut, MmapMut)> {
        let spare = lock(&self.buffers).pop();
        let new = || MmapMut::map_anon(BLOCK + lanes::PADDING);
        spare.map_or_else(|| Ok((new()?, new()?)), Ok)
    }

    fn open(&self, path: &[u8], follow: bool) -> Result<(OwnedFd, Stat), Failure> {
        // Never waits, should the file have become a pipe since its folder was read.
        let mut flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
        if !follow {
            flags |= OFlags::NOFOLLOW;
        }
        let open = |at: BorrowedFd<'_>, rest: &OsStr| rustix::fs::openat(at, rest, flags, Mode::empty());
        let file = reach(self.plan.base, path, open).map_err(|error| Failure::Io(error.into()))?;
        let stat = rustix::fs::fstat(&file).map_err(|error| Failure::Io(error.into()))?;
        if Kind::of_mode(stat.st_mode) != Some(Kind::File) {
            return Err(Failure::Changed);
        }
        Ok((file, stat))
    }
}

#[cfg(test)]
mod tests;
