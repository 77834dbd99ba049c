//! The digests of one file.

use super::{Failure, Meta, reading::Whole};
use super::{Slot, Work, identity, lock};
use crate::bytes::digest::{Algorithm, Hasher};

/// The digests of a file that is read: SHA-256 is made in lanes, with those of other files, and the others here.
pub(super) struct Sums<'a> {
    slot: Slot<'a>,
    others: Vec<Hasher>,
}

impl<'a> Sums<'a> {
    pub(super) fn new(slot: Slot<'a>) -> Self {
        let others = Vec::new();
        Self { slot, others }
    }

    /// Where the digests go.
    pub(super) fn place(&mut self) -> &mut [u8] {
        self.slot.digest
    }

    /// Takes the next bytes.
    pub(super) fn take(&mut self, algorithms: &[Algorithm], bytes: &[u8], ended: bool) {
        if self.others.is_empty() {
            // A file that is read at once is the common case; nothing has to be kept then.
            if ended {
                return others(algorithms, self.slot.digest)
                    .for_each(|(algorithm, place)| fill(algorithm, bytes, place));
            }
            let algorithms = algorithms.iter().filter(|a| !in_lanes(**a));
            self.others = algorithms.map(|a| Hasher::new(*a)).collect();
        }
        update_all(&mut self.others, bytes);
        if ended {
            let hashers = std::mem::take(&mut self.others);
            for (hasher, (_, place)) in hashers.into_iter().zip(others(algorithms, self.slot.digest)) {
                place.copy_from_slice(hasher.finish().as_bytes());
            }
        }
    }

    /// Puts the digest of a lane in its place.
    pub(super) fn put(&mut self, algorithms: &[Algorithm], digest: &[u8; 32]) {
        let places = places(algorithms, self.slot.digest).filter(|(algorithm, _)| in_lanes(*algorithm));
        places.for_each(|(_, place)| place.copy_from_slice(digest));
    }
}

/// Whether a digest is made for several files at once.
pub(super) fn in_lanes(algorithm: Algorithm) -> bool {
    algorithm == Algorithm::Sha256
}

/// All digests of bytes that are all there.
pub(super) fn at_once(algorithms: &[Algorithm], bytes: &[u8], digest: &mut [u8]) {
    places(algorithms, digest).for_each(|(algorithm, place)| fill(algorithm, bytes, place));
}

fn fill(algorithm: Algorithm, bytes: &[u8], place: &mut [u8]) {
    place.copy_from_slice(algorithm.digest(bytes).as_bytes());
}

/// The digests' places: they stand one after another.
fn places<'d>(algorithms: &[Algorithm], mut digest: &'d mut [u8]) -> impl Iterator<Item = (Algorithm, &'d mut [u8])> {
    algorithms.iter().map(move |algorithm| {
        let (here, rest) = std::mem::take(&mut digest).split_at_mut(algorithm.size());
        digest = rest;
        (*algorithm, here)
    })
}

/// The places of those that are not made in lanes.
fn others<'d>(algorithms: &[Algorithm], digest: &'d mut [u8]) -> impl Iterator<Item = (Algorithm, &'d mut [u8])> {
    places(algorithms, digest).filter(|(algorithm, _)| !in_lanes(*algorithm))
}

fn update_all(hashers: &mut [Hasher], bytes: &[u8]) {
    match hashers {
        [] => {}
        [one] => one.update(bytes),
        [first, rest @ ..] => {
            rayon::join(|| first.update(bytes), || update_all(rest, bytes));
        }
    }
}

impl<'a, P, B> Work<'a, P, B> {
    /// Records what was read to its end, or why not.
    pub(super) fn settle(&self, sums: Sums<'a>, whole: Result<Whole, Failure>) {
        let slot = sums.slot;
        let Whole { stat, size } = match whole {
            Ok(whole) => whole,
            Err(failure) => return self.failed(slot.index, failure),
        };
        if stat.st_nlink > 1 {
            lock(&self.known).insert(identity(&stat), slot.digest.to_vec());
        }
        if let Some(cache) = self.plan.cache {
            cache.put(&stat, slot.digest);
        }
        *slot.meta = Meta {
            size,
            mode: stat.st_mode,
        };
        self.plan.meter.file();
    }

    pub(super) fn failed(&self, index: usize, failure: Failure) {
        lock(&self.failures).push((index, failure));
    }

    /// Bytes are counted as they are read, so that a large file moves the bar too.
    pub(super) fn tick(&self, bytes: usize) {
        self.plan.meter.done(bytes as u64);
    }
}
