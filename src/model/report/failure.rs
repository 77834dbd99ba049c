//! What can be said of a build that fails.

use serde::Serialize;

/// What can be said of a build that failed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct BuildFailure {
    /// Usual failures that are seen in it, with their way out.
    pub hints: Vec<FailureHint>,
    /// Lines of its output that look like the error.
    pub errors: Vec<String>,
    /// Lines of output in all.
    pub lines: usize,
    /// Where the whole output was written, if that was asked for.
    pub log: Option<String>,
}

/// A usual failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FailureHint {
    /// Which one.
    pub id: &'static str,
    /// What is seen.
    pub what: String,
    /// The way out.
    pub fix: String,
}

/// Whether it is the control environment that a build fails in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct BuildPins {
    /// Id of the run in which nothing was pinned.
    pub plain: usize,
    /// What makes it fail, if that run succeeded.
    pub guilty: Option<GuiltyPin>,
}

/// What the control environment pins, and the build can't bear.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct GuiltyPin {
    /// Its name.
    pub name: &'static str,
    /// What it is in the control environment.
    pub what: &'static str,
    /// The way out.
    pub fix: &'static str,
    /// Whether the build succeeds with this one freed and all others pinned.
    pub alone: bool,
    /// Ids of the runs that show it; in the last of them, only this one was freed.
    pub runs: Vec<usize>,
}
