//! SARIF 2.1.0 (OASIS), within what GitHub's code scanning takes.
//!
//! # Specification
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>, and "SARIF support for code scanning" of GitHub's documentation:
//! a location for each result, a region for each location, 25,000 results a run, 1024 characters for a description.

use super::text::{clean_lines, cut, numbered, relative};
use crate::{
    model::{Problem, ProblemReport, Region, RuleHelp},
    notation::{clean, percent},
};
use serde_json::{Value, json};
use std::io::{self, Write};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
/// Results of one run; more are refused.
const RESULTS: usize = 25_000;
/// Characters of a description, of a message, of a snippet, and of a rule's help.
const DESCRIPTION: usize = 1024;
const MESSAGE: usize = 4000;
const SNIPPET: usize = 2000;
const HELP: usize = 20_000;
/// Notifications of things that went wrong.
const TROUBLES: usize = 1000;

/// One run with all problems; accepted ones are suppressed, not left out.
pub fn write(report: &ProblemReport, out: &mut dyn Write) -> io::Result<()> {
    let numbers = numbered(&report.problems);
    let mut chosen: Vec<usize> = (0..report.problems.len()).collect();
    if chosen.len() > RESULTS {
        // The heaviest stay; their order does, too.
        chosen.sort_by_key(|at| std::cmp::Reverse(report.problems.get(*at).map(|problem| problem.level)));
        chosen.truncate(RESULTS);
        chosen.sort_unstable();
    }
    let suppressing = report.problems.iter().any(|problem| problem.accepted.is_some());
    let results: Vec<Value> = chosen
        .iter()
        .filter_map(|at| Some((report.problems.get(*at)?, numbers.get(*at)?)))
        .map(|(problem, number)| result(report, problem, *number, suppressing))
        .collect();
    let driver = driver(&report.rules);
    let name = report.command.replace(' ', "/");
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": driver },
            "automationDetails": { "id": format!("{name}/") },
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": { "%SRCROOT%": { "description": { "text": "Where the command ran." } } },
            "invocations": [{
                "executionSuccessful": report.troubles.is_empty(),
                "toolExecutionNotifications": notifications(report),
            }],
            "results": results,
            "properties": { "summary": clean(&report.summary) },
        }],
    });
    serde_json::to_writer_pretty(&mut *out, &log)?;
    writeln!(out)
}

fn driver(rules: &[RuleHelp]) -> Value {
    let mut driver = json!({
        "name": "repro",
        "version": env!("CARGO_PKG_VERSION"),
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "shortDescription": { "text": env!("CARGO_PKG_DESCRIPTION") },
    });
    if let Some(map) = driver.as_object_mut() {
        // Empty for as long as the package names no home.
        let home = [env!("CARGO_PKG_HOMEPAGE"), env!("CARGO_PKG_REPOSITORY")];
        if let Some(home) = home.iter().find(|home| !home.is_empty()) {
            map.insert("informationUri".to_owned(), json!(home));
        }
        map.insert("rules".to_owned(), rules.iter().map(rule).collect());
    }
    driver
}

fn rule(rule: &RuleHelp) -> Value {
    let what = if rule.what.is_empty() { rule.id } else { &rule.what };
    let full = format!("{what} {}", rule.why);
    let mut text = full.trim_end().to_owned();
    let mut markdown = text.clone();
    if !rule.fix.is_empty() {
        text.push_str(&format!("\n\nFix: {}", rule.fix));
        markdown.push_str(&format!("\n\n**Fix.** {}", rule.fix));
    }
    for reference in &rule.references {
        text.push_str(&format!("\n{reference}"));
        markdown.push_str(&format!("\n\n<{reference}>"));
    }
    let mut value = json!({
        "id": rule.id,
        "name": rule.id,
        "shortDescription": { "text": cut(&clean(what), DESCRIPTION) },
        "fullDescription": { "text": cut(&clean(full.trim_end()), DESCRIPTION) },
        "help": { "text": cut(&clean_lines(&text), HELP), "markdown": cut(&clean_lines(&markdown), HELP) },
        "defaultConfiguration": { "level": "warning" },
        "properties": { "tags": ["reproducible-builds", rule.group] },
    });
    if let (Some(map), Some(reference)) = (value.as_object_mut(), rule.references.first()) {
        map.insert("helpUri".to_owned(), json!(reference));
    }
    value
}

fn result(report: &ProblemReport, problem: &Problem, number: usize, suppressing: bool) -> Value {
    let mut text = clean(&problem.message);
    if let (None, Some(snippet)) = (problem.region, &problem.snippet) {
        text.push_str(&format!("\n{}", cut(&clean_lines(snippet), SNIPPET)));
    }
    if let Some(fix) = problem.fix.as_deref().filter(|fix| !fix.is_empty()) {
        text.push_str(&format!("\nFix: {}", clean_lines(fix)));
    }
    let print = &problem.fingerprint;
    let mut result = json!({
        "ruleId": problem.rule,
        "level": problem.level.word(),
        "message": { "text": plain(&cut(&text, MESSAGE)) },
        "locations": [{ "physicalLocation": {
            "artifactLocation": location(&problem.path),
            "region": region(problem),
        } }],
        // GitHub reads the second name only.
        "partialFingerprints": {
            "repro/v1": format!("{print}:{number}"),
            "primaryLocationLineHash": format!("{print}:{number}"),
        },
    });
    let Some(map) = result.as_object_mut() else {
        return result;
    };
    if let Some(index) = report.rules.iter().position(|rule| rule.id == problem.rule) {
        map.insert("ruleIndex".to_owned(), json!(index));
    }
    if suppressing {
        // Either every result says so or none does (section 3.27.23). What is accepted at one line is so in the source.
        let kind = if problem.region.is_some() {
            "inSource"
        } else {
            "external"
        };
        let list: Vec<Value> = problem
            .accepted
            .iter()
            .map(|reason| json!({ "kind": kind, "status": "accepted", "justification": clean_lines(reason) }))
            .collect();
        map.insert("suppressions".to_owned(), json!(list));
    }
    result
}

/// Where in the file. GitHub wants lines and columns even of a binary file, or of a file as a whole: the place before its first character.
fn region(problem: &Problem) -> Value {
    let at = problem.region.unwrap_or(Region {
        line: 1,
        column: 1,
        end_line: 1,
        end_column: 1,
    });
    let mut value = json!({
        "startLine": at.line.max(1),
        "startColumn": at.column.max(1),
        "endLine": at.end_line.max(1),
        "endColumn": at.end_column.max(1),
    });
    if let (Some(map), Some(_), Some(snippet)) = (value.as_object_mut(), problem.region, &problem.snippet) {
        let text = cut(&clean_lines(snippet), SNIPPET);
        map.insert("snippet".to_owned(), json!({ "text": text }));
    }
    value
}

/// A file by its URI: below the folder where the command ran, unless its path is absolute.
fn location(path: &str) -> Value {
    let path = relative(path);
    match path.starts_with('/') {
        true => json!({ "uri": format!("file://{}", percent(path, "/")) }),
        false if path.is_empty() => json!({ "uri": ".", "uriBaseId": "%SRCROOT%" }),
        false => json!({ "uri": percent(path, "/"), "uriBaseId": "%SRCROOT%" }),
    }
}

/// A message without links and places for arguments (SARIF 2.1.0, sections 3.11.5 and 3.11.6). Brackets and braces that are neither stay as
/// they are: viewers that know no escapes would show them.
fn plain(text: &str) -> String {
    let link = text.contains("](");
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '[' | ']' if link => out.extend(['\\', c]),
            '{' if rest.peek().is_some_and(char::is_ascii_digit) => out.push_str("{{"),
            c => out.push(c),
        }
    }
    out
}

fn notifications(report: &ProblemReport) -> Vec<Value> {
    let mut list: Vec<Value> = report
        .troubles
        .iter()
        .take(TROUBLES)
        .map(|(path, reason)| {
            let text = format!("{}: {}", clean(path), clean_lines(reason));
            json!({ "level": "error", "message": { "text": plain(&cut(&text, MESSAGE)) } })
        })
        .collect();
    let mut left_out = |count: usize, what: &str| {
        if count > 0 {
            let text = format!("{count} more {what} are left out here; the JSON report has them.");
            list.push(json!({ "level": "warning", "message": { "text": text } }));
        }
    };
    left_out(report.troubles.len().saturating_sub(TROUBLES), "troubles");
    left_out(report.problems.len().saturating_sub(RESULTS), "results");
    list
}
