//! One artifact: who speaks for each rebuilder, and which bytes they state.

use super::{Artifact, Asked, source};
use crate::{
    attest::{
        date,
        dsse::cut,
        gather::{Checked, Found},
        statement::{Outcome, Statement, Subject},
    },
    model::{EnvelopeState, VerifyArtifact, VerifyEnvelope, VerifyFailure, VerifyGroup, VerifyVerdict},
};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

/// What a statement says of one artifact.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Says<'a> {
    Bytes(&'a str),
    /// These, where others were expected.
    Other(&'a str),
    Failed,
}

/// A statement about the artifact.
struct Candidate<'a> {
    envelope: usize,
    checked: &'a Checked,
    name: &'a str,
    says: Says<'a>,
}

pub(super) fn judge(asked: &Asked<'_>, artifact: &Artifact, found: &[Found]) -> VerifyArtifact {
    let digests = &artifact.digests;
    let path = artifact.name.as_ref().unwrap_or(&artifact.path);
    let mut states: Vec<Option<(EnvelopeState, String)>> = Vec::with_capacity(found.len());
    let mut candidates: BTreeMap<&str, Vec<Candidate<'_>>> = BTreeMap::new();
    for (envelope, found) in found.iter().enumerate() {
        states.push(match &found.what {
            Err(refusal) => Some((refusal.state, refusal.why.clone())),
            Ok(checked) => match bound(artifact, &checked.statement, asked) {
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
                        name: &subject.name,
                        says,
                    });
                    None
                }
            },
        });
    }
    let (mut agree, mut failed) = (Vec::new(), Vec::new());
    let mut groups: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (name, candidates) in &mut candidates {
        let mut set = |envelope: usize, state, why: String| {
            if let Some(place) = states.get_mut(envelope) {
                *place = Some((state, why));
            }
        };
        let Some(speaker) = speaker(candidates, found, &mut set) else {
            continue;
        };
        let statement = &speaker.checked.statement;
        // Judged once it speaks: what its rebuilder said before does not hold again when the last word is past its day.
        if let Some((state, why)) = dated(statement, asked) {
            set(speaker.envelope, state, why);
            continue;
        }
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
    // Who states two results of the same time states other bytes at least once.
    let contradicts = |state: &Option<(EnvelopeState, String)>| matches!(state, Some((EnvelopeState::Contradicts, _)));
    let dissent =
        groups.iter().any(|group| !group.artifact) || states.iter().any(contradicts) || found.iter().any(super::unread);
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

/// The statement that speaks for a rebuilder: its latest, and of one time that about the longest name, as who states `x` and `dist/x`
/// means two artifacts. One without a time is of any. The others are told why they do not speak.
fn speaker<'c, 'a>(
    candidates: &'c [Candidate<'a>],
    found: &[Found],
    set: &mut dyn FnMut(usize, EnvelopeState, String),
) -> Option<&'c Candidate<'a>> {
    let finished = |candidate: &Candidate<'_>| candidate.checked.statement.finished;
    let speaker = candidates.iter().min_by_key(|c| Reverse((finished(c), c.name.len())))?;
    let older = |c: &Candidate<'_>| finished(c).is_some_and(|moment| Some(moment) < finished(speaker));
    let peer = |c: &Candidate<'_>| !older(c) && c.name.len() >= speaker.name.len();
    let contradicts = candidates.iter().any(|c| peer(c) && c.says != speaker.says);
    let run = |c: &Candidate<'_>| c.checked.statement.invocation == speaker.checked.statement.invocation;
    let file = found
        .get(speaker.envelope)
        .map_or("the other", |found| found.file.as_str());
    for candidate in candidates {
        let same = candidate.says == speaker.says;
        let (state, why) = if contradicts && peer(candidate) {
            (
                EnvelopeState::Contradicts,
                "the rebuilder states different results of the same time: none of them counts".to_owned(),
            )
        } else if candidate.envelope == speaker.envelope {
            continue;
        } else if same && run(candidate) {
            (
                EnvelopeState::Replayed,
                format!("another statement about the run of {file}"),
            )
        } else if same {
            (
                EnvelopeState::Duplicate,
                format!("the same rebuilder states the same in {file}"),
            )
        } else if older(candidate) {
            (
                EnvelopeState::Superseded,
                format!("the same rebuilder states something else in {file}, which is later"),
            )
        } else {
            (
                EnvelopeState::DifferentSubject,
                format!(
                    "it is about {:?}: the same rebuilder states a longer name, too",
                    cut(candidate.name)
                ),
            )
        };
        set(candidate.envelope, state, why);
    }
    (!contradicts).then_some(speaker)
}

/// Why a statement does not hold today.
fn dated(statement: &Statement, asked: &Asked<'_>) -> Option<(EnvelopeState, String)> {
    if let Some(expires) = statement.expires.filter(|expires| asked.today > *expires) {
        return Some((
            EnvelopeState::Expired,
            format!("it held until {}", date::written(expires)),
        ));
    }
    let finished = statement.finished.map(date::day_of);
    // A day for clocks that are ahead.
    if let Some(finished) = finished.filter(|finished| *finished > asked.today + 1) {
        return Some((
            EnvelopeState::FromTheFuture,
            format!("it says that it was made on {}, after today", date::written(finished)),
        ));
    }
    let max_age = asked.max_age?;
    match finished {
        None => Some((EnvelopeState::TooOld, "it does not say when it was made".to_owned())),
        Some(finished) if asked.today - finished > max_age => Some((
            EnvelopeState::TooOld,
            format!("it is of {}, more than {max_age} days ago", date::written(finished)),
        )),
        Some(_) => None,
    }
}

/// The subject that is the artifact, of a statement about the source that is asked for.
fn bound<'s>(
    artifact: &Artifact,
    statement: &'s Statement,
    asked: &Asked<'_>,
) -> Result<&'s Subject, (EnvelopeState, String)> {
    if statement.ddc != asked.ddc {
        let why = match statement.ddc {
            true => "it states a double compilation, not a rebuild: --ddc counts these",
            false => "it states a rebuild, not a double compilation, which --ddc asks for",
        };
        return Err((EnvelopeState::WrongPredicateType, why.to_owned()));
    }
    let subject = subject(artifact, &statement.subjects)?;
    match source::unbound(statement, &asked.sources) {
        Some(unbound) => Err(unbound),
        None => Ok(subject),
    }
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
    out.sort_by_key(|group| (!group.artifact, Reverse(group.rebuilders.len())));
    out
}

fn short(sha256: &str) -> &str {
    sha256.get(..12).unwrap_or(sha256)
}
