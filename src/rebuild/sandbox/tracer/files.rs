//! Files: the times that they show, and who wrote them.

use super::{super::Write, Tracer, memory, memory::take, moment::now, stamps::Seen};
use crate::rebuild::environment::Moment;
use libc::user_regs_struct;
use nix::unistd::Pid;
use std::path::{Component, Path, PathBuf};

/// The device that files of the build show, whatever number its file system has got.
const DEVICE: u64 = 0x4d;

impl Tracer<'_> {
    /// The time that is shown for a time of a file.
    fn shown(&mut self, file: &Seen, time: Moment) -> Moment {
        if time >= self.start && time <= now() {
            // Written by this run.
            return self.written(file, time);
        }
        match self.is_clamped(file.identity.0, time) {
            true => self.spec.environment.clock,
            false => time,
        }
    }

    /// Whether a file was handed to the build, and is newer than the clock that it is told: not from the future. A file of the machine
    /// keeps its time, by which others may know it, as Python's `.pyc` do.
    fn is_clamped(&self, device: u64, time: Moment) -> bool {
        time < self.start && time > self.spec.environment.clock && self.inputs.contains(&device)
    }

    /// Whether a file shows something else than the truth.
    pub(super) fn is_amended(&self, device: u64, times: &[Moment]) -> bool {
        let amended = |time: &Moment| *time >= self.start || self.is_clamped(device, *time);
        device == self.device || times.iter().any(amended)
    }

    /// `struct stat` of x86-64: device at 0, inode at 8, mode at 24, size at 48, three times from 72 on, each seconds and nanoseconds of 8 bytes.
    pub(super) fn amend_stat(&mut self, pid: Pid, address: u64) {
        const SIZE: usize = 144;
        let Some(mut stat) = memory::read::<SIZE>(pid, address) else {
            return;
        };
        let before = stat;
        let number = |at| u64::from_le_bytes(take(&stat, at));
        let device = number(0);
        let file = Seen {
            identity: (device, number(8)),
            mode: u32::from_le_bytes(take(&stat, 24)),
            look: (time_at(&stat, 88), number(48)),
        };
        for at in [72, 88, 104] {
            let shown = self.shown(&file, time_at(&before, at));
            stat[at..at + 8].copy_from_slice(&shown.seconds.to_le_bytes());
            stat[at + 8..at + 12].copy_from_slice(&shown.nanos.to_le_bytes());
        }
        if device == self.device {
            stat[..8].copy_from_slice(&DEVICE.to_le_bytes());
        }
        if stat != before {
            memory::write(pid, address, &stat);
        }
    }

    /// `struct statx` (statx(2)): mode at 28, inode at 32, size at 40, four times from 64 on (the last: of last change), each seconds of 8 bytes and nanoseconds of 4; device at 136 and 140.
    pub(super) fn amend_statx(&mut self, pid: Pid, address: u64) {
        const SIZE: usize = 144;
        let Some(mut stat) = memory::read::<SIZE>(pid, address) else {
            return;
        };
        let before = stat;
        let number = |at| u32::from_le_bytes(take(&stat, at));
        let device = libc::makedev(number(136), number(140));
        let file = Seen {
            identity: (device, u64::from_le_bytes(take(&stat, 32))),
            mode: u16::from_le_bytes(take(&stat, 28)).into(),
            look: (time_at(&stat, 112), u64::from_le_bytes(take(&stat, 40))),
        };
        for at in [64, 80, 96, 112] {
            let shown = self.shown(&file, time_at(&before, at));
            stat[at..at + 8].copy_from_slice(&shown.seconds.to_le_bytes());
            stat[at + 8..at + 12].copy_from_slice(&shown.nanos.to_le_bytes());
        }
        if device == self.device {
            stat[136..140].copy_from_slice(&libc::major(DEVICE).to_le_bytes());
            stat[140..144].copy_from_slice(&libc::minor(DEVICE).to_le_bytes());
        }
        if stat != before {
            memory::write(pid, address, &stat);
        }
    }

    /// A file is about to be opened, or to get another name. True if it is opened so that it may be written.
    pub(super) fn note_file(&mut self, pid: Pid, registers: &user_regs_struct) -> bool {
        let number = registers.orig_rax as i64;
        let here = libc::AT_FDCWD as u64;
        let former = match number {
            libc::SYS_rename | libc::SYS_link => Some((here, registers.rdi)),
            libc::SYS_renameat | libc::SYS_renameat2 | libc::SYS_linkat => Some((registers.rdi, registers.rsi)),
            _ => None,
        };
        if let Some((folder, name)) = former.filter(|_| self.spec.trace_reads)
            && let Some(name) = memory::string(pid, name)
        {
            self.note(pid, folder as i32, &name, false);
        }
        let (folder, name, writes) = match number {
            libc::SYS_openat => (registers.rdi, registers.rsi, writing(registers.rdx)),
            libc::SYS_open => (here, registers.rdi, writing(registers.rsi)),
            libc::SYS_creat => (here, registers.rdi, true),
            libc::SYS_rename | libc::SYS_link => (here, registers.rsi, true),
            _ => (registers.rdx, registers.r10, true),
        };
        let Some(name) = memory::string(pid, name) else {
            return false;
        };
        if self.spec.trace {
            self.note(pid, folder as i32, &name, writes);
        }
        // The file that scripts open most often is none.
        writes && name != "/dev/null" && matches!(number, libc::SYS_openat | libc::SYS_open | libc::SYS_creat)
    }

    fn note(&mut self, pid: Pid, folder: i32, name: &str, writes: bool) {
        let Some(path) = self.absolute(pid, folder, name) else {
            return;
        };
        let Some(process) = self.threads.get(&pid).and_then(|t| t.program) else {
            return;
        };
        self.flows(process, &path, writes);
        if writes {
            self.trace.writes.push(Write { process, path });
        } else {
            self.reads.insert(path);
        }
    }

    /// Where a name leads from the folder of a file descriptor; below the source folder, the path from there.
    fn absolute(&self, pid: Pid, folder: i32, name: &str) -> Option<String> {
        let mut path = if name.starts_with('/') {
            PathBuf::new()
        } else if folder == libc::AT_FDCWD {
            std::fs::read_link(self.proc.join(format!("{pid}/cwd"))).ok()?
        } else {
            std::fs::read_link(self.proc.join(format!("{pid}/fd/{folder}"))).ok()?
        };
        for part in Path::new(name).components() {
            match part {
                Component::ParentDir => {
                    path.pop();
                }
                Component::CurDir => {}
                part => path.push(part),
            }
        }
        let below = path.strip_prefix(&self.spec.environment.build_path);
        Some(below.unwrap_or(&path).to_string_lossy().into_owned())
    }
}

/// A time: seconds of 8 bytes, nanoseconds of 4.
fn time_at(stat: &[u8], at: usize) -> Moment {
    Moment {
        seconds: i64::from_le_bytes(take(stat, at)),
        nanos: u32::from_le_bytes(take(stat, at + 8)),
    }
}

fn writing(flags: u64) -> bool {
    flags as i32 & (libc::O_WRONLY | libc::O_RDWR | libc::O_CREAT) != 0
}
