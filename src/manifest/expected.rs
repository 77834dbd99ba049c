//! A manifest as it was read: what should be there.

use std::io;
use std::os::fd::BorrowedFd;

use crate::bytes::digest::{Algorithm, Digest};
use crate::bytes::hash::{self, Ask, Extra, NO_EXTRA, Plan, Want};
use crate::bytes::walk::{self, Kind};
use crate::model::Meter;

/// A line or entry that could not be understood.
#[derive(Debug)]
pub struct Malformed {
    /// Counted from 1; in JSON, the entry's number.
    pub line: usize,
    pub what: String,
}

/// What a manifest says of one path.
#[derive(Debug, Default)]
pub struct Row<'a> {
    pub path: &'a [u8],
    pub kind: Option<Kind>,
    pub permissions: Option<u32>,
    pub size: Option<u64>,
    pub target: Option<&'a [u8]>,
    pub digests: &'a [(Algorithm, Digest)],
    pub extra: Option<Extra>,
}

/// A row as it is kept: 40 bytes, its variable parts in one buffer.
pub(super) struct Stored {
    pub(super) start: u32,
    pub(super) path: u32,
    pub(super) target: u32,
    pub(super) size: u64,
    pub(super) permissions: u16,
    pub(super) kind: Option<Kind>,
    pub(super) digests: u8,
    pub(super) has: u8,
    /// Which of the manifest's extras is its own, counted from 1.
    extra: u32,
}

pub(super) const HAS_SIZE: u8 = 1;
pub(super) const HAS_PERMISSIONS: u8 = 2;
pub(super) const HAS_TARGET: u8 = 4;

/// A manifest that was read.
#[derive(Default)]
pub struct Manifest {
    data: Vec<u8>,
    extras: Vec<Extra>,
    pub(super) rows: Vec<Stored>,
    pub malformed: Vec<Malformed>,
    /// A list's digests could be SHA-256 or BLAKE3; they are taken as SHA-256 so far.
    pub(crate) unsure: bool,
    /// JSON only: how the tree was walked.
    pub walk: Option<Walked>,
}

/// How a JSON manifest's tree was walked, so that the same entries are looked for again.
#[derive(Clone, Debug, Default)]
pub struct Walked {
    pub roots: Vec<Vec<u8>>,
    pub options: walk::Options,
    /// What its writer could not read.
    pub incomplete: bool,
    /// Its writer looked for what few entries have: an entry without any had none.
    pub extras: bool,
}

impl Manifest {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether it has no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Adds a row.
    ///
    /// # Errors
    /// More than 4 GiB of names and digests.
    pub fn push(&mut self, row: Row<'_>) -> io::Result<()> {
        let full = |_| io::Error::other("manifest larger than 4 GiB");
        let target = row.target.unwrap_or_default();
        let mut stored = Stored {
            start: u32::try_from(self.data.len()).map_err(full)?,
            path: u32::try_from(row.path.len()).map_err(full)?,
            target: u32::try_from(target.len()).map_err(full)?,
            size: row.size.unwrap_or(0),
            permissions: (row.permissions.unwrap_or(0) & 0o7777) as u16,
            kind: row.kind,
            digests: 0,
            has: u8::from(row.size.is_some()) * HAS_SIZE
                + u8::from(row.permissions.is_some()) * HAS_PERMISSIONS
                + u8::from(row.target.is_some()) * HAS_TARGET,
            extra: 0,
        };
        if let Some(extra) = row.extra {
            self.extras.push(extra);
            stored.extra = u32::try_from(self.extras.len()).map_err(full)?;
        }
        self.data.extend(row.path);
        self.data.extend(target);
        for (bit, algorithm) in Algorithm::ALL.into_iter().enumerate() {
            if let Some((_, digest)) = row.digests.iter().find(|(a, _)| *a == algorithm) {
                stored.digests |= 1 << bit;
                self.data.extend(digest.as_bytes());
            }
        }
        self.rows.push(stored);
        Ok(())
    }

    pub(super) fn path(&self, row: &Stored) -> &[u8] {
        &self.data[row.start as usize..][..row.path as usize]
    }

    pub(super) fn target(&self, row: &Stored) -> Option<&[u8]> {
        let start = row.start as usize + row.path as usize;
        (row.has & HAS_TARGET != 0).then(|| &self.data[start..][..row.target as usize])
    }

    /// What the entry has that few have; nothing where the manifest says nothing.
    pub(super) fn extra(&self, row: &Stored) -> &Extra {
        let at = (row.extra as usize).checked_sub(1);
        at.and_then(|at| self.extras.get(at)).unwrap_or(&NO_EXTRA)
    }

    pub(super) fn digests(&self, row: &Stored) -> impl Iterator<Item = (Algorithm, &[u8])> {
        let mut at = row.start as usize + row.path as usize + row.target as usize;
        let there = Algorithm::ALL
            .into_iter()
            .enumerate()
            .filter(|(bit, _)| row.digests & 1 << bit != 0);
        there.map(move |(_, algorithm)| {
            let here = at;
            at += algorithm.size();
            (algorithm, &self.data[here..at])
        })
    }

    /// The algorithms that are needed to verify it.
    pub fn algorithms(&self) -> Vec<Algorithm> {
        let set = self.rows.iter().fold(0, |set, row| set | row.digests);
        Algorithm::ALL
            .into_iter()
            .enumerate()
            .filter(|(bit, _)| set & 1 << bit != 0)
            .map(|(_, a)| a)
            .collect()
    }

    /// Sorts the rows by path, as everything below needs it, and makes one of a list's lines for one path.
    ///
    /// # Errors
    /// More than 4 GiB of names and digests.
    pub fn sort(&mut self) -> io::Result<()> {
        let data = &self.data;
        let path = |row: &Stored| &data[row.start as usize..][..row.path as usize];
        self.rows.sort_by(|a, b| path(a).cmp(path(b)));
        let rows = std::mem::take(&mut self.rows);
        self.rows.reserve_exact(rows.len());
        for row in rows {
            // Two digests by the same algorithm contradict or repeat each other: both are verified.
            let same = self.rows.last().is_some_and(|last| {
                row.kind.is_none() && last.digests & row.digests == 0 && self.path(last) == self.path(&row)
            });
            let Some(last) = self.rows.pop_if(|_| same) else {
                self.rows.push(row);
                continue;
            };
            let path = self.path(&row).to_vec();
            let both = self.digests(&last).chain(self.digests(&row));
            let digests: Vec<_> = both.filter_map(|(a, raw)| Some((a, Digest::new(raw)?))).collect();
            self.push(Row {
                path: &path,
                digests: &digests,
                ..Row::default()
            })?;
        }
        Ok(())
    }

    /// Drops the rows that `keep` refuses, by path and whether it is known to be a folder.
    pub fn retain(&mut self, keep: impl Fn(&[u8], bool) -> bool) {
        let data = &self.data;
        let path = |row: &Stored| &data[row.start as usize..][..row.path as usize];
        self.rows.retain(|row| keep(path(row), row.kind == Some(Kind::Dir)));
    }

    pub(super) fn lists(&self, path: &[u8]) -> bool {
        self.rows.binary_search_by(|row| self.path(row).cmp(path)).is_ok()
    }

    /// The deepest folder that has every listed path in it; `None` if there are no rows.
    pub fn common_folder(&self) -> Option<Vec<u8>> {
        let first = self.path(self.rows.first()?);
        let mut len = folder_len(first);
        for row in &self.rows {
            let path = self.path(row);
            while len > 0 && !(path.get(..len) == first.get(..len) && folder_len(path) >= len) {
                len = folder_len(&first[..len - 1]);
            }
        }
        Some(walk::normalise(&first[..len]))
    }

    /// Adds up the sizes of the files that are there, for a progress bar.
    pub fn total_size(&self, base: BorrowedFd<'_>) -> u64 {
        let plan = Plan {
            base,
            algorithms: &[],
            meter: &Meter::default(),
            cache: None,
            extras: false,
        };
        let sizes = hash::hash(&plan, self.rows.len(), |index, path| {
            path.clear();
            path.extend(self.path(&self.rows[index]));
            Ask {
                want: Want::Stat,
                follow: true,
            }
        });
        let files = (0..self.rows.len()).filter(|i| sizes.meta(*i).kind() == Some(Kind::File));
        files.map(|index| sizes.meta(index).size).sum()
    }

    /// Decides between SHA-256 and BLAKE3 for a list that could be either: the one by which some file verifies.
    pub fn settle(&mut self, base: BorrowedFd<'_>) {
        if !std::mem::take(&mut self.unsure) {
            return;
        }
        let plan = Plan {
            base,
            algorithms: &[Algorithm::Sha256, Algorithm::Blake3],
            meter: &Meter::default(),
            cache: None,
            extras: false,
        };
        for row in self.rows.iter().filter(|row| row.digests == 1).take(16) {
            let found = hash::hash(&plan, 1, |_, path| {
                path.clear();
                path.extend(self.path(row));
                Ask {
                    want: Want::Probe,
                    follow: true,
                }
            });
            let expected = self.digests(row).next().map(|(_, digest)| digest);
            if expected == found.digest(0, Algorithm::Sha256) {
                return;
            }
            if expected == found.digest(0, Algorithm::Blake3) {
                // The same length, so only the name of what is stored changes.
                self.rows
                    .iter_mut()
                    .filter(|row| row.digests == 1)
                    .for_each(|row| row.digests = 2);
                return;
            }
        }
    }
}

/// Length of the folder part of a path, with its slash.
fn folder_len(path: &[u8]) -> usize {
    memchr::memrchr(b'/', path).map_or(0, |at| at + 1)
}
