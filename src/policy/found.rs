//! Artifacts as they are now: found by globs, hashed in parallel.

use super::Error;
use crate::{
    bytes::{
        digest::Algorithm,
        hash::{self, Ask, Failure, Plan, Want},
        walk::Kind,
    },
    model::{Digests, Meter},
    rebuild::artifacts::Patterns,
};
use rustix::fs::{Mode, OFlags};
use std::{
    collections::BTreeMap,
    os::fd::AsFd,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

/// What became of each path: its digests, or why there are none; a path that is not there is left out.
pub type Found = BTreeMap<String, Result<Digests, Error>>;

/// Paths below `root` that match the globs, sorted; none may match.
///
/// # Errors
/// A glob can't be read or leads through a link, a folder can't be read, or a path is no text.
pub fn find(root: &Path, globs: &[String]) -> Result<Vec<String>, Error> {
    let paths = Patterns::new(globs)?.all(root)?;
    paths
        .into_iter()
        .map(|path| {
            path.into_os_string().into_string().map_err(|path| {
                Error::refused(format!(
                    "artifact {}: its name is not UTF-8, which a lock file can't hold: rename it",
                    path.display()
                ))
            })
        })
        .collect()
}

/// Hashes paths below `root`. No symbolic link is followed; of a link, the target's name is hashed, and what lies behind one is an error:
/// what else lies there nobody has looked at.
///
/// # Errors
/// `root` can't be opened.
pub fn hash(root: &Path, paths: &[String]) -> Result<Found, Error> {
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let folder = rustix::fs::open(root, flags, Mode::empty()).map_err(|error| Error::at(root, &error.into()))?;
    let plan = Plan {
        base: folder.as_fd(),
        algorithms: &[Algorithm::Sha256, Algorithm::Blake3],
        meter: &Meter::default(),
        cache: None,
        extras: false,
    };
    let ask = Ask {
        want: Want::Probe,
        follow: false,
    };
    let hashed = hash::hash(&plan, paths.len(), |index, path| {
        path.clear();
        path.extend(Path::new(&paths[index]).as_os_str().as_bytes());
        ask
    });
    let mut failures = hashed.failures.iter().peekable();
    let mut found = Found::new();
    let mut links: BTreeMap<PathBuf, bool> = BTreeMap::new();
    for (index, path) in paths.iter().enumerate() {
        let folders = Path::new(path).parent().unwrap_or(Path::new(""));
        let link = link_in(folders, |folder| match links.get(folder) {
            Some(known) => *known,
            None => {
                let link = linked(&root.join(folder));
                links.insert(folder.to_owned(), link);
                link
            }
        });
        let failure = failures.next_if(|(at, _)| *at == index).map(|(_, failure)| failure);
        let outcome = match failure {
            _ if link.is_some() => Err(Error::refused(format!(
                "lies behind the symbolic link {}",
                link.as_deref().unwrap_or_default()
            ))),
            Some(Failure::Io(error)) if absent(error) => continue,
            Some(Failure::Io(error)) => Err(Error::io(error)),
            Some(Failure::Changed) => Err(Error::failed("changed while it was read")),
            None => {
                let (meta, hex) = (hashed.meta(index), |algorithm| digest(&hashed, index, algorithm));
                match (meta.kind(), hex(Algorithm::Sha256), hex(Algorithm::Blake3)) {
                    (Some(kind @ (Kind::File | Kind::Symlink)), Some(sha256), Some(blake3)) => Ok(Digests {
                        size: hashed.target(index).map_or(meta.size, |target| target.len() as u64),
                        sha256,
                        blake3,
                        symlink: kind == Kind::Symlink,
                    }),
                    (kind, ..) => Err(Error::usage(format!(
                        "is a {}, not a file",
                        kind.map_or("device", Kind::id)
                    ))),
                }
            }
        };
        found.insert(path.clone(), outcome);
    }
    Ok(found)
}

/// The words that match none of the paths.
///
/// # Errors
/// A word is no glob.
pub fn unmatched<'p>(words: &[String], paths: impl Iterator<Item = &'p String>) -> Result<Vec<String>, Error> {
    let paths: Vec<&Path> = paths.map(Path::new).collect();
    let mut lost = Vec::new();
    for word in words {
        let patterns = Patterns::new(std::slice::from_ref(word))?;
        if !paths.iter().any(|path| patterns.is_match(path)) {
            lost.push(word.clone());
        }
    }
    Ok(lost)
}

/// The first of a path and the folders that it lies in that is a symbolic link.
fn link_in(path: &Path, mut is_link: impl FnMut(&Path) -> bool) -> Option<String> {
    let mut folders: Vec<&Path> = path.ancestors().filter(|path| *path != Path::new("")).collect();
    folders.reverse();
    let link = folders.into_iter().find(|folder| is_link(folder))?;
    Some(link.display().to_string())
}

fn linked(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|found| found.is_symlink())
}

fn absent(error: &std::io::Error) -> bool {
    matches!(
        error.kind(),
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory
    )
}

fn digest(hashed: &hash::Hashed, index: usize, algorithm: Algorithm) -> Option<String> {
    let mut text = Vec::new();
    crate::bytes::digest::hex(hashed.digest(index, algorithm)?, &mut text);
    String::from_utf8(text).ok()
}
