//! What is printed: the JSON of `repro ddc`, field by field.

use super::{Finding, Localised, Place, Tool};
use serde::Serialize;
use std::collections::BTreeMap;

/// What is compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum DdcMode {
    /// Wheeler's diverse double-compiling: a compiler against its source.
    #[default]
    Ddc,
    /// The bytes that independent toolchains, or hosts, make of one source.
    Agree,
    /// What the programs do that they make of it.
    Behaviour,
}

/// The answer to the whole spec.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DdcVerdict {
    /// Every toolchain gave the same bytes (or behaviour).
    Match,
    /// The same but for what the spec allows.
    MatchAfterNormalising,
    /// They differ.
    Mismatch,
    /// The same inputs did not give the same bytes twice, so nothing can be compared.
    NotDeterministic,
    /// A toolchain gave no evidence: the question is open.
    Failed,
}

/// What one toolchain says of the subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ToolchainVerdict {
    /// Stage 2 is the subject, bit for bit. In the other modes: the same as the first toolchain's.
    Identical,
    /// The same but for what the spec allows.
    IdenticalAfterNormalising,
    /// Stage 2 is another compiler, and what that makes of the source is the subject.
    #[serde(rename = "converges-at-stage-3")]
    ConvergesAtStage3,
    /// Stage 2 and 3 are not the subject.
    Differs,
    /// The subject does not come out again when its parent compiles the source.
    RegenerationFailed,
    /// The same stage gave other bytes the second time.
    Nondeterministic,
    /// The toolchain does not compile the source.
    CannotCompile,
    /// The compiler that it made does not compile the source.
    #[serde(rename = "stage-2-crashed")]
    Stage2Crashed,
    /// No diversity: its stage 1 is the subject already, or it is of the subject's lineage.
    Invalid,
}

/// Where the parts of a toolchain come from.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Lineage {
    /// The compiler proper: two versions of one compiler are one lineage.
    pub front_end: String,
    /// The assembler.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assembler: Option<String>,
    /// The linker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub linker: Option<String>,
    /// The C library that the compiler itself runs on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub libc: Option<String>,
    /// The machine that it runs on, where that is what differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
}

/// One run: a compiler, a source, what came of it.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct DdcStage {
    /// `gcc-12/stage1`, `subject/regenerated-1`.
    pub name: String,
    /// The command line of the compiler.
    pub compiler: String,
    /// Tree digest of the source.
    pub source: String,
    /// The artifact, or how many there are.
    pub artifact: String,
    /// Its SHA-256; of several, that of their list as `sha256sum` writes it, sorted by path.
    pub sha256: Option<String>,
    /// Bytes in all.
    pub size: u64,
    /// Processor time, user and system.
    pub cpu_seconds: f64,
    /// SHA-256 by path.
    pub files: BTreeMap<String, String>,
    /// What was varied, so as to show nondeterminism.
    pub perturbed: Vec<String>,
    /// Name of the stage whose run this is: the same inputs are not run twice.
    pub same_run_as: Option<String>,
    /// Whether it was made at an earlier time, and taken from the cache.
    pub kept: bool,
    /// Why it failed.
    pub why: Option<String>,
}

/// One toolchain and what it says.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct DdcToolchain {
    /// As the spec calls it.
    pub id: String,
    /// Its command line.
    pub command: String,
    /// The program, links followed.
    pub program: String,
    /// SHA-256 of the program.
    pub sha256: String,
    /// Where it comes from.
    pub lineage: Lineage,
    /// What it says.
    pub verdict: ToolchainVerdict,
    /// Why, in one line.
    pub why: String,
    /// Whether it may be without a result.
    pub optional: bool,
}

/// One compiler of a chain, and whether it is what the one before makes of its source.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct DdcGeneration {
    /// As the spec calls it.
    pub name: String,
    /// Tree digest of its source.
    pub source: String,
    /// What is claimed to be it, as in [`DdcStage::sha256`].
    pub sha256: String,
    /// Whether it came out again, in one line.
    pub regeneration: Option<String>,
    /// What each toolchain's chain gave instead; nothing for a first generation that something else made: it is no claim.
    pub links: Vec<DdcLink>,
}

/// One step of a chain, as one toolchain's chain makes it.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct DdcLink {
    /// The toolchain that the chain begins with.
    pub toolchain: String,
    /// What it gave.
    pub sha256: Option<String>,
    /// What that says of the generation.
    pub verdict: ToolchainVerdict,
    /// Why, in one line.
    pub why: String,
}

/// Toolchains that gave the same bytes.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct DdcClass {
    /// What they gave, as in [`DdcStage::sha256`].
    pub sha256: String,
    /// Their ids.
    pub toolchains: Vec<String>,
    /// Their distinct front ends (and hosts, where the spec names some): what counts.
    pub lineages: Vec<String>,
    /// Whether it is the subject's class.
    pub subject: bool,
}

/// Where the subject and a stage 2 differ, or what two toolchains make.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct DdcLocalisation {
    /// The toolchain.
    pub toolchain: String,
    /// What the first side is: `stage 2`, or a toolchain.
    pub a: String,
    /// What the second side is: `c_A`, or a toolchain.
    pub b: String,
    /// Units compiled alone by both compilers; 0 if the artifacts themselves were compared.
    pub units: usize,
    /// Units that could not be compiled alone, and why.
    pub failed: Vec<String>,
    /// Whether `differ` is of whole artifacts, because no unit alone differs.
    pub artifacts: bool,
    /// Objects, or artifacts, that differ.
    pub differ: Vec<Localised>,
    /// Parts of objects that could not be read, and why.
    pub unread: Vec<String>,
}

/// A file of the machine that was used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DdcInput {
    /// `program`, `assembler`, `linker`, `libc`, `crt`, `library`, `header`, `data`.
    pub role: &'static str,
    /// Its path, links followed; `{spec}/…` for one beside the spec.
    pub path: String,
    /// SHA-256.
    pub sha256: String,
    /// Toolchains in whose stages it was opened; `subject` for the subject's own.
    pub used_by: Vec<String>,
}

/// A finding or an unexplained place, as in a [`DiffReport`](super::DiffReport).
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum DiffersAt {
    /// Named.
    Finding(Box<Finding>),
    /// Not explained.
    Place(Box<Place>),
}

/// Where the runs of a program gave something else.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct BehaviourDifference {
    /// The run.
    pub run: String,
    /// `exit status`, `standard output`, `standard error`, or a file.
    pub what: String,
    /// One toolchain, and what it gave.
    pub a: [String; 2],
    /// Another.
    pub b: [String; 2],
}

/// The whole report.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct DdcReport {
    /// Counts up when a field changes its meaning or goes.
    pub schema_version: u32,
    /// Who says it.
    pub tool: Tool,
    /// What was compared.
    pub mode: DdcMode,
    /// What is claimed.
    pub claim: String,
    /// The verdict.
    pub verdict: DdcVerdict,
    /// Why, in one line.
    pub reason: String,
    /// What that proves, to be quoted.
    pub proves: String,
    /// What it does not, to be quoted with it.
    pub does_not_prove: String,
    /// What to try next.
    pub advice: Vec<String>,
    /// Digest of the subject, as in [`DdcStage::sha256`].
    pub subject: Option<String>,
    /// Its files: SHA-256 by path.
    pub subject_files: BTreeMap<String, String>,
    /// Whether the subject came out again, in one line.
    pub regeneration: Option<String>,
    /// The chain, the oldest first; nothing where the spec has no generations.
    pub generations: Vec<DdcGeneration>,
    /// Name of the first generation that is not what its source gives.
    pub breaks_at: Option<String>,
    /// One entry a toolchain.
    pub toolchains: Vec<DdcToolchain>,
    /// Every run.
    pub stages: Vec<DdcStage>,
    /// What was normalised, and differed.
    pub normalised: Vec<String>,
    /// Toolchains that gave the same bytes.
    pub agreement: Vec<Vec<String>>,
    /// The same with lineages.
    pub classes: Vec<DdcClass>,
    /// Where the bytes differ, for the first toolchain that does: `a` is what the source gives, `b` is c_A. Where the same inputs
    /// gave other bytes, two of the runs.
    pub differs_at: Vec<DiffersAt>,
    /// Where the code differs, for one toolchain of each class that does.
    pub localised: Vec<DdcLocalisation>,
    /// Where the programs behave differently.
    pub behaviour: Vec<BehaviourDifference>,
    /// Digest of the source.
    pub source: String,
    /// The kernel, which every toolchain ran on.
    pub kernel: String,
    /// Files of the machine that were opened, by role and path; nothing where opens can't be traced.
    pub inputs: Vec<DdcInput>,
}
