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

/// Forbids writing to what one mount shows.
pub(super) fn read_only_here(at: &Path) -> Result<(), Error> {
    let flags = MsFlags::MS_REMOUNT | MsFlags::MS_BIND | MsFlags::MS_RDONLY | MsFlags::MS_NOSUID | MsFlags::MS_NODEV;
    let none: Option<&str> = None;
    mount(none, at, none, flags, none).map_err(failed(format_args!("protect {}", at.display())))
}

/// Leaves the caller's session keyring for a new one (session-keyring(7)); without keyrings there is none to leave.
pub(super) fn session_keyring() {
    const JOIN: libc::c_long = 1;
    // SAFETY: KEYCTL_JOIN_SESSION_KEYRING with no name takes no pointer (keyctl(2)).
    #[allow(unsafe_code)]
    unsafe {
        libc::syscall(libc::SYS_keyctl, JOIN, 0);
    }
}

/// Every descriptor but the standard ones is closed once the program is another.
pub(super) fn descriptors_end_with_program() -> io::Result<()> {
    const FIRST: libc::c_uint = 3;
    // SAFETY: close_range(2) takes no pointers, and CLOSE_RANGE_CLOEXEC closes nothing that is in use.
    #[allow(unsafe_code)]
    let result = unsafe {
        libc::syscall(
            libc::SYS_close_range,
            FIRST,
            libc::c_uint::MAX,
            libc::CLOSE_RANGE_CLOEXEC,
        )
    };
    match result {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Whether Landlock can keep abstract sockets of others away: its version 6, of Linux 6.12.
pub(super) fn can_scope() -> bool {
    const VERSION: libc::c_uint = 1;
    let none: *const u64 = std::ptr::null();
    // SAFETY: asking for the version takes no structure (landlock_create_ruleset(2)).
    #[allow(unsafe_code)]
    let version = unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, none, 0_usize, VERSION) };
    version >= 6
}

/// Keeps this process and its descendants from abstract sockets of all others.
pub(super) fn scope_abstract_sockets() -> io::Result<()> {
    const ABSTRACT_SOCKETS: u64 = 1;
    // Rights over files, over the network, and scopes.
    let rules: [u64; 3] = [0, 0, ABSTRACT_SOCKETS];
    // SAFETY: the rules outlive the call, which is told their size.
    #[allow(unsafe_code)]
    let made = unsafe {
        libc::syscall(
            libc::SYS_landlock_create_ruleset,
            &raw const rules,
            size_of_val(&rules),
            0,
        )
    };
    if made < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: landlock_restrict_self(2) takes no pointers. The descriptor of the rules is closed with the program.
    #[allow(unsafe_code)]
    let result = unsafe { libc::syscall(libc::SYS_landlock_restrict_self, made, 0) };
    match result {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}
