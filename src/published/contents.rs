//! What is in an artifact or in an archive of sources: files with their times and permissions, in the archive's order.
//!
//! The bytes were written by strangers. Sizes are limited, and a name is a label: it is never used as a path.

use super::Error;
use crate::{
    bytes::{digest::Algorithm, source},
    format,
    model::{Blob, Body, Content, Kind, Member, Part, Parts, PublishedFile, Value},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

/// Most decoded bytes in all, and of one member.
const DECODED: u64 = 4 << 30;
const MEMBER: u64 = 1 << 30;
/// Most files.
const FILES: usize = 500_000;
/// Archives inside each other: a .deb holds a compressed stream that holds a tar.
const DEPTH: usize = 4;
/// A text that is read for evidence is not larger.
const TEXT: usize = 8 << 20;

/// One file of an archive.
#[derive(Clone, Debug, Default)]
pub(super) struct Entry {
    /// What it holds; none of a folder or a link.
    pub bytes: Option<Blob>,
    /// Seconds since 1970, as the archive has it; of a zip, as if it were UTC.
    pub time: Option<i64>,
    /// Permission bits.
    pub mode: Option<u32>,
}

/// A file that was published, or an archive of sources.
#[derive(Clone, Debug)]
pub(super) struct Contents {
    /// The file itself.
    pub file: PublishedFile,
    /// Its format.
    pub format: &'static str,
    /// Names in the archive's order.
    pub names: Vec<String>,
    entries: BTreeMap<String, Entry>,
}

impl Contents {
    /// Reads a file, or a tree of sources as if it were an archive with one folder at its top.
    pub fn read(path: &Path) -> Result<Self, Error> {
        if path.is_dir() {
            return Self::tree(path);
        }
        let at = |error| Error::at(path, &error);
        let bytes = source::load(path).map_err(at)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let mut walk = Walk {
            contents: Contents {
                file: PublishedFile {
                    path: name.into_owned(),
                    sha256: Algorithm::Sha256.digest(&bytes).to_string(),
                    size: bytes.len() as u64,
                },
                format: "opaque",
                names: Vec::new(),
                entries: BTreeMap::new(),
            },
            left: DECODED,
        };
        walk.artifact(&bytes, "", 0).map_err(|error| error.of(path))?;
        Ok(walk.contents)
    }

    fn tree(path: &Path) -> Result<Self, Error> {
        let mut contents = Contents {
            file: PublishedFile {
                path: path.to_string_lossy().into_owned(),
                sha256: String::new(),
                size: 0,
            },
            format: "directory",
            names: Vec::new(),
            entries: BTreeMap::new(),
        };
        for entry in walkdir::WalkDir::new(path).sort_by_file_name().into_iter().flatten() {
            let inside = entry.path().strip_prefix(path).unwrap_or(entry.path());
            if entry.file_type().is_file() && !inside.starts_with(".git") {
                let bytes = source::load(entry.path()).map_err(|error| Error::at(entry.path(), &error))?;
                let name = format!("source/{}", inside.to_string_lossy());
                contents.entry_of(&name)?.bytes = Some(bytes);
            }
        }
        Ok(contents)
    }

    /// The file of a name.
    pub fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries.get(name)
    }

    /// The first file whose name ends so, by the archive's order, and its text. Bytes that are no text are replaced.
    pub fn text(&self, ending: &str) -> Option<(&str, String)> {
        self.read_text(|name| name.ends_with(ending))
    }

    /// The same of what lies right in a folder at the top: another package may be packed within this one.
    pub fn top(&self, ending: &str) -> Option<(&str, String)> {
        self.read_text(|name| name.ends_with(ending) && name.matches('/').count() == 1)
    }

    fn read_text(&self, wanted: impl Fn(&str) -> bool) -> Option<(&str, String)> {
        let name = self.names.iter().find(|name| wanted(name))?;
        let bytes = self.entries.get(name)?.bytes.as_ref()?;
        let head = bytes.get(..bytes.len().min(TEXT))?;
        Some((name, String::from_utf8_lossy(head).into_owned()))
    }

    /// The text of a compressed file whose name ends so.
    pub fn unpacked(&self, ending: &str) -> Option<(&str, String)> {
        let name = self.names.iter().find(|name| name.ends_with(ending))?;
        let bytes = self.entries.get(name)?.bytes.as_ref()?;
        let (opened, _) = format::open(bytes, None);
        let text = opened.parts.iter().find_map(|part| match &part.body {
            Body::Member(member) => match &member.content {
                Content::Encoded(how) => how.decode(&bytes.slice(part.span), TEXT as u64).ok(),
                Content::Stored | Content::External(_) | Content::Gathered(_) => None,
            },
            Body::Field(..) | Body::Group(_) => None,
        })?;
        Some((name, String::from_utf8_lossy(&text).into_owned()))
    }

    /// Every file that has content.
    pub fn files(&self) -> impl Iterator<Item = (&str, &Blob)> {
        let bytes = |name| self.entries.get(name)?.bytes.as_ref();
        self.names
            .iter()
            .filter_map(move |name| bytes(name).map(|bytes| (name.as_str(), bytes)))
    }

    /// Digests of all files.
    pub fn digests(&self) -> BTreeSet<String> {
        self.files().map(|(_, bytes)| digest(bytes)).collect()
    }

    /// The newest time of a file, and whose it is.
    pub fn newest(&self) -> Option<(i64, &str)> {
        let times = self
            .names
            .iter()
            .filter_map(|name| Some((self.entries.get(name)?.time?, name.as_str())));
        times.max_by_key(|(time, _)| *time)
    }

    /// Every time that a file shows.
    pub fn times(&self) -> BTreeMap<String, i64> {
        let time = |(name, entry): (&'_ String, &'_ Entry)| entry.time.map(|time| (name.clone(), time));
        self.entries.iter().filter_map(time).collect()
    }
}

/// SHA-256 of a file's content.
pub(super) fn digest(bytes: &Blob) -> String {
    Algorithm::Sha256.digest(bytes).to_string()
}

/// What is looked into.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Nest {
    /// Nothing: files of an archive are what people put there.
    No,
    /// Members are archives of the same package.
    Members,
    /// The one member goes by the stream's name.
    Stream,
}

struct Walk {
    contents: Contents,
    /// Bytes that may still be decoded.
    left: u64,
}

impl Walk {
    fn artifact(&mut self, bytes: &Blob, address: &str, depth: usize) -> Result<(), Error> {
        let (opened, _) = format::open(bytes, None);
        if depth == 0 {
            self.contents.format = opened.format;
        }
        let nest = match format::kind(opened.format) {
            Kind::Stream => Nest::Stream,
            Kind::Package => Nest::Members,
            Kind::Archive => Nest::No,
            _ if address.is_empty() => return Ok(()),
            _ => {
                self.contents.entry_of(address)?.bytes = Some(bytes.clone());
                return Ok(());
            }
        };
        self.parts(bytes, &opened.parts, address, (depth, nest))
    }

    fn parts(&mut self, bytes: &Blob, parts: &[Part], address: &str, at: (usize, Nest)) -> Result<(), Error> {
        for part in parts {
            match &part.body {
                Body::Field(_, value) => self.field(&part.name, value, address),
                Body::Group(group) => {
                    // An entry of a zip's directory is the same file as the one that it points to.
                    let name = match part.name.as_ref() {
                        "central directory" => address.to_owned(),
                        name => joined(address, name),
                    };
                    match &group.parts {
                        Parts::Ready(parts) => self.parts(bytes, parts, &name, at)?,
                        Parts::Lazy(parse) => {
                            let parts = parse(bytes).map_err(|wrong| Error::malformed(&wrong).about(&name))?;
                            self.parts(bytes, &parts, &name, at)?;
                        }
                    }
                }
                Body::Member(member) => self.member(bytes, part, member, address, at)?,
            }
        }
        Ok(())
    }

    fn member(
        &mut self,
        bytes: &Blob,
        part: &Part,
        member: &Member,
        address: &str,
        (depth, nest): (usize, Nest),
    ) -> Result<(), Error> {
        let stored = bytes.slice(part.span);
        // A stream's content goes by the stream's own name, as a comparison has it.
        let name = match (nest, member.wrapper) {
            (Nest::Stream, Some(suffix)) => address.strip_suffix(suffix).unwrap_or(address).to_owned(),
            (Nest::Stream, None) => address.to_owned(),
            _ => joined(address, &part.name),
        };
        let content = match &member.content {
            Content::Stored => stored,
            Content::Encoded(how) | Content::External(how) | Content::Gathered(how) => {
                let limit = self.left.min(MEMBER);
                how.decode(&stored, limit)
                    .map_err(|wrong| Error::malformed(&wrong).about(&name))?
            }
        };
        self.left = self.left.saturating_sub(content.len() as u64);
        if nest != Nest::No && depth < DEPTH {
            return self.artifact(&content, &name, depth + 1);
        }
        self.contents.entry_of(&name)?.bytes = Some(content);
        Ok(())
    }

    fn field(&mut self, name: &str, value: &Value, address: &str) {
        if address.is_empty() {
            return;
        }
        match (name, value) {
            ("mtime", Value::Time { seconds, .. }) => {
                if let Ok(entry) = self.contents.entry_of(address) {
                    entry.time.get_or_insert(*seconds);
                }
            }
            ("mode", Value::Mode(mode)) => {
                if let Ok(entry) = self.contents.entry_of(address) {
                    entry.mode.get_or_insert(*mode);
                }
            }
            _ => {}
        }
    }
}

impl Contents {
    fn entry_of(&mut self, name: &str) -> Result<&mut Entry, Error> {
        if !self.entries.contains_key(name) {
            if self.names.len() >= FILES {
                return Err(Error::refused(format!("more than {FILES} files")));
            }
            self.names.push(name.to_owned());
        }
        Ok(self.entries.entry(name.to_owned()).or_default())
    }
}

/// A name below another; a member without a name of its own goes by that of what holds it.
fn joined(address: &str, name: &str) -> String {
    match (address, name) {
        (address, "") => address.to_owned(),
        ("", name) => name.to_owned(),
        (address, name) => format!("{address}/{name}"),
    }
}
