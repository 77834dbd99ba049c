//! Entries of one size in a file, sorted by their key: for as many as there are, in memory that does not grow.

use crate::bytes::{Error, digest::Algorithm};
use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    fs::File,
    io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write},
    os::unix::fs::FileExt,
};

/// Bytes of a digest, and of an entry.
const KEY: usize = 16;
const SIZE: usize = 3 * KEY + 8;
/// Entries that are sorted in memory at once: 56 MB.
const RUN: usize = 1 << 20;

/// The start of a SHA-256: enough to tell names apart by.
pub(super) type Key = [u8; KEY];

/// That of a text.
pub(super) fn key(bytes: &[u8]) -> Key {
    Algorithm::Sha256
        .digest(bytes)
        .as_bytes()
        .first_chunk()
        .copied()
        .unwrap_or_default()
}

/// That of a number: in the order of the numbers.
pub(super) fn number(number: u64) -> Key {
    u128::from(number).to_be_bytes()
}

/// An entry: a key, digests of what it stands for, and where that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    pub(super) key: Key,
    pub(super) sums: [Key; 2],
    pub(super) place: u64,
}

impl Entry {
    fn bytes(self) -> [u8; SIZE] {
        let mut all = [0; SIZE];
        let parts = [self.key, self.sums[0], self.sums[1]].concat();
        all[..3 * KEY].copy_from_slice(&parts);
        all[3 * KEY..].copy_from_slice(&self.place.to_le_bytes());
        all
    }

    fn read(all: [u8; SIZE]) -> Self {
        let part = |at: usize| all.get(at..).and_then(<[u8]>::first_chunk).copied().unwrap_or_default();
        let place = all.last_chunk().copied().unwrap_or_default();
        Self {
            key: part(0),
            sums: [part(KEY), part(2 * KEY)],
            place: u64::from_le_bytes(place),
        }
    }
}

fn spill(error: &std::io::Error) -> Error {
    Error::io(error).about("a temporary file")
}

/// Takes entries in any order.
#[derive(Default)]
pub(super) struct Sorter {
    open: Vec<Entry>,
    runs: Vec<File>,
}

impl Sorter {
    pub(super) fn add(&mut self, entry: Entry) -> Result<(), Error> {
        self.open.push(entry);
        match self.open.len() >= RUN {
            true => self.close(),
            false => Ok(()),
        }
    }

    fn close(&mut self) -> Result<(), Error> {
        self.open.sort_unstable();
        let file = tempfile::tempfile().map_err(|error| spill(&error))?;
        let mut out = BufWriter::new(&file);
        for entry in self.open.drain(..) {
            out.write_all(&entry.bytes()).map_err(|error| spill(&error))?;
        }
        out.flush().map_err(|error| spill(&error))?;
        drop(out);
        self.runs.push(file);
        Ok(())
    }

    /// All of them, in order.
    pub(super) fn finish(mut self) -> Result<Sorted, Error> {
        self.close()?;
        if let ([_], Some(file)) = (self.runs.as_slice(), self.runs.first()) {
            return Sorted::of(file.try_clone().map_err(|error| spill(&error))?);
        }
        let mut readers: Vec<Entries> = Vec::new();
        for run in self.runs {
            readers.push(Sorted::of(run)?.entries()?);
        }
        let mut heap = BinaryHeap::new();
        for (at, reader) in readers.iter_mut().enumerate() {
            heap.extend(reader.read()?.map(|entry| Reverse((entry, at))));
        }
        let file = tempfile::tempfile().map_err(|error| spill(&error))?;
        let mut out = BufWriter::new(&file);
        while let Some(Reverse((entry, at))) = heap.pop() {
            out.write_all(&entry.bytes()).map_err(|error| spill(&error))?;
            if let Some(reader) = readers.get_mut(at) {
                heap.extend(reader.read()?.map(|entry| Reverse((entry, at))));
            }
        }
        out.flush().map_err(|error| spill(&error))?;
        drop(out);
        Sorted::of(file)
    }
}

/// Entries in order.
pub(super) struct Sorted {
    file: File,
    count: u64,
}

impl Sorted {
    fn of(file: File) -> Result<Self, Error> {
        let length = file.metadata().map_err(|error| spill(&error))?.len();
        Ok(Self {
            file,
            count: length / SIZE as u64,
        })
    }

    /// From the first on.
    pub(super) fn entries(&self) -> Result<Entries, Error> {
        let mut file = self.file.try_clone().map_err(|error| spill(&error))?;
        file.seek(SeekFrom::Start(0)).map_err(|error| spill(&error))?;
        Ok(Entries(BufReader::new(file)))
    }

    /// The first entry with a key.
    pub(super) fn find(&self, key: &Key) -> Result<Option<Entry>, Error> {
        let at = |index: u64| {
            let mut all = [0; SIZE];
            let read = self.file.read_exact_at(&mut all, index * SIZE as u64);
            read.map_err(|error| spill(&error)).map(|()| Entry::read(all))
        };
        let (mut low, mut high) = (0, self.count);
        while low < high {
            let middle = low + (high - low) / 2;
            match at(middle)?.key < *key {
                true => low = middle + 1,
                false => high = middle,
            }
        }
        Ok(match low < self.count {
            true => Some(at(low)?).filter(|entry| entry.key == *key),
            false => None,
        })
    }
}

/// Entries one by one.
pub(super) struct Entries(BufReader<File>);

impl Entries {
    pub(super) fn read(&mut self) -> Result<Option<Entry>, Error> {
        let mut all = [0; SIZE];
        match self.0.read_exact(&mut all) {
            Ok(()) => Ok(Some(Entry::read(all))),
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(None),
            Err(error) => Err(spill(&error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(numbers: impl Iterator<Item = u64>, close_every: u64) -> Sorted {
        let mut sorter = Sorter::default();
        for number in numbers {
            let entry = Entry {
                key: key(&number.to_le_bytes()),
                sums: [[7; KEY], [8; KEY]],
                place: number,
            };
            sorter.add(entry).unwrap();
            if number % close_every == 0 {
                sorter.close().unwrap();
            }
        }
        sorter.finish().unwrap()
    }

    #[test]
    fn runs_are_merged_and_each_entry_is_found() {
        let all = sorted((0..1000).rev(), 100);
        let mut entries = all.entries().unwrap();
        let mut seen = Vec::new();
        while let Some(entry) = entries.read().unwrap() {
            seen.push(entry);
        }
        assert_eq!(seen.len(), 1000);
        assert!(seen.is_sorted());
        for number in 0..1000u64 {
            assert_eq!(all.find(&key(&number.to_le_bytes())).unwrap().unwrap().place, number);
        }
        assert_eq!(all.find(&key(b"none")).unwrap(), None);
        assert_eq!(sorted(0..0, 1).find(&key(b"none")).unwrap(), None);
    }
}
