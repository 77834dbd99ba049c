//! `repro history`, and `--record-history` of `repro gate` and `repro build`, as their users run them.

mod large;
mod page;
mod record;
pub mod report;
mod store;

use crate::support::Schema;
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

pub const REPRO: &str = env!("CARGO_BIN_EXE_repro");

/// What a program printed, and its exit status.
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

/// The program in a folder. Without a PATH the machine's tools are not looked at, which saves half a second a run.
pub fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(REPRO);
    command
        .args(arguments)
        .current_dir(folder)
        .env("PATH", "/nowhere")
        .stdin(Stdio::null());
    command
}

pub fn ran(mut command: Command) -> Ran {
    let output = command.output().unwrap();
    let ran = Ran {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    };
    assert!(!ran.err.contains("panicked"), "{}", ran.err);
    ran
}

pub fn repro(folder: &Path, arguments: &[&str]) -> Ran {
    ran(command(folder, arguments))
}

/// It ends with this status, and says this on standard error.
#[track_caller]
pub fn ends(folder: &Path, arguments: &[&str], status: i32, says: &str) -> Ran {
    let ran = repro(folder, arguments);
    assert_eq!(ran.code, Some(status), "repro {arguments:?}\n{}{}", ran.out, ran.err);
    assert!(
        ran.err.contains(says),
        "repro {arguments:?} says\n{}\nnot {says:?}",
        ran.err
    );
    ran
}

/// A repository with two locked artifacts, `out/app` and `out/lib`.
pub struct Project {
    pub folder: tempfile::TempDir,
}

impl Project {
    pub fn locked() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let project = Self { folder };
        fs::write(
            project.at("repro.toml"),
            "[gate]\nartifacts = [\"out/*\"]\n[history]\nproject = \"tool\"\n",
        )
        .unwrap();
        fs::write(project.at("source.c"), "int main(void) { return 0; }\n").unwrap();
        fs::create_dir(project.at("out")).unwrap();
        project.make("app", "good");
        project.make("lib", "good");
        ends(project.root(), &["lock"], 0, "");
        project
    }

    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    pub fn at(&self, name: &str) -> PathBuf {
        self.root().join(name)
    }

    /// What is built: an artifact with this text.
    pub fn make(&self, artifact: &str, text: &str) {
        fs::write(self.at("out").join(artifact), text).unwrap();
    }

    /// A gate at this moment.
    #[track_caller]
    pub fn gate(&self, at: &str, status: i32) {
        let ran = ends(
            self.root(),
            &["gate", "--record-history", "--at", at],
            status,
            "recorded as run ",
        );
        assert!(!ran.out.is_empty());
    }

    /// The report as JSON, which is as its schema says.
    #[track_caller]
    pub fn report(&self, arguments: &[&str]) -> Value {
        let all = [&["history", "--format", "json"], arguments].concat();
        report(&repro(self.root(), &all).out)
    }
}

/// A report that is as its schema says.
#[track_caller]
pub fn report(json: &str) -> Value {
    let value = serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}: {json}"));
    let schema = Schema::new(repro::schemas::HISTORY);
    schema.check(&value).unwrap_or_else(|error| panic!("{error}"));
    value
}

/// The artifact of a report at this path.
#[track_caller]
pub fn artifact<'r>(report: &'r Value, path: &str) -> &'r Value {
    let mut all = report["artifacts"].as_array().unwrap().iter();
    all.find(|artifact| artifact["path"] == path)
        .unwrap_or_else(|| panic!("no {path} in {report:#}"))
}
