//! The corpus as the tests see it: folders with `expected.json`, the pair beside it, and what a report must say.
#![allow(dead_code, unused_imports, reason = "each binary of the tests uses its own part")]

pub mod browser;
pub mod golden;
pub mod xattr;

use repro::{
    diff::{Input, Options, diff},
    model::{DiffReport, Record, Verdict},
    record,
};
use serde_json::Value;
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// The root of this repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The folder `corpus/`.
pub fn corpus() -> PathBuf {
    root().join("corpus")
}

/// Where cargo builds, as `tests/venv` takes it.
pub fn target() -> PathBuf {
    root().join(std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))
}

/// One folder with an `expected.json`.
pub struct Case {
    /// Path below `corpus/`.
    pub name: String,
    /// The folder.
    pub folder: PathBuf,
    /// `expected.json`.
    pub expected: Value,
}

/// All cases, sorted; with `REPRO_CASE` set, those whose name contains it.
pub fn cases() -> Vec<Case> {
    let filter = std::env::var("REPRO_CASE").unwrap_or_default();
    let root = corpus();
    let mut cases: Vec<_> = walkdir::WalkDir::new(&root)
        .sort_by_file_name()
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| entry.file_name() == "expected.json")
        .map(|entry| {
            let folder = entry.path().parent().unwrap().to_owned();
            let name = folder.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
            let text = fs::read(entry.path()).unwrap();
            let expected = serde_json::from_slice(&text).unwrap_or_else(|e| panic!("{name}/expected.json: {e}"));
            Case { name, folder, expected }
        })
        .filter(|case| case.name.contains(&filter))
        .collect();
    cases.sort_by(|x, y| x.name.cmp(&y.name));
    assert!(!cases.is_empty(), "no case in {}", root.display());
    cases
}

/// `a` or `b` of a folder, with whatever extension.
pub fn side(folder: &Path, side: &str) -> Option<PathBuf> {
    let mut found: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            let name = path.file_name().unwrap().to_string_lossy();
            name.strip_prefix(side)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
        .collect();
    assert!(found.len() < 2, "{}: more than one {side}", folder.display());
    found.pop()
}

/// Both sides, or `None` where the pair is not committed.
pub fn pair(folder: &Path) -> Option<(PathBuf, PathBuf)> {
    Some((side(folder, "a")?, side(folder, "b")?))
}

/// The records beside a pair: `record-a` and `record-b`, with whatever extension.
pub fn records(folder: &Path) -> Option<[Record; 2]> {
    let read = |path: PathBuf| record::read(&path).unwrap_or_else(|e| panic!("{e}"));
    Some([read(side(folder, "record-a")?), read(side(folder, "record-b")?)])
}

/// Compares two paths by the library, with what is known of them.
pub fn compare_known(a: &Path, b: &Path, records: Option<[&Record; 2]>) -> DiffReport {
    let open = |path: &Path| Input::open(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let mut options = Options::default();
    options.records = records;
    diff(&open(a), &open(b), &options)
}

/// Compares two paths by the library.
pub fn compare(a: &Path, b: &Path) -> DiffReport {
    compare_known(a, b, None)
}

/// Compares bytes by the library.
pub fn compare_bytes(a: &[u8], b: &[u8]) -> DiffReport {
    diff(
        &Input::from_bytes("a", a.to_vec()),
        &Input::from_bytes("b", b.to_vec()),
        &Options::default(),
    )
}

/// A JSON Schema, as `repro schema` prints it.
pub struct Schema(boon::Schemas, boon::SchemaIndex);

impl Schema {
    pub fn new(text: &str) -> Self {
        let mut schemas = boon::Schemas::new();
        let mut compiler = boon::Compiler::new();
        let schema = serde_json::from_str(text).unwrap();
        compiler.add_resource("schema.json", schema).unwrap();
        let index = compiler.compile("schema.json", &mut schemas).unwrap();
        Self(schemas, index)
    }

    /// What of `instance` is not as the schema says.
    pub fn check(&self, instance: &Value) -> Result<(), String> {
        let valid = self.0.validate(instance, self.1);
        valid.map_err(|error| format!("{error:#}"))
    }
}

/// Fails if what `repro build --format json` printed is not as `repro schema build` says.
pub fn assert_build_report(json: &[u8]) -> Value {
    let report = serde_json::from_slice(json).unwrap();
    if let Err(error) = Schema::new(repro::schemas::BUILD).check(&report) {
        panic!("{error}");
    }
    report
}

/// Fails if what `repro ddc --format json` printed is not as `repro schema ddc` says.
pub fn assert_ddc_report(json: &[u8]) -> Value {
    let report = serde_json::from_slice(json).unwrap();
    if let Err(error) = Schema::new(repro::schemas::DDC).check(&report) {
        panic!("{error}");
    }
    report
}

/// Fails if what `repro gate --format json` printed is not as `repro schema gate` says.
pub fn assert_gate_report(json: &[u8]) -> Value {
    let report = serde_json::from_slice(json).unwrap();
    if let Err(error) = Schema::new(repro::schemas::GATE).check(&report) {
        panic!("{error}");
    }
    report
}

/// The folder of this program: in PATH, `repro` is found in it.
pub fn program_folder() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_repro")).parent().unwrap()
}

/// Copies this program to a path, from where it is run. By another process: one that is forked while this one writes would hold the copy open,
/// and a file that is open for writing can't be run.
pub fn copy_program(to: &Path) {
    let done = Command::new("cp").arg(env!("CARGO_BIN_EXE_repro")).arg(to).status();
    assert!(done.unwrap().success(), "{}", to.display());
}

/// Whether a tool is missing, which is said; with `REPRO_REQUIRE_TOOLS=1` that is a failure.
pub fn missing(tools: &[&str]) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let there = |tool: &str| std::env::split_paths(&path).any(|folder| folder.join(tool).is_file());
    let Some(tool) = tools.iter().find(|tool| !there(tool)) else {
        return false;
    };
    left_out(tool, "");
    true
}

/// A program of target/venv, such as `python`, which `tests/venv` fills from tests/requirements.txt; if it is not there, as [`missing`].
pub fn venv(program: &str) -> Option<PathBuf> {
    let path = target().join("venv/bin").join(program);
    if path.is_file() {
        return Some(path);
    }
    left_out(program, ": tests/venv installs it");
    None
}

fn left_out(tool: &str, how: &str) {
    let required = std::env::var_os("REPRO_REQUIRE_TOOLS").is_some_and(|v| v == "1");
    assert!(!required, "no {tool}, and REPRO_REQUIRE_TOOLS is set{how}");
    println!("left out: no {tool}{how}");
}

/// What a program printed: all of its standard output, then all of its standard error.
pub fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned()
}

/// A text of which it does not matter where its lines are broken.
pub fn unbroken(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// git in a folder, as nobody in particular, and of that folder's repository also where the tests are run by a hook of another one.
pub fn git_command(folder: &Path, arguments: &[&str]) -> Command {
    let mut git = Command::new("git");
    for own in ["user.name=a", "user.email=a@example.org", "init.defaultBranch=main"] {
        git.args(["-c", own]);
    }
    git.args(arguments).current_dir(folder);
    for name in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"] {
        git.env_remove(name);
    }
    git
}

/// Runs it, which must succeed; what it prints, without the end of its last line.
#[track_caller]
pub fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = git_command(folder, arguments).output().unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", said(&output));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// The verdict as JSON spells it.
pub fn word(verdict: Verdict) -> String {
    serde_json::to_value(verdict).unwrap().as_str().unwrap().to_owned()
}

/// Ids of the causes that a report names: roots, or those that follow from others.
pub fn named(report: &DiffReport, knock_on: bool) -> BTreeSet<&'static str> {
    let findings = report.findings.iter();
    findings.filter(|f| f.knock_on == knock_on).map(|f| f.cause).collect()
}

fn words<'a>(expected: &'a Value, key: &str) -> Option<BTreeSet<&'a str>> {
    match expected.get(key)? {
        Value::String(one) => Some([one.as_str()].into()),
        Value::Array(many) => Some(many.iter().map(|v| v.as_str().unwrap()).collect()),
        other => panic!("{key}: {other}"),
    }
}

/// What in `report` is not as `expected` says.
pub fn wrong(expected: &Value, report: &DiffReport) -> Vec<String> {
    let mut wrong = Vec::new();
    let verdict = word(report.verdict);
    let allowed = words(expected, "verdict").expect("a verdict");
    if !allowed.contains(verdict.as_str()) {
        let left: Vec<_> = report
            .unexplained
            .iter()
            .map(|p| format!("{}: {}", p.address, p.summary))
            .collect();
        wrong.push(format!(
            "verdict is {verdict}, not {allowed:?}; unexplained: {left:?}; undetermined: {:?}",
            report.undetermined
        ));
    }
    let (roots, knock_ons) = (named(report, false), named(report, true));
    if let Some(causes) = words(expected, "causes")
        && roots != causes
    {
        wrong.push(format!("causes are {roots:?}, not {causes:?}"));
    }
    if let Some(may) = words(expected, "knock_ons")
        && !knock_ons.is_subset(&may)
    {
        wrong.push(format!("knock-ons are {knock_ons:?}, of which only {may:?} may be"));
    }
    if let Some(absent) = words(expected, "absent") {
        let all: BTreeSet<_> = roots.union(&knock_ons).copied().collect();
        let named: Vec<_> = absent.intersection(&all).collect();
        if !named.is_empty() {
            wrong.push(format!("attributed to {named:?}"));
        }
    }
    if let Some(formats) = words(expected, "formats") {
        let seen: BTreeSet<_> = report
            .findings
            .iter()
            .map(|f| f.format)
            .chain(report.unexplained.iter().map(|p| p.format))
            .collect();
        if formats.is_disjoint(&seen) {
            wrong.push(format!("read as {seen:?}, not as one of {formats:?}"));
        }
    }
    for part in words(expected, "summaries").unwrap_or_default() {
        if !report.unexplained.iter().any(|place| place.summary.contains(part)) {
            wrong.push(format!("no summary of an unexplained place says {part:?}"));
        }
    }
    wrong
}
