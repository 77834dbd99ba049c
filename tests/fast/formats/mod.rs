//! SARIF, JUnit, code quality and GitHub's annotations, judged by the public tools that read them.

mod fixtures;
mod github;

use crate::support;
use fixtures::{ALSO, ends, json, reports, with_all};
use github::obeyed;

use serde_json::Value;
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

#[test]
fn what_is_written_is_what_the_formats_say() {
    let Some(check) = support::venv("check-jsonschema") else {
        return;
    };
    let Some(python) = support::venv("python") else { return };
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let names = reports(at);
    let files = |format: &str| {
        names
            .iter()
            .map(move |name| at.join(format!("{name}.{format}")))
            .collect::<Vec<_>>()
    };
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schemas/sarif-2.1.0.json");
    let output = Command::new(check)
        .args(["--regex-variant", "nonunicode", "--schemafile"])
        .arg(schema)
        .args(files("sarif"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    for path in files("sarif") {
        sarif_is_consistent(&json(&path));
    }
    for path in files("code-quality") {
        code_quality_is_complete(&json(&path));
    }
    junit(&python, &files("junit"));
    // No absolute path, no control character.
    for format in ALSO {
        for path in files(format) {
            let text = fs::read_to_string(&path).unwrap();
            assert!(!text.contains(at.to_str().unwrap()), "{}", path.display());
            let control = text.chars().find(|c| c.is_control() && *c != '\n');
            assert_eq!(control, None, "{}", path.display());
        }
    }
    let rejected = json(&at.join("gate/reject.sarif"));
    let told_of_gate = told(&rejected);
    let expected = [
        ("gate-missing", "error", "dist/missing"),
        ("archive-mtime", "error", "dist/x.tar.gz"),
    ];
    assert_eq!(
        told_of_gate,
        expected.map(|(rule, level, path)| (rule.into(), level.into(), path.into()))
    );
    // What is extra is no error unless asked for.
    let told = told(&json(&at.join("check.sarif")));
    assert!(
        told.contains(&("file-changed".into(), "error".into(), "sub%20dir/x.tar.gz".into())),
        "{told:?}"
    );
    assert!(
        told.contains(&("file-extra".into(), "warning".into(), "new".into())),
        "{told:?}"
    );
    let page = ends(at, &["check", "manifest", "--root", "tree/b", "--format", "html"], 1).stdout;
    let page = String::from_utf8(page).unwrap();
    assert!(
        page.contains("&lt;script>") || page.contains("&lt;script&gt;"),
        "{page}"
    );
    assert!(!page.contains("<script"), "{page}");
    let accepted = json(&at.join("gate/accepted.sarif"));
    let suppressed = &accepted["runs"][0]["results"][0];
    assert_eq!(suppressed["suppressions"][0]["justification"], "their archiver");
    // Of a tree, the file that the address leads into.
    let tree = fs::read_to_string(at.join("tree.github")).unwrap();
    assert!(
        tree.contains("::error file=tree/b/sub dir/x.tar.gz,title=repro diff%3A archive-mtime::"),
        "{tree}"
    );
}

/// What the schema does not say and GitHub asks for: rules that are there, a region, fingerprints of their own, no empty text.
/// Rule, level and file of each result.
fn told(log: &Value) -> Vec<(String, String, String)> {
    let results = log["runs"][0]["results"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    results
        .iter()
        .map(|result| {
            let uri = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
            (text(&result["ruleId"]), text(&result["level"]), text(uri))
        })
        .collect()
}

fn sarif_is_consistent(log: &Value) {
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    for rule in rules {
        let id = rule["id"].as_str().unwrap();
        for text in [
            "/shortDescription/text",
            "/fullDescription/text",
            "/help/text",
            "/help/markdown",
        ] {
            let text = rule.pointer(text).and_then(Value::as_str).unwrap();
            assert!(!text.is_empty(), "{rule}");
        }
        if let Some(cause) = repro::cause::by_id(id) {
            let advice = cause.advice();
            let help = rule["help"]["text"].as_str().unwrap();
            assert!(help.contains(advice.what) && help.contains(advice.fix), "{help}");
        }
    }
    let mut prints = BTreeSet::new();
    for result in run["results"].as_array().unwrap() {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        let region = &result["locations"][0]["physicalLocation"]["region"];
        for name in ["startLine", "startColumn", "endLine", "endColumn"] {
            assert!(region[name].as_u64().unwrap() >= 1);
        }
        assert!(
            prints.insert(
                result["partialFingerprints"]["primaryLocationLineHash"]
                    .as_str()
                    .unwrap()
            )
        );
    }
}

fn code_quality_is_complete(issues: &Value) {
    let mut prints = BTreeSet::new();
    for issue in issues.as_array().unwrap() {
        for name in ["/description", "/check_name", "/location/path"] {
            assert!(!issue.pointer(name).unwrap().as_str().unwrap().is_empty(), "{issue}");
        }
        let severity = issue["severity"].as_str().unwrap();
        assert!(["info", "minor", "major", "critical", "blocker"].contains(&severity));
        assert!(issue["location"]["lines"]["begin"].as_u64().unwrap() >= 1);
        assert!(prints.insert(issue["fingerprint"].as_str().unwrap()), "{issue}");
    }
}

/// junitparser sees the cases, and the counts that stand in the attributes are those that it counts itself.
fn junit(python: &Path, files: &[PathBuf]) {
    let script = "
import json, sys
from junitparser import Error, Failure, JUnitXml, Skipped
for path in sys.argv[1:]:
    xml = JUnitXml.fromfile(path)
    stated = [xml.tests, xml.failures, xml.errors, xml.skipped]
    xml.update_statistics()
    cases = [[case.name, [type(result).__name__ for result in case.result], [result.text or '' for result in case.result]]
             for suite in xml for case in suite]
    print(json.dumps({'stated': stated, 'counted': [xml.tests, xml.failures, xml.errors, xml.skipped], 'cases': cases}))
";
    let output = Command::new(python).args(["-c", script]).args(files).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    let seen: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(seen.len(), files.len());
    for (seen, file) in seen.iter().zip(files) {
        assert_eq!(seen["stated"], seen["counted"], "{}", file.display());
        let name = file.file_stem().unwrap().to_str().unwrap();
        let counts: Vec<u64> = seen["counted"]
            .as_array()
            .unwrap()
            .iter()
            .map(|n| n.as_u64().unwrap())
            .collect();
        let expected = match name {
            "same" | "checked" => [1, 0, 0, 0],
            // Five files, and the manifest as a whole.
            "check" => [6, 6, 0, 0],
            "pass" | "accepted" => [2, 0, 0, 0],
            "reject" => [2, 2, 0, 0],
            _ => [1, 1, 0, 0],
        };
        assert_eq!(counts, expected, "{name}: {seen}");
        if name == "tree" {
            let text = seen["cases"][0][2][0].as_str().unwrap();
            assert!(text.contains("]]>") && text.contains("<script>"), "{text}");
        }
    }
}

#[test]
fn a_report_that_a_command_does_not_write_is_refused_before_the_work() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::write(at.join("x"), "x").unwrap();
    let output = ends(at, &["diff", "x", "x", "--also", "tagged=y"], 2);
    assert!(
        String::from_utf8_lossy(&output.stderr)
            .contains("\"tagged\" is not a format of this report: it has text, json")
    );
    assert!(!at.join("y").exists());
    ends(at, &["hash", "x", "-o", "manifest"], 0);
    let output = ends(at, &["check", "manifest", "--also", "sarif=manifest"], 2);
    assert!(String::from_utf8_lossy(&output.stderr).contains("can't take the place of what is read"));
    ends(at, &["check", "manifest"], 0);
    ends(at, &["diff", "x", "x", "--also", "sarif"], 2);
    ends(at, &["diff", "x", "x", "--also", "no-format=y"], 2);
    let output = ends(at, &["diff", "x", "x", "--also", "sarif=none/y"], 2);
    assert!(String::from_utf8_lossy(&output.stderr).contains("none/y: No such file or directory"));
}

/// Where there is no room for all, what weighs most is shown.
#[test]
fn warnings_hide_no_error() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::create_dir(at.join("tree")).unwrap();
    fs::write(at.join("tree/z"), "1").unwrap();
    ends(at, &["hash", "tree", "-o", "manifest", "--format", "json"], 0);
    fs::write(at.join("tree/z"), "2").unwrap();
    for number in 0..250 {
        fs::write(at.join(format!("tree/a{number}")), "").unwrap();
    }
    let text = ends(at, &["check", "manifest", "--format", "markdown"], 1).stdout;
    let text = String::from_utf8(text).unwrap();
    assert!(
        text.contains("| error | `tree/z` |") && text.contains("\n51 more are not shown."),
        "{text}"
    );
}

#[test]
fn an_experiment_in_every_format() {
    let Some(check) = support::venv("check-jsonschema") else {
        return;
    };
    let Some(python) = support::venv("python") else { return };
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::create_dir(at.join("source")).unwrap();
    let arguments = [
        "build",
        "--source",
        "source",
        "--artifact",
        "out.conf",
        "--variations",
        "locale,user_env",
        "--",
        "echo \"lang=$LANG\" > out.conf",
    ];
    with_all(at, "build", &arguments, 1);
    let log = json(&at.join("build.sarif"));
    sarif_is_consistent(&log);
    let first = &log["runs"][0]["results"][0];
    let message = first["message"]["text"].as_str().unwrap();
    assert!(message.starts_with("locale changes out.conf: "), "{message}");
    assert_eq!(
        first["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
        "out.conf"
    );
    code_quality_is_complete(&json(&at.join("build.code-quality")));
    let commands = obeyed(&fs::read_to_string(at.join("build.github")).unwrap());
    assert_eq!(commands[0].0, "error");
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schemas/sarif-2.1.0.json");
    let output = Command::new(check)
        .args(["--regex-variant", "nonunicode", "--schemafile"])
        .args([schema, at.join("build.sarif")])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let script = "
import sys
from junitparser import JUnitXml
xml = JUnitXml.fromfile(sys.argv[1])
results = {case.name: [type(result).__name__ for result in case.result] for suite in xml for case in suite}
assert results['control'] == [], results
assert results['locale'] == ['Failure'], results
assert results['user_env'] == [], results
assert results['time'] == ['Skipped'], results
assert xml.tests == len(results) and xml.failures == 1, (xml.tests, xml.failures)
";
    let output = Command::new(python)
        .args(["-c", script])
        .arg(at.join("build.junit"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn reports_do_not_depend_on_the_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    reports(at);
    for format in ["sarif", "junit", "code-quality", "github"] {
        let one = ends(at, &["diff", "tree/a", "tree/b", "--format", format, "--jobs", "1"], 1);
        let many = ends(at, &["diff", "tree/a", "tree/b", "--format", format, "--jobs", "7"], 1);
        assert!(!one.stdout.is_empty());
        assert_eq!(one.stdout, many.stdout, "{format}");
    }
}
