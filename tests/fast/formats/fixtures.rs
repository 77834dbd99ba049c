//! Runs with every report, on pairs of the corpus and on what was made to break them.

use crate::support;
use serde_json::Value;
use std::{
    ffi::OsStr,
    fs,
    os::unix::ffi::OsStrExt,
    path::Path,
    process::{Command, Output, Stdio},
};

const REPRO: &str = env!("CARGO_BIN_EXE_repro");

pub fn command(folder: &Path, arguments: &[&str]) -> Command {
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
pub fn ends(folder: &Path, arguments: &[&str], status: i32) -> Output {
    let output = command(folder, arguments).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(status), "repro {arguments:?}\n{stderr}");
    output
}

pub fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Text that each of the formats would stumble over, and GitHub's runner obey, were it not escaped.
const HOSTILE: &str =
    "]]>\u{1b}[31m<script>&amp;%0A::error::x ##[add-mask]e @everyone ![p](http://x/y) \u{202e}`|\"'\\";

/// Every further report of a run: `--also FORMAT=NAME.FORMAT`.
pub const ALSO: [&str; 6] = ["sarif", "junit", "code-quality", "github", "markdown", "json"];

pub fn also(name: &str) -> Vec<String> {
    ALSO.iter()
        .flat_map(|format| ["--also".to_owned(), format!("{format}={name}.{format}")])
        .collect()
}

/// A run with every further report.
#[track_caller]
pub fn with_all(folder: &Path, name: &str, arguments: &[&str], status: i32) -> Output {
    let also = also(name);
    let mut all: Vec<&str> = arguments.iter().take(1).copied().collect();
    all.extend(also.iter().map(String::as_str));
    all.extend(arguments.iter().skip(1));
    ends(folder, &all, status)
}

/// Pairs of the corpus, two trees with hostile names and text, a manifest of one of them, a gate that passes and one that rejects: each with all its reports.
pub fn reports(folder: &Path) -> Vec<&'static str> {
    for (name, case, status) in [
        ("tar", "cause/archive-mtime/tar-gz", 1),
        ("date", "cause/cpp-date-time/executable", 1),
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
    fs::write(folder.join("tree/b/new"), "new").unwrap();
    ends(&folder.join("tree/a"), &["hash", ".", "-o", "../../manifest"], 0);
    with_all(folder, "checked", &["check", "manifest", "--root", "tree/a"], 0);
    with_all(folder, "check", &["check", "manifest", "--root", "tree/b"], 1);
    fs::remove_file(folder.join("tree/b/new")).unwrap();
    gate(&folder.join("gate"));
    vec![
        "tar",
        "date",
        "tampered",
        "same",
        "tree",
        "checked",
        "check",
        "gate/pass",
        "gate/reject",
        "gate/accepted",
    ]
}

/// A repository whose locked archive is built with another time, under policies that refuse it and that accept it.
pub fn gate(folder: &Path) {
    fs::create_dir_all(folder.join("reference/dist")).unwrap();
    fs::create_dir_all(folder.join("dist")).unwrap();
    let (a, b) = support::pair(&support::corpus().join("cause/archive-mtime/tar-gz")).unwrap();
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
