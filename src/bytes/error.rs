//! What stands in the way of a command, in words.

use std::{fmt, io, path::Path};

/// What stands in the way: what, where, and what to do about it.
#[derive(Debug)]
pub struct Error(String);

impl Error {
    /// In words.
    pub fn new(what: impl fmt::Display) -> Self {
        Self(what.to_string())
    }
    /// An operation on a path failed.
    pub fn at(path: &Path, error: &io::Error) -> Self {
        Self(format!("{}: {}", path.display(), plain(error)))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

/// The system's words for an error, without Rust's `(os error N)`.
pub fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" (os error") {
        Some((words, _)) => words.to_owned(),
        None => text,
    }
}
