//! What a build could see of its environment, as seen by a program that runs in a build's place. A variation counts as
//! tested only if this program saw it.

mod files;
mod programs;
mod system;

use super::variation::Variation;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

/// The argument with which a program that calls `hook` observes.
pub(super) const COMMAND: &str = "_probe";

/// What was seen, by key. Every key is always there; what could not be found out says so.
pub type Observations = BTreeMap<String, String>;

/// Variables that bear a key of their own.
const VARIABLES: &[&str] = &[
    "TZ",
    "LANG",
    "LC_ALL",
    "LANGUAGE",
    "PWD",
    "USER",
    "LOGNAME",
    "HOME",
    "PATH",
    "SHELL",
    "TMPDIR",
    "TERM",
    "COLUMNS",
    "LINES",
    "MAKEFLAGS",
    "HOSTNAME",
];
/// Variables that ask for a number of jobs.
const JOBS: &[&str] = &["DEB_BUILD_OPTIONS", "CARGO_BUILD_JOBS", "CMAKE_BUILD_PARALLEL_LEVEL"];
/// Values that grow while the machine runs: they differ only if they are further apart than two runs can be.
const GROWING: &[&str] = &["uptime", "proc_uptime", "boot_clock", "start_of_machine"];
/// How far apart, in seconds.
const APART: u64 = 12 * 3600;

/// Looks at everything. Makes and removes a folder in the working folder.
pub(crate) fn observe() -> Observations {
    let mut seen = Seen::default();
    system::observe(&mut seen);
    variables(&mut seen);
    proc_files(&mut seen);
    users(&mut seen);
    files::observe(&mut seen);
    programs::observe(&mut seen);
    seen.0
}

/// Keys whose value is not that of the control.
pub fn compare(control: &Observations, varied: &Observations) -> BTreeSet<String> {
    control
        .iter()
        .filter(|(key, value)| varied.get(*key).is_some_and(|other| differs(key, value, other)))
        .map(|(key, _)| key.clone())
        .collect()
}

/// What two runs of the control agree on. What they don't can't tell a variation from chance.
pub fn stable(first: &Observations, second: &Observations) -> Observations {
    let changing = compare(first, second);
    let mut steady = first.clone();
    steady.retain(|key, _| second.contains_key(key) && !changing.contains(key));
    steady
}

/// Whether the probe saw everything that the variation has to change; `control` is what `stable` has left.
pub fn effective(variation: &dyn Variation, control: &Observations, varied: &Observations) -> bool {
    let changed = compare(control, varied);
    variation.observes().iter().all(|key| changed.contains(*key))
}

/// What a variation has to change, as it was seen: `uid 0, gid 0`.
pub fn shown(variation: &dyn Variation, seen: &Observations) -> String {
    let each = variation.observes().iter().map(|key| {
        let value = seen.get(*key).map_or("not steady", String::as_str);
        format!("{key} {value}")
    });
    each.collect::<Vec<_>>().join(", ")
}

fn differs(key: &str, a: &str, b: &str) -> bool {
    match (GROWING.contains(&key), a.parse::<u64>(), b.parse::<u64>()) {
        (true, Ok(a), Ok(b)) => a.abs_diff(b) > APART,
        _ => a != b,
    }
}

/// Observations as they are made.
#[derive(Default)]
struct Seen(Observations);

impl Seen {
    /// Adds a value in one line, not too long to be read in a report.
    fn add(&mut self, key: &str, value: impl ToString) {
        let value = value.to_string();
        let line = value.trim_end().replace('\n', " | ");
        self.0.insert(key.to_owned(), line.chars().take(1000).collect());
    }

    /// Adds a value that may not be there.
    fn maybe(&mut self, key: &str, value: Option<impl ToString>) {
        match value {
            Some(value) => self.add(key, value),
            None => self.add(key, "(none)"),
        }
    }
}

/// The text of a file, if it can be read.
fn text(path: &str) -> Option<String> {
    fs::read(path)
        .ok()
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

fn variable(name: &str) -> Option<String> {
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
}

fn variables(seen: &mut Seen) {
    for name in VARIABLES {
        seen.maybe(name, variable(name));
    }
    let jobs = JOBS
        .iter()
        .filter_map(|name| Some(format!("{name}={}", variable(name)?)));
    seen.add("job_variables", jobs.collect::<Vec<_>>().join(" "));
    let names: BTreeSet<String> = std::env::vars_os()
        .map(|(name, _)| name.to_string_lossy().into_owned())
        .collect();
    seen.add("variable_names", names.into_iter().collect::<Vec<_>>().join(" "));
}

fn proc_files(seen: &mut Seen) {
    for (key, path) in [
        ("proc_hostname", "/proc/sys/kernel/hostname"),
        ("proc_domainname", "/proc/sys/kernel/domainname"),
        ("proc_version", "/proc/version"),
        ("proc_kernel_release", "/proc/sys/kernel/osrelease"),
        ("proc_kernel_version", "/proc/sys/kernel/version"),
        ("proc_uuid", "/proc/sys/kernel/random/uuid"),
        ("sys_cpus_online", "/sys/devices/system/cpu/online"),
        ("etc_hostname", "/etc/hostname"),
        ("etc_hosts", "/etc/hosts"),
        ("etc_resolv", "/etc/resolv.conf"),
        ("etc_timezone", "/etc/timezone"),
    ] {
        seen.maybe(key, text(path));
    }
    let stat = text("/proc/stat").unwrap_or_default();
    let starts = |prefix: &str| stat.lines().filter(|line| line.starts_with(prefix)).count();
    // The first `cpu` line is the sum of the others.
    seen.add("proc_stat_cpus", starts("cpu").saturating_sub(1));
    seen.maybe(
        "start_of_machine",
        stat.lines().find_map(|line| line.strip_prefix("btime ")),
    );
    let uptime = text("/proc/uptime").unwrap_or_default();
    seen.maybe("proc_uptime", uptime.split('.').next());
    let cpuinfo = text("/proc/cpuinfo").unwrap_or_default();
    let processors = cpuinfo.lines().filter(|line| line.starts_with("processor")).count();
    seen.add("proc_cpuinfo_cpus", processors);
    seen.maybe("cpu_model", super::machine::cpu_model(&cpuinfo));
    let status = text("/proc/self/status").unwrap_or_default();
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.map(|value| value.trim_start_matches(':').trim().to_owned())
    };
    seen.maybe("cpus_allowed", field("Cpus_allowed_list"));
    seen.maybe("capabilities", field("CapEff"));
    let interfaces = text("/proc/net/dev").unwrap_or_default();
    let interfaces: BTreeSet<&str> = interfaces
        .lines()
        .filter_map(|line| Some(line.split_once(':')?.0.trim()))
        .collect();
    seen.add("interfaces", interfaces.into_iter().collect::<Vec<_>>().join(" "));
}

fn users(seen: &mut Seen) {
    let (uid, gid) = (nix::unistd::getuid().to_string(), nix::unistd::getgid().to_string());
    let entry = |path: &str, id: &str| {
        let file = text(path).unwrap_or_default();
        let mut lines = file
            .lines()
            .map(|line| line.split(':').map(str::to_owned).collect::<Vec<_>>());
        lines.find(|fields| fields.get(2).is_some_and(|found| found == id))
    };
    let (passwd, group) = (entry("/etc/passwd", &uid), entry("/etc/group", &gid));
    for (key, field) in [("user_name", 0), ("gecos", 4), ("passwd_home", 5), ("login_shell", 6)] {
        seen.maybe(key, passwd.as_ref().and_then(|fields| fields.get(field)));
    }
    seen.maybe("group_name", group.as_ref().and_then(|fields| fields.first()));
    let groups = nix::unistd::getgroups().unwrap_or_default();
    let groups: BTreeSet<u32> = groups.iter().map(|group| group.as_raw()).collect();
    seen.add("groups", format!("{groups:?}"));
    seen.add(
        "effective_ids",
        format!("{}:{}", nix::unistd::geteuid(), nix::unistd::getegid()),
    );
    seen.add("uid", uid);
    seen.add("gid", gid);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rebuild::variation::VARIATIONS;

    #[test]
    fn every_key_of_a_variation_is_observed() {
        let seen = observe();
        for variation in VARIATIONS {
            let keys = variation.observes().iter().chain(variation.touches());
            for key in keys {
                assert!(seen.contains_key(*key), "{}: nothing observes {key}", variation.name());
            }
        }
    }

    #[test]
    fn a_key_that_must_change_belongs_to_one_variation() {
        let mut owners = BTreeMap::new();
        for variation in VARIATIONS {
            assert!(!variation.observes().is_empty(), "{}", variation.name());
            for key in variation.observes() {
                if let Some(other) = owners.insert(*key, variation.name()) {
                    panic!("{key} must change under {other} and {}", variation.name());
                }
            }
        }
    }

    #[test]
    fn what_is_not_stable_proves_nothing() {
        let of = |pairs: &[(&str, &str)]| -> Observations {
            pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
        };
        let user = crate::rebuild::variation::named("user").unwrap();
        let control = of(&[("uid", "0"), ("gid", "0"), ("pid", "1"), ("uptime", "5")]);
        let again = of(&[("uid", "0"), ("gid", "0"), ("pid", "2"), ("uptime", "9")]);
        let steady = stable(&control, &again);
        assert_eq!(steady.keys().collect::<Vec<_>>(), ["gid", "uid", "uptime"]);
        let varied = of(&[("uid", "1"), ("gid", "1"), ("pid", "3"), ("uptime", "9")]);
        assert_eq!(compare(&steady, &varied).len(), 2);
        assert!(effective(user, &steady, &varied));
        assert!(!effective(user, &steady, &of(&[("uid", "1"), ("gid", "0")])));
        assert!(!effective(user, &of(&[("uid", "0")]), &varied), "gid was not steady");
        assert_eq!(shown(user, &steady), "uid 0, gid 0");
    }
}
