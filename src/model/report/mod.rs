//! What commands find, as it is printed: one file a subject, field by field as its JSON has them. The rooms that find it fill these
//! shapes, and `crate::report` writes them, so that neither imports the other.

mod batch;
mod build;
mod check;
mod ddc;
mod detail;
mod diff;
mod doctor;
mod failure;
mod gate;
mod history;
mod lint;
mod localised;
mod problem;
mod published;
mod remote;
mod side_span;
mod verify;

pub use batch::{
    BatchCost, BatchDropped, BatchHead, BatchLine, BatchList, BatchMissing, BatchProblem, BatchReport, BatchShard,
    BatchTwice,
};
pub use build::{
    BuildPlan, BuildRun, BuildVerdict, DifferentLine, Effect, EnvironmentDifference, FirstDifference, Guilty, Leftover,
    Link, NotTested, PlannedVariation, RebuildReport, RunOutcome, SecretPlace, SecretUse, ToolAdvice, TriedFix,
    Unstable,
};
pub use check::{CheckFinding, CheckReport, CheckWhat, Stale};
pub use ddc::{
    BehaviourDifference, DdcClass, DdcGeneration, DdcInput, DdcLink, DdcLocalisation, DdcMode, DdcReport, DdcStage,
    DdcToolchain, DdcVerdict, DiffersAt, Lineage, ToolchainVerdict,
};
pub use detail::{Excerpt, ExcerptSide, Layout, Pair, Shape, Stretch};
pub use diff::{Artifact, DiffReport, Finding, Place, Tool, Undetermined, Verdict};
pub use doctor::{DoctorLine, DoctorReport};
pub use failure::{BuildFailure, BuildPins, FailureHint, GuiltyPin};
pub use gate::{
    Accept, AcceptedCause, ArtifactState, Digests, Enforce, GateArtifact, GateReference, GateReport, GateRule,
    GateVerdict, ReferenceKind, RuleState,
};
pub use history::{
    ArtifactHistory, Basis, Bucket, CauseCount, ChangedItem, ChangedSince, Checks, Count, EnvironmentItem,
    HISTORY_FILE, HistoryReport, NewRun, Outcome, RunEnvironment, RunKind, RunLine, RunPoint, RunResult, Window,
};
pub use lint::{LintAllowed, LintEdit, LintFinding, LintReport, LintSkipped, LintSummary, LintTrouble};
pub use localised::{Changed, Listed, Localised, SectionDifference};
pub use problem::{CheckOutcome, CheckResult, Level, Problem, ProblemReport, Region, RuleHelp, fingerprint};
pub use published::{PublishedFact, PublishedFile, PublishedPlan, PublishedReport, PublishedTry, PublishedVerdict};
pub use remote::{MissCause, MissReport, RemoteAction, RemoteCause, RemoteOutput, RemoteReport, RemoteVerdict};
pub use side_span::SideSpan;
pub use verify::{
    EnvelopeState, VerifyArtifact, VerifyEnvelope, VerifyFailure, VerifyGroup, VerifyReport, VerifyVerdict,
};
