//! Pure data that every other layer speaks in. Imports nothing of this crate.

mod attest;
mod blob;
mod ddc;
mod detail;
mod difference;
mod doctor;
mod gate;
mod history;
mod kind;
mod lint;
mod localised;
mod part;
mod problem;
mod rebuild;
mod record;
mod report;
mod role;

pub use attest::{
    EnvelopeState, VerifyArtifact, VerifyEnvelope, VerifyFailure, VerifyGroup, VerifyReport, VerifyVerdict,
};
pub use blob::{Blob, Span, Storage};
pub use ddc::{
    BehaviourDifference, DdcClass, DdcInput, DdcLocalisation, DdcMode, DdcReport, DdcStage, DdcToolchain, DdcVerdict,
    DiffersAt, Lineage, ToolchainVerdict,
};
pub use detail::{Excerpt, ExcerptSide, Layout, Pair, Shape, Stretch};
pub use difference::{Attribution, Change, Claim, Confidence, Difference, Evidence, Right, Side, Warrant};
pub use doctor::{DoctorLine, DoctorReport};
pub use gate::{
    Accept, AcceptedCause, ArtifactState, Digests, Enforce, GateArtifact, GateReference, GateReport, GateRule,
    GateVerdict, RuleState,
};
pub use history::{
    ArtifactHistory, Basis, Bucket, CauseCount, ChangedItem, ChangedSince, Checks, Count, EnvironmentItem,
    HISTORY_FILE, HistoryReport, NewRun, Outcome, RunEnvironment, RunKind, RunLine, RunPoint, RunResult, Window,
};
pub use kind::Kind;
pub use lint::{LintAllowed, LintEdit, LintFinding, LintReport, LintSkipped, LintSummary, LintTrouble};
pub use localised::{Changed, Listed, Localised, SectionDifference};
pub use part::{Body, Content, Decode, Group, Isa, Malformed, Member, Opened, Order, Part, Parts, Seal, Value};
pub use problem::{CheckOutcome, CheckResult, Level, Problem, ProblemReport, Region, RuleHelp, fingerprint};
pub use rebuild::{
    BuildPlan, BuildRun, BuildVerdict, EnvironmentDifference, FirstDifference, Guilty, Leftover, NotTested,
    PlannedVariation, RebuildReport, RunOutcome, SecretPlace, SecretUse, TriedFix, Unstable,
};
pub use record::{Fact, FactKind, Known, Made, Record, RecordUse, Vouched};
pub use report::{Artifact, Finding, Place, Report, SideSpan, Tool, Undetermined, Verdict};
pub use role::Role;

/// The id of a format: the stem of its file in `format/`.
pub type FormatId = &'static str;
/// The id of a cause: kebab-case, names the defect.
pub type CauseId = &'static str;
