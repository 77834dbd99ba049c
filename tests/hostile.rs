//! Files made to break a reader: the program ends in time and within its memory, does not panic, says that they differ, and
//! writes nothing to the terminal that the files chose.

mod support;

use rayon::prelude::*;
use serde_json::Value;
use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
    time::{Duration, Instant},
};
use support::{Case, cases, pair};

/// Address space that a comparison may take, in KiB. Mapped input counts too.
const MEMORY: u64 = 3 << 20;
/// A debug build on a busy machine.
const TIME: Duration = Duration::from_secs(120);

fn repro(a: &Path, b: &Path, format: &str) -> Output {
    let limited = format!("ulimit -v {MEMORY}; exec timeout {} \"$@\"", TIME.as_secs());
    Command::new("sh")
        .args([
            "-c",
            &limited,
            "sh",
            env!("CARGO_BIN_EXE_repro"),
            "diff",
            "--format",
            format,
        ])
        .args([a, b])
        .output()
        .unwrap()
}

fn check(case: &Case) -> Vec<String> {
    let temp = tempfile::tempdir().unwrap();
    let (a, b): (PathBuf, PathBuf) = pair(&case.folder).unwrap_or_else(|| {
        let made = Command::new(case.folder.join("recipe"))
            .arg(temp.path())
            .status()
            .unwrap();
        assert!(made.success(), "{}: recipe failed", case.name);
        pair(temp.path()).unwrap_or_else(|| panic!("{}: recipe made no pair", case.name))
    });
    #[allow(clippy::disallowed_methods, reason = "a time limit is what is tested")]
    let start = Instant::now();
    let (json, text) = (repro(&a, &b, "json"), repro(&a, &b, "text"));
    let mut wrong = Vec::new();
    for (format, output) in [("json", &json), ("text", &text)] {
        if !matches!(output.status.code(), Some(1 | 2)) {
            let said = String::from_utf8_lossy(&output.stderr);
            wrong.push(format!(
                "{format}: {} after {:?}: {}",
                output.status,
                start.elapsed(),
                said.lines().next().unwrap_or_default()
            ));
        }
        if let Some(c) = output.stdout.iter().find(|&&c| c < b' ' && c != b'\n') {
            wrong.push(format!("{format}: control character {c:#x} is printed"));
        }
    }
    match serde_json::from_slice::<Value>(&json.stdout) {
        Ok(report) => {
            let verdict = &report["verdict"];
            if !case.expected["verdict"].as_array().unwrap().contains(verdict) {
                wrong.push(format!("verdict is {verdict}"));
            }
        }
        Err(e) => wrong.push(format!("no JSON: {e}")),
    }
    wrong
}

#[test]
fn nothing_breaks_the_reader() {
    let cases: Vec<_> = cases()
        .into_iter()
        .filter(|case| case.name.starts_with("hostile/"))
        .collect();
    let failures: Vec<_> = cases
        .par_iter()
        .flat_map_iter(|case| check(case).into_iter().map(|what| format!("{}: {what}", case.name)))
        .collect();
    assert!(
        failures.is_empty(),
        "{} failures in {} cases\n{}",
        failures.len(),
        cases.len(),
        failures.join("\n")
    );
}
