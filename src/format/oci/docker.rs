//! What `docker save` writes (Moby, image/tarexport, and image/spec 1.2): `manifest.json`, configurations, layers, and for readers before
//! Docker 1.10 a folder a layer, whose name is a digest over its document and all layers below.

use super::{
    Files,
    blob::Must,
    chained::{Chained, bare},
    config_lists, diff_ids, layer, list, steps,
};
use crate::{format::json::Kins, model::Kin, notation::hex};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// Whether a file lists images as `docker save` does.
pub(super) fn is(bytes: &[u8]) -> bool {
    let document: Option<Vec<Value>> = serde_json::from_slice(bytes).ok();
    let image = |one: &Value| one["Config"].is_string() && one["Layers"].is_array();
    document.is_some_and(|images| !images.is_empty() && images.iter().all(image))
}

/// Calls the files of an archive by what they are used for.
pub(super) fn archive(files: &mut Files<'_>) {
    let Some(file) = files.at("manifest.json") else { return };
    let Some(document) = files.document(file) else { return };
    let images = document.as_array().map(Vec::as_slice).unwrap_or_default();
    let mut lists = Kins::new();
    let only = files.only;
    let asked = images
        .iter()
        .enumerate()
        .filter(|(number, _)| only.is_none_or(|only| only == *number));
    let of = if only.is_some() { 1 } else { images.len() };
    for (number, one) in asked {
        let Some(layers) = image(files, one, of, number + 1) else {
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
    let label = if of > 1 {
        format!("image {number}")
    } else {
        "image".to_owned()
    };
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
            files.lists(config, config_lists(&known, &parent, &layers));
        }
    }
    if files.only.is_none() {
        folders(files, &label, &parent, &ids);
    }
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
        let document = files
            .at(&format!("{folder}/json"))
            .and_then(|file| files.document(file));
        let below = document.and_then(|document| document["parent"].as_str().map(bare));
        if above.insert(below, folder).is_some() {
            // Several images share layers: who is whose is not told by the place.
            return;
        }
    }
    let (mut at, mut chain) = (None, String::new());
    for (i, id) in ids.iter().enumerate() {
        let (Some(folder), Some(id)) = (above.get(&at).copied(), id) else {
            return;
        };
        // image-spec, config.md, "Layer ChainID".
        chain = match chain.is_empty() {
            true => id.clone(),
            false => sum(format!("{chain} {id}").as_bytes()),
        };
        for name in ["", "json", "VERSION", "layer.tar"] {
            let Some(file) = files.at(&format!("{folder}/{name}")) else {
                continue;
            };
            let what = if name.is_empty() { "folder" } else { name };
            let kin = Kin::new(Some(parent), vec![("role", format!("{what} of layer {}", i + 1))]);
            let chained = (name == "json").then(|| Chained::new(folder, &chain));
            let must = Must {
                chained,
                ..Must::default()
            };
            files.call(file, &format!("{label}, layer {}, {what}", i + 1), kin, must);
        }
        at = Some(folder.to_owned());
    }
}

fn sum(bytes: &[u8]) -> String {
    format!("sha256:{}", hex(&Sha256::digest(bytes)))
}

/// The names of each image of an archive.
pub(super) fn references(files: &Files<'_>) -> Vec<Vec<String>> {
    let document = files.at("manifest.json").and_then(|file| files.document(file));
    let document = document.unwrap_or_default();
    let images = document.as_array().map(Vec::as_slice).unwrap_or_default();
    let tags = |image: &Value| {
        list(image, "RepoTags")
            .iter()
            .filter_map(|tag| tag.as_str().map(str::to_owned))
            .collect()
    };
    images.iter().map(tags).collect()
}
