//! `repro lock` and `repro gate` on real artifacts and real builds: states, policy, references, exit statuses.

mod attacks;
mod hostile;

use crate::support::{assert_gate_report, missing};
use serde_json::Value;
use std::{
    fs,
    path::Path,
    process::{Command, Output, Stdio},
};

fn repro(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_repro"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("GITHUB_ACTIONS")
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

#[track_caller]
fn ends(folder: &Path, arguments: &[&str], status: i32, says: &str) -> Output {
    let output = repro(folder, arguments);
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(output.status.code(), Some(status), "repro {arguments:?}\n{said}");
    assert!(said.contains(says), "repro {arguments:?} says\n{said}\nnot {says:?}");
    assert!(!said.contains("panicked"), "{said}");
    output
}

/// The gate's JSON report, valid by its schema.
#[track_caller]
fn gate(folder: &Path, arguments: &[&str], status: i32) -> Value {
    let all = [&["gate", "--format", "json", "--no-rebuild"], arguments].concat();
    let output = ends(folder, &all, status, "");
    assert_gate_report(&output.stdout)
}

fn state<'r>(report: &'r Value, path: &str) -> &'r str {
    let artifacts = report["artifacts"].as_array().unwrap();
    let found = artifacts.iter().find(|artifact| artifact["path"] == path);
    found.unwrap_or_else(|| panic!("no {path}: {report:#}"))["state"]
        .as_str()
        .unwrap()
}

/// A repository with three locked artifacts, of which one is an archive that `gzip` stamps.
fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::create_dir_all(at.join("dist")).unwrap();
    fs::write(at.join("repro.toml"), "[gate]\nartifacts = ['dist/*']\n").unwrap();
    fs::write(at.join("dist/one"), "1\n").unwrap();
    fs::write(at.join("dist/two"), "2\n").unwrap();
    std::os::unix::fs::symlink("one", at.join("dist/link")).unwrap();
    ends(at, &["lock"], 0, "3 artifacts: 3 added");
    folder
}

#[test]
fn every_state_has_its_verdict() {
    let folder = repository();
    let at = folder.path();
    let report = gate(at, &[], 0);
    assert_eq!(report["verdict"], "pass");
    assert_eq!(report["summary"], "3 as locked");

    fs::write(at.join("dist/one"), "one\n").unwrap();
    fs::remove_file(at.join("dist/two")).unwrap();
    fs::write(at.join("dist/new"), "").unwrap();
    fs::remove_file(at.join("dist/link")).unwrap();
    std::os::unix::fs::symlink("two", at.join("dist/link")).unwrap();
    let report = gate(at, &[], 1);
    assert_eq!(report["verdict"], "reject");
    assert_eq!(state(&report, "dist/one"), "differs");
    assert_eq!(state(&report, "dist/two"), "missing");
    assert_eq!(state(&report, "dist/new"), "extra");
    assert_eq!(state(&report, "dist/link"), "differs");
    assert_eq!(report["summary"], "2 not as locked, 1 missing, 1 not locked");

    // Each of them alone is enough.
    for only in ["dist/one", "dist/two", "dist/new", "dist/link"] {
        assert_eq!(gate(at, &[only], 1)["artifacts"].as_array().unwrap().len(), 1);
    }
    let report = gate(at, &["dist/new", "nothing/*"], 1);
    assert_eq!(state(&report, "nothing/*"), "missing");

    fs::remove_file(at.join("dist/one")).unwrap();
    fs::create_dir(at.join("dist/one")).unwrap();
    let report = gate(at, &[], 2);
    assert_eq!(report["verdict"], "undetermined");
    assert_eq!(state(&report, "dist/one"), "unreadable");
}

#[test]
fn a_lock_is_written_once_and_then_only_changed() {
    let folder = repository();
    let at = folder.path();
    let before = fs::read_to_string(at.join("repro.lock")).unwrap();
    ends(at, &["lock", "--check"], 0, "0 added, 0 changed, 0 removed, 3 same");
    fs::write(at.join("dist/one"), "one\n").unwrap();
    fs::write(at.join("dist/two"), "two\n").unwrap();
    ends(at, &["lock", "--check"], 1, "2 changed");
    assert_eq!(fs::read_to_string(at.join("repro.lock")).unwrap(), before);
    ends(at, &["lock", "dist/one"], 0, "1 changed");
    let report = gate(at, &[], 1);
    assert_eq!(
        (state(&report, "dist/one"), state(&report, "dist/two")),
        ("same", "differs")
    );
    fs::remove_file(at.join("dist/link")).unwrap();
    ends(at, &["lock"], 0, "0 added, 1 changed, 1 removed, 1 same");
    assert_eq!(gate(at, &[], 0)["verdict"], "pass");
    // What `gate` accepts, `check` accepts.
    ends(at, &["check", "repro.lock"], 0, "");
    fs::write(at.join("dist/one"), "1\n").unwrap();
    ends(at, &["check", "repro.lock"], 1, "dist/one");
}

#[test]
fn what_is_wrong_before_anything_is_judged() {
    let folder = repository();
    let at = folder.path();
    let path = at.join("repro.lock");
    let lock = fs::read_to_string(&path).unwrap();
    for (text, says) in [
        (lock.replace("version = 1", "version = 9"), "version is 9"),
        (lock.replace("dist/one", "../one"), "must be relative"),
        (lock.replace("sha256 = \"", "sha256 = \"0"), "64 lower-case"),
        (lock.replace("size = 2", "size = -2"), "repro.lock:"),
        (format!("{lock}<<<<<<< HEAD\n"), "a merge conflict"),
        (lock[..lock.len() / 2].to_owned(), "repro.lock:"),
        (format!("{lock}\0"), "repro.lock"),
    ] {
        fs::write(&path, text).unwrap();
        let output = ends(at, &["gate"], 2, says);
        assert!(output.stdout.is_empty());
    }
    fs::write(&path, [0xff, 0xfe]).unwrap();
    ends(at, &["gate"], 2, "repro.lock: ");
    fs::remove_file(&path).unwrap();
    ends(at, &["gate"], 2, "there is no lock file: `repro lock` writes one");
    ends(at, &["lock", "nothing/*"], 2, "nothing matches nothing/*");
    ends(at, &["lock", "../x"], 2, "leads out");
    ends(at, &["gate", "--enforce-share", "2"], 2, "a number from 0 to 1");
    ends(at, &["gate", "--today", "soon"], 2, "2027-01-31");
    ends(at, &["gate", "--reference", "none"], 2, "there is no lock file");
    ends(at, &["lock"], 0, "3 added");
    ends(
        at,
        &["gate", "--reference", "none"],
        2,
        "none: there is no such reference",
    );
    ends(at, &["gate", "--build"], 2, "give `command` in [build] of repro.toml");
    ends(at, &["gate", "--also", "text"], 2, "give FORMAT=FILE");
    ends(at, &["gate", "--also", "pdf=x"], 2, "not a format");
    fs::write(at.join("repro.toml"), "[[gate.allow]]\ncauses = ['gzip-mtime']\n").unwrap();
    ends(at, &["gate"], 2, "missing field `reason`");
    for lock in ["../x.lock", "/tmp/x.lock", ""] {
        fs::write(at.join("repro.toml"), format!("[gate]\nlock = '{lock}'\n")).unwrap();
        ends(at, &["lock", "dist"], 2, "may only name a path below the root");
    }
    let outside = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(outside.path(), at.join("out")).unwrap();
    fs::write(at.join("repro.toml"), "[gate]\nlock = 'out/x.lock'\n").unwrap();
    ends(at, &["lock", "dist"], 2, "leads out of the repository");
    assert!(outside.path().read_dir().unwrap().next().is_none());
    ends(at, &["lock", "dist", "typo"], 2, "leads out of the repository");
    fs::write(at.join("repro.toml"), "").unwrap();
    ends(at, &["lock", "dist", "typo"], 2, "nothing matches typo:");
}

#[test]
fn what_was_asked_for_and_is_nowhere_is_missing() {
    let folder = repository();
    let at = folder.path();
    let report = gate(at, &["dist/one", "dist/oen"], 1);
    assert_eq!(report["verdict"], "reject");
    assert_eq!(
        (state(&report, "dist/one"), state(&report, "dist/oen")),
        ("same", "missing")
    );
    // Whatever share of the artifacts is enforced.
    gate(at, &["dist/one", "dist/oen", "--enforce-share", "0"], 1);
    gate(at, &["dist/one", "dist/oen", "--enforce", "warn"], 0);
    // A name that is a glob, too.
    fs::write(at.join("dist/d[1]"), "").unwrap();
    ends(at, &["lock", "dist/d[1]"], 0, "1 added");
    assert_eq!(state(&gate(at, &["dist/d[1]"], 0), "dist/d[1]"), "same");
}

#[test]
fn a_team_tightens_step_by_step() {
    let folder = repository();
    let at = folder.path();
    for n in 0..40 {
        fs::write(at.join(format!("dist/{n}")), "x").unwrap();
    }
    ends(at, &["lock"], 0, "");
    for n in 0..40 {
        fs::write(at.join(format!("dist/{n}")), "y").unwrap();
    }
    assert_eq!(gate(at, &["--enforce", "warn"], 0)["verdict"], "warn");
    let enforced = |share: &str| {
        let report = gate(at, &["--enforce-share", share], i32::from(share != "0"));
        let artifacts = report["artifacts"].as_array().unwrap().clone();
        let enforced = artifacts.iter().filter(|artifact| artifact["enforced"] == true);
        enforced
            .map(|artifact| artifact["path"].to_string())
            .collect::<Vec<_>>()
    };
    let (none, some, more, all) = (enforced("0"), enforced("0.25"), enforced("0.6"), enforced("1"));
    assert!(none.is_empty());
    assert!((4..=20).contains(&some.len()), "{some:?}");
    assert!(some.len() < more.len() && more.len() < all.len());
    assert!(some.iter().all(|path| more.contains(path)));
    assert_eq!(all.len(), 43);
    assert_eq!(enforced("0.25"), some);
}

/// `gzip` of the same file with another time, as the reference and as the artifact.
fn stamped(at: &Path) {
    fs::create_dir_all(at.join("dist")).unwrap();
    fs::create_dir_all(at.join("reference/dist")).unwrap();
    for (folder, day) in [("reference/dist", "2024-01-01"), ("dist", "2025-02-02")] {
        let path = at.join(folder).join("notes");
        fs::write(&path, "the same text\n").unwrap();
        let touch = Command::new("touch").args(["-d", day]).arg(&path).status().unwrap();
        let gzip = Command::new("gzip").arg("-f").arg(&path).status().unwrap();
        assert!(touch.success() && gzip.success());
    }
}

#[test]
fn the_policy_accepts_what_it_names_and_nothing_else() {
    if missing(&["gzip", "touch"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    stamped(at);
    let policy =
        |more: &str| fs::write(at.join("repro.toml"), format!("[gate]\nartifacts = ['dist/*']\n{more}")).unwrap();
    policy("");
    ends(at, &["lock", "--built", "reference"], 0, "1 added");
    let reference = &["--reference", "reference", "--today", "2026-01-01"][..];

    let report = gate(at, reference, 1);
    let artifact = &report["artifacts"][0];
    assert_eq!(artifact["findings"][0]["cause"], "gzip-mtime");
    assert_eq!(artifact["reference"]["locked"], true);
    assert!(artifact["fix"].as_str().unwrap().contains("gzip -n"), "{artifact:#}");

    let allow = "[[gate.allow]]\nartifact = 'dist/*.gz'\ncauses = ['gzip-mtime']\nreason = 'the mirror stamps it'\n";
    policy(allow);
    let report = gate(at, reference, 0);
    assert_eq!(state(&report, "dist/notes.gz"), "accepted");
    assert_eq!(report["artifacts"][0]["accepted"][0]["reason"], "the mirror stamps it");
    assert_eq!(report["rules"][0]["state"], "used");
    // Without the reference nothing is known of the cause.
    assert_eq!(state(&gate(at, &[], 1), "dist/notes.gz"), "differs");

    // An artifact that must be identical is not excused.
    policy(&format!("identical = ['dist/*']\n{allow}"));
    gate(at, reference, 1);
    // Another cause, another artifact.
    policy(&allow.replace("gzip-mtime", "archive-mtime"));
    let report = gate(at, &[reference, &["--strict"]].concat(), 1);
    assert_eq!(report["rules"][0]["state"], "stale");
    policy(&allow.replace("dist/*.gz", "dist/*.zip"));
    assert_eq!(gate(at, reference, 1)["rules"][0]["state"], "stale");
    // The last day is still one; the day after it is not.
    policy(&format!("{allow}until = 2026-01-01\n"));
    gate(at, reference, 0);
    policy(&format!("{allow}until = 2025-12-31\n"));
    let report = gate(at, reference, 1);
    assert_eq!(report["rules"][0]["state"], "expired");

    // Content that changed with the time is not excused by it.
    policy(allow);
    fs::write(at.join("dist/notes"), "the sane text\n").unwrap();
    fs::remove_file(at.join("dist/notes.gz")).unwrap();
    assert!(
        Command::new("gzip")
            .arg(at.join("dist/notes"))
            .status()
            .unwrap()
            .success()
    );
    let report = gate(at, reference, 1);
    assert_eq!(state(&report, "dist/notes.gz"), "differs");
    assert!(report["artifacts"][0]["unexplained_count"].as_u64().unwrap() > 0);
}

#[test]
fn a_reference_that_is_not_the_locked_one_excuses_nothing() {
    if missing(&["gzip", "touch"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    stamped(at);
    let allow = "[[gate.allow]]\ncauses = ['gzip-mtime']\nreason = 'the mirror stamps it'\n";
    fs::write(
        at.join("repro.toml"),
        format!("[gate]\nartifacts = ['dist/*']\n{allow}"),
    )
    .unwrap();
    fs::create_dir(at.join("other")).unwrap();
    fs::create_dir(at.join("other/dist")).unwrap();
    fs::write(at.join("other/dist/notes.gz"), "something else").unwrap();
    ends(at, &["lock", "--built", "other"], 0, "1 added");
    let report = gate(at, &["--reference", "reference"], 1);
    assert_eq!(report["artifacts"][0]["reference"]["locked"], false);
    assert_eq!(state(&report, "dist/notes.gz"), "differs");
}

#[test]
fn a_stale_rule_is_a_failure_only_if_asked() {
    let folder = repository();
    let at = folder.path();
    let allow = "[[gate.allow]]\ncauses = ['gzip-mtime']\nreason = 'x'\n";
    fs::write(
        at.join("repro.toml"),
        format!("[gate]\nartifacts = ['dist/*']\n{allow}"),
    )
    .unwrap();
    ends(at, &["gate", "--no-rebuild"], 0, "gzip-mtime");
    ends(at, &["gate", "--no-rebuild", "--strict"], 1, "gzip-mtime");
    let report = gate(at, &["--strict"], 1);
    assert_eq!(report["verdict"], "reject");
}

#[test]
fn a_patch_with_the_date_is_refused_with_cause_and_fix() {
    if missing(&["gcc", "make"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let source = "#include <stdio.h>\nint main(void) { puts(\"hello\"); return 0; }\n";
    fs::write(at.join("hello.c"), source).unwrap();
    fs::write(at.join("Makefile"), "hello: hello.c\n\tgcc -O2 -o $@ $<\n").unwrap();
    fs::write(
        at.join("repro.toml"),
        "[build]\ncommand = 'make'\nartifacts = ['hello']\n",
    )
    .unwrap();
    ends(at, &["lock", "--build"], 0, "1 artifact: 1 added");
    let lock = fs::read_to_string(at.join("repro.lock")).unwrap();
    assert!(lock.contains("command = \"sha256:"), "{lock}");
    ends(at, &["gate", "--build"], 0, "pass");
    assert!(!at.join("hello").exists(), "the gate builds in a place of its own");

    fs::write(
        at.join("hello.c"),
        source.replace("\"hello\"", "\"hello \" __DATE__ \" \" __TIME__"),
    )
    .unwrap();
    ends(at, &["lock", "--build"], 1, "repro.lock is not written");
    assert_eq!(fs::read_to_string(at.join("repro.lock")).unwrap(), lock);
    let output = ends(
        at,
        &["gate", "--build", "--format", "json", "--also", "junit=gate.xml"],
        1,
        "",
    );
    let report = assert_gate_report(&output.stdout);
    let artifact = &report["artifacts"][0];
    assert_eq!(artifact["reference"]["kind"], "rebuilt");
    assert_eq!(artifact["findings"][0]["cause"], "cpp-date-time", "{artifact:#}");
    assert!(artifact["fix"].as_str().unwrap().contains("SOURCE_DATE_EPOCH"));
    assert!(
        fs::read_to_string(at.join("gate.xml"))
            .unwrap()
            .contains("cpp-date-time")
    );

    // Artifacts that CI built are compared with a build of the gate's own.
    ends(at, &["gate"], 1, "is locked, and was not built");
    assert!(Command::new("make").current_dir(at).output().unwrap().status.success());
    ends(at, &["gate"], 1, "cpp-date-time");

    let anyway = ["lock", "--build", "--allow-unreproducible", "--lock", "other.lock"];
    ends(at, &anyway, 0, "other.lock: 1 artifact: 1 added");

    // An honest change of the source is told from an unreproducible one.
    fs::write(at.join("hello.c"), source.replace("hello", "good day")).unwrap();
    ends(at, &["gate", "--build"], 1, "the source has changed since");
    fs::write(at.join("Makefile"), "hello: hello.c\n\tfalse\n").unwrap();
    ends(at, &["gate", "--build"], 2, "");
}
