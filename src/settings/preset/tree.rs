//! A source tree, as presets look at it.

use crate::bytes::source;
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};
use walkdir::WalkDir;

/// No file of which something is read is larger, in bytes.
const LIMIT: u64 = 4 << 20;
/// Files that are looked at where a whole tree is searched.
const FILES: usize = 5000;
/// Folders that hold what others wrote.
const OTHERS: &[&str] = &["vendor", "node_modules", "testdata", "target", "third_party"];

/// A source tree.
pub(super) struct Tree {
    root: PathBuf,
}

impl Tree {
    pub(super) fn new(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// Whether there is such a file or folder.
    pub(super) fn has(&self, path: &str) -> bool {
        self.root.join(path).exists()
    }

    /// The path of a mark, if it is there: `debian/rules`, or the first of `*.tex`.
    pub(super) fn find(&self, mark: &str) -> Option<String> {
        match mark.strip_prefix('*') {
            Some(end) => self.names("").into_iter().find(|name| name.ends_with(end)),
            None => self.has(mark).then(|| mark.to_owned()),
        }
    }

    /// The text of a file; nothing if it can't be read.
    pub(super) fn text(&self, path: &str) -> Option<String> {
        source::text(&self.root.join(path), LIMIT).ok()
    }

    /// What a TOML file says.
    pub(super) fn toml(&self, path: &str) -> Option<toml::Table> {
        self.text(path)?.parse().ok()
    }

    /// What a JSON file says.
    pub(super) fn json(&self, path: &str) -> Option<serde_json::Value> {
        serde_json::from_str(&self.text(path)?).ok()
    }

    /// Names in a folder, sorted.
    pub(super) fn names(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.root.join(folder)).into_iter().flatten().flatten();
        let mut names: Vec<String> = entries
            .filter_map(|entry| entry.file_name().into_string().ok())
            .collect();
        names.sort();
        names
    }

    /// Paths of files that end so, in folders that are the project's own; sorted.
    pub(super) fn files(&self, end: &str) -> Vec<String> {
        let own = |entry: &walkdir::DirEntry| {
            let name = entry.file_name().to_string_lossy();
            entry.depth() == 0 || !(name.starts_with(['.', '_']) || OTHERS.contains(&name.as_ref()))
        };
        let walk = WalkDir::new(&self.root)
            .sort_by_file_name()
            .into_iter()
            .filter_entry(own);
        let files = walk.flatten().filter(|entry| entry.file_type().is_file()).take(FILES);
        let paths = files.filter_map(|entry| Some(entry.path().strip_prefix(&self.root).ok()?.to_str()?.to_owned()));
        paths.filter(|path| path.ends_with(end)).collect()
    }

    /// Whether the caller has this variable.
    #[allow(clippy::unused_self, reason = "what a preset knows, it asks here")]
    pub(super) fn variable(&self, name: &str) -> bool {
        env::var_os(name).is_some_and(|value| !value.is_empty())
    }

    /// The folder that a variable names, else one below the caller's home.
    #[allow(clippy::unused_self, reason = "what a preset knows, it asks here")]
    pub(super) fn folder(&self, variable: &str, below_home: &str) -> Option<PathBuf> {
        let named = env::var_os(variable)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from);
        named.or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(below_home)))
    }

    /// Whether there is such a program.
    #[allow(clippy::unused_self, reason = "what a preset knows, it asks here")]
    pub(super) fn program(&self, name: &str) -> bool {
        let path = env::var_os("PATH").unwrap_or_default();
        env::split_paths(&path).any(|folder| folder.join(name).is_file())
    }

    /// Whether a program of this machine ends well. Nothing of the tree is run: it starts in the root of the file system.
    #[allow(clippy::unused_self, reason = "what a preset knows, it asks here")]
    pub(super) fn agrees(&self, program: &str, arguments: &[&str]) -> bool {
        let mut command = Command::new(program);
        command.args(arguments).current_dir("/").stdin(Stdio::null());
        let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    }
}

/// Whether a word can stand in a command and in a glob as it is.
pub(super) fn plain(word: &str) -> bool {
    let bare = |c: char| c.is_ascii_alphanumeric() || "_-+.".contains(c);
    !word.is_empty() && !word.starts_with('-') && word.chars().all(bare)
}
