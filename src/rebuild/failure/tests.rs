//! Lines of logs: what is told of them, and what only looks alike.

use super::*;
use crate::{
    model::RunOutcome,
    rebuild::{Build, environment::Environment, sandbox::RunResult, variation::tests as variations},
};
use std::{collections::BTreeMap, fs};

fn failed() -> RunResult {
    RunResult {
        outcome: RunOutcome::Failed,
        why: Some("build: exit status 2".to_owned()),
        artifacts: BTreeMap::new(),
        written: BTreeMap::new(),
        real_time: None,
        cpu_seconds: 0.0,
        leftovers: Vec::new(),
        strays: Vec::new(),
        hanging: Vec::new(),
        trace: None,
    }
}

/// What is told of a log, in a tree that has an ignored folder of tools.
fn told(log: &str, change: impl FnOnce(&mut RunResult, &mut Build, &mut bool)) -> BuildFailure {
    let (source, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for path in ["node_modules/.bin/tsc", "node_modules/left/index.js", "tools/gen"] {
        let path = source.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "").unwrap();
    }
    let mut build = Build {
        source: source.path().to_owned(),
        ..variations::build(1, 1_700_000_000)
    };
    let mut result = failed();
    let mut offline = true;
    change(&mut result, &mut build, &mut offline);
    let environment = Environment::control(&build, &variations::machine());
    let scene = Scene {
        lines: lines(log),
        result: &result,
        environment: &environment,
        build: &build,
        copy: copy.path(),
        offline,
    };
    explain(&scene)
}

fn ids(log: &str) -> Vec<&'static str> {
    told(log, |_, _, _| {}).hints.iter().map(|hint| hint.id).collect()
}

#[test]
fn usual_failures() {
    for (log, id) in [
        (
            "fatal: unable to access 'https://x/': Could not resolve host: x",
            "no-network",
        ),
        ("npm ERR! request failed, reason: getaddrinfo EAI_AGAIN x", "no-network"),
        (
            "go: x@v1.0.0: Get \"https://x\": dial tcp: lookup x: connection refused",
            "no-network",
        ),
        ("sh: 1: tsc: not found", "ignored-file"),
        ("sh: line 1: tsc: command not found", "ignored-file"),
        ("make: ./tools/gen: No such file or directory", "ignored-file"),
        ("Error: Cannot find module 'left'", "ignored-file"),
        (
            "dpkg-checkbuilddeps: error: Unmet build dependencies: bison (>= 2) flex",
            "missing-dependency",
        ),
        (
            "install: cannot create directory '/usr/x': Read-only file system",
            "read-only",
        ),
        (
            "cc1: fatal error: error writing to x: No space left on device",
            "no-space",
        ),
    ] {
        assert_eq!(ids(log), [id], "{log}");
    }
}

#[test]
fn what_only_looks_alike() {
    let early = format!(
        "curl: (6) Could not resolve host: x\n{}cc: error: x.c: bad",
        "compiling\n".repeat(50)
    );
    for log in [
        "hostname: Name or service not known",
        "checking for tsc... not found",
        "x.c:3: error: could not resolve hostile",
        // The build went on without it, and failed later.
        &early,
        "sh: 1: another: not found",
        "make: /etc/x: No such file or directory",
        "cat: ../../x: No such file or directory",
        "",
    ] {
        assert!(ids(log).is_empty(), "{log}: {:?}", ids(log));
    }
    let online = told("curl: (6) Could not resolve host: x", |_, _, offline| *offline = false);
    assert!(online.hints.is_empty());
    let all = told("sh: 1: tsc: not found", |_, build, _| build.all_files = true);
    assert!(all.hints.is_empty());
}

#[test]
fn nothing_of_that_name_was_made() {
    let none = |result: &mut RunResult| result.why = Some("no artifact: after the build, nothing matches x".to_owned());
    let beside = told("", |result, _, _| {
        none(result);
        result.strays = vec![
            "/build/x_1.0_amd64.deb".to_owned(),
            "/build/x_1.0_amd64.changes".to_owned(),
        ];
    });
    assert_eq!(beside.hints[0].id, "artifact-beside-tree");
    assert!(beside.hints[0].fix.starts_with("--artifact '../*.deb'"), "{beside:?}");
    let written = |result: &mut RunResult| {
        for path in ["out/x.tar", "x.o", ".cache/y"] {
            result.written.insert(path.to_owned(), String::new());
        }
    };
    let elsewhere = told("", |result, _, _| {
        none(result);
        written(result);
    });
    assert_eq!(elsewhere.hints[0].fix, "name what it makes, as --artifact out/x.tar");
    // A build that failed by itself has files, too.
    assert!(told("", |result, _, _| written(result)).hints.is_empty());
}

#[test]
fn lines_that_look_like_the_error() {
    let log = "cc -Werror -c x.c -o x.o\n\u{1b}[31mx.c:3:1: error: expected ';'\u{1b}[0m\nfound 0 errors\n 10%\r100%\nmake: *** [x.o] Error 1\n";
    let found = told(log, |_, _, _| {});
    assert_eq!(
        found.errors,
        ["x.c:3:1: error: expected ';'", "make: *** [x.o] Error 1"]
    );
    assert_eq!((found.lines, lines(log)[3].as_str()), (5, "100%"));
}

#[test]
fn a_program_that_is_nowhere() {
    let found = told("sh: 1: bison: not found\nmake: *** [x] Error 127", |_, _, _| {});
    assert_eq!(found.hints[0].id, "missing-program");
    assert_eq!(
        found.hints[0].what,
        "there is no program bison where a build looks for one"
    );
}
