//! What the judge is told.

use super::{found::Found, lock::Lock};
use crate::{
    model::{DiffReport, GateReference},
    rebuild::artifacts::Patterns,
};
use std::collections::BTreeMap;

/// Everything that is known.
pub struct Facts<'a> {
    /// The lock file as it was named.
    pub name: &'a str,
    /// What is locked, of the artifacts that are asked about.
    pub lock: &'a Lock,
    /// Digest of the build command as it is now, as the lock has it.
    pub command: Option<&'a str>,
    /// Digest of what a second build was made in; none where there was no such build, or it was not recorded.
    pub environment: Option<&'a str>,
    /// What is there.
    pub found: &'a Found,
    /// What was asked for and is neither locked nor built.
    pub unmatched: Vec<String>,
    /// Links that are as locked, and lead to this, which is not locked.
    pub leading: BTreeMap<String, String>,
    /// Why less is known than should be.
    pub reason: Option<String>,
    /// Nothing says what else could be an artifact.
    pub(crate) blind: bool,
    /// What differs, compared with a reference.
    pub compared: BTreeMap<String, Compared>,
    /// Whether there is anything to compare with.
    pub reference: bool,
    /// What else is to be told.
    pub notes: Vec<String>,
    /// `2026-11-26`.
    pub today: &'a str,
    /// Whether rules of the policy that are of no use are failures.
    pub strict: bool,
}

/// A differing artifact and its reference.
pub struct Compared {
    /// What it was compared with.
    pub reference: GateReference,
    /// The comparison; none where reference and artifact have the same bytes.
    pub report: Option<DiffReport>,
}

/// A rule with its glob, and whether it was of use.
pub(super) struct Rule<'a> {
    pub(super) number: usize,
    pub(super) patterns: Patterns,
    pub(super) causes: &'a [String],
    pub(super) reason: &'a str,
    /// Whether it is content with the form of a difference.
    pub(super) plausible: bool,
}
