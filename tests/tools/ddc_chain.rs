//! `repro ddc` on chains of tiny, each version made by the one before; stages that are kept.

use crate::support::{assert_ddc_report, corpus, missing};
use serde_json::Value;
use std::{
    fs,
    path::Path,
    process::{Command, Output, Stdio},
};
use tempfile::TempDir;

const TOOLS: &[&str] = &["gcc-12", "tcc", "patch"];

fn repro(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_repro"));
    command.arg("ddc").args(arguments).arg(folder.join("chain.toml"));
    command.stdin(Stdio::null()).output().unwrap()
}

/// Exit status and report.
fn ddc(folder: &Path, arguments: &[&str]) -> (i32, Value) {
    let all = [&["--format", "json"], arguments].concat();
    let output = repro(folder, &all);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(!output.stdout.is_empty(), "{}: {stderr}", folder.display());
    (output.status.code().unwrap(), assert_ddc_report(&output.stdout))
}

/// What `make-chain` makes, in a folder of its own.
fn chain(case: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let make = corpus().join("ddc/tiny/make-chain");
    let output = Command::new(make).arg(case).arg(folder.path()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{case}: {said}");
    folder
}

/// The verdict of each generation, by gcc and by tcc.
fn links(report: &Value) -> Vec<[&str; 3]> {
    let all = report["generations"].as_array().unwrap().iter();
    all.map(|generation| {
        let verdict = |n: usize| generation["links"][n]["verdict"].as_str().unwrap();
        [generation["name"].as_str().unwrap(), verdict(0), verdict(1)]
    })
    .collect()
}

/// Script of the spec, exit status, verdict, the link that breaks, and the verdict of each link.
type Case = (&'static str, i32, &'static str, Option<&'static str>, [&'static str; 3]);

/// Case, exit status, verdict, where it breaks, and what each link says.
const CASES: &[Case] = &[
    ("clean", 0, "match", None, ["identical"; 3]),
    ("trojan", 1, "mismatch", Some("tiny-1"), ["differs"; 3]),
    (
        "swapped",
        2,
        "failed",
        Some("tiny-2"),
        ["identical", "regeneration-failed", "differs"],
    ),
    (
        "tampered",
        2,
        "failed",
        Some("tiny-3"),
        ["identical", "identical", "regeneration-failed"],
    ),
];

#[test]
fn the_first_link_that_does_not_hold_is_named() {
    if missing(TOOLS) {
        return;
    }
    for (case, status, verdict, breaks_at, each) in CASES {
        let folder = chain(case);
        let (code, report) = ddc(folder.path(), &[]);
        assert_eq!(
            (code, report["verdict"].as_str().unwrap()),
            (*status, *verdict),
            "{case}"
        );
        assert_eq!(report["breaks_at"].as_str(), *breaks_at, "{case}");
        let names = ["tiny-1", "tiny-2", "tiny-3"];
        let expected: Vec<_> = names
            .into_iter()
            .zip(each)
            .map(|(name, one)| [name, one, one])
            .collect();
        assert_eq!(links(&report), expected, "{case}: {}", report["generations"]);
        // The trojaned ones come out again all the same, and what is added to them is named.
        if *case == "trojan" {
            assert!(
                report["regeneration"].as_str().unwrap().contains("the same bytes"),
                "{report}"
            );
            let added = &report["localised"][0]["differ"][0]["functions"]["added"];
            assert!(added.as_array().unwrap().contains(&Value::from("tamper")), "{added}");
        }
    }
}

/// The chain is not shown to be right by a compiler that is its beginning.
#[test]
fn its_own_beginning_shows_nothing() {
    if missing(TOOLS) {
        return;
    }
    let folder = chain("clean");
    let path = folder.path().join("chain.toml");
    let text = fs::read_to_string(&path).unwrap();
    let (before, _) = text.split_once("[[toolchain]]").unwrap();
    let (_, after) = text.split_once("[[step]]").unwrap();
    let itself =
        "[[toolchain]]\nid = \"itself\"\ncommand = [\"{spec}/c_1/tiny\"]\nlineage = { front_end = \"other\" }\n\n";
    fs::write(&path, format!("{before}{itself}[[step]]{after}")).unwrap();
    let (code, report) = ddc(folder.path(), &[]);
    assert_eq!(code, 2, "{report}");
    assert_eq!(report["generations"][0]["links"][0]["verdict"], "invalid");
}

fn kept(report: &Value) -> (usize, usize) {
    let stages = report["stages"].as_array().unwrap();
    let kept = stages.iter().filter(|stage| stage["kept"] == true);
    (kept.count(), stages.len())
}

#[test]
fn what_was_made_of_the_same_is_not_made_again() {
    if missing(TOOLS) {
        return;
    }
    let (folder, shelf) = (chain("clean"), tempfile::tempdir().unwrap());
    let cache = shelf.path().join("stages");
    let arguments = ["--cache", cache.to_str().unwrap()];
    let (code, mut first) = ddc(folder.path(), &arguments);
    assert_eq!((code, kept(&first).0), (0, 0), "{first}");
    // As after an interruption: one stage is not there.
    let mut entries = fs::read_dir(&cache).unwrap().map(|entry| entry.unwrap().path());
    fs::remove_dir_all(entries.next().unwrap()).unwrap();
    let (code, mut second) = ddc(folder.path(), &arguments);
    let (from_before, all) = kept(&second);
    assert!(code == 0 && from_before > 0 && from_before < all, "{second}");
    let (_, third) = ddc(folder.path(), &arguments);
    assert_eq!(kept(&third), (all, all), "{third}");
    let text = String::from_utf8(repro(folder.path(), &arguments).stdout).unwrap();
    assert!(text.contains("of them kept from before"), "{text}");
    // But for that, it is the same report.
    for report in [&mut first, &mut second] {
        for stage in report["stages"].as_array_mut().unwrap() {
            stage["kept"] = Value::Bool(false);
            stage["cpu_seconds"] = Value::from(0);
        }
    }
    assert_eq!(first, second);
    // Other bytes in the cache, and another compiler, are no stages of this chain.
    for entry in fs::read_dir(&cache).unwrap() {
        let made = entry.unwrap().path().join("content/source/tiny");
        let mut bytes = fs::read(&made).unwrap();
        bytes.push(0);
        fs::write(&made, bytes).unwrap();
    }
    let (code, fourth) = ddc(folder.path(), &arguments);
    assert_eq!((code, kept(&fourth).0), (0, 0), "{fourth}");
    let path = folder.path().join("chain.toml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("\"-O1\"", "\"-O0\"")).unwrap();
    let (code, fifth) = ddc(folder.path(), &arguments);
    let (from_before, all) = kept(&fifth);
    assert!(code == 0 && from_before > 0 && from_before < all, "{fifth}");
}

/// A compiler that is not the one of the spec is refused before anything is run, and the right digest told.
#[test]
fn a_compiler_can_be_pinned() {
    if missing(TOOLS) {
        return;
    }
    let folder = chain("clean");
    let path = folder.path().join("chain.toml");
    let text = fs::read_to_string(&path).unwrap();
    let pinned = |digest: &str| {
        let line = format!("command = [\"tcc\"]\ndigest = \"sha256:{digest}\"\nparts = [\"s_1\", \"c_1/tiny\"]");
        fs::write(&path, text.replace("command = [\"tcc\"]", &line)).unwrap();
        let output = repro(folder.path(), &[]);
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code().unwrap(), stderr)
    };
    let (code, stderr) = pinned(&"0".repeat(64));
    assert_eq!(code, 2, "{stderr}");
    let right = stderr.split("digest sha256:").nth(1).and_then(|rest| rest.get(..64));
    let right = right.unwrap_or_else(|| panic!("{stderr}")).to_owned();
    assert_eq!(pinned(&right).0, 0);
    fs::write(folder.path().join("c_1/tiny.more"), "").unwrap();
    fs::write(folder.path().join("s_1/more"), "").unwrap();
    let (code, stderr) = pinned(&right);
    assert!(
        code == 2 && stderr.contains("toolchain tcc: it is not the compiler that the spec pins"),
        "{stderr}"
    );
}
