//! A copy of a tree: reflinks where the file system has them, modes, times and hard links kept.

use super::{
    super::Error,
    select::{Origin, Selection},
};
use crate::bytes::Kind;
use rustix::fs::{AtFlags, CWD, Timespec, Timestamps};
use std::{
    collections::BTreeMap,
    fs::{self, File, Metadata, OpenOptions, Permissions},
    io,
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, symlink},
    path::{Path, PathBuf},
};

/// Copies the whole tree `from` to `to`, which must not exist yet.
///
/// # Errors
/// A file can't be read or written, or there is no space left.
pub(crate) fn copy_tree(from: &Path, to: &Path) -> Result<(), Error> {
    Selection::all(from)?.copy(to)
}

impl Selection {
    /// Copies everything to `to`, which must not exist yet. Modes, times and hard links among the files are kept.
    ///
    /// # Errors
    /// As `copy_tree`.
    pub fn copy(&self, to: &Path) -> Result<(), Error> {
        let _step = tracing::info_span!("copy", ?to).entered();
        copy_entries(&self.root, &self.entries, to)
    }
}

/// Copies what `entries` list. The owner of everything is whoever calls.
fn copy_entries(root: &Path, entries: &BTreeMap<PathBuf, Origin>, to: &Path) -> Result<(), Error> {
    let folder = |path: &Path| {
        fs::DirBuilder::new()
            .mode(0o700)
            .create(path)
            .map_err(|e| failed(path, &e))
    };
    folder(to)?;
    let top = fs::symlink_metadata(root).map_err(|error| Error::at(root, &error))?;
    let mut folders = vec![(to.to_owned(), top)];
    let mut linked: BTreeMap<(u64, u64), PathBuf> = BTreeMap::new();
    for (relative, origin) in entries {
        let target = to.join(relative);
        let from = match origin {
            Origin::Path(from) => from,
            Origin::Bytes(bytes) => {
                fs::write(&target, bytes).map_err(|error| failed(&target, &error))?;
                continue;
            }
        };
        let metadata = fs::symlink_metadata(from).map_err(|error| Error::at(from, &error))?;
        if metadata.is_dir() {
            folder(&target)?;
            folders.push((target, metadata));
            continue;
        }
        if metadata.is_symlink() {
            let text = fs::read_link(from).map_err(|error| Error::at(from, &error))?;
            symlink(text, &target).map_err(|error| failed(&target, &error))?;
            times(&target, &metadata)?;
            continue;
        }
        let identity = (metadata.dev(), metadata.ino());
        if let Some(first) = linked.get(&identity) {
            fs::hard_link(first, &target).map_err(|error| failed(&target, &error))?;
            continue;
        }
        file(from, &target, &metadata)?;
        if metadata.nlink() > 1 {
            linked.insert(identity, target);
        }
    }
    // Last, and the innermost first: a folder may be closed to writing, and writing changes its time.
    for (path, metadata) in folders.iter().rev() {
        let mode = Permissions::from_mode(metadata.mode() & 0o7777);
        fs::set_permissions(path, mode).map_err(|error| failed(path, &error))?;
        times(path, metadata)?;
    }
    Ok(())
}

fn file(from: &Path, to: &Path, metadata: &Metadata) -> Result<(), Error> {
    // Not through a link, and without waiting, whatever has taken the file's place since it was listed.
    let flags = libc::O_NOFOLLOW | libc::O_NONBLOCK;
    let opened = OpenOptions::new().read(true).custom_flags(flags).open(from);
    let mut source = opened.map_err(|error| Error::at(from, &error))?;
    let target = OpenOptions::new().write(true).create_new(true).mode(0o600).open(to);
    let mut target = target.map_err(|error| failed(to, &error))?;
    if rustix::fs::ioctl_ficlone(&target, &source).is_err() {
        io::copy(&mut source, &mut target).map_err(|error| failed(to, &error))?;
    }
    let mode = Permissions::from_mode(metadata.mode() & 0o7777);
    target.set_permissions(mode).map_err(|error| failed(to, &error))?;
    set_times(&target, metadata).map_err(|error| failed(to, &error))
}

fn set_times(file: &File, metadata: &Metadata) -> io::Result<()> {
    Ok(rustix::fs::futimens(
        file,
        &stamps(metadata.mtime(), metadata.mtime_nsec()),
    )?)
}

fn times(path: &Path, metadata: &Metadata) -> Result<(), Error> {
    set(path, metadata.mtime(), metadata.mtime_nsec())
}

/// Sets the time of last change (and of last access) of a file, folder or link.
pub(super) fn set(path: &Path, seconds: i64, nanos: i64) -> Result<(), Error> {
    let done = rustix::fs::utimensat(CWD, path, &stamps(seconds, nanos), AtFlags::SYMLINK_NOFOLLOW);
    done.map_err(|error| failed(path, &error.into()))
}

fn stamps(seconds: i64, nanos: i64) -> Timestamps {
    let time = Timespec {
        tv_sec: seconds,
        tv_nsec: nanos,
    };
    Timestamps {
        last_access: time,
        last_modification: time,
    }
}

/// An error of the copy; a full file system is the one that has a way out.
fn failed(path: &Path, error: &io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            let what = format!(
                "no space left for a copy of the source tree below {}: give another folder with --work",
                path.parent().unwrap_or(path).display()
            );
            Error::new(Kind::Io, what)
        }
        _ => Error::at(path, error),
    }
}
