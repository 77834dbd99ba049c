//! `repro build --remote`: on a real server, and on servers that are wrong.

use super::{
    casd::Casd,
    fake::{self, Wrong},
};
use crate::support::assert_build_report;
use serde_json::Value;
use std::{
    fs,
    path::Path,
    process::{Command, Output},
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// A C project of two files.
fn project(main: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("main.c", main);
    write("part.c", "int part(void) { return 42; }\n");
    write(
        "Makefile",
        "out/app: main.c part.c\n\tmkdir -p out\n\tcc -o $@ main.c part.c\n",
    );
    folder
}

const PLAIN: &str = "int part(void);\nint main(void) { return part(); }\n";
const DATED: &str = "#include <stdio.h>\nint main(void) { return puts(__DATE__ \" \" __TIME__) < 0; }\n";

fn build(source: &Path, url: &str, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_repro"))
        .args(["build", "--artifact", "out/app", "--remote", url, "--source"])
        .arg(source)
        .args(more)
        .args(["--", "make"])
        .output()
        .unwrap()
}

fn report(output: &Output) -> Value {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.stdout.is_empty(), "{said}");
    assert_build_report(&output.stdout)
}

fn why_not<'a>(report: &'a Value, name: &str) -> &'a str {
    let all = report["not_tested"].as_array().unwrap();
    let found = all.iter().find(|not| not["name"] == name);
    found.map_or("", |not| not["why"].as_str().unwrap())
}

#[test]
fn a_plain_project_is_reproducible_and_what_was_not_varied_is_said() {
    let cache = tempfile::tempdir().unwrap();
    let casd = Casd::start(cache.path());
    let source = project(PLAIN);
    let output = build(source.path(), &casd.url(), &["--format", "json"]);
    let report = report(&output);
    assert_eq!(report["verdict"], "reproducible", "{report:#}");
    assert_eq!(output.status.code(), Some(0));
    assert!(why_not(&report, "time").contains("a remote worker can't be asked to vary it"));
    assert!(why_not(&report, "hostname").contains("a remote worker"));
    for name in ["build_path", "timezone", "umask", "env", "home"] {
        assert!(
            report["innocent"].as_array().unwrap().iter().any(|one| one == name),
            "{name}: {report:#}"
        );
    }
}

#[test]
fn a_date_in_it_is_found_with_its_cause() {
    let cache = tempfile::tempdir().unwrap();
    let casd = Casd::start(cache.path());
    let output = build(project(DATED).path(), &casd.url(), &["--format", "json"]);
    let report = report(&output);
    assert_eq!(report["verdict"], "intrinsically-unstable", "{report:#}");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(report["unstable"][0]["artifact"], "out/app");
    assert_eq!(
        report["unstable"][0]["findings"][0]["cause"], "cpp-date-time",
        "{report:#}"
    );
}

#[test]
fn a_build_that_fails_says_what_the_worker_printed() {
    let cache = tempfile::tempdir().unwrap();
    let casd = Casd::start(cache.path());
    let source = project("int main(void) { return }\n");
    let output = build(
        source.path(),
        &casd.url(),
        &["--format", "json", "--variations", "umask"],
    );
    let report = report(&output);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(report["verdict"], "build-fails", "{report:#}");
    let why = report["reason"].as_str().unwrap();
    assert!(
        why.contains("exit status 2") && why.contains("expected expression"),
        "{why}"
    );
    assert_eq!(report["runs"].as_array().unwrap().len(), 2);
}

#[test]
fn a_server_that_goes_away_in_mid_upload_is_an_error_in_time_and_the_next_run_goes_on() {
    let cache = tempfile::tempdir().unwrap();
    let mut casd = Casd::start(cache.path());
    let (source, url) = (project(PLAIN), casd.url());
    // What is sent first is this program, which takes its time.
    let folder = source.path().to_owned();
    let first = thread::spawn(move || {
        let output = build(&folder, &url, &["--remote-timeout", "3"]);
        (output, Instant::now())
    });
    let size = |path: &Path| -> u64 {
        let all = walkdir::WalkDir::new(path).into_iter().flatten();
        all.filter_map(|entry| Some(entry.metadata().ok()?.len())).sum()
    };
    let started = Instant::now();
    while size(cache.path()) < 1 << 20 {
        assert!(
            started.elapsed() < Duration::from_secs(120) && !first.is_finished(),
            "nothing was sent"
        );
    }
    casd.kill();
    let killed = Instant::now();
    let (output, ended) = first.join().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(ended - killed < Duration::from_secs(20), "{:?}", ended - killed);
    assert!(said.contains("can't be reached"), "{said}");
    casd.again();
    let output = build(source.path(), &casd.url(), &["--format", "json"]);
    assert_eq!(report(&output)["verdict"], "reproducible");
}

/// What `repro` says of a build on such a server, and whether it left anything.
fn said_of(wrong: Wrong, more: &[&str]) -> String {
    let (source, keep) = (project(PLAIN), tempfile::tempdir().unwrap());
    let kept = keep.path().join("kept");
    let mut options = vec!["--keep", kept.to_str().unwrap(), "--remote-timeout", "2"];
    options.extend(more);
    let output = Command::new(env!("CARGO_BIN_EXE_repro"))
        .args([
            "build",
            "--artifact",
            "made",
            "--remote",
            &fake::start(wrong),
            "--source",
        ])
        .arg(source.path())
        .args(options)
        .args(["--", "true"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(!kept.exists(), "something was kept");
    said
}

#[test]
fn bytes_that_are_not_what_their_name_says_are_refused() {
    let said = said_of(Wrong::Bytes, &[]);
    assert!(said.contains("was refused: what the server sent is"), "{said}");
}

#[test]
fn a_result_from_the_cache_is_no_rebuild() {
    let said = said_of(Wrong::Caches, &[]);
    assert!(said.contains("answered from its cache"), "{said}");
}

#[test]
fn an_output_outside_of_the_root_is_refused() {
    let said = said_of(Wrong::Escapes, &[]);
    assert!(said.contains("does not lie below the working folder"), "{said}");
}

#[test]
fn an_action_that_nobody_accepts_is_not_waited_for() {
    let started = Instant::now();
    let said = said_of(Wrong::HangsLater, &[]);
    assert!(said.contains("no answer within 2 seconds"), "{said}");
    assert!(started.elapsed() < Duration::from_secs(30));
}

#[test]
fn blobs_are_compressed_where_the_server_can() {
    let source = project(PLAIN);
    fs::write(source.path().join("words"), "the same words\n".repeat(20_000)).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_repro"))
        .args([
            "build",
            "--artifact",
            "made",
            "--remote",
            &fake::start(Wrong::Packs),
            "--source",
        ])
        .arg(source.path())
        .args(["--", "true"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let numbers: Vec<u64> = said.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    // So many of so many blobs, so many bytes for so many.
    let [_, _, sent, bytes] = numbers[..] else {
        panic!("{said}");
    };
    assert!(bytes > 600_000 && sent < bytes / 10, "{said}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("undetermined"));
}
