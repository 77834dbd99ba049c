//! `repro rebuild --remote`: a published file is built again on a worker.

use super::casd::Casd;
use serde_json::Value;
use std::{fs, path::Path, process::Command};

const COMMAND: &str = "mkdir -p out && cc -c -o out/part.o part.c";

/// Exit status and report of a rebuild of `published`.
fn rebuild(published: &Path, source: &Path, url: &str) -> (i32, Value) {
    let output = Command::new(env!("CARGO_BIN_EXE_repro"))
        .args(["rebuild", "--format", "json", "--tries", "0", "--remote", url])
        .args(["--command", COMMAND, "--artifact", "out/part.o", "--source"])
        .arg(source)
        .arg(published)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.stdout.is_empty(), "{said}");
    assert!(said.contains("blobs were sent"), "{said}");
    (
        output.status.code().unwrap(),
        serde_json::from_slice(&output.stdout).unwrap(),
    )
}

#[test]
fn a_published_file_is_built_again_on_a_worker() {
    let cache = tempfile::tempdir().unwrap();
    let casd = Casd::start(cache.path());
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source");
    fs::create_dir(&source).unwrap();
    fs::write(source.join("part.c"), "int part(void) { return 42; }\n").unwrap();
    let made = Command::new("sh")
        .args(["-c", COMMAND])
        .current_dir(&source)
        .status()
        .unwrap();
    assert!(made.success());
    let published = folder.path().join("part.o");
    fs::rename(source.join("out/part.o"), &published).unwrap();
    fs::remove_dir(source.join("out")).unwrap();

    let (status, report) = rebuild(&published, &source, &casd.url());
    assert_eq!(
        (status, report["verdict"].as_str()),
        (0, Some("identical")),
        "{report:#}"
    );
    let notes = report["notes"].as_array().unwrap();
    assert!(
        notes
            .iter()
            .any(|note| note.as_str().unwrap().contains("remote workers")),
        "{report:#}"
    );

    fs::write(source.join("part.c"), "int part(void) { return 43; }\n").unwrap();
    let (status, report) = rebuild(&published, &source, &casd.url());
    assert_eq!(
        (status, report["verdict"].as_str()),
        (1, Some("different")),
        "{report:#}"
    );

    fs::write(source.join("part.c"), "int part(void) { return }\n").unwrap();
    let (status, report) = rebuild(&published, &source, &casd.url());
    assert_eq!(
        (status, report["verdict"].as_str()),
        (2, Some("not-built")),
        "{report:#}"
    );
    assert!(
        report["failure"].to_string().contains("expected expression"),
        "{report:#}"
    );
}
