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
/// Most words of a new program's stack that are read: the kernel takes no more of arguments and variables.
const STACK_MAX: usize = 1 << 21;
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

/// So many bytes at an address; none if they are not all there.
pub(super) fn bytes(pid: Pid, address: u64, length: usize) -> Option<Vec<u8>> {
    let mut bytes = vec![0; length];
    (read_some(pid, address, &mut bytes) == length).then_some(bytes)
}

fn read_some(pid: Pid, address: u64, into: &mut [u8]) -> usize {
    let from = RemoteIoVec {
        base: address as usize,
        len: into.len(),
    };
    process_vm_readv(pid, &mut [IoSliceMut::new(into)], &[from]).unwrap_or(0)
}

/// `N` bytes of a structure; zeros if they are not all there.
pub(super) fn take<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes.get(at..at + N).and_then(|b| b.try_into().ok()).unwrap_or([0; N])
}

/// Whether all the bytes could be written.
pub(super) fn write(pid: Pid, address: u64, bytes: &[u8]) -> bool {
    let to = RemoteIoVec {
        base: address as usize,
        len: bytes.len(),
    };
    process_vm_writev(pid, &[IoSlice::new(bytes)], &[to]) == Ok(bytes.len())
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
    let mut words = 512;
    while words <= STACK_MAX {
        let stack = stack(pid, registers.rsp, words);
        if let Some(entries) = auxiliary(&stack) {
            for (at, value) in entries {
                match stack[at] {
                    AT_SYSINFO_EHDR => write(pid, registers.rsp + 8 * at as u64, &AT_IGNORE.to_le_bytes()),
                    AT_RANDOM => write(pid, value, random),
                    _ => true,
                };
            }
            return;
        }
        if stack.len() < words {
            return;
        }
        words *= 8;
    }
}

/// So many words of a stack, or what there is of them.
fn stack(pid: Pid, address: u64, words: usize) -> Vec<u64> {
    let mut bytes = vec![0; 8 * words];
    let length = read_some(pid, address, &mut bytes);
    let chunks = bytes[..length].chunks_exact(8);
    chunks
        .map(|word| u64::from_le_bytes(word.try_into().unwrap_or_default()))
        .collect()
}

/// Where in a new program's stack each entry of the auxiliary vector begins, and its value; none if the vector is not all there.
///
/// The stack holds argc, argv, NULL, environment, NULL, auxiliary vector (System V ABI, 3.4.1).
fn auxiliary(stack: &[u64]) -> Option<Vec<(usize, u64)>> {
    let environment = usize::try_from(*stack.first()?).ok()?.checked_add(2)?;
    let length = stack.get(environment..)?.iter().position(|word| *word == 0)?;
    let start = environment + length + 1;
    let entries = stack[start..].chunks_exact(2);
    let count = entries.clone().position(|entry| entry[0] == AT_NULL)?;
    let places = (start..).step_by(2);
    Some(places.zip(entries.take(count).map(|entry| entry[1])).collect())
}

/// Leaves a thread in the group stop that a signal has put it into.
pub(super) fn listen(pid: Pid) {
    // SAFETY: PTRACE_LISTEN takes no pointers; for a thread that is gone it fails.
    #[allow(unsafe_code)]
    unsafe {
        libc::ptrace(libc::PTRACE_LISTEN, pid.as_raw(), 0, 0);
    }
}
