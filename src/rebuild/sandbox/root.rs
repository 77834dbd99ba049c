//! The build's root folder: the machine's, read only, with a few files of our own over it, and new writable folders.

use super::{
    RunSpec,
    kernel::{bind, failed, memory, on, put, read_only, saying},
};
use crate::{
    bytes::Error,
    rebuild::{environment::Filesystem, input::Input},
};
use nix::{
    mount::{MntFlags, MsFlags, mount, umount2},
    unistd::{chdir, pivot_root},
};
use std::{
    collections::BTreeSet,
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
};

/// Folders that the build gets new and empty.
const FRESH: &[&str] = &["tmp", "var/tmp", "dev/shm"];

/// Where a build sees this program, if it is to see it.
pub(super) const PROBE: &str = "/build/.repro";

/// A root that was made.
pub(super) struct Root {
    /// Where it lies, seen from the supervising process.
    pub path: PathBuf,
    /// Files and overlays that lie over the machine's, out of the build's sight.
    hidden: PathBuf,
}

/// Makes the root in this mount namespace, which must be a new one.
pub(super) fn make(spec: &RunSpec) -> Result<Root, Error> {
    let none: Option<&str> = None;
    mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none).map_err(failed("make mounts private"))?;
    let (path, hidden) = (spec.folder.join("root"), spec.folder.join("hidden"));
    let size = format!("size={},mode=755", spec.disk_limit);
    for folder in [&path, &hidden] {
        fs::create_dir(folder).map_err(on(&folder))?;
        memory(folder, &size)?;
    }
    let root = Root { path, hidden };
    root.mirror(spec.network)?;
    for folder in FRESH {
        let at = root.path.join(folder);
        if at.exists() || fs::create_dir_all(&at).is_ok() {
            memory(&at, "mode=1777")?;
        }
    }
    if !spec.network {
        let _ = fs::create_dir(root.path.join("run"));
    }
    root.proc(spec)?;
    fs::create_dir(root.path.join("build")).map_err(saying("the root's build folder"))?;
    if spec.environment.filesystem == Filesystem::Disk {
        let disk = spec.folder.join("disk");
        fs::create_dir(&disk).map_err(on(&disk))?;
        bind(&disk, &root.path.join("build"))?;
    }
    root.expose(spec)?;
    Ok(root)
}

impl Root {
    /// Binds what lies in `/`, read only.
    fn mirror(&self, network: bool) -> Result<(), Error> {
        let entries = fs::read_dir("/").map_err(saying("/"))?;
        for entry in entries.flatten() {
            let name = entry.file_name();
            let (from, to) = (entry.path(), self.path.join(&name));
            let Ok(kind) = entry.file_type() else { continue };
            if name == "build" || name == "tmp" || name == "proc" || (name == "run" && !network) {
                continue;
            }
            if kind.is_symlink() {
                let target = fs::read_link(&from).map_err(on(&from))?;
                symlink(target, &to).map_err(on(&to))?;
            } else if kind.is_dir() {
                fs::create_dir(&to).map_err(on(&to))?;
                // What the caller may not look into, the build does not get.
                if bind(&from, &to).is_ok() && name != "dev" {
                    read_only(&to)?;
                }
            }
        }
        Ok(())
    }

    fn proc(&self, spec: &RunSpec) -> Result<(), Error> {
        let proc = self.path.join("proc");
        fs::create_dir(&proc).map_err(saying("the root's proc folder"))?;
        if spec.means.pids {
            let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
            mount(Some("proc"), &proc, Some("proc"), flags, None::<&str>).map_err(failed("mount /proc"))
        } else {
            bind(Path::new("/proc"), &proc)
        }
    }

    /// Tools that lie where the build gets new folders: those of PATH.
    fn expose(&self, spec: &RunSpec) -> Result<(), Error> {
        for folder in spec.environment.search_path.split(':').map(Path::new) {
            let covered = FRESH.iter().any(|fresh| folder.starts_with(Path::new("/").join(fresh)));
            if covered && folder.is_dir() {
                let at = self.inside(folder);
                fs::create_dir_all(&at).map_err(on(&at))?;
                bind(folder, &at)?;
                read_only(&at)?;
            }
        }
        Ok(())
    }

    /// Shows compiled locales, and for probes this program, to the build.
    pub(super) fn show(&self, spec: &RunSpec) -> Result<(), Error> {
        if let Some(locales) = &spec.environment.locales {
            let at = self.inside(spec.environment.locale_folder());
            fs::create_dir(&at).map_err(on(&at))?;
            bind(locales, &at)?;
            read_only(&at)?;
        }
        for input in &spec.inputs {
            self.input(input)?;
        }
        for (tool, written) in spec.environment.tools() {
            // What a build adds to a cache is lost with the run; where there are no overlays, it can add nothing.
            if !(written && tool.from.is_dir() && self.over(&tool).is_ok()) {
                self.input(&tool)?;
            }
        }
        if spec.show_self {
            let at = self.inside(PROBE);
            fs::write(&at, "").map_err(on(&at))?;
            let program = fs::read_link("/proc/self/exe").map_err(saying("/proc/self/exe"))?;
            bind(&program, &at)?;
        }
        Ok(())
    }

    /// Shows a file or folder in another place, read only.
    fn input(&self, input: &Input) -> Result<(), Error> {
        let at = self.inside(&input.at);
        if input.from.is_dir() {
            fs::create_dir_all(&at).map_err(on(&at))?;
        } else {
            fs::create_dir_all(at.parent().unwrap_or(&at)).map_err(on(&at))?;
            fs::write(&at, "").map_err(on(&at))?;
        }
        bind(&input.from, &at)?;
        read_only(&at)
    }

    /// Shows a folder in another place; what is written there stays in a folder of ours.
    fn over(&self, input: &Input) -> Result<(), Error> {
        let at = self.inside(&input.at);
        fs::create_dir_all(&at).map_err(on(&at))?;
        self.lay(&input.from, &at, &input.at, |_| Ok(()))
    }

    /// Names in the root and in its build folder: what a build adds to them lies outside of its own folders.
    pub(super) fn entries(&self) -> BTreeSet<String> {
        let mut all = BTreeSet::new();
        for folder in ["/", "/build/"] {
            let found = fs::read_dir(self.inside(folder)).into_iter().flatten().flatten();
            all.extend(found.map(|entry| format!("{folder}{}", entry.file_name().to_string_lossy())));
        }
        all
    }

    /// Where a path of the build lies, seen from this process.
    pub(super) fn inside(&self, path: impl AsRef<Path>) -> PathBuf {
        let path = path.as_ref();
        self.path.join(path.strip_prefix("/").unwrap_or(path))
    }

    /// Puts a file of ours over one of the machine's, if that is there.
    pub(super) fn cover(&self, path: &str, text: &[u8]) -> Result<(), Error> {
        let at = self.inside(path);
        if !fs::symlink_metadata(&at).is_ok_and(|found| !found.is_dir() && !found.is_symlink()) {
            return Ok(());
        }
        let file = self.keep(path, text)?;
        bind(&file, &at)
    }

    /// Keeps a file out of sight.
    pub(super) fn keep(&self, path: &str, text: &[u8]) -> Result<PathBuf, Error> {
        let file = self.hidden.join(path.trim_start_matches('/').replace('/', "_"));
        fs::write(&file, text).map_err(on(&file))?;
        fs::set_permissions(&file, PermissionsExt::from_mode(0o644)).map_err(on(&file))?;
        Ok(file)
    }

    /// Lays a folder of ours over one of the machine's: what `fill` puts there hides what has the same name.
    pub(super) fn overlay(&self, path: &str, fill: impl FnOnce(&Path) -> Result<(), Error>) -> Result<(), Error> {
        let at = self.inside(path);
        self.lay(Path::new(path), &at, path, fill)?;
        read_only(&at)
    }

    /// An overlay at `at`, whose upper folder is one of ours.
    fn lay(
        &self,
        lower: &Path,
        at: &Path,
        name: &str,
        fill: impl FnOnce(&Path) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let name = name.trim_start_matches('/').replace('/', "_");
        let (upper, work) = (
            self.hidden.join(format!("{name}.upper")),
            self.hidden.join(format!("{name}.work")),
        );
        for folder in [&upper, &work] {
            fs::create_dir(folder).map_err(on(&folder))?;
        }
        fill(&upper)?;
        let options = format!(
            "lowerdir={},upperdir={},workdir={}",
            lower.display(),
            upper.display(),
            work.display()
        );
        let overlay = |options: &str| mount(Some("overlay"), at, Some("overlay"), MsFlags::empty(), Some(options));
        // In a user namespace, the overlay's own marks must be attributes that a user may set.
        let mounted = overlay(&options).or_else(|_| overlay(&format!("{options},userxattr")));
        mounted.map_err(failed(format_args!("lay files over {}", lower.display())))
    }

    /// Makes this root the calling process's: for the child that becomes the build.
    pub(super) fn enter(&self) -> Result<(), Error> {
        chdir(&self.path).map_err(failed("enter the build's root"))?;
        // The old root comes to lie on the new one, where it is taken away (pivot_root(2)).
        pivot_root(".", ".").map_err(failed("change the root"))?;
        umount2(".", MntFlags::MNT_DETACH).map_err(failed("leave the old root"))?;
        chdir("/").map_err(failed("enter the build's root"))
    }

    /// The next process gets this id, where the kernel lets us.
    pub(super) fn next_pid(&self, pid: u32) -> Result<(), Error> {
        put(
            self.inside("/proc/sys/kernel/ns_last_pid"),
            &pid.saturating_sub(1).to_string(),
        )
    }
}
