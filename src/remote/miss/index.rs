//! A log that can be asked: for an action by what it makes, and for who makes a file. What the answers are read from lies in temporary
//! files, so that memory does not grow with the log; and of actions that both builds have alike, nothing but digests.

use super::{
    super::log::{Log, Spawn},
    sorted::{Entry, Key, Sorted, Sorter, key, number},
};
use crate::bytes::Error;
use std::{
    fs::File,
    io::{BufWriter, Write},
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

/// The longest action that is read again.
const LONGEST: u64 = 1 << 30;

/// A log that was read whole.
pub(super) struct Index {
    path: PathBuf,
    /// Actions by name ([`name`]), with what they are made from and what they make; the place is their number.
    pub(super) spawns: Sorted,
    /// Files by path, with the number of the action that made it.
    made: Sorted,
    kept: Option<Kept>,
}

/// Actions that can be read.
struct Kept {
    /// Each as JSON, behind its length.
    file: File,
    /// Where they are in it, by number.
    places: Sorted,
}

/// What tells an action from the others of its build: its outputs.
pub(super) fn name(spawn: &Spawn) -> String {
    let mut outputs = match spawn.listed.is_empty() {
        true => spawn.outputs.keys().cloned().collect(),
        false => spawn.listed.clone(),
    };
    outputs.sort();
    match outputs.is_empty() {
        true => format!("{} {} {:?}", spawn.label, spawn.mnemonic, spawn.arguments),
        false => outputs.join("\n"),
    }
}

/// All that decides what an action is called in a cache, and all that it makes.
fn sums(spawn: &Spawn) -> [Key; 2] {
    let from = (&spawn.arguments, &spawn.variables, &spawn.platform, &spawn.inputs);
    [
        key(format!("{from:?}").as_bytes()),
        key(format!("{:?}", spawn.outputs).as_bytes()),
    ]
}

fn spill(error: std::io::Error) -> Error {
    Error::io(&error).about("a temporary file")
}

impl Index {
    /// Reads a log.
    pub(super) fn read(path: &Path) -> Result<Self, Error> {
        let (mut spawns, mut made) = (Sorter::default(), Sorter::default());
        for (place, spawn) in (0..).zip(Log::open(path)?) {
            let spawn = spawn?;
            spawns.add(Entry {
                key: key(name(&spawn).as_bytes()),
                sums: sums(&spawn),
                place,
            })?;
            for path in spawn.outputs.keys() {
                let (key, sums) = (key(path.as_bytes()), Default::default());
                made.add(Entry { key, sums, place })?;
            }
        }
        Ok(Self {
            path: path.to_owned(),
            spawns: spawns.finish()?,
            made: made.finish()?,
            kept: None,
        })
    }

    /// Reads the log once more, and keeps the actions of these numbers.
    pub(super) fn keep(&mut self, wanted: Sorter) -> Result<(), Error> {
        let (mut wanted, mut places) = (wanted.finish()?.entries()?, Sorter::default());
        let file = tempfile::tempfile().map_err(spill)?;
        let (mut out, mut at) = (BufWriter::new(&file), 0);
        let mut next = wanted.read()?;
        for (place, spawn) in (0..).zip(Log::open(&self.path)?) {
            let (spawn, key) = (spawn?, number(place));
            if next.is_none_or(|next| next.key != key) {
                continue;
            }
            places.add(Entry {
                key,
                sums: Default::default(),
                place: at,
            })?;
            at += write(&mut out, &spawn)?;
            next = wanted.read()?;
        }
        out.flush().map_err(spill)?;
        drop(out);
        let places = places.finish()?;
        self.kept = Some(Kept { file, places });
        Ok(())
    }

    /// The action of a number, if it was kept.
    pub(super) fn spawn(&self, place: u64) -> Result<Option<Spawn>, Error> {
        let Some(kept) = &self.kept else { return Ok(None) };
        let Some(entry) = kept.places.find(&number(place))? else {
            return Ok(None);
        };
        let mut length = [0; 8];
        kept.file.read_exact_at(&mut length, entry.place).map_err(spill)?;
        let length = u64::from_le_bytes(length).min(LONGEST);
        let mut text = vec![0; usize::try_from(length).unwrap_or(0)];
        kept.file.read_exact_at(&mut text, entry.place + 8).map_err(spill)?;
        let spawn = serde_json::from_slice(&text);
        spawn
            .map(Some)
            .map_err(|error| Error::failed(&error).because(error).about("a temporary file"))
    }

    /// The number of the action that made a file, by its path.
    pub(super) fn maker(&self, path: &str) -> Result<Option<u64>, Error> {
        Ok(self.made.find(&key(path.as_bytes()))?.map(|entry| entry.place))
    }

    /// The number of the action of that name.
    pub(super) fn named(&self, name: &str) -> Result<Option<u64>, Error> {
        Ok(self.spawns.find(&key(name.as_bytes()))?.map(|entry| entry.place))
    }
}

/// Bytes that it took.
fn write(out: &mut impl Write, spawn: &Spawn) -> Result<u64, Error> {
    let text = serde_json::to_vec(spawn).map_err(|error| Error::failed(&error).because(error))?;
    out.write_all(&(text.len() as u64).to_le_bytes()).map_err(spill)?;
    out.write_all(&text).map_err(spill)?;
    Ok(text.len() as u64 + 8)
}
