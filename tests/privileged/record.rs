//! `repro build --record` and `--against`: what a real build was made with, and what has changed since.

use crate::support::{Schema, assert_build_report};
use serde_json::Value;
use std::{fs, path::Path, process::Command};

const SECRET: &str = "correct-horse-battery-staple";

struct Done {
    code: Option<i32>,
    out: Vec<u8>,
    err: String,
}

fn build(folder: &Path, more: &[&str]) -> Done {
    let output = Command::new(env!("CARGO_BIN_EXE_repro"))
        .args([
            "build",
            "--format",
            "json",
            "--artifact",
            "made",
            "--variations",
            "umask",
            "--clock",
            "@1700000000",
        ])
        .args([
            "--env",
            "PATH=/usr/bin:/bin",
            "--env",
            "GREETING=hello",
            "--secret",
            "PASSWORD",
        ])
        .args(more)
        .args(["--", "cat text /etc/os-release > made"])
        .current_dir(folder)
        .env("PASSWORD", SECRET)
        .output()
        .unwrap();
    Done {
        code: output.status.code(),
        out: output.stdout,
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

fn source() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("source")).unwrap();
    fs::write(folder.path().join("source/text"), "one\n").unwrap();
    folder
}

fn differences(json: &[u8]) -> Vec<String> {
    let report = assert_build_report(json);
    let parts = report["against"].as_array().unwrap();
    parts
        .iter()
        .map(|part| part["what"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_build_is_recorded_and_compared() {
    let folder = source();
    let tree = folder.path().join("source");
    for name in ["record.json", "record.buildinfo"] {
        let path = folder.path().join(name);
        let path = path.to_str().unwrap();
        let done = build(&tree, &["--record", path]);
        if done.err.contains("which this machine does not allow") {
            assert_eq!(done.code, Some(2));
            return;
        }
        assert_eq!(done.code, Some(0), "{}", done.err);
        assert_build_report(&done.out);
        let text = fs::read_to_string(path).unwrap();
        assert!(!text.contains(SECRET) && text.contains("GREETING"), "{text}");
        let again = build(&tree, &["--against", path]);
        assert_eq!(differences(&again.out), [""; 0], "{}", again.err);
    }
    let text = fs::read_to_string(folder.path().join("record.json")).unwrap();
    let record: Value = serde_json::from_str(&text).unwrap();
    Schema::new(repro::schemas::RECORD).check(&record).unwrap();
    let opened: Vec<&str> = record["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["path"].as_str().unwrap())
        .collect();
    for program in ["/bin/sh", "/bin/cat"] {
        let real = fs::canonicalize(program).unwrap();
        assert!(
            opened.contains(&real.to_str().unwrap()),
            "{program} is not in {opened:?}"
        );
    }
    assert_eq!(record["secrets"], serde_json::json!(["PASSWORD"]));
    fs::write(tree.join("text"), "two\n").unwrap();
    let path = folder.path().join("record.json");
    let changed = build(&tree, &["--against", path.to_str().unwrap(), "--env", "GREETING=bye"]);
    assert_eq!(
        differences(&changed.out),
        ["source", "variable GREETING", "artifact made"]
    );
}

#[test]
fn a_record_that_cannot_be_read_stops_it() {
    let folder = source();
    let tree = folder.path().join("source");
    fs::write(folder.path().join("bad.json"), "{}").unwrap();
    for (name, error) in [("missing", "No such file or directory"), ("bad.json", "not a record")] {
        let path = folder.path().join(name);
        let done = build(&tree, &["--against", path.to_str().unwrap()]);
        assert_eq!(done.code, Some(2));
        assert!(done.err.contains(error) && done.err.contains(name), "{}", done.err);
    }
}
