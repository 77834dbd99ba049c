//! Digests of many files at once, with no thread idle while work is left.
//!
//! Small files go in batches, each read whole into a buffer that its thread keeps. A large file becomes a task of its
//! own: BLAKE3 splits it over the idle threads; any other digest reads ahead while it hashes. Nothing is mapped, so a
//! file that shrinks while it is read is an error and not a crash.

mod large;
mod results;
mod small;
mod stat_cache;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::sync::{Mutex, MutexGuard, PoisonError};

use memmap2::MmapMut;
use rayon::Scope;
use rustix::fs::{Mode, OFlags, Stat};

pub use self::results::{Extra, Failure, Hashed, Meta, NO_EXTRA};
pub use self::stat_cache::StatCache;

use super::digest::{Algorithm, Hasher};
use super::reach;
use super::walk::Kind;
use crate::model::Meter;

/// Files of this size and more are hashed by a task of their own.
const LARGE: u64 = 2 << 20;
/// How much of a file is read at once: it stays in a core's own cache. A BLAKE3 subtree of a large file has this
/// length, so it is a power of two times the chunk length.
const BLOCK: usize = 256 << 10;
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
    path: P,
    batches: Mutex<B>,
    buffers: Mutex<Vec<MmapMut>>,
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
        path,
        batches: Mutex::new(slots.map(|(number, (digests, metas))| {
            let slots = digests.chunks_mut(stride).zip(metas).enumerate();
            slots.map(move |(at, (digest, meta))| Slot {
                index: number * batch + at,
                digest,
                meta,
            })
        })),
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
            scope.spawn(move |scope| work.step(scope));
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
    /// Does one batch, then leaves a task that does the next one, and one task for each large file met.
    fn step<'s>(&'s self, scope: &Scope<'s>)
    where
        'a: 's,
    {
        let Some(batch) = lock(&self.batches).next() else {
            return;
        };
        let mut large = Vec::new();
        for slot in batch {
            if let Some((size, slot)) = self.small(slot) {
                large.push((size, slot));
            }
        }
        // This thread takes the task spawned last: the largest file. An idle thread takes the one spawned first.
        scope.spawn(|scope| self.step(scope));
        large.sort_by_key(|(size, _)| *size);
        for (_, slot) in large {
            scope.spawn(|_| self.large(slot));
        }
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

    /// Records a file that was read to its end, if it is still what it was before.
    #[allow(clippy::needless_pass_by_value, reason = "a slot is filled once")]
    fn settle(&self, file: &OwnedFd, before: &Stat, read: u64, slot: Slot<'a>) -> Result<(), (usize, Failure)> {
        let after = rustix::fs::fstat(file).map_err(|error| (slot.index, Failure::Io(error.into())))?;
        // Files of /proc have no size, and only reading tells.
        let whole = read as i64 == after.st_size || before.st_size == 0;
        if identity(before) != identity(&after) || !whole {
            return Err((slot.index, Failure::Changed));
        }
        if after.st_nlink > 1 {
            lock(&self.known).insert(identity(&after), slot.digest.to_vec());
        }
        if let Some(cache) = self.plan.cache {
            cache.put(&after, slot.digest);
        }
        *slot.meta = Meta {
            size: read,
            mode: after.st_mode,
        };
        self.plan.meter.file();
        Ok(())
    }

    /// Bytes are counted as they are read, so that a large file moves the bar too.
    fn tick(&self, bytes: usize) {
        self.plan.meter.done(bytes as u64);
    }
}

/// Puts the digests one after another.
fn store(hashers: Vec<Hasher>, mut digest: &mut [u8]) {
    for hasher in hashers {
        let found = hasher.finish();
        let (here, rest) = digest.split_at_mut(found.as_bytes().len());
        here.copy_from_slice(found.as_bytes());
        digest = rest;
    }
}
