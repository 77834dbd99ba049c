//! What `repro verify` prints: who agrees on an artifact, who does not, and why an attestation counts or not.

use super::Tool;
use serde::Serialize;

/// The answer of `verify`, for one artifact or for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum VerifyVerdict {
    /// Enough distinct trusted rebuilders state the artifact's digest.
    Agreed,
    /// Enough of them do, but others state another digest, and that was not to be.
    Disputed,
    /// Too few do.
    NotAgreed,
}

/// The whole answer.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct VerifyReport {
    /// Counts up when a field changes its meaning or goes.
    pub schema_version: u32,
    /// Who says it.
    pub tool: Tool,
    /// The worst of the artifacts' verdicts.
    pub verdict: VerifyVerdict,
    /// It in one line.
    pub summary: String,
    /// How many rebuilders must agree.
    pub threshold: usize,
    /// Whether another digest, stated by a trusted rebuilder, is a reason to refuse.
    pub no_dissent: bool,
    /// Sources, by URI or digest, of which an attestation must name each; none if any source is as good.
    pub sources: Vec<String>,
    /// The day, in UTC, by which dates were judged.
    pub today: String,
    /// Names in the keyring, sorted.
    pub rebuilders: Vec<String>,
    /// As they were named.
    pub artifacts: Vec<VerifyArtifact>,
    /// What else is to be known: a key under two names, files that are no envelopes.
    pub notes: Vec<String>,
}

/// One artifact.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct VerifyArtifact {
    /// As it was named, or its `--name`.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// Hex.
    pub sha256: String,
    /// Hex.
    pub blake3: String,
    /// Whether enough agree.
    pub verdict: VerifyVerdict,
    /// Rebuilders that count, sorted.
    pub agree: Vec<String>,
    /// What trusted rebuilders state, the artifact's own digest first, then by how many state it.
    pub groups: Vec<VerifyGroup>,
    /// Rebuilders whose rebuild failed.
    pub failed: Vec<VerifyFailure>,
    /// Every envelope, by file.
    pub envelopes: Vec<VerifyEnvelope>,
}

/// Rebuilders that state the same digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct VerifyGroup {
    /// Hex.
    pub sha256: String,
    /// Whether it is the artifact's.
    pub artifact: bool,
    /// Sorted.
    pub rebuilders: Vec<String>,
    /// Whether one rebuilder stands here, and others elsewhere.
    pub alone: bool,
}

/// A rebuild that gave no artifact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct VerifyFailure {
    /// Whose.
    pub rebuilder: String,
    /// In the rebuilder's words.
    pub reason: String,
}

/// What became of an envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum EnvelopeState {
    /// It counts.
    Counts,
    /// It is no DSSE envelope, or its statement makes no sense.
    Malformed,
    /// Its text ends too early.
    Truncated,
    /// It is larger than what is read.
    TooLarge,
    /// It is a link or no file.
    Unread,
    /// It wraps something else than an in-toto statement.
    WrongPayloadType,
    /// No key of the keyring made a signature of it.
    UnknownKey,
    /// It names a key of the keyring, which did not sign this.
    BadSignature,
    /// The keyring gives its key to two rebuilders.
    KeyUnderTwoNames,
    /// The keyring says that its key is no longer to be trusted.
    KeyRevoked,
    /// The key's last day has passed.
    KeyExpired,
    /// The key's first day has not come, or had not when it signed.
    KeyNotYetValid,
    /// It is about something else than a rebuild.
    WrongPredicateType,
    /// It was made with another key than the one that signed it, or it was seen before.
    Replayed,
    /// Its last day has passed.
    Expired,
    /// It is older than what was asked for.
    TooOld,
    /// It says that it was made after today.
    FromTheFuture,
    /// It does not say which source it was made from.
    NoSource,
    /// It was made from another source.
    OtherSource,
    /// It is about another artifact.
    DifferentSubject,
    /// The same rebuilder has said the same before.
    Duplicate,
    /// The same rebuilder has said something else later.
    Superseded,
    /// The same rebuilder has said something else at the same time.
    Contradicts,
    /// It says that the rebuild gave no artifact.
    OutcomeFailed,
    /// It says that the rebuild gave other bytes than it should have.
    OutcomeDiffers,
    /// It states another digest.
    OtherDigest,
}

/// One envelope, as it stands to one artifact.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct VerifyEnvelope {
    /// Path below the folder of attestations; of a line in a file of many, with its number.
    pub file: String,
    /// Whose key signed it, if that is known.
    pub rebuilder: Option<String>,
    /// What became of it.
    pub state: EnvelopeState,
    /// Why, in one line.
    pub why: String,
}
