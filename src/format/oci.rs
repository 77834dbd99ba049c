//! OCI image layouts (image-layout.md, manifest.md and image-index.md of the OCI image specification 1.1). Their blobs are named by
//! their digests, so no two builds that differ have a name in common: here a blob is called by what the manifests use it for.

use super::directory;
use crate::{
    bytes::source::Watch,
    model::{Blob, Body, Content, Opened, Part, Parts, Span},
};
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
    let labels = labels(&names, &|i| file(&opened.parts[i]));
    if labels.is_empty() {
        return Ok((listing, opened));
    }
    for (i, label) in labels {
        opened.parts[i].name = label.into();
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

/// What blobs are used for, by their index in `names`; `read` gives the content of one. Empty where there is no image layout.
pub(super) fn labels(names: &[&str], read: &dyn Fn(usize) -> Option<Blob>) -> BTreeMap<usize, String> {
    let mut found = BTreeMap::new();
    for name in names {
        let Some(prefix) = name.strip_suffix("oci-layout") else {
            continue;
        };
        if !prefix.is_empty() && !prefix.ends_with('/') {
            continue;
        }
        let inside = names.iter().enumerate();
        let inside = inside.filter_map(|(i, name)| Some((name.strip_prefix(prefix)?, i)));
        let mut layout = Layout {
            prefix,
            files: inside.collect(),
            read,
            found: &mut found,
        };
        if let Some(&index) = layout.files.get("index.json") {
            layout.index(index, "", 0);
        }
    }
    found
}

struct Layout<'n> {
    prefix: &'n str,
    files: BTreeMap<&'n str, usize>,
    read: &'n dyn Fn(usize) -> Option<Blob>,
    found: &'n mut BTreeMap<usize, String>,
}

impl Layout<'_> {
    fn document(&self, file: usize) -> Option<Value> {
        let bytes = (self.read)(file).filter(|bytes| bytes.len() <= DOCUMENT)?;
        serde_json::from_slice(&bytes).ok()
    }

    /// An image index: a list of manifests, or of other indexes.
    fn index(&mut self, file: usize, of: &str, depth: usize) {
        let Some(document) = self.document(file).filter(|_| depth < DEPTH) else {
            return;
        };
        for (number, descriptor) in list(&document, "manifests").enumerate() {
            let what = format!("{of}manifest {}", number + 1);
            let Some(file) = self.blob(descriptor, what.clone()) else {
                continue;
            };
            self.index(file, &format!("{what}, "), depth + 1);
            self.manifest(file, &what);
        }
    }

    fn manifest(&mut self, file: usize, of: &str) {
        let Some(document) = self.document(file) else { return };
        self.blob(&document["config"], format!("{of}, config"));
        for (number, descriptor) in list(&document, "layers").enumerate() {
            self.blob(descriptor, format!("{of}, layer {}", number + 1));
        }
    }

    /// Calls the blob of a descriptor by its first use; nothing when it is not there, or has been called something before.
    fn blob(&mut self, descriptor: &Value, what: String) -> Option<usize> {
        let (algorithm, digest) = descriptor["digest"].as_str()?.split_once(':')?;
        let file = *self.files.get(format!("blobs/{algorithm}/{digest}").as_str())?;
        if self.found.len() >= BLOBS || self.found.contains_key(&file) {
            return None;
        }
        self.found.insert(file, format!("{}blobs/{what}", self.prefix));
        Some(file)
    }
}

fn list<'v>(document: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> + use<'v> {
    document[key].as_array().map(Vec::as_slice).unwrap_or_default().iter()
}
