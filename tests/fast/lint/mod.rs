//! `repro lint`: every rule by its cases, and the command as scripts see it.

mod allow;
mod command;
mod corpus;
mod doubt;
mod fix;
mod hostile;
mod reports;

use crate::support;
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

/// Runs the command in a folder.
pub fn lint(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_repro"))
        .arg("lint")
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .env_remove("GITHUB_ACTIONS")
        .output()
        .unwrap()
}

/// Runs it, and fails unless it ends with that status and says that on standard error.
#[track_caller]
pub fn ends(folder: &Path, arguments: &[&str], status: i32, says: &str) -> String {
    let output = lint(folder, arguments);
    let stderr = String::from_utf8_lossy(&output.stderr);
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert_eq!(
        output.status.code(),
        Some(status),
        "lint {arguments:?}\n{stderr}{stdout}"
    );
    assert!(stderr.contains(says), "lint {arguments:?} says\n{stderr}\nnot {says:?}");
    assert!(!stderr.contains("panicked"), "{stderr}");
    stdout
}

/// Its JSON report, which is as the schema says.
#[track_caller]
pub fn json(folder: &Path, arguments: &[&str], status: i32) -> Value {
    let text = ends(folder, &[arguments, &["--format", "json"]].concat(), status, "");
    let report = serde_json::from_str(&text).unwrap();
    if let Err(error) = support::Schema::new(repro::schemas::LINT).check(&report) {
        panic!("{error}\n{text}");
    }
    report
}

/// `path:line:column rule` of each entry of a list in a report.
pub fn places(report: &Value, list: &str) -> Vec<String> {
    let entries = report[list].as_array().unwrap().iter();
    entries
        .map(|at| {
            format!(
                "{}:{}:{} {}",
                at["path"].as_str().unwrap(),
                at["line"],
                at["column"],
                at["rule"].as_str().unwrap()
            )
        })
        .collect()
}

/// A folder with these files.
pub fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// `corpus/lint`.
pub fn cases() -> PathBuf {
    support::corpus().join("lint")
}

/// All files below a folder, sorted, with their paths below it.
pub fn files(root: &Path) -> Vec<(String, PathBuf)> {
    walkdir::WalkDir::new(root)
        .sort_by_file_name()
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let name = entry.path().strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            (name, entry.path().to_owned())
        })
        .collect()
}
