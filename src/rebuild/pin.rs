//! What the control environment pins, and what it is where nothing is pinned: if a build fails in the control, one of these may be why.
//!
//! A run with some of them freed is made in the same sandbox: HOME, the source's folder and the network are no pins.

use super::{
    Error, environment::Environment, environment::Filesystem, environment::Moment, machine::Machine, means::Means,
    pace::Pace,
};
use crate::bytes::settings::meant;
use std::{collections::BTreeMap, env, fs, path::Path};

/// One thing that is pinned.
#[derive(Debug)]
pub struct Pin {
    /// As reports and `--unpin` write it.
    pub name: &'static str,
    /// What it is in the control environment.
    pub what: &'static str,
    /// What to do if the build needs it otherwise.
    pub fix: &'static str,
    /// Leaves it as it is on this machine.
    free: fn(&mut Environment, &mut Means, &Machine),
}

const fn pin(
    name: &'static str,
    what: &'static str,
    fix: &'static str,
    free: fn(&mut Environment, &mut Means, &Machine),
) -> Pin {
    Pin { name, what, fix, free }
}

/// Every pin. Tracing is the first: without it, the clock and more of the others are not pinned either.
pub static PINS: &[Pin] = &[
    pin(
        "tracing",
        "system calls are watched, and some are answered in the kernel's place",
        "leave out of the build what traces other programs or makes a sandbox of its own (a debugger, strace, bubblewrap)",
        |_, means, _| means.interposition = false,
    ),
    pin(
        "filesystem",
        "the tree lies in memory, where there is enough",
        "give the build what it expects of a disk's file system in the folder that --work names",
        |environment, _, _| environment.filesystem = Filesystem::Disk,
    ),
    pin(
        "umask",
        "new files are readable by all (umask 022)",
        "set the umask in the command",
        |environment, _, _| environment.umask = umask().unwrap_or(environment.umask),
    ),
    pin(
        "hostname",
        "the host is called control.example.org",
        "do not ask for the host's name in the build",
        |environment, _, _| hostname(environment),
    ),
    pin(
        "user",
        "USER and passwd name root, or builder",
        "take the user's number, or no user at all: other machines have other users",
        |environment, _, _| {
            if let Some(name) = variable(&["USER", "LOGNAME"]) {
                environment.user_variable.clone_from(&name);
                environment.user.name = name;
            }
        },
    ),
    pin(
        "processors",
        "there is one processor",
        "let the build run on one processor, or give it its number of jobs in the command",
        |environment, _, machine| environment.processors = machine.processors,
    ),
    pin("terminal", "TERM is dumb", "--env TERM=xterm", |environment, _, _| {
        environment.terminal = variable(&["TERM"]).unwrap_or_else(|| "xterm".to_owned());
    }),
    pin(
        "aslr",
        "addresses are not randomised",
        "do not expect addresses to differ",
        |environment, _, _| environment.aslr = true,
    ),
    pin(
        "uptime",
        "the machine has been up for a day",
        "do not ask for how long the machine has been up",
        |environment, _, _| environment.uptime = uptime().unwrap_or(environment.uptime),
    ),
    pin(
        "locale",
        "the locale is C.UTF-8",
        "set LC_ALL in the command, as LC_ALL=en_US.UTF-8",
        |environment, _, _| {
            environment.locale = variable(&["LC_ALL", "LANG"]).unwrap_or_else(|| "C".to_owned());
        },
    ),
    pin(
        "timezone",
        "the time zone is UTC",
        "set TZ in the command",
        |environment, _, _| environment.zone = zone().unwrap_or_else(|| environment.zone.clone()),
    ),
    pin(
        "clock",
        "the clock shows yesterday, and moves by what the build does",
        "--clock running lets it go as fast as the real one; --clock @N shows another moment",
        |environment, _, _| {
            environment.pace = Pace::Running;
            environment.clock = Moment {
                seconds: now(),
                ..environment.clock
            };
            environment.written = environment.clock;
        },
    ),
];

/// Stands for every pin.
pub const ALL: &str = "all";

/// What of the control a worker elsewhere is told.
const TOLD: &[&str] = &["build_path", "umask"];

/// What is pinned, for the report: here, or elsewhere. Secrets are named only.
pub(super) fn shown(environment: &Environment, elsewhere: bool) -> BTreeMap<String, String> {
    let names: Vec<String> = environment.variables().into_keys().collect();
    let all = [
        ("clock", environment.clock.seconds.to_string()),
        ("build_path", environment.build_path.clone()),
        ("hostname", environment.hostname.clone()),
        ("umask", format!("{:04o}", environment.umask)),
        ("uid", environment.user.uid.to_string()),
        ("processors", environment.processors.to_string()),
    ];
    all.into_iter()
        .filter(|(name, _)| !elsewhere || TOLD.contains(name))
        .chain([("variables", names.join(" "))])
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// Frees the pins of these names.
pub(super) fn free<'n>(
    names: impl IntoIterator<Item = &'n String>,
    environment: &mut Environment,
    means: &mut Means,
    machine: &Machine,
) {
    for name in names {
        let named = PINS.iter().filter(|pin| pin.name == name || name == ALL);
        named.for_each(|pin| (pin.free)(environment, means, machine));
    }
}

/// An error that lists the pins, unless the name is one of them.
///
/// # Errors
/// No pin bears the name.
pub fn known(name: &str) -> Result<(), Error> {
    if name == ALL || PINS.iter().any(|pin| pin.name == name) {
        return Ok(());
    }
    let all: Vec<&str> = PINS.iter().map(|pin| pin.name).collect();
    let meant = meant(name, all.iter().copied());
    let all = all.join(", ");
    Err(Error::usage(format!(
        "nothing that is pinned is called {name:?}; there are {all}{meant}"
    )))
}

fn variable(names: &[&str]) -> Option<String> {
    let values = names.iter().filter_map(|name| env::var(name).ok());
    values
        .into_iter()
        .find(|value| !value.is_empty() && !value.contains([':', '\n', '\0']))
}

/// The caller's umask (proc_pid_status(5)).
fn umask() -> Option<u32> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("Umask:"))?;
    u32::from_str_radix(line.trim(), 8).ok()
}

fn hostname(environment: &mut Environment) {
    let name = nix::unistd::gethostname().ok().and_then(|name| name.into_string().ok());
    if let Some(name) = name.filter(|name| !name.is_empty()) {
        environment.hostname = name;
        environment.domainname.clear();
    }
}

fn uptime() -> Option<u64> {
    let text = fs::read_to_string("/proc/uptime").ok()?;
    text.split('.').next()?.parse().ok()
}

/// The name of the machine's time zone.
fn zone() -> Option<String> {
    let named = variable(&["TZ"]).filter(|zone| !zone.starts_with('/'));
    let linked = || {
        let path = fs::canonicalize("/etc/localtime").ok()?;
        let zone = path.strip_prefix(Path::new("/usr/share/zoneinfo")).ok()?;
        Some(zone.to_str()?.trim_start_matches("Etc/").to_owned())
    };
    named.or_else(linked)
}

#[allow(clippy::disallowed_methods, reason = "a run with the real clock; no report shows it")]
fn now() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(0))
}
