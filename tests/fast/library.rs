//! A program that links the library builds and gates as the command line does, and is told what a build takes.

use repro::{
    bytes::Error,
    model::{BuildVerdict, GateVerdict},
    policy::{self, lock::Lock},
    rebuild::{self, config::Words},
    settings::{BuildTable, GateOptions, Repository},
};
use std::{fs, path::Path};

/// A project that writes what its source says.
fn project(command: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("source"), "hello\n").unwrap();
    let toml = format!("[build]\ncommand = '{command}'\nartifacts = ['made']\n");
    fs::write(folder.path().join("repro.toml"), toml).unwrap();
    folder
}

/// The build of a repository. This program is the test runner, which can't be started again: another makes the runs.
fn build(repository: &Repository) -> rebuild::Build {
    let mut build = repository.build().unwrap();
    build.program = Some(env!("CARGO_BIN_EXE_repro").into());
    build
}

#[test]
fn a_build_names_what_changes_it() {
    let folder = project("cp source made && umask >>made");
    let mut build = build(&Repository::read(folder.path()).unwrap());
    build.variations = vec!["umask".to_owned(), "hostname".to_owned()];
    let report = rebuild::run(&build, &|_| {}).unwrap();
    assert_eq!(report.verdict, BuildVerdict::Unreproducible);
    assert_eq!(report.guilty[0].variations, ["umask"]);
    assert!(report.replay.starts_with("repro build --source /"), "{}", report.replay);
}

#[test]
fn a_table_is_filled_in_without_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut table = BuildTable::default();
    table.command = Some(Words::Line("echo fixed >made".to_owned()));
    table.artifacts = vec!["made".to_owned()];
    let mut build = table.build(folder.path()).unwrap();
    build.program = Some(env!("CARGO_BIN_EXE_repro").into());
    build.only = Some(Vec::new());
    let report = rebuild::run(&build, &|_| {}).unwrap();
    assert_eq!(report.runs.len(), 1);
    assert_eq!(report.runs[0].sha256.keys().collect::<Vec<_>>(), ["made"]);
}

/// Gates a project, built by `program` where that is known.
fn gate(root: &Path, program: Option<&str>) -> Result<GateVerdict, Error> {
    let repository = Repository::read(root)?;
    let mut options = GateOptions::default();
    options.vary = Some(Vec::new());
    options.program = program.map(Into::into);
    let asked = repository.gate(repository.locked(None)?, options, &|_| {})?;
    policy::gate::gate(asked).map(|report| report.verdict)
}

/// Locks what a file holds.
fn lock(root: &Path, content: &str) {
    fs::write(root.join("made"), content).unwrap();
    let found = policy::hash(root, &["made".to_owned()]).unwrap();
    let mut lock = Lock::default();
    lock.update(&found, None, None, &|_| true).unwrap();
    fs::write(root.join("repro.lock"), lock.text()).unwrap();
    fs::remove_file(root.join("made")).unwrap();
}

#[test]
fn a_gate_judges_what_it_has_built() {
    let folder = project("cp source made");
    let root = folder.path();
    let repro = Some(env!("CARGO_BIN_EXE_repro"));
    lock(root, "hello\n");
    assert_eq!(gate(root, repro).unwrap(), GateVerdict::Pass);
    lock(root, "something else\n");
    assert_eq!(gate(root, repro).unwrap(), GateVerdict::Reject);
}

#[test]
fn a_program_that_cannot_make_runs_is_told_so_and_never_started() {
    let folder = project("cp source made");
    lock(folder.path(), "hello\n");
    let build = Repository::read(folder.path()).unwrap().build().unwrap();
    let says = "call `repro::rebuild::hook()` first in `main`";
    for error in [
        rebuild::run(&build, &|_| {}).unwrap_err(),
        rebuild::program(None).unwrap_err(),
        gate(folder.path(), None).unwrap_err(),
    ] {
        assert!(error.to_string().contains(says), "{error}");
    }
}
