//! What a repository asks of lint: which rules, how sure, which files, and what is allowed for which reason.

use super::Confidence;
use crate::bytes::Error;
use globset::{GlobBuilder, GlobMatcher};
use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// What `[lint]` of `repro.toml` says.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Config {
    /// Rules that are run; all if empty. Ids, `all`, or starts of ids with `*`.
    pub select: Vec<String>,
    /// Rules that are not.
    pub ignore: Vec<String>,
    /// The least confidence that is shown.
    pub confidence: Option<Confidence>,
    /// Files and folders that are left out, in the syntax of `.gitignore`.
    pub exclude: Vec<String>,
    /// Findings that are allowed.
    pub allow: Vec<Exception>,
}

/// `[[lint.allow]]`.
#[derive(Clone, Debug)]
pub struct Exception {
    /// Id of the rule.
    pub rule: String,
    /// Glob of the files, relative to the folder of `repro.toml`.
    pub path: String,
    /// Why.
    pub reason: String,
    /// Its line in `repro.toml`.
    pub line: usize,
    pub(super) matcher: GlobMatcher,
}

impl Exception {
    /// Allows what a rule finds in the files of a glob, for a reason; `line` is where that is written.
    ///
    /// # Errors
    /// The glob can't be read.
    pub fn new(rule: String, path: String, reason: String, line: usize) -> Result<Self, Error> {
        let glob = GlobBuilder::new(&path).literal_separator(true).build();
        let matcher = glob
            .map_err(|error| Error::usage(format!("path: {}", error.kind())).because(error))?
            .compile_matcher();
        Ok(Self {
            rule,
            path,
            reason,
            line,
            matcher,
        })
    }
}

/// Globs in the syntax of `.gitignore`.
///
/// # Errors
/// One that can't be read.
pub fn globs(words: &[String]) -> Result<Gitignore, Error> {
    let mut builder = GitignoreBuilder::new("");
    builder.allow_unclosed_class(false);
    for word in words {
        builder
            .add_line(None, word)
            .map_err(|error| Error::usage(format!("exclude {word:?}: {error}")).because(error))?;
    }
    builder.build().map_err(|error| Error::usage(&error).because(error))
}
