//! What is recorded of a run, and what is made of it.

use super::{Project, artifact, command, ends, ran, repro};
use crate::support::{git, missing};
use serde_json::{Value, json};
use std::{fs, os::unix::fs::PermissionsExt, path::Path, process::Command};

#[test]
fn a_gate_is_recorded_with_what_it_said() {
    let project = Project::locked();
    project.gate("2026-11-20T02:00:00Z", 0);
    project.gate("2026-11-21T02:00:00Z", 0);
    project.make("app", "other");
    project.gate("2026-11-22T02:00:00Z", 1);
    let report = project.report(&[]);
    assert_eq!(report["runs"], 3);
    assert_eq!(
        report["count"],
        json!({"results": 6, "reproduced": 5, "failed": 1, "unknown": 0, "rate": 5.0 / 6.0})
    );
    let app = artifact(&report, "out/app");
    assert_eq!(app["regression"], true);
    assert_eq!(app["first_failure"]["run"], 3);
    assert_eq!(app["first_failure"]["state"], "differs");
    assert_eq!(app["last_reproduced"]["at"], "2026-11-21T02:00:00Z");
    assert_eq!(
        app["summary"],
        "reproduced twice, then not: nothing that was recorded changed: same source, same environment"
    );
    assert_eq!(artifact(&report, "out/lib")["regression"], false);
    fs::remove_file(project.at("out/app")).unwrap();
    project.gate("2026-11-23T02:00:00Z", 1);
    assert_eq!(artifact(&project.report(&[]), "out/app")["newest"]["state"], "missing");
}

#[test]
fn a_gate_that_ends_in_an_error_is_no_success() {
    let project = Project::locked();
    project.gate("2026-11-20T02:00:00Z", 0);
    fs::rename(project.at("out"), project.at("elsewhere")).unwrap();
    std::os::unix::fs::symlink("elsewhere", project.at("out")).unwrap();
    let later = ["gate", "--record-history", "--at", "2026-11-21T02:00:00Z"];
    ends(project.root(), &later, 2, "out is a symbolic link");
    let report = project.report(&[]);
    assert_eq!(report["runs"], 2);
    assert_eq!(report["newest"][0]["verdict"], "undetermined");
    assert_eq!(report["count"]["unknown"], 2);
    let why = artifact(&report, "out/app")["newest"]["why"].as_str().unwrap();
    assert!(why.contains("out is a symbolic link"), "{why}");
}

#[test]
fn the_source_is_what_the_artifacts_are_made_of() {
    let project = Project::locked();
    project.gate("2026-11-20T02:00:00Z", 0);
    // Neither an artifact, nor the lock file, nor the history is source.
    project.make("app", "other");
    ends(project.root(), &["lock"], 0, "");
    project.gate("2026-11-21T02:00:00Z", 0);
    project.make("app", "third");
    project.gate("2026-11-22T02:00:00Z", 1);
    let app = artifact(&project.report(&[]), "out/app").clone();
    assert_eq!(app["changed"]["same_source"], true);
    project.make("app", "other");
    project.gate("2026-11-23T02:00:00Z", 0);
    fs::write(project.at("source.c"), "int main(void) { return 1; }\n").unwrap();
    project.make("app", "fourth");
    ends(project.root(), &["lock"], 0, "");
    project.make("app", "fifth");
    project.gate("2026-11-24T02:00:00Z", 1);
    let app = artifact(&project.report(&[]), "out/app").clone();
    assert_eq!(app["changed"]["same_source"], false);
    assert_eq!(app["changed"]["same_lock"], false);
    let summary = app["summary"].as_str().unwrap();
    assert!(
        summary.starts_with("reproduced once, then not: source changed: "),
        "{summary}"
    );
    assert!(summary.contains("other lock: "), "{summary}");
}

#[test]
fn a_commit_names_the_source() {
    if missing(&["git"]) {
        return;
    }
    let project = Project::locked();
    let git = |arguments: &[&str]| git(project.root(), arguments);
    fs::write(project.at(".gitignore"), "out\n").unwrap();
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-qm", "one"]);
    let first = git(&["rev-parse", "HEAD"]);
    project.gate("2026-11-20T02:00:00Z", 0);
    fs::write(project.at("source.c"), "int main(void) { return 1; }\n").unwrap();
    git(&["commit", "-qam", "two"]);
    git(&["pack-refs", "--all"]);
    let second = git(&["rev-parse", "HEAD"]);
    project.make("app", "other");
    project.gate("2026-11-21T02:00:00Z", 1);
    let app = artifact(&project.report(&[]), "out/app").clone();
    let source = json!({"what": "source", "before": first, "after": second});
    assert_eq!(app["changed"]["items"], json!([source]));
    let short = |id: &str| id[..8].to_owned();
    let wanted = format!(
        "reproduced once, then not: source changed: {} → {}, same environment",
        short(&first),
        short(&second)
    );
    assert_eq!(app["summary"], wanted);
}

/// A compiler that says and leaves in its output which version it is.
fn compiler(folder: &Path, version: &str) {
    let gcc = folder.join("gcc");
    fs::write(
        &gcc,
        format!("#!/bin/sh\ncase $1 in --version) echo 'gcc {version}';; *) echo '{version}' > \"$1\";; esac\n"),
    )
    .unwrap();
    fs::set_permissions(&gcc, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn same_source_other_compiler() {
    let project = Project::locked();
    let tools = tempfile::tempdir().unwrap();
    let night = |day: u32, status: i32| {
        // By name of a shell: another thread may fork while the script is written, and what is open for writing can't be run.
        let made = Command::new("sh")
            .arg(tools.path().join("gcc"))
            .arg(project.at("out/app"))
            .status()
            .unwrap();
        assert!(made.success());
        if day == 1 {
            ends(project.root(), &["lock"], 0, "");
        }
        let at = format!("2026-11-{day:02}T02:00:00Z");
        let mut gate = command(project.root(), &["gate", "--record-history", "--at", &at]);
        gate.env("PATH", tools.path());
        let ran = ran(gate);
        assert_eq!(ran.code, Some(status), "{}{}", ran.out, ran.err);
    };
    compiler(tools.path(), "12.2.0-14");
    for day in 1..=14 {
        night(day, 0);
    }
    compiler(tools.path(), "12.2.0-15");
    night(15, 1);
    let app = artifact(&project.report(&[]), "out/app").clone();
    let summary = "reproduced 14 times, then not: same source, other gcc (gcc 12.2.0-14 → gcc 12.2.0-15)";
    assert_eq!(app["summary"], summary);
    let gcc = fs::canonicalize(tools.path().join("gcc")).unwrap();
    let what = app["changed"]["items"][0]["what"].as_str().unwrap();
    assert_eq!(what, format!("file {}", gcc.display()));
}

#[test]
fn a_record_that_is_given_is_what_it_was_made_with() {
    let project = Project::locked();
    let elsewhere = tempfile::tempdir().unwrap();
    let path = elsewhere.path().join("record.json");
    let record = |version: &str| {
        let record = json!({
            "schema_version": 1, "steps": null, "source_sha256": null, "os_release": null, "distribution": null, "kernel": null,
            "machine": "x86_64", "environment": {}, "secrets": [], "packages": {"gcc-12": version, "make": "4.3"}, "files": [],
            "unread": [], "artifacts": {}
        });
        fs::write(&path, record.to_string()).unwrap();
    };
    let gate = |at: &str, status: i32| {
        let arguments = [
            "gate",
            "--record-history",
            "--made-with",
            path.to_str().unwrap(),
            "--at",
            at,
        ];
        ends(project.root(), &arguments, status, "recorded as run ");
    };
    record("12.2.0-14");
    gate("2026-11-01", 0);
    record("12.2.0-15");
    project.make("app", "other");
    gate("2026-11-02", 1);
    let app = artifact(&project.report(&[]), "out/app").clone();
    assert_eq!(
        app["summary"],
        "reproduced once, then not: same source, other gcc-12 (12.2.0-14 → 12.2.0-15)"
    );
    fs::write(&path, "{}").unwrap();
    ends(
        project.root(),
        &["gate", "--record-history", "--made-with", path.to_str().unwrap()],
        2,
        "not a record",
    );
}

#[test]
fn a_build_is_recorded_with_what_it_said() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::write(root.join("source"), "text\n").unwrap();
    let build = |at: &str, line: &str, status: i32| {
        let mut build = command(
            root,
            &[
                "build",
                "--artifact",
                "made/*",
                "--variations",
                "umask",
                "--record-history",
                "--project",
                "x",
            ],
        );
        build
            .args(["--at", at, "--env", "PATH=/usr/bin:/bin", "--", line])
            .env("PATH", "/usr/bin:/bin");
        let ran = ran(build);
        assert_eq!(ran.code, Some(status), "{}{}", ran.out, ran.err);
        assert!(ran.err.contains("recorded as run "), "{}", ran.err);
    };
    build("2026-11-01", "mkdir made; cat source | tee made/a > made/b", 0);
    build("2026-11-02", "mkdir made; cat source > made/a; umask > made/b", 1);
    build("2026-11-03", "exit 3", 2);
    let report: Value = super::report(&repro(root, &["history", "--format", "json"]).out);
    let (a, b) = (artifact(&report, "made/a"), artifact(&report, "made/b"));
    let strip = |artifact: &Value| artifact["strip"].as_array().unwrap().clone();
    assert_eq!(strip(a), ["reproduced", "reproduced", "unknown"]);
    assert_eq!(strip(b), ["reproduced", "failed", "unknown"]);
    assert_eq!(b["first_failure"]["why"], "changes with umask");
    assert_eq!(a["newest"]["state"], "build-fails");
    assert_eq!(a["changed"]["same_command"], false);
    assert_eq!((&a["regression"], &b["regression"]), (&json!(true), &json!(false)));
    assert_eq!(report["newest"][0]["verdict"], "build-fails");
    assert_eq!(report["newest"][1]["verdict"], "unreproducible");
}

#[test]
fn the_history_is_no_part_of_the_source_that_is_built() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::write(root.join("source"), "text\n").unwrap();
    for day in ["2026-11-01", "2026-11-02"] {
        let mut build = command(
            root,
            &[
                "build",
                "--artifact",
                "made",
                "--variations",
                "umask",
                "--record-history",
                "--at",
                day,
            ],
        );
        build
            .args(["--format", "json", "--", "ls -A > made"])
            .env("PATH", "/usr/bin:/bin");
        let ran = ran(build);
        assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
        let report: Value = serde_json::from_str(&ran.out).unwrap();
        let listed = &report["runs"][0]["sha256"]["made"];
        // SHA-256 of "made\nsource\n"
        assert_eq!(listed, &json!(sha256(b"made\nsource\n")), "{}", ran.out);
    }
    assert!(root.join("repro-history.sqlite").is_file());
}

fn sha256(bytes: &[u8]) -> String {
    repro::bytes::digest::Algorithm::Sha256.digest(bytes).to_string()
}

#[test]
fn what_cannot_be_recorded_is_said_before_anything_is_built() {
    let project = Project::locked();
    let root = project.root();
    for (arguments, says) in [
        (
            &["gate", "--record-history=missing/h"][..],
            "missing/h: unable to open database file",
        ),
        (&["gate", "--record-history=out"], "out: not a file"),
        (
            &["gate", "--record-history=source.c"],
            "source.c: no history of repro, not even an SQLite file",
        ),
        (
            &["gate", "--record-history", "--at", "yesterday"],
            "give a day as 2026-11-27",
        ),
        (
            &["gate", "--record-history", "--commit", "HEAD"],
            "give all 40 or 64 hexadecimal digits",
        ),
        (&["gate", "--at", "2026-11-27"], "--record-history"),
        (
            &[
                "build",
                "--record-history",
                "--artifact",
                "x",
                "--vary",
                "umask",
                "--",
                "touch x",
            ],
            "one run is compared with nothing",
        ),
    ] {
        let ran = ends(root, arguments, 2, says);
        assert!(ran.out.is_empty(), "{arguments:?}: {}", ran.out);
    }
    // What no other tool would take for a name is a name.
    ends(root, &["gate", "-q", "--record-history=:memory:"], 0, "");
    assert!(project.at(":memory:").is_file());
    fs::write(
        project.at("repro.toml"),
        "[gate]\nartifacts = [\"out/*\"]\n[history]\nfiles = \"x\"\n",
    )
    .unwrap();
    ends(
        root,
        &["gate", "--record-history"],
        2,
        "repro.toml:4: unknown field `files`",
    );
}
