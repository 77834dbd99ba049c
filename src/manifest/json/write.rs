//! The JSON manifest, written.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::{Tool, VERSION};
use crate::bytes::digest::{self, Algorithm, Digest};
use crate::bytes::plain;
use crate::bytes::walk::Kind;
use crate::manifest::{Snapshot, tree};
use crate::notation::{display, name};

/// Digests by algorithm, for one entry or tree.
struct Digests<F>(Vec<Algorithm>, F);

impl<F: Fn(Algorithm) -> Option<Digest>> Serialize for Digests<F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for algorithm in &self.0 {
            if let Some(digest) = (self.1)(*algorithm) {
                map.serialize_entry(algorithm.id(), &digest.to_string())?;
            }
        }
        map.end()
    }
}

struct Entry<'a> {
    snapshot: &'a Snapshot,
    index: usize,
    path: &'a [u8],
    first_name: Option<&'a [u8]>,
}

impl Serialize for Entry<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let meta = self.snapshot.hashed.meta(self.index);
        let kind = meta.kind().unwrap_or(Kind::File);
        let mut map = serializer.serialize_map(None)?;
        name(&mut map, ("path", "path_hex"), self.path)?;
        map.serialize_entry("type", kind.id())?;
        if kind != Kind::Symlink {
            map.serialize_entry("mode", &format!("{:04o}", meta.permissions()))?;
        }
        match kind {
            Kind::File => {
                map.serialize_entry("size", &meta.size)?;
                let digest = |a| self.snapshot.hashed.digest(self.index, a).and_then(Digest::new);
                map.serialize_entry("digests", &Digests(self.snapshot.algorithms.clone(), digest))?;
            }
            Kind::Symlink => {
                let target = self.snapshot.hashed.target(self.index).unwrap_or_default();
                name(&mut map, ("target", "target_hex"), target)?;
            }
            Kind::CharDevice | Kind::BlockDevice => map.serialize_entry("device", &tree::device(meta.size))?,
            Kind::Dir | Kind::Fifo | Kind::Socket => {}
        }
        if let Some(first) = self.first_name {
            name(&mut map, ("hard_link_to", "hard_link_to_hex"), first)?;
        }
        let extra = self.snapshot.hashed.extra(self.index);
        if let Some((user, group)) = extra.owner {
            map.serialize_entry("owner", &format!("{user}:{group}"))?;
        }
        if !extra.attributes.is_empty() {
            let hex = |raw: &[u8]| {
                let mut out = Vec::with_capacity(raw.len() * 2);
                digest::hex(raw, &mut out);
                String::from_utf8_lossy(&out).into_owned()
            };
            let all = extra.attributes.iter().map(|(key, value)| (display(key), hex(value)));
            map.serialize_entry("attributes", &all.collect::<BTreeMap<_, _>>())?;
        }
        if extra.sparse == Some(true) {
            map.serialize_entry("sparse", &true)?;
        }
        map.end()
    }
}

struct Root<'a> {
    snapshot: &'a Snapshot,
    entries: std::ops::Range<usize>,
}

impl Serialize for Root<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut path = Vec::new();
        self.snapshot.tree.path(self.entries.start, &mut path);
        let mut map = serializer.serialize_map(None)?;
        name(&mut map, ("path", "path_hex"), &path)?;
        // A tree that could not be read whole has no digest.
        let inside = |at: &[u8]| {
            path == b"." || path == b"/" || at.strip_prefix(&path[..]).is_some_and(|r| matches!(r, [] | [b'/', ..]))
        };
        let whole = !self.snapshot.problems.iter().any(|problem| inside(&problem.path));
        let digest = |a| whole.then(|| tree::digest(self.snapshot, self.entries.clone(), a));
        if whole {
            map.serialize_entry("tree", &Digests(self.snapshot.algorithms.clone(), digest))?;
        } else {
            map.serialize_entry("tree", &())?;
        }
        map.end()
    }
}

struct Trouble<'a>(&'a [u8], String);

impl Serialize for Trouble<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        name(&mut map, ("path", "path_hex"), self.0)?;
        map.serialize_entry("error", &self.1)?;
        map.end()
    }
}

/// Writes `"key": value` lines of the outermost object.
fn member(out: &mut dyn Write, key: &str, value: &impl Serialize, last: bool) -> io::Result<()> {
    write!(out, "  \"{key}\": ")?;
    serde_json::to_writer(&mut *out, value).map_err(io::Error::from)?;
    out.write_all(if last { b"\n" } else { b",\n" })
}

/// Writes `"key": [` and one value a line.
fn members<T: Serialize>(
    out: &mut dyn Write,
    key: &str,
    values: impl Iterator<Item = T>,
    last: bool,
) -> io::Result<()> {
    write!(out, "  \"{key}\": [")?;
    let mut first = true;
    for value in values {
        out.write_all(if first { b"\n    " } else { b",\n    " })?;
        serde_json::to_writer(&mut *out, &value).map_err(io::Error::from)?;
        first = false;
    }
    let end = if first { "]" } else { "\n  ]" };
    out.write_all(end.as_bytes())?;
    out.write_all(if last { b"\n" } else { b",\n" })
}

/// Writes the manifest; one entry is one line.
///
/// # Errors
/// Only what `out` gives.
pub fn write(snapshot: &Snapshot, out: &mut dyn Write) -> io::Result<()> {
    let options = &snapshot.options;
    out.write_all(b"{\n")?;
    member(out, "schema_version", &VERSION, false)?;
    member(out, "kind", &"manifest", false)?;
    member(out, "tool", &Tool::SELF, false)?;
    let ids: Vec<&str> = snapshot.algorithms.iter().map(|a| a.id()).collect();
    member(out, "algorithms", &ids, false)?;
    member(out, "follow", &options.follow, false)?;
    member(out, "include", &options.include, false)?;
    member(out, "exclude", &options.exclude, false)?;
    member(out, "ignore_files", &options.ignore_files, false)?;
    member(out, "attributes", &true, false)?;
    members(
        out,
        "roots",
        snapshot.roots().into_iter().map(|entries| Root { snapshot, entries }),
        false,
    )?;
    let troubles = snapshot
        .problems
        .iter()
        .map(|problem| Trouble(&problem.path, plain(&problem.error)));
    members(out, "errors", troubles, false)?;
    out.write_all(b"  \"entries\": [")?;
    let (mut path, mut first_path) = (Vec::new(), Vec::new());
    let mut links = snapshot.hashed.hard_links().into_iter().peekable();
    let mut separator: &[u8] = b"\n    ";
    for index in (0..snapshot.tree.len()).filter(|index| snapshot.known(*index)) {
        snapshot.tree.path(index, &mut path);
        while links.next_if(|(at, _)| *at < index).is_some() {}
        let first = links.next_if(|(at, _)| *at == index).map(|(_, first)| first);
        if let Some(first) = first {
            snapshot.tree.path(first, &mut first_path);
        }
        out.write_all(separator)?;
        let entry = Entry {
            snapshot,
            index,
            path: &path,
            first_name: first.map(|_| &first_path[..]),
        };
        serde_json::to_writer(&mut *out, &entry).map_err(io::Error::from)?;
        separator = b",\n    ";
    }
    out.write_all(if separator == b"\n    " {
        b"]\n}\n"
    } else {
        b"\n  ]\n}\n"
    })
}
