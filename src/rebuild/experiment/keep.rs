//! `--keep DIR`: artifacts that differ, one folder for each set of variations.

use super::lab::Halt;
use crate::rebuild::{Build, Error, artifacts, source};
use std::{fs, path::Path};

/// Copies artifacts of a run (all, if none are named) to a folder called after what was varied.
pub(super) fn keep(build: &Build, folder: &Path, named: Option<&[String]>, varied: &[String]) -> Result<(), Halt> {
    let Some(into) = &build.keep else { return Ok(()) };
    let name = if varied.is_empty() {
        "control".to_owned()
    } else {
        varied.join("+")
    };
    let (from, to) = (artifacts::folder(folder), into.join(name));
    let broken = |path: &Path| {
        let path = path.to_owned();
        move |error: std::io::Error| Halt::Broken(Error::at(&path, &error))
    };
    match named {
        None => {
            fs::create_dir_all(into).map_err(broken(into))?;
            source::copy_tree(&from, &to).map_err(Halt::Broken)?;
            let beside = fs::read_dir(from.join("..")).map_err(broken(&from))?.flatten();
            let files = beside.filter(|entry| entry.path().is_file());
            let names = files.filter_map(|entry| Some(format!("../{}", entry.file_name().to_str()?)));
            keep(build, folder, Some(&names.collect::<Vec<_>>()), varied)
        }
        Some(named) => {
            for artifact in named {
                // What lay beside the tree gets a folder of its own: in the tree there may be one of this name.
                let kept = artifact.replacen("../", "beside/", usize::from(artifact.starts_with("../")));
                let (from, to) = (from.join(artifact), to.join(kept));
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
