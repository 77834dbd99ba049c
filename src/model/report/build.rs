//! What `repro build` prints: the plan, every run, the verdict, and who is guilty.

use super::{BuildFailure, BuildPins, Finding, Layout, Place, Tool};
use crate::model::Record;
use serde::Serialize;
use std::collections::BTreeMap;

/// The answer to "is this build reproducible".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum BuildVerdict {
    /// Every run gave the same artifacts, and everything that was asked for was tested.
    Reproducible,
    /// At least one variation changes the artifacts, or makes the build fail.
    Unreproducible,
    /// Two builds in the same control environment differ.
    IntrinsicallyUnstable,
    /// The build fails or hangs in the control environment.
    BuildFails,
    /// Nothing differed, but something stopped the experiment.
    Undetermined,
}

/// The whole experiment.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct RebuildReport {
    /// Counts up when a field changes its meaning or goes.
    pub schema_version: u32,
    /// Who says it.
    pub tool: Tool,
    /// What was to be done.
    pub plan: BuildPlan,
    /// What was done, in order of `id`.
    pub runs: Vec<BuildRun>,
    /// The verdict.
    pub verdict: BuildVerdict,
    /// Why it is `build-fails` or `undetermined`.
    pub reason: Option<String>,
    /// Whether it is the control environment that it fails in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pins: Option<BuildPins>,
    /// Artifacts that differ between two builds in the control environment.
    pub unstable: Vec<Unstable>,
    /// Which variations break the build: a conjunction is one entry, independent culprits are several.
    pub guilty: Vec<Guilty>,
    /// Variations that were tested and change nothing.
    pub innocent: Vec<String>,
    /// Variations that were not tested.
    pub not_tested: Vec<NotTested>,
    /// Processes that a run left behind; they were killed.
    pub leftovers: Vec<Leftover>,
    /// Secrets that were handed to the build, by name.
    pub secrets: Vec<SecretUse>,
    /// How the environment differs from the record given by `--against`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub against: Option<Vec<EnvironmentDifference>>,
    /// The command line that repeats the whole experiment.
    pub replay: String,
    /// The environment of the only run, where one was asked for.
    #[serde(skip)]
    pub known: Option<Record>,
}

/// What the experiment consists of.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct BuildPlan {
    /// Decides what is random.
    pub seed: u64,
    /// The control environment: what is pinned, to which value.
    pub control: BTreeMap<String, String>,
    /// Every variation, tested or not.
    pub variations: Vec<PlannedVariation>,
    /// Whether the build could reach the network.
    pub network: bool,
    /// Whether one run varied everything, and nothing was searched for.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub quick: bool,
    /// Whether remedies were tried.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub try_fixes: bool,
}

/// A variation and how it is brought about.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct PlannedVariation {
    /// Its name.
    pub name: String,
    /// `namespaces`, `interposition` or `environment`; null where this machine has none for it.
    pub backend: Option<String>,
    /// Whether a probe program in the same sandbox saw a difference.
    pub effective: bool,
    /// What the probe saw in the control, and under the variation.
    pub observed: Option<[String; 2]>,
}

/// One build.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct BuildRun {
    /// Counts from 1.
    pub id: usize,
    /// Names of the variations; empty for the control.
    pub varied: Vec<String>,
    /// Remedies in force, by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remedies: Vec<String>,
    /// What of the control environment was not pinned.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub freed: Vec<String>,
    /// How it ended.
    pub outcome: RunOutcome,
    /// What failed: the step, its exit status, the last lines of output.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// What can be said of a build that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<BuildFailure>,
    /// SHA-256 of every artifact, by path below the source folder.
    pub sha256: BTreeMap<String, String>,
    /// Processor time, user and system.
    pub cpu_seconds: f64,
    /// The command line that repeats exactly this run.
    pub replay: String,
}

/// How a build ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RunOutcome {
    /// Exit status 0.
    Built,
    /// Another exit status, a signal, or no artifact.
    Failed,
    /// Stopped by a timeout.
    Hung,
}

/// An artifact that is not stable in the control environment.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Unstable {
    /// Path below the source folder.
    pub artifact: String,
    /// As `diff` finds them.
    pub findings: Vec<Finding>,
    /// As `diff` leaves them.
    pub unexplained: Vec<Place>,
    /// Where in the artifact they lie, for a page.
    #[serde(skip)]
    pub layouts: Vec<Layout>,
}

/// What comes of a build with a guilty set of variations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Effect {
    /// Other artifacts.
    Differs,
    /// None.
    Fails,
    /// No end.
    Hangs,
}

impl Effect {
    /// As it is written: the build differs, fails or hangs.
    pub fn word(self) -> &'static str {
        match self {
            Effect::Differs => "differs",
            Effect::Fails => "fails",
            Effect::Hangs => "hangs",
        }
    }
}

/// A minimal set of variations that changes the artifacts.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Guilty {
    /// Usually one; several that are needed together are a conjunction.
    pub variations: Vec<String>,
    /// What comes of the build with them.
    pub effect: Effect,
    /// Run that varied only these.
    pub only: usize,
    /// Run that varied everything but these and the other culprits, and gave the control's artifacts; null if there was none.
    pub all_but: Option<usize>,
    /// Paths that differ.
    pub artifacts: Vec<String>,
    /// As `diff` finds them, over all artifacts.
    pub findings: Vec<Finding>,
    /// As `diff` leaves them.
    pub unexplained: Vec<Place>,
    /// Where in the artifacts they lie, for a page.
    #[serde(skip)]
    pub layouts: Vec<Layout>,
    /// Of `env` only: variations that are seen just because the artifacts hold a copy of their variables.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub captured: Vec<String>,
    /// Of `random` only: variations that change the same places and no other, since the random value is mixed from them, too.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mixed: Vec<String>,
    /// The first file in time that differs, and the command that wrote it.
    pub first: Option<FirstDifference>,
    /// Remedies tried by `--try-fixes`.
    pub fixes: Vec<TriedFix>,
    /// What the tools of this build offer against it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub advice: Vec<ToolAdvice>,
}

/// What a tool offers against a variation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ToolAdvice {
    /// The tool.
    pub tool: &'static str,
    /// What to write, or to do.
    pub text: &'static str,
}

/// Where a difference enters the build.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct FirstDifference {
    /// Path below the source folder.
    pub path: String,
    /// Command line of the process that wrote it.
    pub command: Vec<String>,
    /// Command lines of its parents, innermost first.
    pub parents: Vec<Vec<String>>,
    /// Further files that differ, in order of time; what is made from the first follows.
    pub then: Vec<String>,
    /// The way from this file to an artifact, as programs were seen to read and write; the first link is this file. Empty if it was not seen.
    pub chain: Vec<Link>,
}

/// A file on the way of a difference through a build.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Link {
    /// Path below the source folder.
    pub path: String,
    /// Command line of the process that wrote it.
    pub command: Vec<String>,
    /// The first line that differs, where it is a text.
    pub line: Option<DifferentLine>,
}

/// A line of a text, in two builds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DifferentLine {
    /// Its number, from 1.
    pub number: usize,
    /// In the control build; none if the text has ended.
    pub a: Option<String>,
    /// In the varied build.
    pub b: Option<String>,
}

/// A remedy, and whether it made the build reproducible.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct TriedFix {
    /// Its name.
    pub name: String,
    /// What it sets.
    pub environment: BTreeMap<String, String>,
    /// With it in force, control and varied runs gave the same artifacts.
    pub proved: bool,
    /// Artifacts of the guilty set that it makes the same.
    pub mends: Vec<String>,
    /// Artifacts of the guilty set that differ all the same.
    pub leaves: Vec<String>,
    /// With it in force, a run failed or hung.
    pub breaks: bool,
    /// Ids of those runs.
    pub runs: Vec<usize>,
}

/// A variation that was not tested.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct NotTested {
    /// Its name.
    pub name: String,
    /// Why not.
    pub why: String,
}

/// A process that a run left behind.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Leftover {
    /// Id of the run.
    pub run: usize,
    /// Its command line.
    pub command: Vec<String>,
}

/// A secret that was handed over, and where it turned up.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct SecretUse {
    /// The variable's name; the value is never reported.
    pub name: String,
    /// Ids of the runs that got it.
    pub runs: Vec<usize>,
    /// Where its bytes were found: `secret-in-artifact`.
    pub found: Vec<SecretPlace>,
    /// The forms in which it was looked for.
    pub searched: Vec<&'static str>,
    /// Members of artifacts that could not be searched, each with the reason.
    pub not_searched: Vec<String>,
}

/// Where a secret's bytes were found.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct SecretPlace {
    /// Artifact (and the way in), or `log`.
    pub address: String,
    /// First byte.
    pub offset: u64,
    /// The form: one of those that are looked for.
    pub form: &'static str,
}

/// One part of the environment that is not as the record says.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct EnvironmentDifference {
    /// What, such as `kernel`, `package libc6-dev`, `/usr/bin/cc`.
    pub what: String,
    /// In the record; null if it is not there.
    pub recorded: Option<String>,
    /// Here; null if it is not there.
    pub here: Option<String>,
}
