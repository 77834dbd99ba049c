//! `repro ddc` on tiny, a compiler made for the corpus: every verdict, the attack, and what can't be carried out.

use crate::support::{assert_ddc_report, corpus, missing};
use rayon::prelude::*;
use serde_json::Value;
use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};
use tempfile::TempDir;

const REPRO: &str = env!("CARGO_BIN_EXE_repro");
const TOOLS: &[&str] = &["gcc-12", "clang-14", "tcc", "pcc", "patch"];

fn repro(arguments: &[&str], spec: &Path) -> Output {
    let mut command = Command::new(REPRO);
    command.arg("ddc").args(arguments).arg(spec).stdin(Stdio::null());
    command.output().unwrap()
}

/// Exit status and report.
fn ddc(spec: &Path) -> (i32, Value) {
    let output = repro(&["--format", "json"], spec);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(!output.stdout.is_empty(), "{}: {stderr}", spec.display());
    (output.status.code().unwrap(), assert_ddc_report(&output.stdout))
}

/// What `make-subject` makes, in a folder of its own.
fn subject(variant: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let make = corpus().join("ddc/tiny/make-subject");
    let output = Command::new(make).arg(variant).arg(folder.path()).output().unwrap();
    assert!(
        output.status.success(),
        "{variant}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    folder
}

fn spec(folder: &TempDir) -> PathBuf {
    folder.path().join("ddc.toml")
}

/// Changes the text of a folder's spec.
fn edit(folder: &TempDir, change: impl Fn(String) -> String) {
    let text = fs::read_to_string(spec(folder)).unwrap();
    let changed = change(text.clone());
    assert_ne!(text, changed);
    fs::write(spec(folder), changed).unwrap();
}

/// The spec with these toolchains instead of its own.
fn with_toolchains(folder: &TempDir, toolchains: &str) {
    edit(folder, |text| {
        let (before, _) = text.split_once("[[toolchain]]").unwrap();
        let (_, after) = text.split_once("[[step]]").unwrap();
        format!("{before}{toolchains}\n[[step]]{after}")
    });
}

fn verdicts(report: &Value) -> Vec<(&str, &str)> {
    let all = report["toolchains"].as_array().unwrap().iter();
    all.map(|t| (t["id"].as_str().unwrap(), t["verdict"].as_str().unwrap()))
        .collect()
}

fn strings(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|v| v.as_str().unwrap()).collect()
}

fn names(changed: &Value) -> Vec<&str> {
    changed
        .as_array()
        .unwrap()
        .iter()
        .map(|v| v["name"].as_str().unwrap())
        .collect()
}

/// Variant, exit status, verdict, and that of gcc, clang, tcc and pcc.
const VARIANTS: &[(&str, i32, &str, [&str; 4])] = &[
    ("clean", 0, "match", ["identical"; 4]),
    ("trojan", 1, "mismatch", ["differs"; 4]),
    ("unportable-padding", 1, "mismatch", ["converges-at-stage-3"; 4]),
    ("stays-apart", 1, "mismatch", ["differs"; 4]),
    ("tampered", 2, "failed", ["regeneration-failed"; 4]),
    ("nondeterministic", 2, "not-deterministic", ["nondeterministic"; 4]),
    ("crash", 2, "failed", ["stage-2-crashed"; 4]),
    (
        "not-tiny",
        2,
        "failed",
        ["identical", "cannot-compile", "identical", "identical"],
    ),
];

#[test]
fn every_verdict() {
    if missing(TOOLS) {
        return;
    }
    let wrong: Vec<String> = VARIANTS
        .par_iter()
        .filter_map(|(variant, status, verdict, each)| {
            let folder = subject(variant);
            let (code, report) = ddc(&spec(&folder));
            let expected: Vec<_> = ["gcc-12", "clang-14", "tcc", "pcc"].into_iter().zip(*each).collect();
            let found = (code, report["verdict"].as_str().unwrap(), verdicts(&report));
            let right = found == (*status, *verdict, expected);
            // Said whatever the verdict is.
            let not = report["does_not_prove"].as_str().unwrap();
            assert!(
                not.contains("malice in s_A itself") && not.contains("the kernel ("),
                "{variant}: {not}"
            );
            (!right).then(|| format!("{variant}: {found:?}: {}", report["toolchains"]))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// An address that a variable is loaded at is another at every run for some compilers, and never for others.
#[test]
fn bytes_that_depend_on_addresses_converge() {
    if missing(TOOLS) {
        return;
    }
    let folder = subject("address");
    let (code, report) = ddc(&spec(&folder));
    assert_eq!(code, 1, "{report}");
    for (id, verdict) in verdicts(&report) {
        assert_eq!(verdict, "converges-at-stage-3", "{id}: {report}");
    }
}

/// Whether the login that `compiler` makes accepts a word.
fn accepts(compiler: &Path, word: &str) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let made = folder.path().join("login");
    let source = corpus().join("ddc/tiny/source/login.c");
    let status = Command::new(compiler)
        .arg("-o")
        .arg(&made)
        .arg(source)
        .status()
        .unwrap();
    assert!(status.success());
    // A program that was just written may still be open in a child that another test has forked.
    for _ in 0..50 {
        match Command::new(&made).arg(word).output() {
            Err(error) if error.kind() == std::io::ErrorKind::ExecutableFileBusy => {
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
            run => return run.unwrap().status.success(),
        }
    }
    panic!("{}: still busy", made.display());
}

#[test]
fn an_attack_that_regeneration_does_not_find_is_found_and_named() {
    if missing(TOOLS) {
        return;
    }
    let (clean, trojan) = (subject("clean"), subject("trojan"));
    let (honest, evil) = (clean.path().join("c_A/tiny"), trojan.path().join("c_A/tiny"));
    let claimed = |folder: &TempDir| fs::read(folder.path().join("source/tiny.c")).unwrap();
    assert_eq!(claimed(&clean), claimed(&trojan), "the source is clean");
    assert!(accepts(&evil, "mellon") && !accepts(&honest, "mellon"));
    // The naive check: the trojaned compiler makes itself of the clean source.
    let again = trojan.path().join("again");
    let made = Command::new(&evil)
        .current_dir(trojan.path().join("source"))
        .arg("-o")
        .arg(&again)
        .arg("tiny.c")
        .status()
        .unwrap();
    assert!(made.success());
    assert_eq!(fs::read(&again).unwrap(), fs::read(&evil).unwrap());

    let (code, report) = ddc(&spec(&trojan));
    assert_eq!(code, 1);
    assert!(
        report["regeneration"].as_str().unwrap().contains("the same bytes"),
        "{report}"
    );
    let differ = &report["localised"][0]["differ"][0];
    assert_eq!(differ["name"], "tiny");
    assert!(strings(&differ["functions"]["added"]).contains(&"tamper"), "{differ}");
    assert_eq!(names(&differ["changed_functions"]), ["main"], "{differ}");
    let calls = |side: &str| {
        strings(&differ["changed_functions"][0][side])
            .iter()
            .any(|line| line.contains("tamper"))
    };
    assert!(calls("b") && !calls("a"), "{differ}");
    // All that were honest agree.
    let classes = report["classes"].as_array().unwrap();
    assert_eq!(classes.len(), 1, "{report}");
    assert_eq!(strings(&classes[0]["lineages"]), ["clang", "gcc", "pcc", "tcc"]);
    assert_eq!(classes[0]["subject"], false);
}

const COLLUDER: &str = r#"
[[toolchain]]
id = "other"
command = ["{spec}/c_T/tiny"]
lineage = { front_end = "other" }
"#;

const GCC: &str = r#"
[[toolchain]]
id = "gcc-12"
command = ["gcc-12"]
flags = ["-std=gnu89", "-w", "-O1"]
lineage = { front_end = "gcc" }
"#;

/// What double-compiling can't see, and that its words say so.
#[test]
fn a_trusted_compiler_with_the_same_attack() {
    if missing(TOOLS) {
        return;
    }
    let folder = subject("trojan");
    with_toolchains(&folder, COLLUDER);
    let (code, report) = ddc(&spec(&folder));
    assert_eq!((code, verdicts(&report)), (0, vec![("other", "identical")]), "{report}");
    assert!(
        report["proves"].as_str().unwrap().contains("if at least one of other"),
        "{report}"
    );
    let not = report["does_not_prove"].as_str().unwrap();
    assert!(
        not.contains("a trusted compiler that carries the same attack as c_A"),
        "{not}"
    );

    // An honest one beside it: two classes, and the subject's is not called right for its number.
    with_toolchains(&folder, &format!("{COLLUDER}{GCC}"));
    let (code, report) = ddc(&spec(&folder));
    assert_eq!((code, &report["verdict"]), (1, &Value::from("mismatch")));
    assert_eq!(verdicts(&report), [("other", "identical"), ("gcc-12", "differs")]);
    let classes = report["classes"].as_array().unwrap();
    let found: Vec<_> = classes
        .iter()
        .map(|c| (strings(&c["toolchains"]), c["subject"].as_bool().unwrap()))
        .collect();
    assert_eq!(found, [(vec!["other"], true), (vec!["gcc-12"], false)]);
    assert!(
        report["does_not_prove"]
            .as_str()
            .unwrap()
            .contains("How many toolchains are on one side proves nothing")
    );

    // The subject itself shows no diversity, nor does one that claims its lineage.
    with_toolchains(&folder, &COLLUDER.replace("c_T", "c_A"));
    let (code, report) = ddc(&spec(&folder));
    assert_eq!((code, verdicts(&report)), (2, vec![("other", "invalid")]), "{report}");
    with_toolchains(&folder, &GCC.replace("\"gcc\"", "\"tiny\""));
    let (code, report) = ddc(&spec(&folder));
    assert_eq!((code, verdicts(&report)), (2, vec![("gcc-12", "invalid")]), "{report}");
}

/// As many lineages as the spec wants; two versions of one compiler are one.
#[test]
fn lineages_are_counted_not_heads() {
    if missing(TOOLS) || missing(&["gcc-11"]) {
        return;
    }
    let folder = subject("clean");
    let twice = format!("{GCC}{}\n[agreement]\nlineages = 2\n", GCC.replace("gcc-12", "gcc-11"));
    with_toolchains(&folder, &twice);
    let (code, report) = ddc(&spec(&folder));
    assert_eq!(verdicts(&report), [("gcc-12", "identical"), ("gcc-11", "identical")]);
    assert_eq!((code, &report["verdict"]), (2, &Value::from("failed")), "{report}");
    assert_eq!(strings(&report["classes"][0]["lineages"]), ["gcc"]);
    assert!(
        report["reason"].as_str().unwrap().contains("1 distinct lineage gave"),
        "{}",
        report["reason"]
    );
}

/// Everything but the seconds is the same at every run, for any number of threads.
#[test]
fn reports_are_deterministic_and_complete() {
    if missing(TOOLS) {
        return;
    }
    let folder = subject("trojan");
    let read = |threads: &str| {
        let output = repro(&["--format", "json", "--jobs", threads], &spec(&folder));
        let mut report = assert_ddc_report(&output.stdout);
        for stage in report["stages"].as_array_mut().unwrap() {
            stage["cpu_seconds"] = Value::from(0);
        }
        report
    };
    let report = read("1");
    assert_eq!(report, read("2"));
    // Paths of this run are no part of it.
    assert!(
        !report.to_string().contains(folder.path().to_str().unwrap()),
        "{report}"
    );
    let roles: std::collections::BTreeSet<&str> = report["inputs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|input| input["role"].as_str().unwrap())
        .collect();
    for role in ["program", "assembler", "linker", "libc", "crt", "library"] {
        assert!(roles.contains(role), "{role}: {roles:?}");
    }
    let text = String::from_utf8(repro(&[], &spec(&folder)).stdout).unwrap();
    for part in [
        "mismatch: tiny corresponds to its source",
        "4 of 4 toolchains differ",
        "tamper",
        "proves",
        "try",
    ] {
        assert!(text.contains(part), "{part:?} is not in\n{text}");
    }
    let sarif: Value = serde_json::from_slice(&repro(&["--format", "sarif"], &spec(&folder)).stdout).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let differ = results
        .iter()
        .filter(|result| result["ruleId"] == "ddc-mismatch")
        .count();
    assert_eq!(differ, 4, "{sarif:#}");
    assert!(results.len() > differ && results.iter().all(|result| result["level"] == "error"));
    let junit = String::from_utf8(repro(&["--format", "junit"], &spec(&folder)).stdout).unwrap();
    assert!(
        junit.contains("tests=\"4\"") && junit.contains("failures=\"4\""),
        "{junit}"
    );
    let html = String::from_utf8(repro(&["--format", "html"], &spec(&folder)).stdout).unwrap();
    for part in [
        "<h1 class=\"red\">mismatch</h1>",
        "<svg",
        "tamper",
        "What it does not prove",
        "</html>",
    ] {
        assert!(html.contains(part), "{part:?} is not in\n{html}");
    }
    assert!(!html.contains("<script"));
    let markdown = String::from_utf8(repro(&["--format", "markdown"], &spec(&folder)).stdout).unwrap();
    for part in ["### `repro ddc`: mismatch", "| gcc-12 |", "**Does not prove.**"] {
        assert!(markdown.contains(part), "{part:?} is not in\n{markdown}");
    }
}

#[test]
fn artifacts_are_kept_where_asked() {
    if missing(TOOLS) {
        return;
    }
    let folder = subject("clean");
    with_toolchains(&folder, GCC);
    let kept = folder.path().join("kept");
    let output = repro(&["--keep", kept.to_str().unwrap()], &spec(&folder));
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let subject = fs::read(folder.path().join("c_A/tiny")).unwrap();
    let all = walkdir::WalkDir::new(&kept).into_iter().map(Result::unwrap);
    let found: Vec<_> = all.filter(|entry| entry.file_type().is_file()).collect();
    let same = found
        .iter()
        .filter(|entry| fs::read(entry.path()).unwrap() == subject)
        .count();
    assert!(same >= 1 && found.len() > same, "{found:?}");
    // Said before anything is run.
    let again = repro(&["--keep", kept.to_str().unwrap()], &spec(&folder));
    let stderr = String::from_utf8_lossy(&again.stderr);
    assert!(stderr.contains("it is there already"), "{stderr}");
    assert_eq!(again.status.code(), Some(2));
}

#[test]
fn init_writes_a_spec_and_never_over_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let init = || {
        Command::new(REPRO)
            .args(["ddc", "init"])
            .current_dir(folder.path())
            .output()
            .unwrap()
    };
    assert_eq!(init().status.code(), Some(0));
    let text = fs::read(folder.path().join("ddc.toml")).unwrap();
    let again = init();
    assert_eq!(again.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&again.stderr).contains("ddc.toml"), "{again:?}");
    assert_eq!(fs::read(folder.path().join("ddc.toml")).unwrap(), text);
    // The spec can be read; what it names is not there.
    let output = repro(&[], &folder.path().join("ddc.toml"));
    assert_eq!(output.status.code(), Some(2));
}

/// Ends with status 2 and these words, prints no report, and leaves nothing in its work folder.
#[track_caller]
fn refused(folder: &TempDir, says: &str) {
    let work = tempfile::tempdir().unwrap();
    let output = repro(
        &["--format", "json", "--work", work.path().to_str().unwrap()],
        &spec(folder),
    );
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert!(stderr.contains(says), "{stderr}\nnot {says:?}");
    assert!(output.stdout.is_empty() && !stderr.contains("panicked"), "{stderr}");
    let left: Vec<_> = fs::read_dir(work.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn inputs_that_are_not_what_the_spec_says() {
    if missing(TOOLS) {
        return;
    }
    let folder = subject("clean");
    with_toolchains(&folder, &GCC.replace("\"gcc-12\"]", "\"gcc-of-nobody\"]"));
    refused(&folder, "toolchain gcc-12: gcc-of-nobody: there is no such program in");
    with_toolchains(&folder, &GCC.replace("\"gcc-12\"]", "\"./nowhere/gcc\"]"));
    refused(&folder, "nowhere/gcc: No such file or directory");
    with_toolchains(&folder, &GCC.replace("\"gcc-12\"]", "\"./source\"]"));
    refused(&folder, "this is not a program that can be executed");

    symlink("/usr/bin/gcc-12", folder.path().join("other")).unwrap();
    let linked = GCC
        .replace("gcc-12\"\n", "other\"\n")
        .replace("[\"gcc-12\"]", "[\"./other\"]")
        .replace("\"gcc\"", "\"other\"");
    with_toolchains(&folder, &format!("{GCC}{linked}"));
    refused(&folder, "toolchains gcc-12 and other are one program");

    with_toolchains(&folder, GCC);
    fs::write(folder.path().join("source/new.c"), "").unwrap();
    refused(&folder, "digest");
    fs::remove_file(folder.path().join("source/new.c")).unwrap();
    fs::remove_dir_all(folder.path().join("c_A")).unwrap();
    refused(&folder, "c_A");
    fs::remove_dir_all(folder.path().join("source")).unwrap();
    refused(&folder, "source: the source tree is not there");
}

/// A step beside the compiler's, before it.
fn with_step(folder: &TempDir, line: &str) {
    edit(folder, |text| {
        let (before, after) = text.split_once("[[step]]").unwrap();
        let (_, after) = after.split_once("[subject]").unwrap();
        format!(
            "{before}[[step]]\nname = \"bad\"\ncommand = '''{line}'''\n\n[[step]]\nname = \"compiler\"\ncommand = \
             [\"{{cc}}\", \"-o\", \"{{out}}/tiny\", \"{{source}}/tiny.c\"]\n\n[subject]{after}"
        )
    });
}

/// Whether a process with this word in its command line is there.
fn runs(word: &str) -> bool {
    let all = fs::read_dir("/proc")
        .unwrap()
        .map(|entry| entry.unwrap().path().join("cmdline"));
    all.filter_map(|path| fs::read(path).ok())
        .any(|line| line.split(|b| *b == 0).any(|part| part == word.as_bytes()))
}

#[test]
fn steps_that_misbehave() {
    if missing(TOOLS) {
        return;
    }
    let folder = subject("clean");
    with_toolchains(&folder, GCC);
    with_step(&folder, "echo stray >/build/stray");
    refused(
        &folder,
        "a step wrote outside of {out}, which is /build/out: /build/stray",
    );
    with_step(&folder, "sleep 98761 >/dev/null 2>&1 &");
    refused(&folder, "a step left a process behind, which was ended: sleep 98761");
    assert!(!runs("98761"));
    edit(&folder, |text| text + "\n[limits]\ntimeout = \"2s\"\n");
    with_step(&folder, "sleep 98762");
    refused(&folder, "sleep 98762; see [limits]");
    assert!(!runs("98762"));
}

/// Files of the machine can't be written, and what a step prints is told.
#[test]
fn a_step_that_fails_is_told_with_what_it_printed() {
    if missing(TOOLS) {
        return;
    }
    let folder = subject("clean");
    with_toolchains(&folder, GCC);
    with_step(&folder, "echo x >/usr/stray || { echo it would not; exit 7; }");
    let (code, report) = ddc(&spec(&folder));
    assert_eq!(code, 2);
    let stages = report["stages"].as_array().unwrap();
    let why = stages.iter().find_map(|stage| stage["why"].as_str()).unwrap();
    assert!(why.contains("it would not") && why.contains('7'), "{why}");
    assert!(!Path::new("/usr/stray").exists());
}
