//! Three builds where that is enough, and what is said of each fix that was tried.

use crate::support::{assert_build_report, missing, said};
use serde_json::Value;
use std::{
    fs,
    path::Path,
    process::{Command, Output, Stdio},
};

fn repro(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_repro"));
    command.arg("build").args(arguments).current_dir(folder);
    command.stdin(Stdio::null()).output().unwrap()
}

fn words(found: &Value) -> Vec<&str> {
    found
        .as_array()
        .unwrap()
        .iter()
        .map(|word| word.as_str().unwrap())
        .collect()
}

#[test]
fn quick_is_three_builds() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::write(at.join("source"), "x").unwrap();
    let same = repro(at, &["--quick", "--artifact", "out", "--", "cp source out"]);
    let text = said(&same);
    assert_eq!(same.status.code(), Some(0), "{text}");
    assert!(
        text.contains("reproducible as far as tested: ") && text.contains("\n3 runs, "),
        "{text}"
    );
    let arguments = [
        "--quick",
        "--format",
        "json",
        "--artifact",
        "out",
        "--",
        "date > out; umask >> out",
    ];
    let differs = repro(at, &arguments);
    assert_eq!(differs.status.code(), Some(1), "{}", said(&differs));
    let report = assert_build_report(&differs.stdout);
    assert_eq!(
        (&report["plan"]["quick"], report["runs"].as_array().unwrap().len()),
        (&Value::Bool(true), 3)
    );
    assert_eq!(report["guilty"].as_array().unwrap().len(), 1);
    assert!(words(&report["guilty"][0]["variations"]).len() > 20);
    assert!(report["replay"].as_str().unwrap().contains("--quick"));
    assert!(!report["runs"][2]["replay"].as_str().unwrap().contains("--quick"));
}

/// gzip's time is mended by one variable, ar's by another; nothing mends a date.
#[test]
fn each_artifact_has_its_fix() {
    if missing(&["gcc", "ar", "gzip"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::write(at.join("x.c"), "int x;\n").unwrap();
    let command = "gcc -c x.c && ar rcU x.a x.o && tar cf x.tar x.c && date > x.date";
    let arguments = [
        "--try-fixes",
        "--variations",
        "mtime,time",
        "--artifact",
        "x.a",
        "--artifact",
        "x.tar",
        "--artifact",
        "x.date",
        "--format",
        "json",
        "--",
        command,
    ];
    let done = repro(at, &arguments);
    assert_eq!(done.status.code(), Some(1), "{}", said(&done));
    let report = assert_build_report(&done.stdout);
    let guilty = report["guilty"].as_array().unwrap();
    let all: Vec<&Value> = guilty.iter().flat_map(|set| set["fixes"].as_array().unwrap()).collect();
    let mends = |name: &str, artifact: &str| {
        all.iter()
            .any(|fix| fix["name"] == name && words(&fix["mends"]).contains(&artifact))
    };
    assert!(mends("tar --mtime", "x.tar"), "{all:#?}");
    assert!(
        !all.iter()
            .any(|fix| words(&fix["mends"]).contains(&"x.date") && fix["name"] != "SOURCE_DATE_EPOCH"),
        "{all:#?}"
    );
    // Each fix says of each artifact what it did.
    for set in guilty {
        for fix in set["fixes"].as_array().unwrap() {
            let told = words(&fix["mends"]).len() + words(&fix["leaves"]).len();
            assert_eq!(told, words(&set["artifacts"]).len(), "{fix}");
        }
    }
    let text: Vec<&str> = arguments
        .iter()
        .copied()
        .filter(|word| !["--format", "json"].contains(word))
        .collect();
    let text = said(&repro(at, &text)).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("tried for x.tar: tar --mtime"), "{text}");
    assert!(text.contains("do not help: nothing that is known helps"), "{text}");
}

#[test]
fn tools_that_ran_say_what_they_offer() {
    if missing(&["go"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::write(at.join("go.mod"), "module example.org/x\n\ngo 1.16\n").unwrap();
    fs::write(at.join("main.go"), "package main\n\nfunc main() { println(\"x\") }\n").unwrap();
    let found = repro(at, &["--variations", "build_path"]);
    let text = said(&found);
    assert_eq!(found.status.code(), Some(1), "{text}");
    assert!(
        text.contains("\n  with go: go build -trimpath (or GOFLAGS=-trimpath)\n"),
        "{text}"
    );
    let found = repro(
        at,
        &[
            "--variations",
            "build_path",
            "--artifact",
            "_out",
            "--",
            "go build -trimpath -o _out/ ./...",
        ],
    );
    assert_eq!(found.status.code(), Some(0), "{}", said(&found));
}
