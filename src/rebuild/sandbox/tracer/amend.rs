//! System calls, one by one: answered at once, amended when they return, or turned into another one.

use super::{Pending, Tracer, memory, random};
use crate::rebuild::{environment::Environment, pace::Pace};
use libc::user_regs_struct;
use nix::{sys::ptrace, unistd::Pid};

/// Most bytes answered to one `getrandom`, as in the kernel for calls that may be interrupted.
const RANDOM_MAX: u64 = 1 << 20;

impl Tracer<'_> {
    /// A system call is about to be made. True if its return is of interest.
    pub(super) fn enter(&mut self, pid: Pid) -> bool {
        let Ok(registers) = ptrace::getregs(pid) else {
            return false;
        };
        let number = registers.orig_rax as i64;
        match number {
            libc::SYS_clock_gettime | libc::SYS_gettimeofday | libc::SYS_time => {
                self.tell_time(pid, registers);
                false
            }
            libc::SYS_getrandom => {
                self.tell_random(pid, registers);
                false
            }
            libc::SYS_getdents64 => self.list(pid, registers),
            libc::SYS_openat
            | libc::SYS_open
            | libc::SYS_creat
            | libc::SYS_rename
            | libc::SYS_renameat
            | libc::SYS_renameat2
            | libc::SYS_link
            | libc::SYS_linkat => {
                let opened = self.note_file(pid, &registers);
                opened && self.spec.environment.pace == Pace::Logical && self.amend_later(pid)
            }
            libc::SYS_connect | libc::SYS_sendto | libc::SYS_sendmsg | libc::SYS_sendmmsg => {
                self.talks(pid, registers);
                false
            }
            libc::SYS_nanosleep | libc::SYS_clock_nanosleep | libc::SYS_select | libc::SYS_pselect6 => {
                self.sleeps(pid, &registers)
            }
            libc::SYS_stat | libc::SYS_lstat | libc::SYS_fstat | libc::SYS_newfstatat | libc::SYS_statx => {
                self.may_amend(pid, &registers) && self.amend_later(pid)
            }
            libc::SYS_chroot
            | libc::SYS_pivot_root
            | libc::SYS_mount
            | libc::SYS_move_mount
            | libc::SYS_setns
            | libc::SYS_unshare
            | libc::SYS_clone => {
                self.views.root_changes();
                false
            }
            _ => self.amend_later(pid),
        }
    }

    fn amend_later(&mut self, pid: Pid) -> bool {
        if let Some(thread) = self.threads.get_mut(&pid) {
            thread.pending = Some(Pending::Amend);
        }
        true
    }

    /// A system call returns.
    pub(super) fn leave(&mut self, pid: Pid) {
        let Some(pending) = self.threads.get_mut(&pid).and_then(|t| t.pending.take()) else {
            return;
        };
        let Ok(now) = ptrace::getregs(pid) else { return };
        match pending {
            Pending::Answer { mut registers, value } => {
                registers.rax = value;
                registers.rip = now.rip;
                let _ = ptrace::setregs(pid, registers);
            }
            Pending::Amend if now.rax as i64 >= 0 => self.amend(pid, &now),
            Pending::Sleep { until } if now.rax as i64 >= 0 => self.clock.slept = self.clock.slept.max(until),
            Pending::Amend | Pending::Sleep { .. } => {}
        }
    }

    fn amend(&mut self, pid: Pid, registers: &user_regs_struct) {
        let environment = &self.spec.environment;
        match registers.orig_rax as i64 {
            libc::SYS_stat | libc::SYS_lstat | libc::SYS_fstat => self.amend_stat(pid, registers.rsi),
            libc::SYS_newfstatat => self.amend_stat(pid, registers.rdx),
            libc::SYS_statx => self.amend_statx(pid, registers.r8),
            libc::SYS_uname => amend_uname(pid, registers.rdi, environment),
            libc::SYS_sched_getaffinity => {
                // The mask's length is what the call returned; more processors than fit are not told of.
                let length = registers.rax.min(128) as usize;
                let mut mask = vec![0_u8; length];
                for n in (0..environment.processors as usize).take(8 * length) {
                    mask[n / 8] |= 1 << (n % 8);
                }
                memory::write(pid, registers.rdx, &mask);
            }
            libc::SYS_sysinfo => amend_sysinfo(pid, registers.rdi, environment),
            _ => self.wrote(pid, registers),
        }
    }

    fn tell_random(&mut self, pid: Pid, registers: user_regs_struct) {
        let Some(thread) = self.threads.get_mut(&pid) else {
            return;
        };
        thread.random_calls += 1;
        // Bounded before anything is allocated.
        let length = registers.rsi.min(RANDOM_MAX) as usize;
        let bytes = random::bytes(thread.place, thread.random_calls, length);
        let fault = !memory::write(pid, registers.rdi, &bytes);
        let value = if fault && length > 0 {
            -i64::from(libc::EFAULT) as u64
        } else {
            length as u64
        };
        answer(pid, registers, value);
    }
}

/// Answers a system call without making it.
pub(super) fn answer(pid: Pid, mut registers: user_regs_struct, value: u64) {
    registers.orig_rax = u64::MAX;
    registers.rax = value;
    let _ = ptrace::setregs(pid, registers);
}

/// `struct utsname`: six strings of 65 bytes: sysname, nodename, release, version, machine, domainname (uname(2)).
fn amend_uname(pid: Pid, address: u64, environment: &Environment) {
    const FIELD: usize = 65;
    let put = |index: usize, text: &str| {
        let mut field = [0; FIELD];
        let bytes = text.as_bytes();
        let length = bytes.len().min(FIELD - 1);
        field[..length].copy_from_slice(&bytes[..length]);
        memory::write(pid, address + (index * FIELD) as u64, &field);
    };
    put(1, &environment.hostname);
    if let Some(kernel) = &environment.kernel {
        put(2, &kernel.release);
        put(3, &kernel.version);
    }
    put(5, &environment.domainname);
}

/// `struct sysinfo` (sysinfo(2)): uptime, three loads, total memory, free, shared, buffers, swap, free swap, processes.
fn amend_sysinfo(pid: Pid, address: u64, environment: &Environment) {
    let Some(bytes) = memory::read::<88>(pid, address) else {
        return;
    };
    let mut words: Vec<u64> = bytes
        .chunks_exact(8)
        .map(|chunk| u64::from_le_bytes(chunk.try_into().unwrap_or_default()))
        .collect();
    words[0] = environment.uptime;
    words[1..4].fill(0);
    // What is free changes all the time.
    words[5] = words[4] / 2;
    words[6..8].fill(0);
    words[9] = words[8];
    words[10] = words[10] & !0xffff | 1;
    let bytes: Vec<u8> = words.into_iter().flat_map(u64::to_le_bytes).collect();
    memory::write(pid, address, &bytes);
}
