//! From `index.json` to the blobs (image-layout.md, image-index.md, manifest.md).

use super::{
    DEPTH, Files,
    blob::Must,
    blob::packed,
    config_lists, diff_ids,
    labels::{annotation, attests, by_digest, labels, platform, predicate},
    layer, list, steps,
};
use crate::{format::json::Kins, model::Kin};
use serde_json::Value;
use std::collections::BTreeMap;

/// Calls the blobs of a layout by what they are used for.
pub(super) fn layout(files: &mut Files<'_>) {
    if let Some(file) = files.at("index.json") {
        index(files, file, "", None, 0);
        unused(files);
    }
}

/// Manifests that no index names, as tools leave them that change an image step by step: by how far they had come, for their names tell
/// no order.
fn unused(files: &mut Files<'_>) {
    let blobs = files.files.iter().filter_map(|(path, file)| {
        let (algorithm, hex) = path.strip_prefix("blobs/")?.split_once('/')?;
        Some((*file, format!("{algorithm}:{hex}")))
    });
    let left: Vec<_> = blobs.filter(|(file, _)| !files.found.contains_key(file)).collect();
    let mut manifests: Vec<_> = left
        .into_iter()
        .filter(|_| files.only.is_none())
        .filter_map(|(file, digest)| {
            let document = files.document(file)?;
            let layers = document["layers"].as_array()?.len();
            let config = blob(files, &document["config"]).and_then(|file| files.document(file))?;
            Some((layers, list(&config, "history").len(), digest, file))
        })
        .collect();
    manifests.sort();
    for (number, (.., digest, file)) in manifests.into_iter().enumerate() {
        let label = format!("unused manifest {}", number + 1);
        let keys = vec![("digest", digest.clone()), ("place", label.clone())];
        let kin = Kin::new(None, keys);
        let must = Must {
            digest: Some(digest),
            ..Must::default()
        };
        if files.call(file, &files.below(&label), kin.clone(), must) {
            manifest(files, file, &label, &kin);
        }
    }
}

/// An image index: a list of manifests, or of other indexes.
fn index(files: &mut Files<'_>, file: usize, of: &str, parent: Option<&Kin>, depth: usize) {
    let Some(document) = files.document(file).filter(|_| depth < DEPTH) else {
        return;
    };
    let descriptors = list(&document, "manifests");
    if descriptors.is_empty() {
        return;
    }
    let known = by_digest(descriptors);
    let only = files.only.filter(|_| depth == 0);
    let kins = descriptors.iter().zip(labels(descriptors)).enumerate();
    let kins = kins.map(|(number, (descriptor, label))| {
        let label = match only {
            None => label,
            Some(only) if only == number => "image".to_owned(),
            Some(_) => return None,
        };
        let kin = Kin::new(parent, keys(descriptors, &known, number));
        let label = format!("{of}{label}");
        let file = blob(files, descriptor)?;
        if !files.call(file, &files.below(&label), kin.clone(), must(descriptor)) {
            return files.kin(file);
        }
        index(files, file, &format!("{label}, "), Some(&kin), depth + 1);
        manifest(files, file, &label, &kin);
        Some(kin)
    });
    let kins = kins.collect();
    files.lists(file, Kins::from([("/manifests".to_owned(), kins)]));
}

/// What tells a manifest in its index.
fn keys(all: &[Value], known: &BTreeMap<&str, usize>, number: usize) -> Vec<(&'static str, String)> {
    let descriptor = &all[number];
    let attested = attests(descriptor).and_then(|digest| known.get(digest));
    let platform = match attested {
        Some(&image) => platform(&all[image]).map(|platform| format!("attestation of {platform}")),
        None => platform(descriptor),
    };
    let name = annotation(descriptor, "org.opencontainers.image.ref.name");
    let keys = [
        ("digest", descriptor["digest"].as_str().map(str::to_owned)),
        ("platform", platform),
        ("name", name.map(str::to_owned)),
        ("place", Some(number.to_string())),
    ];
    keys.into_iter().filter_map(|(kind, key)| Some((kind, key?))).collect()
}

fn manifest(files: &mut Files<'_>, file: usize, of: &str, parent: &Kin) {
    let Some(document) = files.document(file) else { return };
    let descriptors = list(&document, "layers");
    let config = blob(files, &document["config"]);
    let known = config.and_then(|file| files.document(file)).unwrap_or_default();
    let (ids, steps) = (diff_ids(&known, descriptors.len()), steps(&known, descriptors.len()));
    let layers = descriptors.iter().enumerate().map(|(number, descriptor)| {
        let (digest, id, step) = (
            descriptor["digest"].as_str(),
            ids[number].as_deref(),
            steps[number].as_deref(),
        );
        let kin = layer(
            parent,
            digest,
            id,
            step.or(annotation(descriptor, "in-toto.io/predicate-type")),
            number + 1,
        );
        let label = match predicate(descriptor) {
            Some(what) => files.below(&format!("{of}, {what} (layer {})", number + 1)),
            None => files.below(&format!("{of}, layer {}", number + 1)),
        };
        let must = Must {
            diff_id: ids[number].clone(),
            packed: descriptor["mediaType"].as_str().and_then(packed),
            ..must(descriptor)
        };
        let file = blob(files, descriptor)?;
        let fresh = files.call(file, &label, kin.clone(), must);
        if fresh { Some(kin) } else { files.kin(file) }
    });
    let layers: Vec<Option<Kin>> = layers.collect();
    files.lists(file, Kins::from([("/layers".to_owned(), layers.clone())]));
    let Some(config) = config else { return };
    let kin = Kin::new(Some(parent), vec![("role", "config".to_owned())]);
    if files.call(
        config,
        &files.below(&format!("{of}, config")),
        kin,
        must(&document["config"]),
    ) && known.is_object()
    {
        files.lists(config, config_lists(&known, parent, &layers));
    }
}

/// The file that a descriptor names.
fn blob(files: &Files<'_>, descriptor: &Value) -> Option<usize> {
    let (algorithm, digest) = descriptor["digest"].as_str()?.split_once(':')?;
    files.at(&format!("blobs/{algorithm}/{digest}"))
}

/// What a descriptor says of its blob.
fn must(descriptor: &Value) -> Must {
    Must {
        digest: descriptor["digest"].as_str().map(str::to_owned),
        size: descriptor["size"].as_u64(),
        ..Must::default()
    }
}

/// The names of each image of a layout.
pub(super) fn references(files: &Files<'_>) -> Vec<Vec<String>> {
    let document = files.at("index.json").and_then(|file| files.document(file));
    let document = document.unwrap_or_default();
    let name = |one: &Value| annotation(one, "org.opencontainers.image.ref.name").map(str::to_owned);
    let all = list(&document, "manifests").iter();
    all.map(|one| name(one).into_iter().collect()).collect()
}
