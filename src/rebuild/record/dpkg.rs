//! The packages of a Debian system: what is installed, and which package a file belongs to (dpkg's database, dpkg(1)).

use super::root::resolve;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// An installed package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Installed {
    /// Its architecture; `all` for one without.
    pub(super) architecture: String,
    /// Its version.
    pub(super) version: String,
}

/// dpkg's database below a root.
#[derive(Debug, Default)]
pub(super) struct Database {
    root: PathBuf,
    /// By name and architecture, `all` standing as the native one, as dpkg counts it.
    pub(super) installed: BTreeMap<(String, String), Installed>,
    /// The architecture that dpkg itself is of.
    pub(super) native: String,
}

impl Database {
    /// Reads `var/lib/dpkg/status`; empty on other systems.
    pub(super) fn read(root: &Path) -> Self {
        let text = fs::read(root.join("var/lib/dpkg/status")).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let mut all: Vec<(String, Installed)> = Vec::new();
        for stanza in text.split("\n\n") {
            let field = |name: &str| {
                let line = stanza
                    .lines()
                    .find(|l| l.split(':').next().is_some_and(|n| n.eq_ignore_ascii_case(name)))?;
                Some(line.split_once(':')?.1.trim().to_owned())
            };
            let there = field("Status").is_some_and(|status| status.split(' ').next_back() == Some("installed"));
            if let (true, Some(name), Some(version)) = (there, field("Package"), field("Version")) {
                let architecture = field("Architecture").unwrap_or_else(|| "all".to_owned());
                all.push((name, Installed { architecture, version }));
            }
        }
        let native = all
            .iter()
            .find(|(name, _)| name == "dpkg")
            .map(|(_, p)| p.architecture.clone());
        let native = native.unwrap_or_default();
        let key = |name: String, package: &Installed| match package.architecture.as_str() {
            "all" => (name, native.clone()),
            other => (name, other.to_owned()),
        };
        Self {
            root: root.to_owned(),
            installed: all.into_iter().map(|(name, p)| (key(name, &p), p)).collect(),
            native,
        }
    }

    /// Version of a package named as in a dependency: `libc6`, or `libc6:i386` for another architecture.
    pub(super) fn version(&self, name: &str) -> Option<&str> {
        let (name, architecture) = name.split_once(':').unwrap_or((name, &self.native));
        let found = self.installed.get(&(name.to_owned(), architecture.to_owned()));
        found.map(|p| p.version.as_str())
    }

    /// Versions of all packages, named as in a dependency.
    pub(super) fn versions(&self) -> BTreeMap<String, String> {
        let one = |((name, architecture), package): (&(String, String), &Installed)| {
            let foreign = *architecture != self.native;
            let name = if foreign {
                format!("{name}:{architecture}")
            } else {
                name.clone()
            };
            (name, package.version.clone())
        };
        self.installed.iter().map(one).collect()
    }

    /// Which packages the files belong to: real paths, each with the names of its packages as in a dependency.
    pub(super) fn owners(&self, paths: &BTreeSet<String>) -> BTreeMap<String, String> {
        let diverted = Diversions::read(&self.root);
        let merged = self.merged();
        // What a list may call the file; of a diverted one, whose it is not or may only be.
        let mut wanted: BTreeMap<String, Vec<(&String, Owner)>> = BTreeMap::new();
        for path in paths {
            for name in aliases(path, &merged) {
                let (name, owner) = diverted.listed(&name);
                wanted.entry(name).or_default().push((path, owner));
            }
        }
        let mut found: BTreeMap<String, String> = BTreeMap::new();
        let lists = fs::read_dir(self.root.join("var/lib/dpkg/info"))
            .into_iter()
            .flatten()
            .flatten();
        for list in lists {
            let name = list.file_name();
            let Some(package) = name.to_str().and_then(|name| name.strip_suffix(".list")) else {
                continue;
            };
            let name = package.split(':').next().unwrap_or_default();
            let package = match package.split_once(':') {
                Some((name, architecture)) if architecture == self.native => name,
                _ => package,
            };
            let text = fs::read(list.path()).unwrap_or_default();
            for line in String::from_utf8_lossy(&text).lines() {
                for (path, owner) in wanted.get(line).into_iter().flatten() {
                    if !owner.may_be(name) {
                        continue;
                    }
                    // A folder's name or a file of several packages: the first by name, whatever the disk's order.
                    let known = found.entry((*path).clone()).or_insert_with(|| package.to_owned());
                    if package < known.as_str() {
                        package.clone_into(known);
                    }
                }
            }
        }
        found
    }

    /// The folders of the root that are links into `/usr`.
    fn merged(&self) -> Vec<&'static str> {
        const FOLDERS: [&str; 7] = ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libo32", "/libx32"];
        FOLDERS
            .into_iter()
            .filter(|folder| resolve(&self.root, folder).is_some_and(|real| real == format!("/usr{folder}")))
            .collect()
    }
}

/// Names that a real path has in dpkg's lists: with `/bin` a link to `/usr/bin`, both are in use.
fn aliases(path: &str, merged: &[&str]) -> Vec<String> {
    let mut names = vec![path.to_owned()];
    if let Some(short) = path.strip_prefix("/usr") {
        let folder = short.split('/').nth(1).unwrap_or_default();
        if merged.iter().any(|m| m.strip_prefix('/') == Some(folder)) {
            names.push(short.to_owned());
        }
    }
    names
}

/// Whose a file may be.
#[derive(Clone, Debug)]
enum Owner {
    Any,
    Only(String),
    Not(String),
}

impl Owner {
    fn may_be(&self, package: &str) -> bool {
        match self {
            Owner::Any => true,
            Owner::Only(name) => package == name,
            Owner::Not(name) => package != name,
        }
    }
}

/// dpkg-divert(1): a package's file that lies elsewhere because another package has taken its place.
struct Diversions(Vec<[String; 3]>);

impl Diversions {
    fn read(root: &Path) -> Self {
        let text = fs::read(root.join("var/lib/dpkg/diversions")).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().collect();
        Self(
            lines
                .chunks_exact(3)
                .map(|c| [c[0].to_owned(), c[1].to_owned(), c[2].to_owned()])
                .collect(),
        )
    }

    /// Under which name the lists have the file that lies at `path`, and whose it may be.
    fn listed(&self, path: &str) -> (String, Owner) {
        for [from, to, by] in &self.0 {
            if path == to {
                return (from.clone(), Owner::Not(by.clone()));
            }
            if path == from {
                return (from.clone(), Owner::Only(by.clone()));
            }
        }
        (path.to_owned(), Owner::Any)
    }
}
