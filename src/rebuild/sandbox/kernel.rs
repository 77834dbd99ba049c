//! What is asked of the kernel: mounts and its small files, and what is said where it refuses.

use nix::{
    errno::Errno,
    mount::{MsFlags, mount},
};
use std::{fs, path::Path};

/// Says what could not be done, and why.
pub(super) fn failed(what: &'static str) -> impl Fn(Errno) -> String {
    move |e| format!("can't {what}: {}", e.desc())
}

/// Writes a small file of the kernel.
pub(super) fn put(path: impl AsRef<Path>, text: &str) -> Result<(), String> {
    let path = path.as_ref();
    fs::write(path, text).map_err(|e| format!("{}: {e}", path.display()))
}

/// Puts an empty folder in memory there.
pub(super) fn memory(at: &Path, options: &str) -> Result<(), String> {
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV;
    mount(Some("tmpfs"), at, Some("tmpfs"), flags, Some(options)).map_err(failed("mount a tmpfs"))
}

/// Shows a file or folder, with what is mounted below it, in another place.
pub(super) fn bind(from: &Path, to: &Path) -> Result<(), String> {
    let none: Option<&str> = None;
    mount(Some(from), to, none, MsFlags::MS_BIND | MsFlags::MS_REC, none)
        .map_err(|e| format!("can't show {} to the build: {}", from.display(), e.desc()))
}

/// Forbids writing below a folder, mounts below it included.
pub(super) fn read_only(at: &Path) -> Result<(), String> {
    use std::os::unix::ffi::OsStrExt;
    let path = std::ffi::CString::new(at.as_os_str().as_bytes()).map_err(|e| e.to_string())?;
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
    Err(format!(
        "can't protect {}: {}",
        at.display(),
        std::io::Error::last_os_error()
    ))
}
