//! Stages kept from one carrying out of a spec to the next, by all that went into them.
//!
//! An entry is called by what is known before a run: compiler, source, steps, environment, the artifacts of the stage before. What a run
//! opened on the machine is known afterwards: it is listed in the entry, and the entry is of use only while all of it is as it was.

use super::{
    failure::Failure,
    inputs,
    job::{Made, Opened, Set},
    spec::Spec,
};
use crate::rebuild::{artifacts, cache};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

/// Name of an entry's record, beside the artifacts.
const RECORD: &str = "made.json";

/// A folder of stages.
pub struct Shelf {
    folder: PathBuf,
    /// Digests of the machine's files, each read once.
    digests: Mutex<BTreeMap<PathBuf, Option<String>>>,
}

/// What is told of a stage.
#[derive(Serialize, Deserialize)]
struct Record {
    files: BTreeMap<String, String>,
    cpu_seconds: f64,
    opened: Opened,
    /// SHA-256 of every file of the machine that was opened.
    machine: BTreeMap<PathBuf, String>,
}

impl Shelf {
    /// The folder, which need not be there.
    pub fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            digests: Mutex::default(),
        }
    }

    /// What was made of the same, copied to where the run `folder` would have its artifacts.
    pub fn take(&self, spec: &Spec, key: &str, folder: &Path) -> Option<Made> {
        let to = beside(folder);
        if !cache::take_from(&self.folder, key, &to) {
            return None;
        }
        let found = self.read(spec, folder);
        if found.is_none() {
            let _ = fs::remove_dir_all(&to);
        }
        found
    }

    fn read(&self, spec: &Spec, folder: &Path) -> Option<Made> {
        let text = fs::read(beside(folder).join(RECORD)).ok()?;
        let record: Record = serde_json::from_slice(&text).ok()?;
        if self.machine(spec, &record.opened)? != record.machine {
            return None;
        }
        let set = Set {
            folder: artifacts::folder(folder),
            files: record.files,
        };
        Some(Made {
            outcome: Ok(Arc::new(set)),
            cpu_seconds: record.cpu_seconds,
            opened: Some(record.opened),
            same_run_as: None,
            kept: true,
        })
    }

    /// Keeps what a run has made in `folder`. What failed is tried again, and what could not be traced has inputs that nobody knows.
    pub fn keep(&self, spec: &Spec, key: &str, folder: &Path, made: &Made) {
        let (Ok(set), Some(opened)) = (&made.outcome, &made.opened) else {
            return;
        };
        let Some(machine) = self.machine(spec, opened) else {
            return;
        };
        let record = Record {
            files: set.files.clone(),
            cpu_seconds: made.cpu_seconds,
            opened: opened.clone(),
            machine,
        };
        let written = || -> Result<(), Failure> {
            let text = serde_json::to_vec(&record).map_err(|error| Failure::new(error.to_string()))?;
            let path = beside(folder).join(RECORD);
            fs::write(path, text).map_err(|error| Failure::new(error.to_string()))
        };
        // Without an entry it is made again.
        if written().is_ok() {
            cache::keep_in(&self.folder, key, &beside(folder));
        }
    }

    /// The machine's files among those that were opened, hashed; none if one can't be read.
    fn machine(&self, spec: &Spec, opened: &Opened) -> Option<BTreeMap<PathBuf, String>> {
        let paths = opened.programs.iter().chain(&opened.files);
        let real = paths.filter_map(|path| inputs::on_machine(spec, path));
        real.map(|path| {
            let digest = self.digest(&path)?;
            Some((path, digest))
        })
        .collect()
    }

    fn digest(&self, path: &Path) -> Option<String> {
        let mut known = self.digests.lock().unwrap_or_else(PoisonError::into_inner);
        known
            .entry(path.to_owned())
            .or_insert_with(|| artifacts::digest(path).ok())
            .clone()
    }
}

/// The folder that holds a run's artifacts, and nothing else.
fn beside(run: &Path) -> PathBuf {
    let folder = artifacts::folder(run);
    folder.parent().map_or(folder.clone(), Path::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(folder: &Path) -> Spec {
        let text = super::super::TEMPLATE;
        Spec::parse("ddc.toml", text, folder.to_owned()).unwrap()
    }

    #[test]
    fn a_stage_is_of_use_while_all_that_it_opened_is_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let (spec, shelf) = (spec(folder.path()), folder.path().join("shelf"));
        let (header, run) = (folder.path().join("x.h"), folder.path().join("run"));
        fs::write(&header, "1").unwrap();
        let made = artifacts::folder(&run);
        fs::create_dir_all(&made).unwrap();
        fs::write(made.join("cc"), "code").unwrap();
        let of = |made: PathBuf| Made {
            outcome: Ok(Arc::new(Set {
                files: [("cc".to_owned(), artifacts::digest(&made.join("cc")).unwrap())].into(),
                folder: made,
            })),
            cpu_seconds: 2.0,
            opened: Some(Opened {
                files: ["/build/spec/x.h".to_owned(), "/tmp/t.s".to_owned()].into(),
                ..Opened::default()
            }),
            same_run_as: None,
            kept: false,
        };
        let first = of(made.clone());
        Shelf::new(&shelf).keep(&spec, "key", &run, &first);
        // As the folder of a run, which is there.
        let new = |name: &str| {
            let new = folder.path().join(name);
            fs::create_dir(&new).unwrap();
            new
        };
        let again = new("again");
        let taken = Shelf::new(&shelf).take(&spec, "key", &again).unwrap();
        assert!(taken.kept && taken.outcome.unwrap().same(&first.outcome.unwrap()));
        assert_eq!(fs::read(artifacts::folder(&again).join("cc")).unwrap(), b"code");
        let other = new("other");
        assert!(Shelf::new(&shelf).take(&spec, "other key", &other).is_none());
        // Another header, then other bytes in the entry.
        fs::write(&header, "2").unwrap();
        assert!(Shelf::new(&shelf).take(&spec, "key", &other).is_none());
        assert!(!artifacts::folder(&other).exists());
        fs::write(&header, "1").unwrap();
        assert!(Shelf::new(&shelf).take(&spec, "key", &other).is_some());
        fs::write(shelf.join("key/content/source/cc"), "evil").unwrap();
        assert!(Shelf::new(&shelf).take(&spec, "key", &new("last")).is_none());
    }
}
