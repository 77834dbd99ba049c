//! Each report in each of its formats is as `tests/snapshots/reports` has it: those whose inputs are the same on every machine.

use crate::{
    history::{self, Project},
    support::{
        golden::{golden, lean},
        root,
    },
};
use repro::report::format::Format::{self, Html, Json, Markdown, Tagged, Text};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// A subject: its name, the folder that it is made in, the arguments, and the formats.
struct Subject {
    name: &'static str,
    folder: PathBuf,
    arguments: Vec<&'static str>,
    formats: &'static [Format],
}

/// What a command prints in a folder.
fn printed(subject: &Subject, format: &str) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_repro"));
    command.args(&subject.arguments).args(["--format", format]);
    let output = command
        .current_dir(&subject.folder)
        .env("PATH", "/nowhere")
        .output()
        .unwrap();
    assert!(
        matches!(output.status.code(), Some(0 | 1)),
        "{}: {output:?}",
        subject.name
    );
    lean(&String::from_utf8(output.stdout).unwrap())
}

/// A gate that finds an artifact not as locked, with the locked one beside it.
fn gated() -> Project {
    let project = Project::locked();
    let reference = project.at("reference/out");
    fs::create_dir_all(&reference).unwrap();
    for name in ["app", "lib"] {
        fs::copy(project.at("out").join(name), reference.join(name)).unwrap();
    }
    project.make("app", "other");
    project
}

#[test]
fn reports_are_as_they_were() {
    let (gate, nights) = (gated(), history::report::nights());
    let subject = |name, folder: &Path, line: &'static str, formats| Subject {
        name,
        folder: folder.to_owned(),
        arguments: line.split(' ').collect(),
        formats,
    };
    let here = root();
    let listed = here.join("tests/snapshots/hash");
    let elsewhere = tempfile::tempdir().unwrap();
    let made = Command::new(env!("CARGO_BIN_EXE_repro"))
        .args(["hash", "dist", "--format", "json", "-o"])
        .arg(elsewhere.path().join("manifest"))
        .current_dir(&listed)
        .status();
    assert!(made.unwrap().success());
    let copied = Command::new("cp")
        .arg("-r")
        .arg(listed.join("elsewhere/dist"))
        .arg(elsewhere.path())
        .status();
    assert!(copied.unwrap().success());
    let pair = "diff corpus/cause/gzip-mtime/plain/a.gz corpus/cause/gzip-mtime/plain/b.gz";
    let script = "diff corpus/tampered/deb-maintainer-script/a.deb corpus/tampered/deb-maintainer-script/b.deb";
    let subjects = [
        subject("diff-explained", here, pair, Format::CHECKED),
        subject("diff-different", here, script, Format::CHECKED),
        subject("lint", &here.join("tests/snapshots/lint"), "lint", Format::CHECKED),
        subject("check", elsewhere.path(), "check manifest", Format::CHECKED),
        subject("gate", gate.root(), "gate --reference reference", Format::CHECKED),
        subject("history", nights.root(), "history", &[Text, Json, Markdown, Html]),
        subject("hash", &listed, "hash dist", &[Text, Tagged, Json]),
        subject("explain", here, "explain archive-mtime", &[Text, Json]),
        subject("explain-rule", here, "explain sh-tar", &[Text, Json]),
    ];
    let folder = here.join("tests/snapshots/reports");
    let mut wrong: Vec<String> = Vec::new();
    for subject in &subjects {
        for format in subject.formats.iter().map(|format| format.name()) {
            let file = folder.join(format!("{}.{format}", subject.name));
            wrong.extend(golden(&file, &printed(subject, format)).err());
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
