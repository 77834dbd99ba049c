//! What `repro rebuild` finds: what an artifact says of its build, how it was built again, and what came of it.

use super::{DiffReport, Digests, Tool};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Whether what was published comes from its source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum PublishedVerdict {
    /// The rebuild gave the published bytes.
    Identical,
    /// They differ, and every differing byte has a warrant.
    Explained,
    /// They differ, and every differing byte has the form of a named cause.
    Plausible,
    /// Something is not explained.
    Different,
    /// They could not be compared to the end.
    Undetermined,
    /// There is nothing to compare: it could not be built again.
    NotBuilt,
}

impl PublishedVerdict {
    /// As reports write it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Identical => "identical",
            Self::Explained => "explained",
            Self::Plausible => "plausible",
            Self::Different => "different",
            Self::Undetermined => "undetermined",
            Self::NotBuilt => "not-built",
        }
    }
}

/// The whole answer.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct PublishedReport {
    /// Counts up when a field changes its meaning or goes.
    pub schema_version: u32,
    /// Who says it.
    pub tool: Tool,
    /// As it was named on the command line.
    pub subject: String,
    /// Whose rules it was built by: `pypi`, `npm`, `crates`, `debian`, `file`.
    pub ecosystem: String,
    /// The verdict.
    pub verdict: PublishedVerdict,
    /// It in one line.
    pub summary: String,
    /// What was published; none if it could not be had.
    pub artifact: Option<PublishedFile>,
    /// What the rebuild gave.
    pub rebuilt: Option<PublishedFile>,
    /// The digests of that, for a statement.
    #[serde(skip)]
    pub built: Option<Digests>,
    /// What the artifact says of its build.
    pub evidence: Vec<PublishedFact>,
    /// How it was built; none if it did not come to that.
    pub plan: Option<PublishedPlan>,
    /// Builds that were made, in order; the last that is `best` is what is reported.
    pub tries: Vec<PublishedTry>,
    /// The first file of the artifact whose content neither its source nor the rebuild has.
    pub foreign: Option<String>,
    /// Why there is no rebuild.
    pub failure: Option<String>,
    /// What else is to be known.
    pub notes: Vec<String>,
    /// The comparison of what was published (a) with the rebuild (b).
    pub diff: Option<DiffReport>,
}

/// A file by its digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishedFile {
    /// Its name, or its path below the folder of the build.
    pub path: String,
    /// Hex.
    pub sha256: String,
    /// Bytes.
    pub size: u64,
}

/// Something that an artifact says of its build.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PublishedFact {
    /// What it is: `generator`, `newest member`.
    pub what: String,
    /// The value.
    pub value: String,
    /// Where it stands.
    pub place: String,
}

/// How an artifact is built again. It is data: `--save-plan` writes it, `--plan` follows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishedPlan {
    /// Whose rules it follows.
    pub ecosystem: String,
    /// What is built.
    pub name: String,
    /// Its version, where it has one.
    #[serde(default)]
    pub version: String,
    /// The language's own program: a path, or a name.
    #[serde(default)]
    pub interpreter: String,
    /// Tools with versions, as the ecosystem's client takes them.
    #[serde(default)]
    pub requires: Vec<String>,
    /// Tools are taken as they were before this moment (RFC 3339); empty for the newest.
    #[serde(default)]
    pub before: String,
    /// What the clock shows first, in seconds since 1970; it goes by what the build does.
    pub clock: i64,
    /// SOURCE_DATE_EPOCH, if it is set.
    #[serde(default)]
    pub source_date_epoch: Option<i64>,
    /// Permissions taken from new files, octal.
    pub umask: String,
    /// The folder that is built in.
    pub build_path: String,
    /// Whether files of the source get the times that the artifact's members show.
    #[serde(default)]
    pub member_times: bool,
    /// Commands, in order, run in the build's folder.
    pub steps: Vec<Vec<String>>,
    /// Globs of what is built.
    pub artifacts: Vec<String>,
    /// Further variables of the build.
    #[serde(default)]
    pub variables: BTreeMap<String, String>,
    /// What else the ecosystem needs to know.
    #[serde(default)]
    pub options: BTreeMap<String, String>,
    /// What was fetched for it, by path in the build's folder. A plan that is followed must get the same files.
    #[serde(default)]
    pub inputs: Vec<PublishedFile>,
}

/// One build of a search.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PublishedTry {
    /// What was set otherwise than before: `as planned` first.
    pub setting: String,
    /// What came of it.
    pub verdict: PublishedVerdict,
    /// Bytes that were built, if any: SHA-256.
    pub sha256: Option<String>,
    /// Causes that were found, or why it failed.
    pub what: String,
    /// Whether it is the one that is reported.
    pub best: bool,
}
