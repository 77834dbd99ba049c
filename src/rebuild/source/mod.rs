//! The source tree: which files belong to it, a copy of them, and the times of that copy.
//!
//! In a git repository, the files that git tracks (also those that `.gitignore` names) and those that it would show as
//! untracked; elsewhere, everything but the folders of version control systems. With `--all-files`, everything. The
//! repository itself is copied along when the tree is its top, because builds ask it (`git describe`); a linked
//! working tree or submodule gets a whole repository of its own, so that no git command of a build reaches the original.

mod copy;
mod identity;
mod index;
mod repository;
mod select;
mod stamp;

pub(crate) use copy::copy_tree;
pub use repository::own_folder;
pub use select::{Selection, select};
pub use stamp::stamp;

use super::Error;
use crate::bytes::{
    digest::{Algorithm, Hasher},
    source,
};
use std::{
    fs,
    os::unix::{ffi::OsStrExt, fs::PermissionsExt},
    path::Path,
};
use walkdir::WalkDir;

/// SHA-256 of a tree: what `repro hash` calls the tree digest, but without `.git`, which changes when git merely looks.
///
/// # Errors
/// A file can't be read.
pub fn digest(root: &Path) -> Result<String, Error> {
    let mut hasher = Hasher::new(Algorithm::Sha256);
    let mut records = Vec::new();
    let files = WalkDir::new(root)
        .into_iter()
        .filter_entry(|e| e.depth() == 0 || e.file_name() != ".git");
    for entry in files {
        let entry = entry.map_err(|error| walking(root, error))?;
        let path = entry.path();
        let at = |error: std::io::Error| Error::at(path, &error);
        let metadata = fs::symlink_metadata(path).map_err(at)?;
        let mode = metadata.permissions().mode() & 0o7777;
        let kind = metadata.file_type();
        let head = if kind.is_file() {
            let bytes = source::load(path).map_err(at)?;
            format!("f {mode:04o} {} ", Algorithm::Sha256.digest(&bytes))
        } else if kind.is_symlink() {
            let target = fs::read_link(path).map_err(at)?;
            format!("l 0777 {} ", Algorithm::Sha256.digest(target.as_os_str().as_bytes()))
        } else if kind.is_dir() {
            format!("d {mode:04o} - ")
        } else {
            continue;
        };
        let name = match path.strip_prefix(root) {
            Ok(name) if entry.depth() > 0 => name.as_os_str().as_bytes().to_vec(),
            _ => b".".to_vec(),
        };
        records.push((entry.depth() > 0, name, head));
    }
    records.sort();
    for (_, name, head) in records {
        hasher.update(head.as_bytes());
        hasher.update(&name);
        hasher.update(&[0]);
    }
    Ok(hasher.finish().to_string())
}

/// An error of a walk, with the path that it is about.
fn walking(root: &Path, error: walkdir::Error) -> Error {
    let path = error.path().unwrap_or(root).to_owned();
    match error.into_io_error() {
        Some(error) => Error::at(&path, &error),
        None => Error::malformed("symbolic links go round in circles").of(path),
    }
}

#[cfg(test)]
mod tests;
