//! Everything about a run that a build could notice, as data. The control is one value; a variation changes some of it.

use super::{Build, build::source_date_epoch, input::Input, locale::Locale, machine::Machine, pace::Pace, tools::Tool};
use crate::notation::calendar::DAY;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, path::PathBuf};

/// PATH, unless the user gives another.
pub const SEARCH_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// Memory below which a build is not put on a tmpfs.
const MEMORY_FOR_BUILD: u64 = 1 << 30;

/// A moment, as `clock_gettime` gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Moment {
    /// Seconds since 1970.
    pub seconds: i64,
    /// Nanoseconds.
    pub(crate) nanos: u32,
}

impl Moment {
    /// The beginning of 1970.
    pub(crate) const ZERO: Moment = Moment { seconds: 0, nanos: 0 };
}

/// In which order directories list their entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DirectoryOrder {
    /// By the names' bytes.
    Sorted,
    /// By the names' bytes, backwards.
    Reversed,
}

/// What the source copy and everything that the build writes lies on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Filesystem {
    /// A new tmpfs.
    Memory,
    /// The file system of the work folder.
    Disk,
}

impl Filesystem {
    /// Where the control builds: in memory where there is enough.
    pub fn control(machine: &Machine) -> Filesystem {
        match machine.means.mounts && machine.memory >= MEMORY_FOR_BUILD {
            true => Filesystem::Memory,
            false => Filesystem::Disk,
        }
    }
}

/// The user that the build believes to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// User id.
    pub uid: u32,
    /// Group id.
    pub gid: u32,
    /// Name of the uid in passwd.
    pub name: String,
    /// Name of the gid in group.
    pub group: String,
    /// GECOS field.
    pub gecos: String,
    /// Login shell.
    pub shell: String,
}

/// What `uname` and `/proc/version` say of the kernel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kernel {
    /// `uname -r`.
    pub release: String,
    /// `uname -v`.
    pub version: String,
}

/// A whole environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    /// What the clock shows at first.
    pub clock: Moment,
    /// How the clock goes.
    pub(crate) pace: Pace,
    /// The time that the first file shows which the build has written.
    pub written: Moment,
    /// The time of the newest source file.
    pub(crate) source_time: i64,
    /// Whether source files of one time are told apart, in an order that is not the names' nor that backwards.
    pub(crate) source_times_spread: bool,
    /// TZ, and the zone behind `/etc/localtime`.
    pub zone: String,
    /// LANG and LC_ALL; LANGUAGE follows.
    pub locale: String,
    /// Folder of locales made for the experiment; the build sees it where LOCPATH says.
    pub locales: Option<PathBuf>,
    /// The source copy's folder.
    pub build_path: String,
    /// HOME, and the home in passwd.
    pub home: String,
    /// Whether a build can write there.
    pub home_is_written: bool,
    /// TMPDIR.
    pub temporary: String,
    /// PATH, with the caller's tools where they lie on this machine.
    pub(crate) search_path: String,
    /// The caller's tools, which the build sees in its home.
    pub(crate) tools: Vec<Tool>,
    /// Permissions taken from new files.
    pub umask: u32,
    /// Order of directory entries.
    pub order: DirectoryOrder,
    /// Host name.
    pub hostname: String,
    /// Domain name.
    pub domainname: String,
    /// The user.
    pub user: User,
    /// USER and LOGNAME.
    pub(crate) user_variable: String,
    /// The first process id.
    pub(crate) first_pid: u32,
    /// Seed of what `getrandom`, `/dev/urandom` and AT_RANDOM give.
    pub random: u64,
    /// Number of processors that the build is told of.
    pub processors: u32,
    /// Number of jobs that `make` and others are asked to run at once.
    pub jobs: u32,
    /// The kernel; the machine's own if none is given.
    pub kernel: Option<Kernel>,
    /// TERM.
    pub terminal: String,
    /// COLUMNS.
    pub columns: u32,
    /// LINES.
    pub lines: u32,
    /// What `/bin/sh` is; the machine's own if none is given.
    pub shell: Option<PathBuf>,
    /// The file system below the build.
    pub filesystem: Filesystem,
    /// Whether addresses are randomised.
    pub aslr: bool,
    /// The model name in `/proc/cpuinfo`; the machine's own if none is given.
    pub cpu_model: Option<String>,
    /// Seconds since the machine started.
    pub uptime: u64,
    /// Further variables: what the user allows, an unknown one, remedies, secrets. They win over the fields above.
    pub variables: BTreeMap<String, String>,
}

impl Environment {
    /// The environment that every other is compared with.
    pub fn control(build: &Build, machine: &Machine) -> Environment {
        let base = &machine.base;
        let (name, gecos) = match machine.uid {
            0 => ("root", "root"),
            _ => ("builder", "Builder"),
        };
        let mut variables = build.variables.clone();
        variables.extend(build.secrets.clone());
        let search_path = variables.remove("PATH").unwrap_or_else(|| SEARCH_PATH.to_owned());
        let locales = machine.locale.as_ref().and_then(|locale| locale.folder.clone());
        if locales.is_some() {
            // In both, so that only the locale differs.
            variables
                .entry("LOCPATH".to_owned())
                .or_insert_with(|| format!("{base}/locale"));
        }
        Environment {
            clock: Moment {
                seconds: build.clock,
                nanos: 123_456_789,
            },
            written: Moment {
                seconds: build.clock,
                nanos: 0,
            },
            pace: build.pace,
            source_time: build.clock - DAY - 3 * 3600 - 4 * 60 - 5,
            source_times_spread: false,
            zone: "UTC".to_owned(),
            locale: "C.UTF-8".to_owned(),
            locales,
            build_path: format!("{base}/source"),
            home: format!("{base}/home"),
            home_is_written: true,
            temporary: "/tmp".to_owned(),
            search_path,
            tools: match machine.means.mounts {
                true => build.tools.clone(),
                false => Vec::new(),
            },
            umask: 0o022,
            order: DirectoryOrder::Sorted,
            hostname: "control".to_owned(),
            domainname: "example.org".to_owned(),
            user: User {
                uid: machine.uid,
                gid: machine.gid,
                name: name.to_owned(),
                group: name.to_owned(),
                gecos: gecos.to_owned(),
                shell: "/bin/sh".to_owned(),
            },
            user_variable: name.to_owned(),
            first_pid: 300,
            // Even; the variation's is odd.
            random: build.seed & !1,
            processors: 1,
            jobs: 1,
            kernel: None,
            terminal: "dumb".to_owned(),
            columns: 80,
            lines: 24,
            shell: None,
            filesystem: Filesystem::control(machine),
            aslr: false,
            cpu_model: None,
            uptime: 86_461,
            variables,
        }
    }

    /// SOURCE_DATE_EPOCH, if it is a moment.
    pub(crate) fn source_date_epoch(&self) -> Option<i64> {
        source_date_epoch(&self.variables)
    }

    /// Where the build finds compiled locales.
    pub(crate) fn locale_folder(&self) -> &str {
        self.variables.get("LOCPATH").map_or("", String::as_str)
    }

    /// PATH, as the build sees it.
    pub(crate) fn path(&self) -> String {
        let seen: Vec<String> = self.search_path.split(':').map(|folder| self.seen(folder)).collect();
        seen.join(":")
    }

    /// Where the build sees a path of this machine.
    fn seen(&self, path: &str) -> String {
        let mut tools = self.tools.iter();
        tools
            .find_map(|tool| tool.seen(&self.home, path))
            .unwrap_or_else(|| path.to_owned())
    }

    /// Where on this machine lies what the build sees there.
    pub(crate) fn lies(&self, path: &str) -> String {
        let mut tools = self.tools.iter();
        tools
            .find_map(|tool| tool.lies(&self.home, path))
            .unwrap_or_else(|| path.to_owned())
    }

    /// The caller's tools, and where the build sees them; whether it may write there.
    pub(crate) fn tools(&self) -> impl Iterator<Item = (Input, bool)> {
        let shown = |tool: &Tool| {
            tool.inputs(&self.home)
                .into_iter()
                .map(|input| (input, tool.cache))
                .collect::<Vec<_>>()
        };
        self.tools.iter().flat_map(shown)
    }

    /// Every variable that the build gets.
    pub fn variables(&self) -> BTreeMap<String, String> {
        let shell = self.shell.as_ref().map(|path| path.to_string_lossy().into_owned());
        let mut all: BTreeMap<String, String> = [
            ("PATH", self.path()),
            ("HOME", self.home.clone()),
            ("PWD", self.build_path.clone()),
            ("USER", self.user_variable.clone()),
            ("LOGNAME", self.user_variable.clone()),
            ("SHELL", shell.unwrap_or_else(|| "/bin/sh".to_owned())),
            ("LANG", self.locale.clone()),
            ("LC_ALL", self.locale.clone()),
            ("LANGUAGE", Locale::languages(&self.locale)),
            ("TZ", self.zone.clone()),
            ("TMPDIR", self.temporary.clone()),
            ("TERM", self.terminal.clone()),
            ("COLUMNS", self.columns.to_string()),
            ("LINES", self.lines.to_string()),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
        all.extend(self.variables.clone());
        for tool in &self.tools {
            if let Some(value) = tool.variable.as_ref().and_then(|name| all.get_mut(name)) {
                *value = self.seen(value);
            }
        }
        if self.jobs > 1 {
            let jobs = self.jobs;
            for (name, value) in [
                ("MAKEFLAGS", format!("-j{jobs}")),
                ("DEB_BUILD_OPTIONS", format!("parallel={jobs}")),
            ] {
                // What the user has set stays, and the number of jobs is added.
                let given = all.entry(name.to_owned()).or_default();
                *given = format!("{given} {value}").trim_start().to_owned();
            }
            for name in ["CARGO_BUILD_JOBS", "CMAKE_BUILD_PARALLEL_LEVEL"] {
                all.entry(name.to_owned()).or_insert_with(|| jobs.to_string());
            }
        }
        all
    }
}
