//! Pipes that are named on the command line.

use std::{
    fs,
    path::Path,
    process::{Command, Output, Stdio},
};

fn sh(folder: &Path, script: &str) -> Output {
    Command::new("sh")
        .args(["-c", script])
        .env("repro", env!("CARGO_BIN_EXE_repro"))
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [("one", "the same"), ("same", "the same"), ("other", "not the same")] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    for pipe in ["p", "q"] {
        nix::unistd::mkfifo(&folder.path().join(pipe), nix::sys::stat::Mode::S_IRWXU).unwrap();
    }
    folder
}

#[test]
fn diff_reads_a_pipe_once() {
    let folder = folder();
    for (script, status, says) in [
        ("cat one >p & cat same >q & $repro diff p q", 0, ""),
        ("tee p <one >q & $repro diff p q", 0, ""),
        ("cat one >p & $repro diff other p", 1, ""),
        ("cat one | $repro diff - same", 0, ""),
        ("cat one | $repro diff same /dev/stdin", 0, ""),
        ("$repro diff p p", 2, "p and p: a pipe can be one side only"),
        (
            "cat one | $repro diff /dev/fd/0 /dev/stdin",
            2,
            "a pipe can be one side only",
        ),
        (
            "cat one | $repro diff /dev/stdin -",
            2,
            "standard input can be one side only",
        ),
        ("$repro diff - -", 2, "- and -: standard input can be one side only"),
        ("$repro diff /dev/full one", 2, "/dev/full: not a regular file"),
    ] {
        let output = sh(folder.path(), script);
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{script}\n{told}");
        assert!(told.contains(says), "{script}\n{told}");
    }
}

#[test]
fn hash_reads_a_pipe_once() {
    let folder = folder();
    let list = |script: &str| String::from_utf8(sh(folder.path(), script).stdout).unwrap();
    let one = list("$repro hash one");
    assert!(one.ends_with("  one\n"), "{one}");
    let named = |name: &str| one.replace("  one", &format!("  {name}"));
    assert_eq!(list("cat one >p & $repro hash p"), named("p"));
    assert_eq!(list("cat one >p & $repro hash p one"), one.clone() + &named("p"));
    assert_eq!(list("cat one | $repro hash /dev/stdin"), named("/dev/stdin"));
    assert_eq!(list("cat one | $repro hash -"), named("-"));
    for (script, says) in [
        ("$repro hash p p", "p: a pipe can be read once only"),
        ("$repro hash - one", "standard input stands alone"),
    ] {
        let output = sh(folder.path(), script);
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{script}\n{told}");
        assert!(told.contains(says), "{script}\n{told}");
    }
    // Only what is named is meant.
    assert_eq!(list("rm q; mkdir d; mv p d; cp one d; $repro hash d"), named("d/one"));
}
