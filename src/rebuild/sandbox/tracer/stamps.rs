//! The times of the files that a build writes.
//!
//! A logical clock gives each file a time when it is opened for writing, or touched, so that `make` sees the order in which things were
//! made, and each run that does the same sees the same times. The kernel's own times would not do: they come in ticks, of which the
//! same two files share one in this run and not in that.

use super::{Tracer, memory, moment};
use crate::rebuild::{environment::Moment, pace::Pace};
use libc::user_regs_struct;
use nix::unistd::Pid;
use rustix::fs::{AtFlags, CWD, Stat, statat};
use std::collections::BTreeMap;

/// Device and inode number.
type Identity = (u64, u64);

/// The times of files, in nanoseconds of the run's own time.
#[derive(Default)]
pub(super) struct Stamps(BTreeMap<Identity, Stamp>);

/// The time of one file.
struct Stamp {
    time: u64,
    /// The time that it gets once it is seen to be changed: it was opened so that it may be written, and looked like this then.
    next: Option<(u64, Look)>,
}

/// What changes of a file that is written: time of last change, and size.
type Look = (Moment, u64);

/// A file as a call of the `stat` family shows it.
pub(super) struct Seen {
    pub(super) identity: Identity,
    pub(super) mode: u32,
    pub(super) look: Look,
}

impl Seen {
    pub(super) fn of(file: &Stat) -> Self {
        Self {
            identity: (file.st_dev, file.st_ino),
            mode: file.st_mode,
            look: (
                moment::moment(file.st_mtime, file.st_mtime_nsec),
                u64::try_from(file.st_size).unwrap_or(0),
            ),
        }
    }

    fn is_file(&self) -> bool {
        self.mode & libc::S_IFMT == libc::S_IFREG
    }
}

impl Tracer<'_> {
    /// What a time of a file shows that lies in this run.
    pub(super) fn written(&mut self, file: &Seen, time: Moment) -> Moment {
        let since = match self.spec.environment.pace {
            Pace::Frozen => 0,
            Pace::Running => moment::between(self.start, time),
            Pace::Logical => self.stamp(file),
        };
        moment::later(self.spec.environment.written, since)
    }

    /// The time of a file. One that nobody was seen to open gets it now; a folder changes with what is in it, and keeps the first.
    fn stamp(&mut self, file: &Seen) -> u64 {
        let new = file.is_file() && file.look.0 >= self.start;
        match self.stamps.0.get_mut(&file.identity) {
            Some(stamp) => {
                if let Some((time, _)) = stamp.next.take_if(|(_, look)| *look != file.look) {
                    stamp.time = time;
                }
                stamp.time
            }
            None if new => {
                let time = self.clock.next();
                self.stamps.0.insert(file.identity, Stamp { time, next: None });
                time
            }
            None => 0,
        }
    }

    /// A file was opened so that it may be written. `surely` if that alone changes it, or it will be.
    fn opened(&mut self, file: &Seen, surely: bool) {
        if !file.is_file() {
            return;
        }
        let time = self.clock.next();
        match self.stamps.0.get_mut(&file.identity) {
            Some(stamp) if !surely => stamp.next = Some((time, file.look)),
            Some(stamp) => *stamp = Stamp { time, next: None },
            // New, or of the source, which shows the time that it was given until it is written.
            None => {
                self.stamps.0.insert(file.identity, Stamp { time, next: None });
            }
        }
    }

    /// A call has returned that makes or changes a file.
    pub(super) fn wrote(&mut self, pid: Pid, registers: &user_regs_struct) {
        let number = registers.orig_rax as i64;
        let flags = match number {
            libc::SYS_openat => registers.rdx,
            libc::SYS_open => registers.rsi,
            libc::SYS_creat => libc::O_TRUNC as u64,
            _ => {
                if let Some(file) = self.named(pid, registers) {
                    let time = self.clock.next();
                    self.stamps
                        .0
                        .insert(Seen::of(&file).identity, Stamp { time, next: None });
                }
                return;
            }
        };
        if let Ok(file) = self.file_of(pid, registers.rax as i32) {
            let surely = flags as i32 & (libc::O_TRUNC | libc::O_EXCL | libc::O_APPEND) != 0;
            self.opened(&Seen::of(&file), surely);
        }
    }

    /// The folder that was made, or the file that was touched.
    fn named(&mut self, pid: Pid, registers: &user_regs_struct) -> Option<Stat> {
        let here = libc::AT_FDCWD as u64;
        let (folder, name) = match registers.orig_rax as i64 {
            libc::SYS_mkdirat | libc::SYS_utimensat | libc::SYS_futimesat => (registers.rdi, registers.rsi),
            _ => (here, registers.rdi),
        };
        let folder = folder as i32;
        if name == 0 {
            return self.file_of(pid, folder).ok();
        }
        let name = memory::string(pid, name)?;
        if name.starts_with('/') {
            return self.file_at(pid, &name, true).ok();
        }
        let base = match folder {
            libc::AT_FDCWD => format!("{pid}/cwd"),
            number => format!("{pid}/fd/{number}"),
        };
        statat(CWD, self.proc.join(base).join(name), AtFlags::empty()).ok()
    }
}
