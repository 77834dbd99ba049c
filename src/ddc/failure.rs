//! Why a run made nothing.

use std::{fmt, fs, path::Path};

/// Lines of output that are told.
const LAST_LINES: usize = 6;

/// What ended a run, then the last lines that it printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure(String);

impl Failure {
    /// Of these words.
    pub fn new(words: impl Into<String>) -> Self {
        Self(words.into())
    }
    /// Of what ended it, and the last lines of a log.
    pub(super) fn with(why: &str, log: &Path) -> Self {
        let printed = fs::read(log).unwrap_or_default();
        let text = String::from_utf8_lossy(&printed);
        let lines: Vec<&str> = text.lines().collect();
        let last = lines.get(lines.len().saturating_sub(LAST_LINES)..).unwrap_or_default();
        let all: Vec<&str> = std::iter::once(why).chain(last.iter().copied()).collect();
        Self::new(all.join("\n"))
    }
    /// What ended it.
    pub(crate) fn first_line(&self) -> &str {
        self.0.lines().next().unwrap_or_default()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}
