//! A file that is read piece by piece.

use std::io;
use std::os::fd::OwnedFd;

use rustix::fs::Stat;

use super::{Failure, identity};

/// A file, open at the end of what was read of it.
pub(super) struct Reading {
    file: OwnedFd,
    before: Stat,
    read: u64,
}

/// How much was read, and whether the file has ended.
#[derive(Clone, Copy, Default)]
pub(super) struct Piece {
    pub(super) held: usize,
    pub(super) ended: bool,
}

/// A file that was read to its end, and was not changed meanwhile.
pub(super) struct Whole {
    pub(super) stat: Stat,
    pub(super) size: u64,
}

impl Reading {
    pub(super) fn new(file: OwnedFd, before: Stat) -> Self {
        Self { file, before, read: 0 }
    }

    /// How many bytes were read.
    pub(super) fn read(&self) -> u64 {
        self.read
    }

    /// Fills the buffer, unless the file ends before. `tick` is told of bytes as they come.
    pub(super) fn piece(&mut self, buffer: &mut [u8], tick: impl Fn(usize)) -> io::Result<Piece> {
        let mut held = 0;
        loop {
            let got = rustix::io::retry_on_intr(|| rustix::io::read(&self.file, &mut buffer[held..]))?;
            held += got;
            self.read += got as u64;
            tick(got);
            let full = held == buffer.len();
            // At the size that it had, no further read has to tell that this is the end: a second look at its size does.
            let ended = got == 0 || !full && i64::try_from(self.read) == Ok(self.before.st_size);
            if full || ended {
                return Ok(Piece { held, ended });
            }
        }
    }

    /// The file as it is after it was read, if it is still what it was before.
    pub(super) fn end(&self) -> Result<Whole, Failure> {
        Whole::of(&self.file, &self.before, self.read)
    }
}

impl Whole {
    /// A file of which so many bytes were read, to its end.
    pub(super) fn of(file: &OwnedFd, before: &Stat, read: u64) -> Result<Self, Failure> {
        let stat = rustix::fs::fstat(file).map_err(|error| Failure::Io(error.into()))?;
        // Files of /proc have no size, and only reading tells.
        let whole = i64::try_from(read) == Ok(stat.st_size) || before.st_size == 0;
        if identity(before) != identity(&stat) || !whole {
            return Err(Failure::Changed);
        }
        Ok(Self { stat, size: read })
    }
}
