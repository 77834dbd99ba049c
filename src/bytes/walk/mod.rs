//! A sorted list of everything in one or more folders, read in parallel.
//!
//! The order is that of the paths' bytes, whatever order the file system gives and however many threads read.
//! An entry's kind comes from the folder itself; an entry is only asked for (`lstat`) where the folder can't tell.

mod listing;
mod reader;
mod rules;
mod task;

use std::collections::BTreeSet;
use std::io;
use std::os::fd::BorrowedFd;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::fs::{AtFlags, FileType};

pub use self::rules::Selection;

use self::listing::{Listing, flatten};
use self::rules::globs;
use self::task::{Task, Walker};
use super::reach;

/// The file whose patterns leave entries out, in the syntax of `.gitignore`.
pub const IGNORE_FILE: &str = ".reproignore";

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Kind {
    File,
    Dir,
    Symlink,
    Fifo,
    Socket,
    CharDevice,
    BlockDevice,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 7] = [
        Kind::File,
        Kind::Dir,
        Kind::Symlink,
        Kind::Fifo,
        Kind::Socket,
        Kind::CharDevice,
        Kind::BlockDevice,
    ];

    /// The name in JSON.
    pub fn id(self) -> &'static str {
        match self {
            Kind::File => "file",
            Kind::Dir => "dir",
            Kind::Symlink => "symlink",
            Kind::Fifo => "fifo",
            Kind::Socket => "socket",
            Kind::CharDevice => "char-device",
            Kind::BlockDevice => "block-device",
        }
    }

    /// From `st_mode`; `None` for a kind that no file system here knows.
    pub(crate) fn of_mode(mode: u32) -> Option<Kind> {
        Self::of_type(FileType::from_raw_mode(mode))
    }

    fn of_type(found: FileType) -> Option<Kind> {
        Some(match found {
            FileType::RegularFile => Kind::File,
            FileType::Directory => Kind::Dir,
            FileType::Symlink => Kind::Symlink,
            FileType::Fifo => Kind::Fifo,
            FileType::Socket => Kind::Socket,
            FileType::CharacterDevice => Kind::CharDevice,
            FileType::BlockDevice => Kind::BlockDevice,
            FileType::Unknown => return None,
        })
    }
}

/// What is walked and what is left out.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Follow symbolic links below the roots too (a root itself is always followed).
    pub follow: bool,
    /// If any: only files that match one of these globs (gitignore syntax, relative to the root).
    pub include: Vec<String>,
    /// Entries that match one of these globs are left out; a folder with all that is in it.
    pub exclude: Vec<String>,
    /// Obey `.reproignore` files.
    pub ignore_files: bool,
    /// A file to leave out by device and inode: the manifest that is being written or verified.
    pub skip: Option<(u64, u64)>,
}

/// Something that could not be walked.
#[derive(Debug)]
pub struct Problem {
    pub path: Vec<u8>,
    pub error: io::Error,
}

/// One entry: 12 bytes, so that a million files fit in little memory.
#[derive(Clone, Copy)]
struct Node {
    parent: u32,
    name: u32,
    len: u16,
    kind: Kind,
}

const NO_PARENT: u32 = u32::MAX;

/// Everything found: each root in turn, itself first, then all in it sorted by the bytes of the path.
pub struct Tree {
    names: Vec<u8>,
    nodes: Vec<Node>,
    /// Folders that could not be read, and unusable patterns, sorted by path.
    pub problems: Vec<Problem>,
}

impl Tree {
    /// Number of entries, the roots included.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The kind of entry `index`.
    pub fn kind(&self, index: usize) -> Kind {
        self.nodes[index].kind
    }

    /// Whether entry `index` is one of the roots that were given.
    pub fn is_root(&self, index: usize) -> bool {
        self.nodes[index].parent == NO_PARENT
    }

    fn name(&self, node: Node) -> &[u8] {
        &self.names[node.name as usize..][..usize::from(node.len)]
    }

    /// Puts the path of entry `index` into `path`.
    pub fn path(&self, index: usize, path: &mut Vec<u8>) {
        // From the leaf up, each name backwards, then all of it turned round: one buffer, no recursion.
        path.clear();
        let mut node = self.nodes[index];
        loop {
            path.extend(self.name(node).iter().rev());
            if node.parent == NO_PARENT {
                break;
            }
            node = self.nodes[node.parent as usize];
            match self.name(node) {
                b"." if node.parent == NO_PARENT => break,
                b"/" if node.parent == NO_PARENT => {}
                _ => path.push(b'/'),
            }
        }
        path.reverse();
    }
}

/// A path without `.` components, doubled or trailing slashes; `.` if nothing is left.
pub fn normalise(path: &[u8]) -> Vec<u8> {
    let mut out = if path.first() == Some(&b'/') {
        vec![b'/']
    } else {
        Vec::with_capacity(path.len())
    };
    for part in path
        .split(|&b| b == b'/')
        .filter(|part| !part.is_empty() && *part != b".")
    {
        if out.last().is_some_and(|&b| b != b'/') {
            out.push(b'/');
        }
        out.extend(part);
    }
    if out.is_empty() { vec![b'.'] } else { out }
}

/// Walks `roots` (normalised paths, relative to `base`) on the current rayon pool.
///
/// # Errors
/// A root that does not exist or lies inside another, or a glob that can't be read. What goes wrong below a root
/// is in [`Tree::problems`] instead.
pub fn walk(base: BorrowedFd<'_>, roots: &[Vec<u8>], options: &Options) -> Result<Tree, Problem> {
    let _step = tracing::info_span!("walk").entered();
    let mut found = Vec::with_capacity(roots.len());
    for path in roots {
        let problem = |error: io::Error| Problem {
            path: path.clone(),
            error,
        };
        let stat = reach(base, path, |at, rest| rustix::fs::statat(at, rest, AtFlags::empty()));
        let stat = stat.map_err(|e| problem(e.into()))?;
        let kind = Kind::of_mode(stat.st_mode).ok_or_else(|| problem(io::ErrorKind::Unsupported.into()))?;
        found.push((path.as_slice(), kind));
    }
    found.sort_by_cached_key(|&(path, kind)| {
        if kind == Kind::Dir {
            [path, b"/"].concat()
        } else {
            path.to_vec()
        }
    });
    apart(&found)?;

    let walker = Walker {
        base,
        options,
        listings: Mutex::default(),
        problems: Mutex::default(),
    };
    let mut tasks = Vec::new();
    for (listing, &(path, _)) in (0..).zip(found.iter().filter(|(_, kind)| *kind == Kind::Dir)) {
        let globs = globs(options).map_err(|error| Problem {
            path: path.to_vec(),
            error,
        })?;
        let prefix = join(path, b"").len();
        tasks.push(Task {
            listing,
            path: path.to_vec(),
            prefix,
            globs: globs.into(),
            ignore: None,
            above: None,
        });
    }
    lock(&walker.listings).resize_with(tasks.len(), Listing::default);
    rayon::scope(|scope| {
        for task in tasks {
            let walker = &walker;
            scope.spawn(move |scope| walker.visit(scope, task));
        }
    });
    let listings = walker.listings.into_inner().unwrap_or_else(PoisonError::into_inner);
    let mut problems = walker.problems.into_inner().unwrap_or_else(PoisonError::into_inner);
    problems.sort_by(|a, b| a.path.cmp(&b.path));
    flatten(&found, listings, problems)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Refuses roots that would list a path twice.
fn apart(roots: &[(&[u8], Kind)]) -> Result<(), Problem> {
    let all: BTreeSet<&[u8]> = roots.iter().map(|(path, _)| *path).collect();
    let mut last = None;
    for &(path, _) in roots {
        let mut above = path
            .iter()
            .enumerate()
            .filter(|(_, b)| **b == b'/')
            .map(|(at, _)| &path[..at.max(1)]);
        let top = if path.starts_with(b"/") || path.starts_with(b"../") || path == b".." {
            path
        } else {
            b"."
        };
        let inside = above.any(|outer| outer != path && all.contains(outer)) || (top != path && all.contains(top));
        if inside || last == Some(path) {
            let error = io::Error::other("given twice: another path on the command line has it in it");
            return Err(Problem {
                path: path.to_vec(),
                error,
            });
        }
        last = Some(path);
    }
    Ok(())
}

/// `name` in `folder`, as paths are written here: without `./` before it.
fn join(folder: &[u8], name: &[u8]) -> Vec<u8> {
    match folder {
        b"." => name.to_vec(),
        _ if folder.ends_with(b"/") => [folder, name].concat(),
        _ => [folder, b"/", name].concat(),
    }
}

impl Tree {
    fn add(&mut self, name: &[u8], len: u16, kind: Kind, parent: u32) -> Option<u32> {
        let id = u32::try_from(self.nodes.len()).ok().filter(|id| *id != NO_PARENT)?;
        let start = u32::try_from(self.names.len()).ok()?;
        self.names.extend(name);
        self.nodes.push(Node {
            parent,
            name: start,
            len,
            kind,
        });
        Some(id)
    }
}
