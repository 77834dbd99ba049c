//! Why a run made nothing.

use std::fmt;

/// What ended a run, then the last lines that it printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure(String);

impl Failure {
    /// Of these words.
    pub fn new(words: impl Into<String>) -> Self {
        Self(words.into())
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
