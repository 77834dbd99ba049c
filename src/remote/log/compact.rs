//! Compact logs: Zstandard, and entries that name earlier ones by number. What has been named is kept: memory is in proportion to the
//! different files and sets of a build, not to its actions.

use super::{
    Spawn,
    message::{CompactSpawn, Entry, File, InputSet, delimited, pairs},
};
use crate::bytes::Error;
use ruzstd::decoding::StreamingDecoder;
use std::{
    collections::{BTreeMap, BTreeSet},
    io::Read,
};

/// Most files that the inputs of one action may come to.
const MOST: usize = 10_000_000;

pub(super) struct Reader {
    from: Box<dyn Read>,
    known: BTreeMap<u32, Known>,
}

/// What later entries can name.
enum Known {
    File(String, String),
    Directory(String, Vec<File>),
    Set(InputSet),
    /// The set of what lies in a tree of runfiles.
    Runfiles(u32),
}

impl Reader {
    pub(super) fn new(from: Box<dyn Read>) -> Result<Self, Error> {
        let decoder =
            StreamingDecoder::new(from).map_err(|error| Error::malformed(format!("is not Zstandard: {error}")))?;
        Ok(Self {
            from: Box::new(decoder),
            known: BTreeMap::new(),
        })
    }

    pub(super) fn next(&mut self) -> Result<Option<Spawn>, Error> {
        while let Some(entry) = delimited::<Entry>(&mut *self.from)? {
            match entry {
                Entry { spawn: Some(spawn), .. } => return self.spawn(spawn).map(Some),
                Entry {
                    id, file: Some(file), ..
                } => self.keep(id, Known::File(file.path.clone(), file.content())),
                Entry {
                    id, link: Some(link), ..
                } => {
                    self.keep(id, Known::File(link.path, format!("-> {}", link.target_path)));
                }
                Entry {
                    id,
                    directory: Some(folder),
                    ..
                } => self.keep(id, Known::Directory(folder.path, folder.files)),
                Entry { id, set: Some(set), .. } => self.keep(id, Known::Set(set)),
                Entry {
                    id,
                    runfiles: Some(tree),
                    ..
                } => self.keep(id, Known::Runfiles(tree.input_set_id)),
                Entry { .. } => {}
            }
        }
        Ok(None)
    }

    fn keep(&mut self, id: u32, known: Known) {
        if id != 0 {
            self.known.insert(id, known);
        }
    }

    fn spawn(&self, told: CompactSpawn) -> Result<Spawn, Error> {
        let (mut outputs, mut listed) = (BTreeMap::new(), Vec::new());
        for output in &told.outputs {
            match output.output_id {
                0 => listed.push(output.invalid_output_path.clone()),
                id => {
                    let at = self.known.get(&id).and_then(Known::path);
                    listed.push(at.ok_or_else(|| unknown(id))?.to_owned());
                    self.list(id, &mut outputs)?;
                }
            }
        }
        Ok(Spawn {
            action: told.digest.map(|digest| digest.told()),
            label: told.target_label,
            mnemonic: told.mnemonic,
            arguments: told.args,
            variables: pairs(told.env_vars),
            platform: pairs(told.platform.unwrap_or_default().properties),
            inputs: self.inputs(told.input_set_id)?,
            outputs,
            listed,
            runner: told.runner,
            cached: told.cache_hit,
        })
    }

    /// All files of a set and of the sets in it.
    fn inputs(&self, set: u32) -> Result<BTreeMap<String, String>, Error> {
        let (mut all, mut seen, mut open) = (BTreeMap::new(), BTreeSet::new(), vec![set]);
        while let Some(id) = open.pop() {
            if id == 0 || !seen.insert(id) {
                continue;
            }
            match self.known.get(&id) {
                Some(Known::Set(set)) => open.extend(set.transitive_set_ids.iter().chain(&set.input_ids)),
                Some(Known::Runfiles(set)) => open.push(*set),
                _ => self.list(id, &mut all)?,
            }
            if all.len() > MOST {
                return Err(Error::malformed("an action has too many inputs"));
            }
        }
        Ok(all)
    }

    fn list(&self, id: u32, all: &mut BTreeMap<String, String>) -> Result<(), Error> {
        match self.known.get(&id) {
            Some(Known::File(path, content)) => drop(all.insert(path.clone(), content.clone())),
            Some(Known::Directory(path, files)) => {
                all.extend(
                    files
                        .iter()
                        .map(|file| (format!("{path}/{}", file.path), file.content())),
                );
            }
            _ => return Err(unknown(id)),
        }
        Ok(())
    }
}

impl Known {
    fn path(&self) -> Option<&str> {
        match self {
            Self::File(path, _) | Self::Directory(path, _) => Some(path),
            Self::Set(_) | Self::Runfiles(_) => None,
        }
    }
}

fn unknown(id: u32) -> Error {
    Error::malformed(format!("entry {id} is named, but was not before: it is no whole log"))
}
