//! `repro.lock`: what each artifact must be. TOML, one table an artifact, sorted by path: a change is a readable diff, and two branches
//! that lock different artifacts merge.

use super::{Error, found::Found};
use crate::{
    bytes::{digest::is_hex, settings::refused},
    model::Digests,
};
use serde::Deserialize;
use std::{collections::BTreeMap, fmt::Write as _, fs, io, io::Read as _, path::Path};

/// Name of the file, at the root of the repository.
pub const FILE: &str = "repro.lock";
/// Counts up when a line changes its meaning.
const VERSION: u32 = 1;
/// Largest lock file that is read; an artifact takes 250 bytes, and the parser several times that.
const LIMIT: u64 = 32 << 20;
/// Longest path, as of Linux.
const PATH: usize = 4095;
/// First line of a lock file, by which `repro check` knows one.
pub const HEAD: &str =
    "# What the artifacts of this repository must be. Written by `repro lock`, checked by `repro gate`.\n";

/// A lock file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lock {
    /// By path below the root.
    pub artifacts: BTreeMap<String, Locked>,
}

/// What one artifact must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locked {
    /// Size and digests.
    pub digests: Digests,
    /// Digest of the build command, where it was known: `sha256:…`.
    pub command: Option<String>,
    /// Digest of the environment record, where there was one: `sha256:…`.
    pub environment: Option<String>,
}

/// How an update changed a lock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Artifacts that were not locked.
    pub added: usize,
    /// Artifacts with other bytes, command or environment.
    pub changed: usize,
    /// Artifacts that are no more.
    pub removed: usize,
    /// The rest.
    pub same: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    #[serde(default)]
    artifact: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    path: String,
    size: u64,
    sha256: String,
    blake3: String,
    #[serde(default)]
    symlink: bool,
    command: Option<String>,
    environment: Option<String>,
}

impl Lock {
    /// Reads a lock file; `None` where there is none.
    ///
    /// # Errors
    /// It can't be read, or is no lock file: the message has the line.
    pub fn read(path: &Path) -> Result<Option<Self>, Error> {
        let failed = |error: io::Error| Error::at(path, &error);
        let file = match fs::File::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            file => file.map_err(failed)?,
        };
        Self::read_from(&path.display().to_string(), file).map(Some)
    }

    /// Reads a lock file to its end; `name` is for messages.
    ///
    /// # Errors
    /// As [`Lock::read`].
    pub fn read_from(name: &str, input: impl io::Read) -> Result<Self, Error> {
        let mut text = String::new();
        let size = input.take(LIMIT + 1).read_to_string(&mut text);
        let size = size.map_err(|error| Error::at(Path::new(name), &error))?;
        if size as u64 > LIMIT {
            return Err(Error::malformed(format!("larger than {LIMIT} bytes")).of(name));
        }
        Self::parse(name, &text)
    }

    /// Reads the text of a lock file; `name` is for messages.
    ///
    /// # Errors
    /// It is no lock file, or of another version: the message has the line, or the artifact.
    pub fn parse(name: &str, text: &str) -> Result<Self, Error> {
        if let Some(line) = text.lines().position(|line| line.starts_with("<<<<<<<")) {
            let why = "a merge conflict: build the merged source and run `repro lock`";
            return Err(Error::malformed(why).of(name).in_line(Some(line + 1)));
        }
        let file: File = toml::from_str(text).map_err(|error| refused(name, text, &error))?;
        if file.version != VERSION {
            let why = format!("version is {}, this program reads {VERSION}", file.version);
            return Err(Error::malformed(why).of(name));
        }
        let mut artifacts = BTreeMap::new();
        for entry in file.artifact {
            check(&entry).map_err(|error| error.about(format_args!("artifact {:?}", entry.path)).of(name))?;
            let locked = Locked {
                digests: Digests {
                    size: entry.size,
                    sha256: entry.sha256,
                    blake3: entry.blake3,
                    symlink: entry.symlink,
                },
                command: entry.command,
                environment: entry.environment,
            };
            if artifacts.insert(entry.path.clone(), locked).is_some() {
                let why = format!("artifact {:?} is there twice", entry.path);
                return Err(Error::malformed(why).of(name));
            }
        }
        Ok(Self { artifacts })
    }

    /// Its text.
    pub fn text(&self) -> String {
        let mut out = format!("{HEAD}version = {VERSION}\n");
        for (path, locked) in &self.artifacts {
            let digests = &locked.digests;
            let _ = write!(
                out,
                "\n[[artifact]]\npath = {}\nsize = {}\nsha256 = \"{}\"\nblake3 = \"{}\"\n",
                quoted(path),
                digests.size,
                digests.sha256,
                digests.blake3
            );
            if digests.symlink {
                out.push_str("symlink = true\n");
            }
            for (name, value) in [("command", &locked.command), ("environment", &locked.environment)] {
                if let Some(value) = value {
                    let _ = writeln!(out, "{name} = {}", quoted(value));
                }
            }
        }
        out
    }

    /// Takes in what was found. Of the paths that `covers` names, those that were not found are removed.
    ///
    /// # Errors
    /// Something found could not be read.
    pub fn update(
        &mut self,
        found: &Found,
        command: Option<&str>,
        environment: Option<&str>,
        covers: &dyn Fn(&str) -> bool,
    ) -> Result<Changes, Error> {
        let mut changes = Changes::default();
        let before = self.artifacts.len();
        self.artifacts
            .retain(|path, _| found.contains_key(path) || !covers(path));
        changes.removed = before - self.artifacts.len();
        for (path, digests) in found {
            let digests = digests
                .as_ref()
                .map_err(|why| why.clone().about(format_args!("artifact {path}")))?;
            let locked = Locked {
                digests: digests.clone(),
                command: command.map(str::to_owned),
                environment: environment.map(str::to_owned),
            };
            match self.artifacts.insert(path.clone(), locked.clone()) {
                None => changes.added += 1,
                Some(old) if old == locked => changes.same += 1,
                Some(_) => changes.changed += 1,
            }
        }
        Ok(changes)
    }
}

/// A string of TOML on one line: one of JSON, but that TOML does not want DEL.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}

fn check(entry: &Entry) -> Result<(), Error> {
    // Part by part of the text: components() of a path leaves out `.` and empty parts, and one artifact would have two names.
    let plain = |part: &str| !matches!(part, "" | "." | "..");
    if !entry.path.split('/').all(plain) || entry.path.contains('\0') {
        return Err(Error::malformed(
            "the path must be relative, without `.`, `..` and empty parts",
        ));
    }
    if entry.path.len() > PATH {
        return Err(Error::malformed("the path is longer than 4095 bytes"));
    }
    for digest in [&entry.sha256, &entry.blake3] {
        if !is_hex(digest, 64) {
            return Err(Error::malformed("a digest must have 64 lower-case hexadecimal digits"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digests(fill: &str) -> Digests {
        Digests {
            size: 3,
            sha256: fill.repeat(64),
            blake3: fill.repeat(64),
            symlink: false,
        }
    }

    fn found(pairs: &[(&str, &str)]) -> Found {
        let one = |(path, fill): &(&str, &str)| ((*path).to_owned(), Ok(digests(fill)));
        pairs.iter().map(one).collect()
    }

    #[test]
    fn what_is_written_is_read() {
        let mut lock = Lock::default();
        let found = found(&[("b \"x\"\n\u{7f}\u{1b}\\", "1"), ("a/ü", "2")]);
        let changes = lock.update(&found, Some("sha256:1"), None, &|_| true).unwrap();
        assert_eq!(changes.added, 2);
        let text = lock.text();
        assert_eq!(Lock::parse("x", &text).unwrap(), lock, "{text}");
        assert!(text.find("a/ü").unwrap() < text.find("b \\\"x").unwrap(), "{text}");
    }

    #[test]
    fn an_update_covers_what_it_is_told() {
        let mut lock = Lock::default();
        lock.update(&found(&[("a", "1"), ("b", "1"), ("c/x", "1")]), None, None, &|_| true)
            .unwrap();
        let changes = lock
            .update(&found(&[("a", "2"), ("d", "1")]), None, None, &|path| {
                !path.starts_with("c/")
            })
            .unwrap();
        assert_eq!(
            changes,
            Changes {
                added: 1,
                changed: 1,
                removed: 1,
                same: 0
            }
        );
        assert_eq!(lock.artifacts.keys().collect::<Vec<_>>(), ["a", "c/x", "d"]);
    }

    #[test]
    fn what_is_no_lock_file_is_refused() {
        let digest = "0".repeat(64);
        let entry = |path: &str, digest: &str| {
            format!("[[artifact]]\npath = \"{path}\"\nsize = 1\nsha256 = \"{digest}\"\nblake3 = \"{digest}\"\n")
        };
        for (text, says) in [
            ("version = 2\n".to_owned(), "version is 2"),
            ("x = 1\n".to_owned(), "repro.lock:1: unknown field `x`"),
            (
                "version = 1\n<<<<<<< HEAD\n".to_owned(),
                "repro.lock:2: a merge conflict",
            ),
            (
                format!("version = 1\n{}", entry("../x", &digest)),
                "the path must be relative",
            ),
            (
                format!("version = 1\n{}", entry("/x", &digest)),
                "the path must be relative",
            ),
            (
                format!("version = 1\n{}", entry("x/./y", &digest)),
                "without `.`, `..` and empty parts",
            ),
            (
                format!("version = 1\n{}", entry("x//y", &digest)),
                "without `.`, `..` and empty parts",
            ),
            (format!("version = 1\n{}", entry("x", "00")), "64 lower-case"),
            (format!("version = 1\n{0}{0}", entry("x", &digest)), "is there twice"),
        ] {
            let error = Lock::parse(FILE, &text).unwrap_err().to_string();
            assert!(error.contains(says), "{error}\nnot {says}");
        }
    }
}
