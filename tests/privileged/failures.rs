//! Builds that fail as a first try does: each is told with its way out, and what only looks alike is not.

use crate::support::{assert_build_report, git, missing};
use serde_json::Value;
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Output, Stdio},
};

fn repro(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_repro"));
    command.args(["build", "--artifact", "out"]).args(arguments);
    command.current_dir(folder).stdin(Stdio::null());
    command
        .env("TERM", "xterm")
        .env("KIT_HOME", "/opt/kit")
        .output()
        .unwrap()
}

/// What is told of the only run of a command: the ids of usual failures.
fn told(folder: &Path, options: &[&str], command: &str) -> Vec<String> {
    let all = [&["--vary", "control", "--format", "json"], options, &["--", command]].concat();
    let output = repro(folder, &all);
    assert_eq!(
        output.status.code(),
        Some(2),
        "{command}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let report = assert_build_report(&output.stdout);
    let hints = report["runs"][0]["failure"]["hints"].as_array().unwrap();
    hints
        .iter()
        .map(|hint| hint["id"].as_str().unwrap().to_owned())
        .collect()
}

/// A repository with a program that git ignores.
fn tree() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    git(at, &["init", "-q"]);
    fs::write(at.join(".gitignore"), "node_modules\n").unwrap();
    fs::write(at.join("source"), "source").unwrap();
    fs::create_dir_all(at.join("node_modules/.bin")).unwrap();
    let tool = at.join("node_modules/.bin/tool");
    fs::write(&tool, "#!/bin/sh\necho made > out\n").unwrap();
    fs::set_permissions(&tool, fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

const CONTROL: &str = "Source: x\nMaintainer: A <a@example.org>\nBuild-Depends: no-such-package-at-all\n\nPackage: x\nArchitecture: all\n";

#[test]
fn usual_failures_are_told() {
    let folder = tree();
    let at = folder.path();
    fs::create_dir(at.join("debian")).unwrap();
    fs::write(at.join("debian/control"), CONTROL).unwrap();
    let clone = "git clone https://example.org/x.git";
    let python = "python3 -c 'import urllib.request as r; r.urlopen(\"http://example.org\")'";
    for (needs, options, command, id) in [
        ("git", &[][..], clone, "no-network"),
        ("python3", &[], python, "no-network"),
        ("sh", &[], "PATH=$PATH:node_modules/.bin; tool", "ignored-file"),
        ("sh", &[], "node_modules/.bin/tool", "ignored-file"),
        (
            "make",
            &[],
            "printf 'out:\\n\\tno-such-program $@\\n' > Makefile; make",
            "missing-program",
        ),
        ("sh", &[], "echo made > ../x_1_all.deb", "artifact-beside-tree"),
        ("sh", &[], "mkdir dist; echo made > dist/x.tar", "artifact-elsewhere"),
        ("sh", &[], "mkdir /usr/share/x", "read-only"),
        (
            "sh",
            &["--disk-limit", "2M"],
            "head -c 9000000 /dev/zero > out",
            "no-space",
        ),
        ("dpkg-checkbuilddeps", &[], "dpkg-checkbuilddeps", "missing-dependency"),
        ("sh", &[], ": \"${KIT_HOME:?is not set}\"", "variable"),
    ] {
        if !missing(&[needs]) {
            assert_eq!(told(at, options, command), [id], "{command}");
        }
    }
}

#[test]
fn what_only_looks_alike_is_not() {
    let folder = tree();
    let at = folder.path();
    let later = "git clone https://example.org/x.git; seq 50; echo 'x.c:1: error: bad' >&2; exit 1";
    for (options, command) in [
        (&[][..], later),
        (&[], "echo 'hostname: Name or service not known' >&2; exit 1"),
        (
            &[],
            "command -v no-such-program || echo 'no-such-program: not found, going on'; exit 3",
        ),
        (&["--all-files"], "node_modules/.bin/no-such-tool; exit 1"),
        (&["--env", "KIT_HOME"], "echo 'KIT_HOME is not set'; exit 1"),
        (&[], "echo made > ../x.deb; exit 1"),
    ] {
        assert!(told(at, options, command).is_empty(), "{command}");
    }
    // With what is told, it works.
    let works = repro(
        at,
        &["--vary", "control", "--all-files", "--", "node_modules/.bin/tool"],
    );
    assert!(works.status.success());
    let works = repro(
        at,
        &[
            "--vary",
            "control",
            "--artifact",
            "../*.deb",
            "--",
            "echo made > ../x.deb; echo made > out",
        ],
    );
    assert!(works.status.success());
}

#[test]
fn the_log_is_kept_where_it_is_asked_for() {
    let folder = tree();
    let at = folder.path();
    let command = "seq 1 100; echo 'x.c:1: error: bad' >&2; seq 101 160; exit 1";
    let output = repro(
        at,
        &[
            "--build-log",
            "logs/all",
            "--keep",
            "kept",
            "--vary",
            "control",
            "--",
            command,
        ],
    );
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("\n  what looks like the error\n    x.c:1: error: bad\n  the last lines\n    121\n"),
        "{text}"
    );
    assert!(text.contains("\n  the whole log: logs/all (161 lines)\n"), "{text}");
    let log = fs::read_to_string(at.join("logs/all")).unwrap();
    assert!(log.starts_with("1\n2\n") && log.ends_with("\n160\n"));
    assert_eq!(fs::read_to_string(at.join("kept/run-1.log")).unwrap(), log);
    let output = repro(at, &["--vary", "control", "--", command]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("the whole log has 161 lines: --build-log FILE writes it"),
        "{text}"
    );
    // Of a build that does not fail, the first run's.
    assert!(
        repro(
            at,
            &[
                "--build-log",
                "fine",
                "--vary",
                "control",
                "--",
                "echo fine; echo x > out"
            ]
        )
        .status
        .success()
    );
    assert_eq!(fs::read_to_string(at.join("fine")).unwrap(), "fine\n");
}

/// The pin that a build can't bear, and whether a run with that one freed succeeds.
fn guilty(at: &Path, command: &str) -> Value {
    let output = repro(at, &["--format", "json", "--variations", "umask", "--", command]);
    assert_eq!(output.status.code(), Some(2));
    let report = assert_build_report(&output.stdout);
    assert_eq!(report["verdict"], "build-fails");
    let pins = report["pins"].clone();
    if let Some(name) = pins["guilty"]["name"].as_str() {
        let again = repro(at, &["--vary", "control", "--unpin", name, "--", command]);
        assert!(
            again.status.success(),
            "{name}: {}",
            String::from_utf8_lossy(&again.stdout)
        );
        let text = String::from_utf8(repro(at, &["--variations", "umask", "--", command]).stdout).unwrap();
        let said = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            said.contains(&format!("the control environment's {name} breaks this build")),
            "{text}"
        );
    }
    pins
}

#[test]
fn what_of_the_control_breaks_a_build_is_found() {
    let folder = tree();
    let at = folder.path();
    // A loop that waits for the clock; a program that traces itself; what asks for a terminal.
    let clock = "python3 -c 'import time\nt = time.time()\nn = 0\nwhile time.time() - t < 0.05 and n < 2000: n += 1 + 0 * sum(range(3000))\nexit(n == 2000)' && echo x > out";
    let tracing = "python3 -c 'import ctypes; exit(ctypes.CDLL(None).ptrace(0, 0, 0, 0) != 0)' && echo x > out";
    for (needs, command, name) in [
        ("python3", clock, "clock"),
        ("python3", tracing, "tracing"),
        ("sh", "test \"$TERM\" != dumb && echo x > out", "terminal"),
    ] {
        if !missing(&[needs]) {
            let pins = guilty(at, command);
            assert_eq!(pins["guilty"]["name"], name, "{pins}");
            assert_eq!(pins["guilty"]["alone"], true, "{pins}");
        }
    }
    assert_eq!(guilty(at, "exit 1")["guilty"], Value::Null);
}

#[test]
fn what_is_not_pinned_is_asked_for_by_name() {
    let folder = tree();
    for (arguments, says) in [
        (
            &["--vary", "control", "--unpin", "clok", "--", "x"][..],
            "nothing that is pinned is called \"clok\"",
        ),
        (
            &["--vary", "time", "--unpin", "clock", "--", "x"],
            "--unpin takes --vary control",
        ),
        (&["--unpin", "clock", "--", "x"], "--vary"),
    ] {
        let output = repro(folder.path(), arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(2) && said.contains(says), "{said}");
    }
}
