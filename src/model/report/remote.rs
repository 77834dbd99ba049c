//! What `repro remote-check` prints: actions whose results a cache holds, made again; and why a build missed the cache.

use super::Tool;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What came of an action that was made again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RemoteVerdict {
    /// The same outputs as in the cache.
    Reproducible,
    /// Other outputs, or another exit status.
    Unreproducible,
    /// It could not be compared.
    Unchecked,
}

impl RemoteVerdict {
    /// As JSON spells it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Reproducible => "reproducible",
            Self::Unreproducible => "unreproducible",
            Self::Unchecked => "unchecked",
        }
    }
}

/// One action: a line of the file of results.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RemoteAction {
    /// Its name in the cache: `SHA-256/SIZE`.
    pub action: String,
    /// The target that it belongs to, where a log says so.
    pub label: String,
    /// What kind of action it is, where a log says so.
    pub mnemonic: String,
    /// Program and arguments.
    pub command: Vec<String>,
    /// What came of it.
    pub verdict: RemoteVerdict,
    /// Why it is not reproducible or was not checked.
    pub reason: Option<String>,
    /// Whether two new runs agreed, where the first was not as in the cache: then something else than chance has changed.
    pub steady: Option<bool>,
    /// The outputs that differ.
    pub outputs: Vec<RemoteOutput>,
    /// How long it took, in seconds.
    pub seconds: f64,
}

/// An output that differs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RemoteOutput {
    /// Its path, from the working folder.
    pub path: String,
    /// SHA-256 in the cache; none if it was not there.
    pub cached: Option<String>,
    /// SHA-256 of what was made now.
    pub made: Option<String>,
    /// What `diff` says of the two.
    pub verdict: String,
    /// Its causes, root causes first.
    pub causes: Vec<RemoteCause>,
    /// Differences that no cause accounts for.
    pub unexplained: usize,
}

/// A cause of a difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RemoteCause {
    /// Its id.
    pub cause: String,
    /// Where in the output.
    pub address: String,
    /// One line for a person.
    pub summary: String,
    /// What to do.
    pub fix: String,
    /// Whether it follows from another.
    pub knock_on: bool,
}

/// What came of all of them.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct RemoteReport {
    /// Counts up when a field changes its meaning or goes.
    pub schema_version: u32,
    /// Who says it.
    pub tool: Tool,
    /// The server.
    pub server: String,
    /// Decides which actions are in the sample.
    pub seed: u64,
    /// The part of the actions that was asked for, from 0 to 1.
    pub sample: f64,
    /// Different actions that were listed.
    pub listed: u64,
    /// Actions of a log that have no name in a cache.
    pub nameless: u64,
    /// Actions in the sample that there was no time for.
    pub left: u64,
    /// How many there are of each verdict.
    pub counts: BTreeMap<String, u64>,
    /// The actions that are not reproducible or were not checked, sorted.
    pub actions: Vec<RemoteAction>,
}

/// Why the actions of one build were not found in the cache that another had filled.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct MissReport {
    /// Counts up when a field changes its meaning or goes.
    pub schema_version: u32,
    /// Who says it.
    pub tool: Tool,
    /// The log of the build before.
    pub a: String,
    /// The log of the build that missed.
    pub b: String,
    /// Actions that are the same in both.
    pub same: u64,
    /// Actions that are in both, and not the same.
    pub missed: u64,
    /// Actions that only a has.
    pub only_a: u64,
    /// Actions that only b has.
    pub only_b: u64,
    /// What has changed, and how many actions missed for it; the most first.
    pub causes: Vec<MissCause>,
    /// Causes that are not listed.
    pub more: u64,
}

/// Something that differs between two builds, though no action of theirs made it differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct MissCause {
    /// What it is: `source`, `command`, `variable`, `platform`, `not-hermetic`.
    pub what: &'static str,
    /// The path of a file, or the name of a variable or property.
    pub name: String,
    /// In a; none if it is not there.
    pub a: Option<String>,
    /// In b.
    pub b: Option<String>,
    /// The action where it enters: its target.
    pub label: String,
    /// What kind of action that is.
    pub mnemonic: String,
    /// Its first output.
    pub output: String,
    /// Actions that missed for it.
    pub misses: u64,
    /// From one that missed to where it enters: files, each made from the next.
    pub way: Vec<String>,
}
