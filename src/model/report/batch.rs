//! Many items of one list: the lines that a shard writes, and what joining them gives.

use super::{Level, Region};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// The first line of a file of lines: whose they are. Lines are joined only where all of it but the shard is equal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchHead {
    /// Counts up when a field changes its meaning or goes.
    pub schema_version: u32,
    /// `batch`.
    pub kind: String,
    /// Version of the program that wrote them.
    pub version: String,
    /// The command, `repro diff`.
    pub command: String,
    /// Options that change what is found, by name.
    pub options: BTreeMap<String, String>,
    /// The list.
    pub list: BatchList,
    /// Which part of it.
    pub shard: BatchShard,
}

/// A list by its content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchList {
    /// SHA-256 of its items in their order, in hex.
    pub sha256: String,
    /// How many it has.
    pub items: usize,
}

/// Part of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchShard {
    /// From 1.
    pub index: usize,
    /// How many shards there are.
    pub of: usize,
    /// Items in this one.
    pub items: usize,
}

/// One item: a line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BatchLine {
    /// Its name.
    pub item: String,
    /// Which item of the list it is, from 1.
    pub at: usize,
    /// The command's verdict; `error` where there is none.
    pub verdict: String,
    /// The exit status that the command would have for it alone.
    pub exit: u8,
    /// The answer in one line.
    pub summary: String,
    /// What is wrong with it: the first of each rule.
    pub problems: Vec<BatchProblem>,
    /// Why there is no report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The command's report of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<Value>,
    /// What it cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<BatchCost>,
}

/// One thing that is wrong with an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchProblem {
    /// Id of the rule or cause.
    pub rule: String,
    /// How much it weighs.
    pub level: Level,
    /// The file.
    pub path: String,
    /// Where in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    /// One line for a person.
    pub message: String,
    /// What to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
    /// Problems of this rule, this one included.
    pub count: usize,
}

/// What an item cost. It differs from run to run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BatchCost {
    /// Wall clock.
    pub seconds: f64,
    /// Processor time of this program and of what it ran and waited for, user and system.
    pub cpu_seconds: f64,
    /// The most memory that the program held meanwhile; none where the system does not tell.
    pub peak_bytes: Option<u64>,
}

/// Lines of one list, joined.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct BatchReport {
    /// Counts up when a field changes its meaning or goes.
    pub schema_version: u32,
    /// `merged`.
    pub kind: &'static str,
    /// Version of the program that wrote the lines.
    pub version: String,
    /// The command.
    pub command: String,
    /// Its options.
    pub options: BTreeMap<String, String>,
    /// The list.
    pub list: BatchList,
    /// `same`, `differs` or `undetermined`: by the worst item.
    pub verdict: &'static str,
    /// How many items have which verdict.
    pub verdicts: BTreeMap<String, usize>,
    /// How many items a rule or cause was found in.
    pub rules: BTreeMap<String, usize>,
    /// What there is no line of.
    pub missing: BatchMissing,
    /// What there is more than one line of.
    pub twice: BatchTwice,
    /// What was left out because it is no line, such as one that was cut off: the file and the number of the line.
    pub dropped: Vec<BatchDropped>,
    /// What all of it cost, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<BatchCost>,
}

/// What there is no line of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct BatchMissing {
    /// How many items.
    pub items: usize,
    /// Shards of which there is no file, `3/20`.
    pub shards: Vec<String>,
    /// Shards that were not done to the end: the file, and how many items are missing in it.
    pub unfinished: BTreeMap<String, usize>,
    /// The first of the items by name, where the list was given.
    pub names: Vec<String>,
}

/// What there is more than one line of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct BatchTwice {
    /// How many items.
    pub items: usize,
    /// Of these, how many have lines that say different things.
    pub contradictions: usize,
    /// The first of them by name, those that contradict themselves first.
    pub names: Vec<String>,
    /// Files that hold lines of the same item.
    pub files: Vec<String>,
}

/// Something that is no line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BatchDropped {
    /// The file.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// What is wrong with it.
    pub why: String,
}
