//! The policy of a repository: the artifacts, how strict the gate is, and which differences it accepts.

use crate::model::{Accept, Enforce};
use std::path::PathBuf;

/// What `[gate]` of `repro.toml` says.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Policy {
    /// The lock file, below the root; `repro.lock` if none is named.
    pub lock: Option<PathBuf>,
    /// Globs of the artifacts; those of `[build]` if there are none.
    pub artifacts: Vec<String>,
    /// Globs of artifacts that must have the locked bytes, whatever `allow` says.
    pub identical: Vec<String>,
    /// What is done about failures.
    pub enforce: Option<Enforce>,
    /// The share of artifacts for which the gate blocks, from 0 to 1.
    pub enforce_share: Option<f64>,
    /// Where references lie: a folder, or the one artifact.
    pub reference: Option<PathBuf>,
    /// What the locked artifacts were made with, as `repro build --record` or `repro lock --record` wrote it.
    pub record: Option<PathBuf>,
    /// Differences that are accepted.
    pub allow: Vec<Allow>,
}

/// `[[gate.allow]]`: a difference that is accepted.
#[derive(Clone, Debug)]
pub struct Allow {
    /// Glob of the artifacts it is for.
    pub artifact: String,
    /// Causes by which they may differ.
    pub causes: Vec<String>,
    /// What a difference may rest on; if nothing is said, each must have a warrant.
    pub accept: Option<Accept>,
    /// Why that is right.
    pub reason: String,
    /// The last day, in UTC, on which the rule holds: `2027-01-31`.
    pub until: Option<String>,
}
