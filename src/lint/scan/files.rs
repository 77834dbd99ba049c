//! Which files are looked at, and their text.

use super::{
    super::{
        language::{Named, named},
        rule::is_build_file,
    },
    Job,
    gitignore::Ignored,
};
use crate::{
    bytes::{
        plain, reach,
        walk::{self, Kind, normalise},
    },
    model::LintTrouble,
};
use ignore::gitignore::Gitignore;
use rustix::fs::{AtFlags, CWD, Mode, OFlags};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{self, Read},
    os::unix::ffi::OsStrExt,
    path::Path,
};

/// Larger files are not looked at, in bytes: nobody has written them by hand.
const LARGEST: u64 = 4 << 20;
/// Folders that hold no source of this project.
const FOREIGN: &[&str] = &[
    ".git",
    ".hg",
    ".svn",
    ".bzr",
    "_darcs",
    "CVS",
    ".pc",
    "node_modules",
    ".tox",
    ".venv",
];
/// What the tag of a cache folder starts with: <https://bford.info/cachedir/>.
const TAG: &[u8] = b"Signature: 8a477f597d28d172789f06886806bc55";

/// A file to look at.
pub(super) struct Candidate {
    pub(super) path: Vec<u8>,
    /// Length of the part of the path above which no sibling is looked for.
    pub(super) base: usize,
    /// Whether it was found in a folder, and not named.
    pub(super) walked: bool,
}

/// What there is below the paths that were asked for.
#[derive(Default)]
pub(super) struct Files {
    /// Files to look at, by path.
    pub(super) candidates: Vec<Candidate>,
    /// Build files for which there are no rules.
    pub(super) others: Vec<Candidate>,
    /// Whether they are all of the configuration's folder.
    pub(super) whole: bool,
}

/// The files to look at.
pub(super) fn candidates(job: &Job, exclude: &Gitignore, troubles: &mut Vec<LintTrouble>) -> Files {
    let mut found: BTreeMap<Vec<u8>, (usize, bool)> = BTreeMap::new();
    let mut files = Files::default();
    for given in &job.paths {
        let path = normalise(given);
        let trouble = |reason: String, troubles: &mut Vec<LintTrouble>| {
            troubles.push(LintTrouble {
                path: shown(&path),
                reason,
            });
        };
        let stat = reach(CWD, &path, |at, rest| rustix::fs::statat(at, rest, AtFlags::empty()));
        let kind = match stat {
            Ok(stat) => Kind::of_mode(stat.st_mode),
            Err(error) => {
                trouble(plain(&error.into()), troubles);
                continue;
            }
        };
        match kind {
            Some(Kind::File) => {
                let base = base(&path, None);
                if !excluded(exclude, &job.root, &path) {
                    found.insert(path, (base, false));
                }
            }
            Some(Kind::Dir) => {
                files.whole |= path == job.root || path == b".";
                let options = walk::Options {
                    exclude: FOREIGN.iter().map(|name| format!("{name}/")).collect(),
                    ignore_files: true,
                    ..walk::Options::default()
                };
                let tree = match walk::walk(CWD, std::slice::from_ref(&path), &options) {
                    Ok(tree) => tree,
                    Err(problem) => {
                        trouble(plain(&problem.error), troubles);
                        continue;
                    }
                };
                for problem in &tree.problems {
                    if !excluded(exclude, &job.root, &problem.path) {
                        troubles.push(LintTrouble {
                            path: shown(&problem.path),
                            reason: plain(&problem.error),
                        });
                    }
                }
                let base = base(&path, Some(&path));
                let mut paths = Vec::new();
                let mut caches = BTreeSet::new();
                let mut buffer = Vec::new();
                for index in 0..tree.len() {
                    if tree.kind(index) != Kind::File {
                        continue;
                    }
                    tree.path(index, &mut buffer);
                    let (folder, name) = split(&buffer);
                    if name == b"CACHEDIR.TAG" && folder != path && tagged(&buffer) {
                        caches.insert(folder.to_vec());
                    }
                    let path = String::from_utf8_lossy(&buffer);
                    if named(&path) != Named::Not {
                        paths.push(buffer.clone());
                    } else if is_build_file(path.get(base..).unwrap_or(&path).trim_start_matches('/')) {
                        files.others.push(Candidate {
                            path: buffer.clone(),
                            base,
                            walked: true,
                        });
                    }
                }
                let mut ignored = Ignored::below(&path);
                paths
                    .retain(|file| !in_any(&caches, file) && !excluded(exclude, &job.root, file) && !ignored.has(file));
                for file in paths {
                    found.entry(file).or_insert((base, true));
                }
            }
            _ => trouble("is neither a file nor a folder".to_owned(), troubles),
        }
    }
    let all = found.into_iter();
    files.candidates = all
        .map(|(path, (base, walked))| Candidate { path, base, walked })
        .collect();
    files
}

/// How much of a path is above every sibling: nothing if it is relative to where the command runs and stays below it.
fn base(path: &[u8], folder: Option<&[u8]>) -> usize {
    let below = !path.starts_with(b"/") && !path.starts_with(b"../") && path != b"..";
    match folder {
        _ if below => 0,
        Some(folder) => folder.len(),
        None => split(path).0.len(),
    }
}

/// Folder and name; the folder of a lone name is empty.
pub(super) fn split(path: &[u8]) -> (&[u8], &[u8]) {
    match path.iter().rposition(|byte| *byte == b'/') {
        Some(0) => (b"/", path.get(1..).unwrap_or_default()),
        Some(at) => (
            path.get(..at).unwrap_or_default(),
            path.get(at + 1..).unwrap_or_default(),
        ),
        None => (b"", path),
    }
}

pub(super) fn join(folder: &[u8], name: &[u8]) -> Vec<u8> {
    match folder {
        b"" | b"." => name.to_vec(),
        _ if folder.ends_with(b"/") => [folder, name].concat(),
        _ => [folder, b"/", name].concat(),
    }
}

/// Whether a path lies below one of the folders.
fn in_any(folders: &BTreeSet<Vec<u8>>, path: &[u8]) -> bool {
    if folders.is_empty() {
        return false;
    }
    let ends = path.iter().enumerate().filter(|(_, byte)| **byte == b'/');
    ends.map(|(at, _)| path.get(..at).unwrap_or_default())
        .any(|above| folders.contains(above))
}

/// The path as the configuration sees it.
pub(super) fn inner<'p>(root: &[u8], path: &'p [u8]) -> &'p [u8] {
    let below = path.strip_prefix(root).and_then(|rest| rest.strip_prefix(b"/"));
    below.unwrap_or(path)
}

fn excluded(exclude: &Gitignore, root: &[u8], path: &[u8]) -> bool {
    if exclude.is_empty() {
        return false;
    }
    let mut path = inner(root, path);
    while let Some(rest) = path.strip_prefix(b"/") {
        path = rest;
    }
    let path = Path::new(std::ffi::OsStr::from_bytes(path));
    exclude.matched_path_or_any_parents(path, false).is_ignore()
}

pub(super) fn shown(path: &[u8]) -> String {
    String::from_utf8_lossy(path).into_owned()
}

fn open(path: &[u8]) -> io::Result<File> {
    // A pipe that has taken a file's place is not waited for.
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let file = reach(CWD, path, |at, rest| rustix::fs::openat(at, rest, flags, Mode::empty()))?;
    Ok(File::from(file))
}

/// Whether a file is the tag of a cache folder.
fn tagged(path: &[u8]) -> bool {
    let mut head = Vec::new();
    let read = open(path).and_then(|file| file.take(TAG.len() as u64).read_to_end(&mut head));
    read.is_ok() && head == TAG
}

/// How much there is to look at in a file, as far as can be told without opening it.
pub(super) fn size(path: &[u8]) -> u64 {
    let stat = reach(CWD, path, |at, rest| rustix::fs::statat(at, rest, AtFlags::empty()));
    let size = stat.map_or(0, |stat| u64::try_from(stat.st_size).unwrap_or(0));
    if size > LARGEST { 0 } else { size }
}

pub(super) enum Content {
    Text(String),
    /// As [`ascii`] reads it.
    Other(String),
    Skipped(&'static str),
    /// Nothing for a linter.
    Foreign,
}

pub(super) fn read(path: &[u8], script: bool) -> io::Result<Content> {
    let mut file = open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is no longer a regular file"));
    }
    let mut bytes = Vec::new();
    if script {
        // Most files without an extension are no scripts.
        (&mut file).take(2).read_to_end(&mut bytes)?;
        if bytes != b"#!" {
            return Ok(Content::Foreign);
        }
    }
    if metadata.len() > LARGEST {
        return Ok(Content::Skipped("larger than 4 MiB"));
    }
    file.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Ok(Content::Skipped("larger than 4 MiB"));
    }
    if bytes.contains(&0) {
        return Ok(Content::Skipped("not text"));
    }
    Ok(match String::from_utf8(bytes) {
        Ok(text) => Content::Text(text),
        Err(error) => Content::Other(ascii(error.as_bytes())),
    })
}

/// A text in another encoding than UTF-8: most of those have ASCII in common. Each byte that is no UTF-8 becomes a question mark, so that places
/// stay where they are.
fn ascii(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| '?'));
    }
    text
}

/// Whether a name lies beside a file or above, as far up as siblings are looked for.
pub(super) fn beside(candidate: &Candidate, name: &str) -> bool {
    let mut folder = split(&candidate.path).0;
    loop {
        let path = join(folder, name.as_bytes());
        let found = reach(CWD, &path, |at, rest| rustix::fs::statat(at, rest, AtFlags::empty()));
        if found.is_ok() {
            return true;
        }
        let above = split(folder).0;
        if folder.is_empty() || folder.len() <= candidate.base || above.len() < candidate.base || above == folder {
            return false;
        }
        folder = above;
    }
}
