//! From envelopes to an answer: who speaks for each rebuilder, who agrees on the artifact, who does not.

mod artifact;
pub mod source;

use super::{
    Error, date,
    gather::{Found, Refusal, gather},
    keyring::Keyring,
};
use crate::model::{Digests, EnvelopeState, Tool, VerifyArtifact, VerifyReport, VerifyVerdict};
use std::{collections::BTreeMap, path::Path};

/// What is asked.
#[derive(Debug)]
pub struct Asked<'a> {
    /// What is to be agreed on.
    pub artifacts: Vec<Artifact>,
    /// A folder of envelopes, or a file.
    pub attestations: &'a Path,
    /// Who is trusted.
    pub keyring: &'a Keyring,
    /// How many must agree.
    pub threshold: usize,
    /// Whether another digest of a trusted rebuilder, one that contradicts itself, or an envelope that can't be read whole is a reason to
    /// refuse.
    pub no_dissent: bool,
    /// In days since 1970.
    pub today: i64,
    /// Most days since the rebuild.
    pub max_age: Option<i64>,
    /// Count what double compilations state, in place of rebuilds.
    pub ddc: bool,
    /// What an attestation must name as its source, each of them.
    pub sources: Vec<source::Wanted>,
}

/// An artifact, as it is here.
#[derive(Debug)]
pub struct Artifact {
    /// As it was named. A subject's name must be its end, whole names only.
    pub path: String,
    /// The subject's name, if it is to be exactly this.
    pub name: Option<String>,
    /// Its digests.
    pub digests: Digests,
}

/// Judges.
///
/// # Errors
/// The threshold makes no sense, or the attestations can't be read.
pub fn verify(asked: &Asked<'_>) -> Result<VerifyReport, Error> {
    let names = asked.keyring.names();
    if asked.threshold == 0 {
        return Err(Error::usage("--threshold 0 asks for nobody: give 1 or more"));
    }
    if asked.threshold > names.len() {
        return Err(Error::usage(format!(
            "--threshold {}: the keyring has {} rebuilders, so it can't be met",
            asked.threshold,
            names.len()
        )));
    }
    let (mut found, others) = gather(asked.attestations, asked.keyring, asked.today)?;
    replayed(&mut found);
    let artifacts: Vec<VerifyArtifact> = asked
        .artifacts
        .iter()
        .map(|a| artifact::judge(asked, a, &found))
        .collect();
    let mut notes = asked.keyring.notes.clone();
    match found.iter().filter(|found| unread(found)).count() {
        0 => (),
        many => notes.push(format!(
            "envelopes that could not be read whole, and may state other bytes: {many}{}",
            if asked.no_dissent {
                "; --no-dissent refuses them"
            } else {
                ""
            }
        )),
    }
    if found.is_empty() {
        notes.push("no envelope was found: they are files named *.json or *.jsonl".to_owned());
    }
    if others > 0 {
        notes.push(format!("{others} other files among the attestations were not read"));
    }
    let verdict = artifacts
        .iter()
        .map(|a| a.verdict)
        .max()
        .unwrap_or(VerifyVerdict::NotAgreed);
    Ok(VerifyReport {
        schema_version: 1,
        tool: Tool::SELF,
        verdict,
        summary: summary(asked, &artifacts),
        threshold: asked.threshold,
        no_dissent: asked.no_dissent,
        sources: asked.sources.iter().map(ToString::to_string).collect(),
        today: date::written(asked.today),
        rebuilders: names.into_iter().map(str::to_owned).collect(),
        artifacts,
        notes,
    })
}

fn summary(asked: &Asked<'_>, artifacts: &[VerifyArtifact]) -> String {
    let (needed, known) = (asked.threshold, asked.keyring.names().len());
    match artifacts {
        [one] => {
            let other = match one.groups.iter().filter(|group| !group.artifact).count() {
                0 => String::new(),
                1 => "; other bytes are stated, too".to_owned(),
                many => format!("; {many} times other bytes are stated, too"),
            };
            let contradicts = one.envelopes.iter().any(|e| e.state == EnvelopeState::Contradicts);
            let contradicts = if contradicts {
                "; a rebuilder contradicts itself"
            } else {
                ""
            };
            format!(
                "{} of {known} trusted rebuilders agree on {} ({needed} needed){other}{contradicts}",
                one.agree.len(),
                one.path
            )
        }
        many => {
            let good = many.iter().filter(|a| a.verdict == VerifyVerdict::Agreed).count();
            format!(
                "{good} of {} artifacts have the agreement of {needed} of {known} trusted rebuilders",
                many.len()
            )
        }
    }
}

/// Whether an envelope, which may hold dissent, was not read to its end.
fn unread(found: &Found) -> bool {
    use EnvelopeState::{TooLarge, Truncated, Unread};
    matches!(&found.what, Err(refusal) if matches!(refusal.state, TooLarge | Truncated | Unread))
}

/// Marks copies. They are looked for among the statements of one rebuilder, of which only one counts.
fn replayed(found: &mut [Found]) {
    let mut seen: BTreeMap<(String, String), String> = BTreeMap::new();
    for envelope in found.iter_mut() {
        let Ok(checked) = &envelope.what else { continue };
        let name = checked.rebuilder.clone();
        let key = (name.clone(), checked.payload.clone());
        match seen.get(&key) {
            Some(file) => {
                envelope.what = Err(Refusal {
                    state: EnvelopeState::Replayed,
                    why: format!("the same statement as in {file}"),
                    rebuilder: Some(name),
                });
            }
            None => drop(seen.insert(key, envelope.file.clone())),
        }
    }
}
