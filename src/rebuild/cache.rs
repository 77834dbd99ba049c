//! Folders that take long to make, kept from one experiment to the next below the user's cache folder.
//!
//! An entry bears the name of what it was made from, and comes into being whole, by a rename. It is taken only if it is ours alone
//! and still has the digest that it was kept with. Whatever else is wrong with it, the folder is made anew.

use super::source;
use crate::bytes::cache_folder;
use std::{
    fs,
    os::unix::fs::{DirBuilderExt, MetadataExt},
    path::{Path, PathBuf},
};

/// In an entry: what was kept, and its digest.
const CONTENT: &str = "content";
const DIGEST: &str = "sha256";
/// Permissions by which somebody else could write.
const OTHERS_WRITE: u32 = 0o022;

/// Copies what was kept on a shelf under a name to `to`, which must not exist; false if there is nothing, and then `to` does not exist either.
pub(crate) fn take(shelf: &str, name: &str, to: &Path) -> bool {
    base(shelf).is_some_and(|base| take_from(&base, name, to))
}

/// As `take`, from a folder of the caller's.
pub(crate) fn take_from(base: &Path, name: &str, to: &Path) -> bool {
    let entry = base.join(name);
    if !ours(&entry) {
        return false;
    }
    let same = || {
        source::copy_tree(&entry.join(CONTENT), to).ok()?;
        let kept = fs::read(entry.join(DIGEST)).ok()?;
        // Of the copy: the entry may be changed meanwhile.
        Some(source::digest(to).ok()?.into_bytes() == kept)
    };
    let taken = same() == Some(true);
    if !taken {
        let _ = fs::remove_dir_all(to);
    }
    taken
}

/// Keeps a copy of a folder on a shelf under a name. That it can't be kept is no error: it will be made again.
pub(crate) fn keep(shelf: &str, name: &str, from: &Path) {
    if let Some(base) = base(shelf) {
        keep_in(&base, name, from);
    }
}

/// As `keep`, in a folder of the caller's, which is made if it is not there.
pub(crate) fn keep_in(base: &Path, name: &str, from: &Path) {
    let kept = || -> Option<()> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(base).ok()?;
        if !ours(base) {
            return None;
        }
        let new = tempfile::Builder::new().prefix(".new-").tempdir_in(base).ok()?;
        source::copy_tree(from, &new.path().join(CONTENT)).ok()?;
        let digest = source::digest(&new.path().join(CONTENT)).ok()?;
        fs::write(new.path().join(DIGEST), digest).ok()?;
        let at = base.join(name);
        // One that is there was of no use, or it has come in the meantime.
        if fs::rename(new.path(), &at).is_err() {
            fs::remove_dir_all(&at).ok()?;
            fs::rename(new.path(), &at).ok()?;
        }
        Some(())
    };
    let _ = kept();
}

/// A shelf is a folder of one kind of entries.
fn base(shelf: &str) -> Option<PathBuf> {
    cache_folder().map(|folder| folder.join("repro").join(shelf))
}

/// Whether a folder belongs to this user, and nobody else may write in it.
fn ours(folder: &Path) -> bool {
    let user = nix::unistd::geteuid().as_raw();
    fs::symlink_metadata(folder)
        .is_ok_and(|found| found.is_dir() && found.uid() == user && found.mode() & OTHERS_WRITE == 0)
}
