//! What a repository's `.gitignore` files leave out of it: build products and downloads, no source.

use crate::bytes::source::open;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs,
    io::{self, Read as _},
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

const FILE: &str = ".gitignore";
/// Bytes of one that are read.
const LONGEST: u64 = 1 << 20;

/// The rules that hold below a folder. Outside a repository of git none do: unpacked sources have such files, too, and hold what
/// they name, a released `configure`.
pub(super) struct Ignored {
    folder: Vec<u8>,
    /// The same without links.
    real: PathBuf,
    repository: Option<PathBuf>,
    rules: BTreeMap<PathBuf, Gitignore>,
    /// Whether a folder is left out.
    folders: BTreeMap<PathBuf, bool>,
}

impl Ignored {
    pub(super) fn below(folder: &[u8]) -> Self {
        let real = fs::canonicalize(OsStr::from_bytes(folder)).unwrap_or_default();
        let holds = |folder: &&Path| folder.join(".git").exists();
        Self {
            folder: folder.to_owned(),
            repository: real.ancestors().find(holds).map(Path::to_owned),
            real,
            rules: BTreeMap::new(),
            folders: BTreeMap::new(),
        }
    }

    /// Whether a file, found below the folder, is left out.
    pub(super) fn has(&mut self, file: &[u8]) -> bool {
        let Some(repository) = self.repository.clone() else {
            return false;
        };
        let rest = match self.folder.as_slice() {
            b"." => file,
            folder => file.strip_prefix(folder).unwrap_or(file),
        };
        let rest = &rest[rest.iter().take_while(|byte| **byte == b'/').count()..];
        let file = self.real.join(OsStr::from_bytes(rest));
        let folder = file.parent().unwrap_or(&repository).to_owned();
        self.folder(&repository, &folder) || self.named(&repository, &file, false)
    }

    /// A folder is left out with all that is in it: what is in it can't be taken back. One that was named is not.
    fn folder(&mut self, repository: &Path, folder: &Path) -> bool {
        if folder == self.real || folder == repository {
            return false;
        }
        if let Some(known) = self.folders.get(folder) {
            return *known;
        }
        let above = folder.parent().is_some_and(|parent| self.folder(repository, parent));
        let ignored = above || self.named(repository, folder, true);
        self.folders.insert(folder.to_owned(), ignored);
        ignored
    }

    /// By the innermost rule that speaks of a path.
    fn named(&mut self, repository: &Path, path: &Path, folder: bool) -> bool {
        for above in path.ancestors().skip(1) {
            let rules = self.rules.entry(above.to_owned()).or_insert_with(|| rules(above));
            let verdict = rules.matched(path, folder);
            if !verdict.is_none() {
                return verdict.is_ignore();
            }
            if above == repository {
                break;
            }
        }
        false
    }
}

/// What can't be read is as git takes it: no rule.
fn rules(folder: &Path) -> Gitignore {
    let mut builder = GitignoreBuilder::new(folder);
    for line in text(&folder.join(FILE)).unwrap_or_default().lines() {
        // Nor is a line that makes no sense.
        let _ = builder.add_line(None, line);
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

fn text(path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    open(path)?.take(LONGEST).read_to_end(&mut bytes)?;
    let text = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes);
    Ok(String::from_utf8_lossy(text).into_owned())
}
