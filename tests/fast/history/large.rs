//! Histories that were made to be dear: all is answered at once, and a page stays one.

use super::{Project, ends, report, repro};
use rusqlite::Connection;
use serde_json::json;
use std::fs;

/// A history of the program's own, filled by SQL.
fn filled(sql: &str) -> Project {
    let project = Project::locked();
    project.gate("2026-11-01", 0);
    let connection = Connection::open(project.at("repro-history.sqlite")).unwrap();
    let numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)";
    connection.execute_batch(&sql.replace("NUMBERS", numbers)).unwrap();
    connection.execute_batch("VACUUM").unwrap();
    project
}

const RUN: &str = "INSERT INTO runs (id, at, kind, project, verdict, tool) ";

/// Twenty thousand artifacts, then as many runs that judged none of them.
#[test]
fn runs_that_judge_nothing_cost_nothing() {
    let project = filled(&format!(
        "DELETE FROM runs; {RUN} VALUES (1, 1700000000, 'gate', 'p', 'pass', '0');
         NUMBERS INSERT INTO results (run, path, outcome, state) SELECT 1, 'a' || i, 'reproduced', 'same' FROM n;
         NUMBERS {RUN} SELECT i + 1, 1700000000 + i, 'gate', 'p', 'reject', '0' FROM n;
         {RUN} VALUES (30000, 1800000000, 'gate', 'p', 'pass', '0');
         INSERT INTO results (run, path, outcome, state) VALUES (30000, 'a1', 'reproduced', 'same');"
    ));
    let report = report(&ends(project.root(), &["history", "--format", "json"], 0, "").out);
    assert_eq!(report["runs"], 20_002);
    assert_eq!(report["count"]["results"], 20_000 * 20_001 + 1);
    assert_eq!(report["count"]["failed"], 20_000 * 20_000);
    assert_eq!(
        report["causes"],
        json!([{"cause": null, "count": 20_000 * 20_000, "artifacts": 20_000}])
    );
    let artifacts = report["artifacts"].as_array().unwrap();
    let one = |path: &str| artifacts.iter().find(|artifact| artifact["path"] == path).unwrap();
    let (gone, back) = (one("a2"), one("a1"));
    assert_eq!(
        (&gone["streak"], &gone["reproduced_before"], &gone["regression"]),
        (&json!(20_000), &json!(1), &json!(false))
    );
    assert_eq!(
        (&gone["first_failure"]["run"], &gone["newest"]["run"]),
        (&json!(2), &json!(20_001))
    );
    assert_eq!(gone["strip"].as_array().unwrap().len(), 60);
    assert_eq!(
        (&back["streak"], &back["longest"], &back["count"]["results"]),
        (&json!(1), &json!(1), &json!(20_002))
    );
    assert_eq!(back["newest"]["run"], 30_000);
}

/// Every artifact failed with another environment, whose values are long.
#[test]
fn a_page_stays_small() {
    let project = filled(&format!(
        "DELETE FROM runs; DELETE FROM environments;
         NUMBERS INSERT INTO environments (id, digest, basis) SELECT i, 'd' || i, 'build' FROM n WHERE i <= 2000;
         NUMBERS INSERT INTO items (environment, name, value)
             SELECT 1 + i % 2000, printf('variable %d%.*c', i / 2000, 300, 'n'), printf('%d%.*c', i, 1900, 'v') FROM n;
         NUMBERS {RUN} SELECT i, 1700000000 + i, 'gate', printf('%.*c', 900, 'p'), 'reject', '0' FROM n WHERE i <= 4000;
         UPDATE runs SET environment = 1 + id % 2000;
         NUMBERS INSERT INTO results (run, path, outcome, state) SELECT i, printf('%.*c', 9000, 'a') || (i % 2000),
             CASE WHEN i <= 2000 THEN 'reproduced' ELSE 'failed' END, 'same' FROM n WHERE i <= 4000;
         UPDATE runs SET environment = 1 + (id + 1) % 2000 WHERE id > 2000;"
    ));
    ends(
        project.root(),
        &["history", "--format", "html", "--output", "page.html"],
        0,
        "",
    );
    let page = fs::read_to_string(project.at("page.html")).unwrap();
    assert!(page.len() < 5_000_000, "{} bytes", page.len());
    assert!(page.contains("more are in the JSON report") && page.contains("1000 artifacts were not compared"));
    for format in ["text", "markdown"] {
        let out = ends(project.root(), &["history", "--format", format], 0, "").out;
        assert!(out.len() < 2_000_000, "{format}: {} bytes", out.len());
    }
}

#[test]
fn what_no_program_of_this_kind_writes_is_damage() {
    for (sql, says) in [
        ("UPDATE runs SET head = '`x`'", "is not a word of this column"),
        (
            "UPDATE runs SET project = printf('%.*c', 100000, 'x')",
            "100000 bytes where at most 1000 are written",
        ),
        (
            "UPDATE runs SET verdict = printf('%.*c', 100000, 'x')",
            "100000 bytes where",
        ),
        (
            "UPDATE results SET why = printf('%.*c', 100000, 'x')",
            "100000 bytes where",
        ),
    ] {
        let project = filled(sql);
        let ran = ends(project.root(), &["history"], 2, says);
        assert!(ran.out.is_empty());
    }
}

/// A run is gone, and what it found is left.
#[test]
fn a_run_that_is_lost_is_told() {
    let project = filled("PRAGMA foreign_keys = OFF; DELETE FROM runs;");
    let ran = ends(
        project.root(),
        &["history", "--fail-below", "0.1"],
        2,
        "rows are left of what is gone",
    );
    assert!(ran.out.is_empty());
}

/// A page of the table is gone, and the file is whole otherwise.
#[test]
fn rows_that_are_lost_are_told() {
    let project = filled(&format!(
        "NUMBERS {RUN} SELECT i + 1, 1700000000 + i, 'gate', 'p', 'pass', '0' FROM n;
         NUMBERS INSERT INTO results (run, path, outcome, state) SELECT i + 1, 'a', 'reproduced', 'same' FROM n;"
    ));
    let path = project.at("repro-history.sqlite");
    let mut bytes = fs::read(&path).unwrap();
    // The largest table's leaves: a cell fewer in one of them is a row less.
    let leaf = (4096..bytes.len())
        .step_by(4096)
        .rev()
        .find(|at| bytes[*at] == 13 || bytes[*at] == 10)
        .unwrap();
    bytes[leaf + 3..leaf + 5].copy_from_slice(&[0, 0]);
    fs::write(&path, bytes).unwrap();
    for more in [&[][..], &["--fail-below", "0.1"], &["--fail-on-regression"]] {
        let ran = ends(project.root(), &[&["history"], more].concat(), 2, "damaged: ");
        assert!(ran.out.is_empty());
    }
}

#[test]
fn pipes_are_not_waited_for() {
    let project = Project::locked();
    project.gate("2026-11-01", 0);
    for name in ["-journal", "-wal"] {
        let pipe = project.at(&format!("repro-history.sqlite{name}"));
        nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).unwrap();
        ends(project.root(), &["history"], 2, "not a file: remove it");
        ends(
            project.root(),
            &["gate", "--record-history"],
            2,
            "not a file: remove it",
        );
        fs::remove_file(pipe).unwrap();
    }
    ends(project.root(), &["history"], 0, "");
    // Nor those of git, which say what the source is.
    fs::create_dir_all(project.at(".git")).unwrap();
    fs::write(project.at(".git/HEAD"), "ref: refs/heads/main\n").unwrap();
    for name in ["commondir", "config", "index"] {
        let pipe = project.at(&format!(".git/{name}"));
        nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).unwrap();
        let ran = repro(project.root(), &["gate", "--record-history"]);
        assert!(matches!(ran.code, Some(0 | 2)), "{name}: {:?} {}", ran.code, ran.err);
        fs::remove_file(pipe).unwrap();
    }
}
