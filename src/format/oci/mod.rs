//! Container images: OCI image layouts (image-layout.md, manifest.md and image-index.md of the OCI image specification 1.1), and what
//! `docker save` writes. Their blobs are named by their digests, so no two builds that differ have a name in common: here a blob is called
//! by what the manifests use it for, and paired by digest, content, history and place.

mod blob;
mod chained;
mod docker;
mod labels;
mod layout;
mod likeness;
mod streams;

use super::directory;
use crate::{
    bytes::source::Watch,
    model::{Blob, Body, Content, Kin, Opened, Part, Parts, Span},
};
use blob::Must;
use serde_json::Value;
use std::{collections::BTreeMap, io, path::Path, sync::Arc};

/// Manifests and indexes are small; a larger one is not read.
const DOCUMENT: usize = 4 << 20;
/// Indexes inside indexes.
const DEPTH: usize = 4;
/// Blobs of one layout that are called by their use.
const BLOBS: usize = 10_000;

/// A folder as any other, with the blobs of image layouts called by what they are used for.
pub(crate) fn open_directory(root: &Path, watch: &Arc<Watch>) -> io::Result<(Blob, Opened)> {
    let (listing, mut opened) = directory::open(root, watch)?;
    let names: Vec<&str> = opened.parts.iter().map(|part| &*part.name).collect();
    let uses = uses(&names, &|i| file(&opened.parts[i]));
    if uses.is_empty() {
        return Ok((listing, opened));
    }
    for (i, used) in uses {
        let part = &mut opened.parts[i];
        part.name = used.label.map_or(part.name.clone(), Into::into);
        part.kin = used.kin;
        if let Body::Group(group) = &mut part.body
            && let Parts::Ready(fields) = &mut group.parts
        {
            let reader = used.must.reader();
            fields.iter_mut().for_each(|field| field.set_reader(&reader));
        }
    }
    Ok(sorted(&listing, opened))
}

/// The content of a folder's entry.
fn file(entry: &Part) -> Option<Blob> {
    let Body::Group(group) = &entry.body else { return None };
    let Parts::Ready(parts) = &group.parts else { return None };
    parts.iter().find_map(|part| match &part.body {
        Body::Member(member) => match &member.content {
            Content::External(decoder) => decoder.decode(&Vec::new().into(), u64::MAX).ok(),
            _ => None,
        },
        Body::Field(..) | Body::Group(_) => None,
    })
}

/// A listing in the order of its labels: the order of digests says nothing.
fn sorted(listing: &Blob, opened: Opened) -> (Blob, Opened) {
    let mut parts = opened.parts;
    parts.sort_by(|x, y| x.name.cmp(&y.name));
    let mut bytes = Vec::with_capacity(listing.len());
    for part in &mut parts {
        let (from, to) = (part.span.start, bytes.len());
        bytes.extend_from_slice(&listing[part.span.start..part.span.end]);
        part.span = moved(part.span, from, to);
        if let Body::Group(group) = &mut part.body
            && let Parts::Ready(fields) = &mut group.parts
        {
            for field in fields {
                field.span = moved(field.span, from, to);
            }
        }
    }
    (bytes.into(), Opened { parts, ..opened })
}

fn moved(span: Span, from: usize, to: usize) -> Span {
    Span::at(span.start - from + to, span.len())
}

/// What a file of an image is.
pub(super) struct Use {
    /// What it is called; as it is where there is nothing better.
    pub(super) label: Option<String>,
    /// What it is paired by.
    pub(super) kin: Option<Kin>,
    /// What is known of its bytes.
    pub(super) must: Must,
}

/// Whether a file's name may be that of one that tells of an image.
pub(super) fn marks(name: &str) -> bool {
    ["oci-layout", "manifest.json"].iter().any(|mark| {
        let before = name.strip_suffix(mark);
        before.is_some_and(|before| before.is_empty() || before.ends_with('/'))
    })
}

/// What files are used for, by their index in `names`; `read` gives the content of one. Empty where there is no image.
pub(super) fn uses(names: &[&str], read: &dyn Fn(usize) -> Option<Blob>) -> BTreeMap<usize, Use> {
    let mut found = BTreeMap::new();
    for prefix in images(names, read) {
        let inside = names.iter().enumerate();
        let inside = inside.filter_map(|(i, name)| Some((name.strip_prefix(prefix)?, i)));
        let mut files = Files {
            prefix,
            files: inside.collect(),
            read,
            only: None,
            found: &mut found,
        };
        if files.at("oci-layout").is_some() {
            layout::layout(&mut files);
        }
        docker::archive(&mut files);
    }
    found
}

/// Which image of several.
pub(super) struct Chosen<'n> {
    /// By its name or, behind an `@`, by its number from 0.
    pub(super) reference: Option<&'n str>,
    /// A layout, and not what `docker save` writes.
    pub(super) layout: bool,
}

/// The files of one image, by their index in `names`; else the names of those that are there.
pub(super) fn image(
    names: &[&str],
    read: &dyn Fn(usize) -> Option<Blob>,
    chosen: &Chosen<'_>,
) -> Result<BTreeMap<usize, Use>, Vec<String>> {
    let mut found = BTreeMap::new();
    let mut files = Files {
        prefix: "",
        files: names.iter().enumerate().map(|(i, name)| (*name, i)).collect(),
        read,
        only: None,
        found: &mut found,
    };
    let there = match chosen.layout {
        true => layout::references(&files),
        false => docker::references(&files),
    };
    let matches = |(number, names): (usize, &Vec<String>)| {
        let chosen = match chosen.reference {
            None => there.len() == 1,
            Some(reference) => match reference.strip_prefix('@') {
                Some(at) => at.parse() == Ok(number),
                None => names.iter().any(|name| is(name, reference)),
            },
        };
        chosen.then_some(number)
    };
    let all: Vec<usize> = there.iter().enumerate().filter_map(matches).collect();
    let [only] = all[..] else {
        return Err(there.into_iter().flatten().collect());
    };
    files.only = Some(only);
    match chosen.layout {
        true => layout::layout(&mut files),
        false => docker::archive(&mut files),
    }
    found.retain(|_, used| used.label.is_some());
    Ok(found)
}

/// Whether an image of this name is meant; the registry that is the default may be left out.
fn is(name: &str, reference: &str) -> bool {
    let short = name.strip_prefix("docker.io/");
    let short = short.map(|name| name.strip_prefix("library/").unwrap_or(name));
    name == reference || short == Some(reference)
}

/// Images in one artifact.
const IMAGES: usize = 16;

/// The folders that hold images.
fn images<'n>(names: &[&'n str], read: &dyn Fn(usize) -> Option<Blob>) -> Vec<&'n str> {
    let ends = |mark: &'static str| {
        let all = names
            .iter()
            .enumerate()
            .filter(move |(_, name)| marks(name) && name.ends_with(mark));
        all.take(IMAGES)
    };
    let archive = |file: usize| {
        let bytes = read(file).filter(|bytes| bytes.len() <= DOCUMENT);
        bytes.is_some_and(|bytes| docker::is(&bytes))
    };
    let layouts = ends("oci-layout").map(|(_, name)| prefix(name));
    let archives = ends("manifest.json").filter(|(file, _)| archive(*file));
    let mut all: Vec<&str> = layouts.chain(archives.map(|(_, name)| prefix(name))).collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn prefix(name: &str) -> &str {
    name.rfind('/').map_or("", |at| &name[..=at])
}

/// The files of one image layout, and what is known of them.
struct Files<'n> {
    prefix: &'n str,
    files: BTreeMap<&'n str, usize>,
    read: &'n dyn Fn(usize) -> Option<Blob>,
    /// The number of the only image that is asked for: its files are called so.
    only: Option<usize>,
    found: &'n mut BTreeMap<usize, Use>,
}

impl Files<'_> {
    fn at(&self, path: &str) -> Option<usize> {
        self.files.get(path).copied()
    }

    fn document(&self, file: usize) -> Option<Value> {
        let bytes = (self.read)(file).filter(|bytes| bytes.len() <= DOCUMENT)?;
        serde_json::from_slice(&bytes).ok()
    }

    /// What a blob of a layout is called.
    fn below(&self, label: &str) -> String {
        match self.only {
            None => format!("blobs/{label}"),
            Some(_) => label.to_owned(),
        }
    }

    /// The kin that a file has.
    fn kin(&self, file: usize) -> Option<Kin> {
        self.found.get(&file)?.kin.clone()
    }

    /// Calls a file by its first use; false when it has one, or there are too many.
    fn call(&mut self, file: usize, label: &str, kin: Kin, must: Must) -> bool {
        if self.found.len() >= BLOBS || self.found.contains_key(&file) {
            return false;
        }
        let label = Some(format!("{}{label}", self.prefix));
        let kin = Some(kin);
        self.found.insert(file, Use { label, kin, must });
        true
    }

    /// Says which blobs the lists of a document speak of.
    fn lists(&mut self, file: usize, kins: super::json::Kins) {
        let known = self.found.entry(file).or_insert(Use {
            label: None,
            kin: None,
            must: Must::default(),
        });
        known.must.kins = Some(Arc::new(kins));
    }
}

fn list<'v>(document: &'v Value, key: &str) -> &'v [Value] {
    document[key].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// What the steps of a configuration's history say that made a layer, one a layer; nothing where these are not as many.
fn steps(config: &Value, layers: usize) -> Vec<Option<String>> {
    let made = list(config, "history").iter();
    let made = made.filter(|step| step["empty_layer"].as_bool() != Some(true));
    let steps: Vec<_> = made
        .map(|step| step["created_by"].as_str().map(str::to_owned))
        .collect();
    if steps.len() == layers {
        steps
    } else {
        vec![None; layers]
    }
}

/// The digests of what the layers of a configuration decode to; nothing where these are not as many.
fn diff_ids(config: &Value, layers: usize) -> Vec<Option<String>> {
    let ids = list(&config["rootfs"], "diff_ids").iter();
    let ids: Vec<_> = ids.map(|id| id.as_str().map(str::to_owned)).collect();
    if ids.len() == layers { ids } else { vec![None; layers] }
}

/// What of a configuration speaks of its layers.
fn config_lists(config: &Value, parent: &Kin, layers: &[Option<Kin>]) -> super::json::Kins {
    let (mut next, mut empty) = (layers.iter(), 0);
    let history = list(config, "history")
        .iter()
        .map(|step| match step["empty_layer"].as_bool() {
            Some(true) => {
                empty += 1;
                let text = step["created_by"].as_str().unwrap_or_default().to_owned();
                let keys = vec![("history", text), ("place", format!("step {empty}"))];
                Some(Kin::new(Some(parent), keys))
            }
            _ => next.next().cloned().flatten(),
        });
    let history: Vec<_> = history.collect();
    let mut kins = super::json::Kins::from([("/rootfs/diff_ids".to_owned(), layers.to_vec())]);
    if next.next().is_none() {
        kins.insert("/history".to_owned(), history);
    }
    kins
}

/// A layer, by all that may tell it.
fn layer(parent: &Kin, digest: Option<&str>, diff_id: Option<&str>, step: Option<&str>, number: usize) -> Kin {
    let keys = [
        ("digest", digest.map(str::to_owned)),
        ("content", diff_id.map(str::to_owned)),
        ("history", step.map(str::to_owned)),
        ("place", Some(format!("layer {number}"))),
    ];
    let keys = keys.into_iter().filter_map(|(kind, key)| Some((kind, key?)));
    Kin::sketched(Some(parent), keys.collect(), likeness::sketch)
}
