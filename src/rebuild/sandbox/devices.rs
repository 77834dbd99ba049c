//! The build's `/dev`: the devices that programs take for granted, and nothing of the machine's.

use super::kernel::{bind, memory, on, read_only_here};
use crate::bytes::Error;
use nix::mount::{MsFlags, mount};
use std::{fs, os::unix::fs::symlink, path::Path};

const DEVICES: &[&str] = &["null", "zero", "full", "random", "urandom", "tty"];
const LINKS: &[(&str, &str)] = &[
    ("fd", "/proc/self/fd"),
    ("stdin", "/proc/self/fd/0"),
    ("stdout", "/proc/self/fd/1"),
    ("stderr", "/proc/self/fd/2"),
    ("ptmx", "pts/ptmx"),
];

/// Makes it; `shm` is the folder behind `/dev/shm`.
pub(super) fn make(at: &Path, shm: &Path) -> Result<(), Error> {
    fs::create_dir(at).map_err(on(at))?;
    memory(at, "mode=755,size=1m")?;
    for name in DEVICES {
        let from = Path::new("/dev").join(name);
        if from.exists() {
            let to = at.join(name);
            fs::write(&to, "").map_err(on(&to))?;
            bind(&from, &to)?;
        }
    }
    for (name, target) in LINKS {
        let link = at.join(name);
        symlink(target, &link).map_err(on(&link))?;
    }
    for name in ["shm", "pts"] {
        let folder = at.join(name);
        fs::create_dir(&folder).map_err(on(&folder))?;
    }
    bind(shm, &at.join("shm"))?;
    // Terminals of its own. Without them a build has none, as it had none that was its own.
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NOEXEC;
    let options = Some("newinstance,ptmxmode=0666,mode=0620");
    let _ = mount(Some("devpts"), &at.join("pts"), Some("devpts"), flags, options);
    read_only_here(at)
}
