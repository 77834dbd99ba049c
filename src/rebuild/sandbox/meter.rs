//! What a run takes of the machine, measured from outside: memory, and what it writes.

use super::{RunSpec, kill};
use crate::rebuild::environment::Filesystem;
use nix::unistd::Pid;
use std::{
    collections::BTreeSet,
    fs::{self, Metadata},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// How often signs are looked at.
pub(super) const TICK: Duration = Duration::from_millis(100);
/// Counting takes at most this part of the time where a sign asks for it, and this one where none does.
const SHARE: u32 = 20;
const SHARE_WITHOUT: u32 = 100;
/// A disk asks for a count once it has so many parts of the limit less.
const STEP: u64 = 8;

/// Measures a run from outside. What it takes is counted seldom, unless a cheap sign says that it may be too much.
pub(super) struct Meter<'a> {
    spec: &'a RunSpec,
    first: Pid,
    /// Where the build writes to a disk.
    folder: Option<PathBuf>,
    disk: Pause,
    /// What the disk had left at first, and when it was counted last.
    free: (u64, u64),
    memory: Pause,
    memory_limit: u64,
    /// A run that takes more than its limit leaves less than this.
    memory_sign: u64,
}

/// When is to be counted again.
struct Pause {
    soon: Instant,
    late: Instant,
}

impl Pause {
    fn none(now: Instant) -> Self {
        Self { soon: now, late: now }
    }

    fn is_over(&self, sign: bool, now: Instant) -> bool {
        now >= if sign { self.soon } else { self.late }
    }

    fn begin(since: Instant, now: Instant) -> Self {
        let took = now - since;
        Self {
            soon: now + SHARE * took,
            late: now + (SHARE_WITHOUT * took).max(Duration::from_secs(1)),
        }
    }
}

#[allow(clippy::disallowed_methods, reason = "how often is counted; it shows in no output")]
fn now() -> Instant {
    Instant::now()
}

impl<'a> Meter<'a> {
    pub(super) fn new(spec: &'a RunSpec, first: Pid) -> Self {
        let folder = match (spec.means.mounts, spec.environment.filesystem) {
            (true, Filesystem::Memory) => None,
            (true, Filesystem::Disk) => Some(spec.folder.join("disk")),
            (false, _) => Path::new(&spec.environment.build_path).parent().map(Path::to_owned),
        };
        let now = now();
        let total = memory("MemTotal:").unwrap_or(u64::MAX);
        let memory_limit = spec.limits.memory.unwrap_or(total / 10 * 9);
        let left = folder.is_some().then(|| free(&spec.folder)).flatten().unwrap_or(0);
        Self {
            spec,
            first,
            folder,
            disk: Pause::none(now),
            free: (left, left),
            memory: Pause::none(now),
            memory_limit,
            memory_sign: total.saturating_sub(memory_limit),
        }
    }

    /// Why the run must end, if it must.
    pub(super) fn over(&mut self) -> Option<String> {
        self.over_disk().or_else(|| self.over_memory())
    }

    fn over_disk(&mut self) -> Option<String> {
        let (folder, left, since) = (self.folder.as_ref()?, free(&self.spec.folder)?, now());
        let (limit, (at_first, counted)) = (self.spec.disk_limit, self.free);
        if !self.disk.is_over(counted.saturating_sub(left) > limit / STEP, since) {
            return None;
        }
        let mut used = written(folder) + self.stored();
        if used <= limit && at_first.saturating_sub(left) > limit - used {
            used += self.unlinked(folder);
        }
        self.free.1 = left;
        self.disk = Pause::begin(since, now());
        (used > limit).then(|| format!("more than {limit} bytes written"))
    }

    fn over_memory(&mut self) -> Option<String> {
        let (limit, since) = (self.memory_limit, now());
        let sign = memory("MemAvailable:")? < self.memory_sign;
        if !sign || !self.memory.is_over(sign, since) {
            return None;
        }
        let processes = kill::family(self.first)
            .into_iter()
            .map(resident)
            .fold(0, u64::saturating_add);
        let used = processes.saturating_add(self.stored());
        self.memory = Pause::begin(since, now());
        (used > limit).then(|| format!("more than {limit} bytes of memory"))
    }

    /// What the run has written to file systems in memory.
    fn stored(&self) -> u64 {
        let found = rustix::fs::statvfs(self.spec.folder.join("store"));
        found.map_or(0, |found| {
            (found.f_blocks - found.f_bfree.min(found.f_blocks)) * found.f_frsize
        })
    }

    /// Files of that file system which only open descriptors hold.
    fn unlinked(&self, folder: &Path) -> u64 {
        let Ok(device) = fs::metadata(folder).map(|found| found.dev()) else {
            return 0;
        };
        let mut seen = BTreeSet::new();
        let processes = kill::family(self.first).into_iter();
        let descriptors =
            processes.flat_map(|pid| fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten());
        let files = descriptors.filter_map(|entry| fs::metadata(entry.path()).ok());
        let mine = files.filter(|found| found.nlink() == 0 && found.dev() == device);
        mine.filter(|found| seen.insert(found.ino()))
            .map(|found| size(&found))
            .sum()
    }
}

/// Bytes that a file takes.
fn size(found: &Metadata) -> u64 {
    found.blocks().saturating_mul(512)
}

/// What lies below a folder; a file with several names once.
fn written(folder: &Path) -> u64 {
    let mut seen = BTreeSet::new();
    let all = walkdir::WalkDir::new(folder).into_iter().flatten();
    let found = all.filter_map(|entry| entry.metadata().ok());
    let once = found.filter(|found| found.nlink() < 2 || found.is_dir() || seen.insert(found.ino()));
    once.map(|found| size(&found)).sum()
}

/// Bytes that the file system of a folder has left.
fn free(folder: &Path) -> Option<u64> {
    let found = rustix::fs::statvfs(folder).ok()?;
    Some(found.f_bfree.saturating_mul(found.f_frsize))
}

/// Bytes on a line of `/proc/meminfo`.
fn memory(name: &str) -> Option<u64> {
    kibibytes(&fs::read_to_string("/proc/meminfo").ok()?, name)
}

/// Memory of one process that is no file's: proc_pid_status(5).
fn resident(pid: Pid) -> u64 {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    ["RssAnon:", "RssShmem:"]
        .iter()
        .filter_map(|name| kibibytes(&text, name))
        .sum()
}

fn kibibytes(text: &str, name: &str) -> Option<u64> {
    let rest = text.lines().find_map(|line| line.strip_prefix(name))?;
    let number: u64 = rest.split_whitespace().next()?.parse().ok()?;
    Some(number.saturating_mul(1024))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counting_takes_a_small_part_of_the_time() {
        let start = now();
        let seconds = |n| start + Duration::from_secs(n);
        let pause = Pause::begin(start, seconds(1));
        assert!(!pause.is_over(true, seconds(20)) && pause.is_over(true, seconds(21)));
        assert!(!pause.is_over(false, seconds(100)) && pause.is_over(false, seconds(101)));
        assert!(!Pause::begin(start, start).is_over(false, start + TICK));
    }

    #[test]
    fn what_is_written_is_counted_once() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("a")).unwrap();
        fs::write(folder.path().join("a/b"), vec![1; 1 << 20]).unwrap();
        fs::hard_link(folder.path().join("a/b"), folder.path().join("c")).unwrap();
        let found = written(folder.path());
        assert!((1 << 20..1 << 21).contains(&found), "{found}");
        assert_eq!(kibibytes("A: 1 kB\nRssAnon:\t  12 kB\n", "RssAnon:"), Some(12 * 1024));
        assert_eq!(kibibytes("RssAnon: many\n", "RssAnon:"), None);
    }
}
