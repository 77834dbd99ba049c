//! What hashing found out.

use std::io;

use crate::bytes::digest::Algorithm;
use crate::bytes::security::{Attributes, Inherited};
use crate::bytes::walk::Kind;

/// What was found out about one entry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Meta {
    /// Bytes of a file or of a link's target; the device number of a device.
    pub size: u64,
    /// `st_mode`, kind and permissions; 0 if nothing is known.
    pub mode: u32,
}

impl Meta {
    /// The kind; `None` if the entry could not be read or was not asked for.
    pub fn kind(&self) -> Option<Kind> {
        Kind::of_mode(self.mode)
    }

    /// The permission bits with set-user-ID, set-group-ID and sticky.
    pub fn permissions(&self) -> u32 {
        self.mode & 0o7777
    }
}

/// What few entries have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extra {
    /// User and group of a set-user-ID or set-group-ID file.
    pub owner: Option<(u32, u32)>,
    /// Capabilities, labels, access control lists.
    pub attributes: Attributes,
    /// Whether a file has holes; not known of one whose digest is from a cache.
    pub sparse: Option<bool>,
}

/// What an entry has of which nothing is said.
pub(crate) static NO_EXTRA: Extra = Extra {
    owner: None,
    attributes: Vec::new(),
    sparse: Some(false),
};

/// Why an entry has no digest.
#[derive(Debug)]
pub enum Failure {
    Io(io::Error),
    /// Size or times were different after reading.
    Changed,
}

/// The results, one slot for each entry.
pub struct Hashed {
    pub(super) algorithms: Vec<Algorithm>,
    pub(super) stride: usize,
    pub(super) digests: Vec<u8>,
    pub(super) metas: Vec<Meta>,
    pub(super) targets: Vec<(usize, Vec<u8>)>,
    /// Sorted by entry; only of entries that have any.
    pub(super) extras: Vec<(usize, Extra)>,
    /// Entries with more than one link, by device, inode, entry.
    pub(super) links: Vec<(u64, u64, usize)>,
    /// Sorted by entry.
    pub failures: Vec<(usize, Failure)>,
}

impl Hashed {
    /// What is known of entry `index`.
    pub fn meta(&self, index: usize) -> Meta {
        self.metas[index]
    }

    /// One digest of entry `index`, raw; meaningful for files and links that did not fail.
    pub fn digest(&self, index: usize, algorithm: Algorithm) -> Option<&[u8]> {
        let mut at = index * self.stride;
        for a in &self.algorithms {
            if *a == algorithm {
                return self.digests.get(at..at + a.size());
            }
            at += a.size();
        }
        None
    }

    /// The target of the symbolic link `index`.
    pub fn target(&self, index: usize) -> Option<&[u8]> {
        let at = self.targets.binary_search_by_key(&index, |(i, _)| *i).ok()?;
        Some(&self.targets[at].1)
    }

    /// What entry `index` has that few have; nothing unless [`Plan::extras`](super::Plan::extras) asked for it.
    pub fn extra(&self, index: usize) -> &Extra {
        let at = self.extras.binary_search_by_key(&index, |(i, _)| *i).ok();
        at.and_then(|at| self.extras.get(at))
            .map_or(&NO_EXTRA, |(_, extra)| extra)
    }

    /// Takes away the labels that come from where a tree lies.
    pub fn strip(&mut self, inherited: &Inherited) {
        self.extras
            .iter_mut()
            .for_each(|(_, extra)| inherited.strip(&mut extra.attributes));
        self.extras.retain(|(_, extra)| *extra != NO_EXTRA);
    }

    /// For each entry that is a further name of a file: the entry with its first name. Sorted.
    pub(crate) fn hard_links(&self) -> Vec<(usize, usize)> {
        let groups = self.links.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1));
        let mut found: Vec<_> = groups
            .flat_map(|g| g[1..].iter().map(|link| (link.2, g[0].2)))
            .collect();
        found.sort_unstable();
        found
    }
}
