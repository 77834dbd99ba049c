//! The seccomp filter: which system calls stop for the tracer.

use crate::rebuild::{pace::Pace, sandbox::RunSpec};
use libc::{BPF_ABS, BPF_JEQ, BPF_JMP, BPF_JSET, BPF_K, BPF_LD, BPF_RET, BPF_W};
use seccompiler::{BpfProgram, sock_filter};

const TRACE: u32 = libc::SECCOMP_RET_TRACE;
const ALLOW: u32 = libc::SECCOMP_RET_ALLOW;
const UNKNOWN: u32 = libc::SECCOMP_RET_ERRNO | libc::ENOSYS as u32;
/// The bit of a call's number that makes it one of x32 (`__X32_SYSCALL_BIT` of asm/unistd.h).
const X32: u32 = 0x4000_0000;
/// Offsets in `struct seccomp_data`: the system call's number, the architecture, the low half of the first argument.
const NUMBER: u32 = 0;
const ARCHITECTURE: u32 = 4;
const ARGUMENTS: u32 = 16;
/// `AUDIT_ARCH_X86_64` of linux/audit.h.
const X86_64: u32 = 0xC000_003E;

/// When a system call stops.
enum When {
    Always,
    /// An argument has one of these values.
    Is(u32, &'static [u32]),
    /// An argument has one of these bits.
    Has(u32, u32),
    /// An argument is not 0.
    Given(u32),
    /// Never: it is not made at all.
    Refused,
}

const WRITING: u32 = (libc::O_WRONLY | libc::O_RDWR | libc::O_CREAT) as u32;
const CLOCKS: &[u32] = &[
    libc::CLOCK_REALTIME as u32,
    libc::CLOCK_REALTIME_COARSE as u32,
    libc::CLOCK_BOOTTIME as u32,
    libc::CLOCK_TAI as u32,
];

/// Only the calls that this run needs: each stop costs two switches of context.
fn calls(spec: &RunSpec) -> Vec<(i64, When)> {
    use When::{Always, Given, Has, Is, Refused};
    let mut calls = vec![
        (libc::SYS_clock_gettime, Is(0, CLOCKS)),
        (libc::SYS_gettimeofday, Always),
        (libc::SYS_time, Always),
        (libc::SYS_newfstatat, Always),
        (libc::SYS_fstat, Always),
        (libc::SYS_stat, Always),
        (libc::SYS_lstat, Always),
        (libc::SYS_statx, Always),
        (libc::SYS_getdents64, Always),
        (libc::SYS_getrandom, Always),
        (libc::SYS_sched_getaffinity, Always),
        (libc::SYS_sysinfo, Always),
        // What paths mean may change.
        (libc::SYS_chroot, Always),
        (libc::SYS_pivot_root, Always),
        (libc::SYS_mount, Always),
        (libc::SYS_move_mount, Always),
        (libc::SYS_setns, Always),
        (libc::SYS_unshare, Has(0, libc::CLONE_NEWNS as u32)),
        (libc::SYS_clone, Has(0, libc::CLONE_NEWNS as u32)),
        // Its calls would pass us by.
        (libc::SYS_io_uring_setup, Refused),
    ];
    if spec.means.mounts {
        // Who is talked to may be somebody outside.
        calls.extend([
            (libc::SYS_connect, Always),
            (libc::SYS_sendto, Given(4)),
            (libc::SYS_sendmsg, Always),
            (libc::SYS_sendmmsg, Always),
        ]);
    }
    if spec.environment.kernel.is_some() || !spec.means.uts {
        calls.push((libc::SYS_uname, Always));
    }
    let logical = spec.environment.pace == Pace::Logical;
    if logical {
        calls.extend([
            (libc::SYS_nanosleep, Always),
            (libc::SYS_clock_nanosleep, Always),
            (libc::SYS_select, Is(0, &[0])),
            (libc::SYS_pselect6, Is(0, &[0])),
            (libc::SYS_mkdir, Always),
            (libc::SYS_mkdirat, Always),
            (libc::SYS_utimensat, Is(2, &[0])),
            (libc::SYS_futimesat, Is(2, &[0])),
            (libc::SYS_utimes, Is(1, &[0])),
            (libc::SYS_utime, Is(1, &[0])),
        ]);
    }
    let writes = spec.trace || logical;
    if spec.trace_reads {
        calls.extend([(libc::SYS_openat, Always), (libc::SYS_open, Always)]);
    } else if writes {
        calls.extend([(libc::SYS_openat, Has(2, WRITING)), (libc::SYS_open, Has(1, WRITING))]);
    }
    if writes {
        calls.push((libc::SYS_creat, Always));
    }
    if spec.trace {
        calls.extend([
            (libc::SYS_rename, Always),
            (libc::SYS_renameat, Always),
            (libc::SYS_renameat2, Always),
            (libc::SYS_link, Always),
            (libc::SYS_linkat, Always),
        ]);
    }
    calls
}

/// The program. Calls of another architecture (32-bit programs) are let through untouched.
pub(super) fn program(spec: &RunSpec) -> BpfProgram {
    let mut program = vec![
        load(ARCHITECTURE),
        jump(BPF_JEQ, X86_64, 1, 0),
        give(ALLOW),
        load(NUMBER),
        jump(BPF_JSET, X32, 0, 1),
        give(UNKNOWN),
    ];
    for (number, when) in calls(spec) {
        // The number is small and not negative: the table above is all there is.
        let number = number as u32;
        let block: Vec<sock_filter> = match when {
            When::Always => vec![give(TRACE)],
            When::Is(argument, values) => {
                let mut block = vec![load(ARGUMENTS + 8 * argument)];
                for value in values {
                    block.extend([jump(BPF_JEQ, *value, 0, 1), give(TRACE)]);
                }
                block.push(give(ALLOW));
                block
            }
            When::Refused => vec![give(UNKNOWN)],
            When::Given(argument) => vec![
                load(ARGUMENTS + 8 * argument),
                jump(BPF_JEQ, 0, 1, 0),
                give(TRACE),
                load(ARGUMENTS + 8 * argument + 4),
                jump(BPF_JEQ, 0, 1, 0),
                give(TRACE),
                give(ALLOW),
            ],
            When::Has(argument, bits) => vec![
                load(ARGUMENTS + 8 * argument),
                jump(BPF_JSET, bits, 0, 1),
                give(TRACE),
                give(ALLOW),
            ],
        };
        program.push(jump(BPF_JEQ, number, 0, block.len() as u8));
        program.extend(block);
    }
    program.push(give(ALLOW));
    program
}

fn load(offset: u32) -> sock_filter {
    sock_filter {
        code: (BPF_LD | BPF_W | BPF_ABS) as u16,
        jt: 0,
        jf: 0,
        k: offset,
    }
}

fn jump(test: u32, value: u32, yes: u8, no: u8) -> sock_filter {
    sock_filter {
        code: (BPF_JMP | test | BPF_K) as u16,
        jt: yes,
        jf: no,
        k: value,
    }
}

fn give(action: u32) -> sock_filter {
    sock_filter {
        code: (BPF_RET | BPF_K) as u16,
        jt: 0,
        jf: 0,
        k: action,
    }
}
