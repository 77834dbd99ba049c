//! One image of a layout or of an archive, as skopeo spells them; and that blobs are paired by what they are.

use crate::support;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

fn corpus(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(path)
}

/// What `repro diff` says of two sides: its status, standard output, standard error.
fn diff(a: &str, b: &str) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_repro"))
        .args(["diff", "--format", "json", a, b])
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// A layout with two images that have names, from one that has no name.
fn named(side: &str, folder: &Path) -> PathBuf {
    let (from, to) = (corpus("format/oci/layout").join(side), folder.join(side));
    let copied = Command::new("cp").arg("-R").arg(&from).arg(&to).status();
    assert!(copied.unwrap().success());
    let index = to.join("index.json");
    let mut document: serde_json::Value = serde_json::from_slice(&fs::read(&index).unwrap()).unwrap();
    let mut image = document["manifests"][0].clone();
    let name = |image: &mut serde_json::Value, name: &str| {
        image["annotations"] = serde_json::json!({"org.opencontainers.image.ref.name": name});
    };
    name(&mut document["manifests"][0], "first");
    name(&mut image, side);
    document["manifests"].as_array_mut().unwrap().push(image);
    fs::write(&index, document.to_string()).unwrap();
    to
}

#[test]
fn an_image_of_a_layout_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let [a, b] = ["a", "b"].map(|side| named(side, folder.path()).display().to_string());
    let (status, report, _) = diff(&format!("oci:{a}:first"), &format!("oci:{b}:@0"));
    assert_eq!(status, Some(1));
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["verdict"], "plausible", "{report:#}");
    assert_eq!(report["a"]["path"], format!("oci:{a}:first"));
    let (status, ..) = diff(&format!("oci:{a}:first"), &format!("oci:{a}:a"));
    assert_eq!(status, Some(0));
    let (status, _, error) = diff(&format!("oci:{a}:last"), &format!("oci:{b}:first"));
    assert_eq!(status, Some(2));
    assert!(error.contains("there is no image last; there are first, a"), "{error}");
    let (status, _, error) = diff(&format!("oci:{a}:first"), &b);
    assert_eq!(status, Some(2));
    assert!(error.contains("give two images"), "{error}");
}

#[test]
fn an_image_of_an_archive_is_named() {
    let [a, b] = ["a", "b"].map(|side| corpus(&format!("cause/oci-created/docker-archive/{side}.tar")));
    let (a, b) = (a.display().to_string(), b.display().to_string());
    let (status, report, _) = diff(&format!("docker-archive:{a}:tool:1"), &format!("docker-archive:{b}"));
    assert_eq!(status, Some(1));
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["verdict"], "explained", "{report:#}");
    let (status, _, error) = diff(&format!("docker-archive:{a}:tool:2"), &format!("docker-archive:{b}"));
    assert_eq!(status, Some(2));
    assert!(error.contains("there are docker.io/library/tool:1"), "{error}");
    let (status, _, error) = diff("docker-archive:/tmp", &format!("docker-archive:{b}:tool:1"));
    assert_eq!(status, Some(2), "{error}");
}

#[test]
fn layers_are_paired_by_what_they_are() {
    let pair = |case: &str| ["a", "b"].map(|side| corpus(&format!("format/oci/{case}/{side}.tar.gz")));
    let [a, b] = pair("added-layer");
    let report = support::compare(&a, &b);
    let lone: Vec<_> = report.unexplained.iter().map(|place| place.summary.as_str()).collect();
    assert!(lone.iter().any(|text| text.contains("paired by content")), "{lone:?}");
    // The layer that is on both sides differs in nothing but its times.
    let inside = report.unexplained.iter().filter(|place| place.address.contains("srv/"));
    assert_eq!(inside.count(), 0);
    let [a, b] = pair("moved-layer");
    let report = support::compare(&a, &b);
    let said = report
        .unexplained
        .iter()
        .any(|place| place.summary.contains("paired by history"));
    assert!(said, "{:?}", report.unexplained);
}

#[test]
fn a_blob_is_what_its_digest_says() {
    let [a, b] = ["a", "b"].map(|side| corpus(&format!("tampered/oci-blob-digest-times/{side}.tar.gz")));
    let report = support::compare(&a, &b);
    let said = report
        .unexplained
        .iter()
        .any(|place| place.summary.contains("a blob with the digest"));
    assert!(said, "{:?}", report.unexplained);
}
