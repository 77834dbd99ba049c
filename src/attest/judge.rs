//! From envelopes to an answer: who speaks for each rebuilder, who agrees on the artifact, who does not.

use super::{
    Error, date,
    dsse::cut,
    gather::{Checked, Days, Found, gather},
    keyring::Keyring,
    statement::{Outcome, Subject},
};
use crate::model::{
    Digests, EnvelopeState, Tool, VerifyArtifact, VerifyEnvelope, VerifyFailure, VerifyGroup, VerifyReport,
    VerifyVerdict,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

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
    /// Whether another digest of a trusted rebuilder is a reason to refuse.
    pub no_dissent: bool,
    /// In days since 1970.
    pub today: i64,
    /// Most days since the rebuild.
    pub max_age: Option<i64>,
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
        return Err(Error::new("--threshold 0 asks for nobody: give 1 or more"));
    }
    if asked.threshold > names.len() {
        return Err(Error::new(format!(
            "--threshold {}: the keyring has {} rebuilders, so it can't be met",
            asked.threshold,
            names.len()
        )));
    }
    let days = Days {
        today: asked.today,
        max_age: asked.max_age,
    };
    let (mut found, others) = gather(asked.attestations, asked.keyring, days)?;
    replayed(&mut found);
    let artifacts: Vec<VerifyArtifact> = asked.artifacts.iter().map(|a| artifact(asked, a, &found)).collect();
    let mut notes = asked.keyring.notes.clone();
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
        tool: Tool {
            name: "repro",
            version: env!("CARGO_PKG_VERSION"),
        },
        verdict,
        summary: summary(asked, &artifacts),
        threshold: asked.threshold,
        no_dissent: asked.no_dissent,
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
                1 => ", another digest is stated".to_owned(),
                many => format!(", {many} other digests are stated"),
            };
            format!(
                "{} of {known} trusted rebuilders agree on {}, {needed} must{other}",
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

/// Marks what was seen before. A run is looked for among the statements of its own rebuilder only: else one rebuilder could silence
/// another by using its ids.
fn replayed(found: &mut [Found]) {
    let mut seen: BTreeMap<(String, String), String> = BTreeMap::new();
    for envelope in found.iter_mut() {
        let Ok(checked) = &envelope.what else { continue };
        let (name, run) = (checked.rebuilder.clone(), checked.statement.invocation.clone());
        let keys = [
            (
                (name.clone(), format!("payload {}", checked.payload)),
                "the same statement as in",
            ),
            (
                (name.clone(), format!("run {run}")),
                "another statement about the run of",
            ),
        ];
        let before = keys
            .iter()
            .find_map(|(key, what)| Some(format!("{what} {}", seen.get(key)?)));
        match before {
            Some(why) => {
                envelope.what = Err(super::gather::Refusal {
                    state: EnvelopeState::Replayed,
                    why,
                    rebuilder: Some(name),
                });
            }
            None => seen.extend(keys.map(|(key, _)| (key, envelope.file.clone()))),
        }
    }
}

/// What a statement says of one artifact.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Says<'a> {
    Bytes(&'a str),
    /// These, where others were expected.
    Other(&'a str),
    Failed,
}

struct Candidate<'a> {
    envelope: usize,
    checked: &'a Checked,
    says: Says<'a>,
}

fn artifact(asked: &Asked<'_>, artifact: &Artifact, found: &[Found]) -> VerifyArtifact {
    let digests = &artifact.digests;
    let path = artifact.name.as_ref().unwrap_or(&artifact.path);
    let mut states: Vec<Option<(EnvelopeState, String)>> = Vec::with_capacity(found.len());
    let mut candidates: BTreeMap<&str, Vec<Candidate<'_>>> = BTreeMap::new();
    for (envelope, found) in found.iter().enumerate() {
        states.push(match &found.what {
            Err(refusal) => Some((refusal.state, refusal.why.clone())),
            Ok(checked) => match subject(artifact, &checked.statement.subjects) {
                Err(refused) => Some(refused),
                Ok(subject) => {
                    let says = match checked.statement.outcome {
                        Outcome::Failed => Says::Failed,
                        Outcome::Differs => Says::Other(&subject.sha256),
                        Outcome::Built | Outcome::Reproduced => Says::Bytes(&subject.sha256),
                    };
                    candidates.entry(&checked.rebuilder).or_default().push(Candidate {
                        envelope,
                        checked,
                        says,
                    });
                    None
                }
            },
        });
    }
    let (mut agree, mut failed) = (Vec::new(), Vec::new());
    let mut groups: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (name, candidates) in &candidates {
        let mut set = |envelope: usize, state, why: String| {
            if let Some(place) = states.get_mut(envelope) {
                *place = Some((state, why));
            }
        };
        let Some(speaker) = speaker(candidates, found, &mut set) else {
            continue;
        };
        let statement = &speaker.checked.statement;
        let when = statement.finished.map_or_else(String::new, |finished| {
            format!(" on {}", date::written(date::day_of(finished)))
        });
        let (state, why) = match &speaker.says {
            Says::Failed => {
                failed.push(VerifyFailure {
                    rebuilder: (*name).to_owned(),
                    reason: cut(&statement.reason),
                });
                let reason = cut(&statement.reason);
                (
                    EnvelopeState::OutcomeFailed,
                    format!("the rebuild failed{when}: {reason}"),
                )
            }
            Says::Other(sha256) if **sha256 == digests.sha256 => (
                EnvelopeState::OutcomeDiffers,
                format!("the rebuild{when} gave these bytes where others were expected"),
            ),
            Says::Other(sha256) => {
                groups.entry(sha256).or_default().push((*name).to_owned());
                let short = short(sha256);
                (
                    EnvelopeState::OutcomeDiffers,
                    format!("the rebuild{when} gave other bytes, {short}"),
                )
            }
            Says::Bytes(sha256) => {
                groups.entry(sha256).or_default().push((*name).to_owned());
                if **sha256 == digests.sha256 {
                    agree.push((*name).to_owned());
                    let outcome = statement.outcome.word();
                    (EnvelopeState::Counts, format!("{outcome}{when}"))
                } else {
                    let short = short(sha256);
                    (EnvelopeState::OtherDigest, format!("it states other bytes, {short}"))
                }
            }
        };
        set(speaker.envelope, state, why);
    }
    let groups = grouped(groups, &digests.sha256);
    let dissent = groups.iter().any(|group| !group.artifact);
    VerifyArtifact {
        path: path.clone(),
        size: digests.size,
        sha256: digests.sha256.clone(),
        blake3: digests.blake3.clone(),
        verdict: match agree.len() >= asked.threshold {
            false => VerifyVerdict::NotAgreed,
            true if dissent && asked.no_dissent => VerifyVerdict::Disputed,
            true => VerifyVerdict::Agreed,
        },
        agree,
        groups,
        failed,
        envelopes: envelopes(found, states),
    }
}

fn envelopes(found: &[Found], states: Vec<Option<(EnvelopeState, String)>>) -> Vec<VerifyEnvelope> {
    found
        .iter()
        .zip(states)
        .map(|(found, state)| {
            // Every candidate has been given a state.
            let (state, why) = state.unwrap_or((EnvelopeState::Duplicate, String::new()));
            VerifyEnvelope {
                file: found.file.clone(),
                rebuilder: match &found.what {
                    Ok(checked) => Some(checked.rebuilder.clone()),
                    Err(refusal) => refusal.rebuilder.clone(),
                },
                state,
                why,
            }
        })
        .collect()
}

/// The statement that speaks for a rebuilder: its latest. The others are told why they do not.
fn speaker<'c, 'a>(
    candidates: &'c [Candidate<'a>],
    found: &[Found],
    set: &mut dyn FnMut(usize, EnvelopeState, String),
) -> Option<&'c Candidate<'a>> {
    let finished = |candidate: &Candidate<'_>| candidate.checked.statement.finished;
    let latest = candidates.iter().map(finished).max()?;
    let last: Vec<&Candidate<'_>> = candidates.iter().filter(|c| finished(c) == latest).collect();
    let speaker = candidates.iter().find(|c| finished(c) == latest)?;
    let file = |candidate: &Candidate<'_>| found.get(candidate.envelope).map_or("", |found| found.file.as_str());
    if last.iter().any(|candidate| candidate.says != speaker.says) {
        for candidate in candidates {
            let (state, why) = match finished(candidate) == latest {
                true => (
                    EnvelopeState::Contradicts,
                    "the rebuilder states different results of the same time: none of them counts",
                ),
                false => (
                    EnvelopeState::Superseded,
                    "the rebuilder has stated something else later",
                ),
            };
            set(candidate.envelope, state, why.to_owned());
        }
        return None;
    }
    for candidate in candidates.iter().filter(|c| c.envelope != speaker.envelope) {
        let (state, why) = match candidate.says == speaker.says {
            true => (
                EnvelopeState::Duplicate,
                format!("the same rebuilder states the same in {}", file(speaker)),
            ),
            false => (
                EnvelopeState::Superseded,
                format!(
                    "the same rebuilder states something else in {}, which is later",
                    file(speaker)
                ),
            ),
        };
        set(candidate.envelope, state, why);
    }
    Some(speaker)
}

/// The subject that is the artifact: of those whose name is the end of the artifact's path, the longest.
fn subject<'s>(artifact: &Artifact, subjects: &'s [Subject]) -> Result<&'s Subject, (EnvelopeState, String)> {
    let path = artifact.path.split('/').filter(|part| !matches!(*part, "" | "."));
    let path = path.collect::<Vec<_>>().join("/");
    let named = |subject: &&Subject| match &artifact.name {
        Some(name) => subject.name == *name,
        None => path
            .strip_suffix(subject.name.as_str())
            .is_some_and(|before| before.is_empty() || before.ends_with('/')),
    };
    let digests = &artifact.digests;
    let Some(subject) = subjects.iter().filter(named).max_by_key(|subject| subject.name.len()) else {
        let same = subjects.iter().find(|subject| subject.sha256 == digests.sha256);
        let why = match (same, subjects) {
            (Some(same), _) => format!(
                "the same bytes under another name, {:?}: if that is meant, give --name",
                cut(&same.name)
            ),
            (None, [one]) => format!("it is about {:?}", cut(&one.name)),
            (None, many) => format!("it is about {} other artifacts", many.len()),
        };
        return Err((EnvelopeState::DifferentSubject, why));
    };
    let contradictory =
        subject.sha256 == digests.sha256 && subject.blake3.as_ref().is_some_and(|blake3| *blake3 != digests.blake3);
    match contradictory {
        true => Err((
            EnvelopeState::Malformed,
            "its SHA-256 is the artifact's, its BLAKE3 is not".to_owned(),
        )),
        false => Ok(subject),
    }
}

fn grouped(groups: BTreeMap<&str, Vec<String>>, artifact: &str) -> Vec<VerifyGroup> {
    let several = groups.len() > 1;
    let mut out: Vec<VerifyGroup> = groups
        .into_iter()
        .map(|(sha256, rebuilders)| VerifyGroup {
            artifact: sha256 == artifact,
            alone: several && rebuilders.len() == 1,
            rebuilders: rebuilders.into_iter().collect::<BTreeSet<_>>().into_iter().collect(),
            sha256: sha256.to_owned(),
        })
        .collect();
    out.sort_by_key(|group| (!group.artifact, std::cmp::Reverse(group.rebuilders.len())));
    out
}

fn short(sha256: &str) -> &str {
    sha256.get(..12).unwrap_or(sha256)
}
