//! Reading and writing another process's memory and registers.

use nix::{
    sys::{
        ptrace,
        uio::{RemoteIoVec, process_vm_readv, process_vm_writev},
    },
    unistd::Pid,
};
use std::io::{IoSlice, IoSliceMut};

/// Longest path that is read, as in the kernel.
const PATH_MAX: usize = 4096;
/// Auxiliary vector types of linux/auxvec.h.
const AT_NULL: u64 = 0;
const AT_IGNORE: u64 = 1;
const AT_RANDOM: u64 = 25;
const AT_SYSINFO_EHDR: u64 = 33;

/// `N` bytes at an address; none if they are not all there.
pub(super) fn read<const N: usize>(pid: Pid, address: u64) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    (read_some(pid, address, &mut bytes) == N).then_some(bytes)
}

fn read_some(pid: Pid, address: u64, into: &mut [u8]) -> usize {
    let from = RemoteIoVec {
        base: address as usize,
        len: into.len(),
    };
    process_vm_readv(pid, &mut [IoSliceMut::new(into)], &[from]).unwrap_or(0)
}

/// Whether all the bytes could be written.
pub(super) fn write(pid: Pid, address: u64, bytes: &[u8]) -> bool {
    let to = RemoteIoVec {
        base: address as usize,
        len: bytes.len(),
    };
    process_vm_writev(pid, &[IoSlice::new(bytes)], &[to]) == Ok(bytes.len())
}

fn word(pid: Pid, address: u64) -> Option<u64> {
    read(pid, address).map(u64::from_le_bytes)
}

/// A string that ends in NUL.
pub(super) fn string(pid: Pid, address: u64) -> Option<String> {
    let mut bytes = Vec::new();
    while bytes.len() < PATH_MAX {
        // Page by page: the next one may not be there.
        let here = address + bytes.len() as u64;
        let mut page = vec![0; 256 - (here % 256) as usize];
        let n = read_some(pid, here, &mut page);
        let piece = &page[..n];
        if let Some(end) = piece.iter().position(|b| *b == 0) {
            bytes.extend_from_slice(&piece[..end]);
            return Some(String::from_utf8_lossy(&bytes).into_owned());
        }
        if n == 0 {
            return None;
        }
        bytes.extend_from_slice(piece);
    }
    None
}

/// Hides the vDSO from a program that is about to start, so that its clock calls reach the kernel, and gives it random
/// bytes of ours.
pub(super) fn prepare_program(pid: Pid, random: &[u8]) {
    let Ok(registers) = ptrace::getregs(pid) else { return };
    // The stack holds argc, argv, NULL, environment, NULL, auxiliary vector (System V ABI, 3.4.1).
    let Some(count) = word(pid, registers.rsp) else { return };
    let mut at = registers.rsp + 8 * (count + 2);
    while let Some(entry) = word(pid, at) {
        at += 8;
        if entry == 0 {
            break;
        }
    }
    while let (Some(kind), Some(value)) = (word(pid, at), word(pid, at + 8)) {
        match kind {
            AT_NULL => return,
            AT_SYSINFO_EHDR => {
                write(pid, at, &AT_IGNORE.to_le_bytes());
            }
            AT_RANDOM => {
                write(pid, value, random);
            }
            _ => {}
        }
        at += 16;
    }
}

/// Leaves a thread in the group stop that a signal has put it into.
pub(super) fn listen(pid: Pid) {
    // SAFETY: PTRACE_LISTEN takes no pointers; for a thread that is gone it fails.
    #[allow(unsafe_code)]
    unsafe {
        libc::ptrace(libc::PTRACE_LISTEN, pid.as_raw(), 0, 0);
    }
}
