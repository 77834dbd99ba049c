//! What `repro lint` prints.

use super::{Level, Region, RuleHelp, Tool};
use serde::Serialize;
use std::ops::Range;

/// The whole answer.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct LintReport {
    /// Counts up when a field changes its meaning or goes.
    pub schema_version: u32,
    /// Who says it.
    pub tool: Tool,
    /// Figures.
    pub summary: LintSummary,
    /// By path, place and rule.
    pub findings: Vec<LintFinding>,
    /// What was found and is allowed, in the same order.
    pub allowed: Vec<LintAllowed>,
    /// Files that were not looked at, or not wholly, by reason.
    pub skipped: Vec<LintSkipped>,
    /// What could not be read, by path.
    pub troubles: Vec<LintTrouble>,
    /// The rules of which there is a finding, by id.
    pub rules: Vec<RuleHelp>,
}

/// Figures.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct LintSummary {
    /// Files that were looked at.
    pub files: usize,
    /// Files with a finding.
    pub files_with_findings: usize,
    /// Findings, without notes.
    pub findings: usize,
    /// Findings of high confidence.
    pub high: usize,
    /// Findings of medium confidence.
    pub medium: usize,
    /// Findings of low confidence.
    pub low: usize,
    /// Notes, which fail nothing.
    pub notes: usize,
    /// Findings that `--fix` can mend.
    pub fixable: usize,
    /// Findings that are allowed.
    pub allowed: usize,
    /// Further places, less sure than what was asked for. They are not told, and fail nothing.
    pub hidden: usize,
}

/// One place.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct LintFinding {
    /// Id of the rule.
    pub rule: &'static str,
    /// Id of the cause that it brings about; none for rules about allow comments.
    pub cause: Option<&'static str>,
    /// `high`, `medium` or `low`.
    pub confidence: &'static str,
    /// How much it weighs.
    pub level: Level,
    /// The file, as it was reached from the paths given, with `/`.
    pub path: String,
    /// Where in it.
    #[serde(flatten)]
    pub region: Region,
    /// One line for a person.
    pub message: String,
    /// The line of code; of a long one the part around the place.
    pub snippet: String,
    /// The place in the snippet, in characters.
    #[serde(skip)]
    pub marked: Range<usize>,
    /// What to write instead.
    pub fix: &'static str,
    /// What `--fix` does.
    pub edit: Option<LintEdit>,
    /// Hex; of rule, path, line and which of equal lines it is, so that it survives a move within the file.
    pub fingerprint: String,
}

/// A replacement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LintEdit {
    /// First byte of the file that is replaced, from 0.
    pub offset: usize,
    /// Bytes that are replaced.
    pub length: usize,
    /// What is put there.
    pub replacement: String,
}

/// A finding that is allowed.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct LintAllowed {
    /// What was found.
    #[serde(flatten)]
    pub finding: LintFinding,
    /// Why it is allowed.
    pub reason: String,
    /// `comment` or `repro.toml`.
    pub by: &'static str,
}

/// Files that were not looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LintSkipped {
    /// Why not.
    pub reason: &'static str,
    /// How many.
    pub count: usize,
    /// The first of them.
    pub paths: Vec<String>,
}

/// What could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LintTrouble {
    /// Its path.
    pub path: String,
    /// What happened.
    pub reason: String,
}
