//! From signed bytes to what they state. The bytes are a trusted rebuilder's, and still may be wrong.

use super::Outcome;
use crate::{
    attest::{
        BUILD_TYPE, DDC, FAILURE, PROVENANCE, RESULT, STATEMENT_TYPE, date,
        dsse::{Refused, cut},
        strict::{self, Object},
    },
    bytes::digest::is_hex,
    model::EnvelopeState,
};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// What is read of a statement.
#[derive(Debug)]
pub struct Statement {
    /// Id of the key that it was made for.
    pub signer: String,
    /// Whether it is about a diverse double compilation, and not about a rebuild.
    pub ddc: bool,
    /// How that went.
    pub outcome: Outcome,
    /// Why it failed.
    pub reason: String,
    /// When it was over, in seconds since 1970.
    pub finished: Option<i64>,
    /// The last day on which it holds, in days since 1970.
    pub expires: Option<i64>,
    /// Of this run alone.
    pub(crate) invocation: String,
    /// What was rebuilt; of a failed rebuild, what was expected.
    pub subjects: Vec<Subject>,
    /// The source that it was made from, where it is told.
    pub source: Option<Source>,
}

/// The source of a rebuild.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Source {
    /// Where it is from.
    pub uri: Option<String>,
    /// Its digests, by their algorithm.
    #[serde(default)]
    pub digest: BTreeMap<String, String>,
}

/// One artifact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Path below the root of the source.
    pub name: String,
    /// Hex.
    pub sha256: String,
    /// Hex.
    pub blake3: Option<String>,
}

#[derive(Deserialize)]
struct Head {
    #[serde(rename = "_type")]
    kind: String,
    #[serde(rename = "predicateType")]
    predicate_type: String,
}

#[derive(Deserialize)]
struct Raw {
    subject: Vec<Object<RawSubject>>,
    predicate: Object<Predicate>,
}

#[derive(Deserialize)]
struct RawSubject {
    name: String,
    digest: Object<RawDigest>,
}

#[derive(Deserialize)]
struct RawDigest {
    sha256: String,
    blake3: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Predicate {
    build_definition: Object<BuildDefinition>,
    run_details: Object<RunDetails>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BuildDefinition {
    build_type: String,
    external_parameters: Option<Object<ExternalParameters>>,
}

#[derive(Deserialize)]
struct ExternalParameters {
    source: Option<Object<Source>>,
}

#[derive(Deserialize)]
struct RunDetails {
    metadata: Object<Metadata>,
    byproducts: Vec<Object<Byproduct>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    invocation_id: String,
    finished_on: Option<String>,
}

#[derive(Deserialize)]
struct Byproduct {
    name: Option<String>,
    annotations: Option<Object<Annotations>>,
}

#[derive(Deserialize)]
struct Annotations {
    outcome: Option<Outcome>,
    signer: Option<String>,
    reason: Option<String>,
    expires: Option<String>,
}

/// Reads a statement.
///
/// # Errors
/// It is about something else, or makes no sense.
pub fn read(payload: &[u8]) -> Result<Statement, Refused> {
    let other = |why: String| (EnvelopeState::WrongPredicateType, why);
    let text = std::str::from_utf8(payload).map_err(|error| malformed(format!("not UTF-8: {error}")))?;
    let Object(head): Object<Head> = strict::read(text).map_err(|error| malformed(cut(&error.to_string())))?;
    if head.kind != STATEMENT_TYPE {
        return Err(other(format!("it is {:?}, not {STATEMENT_TYPE:?}", cut(&head.kind))));
    }
    let ddc = head.predicate_type == DDC;
    if head.predicate_type != PROVENANCE && head.predicate_type != FAILURE && !ddc {
        return Err(other(format!(
            "its predicate is {:?}, which says nothing about a rebuild",
            cut(&head.predicate_type)
        )));
    }
    let Object(raw): Object<Raw> = strict::read(text).map_err(|error| malformed(cut(&error.to_string())))?;
    let Object(definition) = raw.predicate.0.build_definition;
    let kind = definition.build_type;
    let expected = if ddc { DDC } else { BUILD_TYPE };
    if kind != expected {
        return Err(other(format!("its buildType is {:?}, not {expected:?}", cut(&kind))));
    }
    let run = raw.predicate.0.run_details.0;
    let Object(metadata) = run.metadata;
    let byproducts = run.byproducts.into_iter().map(|Object(byproduct)| byproduct);
    let mut results = byproducts.filter(|byproduct| byproduct.name.as_deref() == Some(RESULT));
    let (Some(Object(result)), None) = (results.next().and_then(|b| b.annotations), results.next()) else {
        return Err(malformed(format!("not one byproduct {RESULT:?} with annotations")));
    };
    let outcome = result.outcome.ok_or_else(|| malformed("no outcome".to_owned()))?;
    if !ddc && (outcome == Outcome::Failed) != (head.predicate_type == FAILURE) {
        return Err(malformed(format!(
            "the outcome {:?} does not go with the predicate {:?}",
            outcome.word(),
            head.predicate_type
        )));
    }
    let moment =
        |text: String| date::moment(&text).ok_or_else(|| malformed(format!("{:?} is not a moment", cut(&text))));
    let day = |text: String| date::day(&text).ok_or_else(|| malformed(format!("{:?} is not a day", cut(&text))));
    if metadata.invocation_id.is_empty() {
        return Err(malformed("invocationId is empty".to_owned()));
    }
    Ok(Statement {
        signer: result.signer.ok_or_else(|| malformed("no signer".to_owned()))?,
        ddc,
        outcome,
        reason: result.reason.unwrap_or_default(),
        finished: metadata.finished_on.map(moment).transpose()?,
        expires: result.expires.map(day).transpose()?,
        invocation: metadata.invocation_id,
        source: definition
            .external_parameters
            .and_then(|Object(parameters)| parameters.source)
            .map(|Object(source)| source),
        subjects: subjects(raw.subject)?,
    })
}

fn malformed(why: String) -> Refused {
    (EnvelopeState::Malformed, format!("the statement: {why}"))
}

fn subjects(raw: Vec<Object<RawSubject>>) -> Result<Vec<Subject>, Refused> {
    if raw.is_empty() {
        return Err(malformed("no subject".to_owned()));
    }
    let mut names = BTreeSet::new();
    let hex = |text: &String| is_hex(text, 64);
    raw.into_iter()
        .map(|Object(subject)| {
            let name = cut(&subject.name);
            if subject.name.is_empty() || !names.insert(subject.name.clone()) {
                return Err(malformed(format!(
                    "the subject {name:?} has no name, or that of another"
                )));
            }
            let Object(RawDigest { sha256, blake3 }) = subject.digest;
            if !hex(&sha256) || !blake3.as_ref().is_none_or(hex) {
                return Err(malformed(format!(
                    "subject {name:?}: a digest must have 64 lower-case hexadecimal digits"
                )));
            }
            Ok(Subject {
                name: subject.name,
                sha256,
                blake3,
            })
        })
        .collect()
}
