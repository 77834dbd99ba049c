//! Paths that a repository itself names, in `repro.toml`: they stay in the repository, wherever its links lead. The caller may name others.

use crate::bytes::Error;
use std::{
    fs, io,
    path::{Component, Path, PathBuf},
};

/// A path below a root, which is canonical; `option` gives the same by hand.
pub(super) fn within(root: &Path, path: &Path, option: &str) -> Result<PathBuf, Error> {
    let refused = |why: &str| Err(Error::refused(format!("{why}: give {option} if that is meant")).of(path));
    let below = |part| matches!(part, Component::Normal(_) | Component::CurDir);
    if path.as_os_str().is_empty() || !path.components().all(below) {
        return refused("repro.toml may only name a path below the root, without `..`");
    }
    let whole = root.join(path);
    let real = match fs::canonicalize(&whole) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if whole.symlink_metadata().is_ok() {
                return refused("a link that leads nowhere");
            }
            // To be made: its folder decides.
            match fs::canonicalize(whole.parent().unwrap_or(root)) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(whole),
                real => real,
            }
        }
        real => real,
    };
    match real.map_err(|error| Error::at(&whole, &error))?.starts_with(root) {
        true => Ok(whole),
        false => refused("leads out of the repository"),
    }
}
