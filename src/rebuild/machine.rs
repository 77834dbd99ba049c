//! What this machine has that a variation needs. Found once, before the first run.

use super::{Error, locale::Locale, means::Means};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// This machine, as the control environment and the variations see it.
#[derive(Clone, Debug)]
pub struct Machine {
    /// Whether it is another than this one, of which little is known.
    pub remote: bool,
    /// What a run may do here.
    pub means: Means,
    /// Folder below which the build sees its source, home and so on: `/build`, or a real one where nothing can be mounted.
    pub base: String,
    /// A locale that is not English, if there is one.
    pub locale: Option<Locale>,
    /// Whether time zones have names here.
    pub(crate) zoneinfo: bool,
    /// Processors that this process may run on.
    pub processors: u32,
    /// bash, if it is there.
    pub bash: Option<PathBuf>,
    /// dash, if it is there.
    pub dash: Option<PathBuf>,
    /// Whether `/bin/sh` is dash.
    pub(crate) shell_is_dash: bool,
    /// Our user id.
    pub uid: u32,
    /// Our group id.
    pub gid: u32,
    /// Whether the work folder lies in memory already.
    pub(crate) work_in_memory: bool,
    /// Bytes of memory that can be had.
    pub memory: u64,
    /// `uname -r`.
    pub release: String,
    /// The model name in `/proc/cpuinfo`.
    pub cpu_model: Option<String>,
}

impl Machine {
    /// Looks at this machine; runs go below the folder `work`.
    pub fn detect(means: Means, work: &Path) -> Machine {
        Machine {
            remote: false,
            means,
            base: if means.mounts {
                "/build".to_owned()
            } else {
                work.join("build").to_string_lossy().into_owned()
            },
            locale: Locale::choose(),
            zoneinfo: Path::new("/usr/share/zoneinfo/Pacific/Kiritimati").exists(),
            processors: processors(),
            bash: first_of(&["/bin/bash", "/usr/bin/bash", "/usr/local/bin/bash"]),
            dash: first_of(&["/bin/dash", "/usr/bin/dash"]),
            shell_is_dash: fs::canonicalize("/bin/sh").is_ok_and(|path| path.ends_with("dash")),
            uid: nix::unistd::getuid().as_raw(),
            gid: nix::unistd::getgid().as_raw(),
            work_in_memory: in_memory(work),
            memory: memory(&fs::read_to_string("/proc/meminfo").unwrap_or_default()),
            release: nix::sys::utsname::uname()
                .map(|names| names.release().to_string_lossy().into_owned())
                .unwrap_or_default(),
            cpu_model: cpu_model(&fs::read_to_string("/proc/cpuinfo").unwrap_or_default()),
        }
    }

    /// Another machine: it is told variables and where the source lies, and no more. `base` stands for the folder that it puts a build into.
    pub fn elsewhere(base: &str) -> Machine {
        Machine {
            remote: true,
            means: Means::NONE,
            base: base.to_owned(),
            locale: None,
            zoneinfo: false,
            processors: 1,
            bash: None,
            dash: None,
            shell_is_dash: false,
            uid: 1000,
            gid: 1000,
            work_in_memory: false,
            memory: 0,
            release: String::new(),
            cpu_model: None,
        }
    }

    /// Makes, below the folder `work`, what this machine lacks and can make: a compiled locale. Takes some seconds.
    ///
    /// # Errors
    /// `localedef` is not there, or did not compile it.
    pub fn prepare(&mut self, work: &Path) -> Result<(), Error> {
        match &mut self.locale {
            Some(locale) => locale.prepare(work),
            None => Ok(()),
        }
    }
}

fn first_of(paths: &[&str]) -> Option<PathBuf> {
    paths.iter().map(PathBuf::from).find(|path| path.is_file())
}

fn processors() -> u32 {
    std::thread::available_parallelism()
        .ok()
        .and_then(|count| u32::try_from(count.get()).ok())
        .unwrap_or(1)
}

#[cfg(target_os = "linux")]
fn in_memory(folder: &Path) -> bool {
    use nix::sys::statfs::{FsType, TMPFS_MAGIC, statfs};
    const RAMFS: FsType = FsType(0x8584_58f6);
    statfs(folder).is_ok_and(|found| [TMPFS_MAGIC, RAMFS].contains(&found.filesystem_type()))
}

#[cfg(not(target_os = "linux"))]
fn in_memory(_: &Path) -> bool {
    false
}

/// Bytes available, from the text of `/proc/meminfo`.
fn memory(text: &str) -> u64 {
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"));
    let kibibytes = line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
    kibibytes.unwrap_or(0).saturating_mul(1024)
}

/// The first model name, from the text of `/proc/cpuinfo`.
pub(super) fn cpu_model(text: &str) -> Option<String> {
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proc_files_are_read() {
        assert_eq!(memory("MemTotal:  9 kB\nMemAvailable:   12 kB\n"), 12 * 1024);
        assert_eq!(memory(""), 0);
        assert_eq!(
            cpu_model("processor\t: 0\nmodel name\t: Some CPU @ 3 GHz\n").unwrap(),
            "Some CPU @ 3 GHz"
        );
        assert_eq!(cpu_model("BogoMIPS : 100\n"), None);
    }
}
