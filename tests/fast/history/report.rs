//! What `repro history` prints, and what it ends with.

use super::{Project, artifact, command, ends, ran, repro};
use std::fs;

/// Ten nights: `out/app` fails in the third and the last, `out/lib` never.
pub fn nights() -> Project {
    let project = Project::locked();
    for day in 1..=10 {
        let bad = day == 3 || day == 10;
        project.make("app", if bad { "other" } else { "good" });
        project.gate(&format!("2026-11-{day:02}T02:00:00Z"), i32::from(bad));
    }
    project
}

#[test]
fn exit_statuses_that_a_nightly_job_alarms_on() {
    let project = nights();
    let at = project.root();
    // 18 of 20 results.
    ends(at, &["history"], 0, "");
    ends(at, &["history", "--fail-below", "0.9"], 0, "");
    ends(at, &["history", "--fail-below", "0.91"], 1, "");
    ends(at, &["history", "--fail-below", "1", "--artifact", "out/lib"], 0, "");
    ends(at, &["history", "--fail-below", "0.8", "--artifact", "out/app"], 0, "");
    ends(at, &["history", "--fail-below", "0.81", "--artifact", "out/app"], 1, "");
    ends(at, &["history", "--fail-on-regression"], 1, "");
    ends(at, &["history", "--fail-on-regression", "--last", "1"], 1, "");
    ends(at, &["history", "--fail-on-regression", "--artifact", "out/lib"], 0, "");
    ends(
        at,
        &[
            "history",
            "--fail-below",
            "0.95",
            "--since",
            "2026-11-04",
            "--artifact",
            "**",
        ],
        1,
        "",
    );
    ends(at, &["history", "--fail-below", "0.92", "--since", "2026-11-04"], 0, "");
    ends(at, &["history", "--fail-below", "0.5", "--last", "1"], 0, "");
    ends(at, &["history", "--fail-below", "0.51", "--last", "1"], 1, "");
    for arguments in [
        &["history", "--fail-below", "1.1"][..],
        &["history", "--fail-below", "NaN"],
        &["history", "--fail-below", "-0.1"],
        &["history", "--last", "0"],
        &["history", "--since", "last week"],
        &["history", "--kind", "diff"],
        &["history", "--artifact", "["],
        &["history", "--format", "sarif"],
    ] {
        let ran = ends(at, arguments, 2, "");
        assert!(ran.out.is_empty() && !ran.err.is_empty());
    }
    let ran = ends(at, &["history", "--fail-below", "0.95", "--fail-on-regression"], 1, "");
    assert!(
        ran.out
            .contains("alarm: the rate is 90.0%, below 0.95: 18 of 20 results are reproductions"),
        "{}",
        ran.out
    );
    assert!(
        ran.out
            .contains("alarm: tool gate out/app: reproduced 6 times, then not: "),
        "{}",
        ran.out
    );
}

#[test]
fn without_a_run_there_is_no_rate() {
    let project = Project::locked();
    let at = project.root();
    for asked in [
        &[][..],
        &["--since", "2026-11-28"],
        &["--project", "another"],
        &["--kind", "build"],
    ] {
        let with = |more: &[&'static str]| [&["history"], asked, more].concat();
        let ran = ends(at, &with(&[]), 0, "");
        assert!(ran.out.contains("no run is recorded"), "{}", ran.out);
        for checked in [&["--fail-below", "0"][..], &["--fail-on-regression"]] {
            let ran = ends(at, &with(checked), 2, "no recorded run is of what was asked for");
            assert!(ran.out.is_empty());
        }
        assert_eq!(project.report(asked)["count"]["rate"], serde_json::Value::Null);
        for format in ["markdown", "html"] {
            let ran = ends(at, &with(&["--format", format]), 0, "");
            assert!(ran.out.contains("no run is recorded"), "{}", ran.out);
        }
        if !project.at("repro-history.sqlite").exists() {
            project.gate("2026-11-27", 0);
            break;
        }
    }
    for asked in [
        &["--since", "2026-11-28"][..],
        &["--project", "another"],
        &["--kind", "build"],
    ] {
        let all = [&["history", "--fail-below", "0"], asked].concat();
        ends(at, &all, 2, "no recorded run is of what was asked for");
        assert_eq!(project.report(asked)["runs"], 0);
    }
}

#[test]
fn the_same_history_gives_the_same_bytes() {
    let project = nights();
    let elsewhere = tempfile::tempdir().unwrap();
    let file = project.at("repro-history.sqlite");
    let file = file.to_str().unwrap();
    for format in ["text", "json", "markdown", "html"] {
        let here = ends(project.root(), &["history", "--format", format], 0, "").out;
        assert!(here.contains("out/app"));
        let mut other = command(
            elsewhere.path(),
            &["history", "--file", file, "--format", format, "--jobs", "7"],
        );
        other
            .env("TZ", "Pacific/Kiritimati")
            .env("LC_ALL", "de_DE.UTF-8")
            .env("COLUMNS", "40");
        assert_eq!(ran(other).out, here);
        assert!(
            !here.contains(project.root().to_str().unwrap()),
            "{format} shows where it was made"
        );
    }
}

#[test]
fn the_text_says_what_matters() {
    let project = nights();
    let ran = repro(project.root(), &["history"]);
    let lines: Vec<&str> = ran.out.lines().collect();
    assert_eq!(
        lines[0],
        "90.0% reproduced: 18 of 20 results in 10 runs from 2026-11-01 to 2026-11-10"
    );
    assert!(lines[2].starts_with("2026-11-01  ███"), "{}", ran.out);
    assert!(lines[4].ends_with("  50.0%  1/2"), "{}", ran.out);
    assert!(
        ran.out
            .contains("out/app  regression  80.0%\n  ==x======x  reproduced 6 times, then not: "),
        "{}",
        ran.out
    );
    assert!(
        ran.out
            .contains("out/lib  good  100.0%\n  ==========  reproduced 10 times, never failed"),
        "{}",
        ran.out
    );
    let markdown = repro(project.root(), &["history", "--format", "markdown"]).out;
    assert!(
        markdown.contains("| `out/app` | 80.0% | run 10, 2026-11-10 02:00 |"),
        "{markdown}"
    );
    // A terminal is not controlled by what somebody called a file.
    let project = Project::locked();
    fs::write(project.at("out/\u{1b}[2J\u{202e}"), "").unwrap();
    project.gate("2026-11-27", 1);
    let text = repro(project.root(), &["history"]).out;
    assert!(
        text.contains("out/\\x1b[2J\\u{202e}") && !text.contains('\u{1b}'),
        "{text}"
    );
    let found = project.report(&[]);
    assert_eq!(artifact(&found, "out/\u{1b}[2J\u{202e}")["newest"]["state"], "extra");
}

#[test]
fn several_projects_in_one_file() {
    let shared = tempfile::tempdir().unwrap();
    let file = shared.path().join("all");
    let (one, two) = (Project::locked(), Project::locked());
    two.make("app", "other");
    for (project, name, status) in [(&one, "one", 0), (&two, "two", 1)] {
        let record = format!("--record-history={}", file.display());
        ends(
            project.root(),
            &["gate", &record, "--project", name, "--at", "2026-11-27"],
            status,
            "recorded",
        );
    }
    let asked = |more: &[&'static str]| {
        let all = [&["history", "--file", file.to_str().unwrap(), "--format", "json"], more].concat();
        super::report(&repro(shared.path(), &all).out)
    };
    assert_eq!(asked(&[])["artifacts"].as_array().unwrap().len(), 4);
    assert_eq!(asked(&["--project", "one"])["count"]["rate"], 1.0);
    assert_eq!(asked(&["--project", "two"])["count"]["rate"], 0.5);
    let text = repro(shared.path(), &["history", "--file", "all"]).out;
    assert!(text.contains("two out/app  fails  0.0%"), "{text}");
}

#[test]
fn old_runs_can_be_removed() {
    let project = nights();
    let at = project.root();
    let ran = ends(at, &["history", "prune", "--keep", "4"], 0, "");
    assert_eq!(ran.out, "6 runs removed, 4 kept\n");
    assert_eq!(project.report(&[])["newest"][0]["run"], 10);
    assert_eq!(project.report(&[])["runs"], 4);
    ends(at, &["history", "prune", "--keep", "0"], 2, "");
    ends(
        at,
        &["history", "prune", "--keep", "4", "--file", "missing"],
        2,
        "missing: there is no such history",
    );
    project.gate("2026-11-11", 1);
    assert_eq!(project.report(&[])["newest"][0]["run"], 11);
}

#[test]
fn the_schema_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    let ran = ends(folder.path(), &["schema", "history"], 0, "");
    assert_eq!(ran.out, repro::schemas::HISTORY);
}
