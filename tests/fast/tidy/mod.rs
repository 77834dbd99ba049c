//! The habits of this house, held by programs. Each is a function from files to complaints, so that each is also shown made-up files that break it.
//!
//! A list of exceptions must be true: what is no longer broken is taken off it, and nothing is added but with a reason.

mod binaries;
mod circles;
mod code;
mod documented;
pub mod modules;
mod registries;
mod rooms;
mod sizes;
mod titles;

use crate::support::root;
use ignore::WalkBuilder;
use std::path::PathBuf;

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

/// Files below folders of this repository whose names end as is said, sorted by path; what is no text is left out, and what git ignores: sources
/// of others that `corpus/` and `benches/` fetch.
pub fn files(folders: &[&str], ending: &str) -> Vec<File> {
    let wanted: Vec<PathBuf> = folders.iter().map(|folder| root().join(folder)).collect();
    for folder in &wanted {
        assert!(folder.is_dir(), "{}: no folder", folder.display());
    }
    let mut walk = WalkBuilder::new(root());
    // From the root on, whose `.gitignore` holds, and without what the machine or a folder further up ignores.
    walk.standard_filters(false)
        .git_ignore(true)
        .require_git(false)
        .sort_by_file_name(Ord::cmp)
        .filter_entry(move |entry| entry.depth() == 0 || wanted.iter().any(|folder| entry.path().starts_with(folder)));
    let files: Vec<File> = walk
        .build()
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()))
        .filter(|entry| entry.path().to_string_lossy().ends_with(ending))
        .filter_map(|entry| {
            let path = entry.path().strip_prefix(root()).unwrap().to_str()?;
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
