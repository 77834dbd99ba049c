//! `--record-a` and `--record-b`: what two builds are known to have differed by.

use crate::support::{Schema, assert_build_report, assert_gate_report};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::{fs, path::Path, process::Command};

struct Done {
    code: Option<i32>,
    out: String,
    err: String,
}

fn repro(folder: &Path, arguments: &[&str]) -> Done {
    let output = Command::new(env!("CARGO_BIN_EXE_repro"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    Done {
        code: output.status.code(),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

fn diff(folder: &Path, more: &[&str]) -> Done {
    let all = [
        &["diff", "a", "b", "--record-a", "a.record", "--record-b", "b.record"],
        more,
    ]
    .concat();
    repro(folder, &all)
}

fn json(done: &Done) -> Value {
    let report: Value = serde_json::from_str(&done.out).unwrap_or_else(|_| panic!("{}", done.err));
    if let Err(error) = Schema::new(repro::schemas::DIFF).check(&report) {
        panic!("{error}");
    }
    report
}

/// A pair with its records.
fn pair(files: [&[u8]; 2], records: [&str; 2]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in [
        ("a", files[0]),
        ("b", files[1]),
        ("a.record", records[0].as_bytes()),
        ("b.record", records[1].as_bytes()),
    ] {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

fn buildinfo(date: &str, path: &str, more: &str) -> String {
    format!(
        "Format: 1.0\nSource: hello\nBuild-Architecture: amd64\nBuild-Date: {date}\nBuild-Path: {path}\n{more}Environment:\n LANG=\"C.UTF-8\"\n"
    )
}

fn debian() -> [String; 2] {
    [
        buildinfo("Tue, 14 Nov 2023 22:13:20 +0000", "/build/hello-aaa", ""),
        buildinfo("Thu, 01 Feb 2024 12:34:56 +0000", "/home/me/hello", ""),
    ]
}

fn own(host: &str, path: &str, clock: i64) -> String {
    format!(
        r#"{{"schema_version": 1, "environment": {{}}, "packages": {{}}, "artifacts": {{}},
        "told": {{"hostname": "{host}", "build_path": "{path}", "clock": [{clock}, {clock}]}}}}"#
    )
}

/// A text whose every difference both records know.
const TEXT: [&[u8]; 2] = [
    b"Built: 2023-11-14 22:10:00\nfrom /build/hello-aaa/src/x.c\nsame\n",
    b"Built: 2024-02-01 12:00:00\nfrom /home/me/hello/src/x.c\nsame\n",
];

/// Warrants of findings that are no hints, by cause.
fn warrants(report: &Value) -> Vec<(String, String)> {
    let findings = report["findings"].as_array().unwrap().iter();
    let firm = findings.filter(|finding| finding["confidence"] != "possible");
    firm.map(|finding| {
        let word = |key: &str| finding[key].as_str().unwrap_or("none").to_owned();
        (word("cause"), word("warrant"))
    })
    .collect()
}

fn vouched(report: &Value, side: usize) -> Vec<String> {
    let values = report["records"][side]["vouched"].as_array().unwrap().iter();
    values.map(|one| one["kind"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_both_records_know_is_explained() {
    let [a, b] = debian();
    let folder = pair(TEXT, [&a, &b]);
    let done = diff(folder.path(), &["--format", "json"]);
    let report = json(&done);
    assert_eq!(
        (done.code, &report["verdict"]),
        (Some(1), &Value::from("explained")),
        "{}",
        done.out
    );
    let all = warrants(&report);
    assert!(all.iter().all(|(_, warrant)| warrant == "record"), "{all:?}");
    assert_eq!(vouched(&report, 0), ["clock", "build-path"]);
    assert_eq!(vouched(&report, 1), ["clock", "build-path"]);
    let text = diff(folder.path(), &[]).out;
    assert!(
        text.contains("record a  a.record (Debian .buildinfo): vouches for clock")
            && text.contains("build path /home/me/hello (1 time)"),
        "{text}"
    );
}

#[test]
fn without_records_nothing_is_known() {
    let [a, b] = debian();
    let folder = pair(TEXT, [&a, &b]);
    let report = json(&repro(folder.path(), &["diff", "a", "b", "--format", "json"]));
    assert_eq!(report["records"], Value::Array(Vec::new()));
    assert!(
        warrants(&report).iter().all(|(_, warrant)| warrant == "none"),
        "{report}"
    );
}

#[test]
fn a_value_that_is_not_the_records_has_no_warrant() {
    let [a, b] = debian();
    for (from, to) in [
        ("/home/me/hello/src", "/home/me/evil/src"),
        ("2024-02-01 12:00:00", "2024-02-01 12:34:57"),
        ("/home/me/hello/src/x.c", "/home/me/hello/../x.c"),
    ] {
        let changed = String::from_utf8_lossy(TEXT[1]).replace(from, to);
        let folder = pair([TEXT[0], changed.as_bytes()], [&a, &b]);
        let report = json(&diff(folder.path(), &["--format", "json"]));
        assert_ne!(report["verdict"], "explained", "{to}: {report}");
    }
}

#[test]
fn known_names_are_found_in_opaque_bytes() {
    let (a, b) = (
        own("control", "/b/a", 1_700_000_000),
        own("another-machine", "/b/b", 1_706_790_896),
    );
    let bytes = |host: &str, at: u32| {
        [
            b"\x00\x9f\x92\xfe",
            &at.to_le_bytes()[..],
            b"\xff\x01\0",
            host.as_bytes(),
            b"\0\xfe\xfd",
        ]
        .concat()
    };
    let folder = pair(
        [
            &bytes("control", 1_700_000_000),
            &bytes("another-machine", 1_706_790_896),
        ],
        [&a, &b],
    );
    let report = json(&diff(folder.path(), &["--format", "json"]));
    assert_eq!(report["verdict"], "explained", "{report}");
    let causes: Vec<String> = warrants(&report).into_iter().map(|(cause, _)| cause).collect();
    assert!(
        causes.contains(&"hostname".to_owned()) && causes.contains(&"embedded-timestamp".to_owned()),
        "{causes:?}"
    );
    let folder = pair(
        [
            &bytes("control", 1_700_000_000),
            &bytes("another-machin3", 1_706_790_896),
        ],
        [&a, &b],
    );
    let report = json(&diff(folder.path(), &["--format", "json"]));
    assert_eq!(report["verdict"], "different", "{report}");
}

#[test]
fn a_value_that_is_nowhere_is_noted() {
    let a = own("one-host", "/build/hello-aaa", 1_700_000_000);
    let b = own("two-host", "/home/me/hello", 1_706_745_600);
    let folder = pair(
        [b"Built: 2023-11-14 22:13:20\n", b"Built: 2024-02-01 00:00:00\n"],
        [&a, &b],
    );
    let report = json(&diff(folder.path(), &["--format", "json"]));
    assert_eq!(vouched(&report, 0), ["clock"], "{report}");
    // Nothing here asks for a host or a path.
    assert_eq!(report["records"][0]["notes"], Value::Array(Vec::new()));
    let folder = pair(TEXT, [&own("h", "/build/hello-aaa", 5), &own("i", "/home/me/hello", 6)]);
    let report = json(&diff(folder.path(), &["--format", "json"]));
    let note = report["records"][0]["notes"][0].as_str().unwrap();
    assert!(
        note.contains("clock 1970-01-01T00:00:05Z is nowhere among what differs in a"),
        "{note}"
    );
}

#[track_caller]
fn refused(done: &Done, says: &[&str]) {
    assert_eq!(done.code, Some(2), "{}\n{}", done.out, done.err);
    for part in says {
        assert!(done.err.contains(part), "{}\nnot {part}", done.err);
    }
}

#[test]
fn what_is_no_record_is_refused() {
    let [a, b] = debian();
    for (record, says) in [
        ("", "b.record:1: "),
        ("hello\n", "begins no record"),
        ("{\"schema_version\": 1}", "missing field"),
        (
            "Format: 1.0\nBuild-Date: soon\nEnvironment:\n",
            "b.record:2: Build-Date",
        ),
    ] {
        let folder = pair(TEXT, [&a, record]);
        refused(&diff(folder.path(), &[]), &["b.record:", says]);
    }
    let folder = pair(TEXT, [&a, &b]);
    fs::write(folder.path().join("b.record"), b"\xff\xfe\0").unwrap();
    refused(&diff(folder.path(), &[]), &["b.record: not UTF-8"]);
    fs::remove_file(folder.path().join("b.record")).unwrap();
    refused(&diff(folder.path(), &[]), &["b.record: "]);
    fs::create_dir(folder.path().join("b.record")).unwrap();
    refused(&diff(folder.path(), &[]), &["b.record: "]);
    refused(
        &repro(folder.path(), &["diff", "a", "b", "--record-a", "a.record"]),
        &["--record-b"],
    );
}

#[test]
fn records_of_the_other_side_are_refused() {
    let [a, b] = debian();
    let folder = pair(TEXT, [&b, &a]);
    refused(&diff(folder.path(), &[]), &["swapped", "is in a"]);
}

#[test]
fn a_record_that_contradicts_the_artifact_is_refused() {
    let digest = |bytes: &[u8]| {
        Sha256::digest(bytes)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    let lists = |sha256: &str, name: &str| format!("Checksums-Sha256:\n {sha256} 1 {name}\n");
    let with = |more: [String; 2]| {
        [
            buildinfo("Tue, 14 Nov 2023 22:13:20 +0000", "/build/hello-aaa", &more[0]),
            buildinfo("Thu, 01 Feb 2024 12:34:56 +0000", "/home/me/hello", &more[1]),
        ]
    };
    let [x, y] = TEXT.map(digest);
    let [a, b] = with([lists(&x, "dist/a"), lists(&y, "b")]);
    let folder = pair(TEXT, [&a, &b]);
    assert_eq!(diff(folder.path(), &[]).code, Some(1));
    let [a, b] = with([lists(&x, "a"), lists(&digest(b"another"), "b")]);
    let folder = pair(TEXT, [&a, &b]);
    refused(
        &diff(folder.path(), &[]),
        &["b.record", "line 7: Checksums-Sha256", &y[..16]],
    );
    let [a, b] = with([lists(&y, "hello.deb"), lists(&x, "hello.deb")]);
    let folder = pair(TEXT, [&a, &b]);
    refused(&diff(folder.path(), &[]), &["a.record", "line 7", "swapped"]);
    let subject = format!(
        r#"{{"_type": "https://in-toto.io/Statement/v1", "predicateType": "https://slsa.dev/provenance/v1", "predicate": {{}},
        "subject": [{{"name": "dist/b", "digest": {{"sha256": "{}"}}}}]}}"#,
        digest(b"another")
    );
    let folder = pair(TEXT, [&debian()[0], &subject]);
    refused(&diff(folder.path(), &[]), &["subject[0].digest.sha256"]);
}

#[test]
fn a_gate_takes_the_references_record_and_the_artifacts() {
    let [a, b] = debian();
    let folder = pair(TEXT, [&a, &b]);
    let at = folder.path();
    for name in ["dist", "ref"] {
        fs::create_dir(at.join(name)).unwrap();
        fs::write(at.join(name).join("app"), TEXT[0]).unwrap();
    }
    fs::write(at.join("repro.toml"), "[gate]\nartifacts = ['dist/*']\n").unwrap();
    assert_eq!(repro(at, &["lock"]).code, Some(0));
    fs::write(at.join("dist/app"), TEXT[1]).unwrap();
    let gate = |x: &str, y: &str| {
        let all = ["gate", "--no-rebuild", "--format", "json", "--reference", "ref"];
        repro(at, &[&all[..], &["--record-a", x, "--record-b", y]].concat())
    };
    let report = assert_gate_report(gate("a.record", "b.record").out.as_bytes());
    let artifact = &report["artifacts"][0];
    assert_eq!(vouched(artifact, 0), ["clock", "build-path"], "{report}");
    assert!(
        warrants(artifact).iter().all(|(_, warrant)| warrant == "record"),
        "{report}"
    );
    refused(&gate("b.record", "a.record"), &["dist/app", "swapped"]);
}

#[test]
fn a_guilty_variation_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source");
    fs::create_dir(&source).unwrap();
    fs::write(source.join("text"), "one\n").unwrap();
    // No form says that this is a path of the build.
    let command = "printf 'x\\001%s\\002' \"$PWD\" > made";
    let done = repro(
        &source,
        &[
            "build",
            "--format",
            "json",
            "--artifact",
            "made",
            "--variations",
            "build_path",
            "--",
            command,
        ],
    );
    let report = assert_build_report(done.out.as_bytes());
    if report["not_tested"]
        .as_array()
        .unwrap()
        .iter()
        .any(|not| not["name"] == "build_path")
    {
        return;
    }
    let guilty = &report["guilty"][0];
    assert_eq!(guilty["variations"][0], "build_path", "{report}");
    assert_eq!(guilty["findings"][0]["cause"], "build-path", "{report}");
    assert_eq!(guilty["findings"][0]["warrant"], "record", "{report}");
    assert_eq!(guilty["unexplained"], Value::Array(Vec::new()));
}
