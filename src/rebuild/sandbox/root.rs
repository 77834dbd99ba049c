//! The build's root folder: the machine's, read only, with a few files of our own over it, and new writable folders.

use super::{
    RunSpec, devices,
    kernel::{bind, failed, memory, on, put, read_only, read_only_here, saying},
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
    fs::{self, Metadata},
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
};

/// Folders that the build gets new and empty, all of one size.
pub(super) const FRESH: &[&str] = &["tmp", "var/tmp", "dev/shm"];
/// What is not shown, and made by us where a build needs it.
const OWN: &[&str] = &["build", "tmp", "proc", "dev", "run"];
/// Files of the kernel that tell of other processes and of memory.
const TELLING: &[&str] = &["kcore", "keys", "key-users", "kpagecount", "kpageflags", "kpagecgroup"];
/// Folders of `/sys` by which the kernel is watched and steered.
const STEERING: &[&str] = &[
    "kernel/debug",
    "kernel/tracing",
    "kernel/security",
    "firmware",
    "fs/bpf",
    "fs/pstore",
];

/// Where a build sees this program, if it is to see it.
pub(super) const PROBE: &str = "/build/.repro";

/// A root that was made.
pub(super) struct Root {
    /// Where it lies, seen from the supervising process.
    pub path: PathBuf,
    /// Files and overlays that lie over the machine's, out of the build's sight.
    hidden: PathBuf,
    /// What the build may write in memory, all of it: no file system but this one grows by it.
    store: PathBuf,
}

/// Makes the root in this mount namespace, which must be a new one.
pub(super) fn make(spec: &RunSpec) -> Result<Root, Error> {
    let none: Option<&str> = None;
    mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none).map_err(failed("make mounts private"))?;
    let [path, hidden, store] = ["root", "hidden", "store"].map(|name| spec.folder.join(name));
    for folder in [&path, &hidden, &store] {
        fs::create_dir(folder).map_err(on(&folder))?;
    }
    let size = format!("size={},mode=755", spec.disk_limit);
    memory(&hidden, &size)?;
    memory(&store, &size)?;
    let root = Root { path, hidden, store };
    bind(&root.stored("root", 0o755)?, &root.path)?;
    root.mirror()?;
    devices::make(&root.inside("/dev"), &root.stored("shm", 0o1777)?)?;
    for folder in FRESH.iter().filter(|folder| !folder.starts_with("dev")) {
        let at = root.path.join(folder);
        if at.exists() || fs::create_dir_all(&at).is_ok() {
            bind(&root.stored(&folder.replace('/', "_"), 0o1777)?, &at)?;
        }
    }
    let run = root.path.join("run");
    fs::create_dir(&run).map_err(on(&run))?;
    root.proc(spec)?;
    root.sys()?;
    fs::create_dir(root.path.join("build")).map_err(saying("the root's build folder"))?;
    if spec.environment.filesystem == Filesystem::Disk {
        let disk = spec.folder.join("disk");
        fs::create_dir(&disk).map_err(on(&disk))?;
        bind(&disk, &root.path.join("build"))?;
    }
    Ok(root)
}

impl Root {
    /// A new folder among what the build may write.
    fn stored(&self, name: &str, mode: u32) -> Result<PathBuf, Error> {
        let folder = self.store.join(name);
        fs::create_dir(&folder).map_err(on(&folder))?;
        fs::set_permissions(&folder, PermissionsExt::from_mode(mode)).map_err(on(&folder))?;
        Ok(folder)
    }

    /// Binds what lies in `/`, read only.
    fn mirror(&self) -> Result<(), Error> {
        let entries = fs::read_dir("/").map_err(saying("/"))?;
        for entry in entries.flatten() {
            let name = entry.file_name();
            let (from, to) = (entry.path(), self.path.join(&name));
            let Ok(kind) = entry.file_type() else { continue };
            if OWN.iter().any(|own| name == *own) {
                continue;
            }
            if kind.is_symlink() {
                let target = fs::read_link(&from).map_err(on(&from))?;
                symlink(target, &to).map_err(on(&to))?;
            } else if kind.is_dir() {
                fs::create_dir(&to).map_err(on(&to))?;
                // What the caller may not look into, the build does not get.
                if bind(&from, &to).is_ok() {
                    read_only(&to)?;
                }
            }
        }
        Ok(())
    }

    /// The build's `/proc`: of its own processes, and but for their folders read only.
    fn proc(&self, spec: &RunSpec) -> Result<(), Error> {
        let proc = self.path.join("proc");
        fs::create_dir(&proc).map_err(saying("the root's proc folder"))?;
        if spec.means.pids {
            // Ours, in which the next process id can be set.
            let own = self.hidden.join("proc");
            fs::create_dir(&own).map_err(on(&own))?;
            let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
            mount(Some("proc"), &own, Some("proc"), flags, None::<&str>).map_err(failed("mount /proc"))?;
            bind(&own, &proc)?;
        } else {
            bind(Path::new("/proc"), &proc)?;
        }
        self.close_proc(&proc)
    }

    /// Forbids writing to what of `/proc` is not a process, and hides what tells of memory and keys.
    fn close_proc(&self, proc: &Path) -> Result<(), Error> {
        // What there is, is seen in the machine's: a file of the new one gets its times when it is first looked at, and the build does that.
        for entry in fs::read_dir("/proc").map_err(saying("/proc"))?.flatten() {
            let (name, at) = (entry.file_name(), proc.join(entry.file_name()));
            let process = name.as_encoded_bytes().iter().all(u8::is_ascii_digit);
            if TELLING.iter().any(|telling| name == *telling) {
                self.cover(&format!("/proc/{}", name.display()), b"")?;
            } else if !process && entry.metadata().is_ok_and(|found| is_written(&found)) && at.exists() {
                bind(&at, &at)?;
                read_only(&at)?;
            }
        }
        Ok(())
    }

    /// What of `/sys` no build needs.
    fn sys(&self) -> Result<(), Error> {
        let folders = STEERING
            .iter()
            .map(|folder| self.inside(Path::new("/sys").join(folder)));
        let filled = |at: &PathBuf| fs::read_dir(at).is_ok_and(|mut entries| entries.next().is_some());
        for at in folders.filter(filled) {
            memory(&at, "mode=755,size=4k")?;
            read_only_here(&at)?;
        }
        Ok(())
    }

    /// Puts nothing in the place of sockets that others have bound to a path: who can write to one reaches them, and read only they can be
    /// written to as well.
    pub(super) fn without_sockets(&self, sockets: &[PathBuf]) -> Result<(), Error> {
        use std::os::unix::fs::FileTypeExt;
        let is_there = |path: &PathBuf| {
            let found = fs::symlink_metadata(self.inside(path));
            found.is_ok_and(|found| found.file_type().is_socket())
        };
        let real = sockets.iter().filter_map(|path| fs::canonicalize(path).ok());
        for path in real.filter(is_there) {
            // Its owner may take it away at any time.
            let covered = self.cover(&path.to_string_lossy(), b"");
            covered.or_else(|error| if is_there(&path) { Err(error) } else { Ok(()) })?;
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

    /// Forbids writing in a folder, but not in what is mounted below it.
    pub(super) fn protect(&self, path: &str) -> Result<(), Error> {
        let at = self.inside(path);
        bind(&at, &at)?;
        read_only_here(&at)
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

    /// Shows a folder in another place; what is written there stays among what the build may write.
    fn over(&self, input: &Input) -> Result<(), Error> {
        let at = self.inside(&input.at);
        fs::create_dir_all(&at).map_err(on(&at))?;
        lay(&input.from, &at, &self.store.join(flat(&input.at)), |_| Ok(()))
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
        bind(&file, &at)?;
        read_only(&at)
    }

    /// Keeps a file out of sight.
    fn keep(&self, path: &str, text: &[u8]) -> Result<PathBuf, Error> {
        file(self.hidden.join(flat(path)), text)
    }

    /// Keeps a file that the build may write to.
    pub(super) fn lend(&self, path: &str, text: &[u8]) -> Result<PathBuf, Error> {
        file(self.store.join(flat(path)), text)
    }

    /// Lays a folder of ours over one of the machine's: what `fill` puts there hides what has the same name.
    pub(super) fn overlay(&self, path: &str, fill: impl FnOnce(&Path) -> Result<(), Error>) -> Result<(), Error> {
        let at = self.inside(path);
        lay(Path::new(path), &at, &self.hidden.join(flat(path)), fill)?;
        read_only(&at)
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
            self.hidden.join("proc/sys/kernel/ns_last_pid"),
            &pid.saturating_sub(1).to_string(),
        )
    }
}

/// An overlay at `at`, whose upper folder is called as `own`.
fn lay(lower: &Path, at: &Path, own: &Path, fill: impl FnOnce(&Path) -> Result<(), Error>) -> Result<(), Error> {
    let (upper, work) = (own.with_extension("upper"), own.with_extension("work"));
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

/// Whether a file of the kernel may be written by somebody, or a folder may hold one.
fn is_written(found: &Metadata) -> bool {
    found.is_dir() || !found.is_symlink() && found.permissions().mode() & 0o222 != 0
}

/// A path as the name of a file.
fn flat(path: &str) -> String {
    path.trim_start_matches('/').replace(['/', '.'], "_")
}

/// Writes a file that everybody may read.
fn file(at: PathBuf, text: &[u8]) -> Result<PathBuf, Error> {
    fs::write(&at, text).map_err(on(&at))?;
    fs::set_permissions(&at, PermissionsExt::from_mode(0o644)).map_err(on(&at))?;
    Ok(at)
}
