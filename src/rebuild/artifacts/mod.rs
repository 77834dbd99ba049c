//! The artifacts of a run: found by globs below the source root, or by name beside it (`../*.deb`), hashed, copied out.

use super::Error;
use crate::{
    bytes::{
        digest::{Algorithm, Digest, Hasher},
        walk::Kind,
    },
    diff::{self, Input, Options},
    model::Undetermined,
};
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File, OpenOptions},
    io,
    os::unix::{
        ffi::OsStrExt,
        fs::{MetadataExt, OpenOptionsExt, symlink},
    },
    path::{Component, Path, PathBuf},
};
use walkdir::WalkDir;

/// The globs that name artifacts. `*` and `?` stay within a name, `**` crosses folders.
#[derive(Clone, Debug)]
pub struct Patterns {
    words: Vec<String>,
    /// The words as paths: a file may have a name that is a glob, too.
    plain: BTreeSet<PathBuf>,
    set: GlobSet,
    /// Folders on the way to what matches. `**` is no such way: as in a shell, it does not follow links.
    ways: GlobSet,
}

impl Patterns {
    /// Reads globs.
    ///
    /// # Errors
    /// A glob is empty, absolute, leads out of the tree, or can't be read.
    pub fn new(words: &[String]) -> Result<Self, Error> {
        let (mut set, mut ways, mut literal) = (GlobSetBuilder::new(), GlobSetBuilder::new(), BTreeSet::new());
        for word in words {
            let refuse = |why: &str| Err(Error::usage(format!("artifact {word:?} {why}")));
            let path = Path::new(word);
            if word.is_empty() {
                return refuse("is empty: give a path or a glob below the source folder");
            }
            if path.is_absolute() {
                return refuse("is absolute: artifacts are named by a path below the source folder");
            }
            if path.components().any(|part| part == Component::ParentDir) {
                return refuse(
                    "leads out of the source tree: each run works on a copy of the tree alone, and only `repro build` takes files beside it, as ../NAME",
                );
            }
            let plain: PathBuf = path.components().filter(|part| *part != Component::CurDir).collect();
            let text = match plain.to_str() {
                Some("") => "**",
                Some(text) => text,
                None => word,
            };
            let glob = GlobBuilder::new(text).literal_separator(true).build();
            match glob {
                Ok(glob) => set.add(glob),
                Err(error) => return refuse(&format!("is not a glob: {}", error.kind())),
            };
            let folders: Vec<&str> = text.split('/').collect();
            for end in 1..folders.len() {
                let way = folders.get(..end).unwrap_or_default();
                if way.last().is_some_and(|last| *last != "**")
                    // Half of `{a/b,c}` is not a glob: the whole then has to do.
                    && let Ok(way) = GlobBuilder::new(&way.join("/")).literal_separator(true).build()
                {
                    ways.add(way);
                }
            }
            literal.insert(plain);
        }
        let built = |set: GlobSetBuilder| set.build().map_err(|error| Error::usage(error.kind()).because(error));
        let (set, ways) = (built(set)?, built(ways)?);
        Ok(Self {
            words: words.to_vec(),
            plain: literal,
            set,
            ways,
        })
    }

    /// Paths below `root` that match, sorted: all but folders, and of a folder that matches all but folders in it.
    /// No symbolic link is followed.
    ///
    /// # Errors
    /// Nothing matches, or a folder can't be read.
    pub fn matches(&self, root: &Path) -> Result<Vec<PathBuf>, Error> {
        let found = self.all(root)?;
        if found.is_empty() {
            return Err(Error::not_found(nothing(&self.words)));
        }
        Ok(found)
    }

    /// Whether a path below the root matches, or lies in a folder that does.
    pub fn is_match(&self, path: &Path) -> bool {
        // A folder that matches brings everything in it.
        let mut ways = path.ancestors().filter(|path| *path != Path::new(""));
        ways.any(|path| self.plain.contains(path) || self.set.is_match(path))
    }

    /// As `matches`, but it is no error if there are none.
    ///
    /// # Errors
    /// A folder can't be read, or the way to what could match leads through a link.
    pub fn all(&self, root: &Path) -> Result<Vec<PathBuf>, Error> {
        let mut found = Vec::new();
        for entry in WalkDir::new(root).min_depth(1).sort_by_file_name() {
            let entry = entry.map_err(|error| unreadable(root, &error))?;
            if entry.file_type().is_dir() {
                continue;
            }
            let relative = entry.path().strip_prefix(root).unwrap_or(entry.path());
            if entry.path_is_symlink() && self.ways.is_match(relative) && entry.path().is_dir() {
                return Err(Error::refused(format!(
                    "artifacts {}: {} is a symbolic link, and nothing behind one is looked at: name the folder that it leads to",
                    self.words.join(", "),
                    relative.display()
                )));
            }
            if self.is_match(relative) {
                found.push(relative.to_owned());
            }
        }
        found.sort();
        Ok(found)
    }
}

/// Shows the bytes of one artifact: what a link says, or a file and each of its members, by their addresses; what could not be looked into.
///
/// # Errors
/// It can't be read.
pub(super) fn visit(file: &Path, visit: &mut dyn FnMut(&str, &[u8])) -> io::Result<Vec<Undetermined>> {
    if fs::symlink_metadata(file)?.is_symlink() {
        visit("", fs::read_link(file)?.as_os_str().as_bytes());
        return Ok(Vec::new());
    }
    Ok(diff::members(&Input::open(file)?, &Options::default(), visit))
}

/// What to say when nothing matches.
pub(crate) fn nothing(globs: &[String]) -> String {
    if globs.is_empty() {
        return "no artifact is named: give --artifact GLOB, or `artifacts` in repro.toml".to_owned();
    }
    format!(
        "no artifact: after the build, nothing in the source tree matches {}",
        globs.join(", ")
    )
}

/// Before the name of a file beside the source tree.
const BESIDE: &str = "../";

/// The folder of a run's artifacts, by paths from the source root: one of `../x` lies beside this folder as it does beside the source.
pub fn folder(run: &Path) -> PathBuf {
    run.join("artifacts/source")
}

/// Those of the globs that look below the source root.
pub fn within(globs: &[String]) -> Vec<String> {
    globs.iter().filter(|glob| !glob.starts_with(BESIDE)).cloned().collect()
}

/// The names, or globs of names, that are looked for beside the source root.
fn beside(globs: &[String]) -> Vec<String> {
    let names = globs.iter().filter_map(|glob| glob.strip_prefix(BESIDE));
    names.map(str::to_owned).collect()
}

/// Whether all of these globs of a build can be read.
///
/// # Errors
/// One is no glob, or leads further out of the tree than to a file beside it.
pub fn check(globs: &[String]) -> Result<(), Error> {
    Patterns::new(&within(globs))?;
    let beside = beside(globs);
    match beside.iter().find(|name| name.contains('/') || *name == "..") {
        Some(name) => Err(Error::usage(format!(
            "artifact {:?} leads out of the source tree: no further than to a file beside it, `../NAME`",
            format!("{BESIDE}{name}")
        ))),
        None => Patterns::new(&beside).map(drop),
    }
}

/// Paths that match, from the root; those beside it with `../`.
fn all(root: &Path, globs: &[String]) -> Result<Vec<PathBuf>, Error> {
    let mut found = Patterns::new(&within(globs))?.all(root)?;
    let (names, above) = (beside(globs), root.parent().unwrap_or(root));
    if !names.is_empty() {
        let names = Patterns::new(&names)?;
        let entries = fs::read_dir(above).map_err(|error| failed(above, &error))?;
        let files = entries
            .flatten()
            .filter(|entry| entry.file_type().is_ok_and(|kind| !kind.is_dir()));
        let matching = files
            .map(|entry| PathBuf::from(entry.file_name()))
            .filter(|name| names.is_match(name));
        found.extend(matching.map(|name| Path::new(BESIDE).join(name)));
    }
    found.sort();
    Ok(found)
}

/// Finds, hashes and copies the artifacts to `into`, at the same paths from there. Gives the SHA-256 of each
/// file's bytes or link's target, by path.
///
/// # Errors
/// A glob can't be read, nothing matches, what matches is not a file, or it can't be copied.
pub fn collect(root: &Path, globs: &[String], into: &Path) -> Result<BTreeMap<String, String>, Error> {
    check(globs)?;
    let (paths, mut all) = (all(root, globs)?, BTreeMap::new());
    if paths.is_empty() {
        return Err(Error::not_found(nothing(globs)));
    }
    // Also where nothing lies below it: `..` leads through it.
    fs::create_dir_all(into).map_err(|error| failed(into, &error))?;
    for path in paths {
        let (from, target) = (root.join(&path), into.join(&path));
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
        }
        let metadata = fs::symlink_metadata(&from).map_err(|error| inside(&path, &error))?;
        let sha256 = if metadata.is_symlink() {
            let text = fs::read_link(&from).map_err(|error| inside(&path, &error))?;
            symlink(&text, &target).map_err(|error| failed(&target, &error))?;
            Algorithm::Sha256.digest(text.as_os_str().as_bytes())
        } else if metadata.is_file() {
            file(&path, &from, &target, metadata.mode())?
        } else {
            return Err(Error::refused(format!(
                "artifact {}: is a {}, not a file: remove it in the build, or leave it out of the artifacts",
                path.display(),
                Kind::of_mode(metadata.mode()).map_or("device", Kind::id)
            )));
        };
        all.insert(path.to_string_lossy().into_owned(), sha256.to_string());
    }
    Ok(all)
}

/// SHA-256 of a file's bytes, or of a link's target.
///
/// # Errors
/// It can't be read.
pub fn digest(path: &Path) -> io::Result<String> {
    let bytes = if fs::symlink_metadata(path)?.is_symlink() {
        Algorithm::Sha256.digest(fs::read_link(path)?.as_os_str().as_bytes())
    } else {
        let mut hasher = Hasher::new(Algorithm::Sha256);
        io::copy(&mut open(path)?, &mut hasher)?;
        hasher.finish()
    };
    Ok(bytes.to_string())
}

/// Not through a link, and without waiting for a pipe's other end.
fn open(path: &Path) -> io::Result<File> {
    let flags = libc::O_NOFOLLOW | libc::O_NONBLOCK;
    OpenOptions::new().read(true).custom_flags(flags).open(path)
}

fn file(path: &Path, from: &Path, to: &Path, mode: u32) -> Result<Digest, Error> {
    let mut source = open(from).map_err(|error| inside(path, &error))?;
    // Set-id bits have no business outside the sandbox; the owner must be able to read.
    let created = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode & 0o777 | 0o600)
        .open(to);
    let mut both = Both {
        hasher: Hasher::new(Algorithm::Sha256),
        target: created.map_err(|error| failed(to, &error))?,
    };
    io::copy(&mut source, &mut both).map_err(|error| failed(to, &error))?;
    Ok(both.hasher.finish())
}

/// Hashes what it writes.
struct Both {
    hasher: Hasher,
    target: File,
}

impl io::Write for Both {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.target.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        Ok(written)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.target.flush()
    }
}

/// An error about a path in the tree; where the tree lies says nothing to the user.
fn inside(path: &Path, error: &io::Error) -> Error {
    Error::io(error).about(format_args!("artifact {}", path.display()))
}

fn failed(path: &Path, error: &io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            let what = "no space left for the artifacts: give a folder with more room with --work";
            Error::new(crate::bytes::Kind::Io, what)
        }
        _ => Error::at(path, error),
    }
}

fn unreadable(root: &Path, error: &walkdir::Error) -> Error {
    let path = error.path().unwrap_or(root);
    let path = path.strip_prefix(root).unwrap_or(path);
    let told = error.io_error().map(|error| Error::at(path, error));
    told.unwrap_or_else(|| Error::refused(error).of(path))
        .about("looking for artifacts")
}

#[cfg(test)]
mod tests;
