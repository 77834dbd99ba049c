//! GitLab's code quality report (a subset of Code Climate's): a JSON array of issues.
//!
//! # Specification
//! "Code quality report format" of GitLab's documentation: description, check name, a fingerprint that no other issue has, severity,
//! and a line of a file; a file as a whole is its first line.

use super::text::{cut, numbered, relative};
use crate::{
    model::{Level, ProblemReport},
    notation::clean,
};
use serde_json::{Value, json};
use std::io::{self, Write};

/// Characters of a description.
const DESCRIPTION: usize = 2000;

/// All problems that are not accepted.
pub fn write(report: &ProblemReport, out: &mut dyn Write) -> io::Result<()> {
    let numbers = numbered(&report.problems);
    let issues: Vec<Value> = report
        .problems
        .iter()
        .zip(numbers)
        .filter(|(problem, _)| problem.accepted.is_none())
        .map(|(problem, number)| {
            let mut text = clean(&problem.message);
            if let Some(fix) = problem.fix.as_deref().filter(|fix| !fix.is_empty()) {
                text.push_str(&format!(". Fix: {}", clean(fix)));
            }
            let (begin, end) = problem
                .region
                .map_or((1, 1), |at| (at.line.max(1), at.end_line.max(at.line).max(1)));
            // The first of equal ones keeps its fingerprint when a second comes.
            let fingerprint = match number {
                1 => problem.fingerprint.clone(),
                _ => format!("{}-{number}", problem.fingerprint),
            };
            json!({
                "description": cut(&text, DESCRIPTION),
                "check_name": problem.rule,
                "fingerprint": fingerprint,
                "severity": severity(problem.level),
                "location": { "path": relative(&problem.path), "lines": { "begin": begin, "end": end } },
            })
        })
        .collect();
    serde_json::to_writer_pretty(&mut *out, &issues)?;
    writeln!(out)
}

fn severity(level: Level) -> &'static str {
    match level {
        Level::Note => "info",
        Level::Warning => "minor",
        Level::Error => "major",
    }
}
