//! The JSON manifest, read.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, BufRead};

use serde::de::{self, DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::VERSION;
use crate::bytes::digest::{self, Algorithm, Digest};
use crate::bytes::hash::{Extra, NO_EXTRA};
use crate::bytes::security::Attributes;
use crate::bytes::walk::{Kind, normalise};
use crate::manifest::expected::{Malformed, Manifest, Row, Walked};
use crate::manifest::list;

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

/// The name of an attribute that [`display`](crate::notation::display) wrote.
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
