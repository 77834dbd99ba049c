//! The habits of this house, held by programs. Each is a function from files to complaints, so that each is also shown made-up files that break it.
//!
//! A list of exceptions must be true: what is no longer broken is taken off it, and nothing is added but with a reason.

mod binaries;
mod circles;
mod code;
mod documented;
mod modules;
mod registries;
mod rooms;
mod sizes;
mod titles;

use std::path::{Path, PathBuf};

/// A text of this repository.
pub struct File {
    /// Below the root, with `/`.
    pub path: String,
    /// What is in it.
    pub text: String,
}

impl File {
    pub fn new(path: &str, text: &str) -> Self {
        let (path, text) = (path.to_owned(), text.to_owned());
        Self { path, text }
    }
}

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// Files below folders of this repository whose names end as is said, sorted by path; what is no text is left out.
pub fn files(folders: &[&str], ending: &str) -> Vec<File> {
    let root = root();
    let walk = |folder: &&str| walkdir::WalkDir::new(root.join(folder)).sort_by_file_name();
    let files: Vec<File> = folders
        .iter()
        .flat_map(walk)
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().is_file() && entry.path().to_string_lossy().ends_with(ending))
        .filter_map(|entry| {
            let path = entry.path().strip_prefix(&root).unwrap().to_str()?;
            Some(File::new(path, &std::fs::read_to_string(entry.path()).ok()?))
        })
        .collect();
    assert!(!files.is_empty(), "no file {ending} in {folders:?}");
    files
}

/// Fails with all complaints of a habit, a line each.
#[track_caller]
pub fn none(complaints: &[String]) {
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}
