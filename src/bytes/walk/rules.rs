//! What is left out of a walk: globs and `.reproignore` files.

use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader, Read};
use std::os::fd::BorrowedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::Arc;

use ignore::gitignore::GitignoreBuilder;
use ignore::overrides::{Override, OverrideBuilder};
use rustix::fs::{Mode, OFlags};

use super::listing::{Item, Listing};
use super::task::{Ignore, Task, Walker};
use super::{IGNORE_FILE, Kind, Options, Problem, join, lock};

/// No `.reproignore` is larger, in bytes.
const LONGEST: u64 = 1 << 20;

pub(super) fn globs(options: &Options) -> io::Result<Override> {
    let mut builder = OverrideBuilder::new("");
    for glob in &options.include {
        builder.add(glob).map_err(io::Error::other)?;
    }
    for glob in &options.exclude {
        builder.add(&format!("!{glob}")).map_err(io::Error::other)?;
    }
    builder.build().map_err(io::Error::other)
}

/// The globs of [`Options`], for paths that were not walked.
pub struct Selection {
    roots: Vec<Vec<u8>>,
    globs: Override,
}

impl Selection {
    /// For paths in one of `roots`.
    ///
    /// # Errors
    /// A glob that can't be read.
    pub fn new(roots: Vec<Vec<u8>>, options: &Options) -> io::Result<Self> {
        Ok(Selection {
            roots,
            globs: globs(options)?,
        })
    }

    /// Whether a walk would have come to `path`; `folder` says what it is.
    pub fn keeps(&self, path: &[u8], folder: bool) -> bool {
        let below = |root: &Vec<u8>| path.strip_prefix(join(root, b"").as_slice());
        let Some(path) = self.roots.iter().find_map(below).filter(|path| !path.is_empty()) else {
            return true;
        };
        let ends = path
            .iter()
            .enumerate()
            .filter(|(_, b)| **b == b'/')
            .map(|(at, _)| (at, true));
        let mut steps = ends.chain([(path.len(), folder)]);
        !steps.any(|(end, folder)| {
            self.globs
                .matched(Path::new(OsStr::from_bytes(&path[..end])), folder)
                .is_ignore()
        })
    }
}

/// Whether the innermost rule that speaks of `path` (relative to the root) leaves it out.
fn ignored(ignore: Option<&Ignore>, path: &[u8], folder: bool) -> bool {
    for rules in std::iter::successors(ignore, |at| at.outer.as_deref()) {
        let below = Path::new(OsStr::from_bytes(&path[rules.prefix.min(path.len())..]));
        let verdict = rules.rules.matched(below, folder);
        if !verdict.is_none() {
            return verdict.is_ignore();
        }
    }
    false
}

impl Walker<'_> {
    /// The rules that hold in this folder: its own `.reproignore` first, then those above.
    pub(super) fn ignore(&self, folder: BorrowedFd<'_>, task: &Task, listing: &Listing) -> Option<Arc<Ignore>> {
        let here = |item: &&Item| item.kind == Kind::File && listing.name(**item) == IGNORE_FILE.as_bytes();
        if !self.options.ignore_files || listing.items.iter().find(here).is_none() {
            return task.ignore.clone();
        }
        let path = join(&task.path, IGNORE_FILE.as_bytes());
        let problem = |error| {
            lock(&self.problems).push(Problem {
                path: path.clone(),
                error,
            });
        };
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let file = match rustix::fs::openat(folder, IGNORE_FILE, flags, Mode::empty()) {
            Ok(file) => std::fs::File::from(file),
            Err(error) => {
                problem(error.into());
                return task.ignore.clone();
            }
        };
        let size = file.metadata().map_or(0, |found| found.len());
        if size > LONGEST {
            problem(io::Error::other("larger than 1 MiB"));
            return task.ignore.clone();
        }
        let mut builder = GitignoreBuilder::new("");
        builder.allow_unclosed_class(false);
        for (number, line) in BufReader::new(file.take(LONGEST)).lines().enumerate() {
            let added = line.and_then(|line| builder.add_line(None, &line).map(drop).map_err(io::Error::other));
            if let Err(error) = added {
                problem(io::Error::new(error.kind(), format!("line {}: {error}", number + 1)));
                break;
            }
        }
        match builder.build() {
            Ok(rules) => {
                let prefix = join(&task.path, b"").len() - task.prefix;
                Some(Arc::new(Ignore {
                    rules,
                    prefix,
                    outer: task.ignore.clone(),
                }))
            }
            Err(error) => {
                problem(io::Error::other(error));
                task.ignore.clone()
            }
        }
    }

    pub(super) fn filter(&self, task: &Task, ignore: Option<&Ignore>, listing: &mut Listing) {
        if task.globs.is_empty() && ignore.is_none() {
            return;
        }
        let Listing { names, items } = listing;
        items.retain(|item| {
            let name = &names[item.name as usize..][..usize::from(item.len)];
            let full = join(&task.path, name);
            let path = &full[task.prefix.min(full.len())..];
            let folder = item.kind == Kind::Dir;
            if task
                .globs
                .matched(Path::new(OsStr::from_bytes(path)), folder)
                .is_ignore()
            {
                return false;
            }
            // A file that hides others never hides itself.
            name == IGNORE_FILE.as_bytes() || !ignored(ignore, path, folder)
        });
    }
}
