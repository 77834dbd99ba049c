//! What `repro doctor` prints: what this machine can isolate and vary, and how it hashes.

use super::Tool;
use serde::Serialize;

/// The whole answer.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct DoctorReport {
    /// Counts up when a field changes its meaning or goes.
    pub schema_version: u32,
    /// Who says it.
    pub tool: Tool,
    /// What a run can be isolated with.
    pub means: Vec<DoctorLine>,
    /// What can be varied, and by which back end.
    pub variations: Vec<DoctorLine>,
    /// Digests that are made for several files at once, and how.
    pub digests: Vec<DoctorLine>,
}

/// One of the means, or a variation.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct DoctorLine {
    /// Its name.
    pub name: String,
    /// Whether this machine has it.
    pub available: bool,
    /// Of a variation: `namespaces`, `interposition` or `environment`; of a digest: how many files at once, and with what.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backend: Option<String>,
    /// Why it is not available.
    pub why: Option<String>,
}
