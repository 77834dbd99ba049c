//! What the processes of a run give up before one of them becomes the build: rights over the machine, the caller's keys and
//! descriptors, and the sockets of others.

use super::{
    RunSpec,
    kernel::{can_scope, descriptors_end_with_program, failed, put, saying, scope_abstract_sockets, session_keyring},
};
use crate::bytes::Error;
use nix::sched::{CloneFlags, unshare};
use rustix::thread::{CapabilitySet, remove_capability_from_bounding_set};
use std::{fmt::Write as _, fs, path::Path};

/// What a build as root keeps where there is no user namespace: rights over files, which are read only where they are not its own. Not
/// `DAC_READ_SEARCH`, which opens any file by its number.
const KEPT: CapabilitySet = CapabilitySet::CHOWN
    .union(CapabilitySet::DAC_OVERRIDE)
    .union(CapabilitySet::FOWNER)
    .union(CapabilitySet::FSETID)
    .union(CapabilitySet::KILL)
    .union(CapabilitySet::SETGID)
    .union(CapabilitySet::SETUID)
    .union(CapabilitySet::SYS_CHROOT);

/// For the processes that watch a run: the build may neither look into them nor use the caller's keys.
pub(super) fn close_up() -> Result<(), Error> {
    session_keyring();
    nix::sys::prctl::set_dumpable(false).map_err(failed("hide the run's first process"))
}

/// The build's own user namespace, over mounts that it can't change: those of a less privileged namespace are locked
/// (mount_namespaces(7)).
pub(super) fn enter_user_namespace() -> Result<(), Error> {
    // Whoever writes its maps must be let into its files in `/proc`.
    nix::sys::prctl::set_dumpable(true).map_err(failed("open the build's own process"))?;
    unshare(CloneFlags::CLONE_NEWUSER | CloneFlags::CLONE_NEWNS).map_err(failed("make a user namespace"))
}

/// Gives the user namespace of the process behind `proc` all ids of this one. Who plays another user has that one's number and that of root
/// exchanged: files of root are then the user's.
pub(super) fn map_ids(proc: &Path, uid: u32, gid: u32) -> Result<(), Error> {
    for (name, id) in [("gid_map", gid), ("uid_map", uid)] {
        let at = Path::new("/proc/self").join(name);
        let own = fs::read_to_string(&at).map_err(saying(at.display()))?;
        put(proc.join(name), &map(&own, id))?;
    }
    Ok(())
}

/// The lines of a map from the lines of the outer one.
fn map(own: &str, id: u32) -> String {
    let ranges: Vec<(u32, u32)> = own.lines().filter_map(range).collect();
    let has = |id: u32| ranges.iter().any(|(start, count)| id.wrapping_sub(*start) < *count);
    let swapped: &[u32] = if id != 0 && has(0) { &[0, id] } else { &[] };
    let mut lines = String::new();
    for (to, from) in [(id, 0), (0, id)] {
        if !swapped.is_empty() && has(from) {
            let _ = writeln!(lines, "{to} {from} 1");
        }
    }
    for (start, count) in ranges {
        let end = start.saturating_add(count);
        let mut at = start;
        for hole in swapped
            .iter()
            .copied()
            .filter(|id| (start..end).contains(id))
            .chain([end])
        {
            if hole > at {
                let _ = writeln!(lines, "{at} {at} {}", hole - at);
            }
            at = hole.saturating_add(1);
        }
    }
    lines
}

/// First id and number of ids of a line of `/proc/PID/uid_map` (user_namespaces(7)).
fn range(line: &str) -> Option<(u32, u32)> {
    let mut words = line.split_whitespace().map(str::parse);
    let (start, _, count) = (words.next()?, words.next()?, words.next()?);
    Some((start.ok()?, count.ok()?))
}

/// The last thing before the filter and the build's own program.
pub(super) fn give_up(spec: &RunSpec) -> Result<(), Error> {
    // Should memory run short before that is seen, the build is what ends.
    let _ = put("/proc/self/oom_score_adj", "1000");
    nix::sys::prctl::set_no_new_privs().map_err(failed("forbid new privileges"))?;
    if spec.means.mounts && !spec.means.confined && nix::unistd::geteuid().is_root() {
        for capability in CapabilitySet::all().difference(KEPT).iter() {
            // Those that the kernel does not know are not had either.
            let _ = remove_capability_from_bounding_set(capability);
        }
    }
    let shared = !spec.means.net || spec.network;
    if shared && can_scope() {
        scope_abstract_sockets().map_err(saying("can't keep abstract sockets away"))?;
    }
    descriptors_end_with_program().map_err(saying("can't close what the caller has open"))
}

#[cfg(test)]
mod tests {
    use super::map;

    const ALL: &str = "         0          0 4294967295\n";

    #[test]
    fn root_stays_root() {
        assert_eq!(map(ALL, 0), "0 0 4294967295\n");
        assert_eq!(map("0 1000 1\n1 100000 65536\n", 0), "0 0 1\n1 1 65536\n");
    }

    #[test]
    fn who_plays_another_user_is_exchanged_with_root() {
        assert_eq!(map(ALL, 1234), "1234 0 1\n0 1234 1\n1 1 1233\n1235 1235 4294966060\n");
        assert_eq!(map(ALL, 1), "1 0 1\n0 1 1\n2 2 4294967293\n");
    }

    #[test]
    fn what_the_outer_map_lacks_is_left_out() {
        // A container with one id: the user has root's, and there is no root.
        assert_eq!(map("0 1000 1\n", 1234), "1234 0 1\n");
        // A plain user, who has one id only.
        assert_eq!(map("1234 65534 1\n", 1234), "1234 1234 1\n");
        assert_eq!(map("no map", 0), "");
    }
}
