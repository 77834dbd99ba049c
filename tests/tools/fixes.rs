//! The advice holds: each recipe makes its pair anew with the real tool and the pair is judged as `expected.json` tells;
//! `fixed` applies the advertised fix to the same two builds, and its two outputs are identical.
//! A recipe whose tools are missing (exit status 127) is left out and named; with `REPRO_REQUIRE_TOOLS=1` that is a failure.

use crate::support::{Case, cases, compare_known, pair, records, word, wrong};
use rayon::prelude::*;
use std::{path::Path, process::Command};

enum Outcome {
    Done,
    ToolMissing(String),
    Failed(String),
}

/// Runs a script of a case in a plain environment; `out` is its argument.
fn run(script: &Path, out: &Path, home: &Path) -> Outcome {
    let path = std::env::var("PATH").unwrap_or_default();
    let output = Command::new(script)
        .arg(out)
        .current_dir(home)
        .env_clear()
        .env("PATH", format!("/usr/bin:/bin:{path}"))
        .env("HOME", home)
        .env("LC_ALL", "C")
        .env("TZ", "UTC")
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap_or_else(|e| panic!("{}: {e}", script.display()));
    let said = String::from_utf8_lossy(&output.stderr);
    let last = said.lines().last().unwrap_or_default().to_owned();
    match output.status.code() {
        Some(0) => Outcome::Done,
        Some(127) => Outcome::ToolMissing(last),
        _ => Outcome::Failed(format!("{}: {last}", output.status)),
    }
}

/// Why the case was left out, or what is wrong.
fn check(case: &Case) -> Result<Vec<String>, String> {
    let mut failures = Vec::new();
    for script in ["recipe", "fixed"] {
        if !case.folder.join(script).exists() {
            continue;
        }
        let temp = tempfile::tempdir().unwrap();
        let (out, home) = (temp.path().join("out"), temp.path().join("home"));
        std::fs::create_dir(&out).unwrap();
        std::fs::create_dir(&home).unwrap();
        match run(&case.folder.join(script), &out, &home) {
            Outcome::Done => {}
            Outcome::ToolMissing(what) => return Err(what),
            Outcome::Failed(what) => {
                failures.push(format!("{script} failed: {what}"));
                continue;
            }
        }
        let Some((a, b)) = pair(&out) else {
            failures.push(format!("{script} made no pair"));
            continue;
        };
        // A recipe may write what it knows of the two builds.
        let known = records(&out);
        let report = compare_known(&a, &b, known.as_ref().map(|[a, b]| [a, b]));
        if script == "recipe" {
            failures.extend(
                wrong(&case.expected, &report)
                    .into_iter()
                    .map(|what| format!("made anew: {what}")),
            );
        } else if word(report.verdict) != "identical" {
            failures.push(format!("fixed gives {}", word(report.verdict)));
        }
    }
    Ok(failures)
}

#[test]
fn recipes_make_what_is_expected_and_fixes_fix_it() {
    // The hostile ones have a test of their own.
    let cases: Vec<_> = cases()
        .into_iter()
        .filter(|case| !case.name.starts_with("hostile/"))
        .collect();
    let required = std::env::var_os("REPRO_REQUIRE_TOOLS").is_some_and(|v| v == "1");
    let (mut failures, mut left_out) = (Vec::new(), Vec::new());
    let outcomes: Vec<_> = cases.par_iter().map(check).collect();
    for (case, outcome) in cases.iter().zip(outcomes) {
        match outcome {
            Ok(wrong) => failures.extend(wrong.into_iter().map(|what| format!("{}: {what}", case.name))),
            Err(what) => left_out.push(format!("{}: {what}", case.name)),
        }
    }
    println!(
        "left out for want of a tool: {}\n{}",
        left_out.len(),
        left_out.join("\n")
    );
    assert!(
        !required || left_out.is_empty(),
        "tools are missing\n{}",
        left_out.join("\n")
    );
    assert!(
        failures.is_empty(),
        "{} failures in {} cases\n{}",
        failures.len(),
        cases.len(),
        failures.join("\n")
    );
}

/// Every pair of a cause is made by a recipe, and has its fix or says why there is none.
#[test]
fn every_cause_case_has_a_recipe_and_a_fix() {
    let incomplete: Vec<_> = cases()
        .into_iter()
        .filter(|case| case.name.starts_with("cause/") && !case.name.contains("/look-alike"))
        .filter(|case| {
            let has = |name: &str| case.folder.join(name).exists();
            !has("recipe") || !has("fixed") && case.expected.get("no_fix").is_none()
        })
        .map(|case| case.name)
        .collect();
    assert!(
        incomplete.is_empty(),
        "no recipe, or neither fix nor reason: {incomplete:?}"
    );
}
