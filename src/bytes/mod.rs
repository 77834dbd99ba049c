//! Where bytes come from: files, trees and their digests.

pub mod digest;
mod error;
pub mod hash;
pub mod security;
pub mod settings;
pub mod source;
pub mod stream;
pub mod walk;

pub use error::{Error, Kind, plain};

use std::ffi::OsStr;
use std::os::fd::BorrowedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};

/// The kernel takes no path of more than 4095 bytes in one call.
const PATH_LIMIT: usize = 4095;

/// The folder that a path lies in: `.` of a bare name.
pub fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

/// The user's folder for what can be made again (XDG Base Directory Specification): `$XDG_CACHE_HOME`, else `~/.cache`.
pub fn cache_folder() -> Option<PathBuf> {
    let folder = |name| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    folder("XDG_CACHE_HOME").or_else(|| folder("HOME").map(|home| home.join(".cache")))
}

/// Calls `act` with a folder and the rest of `path` below it, so that a path of any length can be used.
///
/// A path the kernel takes whole is passed on as it is, relative to `base`.
pub(crate) fn reach<T>(
    base: BorrowedFd<'_>,
    path: &[u8],
    act: impl FnOnce(BorrowedFd<'_>, &OsStr) -> rustix::io::Result<T>,
) -> rustix::io::Result<T> {
    if path.len() <= PATH_LIMIT {
        return act(base, OsStr::from_bytes(path));
    }
    let mut folder: Option<std::os::fd::OwnedFd> = None;
    let mut rest = path;
    while rest.len() > PATH_LIMIT {
        let cut = rest[..PATH_LIMIT]
            .iter()
            .rposition(|&b| b == b'/')
            .filter(|&cut| cut > 0);
        let cut = cut.ok_or(rustix::io::Errno::NAMETOOLONG)?;
        let at = folder.as_ref().map_or(base, |fd| std::os::fd::AsFd::as_fd(fd));
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let next = rustix::fs::openat(at, OsStr::from_bytes(&rest[..cut]), flags, Mode::empty())?;
        folder = Some(next);
        rest = &rest[cut + 1..];
    }
    let at = folder.as_ref().map_or(base, |fd| std::os::fd::AsFd::as_fd(fd));
    act(at, OsStr::from_bytes(rest))
}
