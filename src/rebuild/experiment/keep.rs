//! `--keep DIR`: artifacts that differ, one folder for each set of variations.

use super::lab::Halt;
use crate::rebuild::{Build, Error, source};
use std::{fs, path::Path};

/// Copies artifacts of a run (all, if none are named) to a folder called after what was varied.
pub(super) fn keep(build: &Build, folder: &Path, artifacts: Option<&[String]>, varied: &[String]) -> Result<(), Halt> {
    let Some(into) = &build.keep else { return Ok(()) };
    let name = if varied.is_empty() {
        "control".to_owned()
    } else {
        varied.join("+")
    };
    let (from, to) = (folder.join("artifacts"), into.join(name));
    let broken = |path: &Path| {
        let path = path.to_owned();
        move |error: std::io::Error| Halt::Broken(Error::at(&path, &error))
    };
    match artifacts {
        None => {
            fs::create_dir_all(into).map_err(broken(into))?;
            source::copy_tree(&from, &to).map_err(Halt::Broken)
        }
        Some(artifacts) => {
            for artifact in artifacts {
                let (from, to) = (from.join(artifact), to.join(artifact));
                // What one of the two runs did not make can't be kept.
                if from.symlink_metadata().is_err() {
                    continue;
                }
                if let Some(parent) = to.parent() {
                    fs::create_dir_all(parent).map_err(broken(parent))?;
                }
                fs::copy(&from, &to).map_err(broken(&to))?;
            }
            Ok(())
        }
    }
}
