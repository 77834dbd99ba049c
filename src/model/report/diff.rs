//! What is printed: the JSON of `repro diff`, field by field.

use super::{Excerpt, Layout, SideSpan};
use crate::model::{Confidence, RecordUse, Warrant};
use serde::Serialize;

/// The answer to "is it the same, and why not".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Equal bytes.
    Identical,
    /// They differ, and every differing byte has a warrant (see [`Warrant`]).
    Explained,
    /// They differ, and every differing byte has the form of a named cause, but nothing shows that the build wrote all of them.
    Plausible,
    /// Something is not explained.
    Different,
    /// A limit was hit, or something could not be read.
    Undetermined,
}

impl Verdict {
    /// As reports write it.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Identical => "identical",
            Verdict::Explained => "explained",
            Verdict::Plausible => "plausible",
            Verdict::Different => "different",
            Verdict::Undetermined => "undetermined",
        }
    }
}

/// A whole comparison.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct DiffReport {
    /// Counts up when a field changes its meaning or goes.
    pub schema_version: u32,
    /// Who says it.
    pub tool: Tool,
    /// One artifact.
    pub a: Artifact,
    /// The other.
    pub b: Artifact,
    /// The verdict.
    pub verdict: Verdict,
    /// Why the verdict is `undetermined`.
    pub reason: Option<String>,
    /// What is accounted for, by how much it explains; root causes first.
    pub findings: Vec<Finding>,
    /// What is not, up to a limit.
    pub unexplained: Vec<Place>,
    /// How many places are not.
    pub unexplained_count: usize,
    /// What could not be compared.
    pub undetermined: Vec<Undetermined>,
    /// Records of the two builds, where they are known.
    pub records: Vec<RecordUse>,
    /// What differs inside what, if it was asked for.
    #[serde(skip)]
    pub layout: Option<Layout>,
}

impl DiffReport {
    /// Why a record can't be of its side: there is no answer then.
    pub fn misfit(&self) -> Option<&str> {
        self.records.iter().find_map(|record| record.misfit.as_deref())
    }
}

/// Name and version of this program.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Tool {
    /// `repro`.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
}

impl Tool {
    /// This program.
    pub const SELF: Self = Self {
        name: "repro",
        version: env!("CARGO_PKG_VERSION"),
    };
}

/// One side.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Artifact {
    /// As it was named on the command line.
    pub path: String,
    /// SHA-256 of a file's bytes, in hex; of a folder, its tree listing's.
    pub sha256: String,
    /// Bytes in all.
    pub size: u64,
}

/// One cause at one place.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// Id of the cause.
    pub cause: &'static str,
    /// Its group.
    pub group: &'static str,
    /// How sure.
    pub confidence: Confidence,
    /// What shows it; none where only the form speaks for it.
    pub warrant: Option<Warrant>,
    /// Follows from another difference.
    pub knock_on: bool,
    /// Where.
    pub address: String,
    /// The container's format.
    pub format: &'static str,
    /// How many differences.
    pub count: usize,
    /// The first one, on side a.
    pub a: String,
    /// On side b.
    pub b: String,
    /// Byte ranges of `a` and of `b` that differ.
    #[serde(skip)]
    pub marks: [Vec<(usize, usize)>; 2],
    /// All places, up to a limit.
    pub spans: Vec<SideSpan>,
    /// One line for a person.
    pub summary: String,
    /// Why it makes builds differ.
    #[serde(skip)]
    pub why: &'static str,
    /// What to do.
    pub fix: String,
    /// Of a hint that an experiment can settle: the command that makes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settle: Option<String>,
    /// Where to read more.
    pub references: Vec<&'static str>,
    /// The first differences one by one, if they were asked for.
    #[serde(skip)]
    pub excerpts: Vec<Excerpt>,
}

/// A difference that no cause accounts for.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Place {
    /// Where.
    pub address: String,
    /// The container's format.
    pub format: &'static str,
    /// Length of the part of `address` that names the container.
    #[serde(skip)]
    pub container: usize,
    /// What a person wants to see first has the lowest.
    #[serde(skip)]
    pub rank: u8,
    /// One line for a person.
    pub summary: String,
    /// The bytes, text or instructions on side a.
    pub a: String,
    /// On side b.
    pub b: String,
    /// Byte ranges of `a` and of `b` that differ.
    #[serde(skip)]
    pub marks: [Vec<(usize, usize)>; 2],
    /// Where in the container.
    pub spans: Vec<SideSpan>,
    /// What stands round it, if that was asked for.
    #[serde(skip)]
    pub excerpt: Option<Box<Excerpt>>,
}

/// Something that could not be compared by structure.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Undetermined {
    /// Where.
    pub address: String,
    /// Why.
    pub reason: String,
}
