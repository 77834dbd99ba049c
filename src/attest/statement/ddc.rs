//! What a double compilation is stated as: the report of `repro ddc --format json`, read back.

use super::made::{Expected, Made};
use crate::attest::Error;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What a statement keeps of the report, beside the artifacts.
#[derive(Clone, Debug, Default)]
pub struct Compiled {
    /// SHA-256 of the report.
    pub report: String,
    /// What was claimed.
    pub claim: String,
    /// The verdict's word.
    pub verdict: String,
    /// The trusted compilers, and what each says.
    toolchains: Vec<Toolchain>,
    /// Tree digest of the compiler's source, in hex.
    pub source: String,
    /// Why there is nothing to compare.
    pub failed: Option<String>,
}

impl Compiled {
    pub(super) fn json(&self) -> Value {
        json!({
            "claim": self.claim,
            "verdict": self.verdict,
            "toolchains": self.toolchains,
            "report": {"sha256": self.report},
        })
    }
}

#[derive(Deserialize)]
struct Report {
    mode: String,
    verdict: String,
    reason: String,
    claim: String,
    source: String,
    #[serde(default)]
    subject_files: BTreeMap<String, String>,
    toolchains: Vec<Toolchain>,
    classes: Vec<Class>,
    stages: Vec<Stage>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Toolchain {
    id: String,
    sha256: String,
    lineage: BTreeMap<String, String>,
    verdict: String,
}

#[derive(Deserialize)]
struct Class {
    sha256: String,
    subject: bool,
}

#[derive(Deserialize)]
struct Stage {
    sha256: Option<String>,
    files: BTreeMap<String, String>,
}

/// The artifacts of a report, each with what the source gives and what the compiler under test is.
///
/// # Errors
/// It is no report of a double compilation, or one whose verdict is not about bytes.
pub fn compiled(report: &[u8], sha256: String) -> Result<(Vec<Made>, Compiled), Error> {
    let read: Report = serde_json::from_slice(report)
        .map_err(|error| Error::malformed("it is no report of `repro ddc --format json`").because(error))?;
    if read.mode != "ddc" {
        let why = format!(
            "its mode is {:?}, which says nothing of a compiler and its source",
            read.mode
        );
        return Err(Error::usage(why));
    }
    let given = match read.verdict.as_str() {
        "match" => Some(&read.subject_files),
        "mismatch" => other(&read),
        "match-after-normalising" => {
            return Err(Error::usage(
                "it is a match after normalising: a statement is about bytes, and these differ",
            ));
        }
        _ => None,
    };
    let failed = given.is_none().then(|| read.reason.clone());
    let of = |sha256: &String| Expected {
        sha256: sha256.clone(),
        blake3: None,
    };
    let made = read.subject_files.iter().map(|(name, sha256)| Made {
        name: name.clone(),
        built: given.and_then(|files| files.get(name)).map(of),
        expected: Some(of(sha256)),
    });
    // What the source does not give at all is stated by no bytes.
    let made: Vec<Made> = made.filter(|made| failed.is_some() || made.built.is_some()).collect();
    if made.is_empty() {
        return Err(Error::malformed(
            "it lists no file of the compiler under test: make it anew with this version",
        ));
    }
    let source = read.source.strip_prefix("sha256:").unwrap_or(&read.source).to_owned();
    Ok((
        made,
        Compiled {
            report: sha256,
            claim: read.claim,
            verdict: read.verdict,
            toolchains: read.toolchains,
            source,
            failed,
        },
    ))
}

/// What the largest class gives that is not the compiler under test.
fn other(report: &Report) -> Option<&BTreeMap<String, String>> {
    let class = report.classes.iter().find(|class| !class.subject)?;
    let mut stages = report.stages.iter();
    let stage = stages.find(|stage| stage.sha256.as_ref() == Some(&class.sha256))?;
    Some(&stage.files)
}
