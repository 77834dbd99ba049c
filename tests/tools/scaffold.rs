//! What `corpus/new` begins compiles, is laid out as rustfmt has it, and writes over nothing.

use crate::support::{root, target};
use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

/// What a library needs to be compiled, and the pages and cases that the scaffold reads.
const SOURCES: &[&str] = &[
    ".cargo",
    "CONTRIBUTING.md",
    "Cargo.lock",
    "Cargo.toml",
    "clippy.toml",
    "corpus/lint",
    "corpus/new",
    "rustfmt.toml",
    "src",
    // What Cargo.toml names, and a module of src's tests.
    "tests/remote",
    "tests/support",
];

/// A copy of the sources.
fn copy() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new("cp");
    command.args(["-r", "--parents"]).args(SOURCES).arg(folder.path());
    let done = command.current_dir(root()).status();
    assert!(done.unwrap().success());
    folder
}

/// Runs a command in the copy, which must succeed.
#[track_caller]
fn succeeds(folder: &Path, command: &[&str]) -> Output {
    let mut done = Command::new(command[0]);
    let done = done.args(&command[1..]).current_dir(folder).output().unwrap();
    assert!(
        done.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&done.stderr)
    );
    done
}

#[test]
fn one_of_each_compiles() {
    let copy = copy();
    let at = copy.path();
    succeeds(at, &["corpus/new", "cause", "my-cause"]);
    succeeds(at, &["corpus/new", "format", "myformat"]);
    succeeds(at, &["corpus/new", "lint", "go", "my-rule"]);
    succeeds(at, &["corpus/new", "lint", "perl", "other-rule"]);
    for id in [
        "cause/my-cause/case/recipe",
        "format/myformat/changed/a.myformat",
        "lint/go-my-rule",
        "lint/pl-other-rule",
    ] {
        assert!(at.join("corpus").join(id).exists(), "{id}");
    }
    let cause = fs::read_to_string(at.join("src/cause/mod.rs")).unwrap();
    assert!(cause.contains("mod my_cause;\n") && cause.contains("    &my_cause::MyCause,\n"));
    succeeds(at, &["cargo", "fmt", "--check"]);
    // In the folder of this build, so that dependencies are compiled once.
    let target = target();
    let target = target.to_str().unwrap();
    succeeds(at, &["cargo", "check", "--locked", "--lib", "--target-dir", target]);
}

#[test]
fn what_is_there_is_kept() {
    let copy = copy();
    let at = copy.path();
    let before = fs::read(at.join("src/cause/hostname.rs")).unwrap();
    for wrong in [
        &["cause", "hostname"][..],
        &["format", "gzip"],
        &["format", "two-words"],
        &["lint", "go", "now"],
        &["lint", "cobol", "my-rule"],
        &["cause", "../x"],
        &["cause"],
        &[],
    ] {
        let done = Command::new(at.join("corpus/new")).args(wrong).output().unwrap();
        assert!(!done.status.success(), "{wrong:?}");
    }
    assert_eq!(fs::read(at.join("src/cause/hostname.rs")).unwrap(), before);
    let registry = |root: &Path| fs::read(root.join("src/cause/mod.rs")).unwrap();
    assert_eq!(registry(at), registry(root()));
}
