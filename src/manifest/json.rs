//! The JSON manifest, written and read entry by entry so that its size does not show in memory.
//!
//! JSON strings are Unicode and names are not. A path or link target that is valid UTF-8 is a string, `path` or
//! `target`; any other is lowercase hexadecimal of its bytes under `path_hex` or `target_hex`, never both.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, BufRead, Write};

use serde::de::{self, DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::expected::{Malformed, Manifest, Row, Walked};
use super::{Snapshot, list, tree};
use crate::bytes::digest::{self, Algorithm, Digest};
use crate::bytes::hash::{Extra, NO_EXTRA};
use crate::bytes::plain;
use crate::bytes::security::Attributes;
use crate::bytes::walk::{Kind, normalise};
use crate::notation::{display, name};

/// The only `schema_version` there is.
pub const VERSION: u64 = 1;

/// The name and version of this program, as every JSON output has them.
#[derive(Serialize)]
pub struct Tool {
    name: &'static str,
    version: &'static str,
}

impl Tool {
    /// This program.
    pub const SELF: Tool = Tool {
        name: "repro",
        version: env!("CARGO_PKG_VERSION"),
    };
}

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

/// Reads a JSON manifest. Entries that make no sense, or have no digest as strong as `least`, are in [`Manifest::malformed`].
///
/// # Errors
/// Text that is not JSON, or not a manifest of a known version.
pub fn read(input: impl BufRead, least: Option<Algorithm>) -> io::Result<Manifest> {
    let mut deserializer = serde_json::Deserializer::from_reader(input);
    let manifest = deserializer
        .deserialize_map(Document(least))
        .map_err(io::Error::other)?;
    deserializer.end().map_err(io::Error::other)?;
    Ok(manifest)
}

struct Document(Option<Algorithm>);

impl<'de> Visitor<'de> for Document {
    type Value = Manifest;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a manifest")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Manifest, A::Error> {
        let mut manifest = Manifest::default();
        let (mut walked, mut version, mut entries) = (Walked::default(), None, false);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "schema_version" => version = Some(map.next_value::<u64>()?),
                "kind" => {
                    if map.next_value::<String>()? != "manifest" {
                        return Err(de::Error::custom("this JSON is not a manifest"));
                    }
                }
                "follow" => walked.options.follow = map.next_value()?,
                "include" => walked.options.include = map.next_value()?,
                "exclude" => walked.options.exclude = map.next_value()?,
                "ignore_files" => walked.options.ignore_files = map.next_value()?,
                "roots" => {
                    for root in map.next_value::<Vec<Named>>()? {
                        let path = root.path().ok_or_else(|| de::Error::custom("a root without a path"))?;
                        walked.roots.push(normalise(&path));
                    }
                }
                "attributes" => walked.extras = map.next_value()?,
                "errors" => walked.incomplete = !map.next_value::<Vec<IgnoredAny>>()?.is_empty(),
                "entries" => {
                    map.next_value_seed(Entries(&mut manifest, self.0))?;
                    entries = true;
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        if version != Some(VERSION) || !entries {
            return Err(de::Error::custom(format!("no manifest of schema_version {VERSION}")));
        }
        manifest.walk = Some(walked);
        Ok(manifest)
    }
}

#[derive(Deserialize)]
struct Named {
    path: Option<String>,
    path_hex: Option<String>,
}

impl Named {
    fn path(self) -> Option<Vec<u8>> {
        raw(self.path, self.path_hex)
    }
}

/// The bytes of a name that is given as text or as hexadecimal.
fn raw(text: Option<String>, hex: Option<String>) -> Option<Vec<u8>> {
    match (text, hex) {
        (Some(text), None) => Some(text.into_bytes()),
        (None, Some(hex)) => digest::from_hex(hex.as_bytes()),
        _ => None,
    }
}

#[derive(Deserialize)]
struct EntryIn {
    path: Option<String>,
    path_hex: Option<String>,
    #[serde(rename = "type")]
    kind: String,
    mode: Option<String>,
    size: Option<u64>,
    target: Option<String>,
    target_hex: Option<String>,
    device: Option<String>,
    #[serde(default)]
    digests: BTreeMap<String, String>,
    owner: Option<String>,
    #[serde(default)]
    attributes: BTreeMap<String, String>,
    #[serde(default)]
    sparse: bool,
}

impl EntryIn {
    /// What few entries have; nothing if it is written wrongly.
    fn extra(&mut self) -> Option<Extra> {
        let number = |text: &str| text.parse::<u32>().ok();
        let owner = match self.owner.take() {
            Some(text) => Some(text.split_once(':').and_then(|(u, g)| Some((number(u)?, number(g)?)))?),
            None => None,
        };
        let attributes = std::mem::take(&mut self.attributes).into_iter();
        let attributes = attributes.map(|(key, value)| Some((undisplay(&key)?, digest::from_hex(value.as_bytes())?)));
        let mut attributes = attributes.collect::<Option<Attributes>>()?;
        attributes.sort_unstable();
        Some(Extra {
            owner,
            attributes,
            sparse: Some(self.sparse),
        })
    }
}

/// The name of an attribute that [`display`] wrote.
fn undisplay(name: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(name.len());
    let mut bytes = name.bytes();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'\\' => match bytes.next()? {
                b'\\' => b'\\',
                b'n' => b'\n',
                b'r' => b'\r',
                b't' => b'\t',
                b'x' => {
                    let digits = [bytes.next()?, bytes.next()?];
                    *digest::from_hex(&digits)?.first()?
                }
                _ => return None,
            },
            byte => byte,
        });
    }
    Some(out)
}

struct Entries<'a>(&'a mut Manifest, Option<Algorithm>);

impl<'de> DeserializeSeed<'de> for Entries<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Entries<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of entries")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let mut number = 0;
        while let Some(entry) = seq.next_element::<EntryIn>()? {
            number += 1;
            match add(self.0, self.1, entry) {
                Ok(()) => {}
                Err(Bad::Entry(what)) => self.0.malformed.push(Malformed { line: number, what }),
                Err(Bad::Full(error)) => return Err(de::Error::custom(error)),
            }
        }
        Ok(())
    }
}

enum Bad {
    Entry(String),
    Full(io::Error),
}

fn add(manifest: &mut Manifest, least: Option<Algorithm>, mut entry: EntryIn) -> Result<(), Bad> {
    let bad = |what: &str| Bad::Entry(what.to_owned());
    let extra = entry
        .extra()
        .ok_or_else(|| bad("owner is not USER:GROUP, or an attribute is not hexadecimal"))?;
    let path = raw(entry.path, entry.path_hex).filter(|path| !path.is_empty() && !path.contains(&0));
    let path = path.ok_or_else(|| bad("no path that a file can have"))?;
    let kind = Kind::ALL.into_iter().find(|kind| kind.id() == entry.kind);
    let kind = kind.ok_or_else(|| bad("unknown type"))?;
    let octal = |text: String| u32::from_str_radix(&text, 8).ok().filter(|mode| *mode <= 0o7777);
    let permissions = match entry.mode {
        Some(text) => Some(octal(text).ok_or_else(|| bad("mode is not octal"))?),
        None => None,
    };
    let device = |text: String| {
        let (major, minor) = text.split_once(':')?;
        Some(rustix::fs::makedev(major.parse().ok()?, minor.parse().ok()?))
    };
    let size = match entry.device {
        Some(text) => Some(device(text).ok_or_else(|| bad("device is not MAJOR:MINOR"))?),
        None => entry.size,
    };
    let mut digests = Vec::with_capacity(entry.digests.len());
    for (name, hex) in entry.digests {
        // An algorithm that a later version adds is passed over, as long as one is known.
        if let Ok(algorithm) = name.parse::<Algorithm>() {
            let digest = Digest::from_hex(hex.as_bytes()).filter(|d| d.as_bytes().len() == algorithm.size());
            digests.push((algorithm, digest.ok_or_else(|| bad("digest of the wrong length"))?));
        }
    }
    if kind == Kind::File && digests.is_empty() {
        return Err(bad("a file without a digest that is known here"));
    }
    let best = digests
        .iter()
        .map(|(algorithm, _)| *algorithm)
        .max_by_key(|a| a.strength());
    if let Some(best) = best.filter(|best| least.is_some_and(|least| best.strength() < least.strength())) {
        return Err(Bad::Entry(list::weaker(best, least)));
    }
    let target = match kind {
        Kind::Symlink => Some(raw(entry.target, entry.target_hex).ok_or_else(|| bad("a link without a target"))?),
        _ => None,
    };
    let row = Row {
        path: &path,
        kind: Some(kind),
        permissions,
        size,
        target: target.as_deref(),
        digests: &digests,
        extra: Some(extra).filter(|extra| *extra != NO_EXTRA),
    };
    manifest.push(row).map_err(Bad::Full)
}
