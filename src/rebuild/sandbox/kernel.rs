//! What is asked of the kernel: mounts and its small files, and what is said where it refuses.

use crate::bytes::{Error, Kind};
use nix::{
    errno::Errno,
    mount::{MsFlags, mount},
};
use std::{error, fmt::Display, fs, io, path::Path};

/// Says what the kernel did not do, and why.
pub(super) fn failed(what: impl Display) -> impl FnOnce(Errno) -> Error {
    move |e| Error::unavailable(format!("can't {what}: {}", e.desc())).because(io::Error::from(e))
}

/// Says what went wrong, in the words of the error below it.
pub(super) fn saying<E: error::Error + Send + Sync + 'static>(what: impl Display) -> impl FnOnce(E) -> Error {
    move |e| Error::failed(&e).because(e).about(what)
}

/// Says which file or folder it is.
pub(super) fn on<P: AsRef<Path> + ?Sized>(path: &P) -> impl FnOnce(io::Error) -> Error {
    move |e| Error::new(Kind::Io, &e).because(e).of(path)
}

/// Writes a small file of the kernel.
pub(super) fn put(path: impl AsRef<Path>, text: &str) -> Result<(), Error> {
    fs::write(&path, text).map_err(on(&path))
}

/// Puts an empty folder in memory there.
pub(super) fn memory(at: &Path, options: &str) -> Result<(), Error> {
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV;
    mount(Some("tmpfs"), at, Some("tmpfs"), flags, Some(options)).map_err(failed("mount a tmpfs"))
}

/// Shows a file or folder, with what is mounted below it, in another place.
pub(super) fn bind(from: &Path, to: &Path) -> Result<(), Error> {
    let none: Option<&str> = None;
    mount(Some(from), to, none, MsFlags::MS_BIND | MsFlags::MS_REC, none)
        .map_err(failed(format_args!("show {} to the build", from.display())))
}

/// Forbids writing below a folder, mounts below it included.
pub(super) fn read_only(at: &Path) -> Result<(), Error> {
    use std::os::unix::ffi::OsStrExt;
    let path = std::ffi::CString::new(at.as_os_str().as_bytes()).map_err(|e| Error::usage(&e).because(e))?;
    let attributes = libc::mount_attr {
        attr_set: libc::MOUNT_ATTR_RDONLY,
        attr_clr: 0,
        propagation: 0,
        userns_fd: 0,
    };
    // SAFETY: mount_setattr(2) reads a string that ends in NUL and a structure of the given size; both outlive the call.
    #[allow(unsafe_code)]
    let result = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            libc::AT_FDCWD,
            path.as_ptr(),
            libc::AT_RECURSIVE,
            &raw const attributes,
            size_of::<libc::mount_attr>(),
        )
    };
    if result == 0 {
        return Ok(());
    }
    let what = format!("can't protect {}", at.display());
    Err(saying(what)(io::Error::last_os_error()))
}
