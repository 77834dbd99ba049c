//! A sorted list of everything in one or more folders, read in parallel.
//!
//! The order is that of the paths' bytes, whatever order the file system gives and however many threads read.
//! An entry's kind comes from the folder itself; an entry is only asked for (`lstat`) where the folder can't tell.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use ignore::overrides::{Override, OverrideBuilder};
use rayon::Scope;
use rustix::fs::{AtFlags, FileType, Mode, OFlags, RawDir};

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
    pub fn of_mode(mode: u32) -> Option<Kind> {
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

/// One item of a folder. A folder in it is there twice: under its name, and under its name with a slash for what
/// is in it, so that sorting by bytes gives the order of whole paths (`a`, `a.b`, `a/b`).
#[derive(Clone, Copy)]
struct Item {
    name: u32,
    len: u16,
    kind: Kind,
    /// The listing to put here; none for the entry itself.
    inside: Option<u32>,
}

#[derive(Default)]
struct Listing {
    names: Vec<u8>,
    items: Vec<Item>,
}

impl Listing {
    fn push(&mut self, name: &[u8], kind: Kind) -> io::Result<()> {
        let (start, len) = (u32::try_from(self.names.len()), u16::try_from(name.len()));
        let (Ok(start), Ok(len)) = (start, len) else {
            return Err(io::Error::from(io::ErrorKind::InvalidFilename));
        };
        self.names.extend(name);
        self.items.push(Item {
            name: start,
            len,
            kind,
            inside: None,
        });
        if kind == Kind::Dir {
            self.names.push(b'/');
        }
        Ok(())
    }

    fn name(&self, item: Item) -> &[u8] {
        &self.names[item.name as usize..][..usize::from(item.len)]
    }

    /// Sorts, once each folder among the items has its second item, numbered from `first`.
    fn finish(&mut self, first: u32) {
        let folders: Vec<Item> = self
            .items
            .iter()
            .filter(|item| item.kind == Kind::Dir)
            .copied()
            .collect();
        let inside = (first..).zip(folders).map(|(id, item)| Item {
            len: item.len + 1,
            inside: Some(id),
            ..item
        });
        self.items.extend(inside);
        let names = &self.names;
        let name = |item: &Item| &names[item.name as usize..][..usize::from(item.len)];
        self.items.sort_unstable_by(|a, b| name(a).cmp(name(b)));
        self.names.shrink_to_fit();
        self.items.shrink_to_fit();
    }
}

/// The `.reproignore` files that hold in a folder, innermost first.
struct Ignore {
    rules: Gitignore,
    /// Length of their folder's prefix in a path relative to the root.
    prefix: usize,
    outer: Option<Arc<Ignore>>,
}

/// The folders above, by device and inode; kept only when links are followed.
struct Above {
    id: (u64, u64),
    outer: Option<Arc<Above>>,
}

/// A folder still to be read.
struct Task {
    listing: u32,
    path: Vec<u8>,
    /// Length of the root's prefix in `path`: what follows is what patterns are matched against.
    prefix: usize,
    globs: Arc<Override>,
    ignore: Option<Arc<Ignore>>,
    above: Option<Arc<Above>>,
}

struct Walker<'a> {
    base: BorrowedFd<'a>,
    options: &'a Options,
    /// Never more than fit a `u32`: each takes more than 16 bytes, which would be 64 GiB.
    listings: Mutex<Vec<Listing>>,
    problems: Mutex<Vec<Problem>>,
}

/// Walks `roots` (normalised paths, relative to `base`) on the current rayon pool.
///
/// # Errors
/// A root that does not exist or lies inside another, or a glob that can't be read. What goes wrong below a root
/// is in [`Tree::problems`] instead.
pub fn walk(base: BorrowedFd<'_>, roots: &[Vec<u8>], options: &Options) -> Result<Tree, Problem> {
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

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
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

fn globs(options: &Options) -> io::Result<Override> {
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

thread_local! {
    /// Room for one `getdents` call.
    static ENTRIES: RefCell<Vec<MaybeUninit<u8>>> = RefCell::new(vec![MaybeUninit::uninit(); 1 << 15]);
}

impl Walker<'_> {
    #[allow(clippy::cast_possible_truncation, reason = "the number of listings")]
    #[allow(clippy::needless_pass_by_value, reason = "a task is used up")]
    fn visit<'s>(&'s self, scope: &Scope<'s>, task: Task) {
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

    /// The rules that hold in this folder: its own `.reproignore` first, then those above.
    fn ignore(&self, folder: BorrowedFd<'_>, task: &Task, listing: &Listing) -> Option<Arc<Ignore>> {
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
        let mut builder = GitignoreBuilder::new("");
        builder.allow_unclosed_class(false);
        for (number, line) in BufReader::new(file).lines().enumerate() {
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

    fn filter(&self, task: &Task, ignore: Option<&Ignore>, listing: &mut Listing) {
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

/// What the folders in a folder inherit.
type Inner = (Option<Arc<Ignore>>, Option<Arc<Above>>);

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

/// `name` in `folder`, as paths are written here: without `./` before it.
fn join(folder: &[u8], name: &[u8]) -> Vec<u8> {
    match folder {
        b"." => name.to_vec(),
        _ if folder.ends_with(b"/") => [folder, name].concat(),
        _ => [folder, b"/", name].concat(),
    }
}

/// Puts the listings in order, freeing each once it is copied.
fn flatten(roots: &[(&[u8], Kind)], mut listings: Vec<Listing>, problems: Vec<Problem>) -> Result<Tree, Problem> {
    let full = || Problem {
        path: b".".to_vec(),
        error: io::Error::other("more names than 4 GiB"),
    };
    let mut tree = Tree {
        names: Vec::new(),
        nodes: Vec::new(),
        problems,
    };
    tree.names
        .reserve_exact(listings.iter().map(|l| l.names.len()).sum::<usize>());
    tree.nodes
        .reserve_exact(roots.len() + listings.iter().map(|l| l.items.len()).sum::<usize>());
    let mut next_root = 0..;
    for &(path, kind) in roots {
        let len = u16::try_from(path.len()).map_err(|_| full())?;
        let root = tree.add(path, len, kind, NO_PARENT).ok_or_else(full)?;
        if kind != Kind::Dir {
            continue;
        }
        let listing = std::mem::take(&mut listings[next_root.next().unwrap_or_default()]);
        // For each open folder: its listing, how far that is copied, its node.
        let mut open = vec![(listing, 0, root)];
        // Folders whose contents are still to come. The order makes this a stack: whatever sorts between `a` and
        // `a/` starts with `a` and a byte below the slash, so its contents come before those of `a`.
        let mut waiting = Vec::new();
        while let Some((listing, at, node)) = open.last_mut() {
            let Some(&item) = listing.items.get(*at) else {
                open.pop();
                continue;
            };
            *at += 1;
            match item.inside {
                None => {
                    let added = tree
                        .add(listing.name(item), item.len, item.kind, *node)
                        .ok_or_else(full)?;
                    if item.kind == Kind::Dir {
                        waiting.push(added);
                    }
                }
                Some(id) => {
                    let listing = std::mem::take(&mut listings[id as usize]);
                    open.push((listing, 0, waiting.pop().unwrap_or(root)));
                }
            }
        }
    }
    Ok(tree)
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
