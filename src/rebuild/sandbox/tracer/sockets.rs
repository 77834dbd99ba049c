//! Sockets of others. What of the machine a build sees is mounted read only, and what it may write is not: a socket on a read-only mount is
//! not the build's, and who would talk to it is refused.

use super::{Tracer, amend::answer, memory};
use crate::rebuild::sandbox::kernel;
use libc::user_regs_struct;
use nix::unistd::Pid;
use rustix::fs::{FileType, StatVfsMountFlags, fstat, fstatvfs};

/// `struct sockaddr_un`: the family, and a path.
const ADDRESS_MAX: usize = 110;
/// `struct mmsghdr`, and how many are looked at, as in the kernel.
const MESSAGE: u64 = 64;
const MESSAGES_MAX: u64 = 1024;

impl Tracer<'_> {
    /// A socket is told whom to talk to. Answered at once if that is somebody outside.
    pub(super) fn talks(&mut self, pid: Pid, registers: user_regs_struct) {
        let foreign = addresses(pid, &registers).any(|address| self.is_foreign(pid, &address));
        if foreign {
            answer(pid, registers, -i64::from(libc::ECONNREFUSED) as u64);
        }
    }

    /// Whether an address is that of a socket that is not the build's.
    fn is_foreign(&mut self, pid: Pid, address: &[u8]) -> bool {
        let Some((family, path)) = address.split_first_chunk::<2>() else {
            return false;
        };
        if i32::from(u16::from_le_bytes(*family)) != libc::AF_UNIX || path.is_empty() {
            return false;
        }
        if path[0] == 0 {
            // The build's own can't be told from others, unless the kernel does.
            let shared = !self.spec.means.net || self.spec.network;
            return shared && !*self.scoped.get_or_insert_with(kernel::can_scope);
        }
        let path = path.split(|byte| *byte == 0).next().unwrap_or_default();
        let path = String::from_utf8_lossy(path).into_owned();
        let path = match path.starts_with('/') {
            true => path,
            false => {
                let folder = std::fs::read_link(self.proc.join(format!("{pid}/cwd"))).unwrap_or_default();
                folder.join(path).to_string_lossy().into_owned()
            }
        };
        let Ok(file) = self.open_at(pid, &path, true) else {
            return false;
        };
        let socket = fstat(&file).is_ok_and(|found| FileType::from_raw_mode(found.st_mode) == FileType::Socket);
        socket && fstatvfs(&file).is_ok_and(|of| of.f_flag.contains(StatVfsMountFlags::RDONLY))
    }
}

/// The addresses that a call names.
fn addresses(pid: Pid, registers: &user_regs_struct) -> impl Iterator<Item = Vec<u8>> {
    let message = |at: u64| {
        let head = memory::read::<12>(pid, at)?;
        Some((
            u64::from_le_bytes(memory::take(&head, 0)),
            u32::from_le_bytes(memory::take(&head, 8)).into(),
        ))
    };
    let named: Vec<(u64, u64)> = match registers.orig_rax as i64 {
        libc::SYS_connect => vec![(registers.rsi, registers.rdx)],
        libc::SYS_sendto => vec![(registers.r8, registers.r9)],
        libc::SYS_sendmsg => message(registers.rsi).into_iter().collect(),
        _ => {
            let each = (0..registers.rdx.min(MESSAGES_MAX)).map(|n| registers.rsi.wrapping_add(n * MESSAGE));
            each.filter_map(message).collect()
        }
    };
    let bytes = move |(at, length): (u64, u64)| memory::bytes(pid, at, (length as usize).min(ADDRESS_MAX));
    named.into_iter().filter(|(at, _)| *at != 0).filter_map(bytes)
}
