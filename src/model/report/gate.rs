//! What `repro gate` prints: each artifact against the lock file, under the policy.

use super::{Finding, Layout, Place, Tool};
use crate::model::RecordUse;
use serde::Serialize;

/// The answer of the gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum GateVerdict {
    /// Every artifact is as locked, or differs as the policy accepts.
    Pass,
    /// Something is not, and the policy only warns of it.
    Warn,
    /// Something is not.
    Reject,
    /// An artifact could not be read.
    Undetermined,
}

/// What is done about an artifact that is not as locked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Enforce {
    /// It is told.
    Warn,
    /// It is told, and the gate rejects.
    #[default]
    Block,
}

impl Enforce {
    /// As it is written.
    pub fn word(self) -> &'static str {
        match self {
            Enforce::Warn => "warn",
            Enforce::Block => "block",
        }
    }
}

/// What a rule of the policy is content with, beyond differences that have a warrant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Accept {
    /// The form of a difference.
    Plausible,
}

/// The whole answer.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct GateReport {
    /// Counts up when a field changes its meaning or goes.
    pub schema_version: u32,
    /// Who says it.
    pub tool: Tool,
    /// The lock file, as it was named.
    pub lock: String,
    /// The verdict.
    pub verdict: GateVerdict,
    /// It in one line.
    pub summary: String,
    /// What the policy does about failures.
    pub enforce: Enforce,
    /// The share of artifacts for which it blocks.
    pub enforce_share: f64,
    /// Whether rules of no use are failures.
    pub strict: bool,
    /// Why less is known than should be: the build fails where it should not.
    pub reason: Option<String>,
    /// By path.
    pub artifacts: Vec<GateArtifact>,
    /// The policy's exceptions, in their order.
    pub rules: Vec<GateRule>,
    /// What else is to be known: a build that failed, a toolchain that is another.
    pub notes: Vec<String>,
}

/// How an artifact stands to its lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ArtifactState {
    /// The locked bytes.
    Same,
    /// Other bytes, by causes that the policy accepts, each of them proved.
    Accepted,
    /// Other bytes.
    Differs,
    /// It is locked and not there.
    Missing,
    /// It is there and not locked.
    Extra,
    /// It could not be read.
    Unreadable,
}

/// Size and digests of an artifact; of a link, of its target's name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Digests {
    /// Bytes.
    pub size: u64,
    /// Hex.
    pub sha256: String,
    /// Hex.
    pub blake3: String,
    /// Whether it is a symbolic link.
    pub symlink: bool,
}

/// One artifact.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct GateArtifact {
    /// Path below the repository's root.
    pub path: String,
    /// How it stands to its lock.
    pub state: ArtifactState,
    /// Whether the policy blocks it, were it not as locked.
    pub enforced: bool,
    /// What is locked.
    pub locked: Option<Digests>,
    /// What is there.
    pub found: Option<Digests>,
    /// One line: what is wrong.
    pub why: String,
    /// What to do about it.
    pub fix: String,
    /// What it was compared with.
    pub reference: Option<GateReference>,
    /// Accepted causes, and the reason that the policy gives.
    pub accepted: Vec<AcceptedCause>,
    /// As `diff` finds them, reference against artifact.
    pub findings: Vec<Finding>,
    /// As `diff` leaves them.
    pub unexplained: Vec<Place>,
    /// How many places are unexplained.
    pub unexplained_count: usize,
    /// Records of the reference's build and of the artifact's, where they are known.
    pub records: Vec<RecordUse>,
    /// What differs inside what, if it was asked for.
    #[serde(skip)]
    pub layout: Option<Layout>,
}

/// What a differing artifact was compared with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct GateReference {
    /// Where it is from.
    pub kind: ReferenceKind,
    /// Where it was.
    pub name: String,
    /// Whether it has the locked bytes: only then does the comparison say what the lock and the artifact differ by.
    pub locked: bool,
    /// Whether it has the artifact's bytes.
    pub same: bool,
}

/// Where a reference is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ReferenceKind {
    /// From the caller.
    Given,
    /// From a build of the gate's.
    Rebuilt,
}

impl ReferenceKind {
    /// As it is written.
    pub fn word(self) -> &'static str {
        match self {
            ReferenceKind::Given => "given",
            ReferenceKind::Rebuilt => "rebuilt",
        }
    }
}

/// A cause that the policy accepts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AcceptedCause {
    /// Its id.
    pub cause: String,
    /// Why it is accepted.
    pub reason: String,
    /// Whether some of its differences are accepted by their form: nothing shows that the build wrote them.
    pub plausible: bool,
}

/// Whether a rule of the policy is of use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum RuleState {
    /// It accepted something.
    Used,
    /// It matches no difference of this run.
    Stale,
    /// Its date has passed; it accepts nothing.
    Expired,
}

/// A rule of the policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct GateRule {
    /// Glob of the artifacts.
    pub artifact: String,
    /// The causes.
    pub causes: Vec<String>,
    /// Whether it is content with the form of a difference.
    pub accept: Option<Accept>,
    /// Why.
    pub reason: String,
    /// The last day on which it holds.
    pub until: Option<String>,
    /// Whether it is of use.
    pub state: RuleState,
}
