//! One digest for what a build is made of.

use super::{
    super::Error,
    select::{Origin, Selection},
};
use crate::bytes::{
    digest::{Algorithm, Hasher},
    source,
};
use rayon::prelude::*;
use std::{
    fs,
    os::unix::{ffi::OsStrExt, fs::PermissionsExt},
    path::{Path, PathBuf},
};

impl Selection {
    /// SHA-256 of names, contents and executable bits of the files that `counts` names, `sha256:…`. Without repositories, times and other
    /// permissions, so that every checkout of a commit has the same.
    ///
    /// # Errors
    /// A file can't be read.
    pub fn identity(&self, counts: &(dyn Fn(&Path) -> bool + Sync)) -> Result<String, Error> {
        let files: Vec<(&PathBuf, &PathBuf)> = self
            .entries
            .iter()
            .filter_map(|(name, origin)| match origin {
                Origin::Path(path) => Some((name, path)),
                Origin::Bytes(_) => None,
            })
            .filter(|(name, _)| !name.iter().any(|part| part == ".git") && counts(name))
            .collect();
        let lines: Result<Vec<Option<Vec<u8>>>, Error> =
            files.into_par_iter().map(|(name, at)| line(name, at)).collect();
        let mut hasher = Hasher::new(Algorithm::Sha256);
        lines?.iter().flatten().for_each(|line| hasher.update(line));
        Ok(format!("sha256:{}", hasher.finish()))
    }
}

/// What counts of one file; nothing for a folder.
fn line(name: &Path, at: &Path) -> Result<Option<Vec<u8>>, Error> {
    let failed = |error: std::io::Error| Error::at(at, &error);
    let found = fs::symlink_metadata(at).map_err(failed)?;
    let (kind, digest) = if found.is_symlink() {
        let target = fs::read_link(at).map_err(failed)?;
        ("link", Algorithm::Sha256.digest(target.as_os_str().as_bytes()))
    } else if found.is_file() {
        let kind = match found.permissions().mode() & 0o100 {
            0 => "file",
            _ => "program",
        };
        (kind, Algorithm::Sha256.digest(&source::load(at).map_err(failed)?))
    } else {
        return Ok(None);
    };
    let mut line = format!("{kind} {digest} ").into_bytes();
    line.extend_from_slice(name.as_os_str().as_bytes());
    line.push(0);
    Ok(Some(line))
}

#[cfg(test)]
mod tests {
    use super::super::select;
    use std::{fs, os::unix::fs::PermissionsExt, path::Path};

    fn identity(root: &Path) -> String {
        let found = select(root, false).unwrap();
        found.identity(&|path| path != Path::new("made")).unwrap()
    }

    #[test]
    fn what_counts_and_what_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir(root.join("in")).unwrap();
        fs::write(root.join("in/a"), "1").unwrap();
        let first = identity(root);
        fs::write(root.join("made"), "artifact").unwrap();
        fs::write(root.join(crate::model::HISTORY_FILE), "history").unwrap();
        fs::set_permissions(root.join("in/a"), fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(identity(root), first);
        fs::set_permissions(root.join("in/a"), fs::Permissions::from_mode(0o700)).unwrap();
        let executable = identity(root);
        fs::write(root.join("in/a"), "2").unwrap();
        let other = identity(root);
        fs::rename(root.join("in/a"), root.join("in/b")).unwrap();
        let renamed = identity(root);
        let all = [first, executable, other, renamed];
        let mut distinct = all.to_vec();
        distinct.sort();
        distinct.dedup();
        assert_eq!(distinct.len(), all.len());
    }
}
