//! What the manifests of an index are called.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The platform of a descriptor (image-index.md), as people write it.
pub(super) fn platform(descriptor: &Value) -> Option<String> {
    let platform = &descriptor["platform"];
    let word = |key: &str| platform[key].as_str();
    let (os, architecture) = (word("os")?, word("architecture")?);
    let more = ["variant", "os.version"].into_iter().filter_map(word);
    let words = [os, architecture].into_iter().chain(more);
    Some(words.collect::<Vec<_>>().join("/"))
}

/// An annotation of a descriptor.
pub(super) fn annotation<'v>(descriptor: &'v Value, key: &str) -> Option<&'v str> {
    descriptor["annotations"][key].as_str()
}

/// The manifest that this one attests, by its digest (BuildKit, "Image attestation storage").
pub(super) fn attests(descriptor: &Value) -> Option<&str> {
    let kind = annotation(descriptor, "vnd.docker.reference.type")?;
    let of = annotation(descriptor, "vnd.docker.reference.digest")?;
    (kind == "attestation-manifest").then_some(of)
}

/// What each manifest of a list is called: by its platform where that tells them apart, else by its number; an attestation by what it attests.
pub(super) fn labels(descriptors: &[Value]) -> Vec<String> {
    let images: Vec<&Value> = descriptors.iter().filter(|one| attests(one).is_none()).collect();
    let platforms: BTreeSet<_> = images.iter().filter_map(|one| platform(one)).collect();
    let apart = images.len() > 1 && platforms.len() == images.len();
    let label = |(number, one): (usize, &Value)| match platform(one).filter(|_| apart) {
        Some(platform) => format!("manifest {platform}"),
        None => format!("manifest {}", number + 1),
    };
    let named: Vec<(Option<&str>, String)> = descriptors
        .iter()
        .enumerate()
        .map(|(number, one)| (one["digest"].as_str(), label((number, one))))
        .collect();
    let of = |(number, one): (usize, &Value)| {
        let Some(wanted) = attests(one) else {
            return named[number].1.clone();
        };
        let attested = named.iter().find(|(digest, _)| *digest == Some(wanted));
        attested.map_or(format!("attestation {}", number + 1), |(_, label)| {
            format!("attestation of {label}")
        })
    };
    descriptors.iter().enumerate().map(of).collect()
}

/// What a layer of an attestation holds, by its predicate.
pub(super) fn predicate(descriptor: &Value) -> Option<&'static str> {
    let kind = annotation(descriptor, "in-toto.io/predicate-type")?;
    match kind {
        _ if kind.contains("spdx.dev") || kind.contains("cyclonedx.org") => Some("SBOM"),
        _ if kind.contains("slsa.dev/provenance") => Some("provenance"),
        _ => None,
    }
}

/// The places of descriptors, by digest.
pub(super) fn by_digest(descriptors: &[Value]) -> BTreeMap<&str, usize> {
    let all = descriptors.iter().enumerate();
    all.filter_map(|(at, one)| Some((one["digest"].as_str()?, at)))
        .collect()
}
