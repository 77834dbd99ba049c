//! The history of gates and builds: what is recorded of a run, and what `repro history` prints.

use super::Tool;
use serde::Serialize;
use std::collections::BTreeMap;

/// Name of the history's file, at the root of a repository; it belongs to no source tree.
pub const HISTORY_FILE: &str = "repro-history.sqlite";

/// Which command a run was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum RunKind {
    /// `repro gate`: whether the artifacts are as locked.
    Gate,
    /// `repro build`: whether builds under variation give the same artifacts.
    Build,
}

impl RunKind {
    /// As it is written.
    pub fn word(self) -> &'static str {
        match self {
            RunKind::Gate => "gate",
            RunKind::Build => "build",
        }
    }
}

/// What a run found out about an artifact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Outcome {
    /// The locked bytes, or the same bytes in every build, or a difference that the policy accepts.
    Reproduced,
    /// Other bytes, or no bytes.
    Failed,
    /// It was not found out. Counts as not reproduced.
    Unknown,
}

impl Outcome {
    /// As it is written.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Reproduced => "reproduced",
            Outcome::Failed => "failed",
            Outcome::Unknown => "unknown",
        }
    }
}

/// One artifact of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RunResult {
    /// Path below the root.
    pub path: String,
    /// What was found out.
    pub outcome: Outcome,
    /// In the command's own word: `accepted`, `missing`, `unstable`.
    pub state: String,
    /// SHA-256 of what is there, hex.
    pub sha256: Option<String>,
    /// SHA-256 of what is locked, hex.
    pub locked: Option<String>,
    /// The first cause of the difference.
    pub cause: Option<String>,
    /// What is wrong, in one line.
    pub why: Option<String>,
}

/// How an environment came to be known. Only those of one kind can be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Basis {
    /// A build was watched: everything that it opened.
    Build,
    /// No build was watched: the packages of the machine, and the tools on it that are known by name.
    Machine,
}

impl Basis {
    /// As it is written.
    pub fn word(self) -> &'static str {
        match self {
            Basis::Build => "build",
            Basis::Machine => "machine",
        }
    }
}

/// One thing of an environment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EnvironmentItem {
    /// Its version or digest.
    pub value: String,
    /// The package that it came with: where that changes, too, it is not told twice.
    pub package: Option<String>,
}

/// What a run was made with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunEnvironment {
    /// How it is known.
    pub basis: Basis,
    /// By name: `package gcc-12`, `file /opt/cc`, `kernel`.
    pub items: BTreeMap<String, EnvironmentItem>,
}

/// A run that is to be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRun {
    /// Seconds since 1970.
    pub at: i64,
    /// Which command it was.
    pub kind: RunKind,
    /// What the runs of one repository have in common.
    pub project: String,
    /// The command's verdict.
    pub verdict: String,
    /// Why, if it says so.
    pub reason: Option<String>,
    /// Commit of the source, hex.
    pub commit: Option<String>,
    /// Digest of the source's files, without artifacts and lock file: `sha256:…`.
    pub source: Option<String>,
    /// Digest of the build command: `sha256:…`.
    pub command: Option<String>,
    /// What it was made with.
    pub environment: Option<RunEnvironment>,
    /// By path.
    pub results: Vec<RunResult>,
}

/// The answer of `repro history`.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct HistoryReport {
    /// Counts up when a field changes its meaning or goes.
    pub schema_version: u32,
    /// Who says it.
    pub tool: Tool,
    /// Which runs were asked for.
    pub window: Window,
    /// Runs in the window.
    pub runs: usize,
    /// Results of artifacts in the window.
    pub count: Count,
    /// What a bucket is: `day`, `week`, `month` or `year`.
    pub bucket: &'static str,
    /// The rate over time, oldest first; spans without a run are left out.
    pub buckets: Vec<Bucket>,
    /// By project, kind and path; regressions and what fails first.
    pub artifacts: Vec<ArtifactHistory>,
    /// Causes of the window's failures, by how often they came first.
    pub causes: Vec<CauseCount>,
    /// The newest runs of the window, newest first.
    pub newest: Vec<RunLine>,
    /// What `--fail-below` and `--fail-on-regression` say.
    pub checks: Checks,
    /// What else is to be known.
    pub notes: Vec<String>,
}

/// Which runs were asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Window {
    /// Only this project.
    pub project: Option<String>,
    /// Only this command.
    pub kind: Option<RunKind>,
    /// Only artifacts that this glob matches.
    pub artifact: Option<String>,
    /// Only runs at this moment or later, RFC 3339.
    pub since: Option<String>,
    /// Only the newest so many runs.
    pub last: Option<usize>,
    /// The oldest run in it, RFC 3339.
    pub from: Option<String>,
    /// The newest.
    pub to: Option<String>,
}

/// How many results are of which outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Count {
    /// All.
    pub results: usize,
    /// [`Outcome::Reproduced`].
    pub reproduced: usize,
    /// [`Outcome::Failed`].
    pub failed: usize,
    /// [`Outcome::Unknown`].
    pub unknown: usize,
    /// `reproduced` of `results`; null where there is none.
    pub rate: Option<f64>,
}

impl Count {
    /// One more.
    pub fn add(&mut self, outcome: Outcome) {
        self.add_many(outcome, 1);
    }

    /// Some more of one outcome.
    pub fn add_many(&mut self, outcome: Outcome, more: usize) {
        self.results += more;
        match outcome {
            Outcome::Reproduced => self.reproduced += more,
            Outcome::Failed => self.failed += more,
            Outcome::Unknown => self.unknown += more,
        }
        self.rate = Some(self.reproduced as f64 / self.results as f64);
    }

    /// All of another count.
    pub fn merge(&mut self, other: Count) {
        self.results += other.results;
        self.reproduced += other.reproduced;
        self.failed += other.failed;
        self.unknown += other.unknown;
        self.rate = (self.results > 0).then(|| self.reproduced as f64 / self.results as f64);
    }

    /// The rate with one digit, cut and not rounded: `100.0%` is said only of all. `none` where there is no result.
    pub fn percent(&self) -> String {
        match (self.reproduced * 1000).checked_div(self.results) {
            Some(rate) => format!("{}.{}%", rate / 10, rate % 10),
            None => "none".to_owned(),
        }
    }
}

/// A day, week, month or year.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Bucket {
    /// Its first day and the day after its last, in days since 1970.
    #[serde(skip)]
    pub days: (i64, i64),
    /// Its first day, `2026-11-23`.
    pub from: String,
    /// The day after its last.
    pub until: String,
    /// Runs.
    pub runs: usize,
    /// Results.
    pub count: Count,
}

/// A run, as it is referred to.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct RunPoint {
    /// Its number.
    pub run: i64,
    /// When, RFC 3339.
    pub at: String,
    /// Commit of its source.
    pub commit: Option<String>,
    /// What it found out about the artifact.
    pub outcome: Outcome,
    /// In the command's own word.
    pub state: String,
    /// SHA-256 of the artifact.
    pub sha256: Option<String>,
    /// First cause of the difference.
    pub cause: Option<String>,
    /// What is wrong.
    pub why: Option<String>,
}

/// How one artifact fared, over all runs that are recorded of it up to the newest in the window.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ArtifactHistory {
    /// The project.
    pub project: String,
    /// The command.
    pub kind: RunKind,
    /// Path below the root; empty for a build that never made one.
    pub path: String,
    /// Results in the window.
    pub count: Count,
    /// The newest result.
    pub newest: RunPoint,
    /// Runs in a row with this result: reproduced, or not.
    pub streak: usize,
    /// Longest run of reproductions.
    pub longest: usize,
    /// The newest run that reproduced it.
    pub last_reproduced: Option<RunPoint>,
    /// If it is not reproduced now: the first run of this streak.
    pub first_failure: Option<RunPoint>,
    /// If it is not reproduced now: runs in a row that reproduced it before.
    pub reproduced_before: usize,
    /// The newest run failed, and the one before did not.
    pub regression: bool,
    /// What is different in the first failure from the run before it, which reproduced the artifact.
    pub changed: Option<ChangedSince>,
    /// It in one line.
    pub summary: String,
    /// The newest outcomes, oldest first.
    pub strip: Vec<Outcome>,
}

/// What changed between two runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ChangedSince {
    /// Whether the source is the same; null if it is not recorded of both.
    pub same_source: Option<bool>,
    /// Whether the environment is; null, too, if too many others were compared.
    pub same_environment: Option<bool>,
    /// Whether the build command is.
    pub same_command: Option<bool>,
    /// Whether the locked bytes are; null if there are none.
    pub same_lock: Option<bool>,
    /// What is not, what matters most first.
    pub items: Vec<ChangedItem>,
    /// How many further items there are.
    pub more: usize,
}

/// One thing that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ChangedItem {
    /// `source`, `command`, `lock`, or an item of the environment such as `package gcc-12`.
    pub what: String,
    /// In the run that reproduced it; null if it was not there.
    pub before: Option<String>,
    /// In the run that failed; null if it is not there.
    pub after: Option<String>,
}

/// A cause, and how often it was the first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CauseCount {
    /// Its id; null for failures without one.
    pub cause: Option<String>,
    /// Failures.
    pub count: usize,
    /// Artifacts.
    pub artifacts: usize,
}

/// A run, in the list of the newest.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct RunLine {
    /// Its number.
    pub run: i64,
    /// When, RFC 3339.
    pub at: String,
    /// The project.
    pub project: String,
    /// The command.
    pub kind: RunKind,
    /// Its verdict.
    pub verdict: String,
    /// Commit of its source.
    pub commit: Option<String>,
    /// Results.
    pub count: Count,
}

/// What a nightly job alarms on.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Checks {
    /// `--fail-below`.
    pub fail_below: Option<f64>,
    /// `--fail-on-regression`.
    pub fail_on_regression: bool,
    /// Artifacts whose newest run in the window failed where the one before did not.
    pub regressions: usize,
    /// What does not hold, in words.
    pub failed: Vec<String>,
}
