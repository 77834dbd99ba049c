//! Reads folders, each a task of its own.

use std::cell::RefCell;
use std::ffi::OsStr;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::ffi::OsStrExt;
use std::sync::Arc;

use rayon::Scope;
use rustix::fs::{AtFlags, FileType, Mode, OFlags, RawDir};

use super::listing::Listing;
use super::task::{Above, Ignore, Task, Walker};
use super::{Kind, Problem, join, lock};
use crate::bytes::reach;

thread_local! {
    /// Room for one `getdents` call.
    static ENTRIES: RefCell<Vec<MaybeUninit<u8>>> = RefCell::new(vec![MaybeUninit::uninit(); 1 << 15]);
}

impl Walker<'_> {
    #[allow(clippy::cast_possible_truncation, reason = "the number of listings")]
    #[allow(clippy::needless_pass_by_value, reason = "a task is used up")]
    pub(super) fn visit<'s>(&'s self, scope: &Scope<'s>, task: Task) {
        let mut listing = Listing::default();
        let mut inner = None;
        if let Err(error) = self.read(&task, &mut listing, &mut inner) {
            lock(&self.problems).push(Problem {
                path: task.path.clone(),
                error,
            });
        }
        let folders: Vec<Vec<u8>> = listing
            .items
            .iter()
            .filter(|item| item.kind == Kind::Dir)
            .map(|item| join(&task.path, listing.name(*item)))
            .collect();
        // Their places are taken in one go; which numbers they get changes nothing in the result.
        let first = {
            let mut listings = lock(&self.listings);
            let first = listings.len();
            listings.resize_with(first + folders.len(), Listing::default);
            first as u32
        };
        listing.finish(first);
        lock(&self.listings)[task.listing as usize] = listing;
        let (ignore, above) = inner.unwrap_or_default();
        for (id, path) in (first..).zip(folders) {
            let task = Task {
                listing: id,
                path,
                prefix: task.prefix,
                globs: task.globs.clone(),
                ignore: ignore.clone(),
                above: above.clone(),
            };
            scope.spawn(move |scope| self.visit(scope, task));
        }
    }

    fn read(&self, task: &Task, listing: &mut Listing, inner: &mut Option<Inner>) -> io::Result<()> {
        let mut flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let root = join(&task.path, b"").len() == task.prefix;
        if !self.options.follow && !root {
            flags |= OFlags::NOFOLLOW;
        }
        let folder = reach(self.base, &task.path, |at, rest| {
            rustix::fs::openat(at, rest, flags, Mode::empty())
        })?;
        let mut above = None;
        if self.options.follow {
            let stat = rustix::fs::fstat(&folder)?;
            above = Some(Arc::new(Above {
                id: (stat.st_dev, stat.st_ino),
                outer: task.above.clone(),
            }));
        }
        ENTRIES.with_borrow_mut(|room| -> io::Result<()> {
            let mut entries = RawDir::new(folder.as_fd(), room);
            while let Some(entry) = entries.next() {
                let entry = entry?;
                let name = entry.file_name().to_bytes();
                if name == b"." || name == b".." || self.skipped(folder.as_fd(), name, entry.ino()) {
                    continue;
                }
                match self.kind(folder.as_fd(), name, entry.file_type(), above.as_deref()) {
                    Ok(kind) => listing.push(name, kind)?,
                    Err(error) => lock(&self.problems).push(Problem {
                        path: join(&task.path, name),
                        error,
                    }),
                }
            }
            Ok(())
        })?;
        let ignore = self.ignore(folder.as_fd(), task, listing);
        self.filter(task, ignore.as_deref(), listing);
        *inner = Some((ignore, above));
        Ok(())
    }

    fn skipped(&self, folder: BorrowedFd<'_>, name: &[u8], ino: u64) -> bool {
        // The folder's inode number is a cheap first test; the file's own settles it.
        self.options.skip.is_some_and(|skip| {
            let stat = || rustix::fs::statat(folder, OsStr::from_bytes(name), AtFlags::SYMLINK_NOFOLLOW);
            skip.1 == ino && stat().is_ok_and(|stat| (stat.st_dev, stat.st_ino) == skip)
        })
    }

    fn kind(&self, folder: BorrowedFd<'_>, name: &[u8], told: FileType, above: Option<&Above>) -> io::Result<Kind> {
        let unknown = || {
            io::Error::new(
                io::ErrorKind::Unsupported,
                "neither file, folder, link, pipe nor device",
            )
        };
        let stat = |flags| rustix::fs::statat(folder, OsStr::from_bytes(name), flags);
        let kind = match Kind::of_type(told) {
            Some(kind) => kind,
            None => Kind::of_mode(stat(AtFlags::SYMLINK_NOFOLLOW)?.st_mode).ok_or_else(unknown)?,
        };
        if kind != Kind::Symlink || !self.options.follow {
            return Ok(kind);
        }
        // A link that leads nowhere, or back to a folder it is in, stays a link.
        let Ok(target) = stat(AtFlags::empty()) else {
            return Ok(kind);
        };
        let id = (target.st_dev, target.st_ino);
        let loops = std::iter::successors(above, |at| at.outer.as_deref()).any(|at| at.id == id);
        if loops {
            Ok(kind)
        } else {
            Kind::of_mode(target.st_mode).ok_or_else(unknown)
        }
    }
}

/// What the folders in a folder inherit.
type Inner = (Option<Arc<Ignore>>, Option<Arc<Above>>);
