//! Limits of the services.

use super::{code_quality, github, junit, sarif, text::relative};
use crate::model::{Level, Problem, ProblemReport, Region};
use serde_json::Value;
use std::io::{self, Write};

fn problem(level: Level, number: usize) -> Problem {
    Problem {
        rule: "archive-mtime",
        level,
        message: format!("number {number}"),
        path: "dist/a,b:c.tar".to_owned(),
        region: None,
        snippet: None,
        fix: Some("50 % of it\nand more".to_owned()),
        fingerprint: "0123".to_owned(),
        accepted: None,
    }
}

fn report(problems: Vec<Problem>) -> ProblemReport {
    ProblemReport {
        command: "repro diff",
        summary: "different".to_owned(),
        rules: Vec::new(),
        problems,
        checks: Vec::new(),
        troubles: vec![("dist/x".to_owned(), "could not be read".to_owned())],
    }
}

type Writer = fn(&ProblemReport, &mut dyn Write) -> io::Result<()>;

fn text(report: &ProblemReport, write: Writer) -> String {
    let mut out = Vec::new();
    write(report, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn parsed(report: &ProblemReport, write: Writer) -> Value {
    serde_json::from_str(&text(report, write)).unwrap()
}

#[test]
fn sarif_keeps_what_weighs_most_and_says_what_it_leaves_out() {
    let notes = (0..25_000).map(|number| problem(Level::Note, number));
    let all = notes.chain([problem(Level::Error, 25_000), problem(Level::Warning, 25_001)]);
    let log = parsed(&report(all.collect()), sarif::write);
    let run = &log["runs"][0];
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 25_000);
    assert_eq!(results[24_998]["level"], "error");
    assert_eq!(results[24_999]["level"], "warning");
    let notifications = run["invocations"][0]["toolExecutionNotifications"].as_array().unwrap();
    assert_eq!(run["invocations"][0]["executionSuccessful"], false);
    assert_eq!(notifications[0]["message"]["text"], "dist/x: could not be read");
    assert_eq!(
        notifications[1]["message"]["text"],
        "2 more results are left out here; the JSON report has them."
    );
}

#[test]
fn equal_fingerprints_are_told_apart() {
    let twice = report(vec![problem(Level::Error, 1), problem(Level::Error, 2)]);
    let log = parsed(&twice, sarif::write);
    let print = |at: usize| log["runs"][0]["results"][at]["partialFingerprints"]["primaryLocationLineHash"].clone();
    assert_eq!([print(0), print(1)], ["0123:1", "0123:2"]);
    let issues = parsed(&twice, code_quality::write);
    assert_eq!(issues[0]["fingerprint"], "0123");
    assert_eq!(issues[1]["fingerprint"], "0123-2");
}

#[test]
fn what_is_accepted_is_suppressed_or_left_out() {
    let mut accepted = problem(Level::Note, 1);
    accepted.accepted = Some("the vendor's tool".to_owned());
    let mixed = report(vec![accepted, problem(Level::Error, 2)]);
    let log = parsed(&mixed, sarif::write);
    let suppressions = |at: usize| log["runs"][0]["results"][at]["suppressions"].clone();
    assert_eq!(suppressions(0)[0]["justification"], "the vendor's tool");
    assert_eq!(suppressions(0)[0]["kind"], "external");
    assert_eq!(suppressions(1), serde_json::json!([]));
    assert_eq!(parsed(&mixed, code_quality::write).as_array().unwrap().len(), 1);
    assert!(!text(&mixed, github::write).contains("number 1"));
}

#[test]
fn github_is_told_no_more_than_it_shows() {
    let mut all: Vec<Problem> = (0..30).map(|number| problem(Level::Error, number)).collect();
    all.extend((0..12).map(|number| problem(Level::Warning, number)));
    all.extend((0..10).map(|number| problem(Level::Note, number)));
    let report = report(all);
    let few = text(&report, github::annotate);
    let count = |text: &str, word: &str| text.lines().filter(|line| line.starts_with(word)).count();
    let counted = |text: &str| ["::error ", "::warning ", "::notice "].map(|word| count(text, word));
    assert_eq!(counted(&few), [10, 10, 10]);
    // One error is the trouble.
    assert!(few.ends_with("::24 more are in the report\n"), "{few}");
    assert_eq!(counted(&text(&report, github::write)), [31, 12, 10]);
}

#[test]
fn github_commands_are_escaped() {
    let mut placed = problem(Level::Warning, 7);
    placed.region = Some(Region {
        line: 3,
        column: 5,
        end_line: 3,
        end_column: 9,
    });
    let mut report = report(vec![placed]);
    report.troubles.clear();
    assert_eq!(
        text(&report, github::write),
        "::warning file=dist/a%2Cb%3Ac.tar,line=3,endLine=3,col=5,endColumn=9,title=repro diff%3A archive-mtime::number 7%0Afix: 50 %25 \
         of it%0Aand more\n"
    );
}

#[test]
fn sarif_places() {
    let uri = |path: &str| {
        let mut one = problem(Level::Error, 1);
        one.path = path.to_owned();
        let log = parsed(&report(vec![one]), sarif::write);
        log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"].clone()
    };
    let below = |path: &str| serde_json::json!({ "uri": path, "uriBaseId": "%SRCROOT%" });
    assert_eq!(uri("./dist/a b#c?.tar"), below("dist/a%20b%23c%3F.tar"));
    assert_eq!(uri("c:d/é\n"), below("c%3Ad/%C3%A9%0A"));
    assert_eq!(uri("/tmp/100%"), serde_json::json!({ "uri": "file:///tmp/100%25" }));
    assert_eq!(relative(".//./a"), "a");
}

#[test]
fn no_character_that_xml_cannot_hold() {
    let every: String = (0..=0xffff).filter_map(char::from_u32).collect();
    let mut one = report(Vec::new());
    one.troubles = vec![(format!("name {every}"), every)];
    let xml = text(&one, junit::write);
    let allowed = |c: char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}');
    assert_eq!(xml.chars().find(|c| !allowed(*c)), None);
    assert!(
        xml.contains("\\x1b[") || xml.contains("\\x1b"),
        "spelt out, not dropped"
    );
}
