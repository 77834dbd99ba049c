//! The report in every format.

use super::{ends, folder, json, lint};
use std::{fs, process::Command};

/// Findings whose text would do harm where it is not escaped.
fn hostile() -> tempfile::TempDir {
    folder(&[
        (
            "a.c",
            "const char *a = __DATE__; // </pre><script>alert(1)</script> | `x` \u{1b}[31m \u{202e} ]]> ::error::x\n\
            const char *b = __DATE__; // repro: allow(c-date-time) <img src=x onerror=alert(1)>\n",
        ),
        ("<b>&'\".c", "const char *a = __TIME__;\n"),
    ])
}

#[test]
fn json_is_as_the_schema_says() {
    let at = hostile();
    let report = json(at.path(), &[], 1);
    assert_eq!(report["summary"]["findings"], 2);
    assert_eq!(report["summary"]["allowed"], 1);
    assert_eq!(report["findings"][0]["cause"], "cpp-date-time");
    let schema = Command::new(env!("CARGO_BIN_EXE_repro"))
        .args(["schema", "lint"])
        .output()
        .unwrap();
    assert_eq!(schema.stdout, repro::schemas::LINT.as_bytes());
    // An empty report, and one with trouble.
    json(at.path(), &["--select", "sh-gzip"], 0);
    json(at.path(), &["none.c"], 2);
}

#[test]
fn html_runs_nothing() {
    let at = hostile();
    let page = ends(at.path(), &["--format", "html"], 1, "");
    assert!(
        !page.contains("<script") && !page.contains("<img") && !page.contains("<b>&'"),
        "{page}"
    );
    assert!(page.contains("&lt;script&gt;alert(1)") && page.contains("default-src 'none'"));
    assert!(!page.contains('\u{1b}') && !page.contains('\u{202e}'));
    assert!(page.contains("<mark>__DATE__</mark>"));
    assert_eq!(page.matches("<details").count(), page.matches("</details>").count());
}

#[test]
fn text_and_markdown_are_harmless() {
    let at = hostile();
    let text = ends(at.path(), &["--verbose"], 1, "");
    assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'));
    assert!(
        text.contains("allowed a.c:2:17 c-date-time: <img src=x onerror=alert(1)> (comment)"),
        "{text}"
    );
    let markdown = ends(at.path(), &["--format", "markdown"], 1, "");
    assert!(
        markdown.starts_with("### `repro lint`: 2 findings (2 high) in 2 of 2 files"),
        "{markdown}"
    );
    for row in markdown.lines().filter(|line| line.starts_with("| ")) {
        let bars = row.replace("\\|", "").matches('|').count();
        assert_eq!(bars, 5, "{row}");
    }
    assert!(markdown.contains("| `c-date-time` | 2 |"), "{markdown}");
}

#[test]
fn further_reports_are_written_beside() {
    let at = hostile();
    let also = [
        "--also",
        "json=report.json",
        "--also",
        "html=report.html",
        "--also",
        "text=report.txt",
    ];
    let text = ends(at.path(), &also, 1, "");
    assert!(text.contains("c-date-time"));
    let read = |name: &str| fs::read_to_string(at.path().join(name)).unwrap();
    assert_eq!(read("report.txt"), text);
    assert!(read("report.html").starts_with("<!doctype html>"));
    let report: serde_json::Value = serde_json::from_str(&read("report.json")).unwrap();
    assert_eq!(report["summary"]["findings"], 2);
    ends(
        at.path(),
        &["--also", "tagged=x"],
        2,
        "is not a format of this report: it has text",
    );
    ends(at.path(), &["--also", "json=no/such/folder"], 2, "no/such/folder");
}

/// What the formats have in common: the same number of problems, and the same exit status.
#[test]
fn problems_are_the_same_in_every_format() {
    let at = hostile();
    let say = |format: &str| {
        let output = lint(at.path(), &["--format", format]);
        assert_eq!(output.status.code(), Some(1), "{format}");
        String::from_utf8(output.stdout).unwrap()
    };
    let sarif: serde_json::Value = serde_json::from_str(&say("sarif")).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 3);
    assert!(results.iter().all(|result| result["ruleId"] == "c-date-time"));
    let suppressed = results
        .iter()
        .filter(|result| result["suppressions"].as_array().is_some_and(|all| !all.is_empty()));
    assert_eq!(suppressed.count(), 1);
    let quality: serde_json::Value = serde_json::from_str(&say("code-quality")).unwrap();
    assert_eq!(quality.as_array().unwrap().len(), 2);
    assert_eq!(say("junit").matches("<failure").count(), 2);
    assert_eq!(
        say("github")
            .lines()
            .filter(|line| line.starts_with("::error "))
            .count(),
        2
    );
}
