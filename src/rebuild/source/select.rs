//! Which files belong to a source tree.

use super::{
    super::Error,
    index,
    repository::{OURS, Repository},
    walking,
};
use crate::{bytes::Kind, model::HISTORY_FILE};
use ignore::WalkBuilder;
use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::FileTypeExt,
    path::{Path, PathBuf},
};
use walkdir::WalkDir;

/// Folders that version control systems keep for themselves.
const VCS: [&str; 8] = [".git", ".hg", ".svn", ".bzr", "CVS", "_darcs", ".jj", ".pijul"];

/// Where a file of the copy comes from.
#[derive(Clone, Debug)]
pub(super) enum Origin {
    /// A file, folder or symbolic link.
    Path(PathBuf),
    /// A file that exists only in the copy.
    Bytes(Vec<u8>),
}

/// Everything that belongs to a source tree, by path from its root, folders before what is in them.
#[derive(Clone, Debug)]
pub struct Selection {
    pub(super) root: PathBuf,
    pub(super) entries: BTreeMap<PathBuf, Origin>,
    /// What is left out though it belongs there, one line for each: pipes, sockets and devices.
    pub warnings: Vec<String>,
}

/// Lists the source tree at `root`.
///
/// # Errors
/// The root is no folder, a folder in it can't be read, or git's index can't be understood.
pub fn select(root: &Path, all_files: bool) -> Result<Selection, Error> {
    let metadata = fs::metadata(root).map_err(|error| Error::at(root, &error))?;
    if !metadata.is_dir() {
        return Err(Error::usage("the source tree must be a folder").of(root));
    }
    let root = fs::canonicalize(root).map_err(|error| Error::at(root, &error))?;
    let mut found = Selection {
        root: root.clone(),
        entries: BTreeMap::new(),
        warnings: Vec::new(),
    };
    let within = root.ancestors().find_map(|above| Some((above, Repository::at(above)?)));
    if all_files {
        found.everything(&root, &|_| true)?;
    } else if let Some((top, repository)) = &within {
        found.tracked(top, repository)?;
        found.not_ignored(&root)?;
    } else {
        found.everything(&root, &|name| !VCS.contains(&name))?;
    }
    // It changes with each recorded run, and builds must not see that.
    for suffix in ["", "-journal"] {
        found.entries.remove(Path::new(&format!("{HISTORY_FILE}{suffix}")));
    }
    for folder in found.repositories() {
        if let Some(repository) = Repository::at(&root.join(&folder)) {
            found.repository(&folder, &repository)?;
        }
    }
    Ok(found)
}

impl Selection {
    /// A whole tree as it is, without a look at any repository.
    pub(super) fn all(root: &Path) -> Result<Self, Error> {
        let mut found = Selection {
            root: root.to_owned(),
            entries: BTreeMap::new(),
            warnings: Vec::new(),
        };
        found.everything(root, &|_| true)?;
        Ok(found)
    }

    /// Number of files and links.
    pub fn len(&self) -> usize {
        let file = |origin: &&Origin| match origin {
            Origin::Path(path) => !fs::symlink_metadata(path).is_ok_and(|found| found.is_dir()),
            Origin::Bytes(_) => true,
        };
        self.entries.values().filter(file).count()
    }

    /// Whether there is nothing at all.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Adds what lies at `path`, and the folders on the way to it.
    fn add(&mut self, relative: &Path, path: PathBuf) -> Result<(), Error> {
        let kind = fs::symlink_metadata(&path)
            .map_err(|error| Error::at(&path, &error))?
            .file_type();
        let special = match kind {
            _ if kind.is_fifo() => Some("a pipe"),
            _ if kind.is_socket() => Some("a socket"),
            _ if kind.is_block_device() || kind.is_char_device() => Some("a device"),
            _ => None,
        };
        if let Some(what) = special {
            self.warnings.push(format!("{}: left out: {what}", relative.display()));
            return Ok(());
        }
        for above in relative.ancestors().skip(1).filter(|above| *above != Path::new("")) {
            let from = self.root.join(above);
            self.entries.entry(above.to_owned()).or_insert(Origin::Path(from));
        }
        self.entries.insert(relative.to_owned(), Origin::Path(path));
        Ok(())
    }

    /// Everything below `folder` whose folders' names are wanted.
    fn everything(&mut self, folder: &Path, wanted: &dyn Fn(&str) -> bool) -> Result<(), Error> {
        let walk = WalkDir::new(folder).min_depth(1).into_iter();
        let walk = walk.filter_entry(|e| e.depth() == 0 || e.file_name().to_str().is_none_or(wanted));
        for entry in walk {
            let entry = entry.map_err(|error| walking(folder, error))?;
            let relative = entry.path().strip_prefix(&self.root).unwrap_or(entry.path()).to_owned();
            self.add(&relative, entry.into_path())?;
        }
        Ok(())
    }

    /// What git would track if it were added now.
    fn not_ignored(&mut self, folder: &Path) -> Result<(), Error> {
        let walk = WalkBuilder::new(folder)
            .standard_filters(false)
            .parents(true)
            .git_ignore(true)
            .git_global(true)
            .git_exclude(true)
            .filter_entry(|entry| entry.depth() == 0 || entry.file_name() != ".git")
            .build();
        for entry in walk {
            let entry = entry.map_err(|error| Error::new(Kind::Io, words(&error)).because(error))?;
            if entry.depth() == 0 || entry.file_type().is_some_and(|kind| kind.is_dir()) {
                continue;
            }
            let relative = entry.path().strip_prefix(&self.root).unwrap_or(entry.path()).to_owned();
            self.add(&relative, entry.into_path())?;
        }
        Ok(())
    }

    /// What git tracks, in submodules too; what is no longer there is left out.
    fn tracked(&mut self, top: &Path, repository: &Repository) -> Result<(), Error> {
        let listed = repository.index()?;
        for name in &listed.files {
            let path = top.join(index::path(name));
            let Ok(relative) = path.strip_prefix(&self.root).map(Path::to_owned) else {
                continue;
            };
            if reachable(&self.root, &relative) {
                self.add(&relative, path)?;
            }
        }
        for name in &listed.modules {
            let folder = top.join(index::path(name));
            let Ok(relative) = folder.strip_prefix(&self.root).map(Path::to_owned) else {
                continue;
            };
            // A submodule that is not checked out is an empty folder.
            if reachable(&self.root, &relative) && folder.is_dir() {
                self.add(&relative, folder.clone())?;
                if let Some(inner) = Repository::at(&folder) {
                    self.tracked(&folder, &inner)?;
                    self.not_ignored(&folder)?;
                }
            }
        }
        Ok(())
    }

    /// The root and every folder in it that is the top of a working tree.
    fn repositories(&self) -> Vec<PathBuf> {
        let tops = self
            .entries
            .keys()
            .filter(|path| !path.iter().any(|name| name == ".git"));
        let mut tops: Vec<PathBuf> = std::iter::once(&PathBuf::new())
            .chain(tops)
            .filter(|path| fs::symlink_metadata(self.root.join(path).join(".git")).is_ok())
            .cloned()
            .collect();
        // A symbolic link to a folder shows that folder's `.git`.
        tops.retain(|path| !self.root.join(path).is_symlink() || path == Path::new(""));
        tops
    }

    /// The repository itself, as `.git` of the copy.
    fn repository(&mut self, folder: &Path, repository: &Repository) -> Result<(), Error> {
        let dot = folder.join(".git");
        let old: Vec<PathBuf> = self
            .entries
            .keys()
            .filter(|path| path.starts_with(&dot))
            .cloned()
            .collect();
        for path in old {
            self.entries.remove(&path);
        }
        let in_tree = fs::canonicalize(&repository.own).is_ok_and(|own| own.starts_with(self.root.join(".git")));
        if repository.by_file && in_tree && folder != Path::new("") {
            return self.pointer(&dot, &repository.own);
        }
        self.repository_files(&dot, &repository.common)?;
        if repository.common != repository.own {
            self.repository_files(&dot, &repository.own)?;
        }
        for name in ["commondir", "gitdir"] {
            self.entries.remove(&dot.join(name));
        }
        let top = repository.common.clone();
        self.entries.insert(dot.clone(), Origin::Path(top));
        if repository.by_file {
            self.entries
                .insert(dot.join("config"), Origin::Bytes(repository.config()?));
        }
        Ok(())
    }

    /// A submodule's `.git`, which names a folder in the `.git` of the tree's root, which is copied along.
    fn pointer(&mut self, dot: &Path, own: &Path) -> Result<(), Error> {
        let own = fs::canonicalize(own).map_err(|error| Error::at(own, &error))?;
        let below = own.strip_prefix(&self.root).unwrap_or(&own);
        let up = "../".repeat(dot.components().count() - 1);
        let text = format!("gitdir: {up}{}\n", below.display());
        self.entries.insert(dot.to_owned(), Origin::Bytes(text.into_bytes()));
        Ok(())
    }

    fn repository_files(&mut self, dot: &Path, from: &Path) -> Result<(), Error> {
        // Locks are held by someone else; other working trees are not here; what we keep there is no one else's.
        let wanted = |entry: &walkdir::DirEntry| {
            let name = entry.file_name();
            !(entry.depth() == 1
                && (name == "worktrees" || name == OURS || Path::new(name).extension().is_some_and(|e| e == "lock")))
        };
        for entry in WalkDir::new(from).min_depth(1).into_iter().filter_entry(wanted) {
            let entry = entry.map_err(|error| walking(from, error))?;
            let kind = entry.file_type();
            if kind.is_dir() || kind.is_file() || kind.is_symlink() {
                let relative = dot.join(entry.path().strip_prefix(from).unwrap_or(entry.path()));
                self.entries.insert(relative, Origin::Path(entry.into_path()));
            }
        }
        Ok(())
    }
}

/// Whether a tracked path is on disk, and no folder on the way has become a symbolic link.
fn reachable(root: &Path, relative: &Path) -> bool {
    let real = |folder: &Path| fs::symlink_metadata(root.join(folder)).is_ok_and(|found| found.is_dir());
    fs::symlink_metadata(root.join(relative)).is_ok()
        && relative
            .ancestors()
            .skip(1)
            .filter(|above| *above != Path::new(""))
            .all(real)
}

/// `path: what`, without Rust's wording.
fn words(error: &ignore::Error) -> String {
    let mut path = None;
    let mut inner = error;
    loop {
        inner = match inner {
            ignore::Error::WithPath { path: at, err } => {
                path = Some(at.display().to_string());
                err
            }
            ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => err,
            ignore::Error::Io(error) => {
                let what = crate::bytes::plain(error);
                return path.map_or_else(|| what.clone(), |path| format!("{path}: {what}"));
            }
            other => return path.map_or_else(|| other.to_string(), |path| format!("{path}: {other}")),
        };
    }
}
