//! A look at the file before a call that asks about it: most are files of the machine, which show the truth. The call is then made
//! without a second stop, when it returns.

use super::{Tracer, memory, moment::moment};
use libc::user_regs_struct;
use nix::unistd::Pid;
use rustix::{
    fs::{AtFlags, CWD, Mode, OFlags, ResolveFlags, Stat, fstat, openat, openat2, statat},
    io::{Errno, Result},
    process::{PidfdFlags, PidfdGetfdFlags, pidfd_getfd, pidfd_open},
};
use std::{
    collections::{BTreeMap, btree_map::Entry},
    os::fd::OwnedFd,
};

/// Folders whose content depends on who looks.
const WHO_LOOKS: &[&str] = &["/proc", "/dev"];

/// What is kept open to look with: `/proc` would have to make up each process's folders anew.
#[derive(Default)]
pub(super) struct Views {
    processes: BTreeMap<Pid, OwnedFd>,
    /// The build's root, as long as all processes see the same.
    root: Option<OwnedFd>,
    several_roots: bool,
}

impl Views {
    fn process(&mut self, group: Pid) -> Option<&OwnedFd> {
        match self.processes.entry(group) {
            Entry::Occupied(there) => Some(there.into_mut()),
            Entry::Vacant(free) => {
                let id = rustix::process::Pid::from_raw(group.as_raw())?;
                Some(free.insert(pidfd_open(id, PidfdFlags::empty()).ok()?))
            }
        }
    }

    /// A process has ended.
    pub(super) fn forget(&mut self, process: Pid) {
        self.processes.remove(&process);
    }

    /// A process is about to change what paths mean to it, or to others of its mount namespace.
    pub(super) fn root_changes(&mut self) {
        self.root = None;
        self.several_roots = true;
    }

    /// A step begins, with a root of its own.
    pub(super) fn new_root(&mut self) {
        self.root = None;
    }
}

/// A file that is asked about.
enum Asked {
    Descriptor(i32),
    /// A path from the root, and whether a link at its end is followed.
    Path(String, bool),
    /// Anything else: mostly a path from the build's folders.
    Other,
}

impl Tracer<'_> {
    /// Whether the answer to a call of the `stat` family may have to be amended. When in doubt it may.
    pub(super) fn may_amend(&mut self, pid: Pid, registers: &user_regs_struct) -> bool {
        let found = match asked(pid, registers) {
            Asked::Descriptor(number) => self.file_of(pid, number),
            Asked::Path(path, follow) => self.file_at(pid, &path, follow),
            Asked::Other => return true,
        };
        match found {
            Ok(file) => {
                let times = [
                    moment(file.st_mtime, file.st_mtime_nsec),
                    moment(file.st_ctime, file.st_ctime_nsec),
                    moment(file.st_atime, file.st_atime_nsec),
                ];
                self.is_amended(file.st_dev, &times)
            }
            // The call will not find it either.
            Err(Errno::NOENT | Errno::NOTDIR) => false,
            Err(_) => true,
        }
    }

    /// The file behind a descriptor.
    pub(super) fn file_of(&mut self, pid: Pid, descriptor: i32) -> Result<Stat> {
        let group = self.threads.get(&pid).map_or(pid, |thread| thread.group);
        if let Some(process) = self.views.process(group)
            && let Ok(file) = pidfd_getfd(process, descriptor, PidfdGetfdFlags::empty())
        {
            return fstat(file);
        }
        let found = statat(CWD, self.proc.join(format!("{pid}/fd/{descriptor}")), AtFlags::empty());
        // Said of the descriptor, not of the file.
        found.map_err(|error| if error == Errno::NOENT { Errno::BADF } else { error })
    }

    /// The file at a path from a process's root.
    pub(super) fn file_at(&mut self, pid: Pid, path: &str, follow: bool) -> Result<Stat> {
        fstat(self.open_at(pid, path, follow)?)
    }

    /// The file at a path from a process's root, by a descriptor that only says which it is.
    pub(super) fn open_at(&mut self, pid: Pid, path: &str, follow: bool) -> Result<OwnedFd> {
        let flags = OFlags::PATH | OFlags::CLOEXEC;
        let root = match self.views.root.take() {
            Some(root) => root,
            None => openat(CWD, self.proc.join(format!("{pid}/root")), flags, Mode::empty())?,
        };
        let end = if follow { OFlags::empty() } else { OFlags::NOFOLLOW };
        // Links lead where they lead the caller.
        let file = openat2(&root, path, flags | end, Mode::empty(), ResolveFlags::IN_ROOT);
        if !self.views.several_roots {
            self.views.root = Some(root);
        }
        file
    }
}

/// What a call asks about.
fn asked(pid: Pid, registers: &user_regs_struct) -> Asked {
    let (name, flags, folder) = match registers.orig_rax as i64 {
        libc::SYS_fstat => return Asked::Descriptor(registers.rdi as i32),
        libc::SYS_stat => (registers.rdi, 0, libc::AT_FDCWD),
        libc::SYS_lstat => (registers.rdi, libc::AT_SYMLINK_NOFOLLOW, libc::AT_FDCWD),
        libc::SYS_newfstatat => (registers.rsi, registers.r10 as i32, registers.rdi as i32),
        _ => (registers.rsi, registers.rdx as i32, registers.rdi as i32),
    };
    let Some(path) = memory::string(pid, name) else {
        return Asked::Other;
    };
    if path.is_empty() && flags & libc::AT_EMPTY_PATH != 0 && folder >= 0 {
        return Asked::Descriptor(folder);
    }
    if !path.starts_with('/') || WHO_LOOKS.iter().any(|folder| path.starts_with(folder)) {
        return Asked::Other;
    }
    Asked::Path(path, flags & libc::AT_SYMLINK_NOFOLLOW == 0)
}
