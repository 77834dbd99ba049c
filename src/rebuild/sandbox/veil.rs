//! What of the machine a build does not see: homes, `/run`, and what only root may read; and what is shown of it all the same, because PATH or
//! a variable of the build names it.

use super::{
    RunSpec,
    kernel::{bind, memory, on, read_only, read_only_here},
    root::{FRESH, Root},
};
use crate::bytes::Error;
use std::{
    collections::BTreeSet,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

/// Hidden on every machine.
const HIDDEN: &[&str] = &["/home", "/root", "/run"];
/// What some users have for a home, and every build needs.
const NEEDED: &[&str] = &[
    "/bin", "/boot", "/build", "/dev", "/etc", "/lib", "/proc", "/sbin", "/sys", "/usr",
];
/// No home either: with what lies in them.
const TOO_WIDE: &[&str] = &["/", "/mnt", "/opt", "/srv", "/tmp", "/var"];
/// Passwords and keys, which only root may read: hidden from root.
const OF_ROOT: &[&str] = &[
    "/etc/shadow",
    "/etc/shadow-",
    "/etc/gshadow",
    "/etc/gshadow-",
    "/etc/sudoers",
    "/etc/security/opasswd",
];
/// Folders in which files are hidden from root that others may not read.
const KEYS: &[&str] = &["/etc/ssh", "/etc/ssl/private"];
/// Most folders that are shown because others lead there.
const MOST: usize = 256;

/// The folders of this machine that are hidden.
pub(super) struct Veil {
    /// All of them, outer ones and those in them.
    folders: BTreeSet<PathBuf>,
}

impl Veil {
    /// `home` is the caller's, as HOME says.
    pub(super) fn of(home: Option<&Path>, work: Option<&Path>) -> Self {
        let user = home_of(
            nix::unistd::getuid().as_raw(),
            &fs::read_to_string("/etc/passwd").unwrap_or_default(),
        );
        let homes = home.map(Path::to_owned).into_iter().chain(user);
        let homes = homes
            .filter_map(|path| fs::canonicalize(path).ok())
            .filter(|path| is_home(path));
        let always = HIDDEN.iter().filter_map(|path| fs::canonicalize(path).ok());
        let work = work
            .and_then(|path| fs::canonicalize(path).ok())
            .filter(|path| !is_fresh(path));
        Self {
            folders: homes.chain(always).chain(work).filter(|path| path.is_dir()).collect(),
        }
    }

    /// The innermost hidden folder that a path lies in.
    fn around(&self, path: &Path) -> Option<&Path> {
        let mut around = self.folders.iter().filter(|folder| path.starts_with(folder));
        around.next_back().map(PathBuf::as_path)
    }

    /// Lays it over the root, and shows what is named.
    pub(super) fn lay(&self, root: &Root, spec: &RunSpec) -> Result<(), Error> {
        let outer = |folder: &&PathBuf| {
            !self
                .folders
                .iter()
                .any(|other| *folder != other && folder.starts_with(other))
        };
        let covered: Vec<PathBuf> = self
            .folders
            .iter()
            .filter(outer)
            .map(|folder| root.inside(folder))
            .collect();
        let covered: Vec<PathBuf> = covered.into_iter().filter(|at| at.is_dir()).collect();
        for at in &covered {
            memory(at, "mode=755,size=1m")?;
        }
        for path in self.named(spec) {
            show(root, &path)?;
        }
        covered.iter().try_for_each(|at| read_only_here(at))?;
        if !nix::unistd::geteuid().is_root() {
            return Ok(());
        }
        OF_ROOT.iter().try_for_each(|file| root.cover(file, b""))?;
        KEYS.iter().try_for_each(|folder| conceal(root, folder))
    }

    /// What is shown of the hidden and of the fresh folders, sorted, without what lies in another of them.
    fn named(&self, spec: &RunSpec) -> Vec<PathBuf> {
        let environment = &spec.environment;
        let mut found = BTreeSet::new();
        let programs = spec
            .steps
            .iter()
            .filter_map(|step| Path::new(step.command.first()?).parent());
        let folders = environment.search_path.split(':').map(Path::new).chain(programs);
        for folder in folders.filter(|folder| folder.is_absolute() && folder.is_dir()) {
            self.tools(folder, &mut found);
        }
        // Tools hold their own paths; what is a cache is found by its variable, in the build's home.
        let tools = &environment.tools;
        let whole = tools
            .iter()
            .filter(|tool| !tool.cache)
            .map(|tool| Path::new(&tool.from));
        let caches: Vec<&Path> = tools
            .iter()
            .filter(|tool| tool.cache)
            .map(|tool| Path::new(&tool.from))
            .collect();
        let values = environment.variables.values().flat_map(|value| paths(value));
        let values = values.filter(|path| !caches.contains(path));
        found.extend(
            whole
                .chain(values)
                .filter(|path| self.around(path).is_some() && path.exists())
                .map(Path::to_owned),
        );
        if spec.network {
            // The names of the network's machines are asked there.
            let servers = fs::canonicalize("/etc/resolv.conf").ok();
            found.extend(servers.filter(|path| self.around(path).is_some()));
        }
        let mut sorted: Vec<PathBuf> = Vec::new();
        for path in found {
            if !sorted.iter().any(|other| path.starts_with(other)) {
                sorted.push(path);
            }
        }
        sorted
    }

    /// A folder of programs, with what they need beside them, and the folders that its links lead to.
    fn tools(&self, folder: &Path, found: &mut BTreeSet<PathBuf>) {
        let mut left = vec![folder.to_owned()];
        while let Some(folder) = left.pop() {
            if is_fresh(&folder) {
                found.insert(folder);
                continue;
            }
            let Some(around) = self.around(&folder) else { continue };
            if found.len() >= MOST || !found.insert(prefix(&folder, around)) {
                continue;
            }
            left.extend(fs::canonicalize(&folder).ok().filter(|real| *real != folder));
            let links = fs::read_dir(&folder).into_iter().flatten().flatten();
            let links = links.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_symlink()));
            let targets = links.filter_map(|entry| fs::canonicalize(entry.path()).ok());
            left.extend(targets.filter_map(|target| Some(target.parent()?.to_owned())));
        }
    }
}

/// What a folder of programs is installed in: that above a `bin`, unless that is a home or one of its dot folders, which hold more than tools.
fn prefix(folder: &Path, around: &Path) -> PathBuf {
    let above = match folder.parent() {
        Some(above) if folder.ends_with("bin") => above,
        _ => return folder.to_owned(),
    };
    let hidden = above
        .file_name()
        .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
    let of_home = above.parent() == Some(around);
    match above == around || !above.starts_with(around) || (of_home && hidden) {
        true => folder.to_owned(),
        false => above.to_owned(),
    }
}

/// The absolute paths in a variable's value: alone, in a list, or behind an option.
fn paths(value: &str) -> impl Iterator<Item = &Path> {
    let words = value.split(|c: char| c.is_whitespace() || matches!(c, ':' | ';' | ',' | '=' | '"' | '\''));
    words.filter_map(|word| {
        let at = word.find('/')?;
        let behind_option = word.starts_with('-') || at == 0;
        (behind_option && !word[at..].starts_with("//")).then(|| Path::new(&word[at..]))
    })
}

fn is_fresh(path: &Path) -> bool {
    FRESH.iter().any(|fresh| path.starts_with(Path::new("/").join(fresh)))
}

fn is_home(path: &Path) -> bool {
    let needed = NEEDED.iter().any(|folder| path.starts_with(folder));
    !needed && !TOO_WIDE.iter().any(|folder| path == Path::new(folder)) && !is_fresh(path)
}

/// The home of a user, from the text of `/etc/passwd`.
fn home_of(uid: u32, passwd: &str) -> Option<PathBuf> {
    let uid = uid.to_string();
    let line = passwd.lines().find(|line| line.split(':').nth(2) == Some(&uid))?;
    line.split(':').nth(5).map(PathBuf::from)
}

/// Shows a file or folder at its own path, read only.
fn show(root: &Root, path: &Path) -> Result<(), Error> {
    let at = root.inside(path);
    let folder = path.is_dir();
    let above = if folder {
        at.as_path()
    } else {
        at.parent().unwrap_or(&at)
    };
    fs::create_dir_all(above).map_err(on(&at))?;
    if !folder && !at.exists() {
        fs::write(&at, "").map_err(on(&at))?;
    }
    bind(path, &at)?;
    read_only(&at)
}

/// Hides the files in a folder that others than root may not read.
fn conceal(root: &Root, folder: &str) -> Result<(), Error> {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let private = entry
            .metadata()
            .is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o004 == 0);
        if private {
            root.cover(&entry.path().to_string_lossy(), b"")?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tool_is_shown_with_what_it_is_installed_in() {
        let home = Path::new("/home/u");
        for (folder, shown) in [
            ("/home/u/.cargo/bin", "/home/u/.cargo/bin"),
            ("/home/u/bin", "/home/u/bin"),
            ("/home/u/go/bin", "/home/u/go"),
            ("/home/u/.nvm/versions/node/v20/bin", "/home/u/.nvm/versions/node/v20"),
            ("/home/u/.pyenv/shims", "/home/u/.pyenv/shims"),
        ] {
            assert_eq!(prefix(Path::new(folder), home), Path::new(shown), "{folder}");
        }
    }

    #[test]
    fn paths_in_values() {
        let all = |value| paths(value).map(|path| path.to_str().unwrap()).collect::<Vec<_>>();
        assert_eq!(all("/a/b:/c"), ["/a/b", "/c"]);
        assert_eq!(all("-O2 -I/a/include --sysroot=/b"), ["/a/include", "/b"]);
        assert_eq!(all("relative/root/x gcc-12 https://host/home/x"), Vec::<&str>::new());
    }

    #[test]
    fn homes_are_homes_only() {
        for home in ["/home/u", "/data/u", "/var/lib/jenkins", "/nix/u"] {
            assert!(is_home(Path::new(home)), "{home}");
        }
        for none in ["/", "/usr/sbin", "/bin", "/var", "/tmp/home", "/dev/shm/x"] {
            assert!(!is_home(Path::new(none)), "{none}");
        }
        let passwd = "root:x:0:0:root:/root:/bin/sh\nu:x:1000:1000:,,,:/home/u:/bin/sh\nshort:x\n";
        assert_eq!(home_of(1000, passwd), Some("/home/u".into()));
        assert_eq!(home_of(7, passwd), None);
    }
}
