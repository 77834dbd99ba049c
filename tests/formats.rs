//! SARIF, JUnit, code quality and GitHub's annotations, judged by the public tools that read them.

mod support;

use serde_json::Value;
use std::{
    collections::BTreeSet,
    ffi::OsStr,
    fs,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

const REPRO: &str = env!("CARGO_BIN_EXE_repro");

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(REPRO);
    command
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .env_remove("GITHUB_ACTIONS")
        .env_remove("REPRO_CI");
    command
}

#[track_caller]
fn ends(folder: &Path, arguments: &[&str], status: i32) -> Output {
    let output = command(folder, arguments).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(status), "repro {arguments:?}\n{stderr}");
    output
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Text that each of the formats would stumble over, and GitHub's runner obey, were it not escaped.
const HOSTILE: &str =
    "]]>\u{1b}[31m<script>&amp;%0A::error::x ##[add-mask]e @everyone ![p](http://x/y) \u{202e}`|\"'\\";

/// Every further report of a run: `--also FORMAT=NAME.FORMAT`.
const ALSO: [&str; 6] = ["sarif", "junit", "code-quality", "github", "markdown", "json"];

fn also(name: &str) -> Vec<String> {
    ALSO.iter()
        .flat_map(|format| ["--also".to_owned(), format!("{format}={name}.{format}")])
        .collect()
}

/// A run with every further report.
#[track_caller]
fn with_all(folder: &Path, name: &str, arguments: &[&str], status: i32) -> Output {
    let also = also(name);
    let mut all: Vec<&str> = arguments.iter().take(1).copied().collect();
    all.extend(also.iter().map(String::as_str));
    all.extend(arguments.iter().skip(1));
    ends(folder, &all, status)
}

/// Pairs of the corpus, two trees with hostile names and text, a gate that passes and one that rejects: each with all its reports.
fn reports(folder: &Path) -> Vec<&'static str> {
    for (name, case, status) in [
        ("tar", "archive-mtime/tar-gz", 1),
        ("date", "cpp-date-time/executable", 1),
        ("tampered", "tampered/elf-string", 1),
    ] {
        let (a, b) = support::pair(&support::corpus().join(case)).unwrap();
        let copy = |from: &Path| {
            let to = format!("{name}.{}", from.file_name().unwrap().to_str().unwrap());
            fs::copy(from, folder.join(&to)).unwrap();
            to
        };
        let (a, b) = (copy(&a), copy(&b));
        with_all(folder, name, &["diff", &a, &b], status);
    }
    with_all(folder, "same", &["diff", "tar.a.tar.gz", "tar.a.tar.gz"], 0);
    for (side, text) in [("a", "one"), ("b", "two")] {
        let tree = folder.join("tree").join(side);
        fs::create_dir_all(tree.join("sub dir")).unwrap();
        fs::copy(folder.join(format!("tar.{side}.tar.gz")), tree.join("sub dir/x.tar.gz")).unwrap();
        let names: [&[u8]; 3] = [
            b"x\xff\x1b[31m\n::error::y ##[add-mask]e",
            b"a,b:c%0A]]>.txt",
            b"<script>alert(1)<script>",
        ];
        for name in names {
            let lines = format!("{text}\n{HOSTILE} {text}\n::error title=x::{text}\n  ::warning::{text}\n");
            fs::write(tree.join(OsStr::from_bytes(name)), lines).unwrap();
        }
        fs::write(tree.join("binary"), format!("\0\u{1}\u{1b}]0;x\u{7}##[add-mask]{text}")).unwrap();
    }
    with_all(folder, "tree", &["diff", "tree/a", "tree/b"], 1);
    gate(&folder.join("gate"));
    vec![
        "tar",
        "date",
        "tampered",
        "same",
        "tree",
        "gate/pass",
        "gate/reject",
        "gate/accepted",
    ]
}

/// A repository whose locked archive is built with another time, under policies that refuse it and that accept it.
fn gate(folder: &Path) {
    fs::create_dir_all(folder.join("reference/dist")).unwrap();
    fs::create_dir_all(folder.join("dist")).unwrap();
    let (a, b) = support::pair(&support::corpus().join("archive-mtime/tar-gz")).unwrap();
    let toml = "[gate]\nartifacts = [\"dist/*\"]\nreference = \"reference\"\n";
    fs::write(folder.join("repro.toml"), toml).unwrap();
    fs::copy(&a, folder.join("dist/x.tar.gz")).unwrap();
    fs::copy(&a, folder.join("reference/dist/x.tar.gz")).unwrap();
    fs::write(folder.join("dist/missing"), "here").unwrap();
    ends(folder, &["lock"], 0);
    with_all(folder, "pass", &["gate"], 0);
    fs::copy(&b, folder.join("dist/x.tar.gz")).unwrap();
    let allow = "[[gate.allow]]\nartifact = \"dist/x.tar.gz\"\ncauses = [\"archive-mtime\", \"gzip-mtime\", \"compression-settings\"]\nreason = \"their \
                 archiver\"\n";
    fs::write(folder.join("repro.toml"), format!("{toml}{allow}")).unwrap();
    with_all(folder, "accepted", &["gate"], 0);
    fs::write(folder.join("repro.toml"), toml).unwrap();
    fs::remove_file(folder.join("dist/missing")).unwrap();
    with_all(folder, "reject", &["gate"], 1);
}

#[test]
fn what_diff_and_gate_write_is_what_the_formats_say() {
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
    let results = rejected["runs"][0]["results"].as_array().unwrap();
    let told: Vec<(&str, &str, &str)> = results
        .iter()
        .map(|result| {
            let uri = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
            let words = [&result["ruleId"], &result["level"], uri].map(|value| value.as_str().unwrap());
            (words[0], words[1], words[2])
        })
        .collect();
    assert_eq!(
        told,
        [
            ("gate-missing", "error", "dist/missing"),
            ("archive-mtime", "error", "dist/x.tar.gz")
        ]
    );
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
            "same" => [1, 0, 0, 0],
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

/// GitHub's runner, as far as commands go: each line of a step's output, blank space before it dropped, that starts with `::`, or that has
/// `##[` anywhere; `stop-commands` switches it off until its word comes. Gives the names, properties and texts of the commands.
fn obeyed(output: &str) -> Vec<(String, String, String)> {
    const KNOWN: [&str; 9] = [
        "error",
        "warning",
        "notice",
        "debug",
        "add-mask",
        "add-matcher",
        "set-output",
        "save-state",
        "group",
    ];
    let mut found = Vec::new();
    let mut stopped: Option<String> = None;
    for line in output.split(['\n', '\r']) {
        let known = |name: &str, stopped: &Option<String>| {
            KNOWN.contains(&name) || name == "stop-commands" || stopped.as_deref() == Some(name)
        };
        let split = |info: &str| match info.split_once(' ') {
            Some((name, properties)) => (name.to_owned(), properties.to_owned()),
            None => (info.to_owned(), String::new()),
        };
        let second = line
            .trim_start()
            .strip_prefix("::")
            .and_then(|rest| rest.split_once("::"));
        let first = line.split_once("##[").and_then(|(_, rest)| rest.split_once(']'));
        let command = [second, first].into_iter().flatten().find_map(|(info, data)| {
            let (name, properties) = split(info);
            known(&name, &stopped).then(|| (name, properties, data.to_owned()))
        });
        match (command, &stopped) {
            (Some((name, ..)), Some(word)) if name == *word => stopped = None,
            (Some((name, _, data)), None) if name == "stop-commands" => stopped = Some(data),
            (Some(command), None) => found.push(command),
            _ => {}
        }
    }
    found
}

#[test]
fn the_runner_of_the_test_obeys_as_github_does() {
    let names = |output: &str| obeyed(output).into_iter().map(|(name, ..)| name).collect::<Vec<_>>();
    assert_eq!(
        names("  ::error file=x::y\ntext ::error::no\ntext ##[add-mask]x\n::unknown::x"),
        ["error", "add-mask"]
    );
    assert_eq!(
        names("::stop-commands::w\n::error::x\n##[add-mask]x\n::w::\n::warning::y"),
        ["warning"]
    );
}

#[test]
fn in_github_actions() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    reports(at);
    let step = |arguments: &[&str], more: &[(&str, &str)]| {
        for name in ["summary", "output"] {
            fs::write(at.join(name), "").unwrap();
        }
        let output = command(at, arguments)
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_STEP_SUMMARY", "summary")
            .env("GITHUB_OUTPUT", "output")
            .envs(more.iter().copied())
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let read = |name: &str| fs::read_to_string(at.join(name)).unwrap();
        (
            text(output.stdout),
            text(output.stderr),
            read("summary"),
            read("output"),
        )
    };
    let plain = command(at, &["diff", "tree/a", "tree/b", "--verbose"])
        .output()
        .unwrap();
    let plain = String::from_utf8(plain.stdout).unwrap();
    assert!(
        obeyed(&plain).iter().any(|(name, ..)| name == "add-mask"),
        "the text of the trees would be obeyed, were it not fenced"
    );

    let (stdout, stderr, summary, output) = step(&["diff", "tree/a", "tree/b", "--verbose"], &[]);
    assert_eq!(output, "verdict=different\n");
    assert!(summary.starts_with("### `repro diff`: different\n"), "{summary}");
    let lines: Vec<&str> = stdout.lines().collect();
    assert_eq!(lines[1..lines.len() - 1].join("\n"), plain.trim_end());
    assert_eq!(obeyed(&stdout), []);
    let commands = obeyed(&stderr);
    assert_eq!(commands.len(), stderr.lines().count(), "{stderr}");
    for (name, properties, _) in &commands {
        assert!(name == "error" || name == "notice", "{name}");
        let title = properties.split_once("title=").unwrap().1;
        assert!(title.starts_with("repro diff"), "{properties}");
    }
    // Masks, and errors that are not ours, whichever way the two streams are mixed.
    let mixed = obeyed(&format!("{stdout}{stderr}"));
    assert_eq!(mixed, commands);

    // The report is annotations already; there is no second set.
    let (stdout, stderr, ..) = step(&["diff", "tree/a", "tree/b", "--format", "github"], &[]);
    assert_eq!(stderr, "");
    assert!(obeyed(&stdout).len() >= 7, "{stdout}");
    // Programs read JSON as it is.
    let (stdout, ..) = step(&["diff", "tree/a", "tree/b", "--format", "json"], &[]);
    let parsed: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(parsed["verdict"], "different");
    // Switched off.
    let (stdout, stderr, summary, output) = step(&["diff", "tree/a", "tree/b", "--verbose"], &[("REPRO_CI", "0")]);
    assert_eq!(
        (stdout, stderr, summary, output),
        (plain, String::new(), String::new(), String::new())
    );
    // A summary is not cut in the middle.
    fs::write(at.join("long"), "x".repeat((1 << 20) - 300)).unwrap();
    step(&["diff", "tree/a", "tree/b"], &[("GITHUB_STEP_SUMMARY", "long")]);
    let long = fs::read_to_string(at.join("long")).unwrap();
    assert!(
        long.ends_with("The report is too long for this page: see the step's log.\n\n"),
        "{}",
        &long[long.len() - 200..]
    );
    assert!(long.len() <= 1 << 20);
    // An error message with a hostile path.
    let (_, stderr, ..) = step(&["diff", "no\n::error::such ##[add-mask]e", "tree/b"], &[]);
    assert!(stderr.contains("No such file"), "{stderr}");
    assert_eq!(obeyed(&stderr), []);
}

#[test]
fn the_gate_in_github_actions() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    gate(at);
    let output = command(at, &["gate", "--report-url", "https://ci.example/run/7?x=1"])
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_STEP_SUMMARY", "summary")
        .env("GITHUB_OUTPUT", "output")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(fs::read_to_string(at.join("output")).unwrap(), "verdict=reject\n");
    let summary = fs::read_to_string(at.join("summary")).unwrap();
    assert!(summary.starts_with("### `repro gate`: reject\n"), "{summary}");
    assert!(
        summary.contains("| `dist/x.tar.gz` | differs | `archive-mtime` | "),
        "{summary}"
    );
    assert!(summary.contains("<details><summary>"), "{summary}");
    assert!(
        summary.ends_with("\n[HTML report](https://ci.example/run/7?x=1)\n\n"),
        "{summary}"
    );
    let files: Vec<String> = obeyed(&String::from_utf8(output.stderr).unwrap())
        .into_iter()
        .map(|(name, properties, _)| format!("{name} {}", properties.split(',').next().unwrap()))
        .collect();
    assert_eq!(files, ["error file=dist/missing", "error file=dist/x.tar.gz"]);
    // From a folder above, paths count from there.
    let above = at.parent().unwrap();
    let name = at.file_name().unwrap().to_str().unwrap();
    let output = command(above, &["gate", "--root", name, "--format", "github"])
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains(&format!("::error file={name}/dist/x.tar.gz,")), "{said}");
    for url in ["javascript:alert(1)", "https://x/)", "https://x/ y", "x"] {
        let output = command(at, &["gate", "--report-url", url]).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{url}");
    }
}

#[test]
fn a_report_that_a_command_does_not_write_is_refused_before_the_work() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::write(at.join("x"), "x").unwrap();
    let output = ends(at, &["diff", "x", "x", "--also", "tagged=y"], 2);
    assert!(String::from_utf8_lossy(&output.stderr).contains("--format tagged: this subcommand writes"));
    assert!(!at.join("y").exists());
    ends(at, &["diff", "x", "x", "--also", "sarif"], 2);
    ends(at, &["diff", "x", "x", "--also", "no-format=y"], 2);
    let output = ends(at, &["diff", "x", "x", "--also", "sarif=none/y"], 2);
    assert!(String::from_utf8_lossy(&output.stderr).contains("none/y: No such file or directory"));
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
