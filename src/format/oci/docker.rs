//! What `docker save` writes (Moby, image/tarexport, and image/spec 1.2): `manifest.json`, configurations, layers, and for readers before
//! Docker 1.10 a folder a layer, whose name is a digest over its document and all layers below.

use super::{Files, blob::Must, blob::hex, config_lists, diff_ids, layer, list, steps};
use crate::{
    format::json::Kins,
    model::{Blob, Kin},
};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// Calls the files of an archive by what they are used for.
pub(super) fn archive(files: &mut Files<'_>) {
    let Some(file) = files.at("manifest.json") else { return };
    let Some(document) = files.document(file) else { return };
    let images = document.as_array().map(Vec::as_slice).unwrap_or_default();
    let mut lists = Kins::new();
    for (number, one) in images.iter().enumerate() {
        let Some(layers) = image(files, one, images.len(), number + 1) else {
            return;
        };
        lists.insert(format!("/{number}/Layers"), layers);
    }
    if !lists.is_empty() {
        files.lists(file, lists);
    }
}

/// One image of the archive; nothing where it is none.
fn image(files: &mut Files<'_>, image: &Value, of: usize, number: usize) -> Option<Vec<Option<Kin>>> {
    let path = image["Config"].as_str()?;
    let paths = image["Layers"].as_array()?;
    let label = if of > 1 { format!("image {number}") } else { "image".to_owned() };
    let tags: Vec<&str> = list(image, "RepoTags").iter().filter_map(Value::as_str).collect();
    let keys = vec![("name", tags.join(" ")), ("place", number.to_string())];
    let parent = Kin::new(None, keys);
    let config = files.at(path);
    let known = config.and_then(|file| files.document(file)).unwrap_or_default();
    let (ids, steps) = (diff_ids(&known, paths.len()), steps(&known, paths.len()));
    let layers = paths.iter().enumerate().map(|(i, path)| {
        let (id, step) = (ids[i].as_deref(), steps[i].as_deref());
        let kin = layer(&parent, None, id, step, i + 1);
        let must = Must {
            diff_id: ids[i].clone(),
            ..Must::default()
        };
        let file = files.at(path.as_str()?)?;
        let fresh = files.call(file, &format!("{label}, layer {}", i + 1), kin.clone(), must);
        if fresh { Some(kin) } else { files.kin(file) }
    });
    let layers: Vec<Option<Kin>> = layers.collect();
    if let Some(config) = config {
        let kin = Kin::new(Some(&parent), vec![("role", "config".to_owned())]);
        let must = Must {
            digest: named(path),
            ..Must::default()
        };
        if files.call(config, &format!("{label}, config"), kin, must) && known.is_object() {
            files.lists(config, config_lists(&known, &layers));
        }
    }
    folders(files, &label, &parent, &ids);
    Some(layers)
}

/// The digest that a file is named by.
fn named(path: &str) -> Option<String> {
    let name = path.rsplit('/').next()?;
    let name = name.strip_suffix(".json").unwrap_or(name);
    digest(name).then(|| format!("sha256:{name}"))
}

fn digest(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|c| c.is_ascii_hexdigit())
}

/// The folders of the layers, each below the one that its document names as its parent.
fn folders(files: &mut Files<'_>, label: &str, parent: &Kin, ids: &[Option<String>]) {
    let known: Vec<&str> = files.files.keys().copied().collect();
    let folders: BTreeSet<&str> = known
        .iter()
        .filter_map(|path| path.split_once('/'))
        .filter_map(|(folder, file)| (file == "json" && digest(folder)).then_some(folder))
        .collect();
    let mut above: BTreeMap<Option<String>, &str> = BTreeMap::new();
    for folder in folders.iter().take(super::BLOBS) {
        let document = files.at(&format!("{folder}/json")).and_then(|file| files.document(file));
        let below = document.and_then(|document| document["parent"].as_str().map(bare));
        if above.insert(below, folder).is_some() {
            // Several images share layers: who is whose is not told by the place.
            return;
        }
    }
    let (mut at, mut chain) = (None, String::new());
    for (i, id) in ids.iter().enumerate() {
        let (Some(folder), Some(id)) = (above.get(&at).copied(), id) else { return };
        // image-spec, config.md, "Layer ChainID".
        chain = match chain.is_empty() {
            true => id.clone(),
            false => sum(format!("{chain} {id}").as_bytes()),
        };
        for name in ["", "json", "VERSION", "layer.tar"] {
            let Some(file) = files.at(&format!("{folder}/{name}")) else { continue };
            let what = if name.is_empty() { "folder" } else { name };
            let kin = Kin::new(Some(parent), vec![("role", format!("{what} of layer {}", i + 1))]);
            let chained = (name == "json").then(|| Chained {
                name: folder.to_owned(),
                chain: chain.clone(),
            });
            let must = Must {
                chained,
                ..Must::default()
            };
            files.call(file, &format!("{label}, layer {}, {what}", i + 1), kin, must);
        }
        at = Some(folder.to_owned());
    }
}

fn bare(id: &str) -> String {
    id.strip_prefix("sha256:").unwrap_or(id).to_owned()
}

fn sum(bytes: &[u8]) -> String {
    format!("sha256:{}", hex(&Sha256::digest(bytes)))
}

/// A document whose folder is named by a digest over it and the layers up to its own.
#[derive(Clone)]
pub(super) struct Chained {
    name: String,
    chain: String,
}

impl Chained {
    /// The digest, where it is the one that the folder is named by (Moby, image/v1, `CreateID`; containers/image, docker/internal/tarfile).
    pub(super) fn digest(&self, document: &Blob) -> Option<Vec<u8>> {
        let document: BTreeMap<String, Value> = serde_json::from_slice(document).ok()?;
        let made = |parent: Option<String>| {
            let mut document = document.clone();
            document.remove("id");
            document.insert("layer_id".to_owned(), self.chain.clone().into());
            if let Some(parent) = parent {
                document.insert("parent".to_owned(), parent.into());
            }
            let text = serde_json::to_string(&document).ok()?;
            // As Go writes it.
            let text = text.replace('&', "\\u0026").replace('<', "\\u003c").replace('>', "\\u003e");
            Some(Sha256::digest(text.as_bytes()).to_vec())
        };
        let parent = document.get("parent").and_then(Value::as_str);
        let spelled = parent.map(|parent| format!("sha256:{}", bare(parent)));
        let mut digests = [made(None), made(spelled)].into_iter().flatten();
        digests.find(|digest| hex(digest) == self.name)
    }
}
