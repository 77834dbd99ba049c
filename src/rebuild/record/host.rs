//! The machine that something was built on: its kernel, and what its files say of the system.

use super::root::{inside, resolve};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// The machine that it was built on.
#[derive(Clone, Debug)]
pub struct Host {
    /// Where the build's `/` lies: `/`, but for tests.
    pub root: PathBuf,
    /// Release and version of the kernel.
    pub kernel: String,
    /// `uname -m`.
    pub machine: String,
}

impl Host {
    /// This machine.
    pub fn here() -> Self {
        let names = nix::sys::utsname::uname().ok();
        let text = |text: &std::ffi::OsStr| text.to_string_lossy().into_owned();
        Self {
            root: PathBuf::from("/"),
            kernel: names
                .as_ref()
                .map(|n| format!("{} {}", text(n.release()), text(n.version())))
                .unwrap_or_default(),
            machine: names.as_ref().map(|n| text(n.machine())).unwrap_or_default(),
        }
    }
}

/// os-release(5): `NAME=value` or `NAME="value"`.
pub(super) fn os_release(root: &Path) -> Option<BTreeMap<String, String>> {
    let path = resolve(root, "/etc/os-release")?;
    let text = fs::read_to_string(inside(root, &path)).ok()?;
    let pair = |line: &str| {
        let (name, value) = line.trim().split_once('=').filter(|(name, _)| !name.starts_with('#'))?;
        Some((name.to_owned(), value.trim_matches(['"', '\'']).replace('\\', "")))
    };
    Some(text.lines().filter_map(pair).collect())
}

/// `Vendor` of `/etc/dpkg/origins/default`.
pub(super) fn distribution(root: &Path) -> Option<String> {
    let path = resolve(root, "/etc/dpkg/origins/default")?;
    let text = fs::read_to_string(inside(root, &path)).ok()?;
    let vendor = text.lines().find_map(|line| line.strip_prefix("Vendor:"))?;
    Some(vendor.trim().to_owned())
}
