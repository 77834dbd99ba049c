//! From facts to statements. Artifacts of one rebuild that ended alike share a statement.

use super::{Outcome, ddc::Compiled, made::Made};
use crate::{
    attest::{BUILD_TYPE, DDC, Error, FAILURE, PROVENANCE, RESULT, STATEMENT_TYPE, date},
    bytes::digest::Algorithm,
    notation::percent,
    rebuild::{
        Step,
        record::{Record, UsedFile},
    },
};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What there is to state.
#[derive(Debug, Default)]
pub struct Facts {
    /// The artifacts.
    pub artifacts: Vec<Made>,
    /// What a double compilation says of them, if it is one that is stated and no rebuild.
    pub compiled: Option<Compiled>,
    /// Why the rebuild failed; then no artifact is `built`.
    pub failed: Option<String>,
    /// Tree digest of the source, in hex, as `repro hash --format json` gives it.
    pub source: Option<String>,
    /// URI of the source.
    pub source_uri: Option<String>,
    /// The commands.
    pub steps: Vec<Step>,
    /// Globs that name the artifacts.
    pub globs: Vec<String>,
    /// What the rebuild varied.
    pub variations: Vec<String>,
    /// What it was made with, and the SHA-256 of the file that says so.
    pub record: Option<(Record, String)>,
    /// URI of the rebuilder.
    pub builder: String,
    /// When it began, in seconds since 1970.
    pub started: Option<i64>,
    /// When it was over, in seconds since 1970.
    pub finished: i64,
    /// The last day on which the statement holds, in days since 1970.
    pub expires: Option<i64>,
    /// Id of the key that will sign.
    pub signer: String,
}

/// A statement, to be signed.
#[derive(Debug)]
pub struct Written {
    /// How the rebuild of its subjects went.
    pub outcome: Outcome,
    /// Names of its subjects.
    pub subjects: Vec<String>,
    /// One line of JSON.
    pub text: String,
}

/// SHA-256 of some bytes, in hex.
pub fn sha256(bytes: &[u8]) -> String {
    Algorithm::Sha256.digest(bytes).to_string()
}

/// The statements, one for each outcome.
///
/// # Errors
/// A rebuild that failed has artifacts, or one that did not has none; a failed one has none that are expected.
pub fn statements(facts: &Facts) -> Result<Vec<Written>, Error> {
    let mut groups: BTreeMap<Outcome, Vec<&Made>> = BTreeMap::new();
    for made in &facts.artifacts {
        let wrong = |why: &str| Error::usage(why).about(format_args!("artifact {}", made.name));
        let outcome = match (&facts.failed, &made.built, &made.expected) {
            (Some(_), Some(_), _) => return Err(wrong("it was built, so its rebuild has not failed")),
            (Some(_), None, None) => {
                return Err(wrong(
                    "a failed rebuild is stated about what was expected: give --lock or --expected",
                ));
            }
            (Some(_), None, Some(_)) => Outcome::Failed,
            (None, None, _) => return Err(wrong("it was not built: a failed rebuild is stated with --failed")),
            (None, Some(_), None) => Outcome::Built,
            (None, Some(built), Some(expected)) => {
                let both = built.blake3.as_ref().zip(expected.blake3.as_ref());
                let same = built.sha256 == expected.sha256 && both.is_none_or(|(x, y)| x == y);
                match same {
                    true => Outcome::Reproduced,
                    false => Outcome::Differs,
                }
            }
        };
        groups.entry(outcome).or_default().push(made);
    }
    groups
        .into_iter()
        .map(|(outcome, artifacts)| statement(facts, outcome, &artifacts))
        .collect()
}

fn statement(facts: &Facts, outcome: Outcome, artifacts: &[&Made]) -> Result<Written, Error> {
    let failed = |error: serde_json::Error| Error::failed(&error).because(error).about("the statement");
    let subjects: Vec<Value> = artifacts
        .iter()
        .filter_map(|made| {
            let digests = made.built.as_ref().or(made.expected.as_ref())?;
            Some(json!({"name": made.name, "digest": digests.json()}))
        })
        .collect();
    let mut metadata = json!({"invocationId": ""});
    if let Some(map) = metadata.as_object_mut() {
        if let Some(started) = facts.started {
            map.insert("startedOn".to_owned(), json!(date::rfc3339(started)));
        }
        map.insert("finishedOn".to_owned(), json!(date::rfc3339(facts.finished)));
    }
    let mut value = json!({
        "_type": STATEMENT_TYPE,
        "subject": subjects,
        "predicateType": match (&facts.compiled, outcome) {
            (Some(_), _) => DDC,
            (None, Outcome::Failed) => FAILURE,
            (None, _) => PROVENANCE,
        },
        "predicate": {
            "buildDefinition": {
                "buildType": if facts.compiled.is_some() { DDC } else { BUILD_TYPE },
                "externalParameters": external(facts, artifacts),
                "internalParameters": internal(facts),
                "resolvedDependencies": dependencies(facts)?,
            },
            "runDetails": {
                "builder": {"id": facts.builder, "version": {"repro": env!("CARGO_PKG_VERSION")}},
                "metadata": metadata,
                "byproducts": [result(facts, outcome)],
            },
        },
    });
    // The run's id is the digest of all that is said about it: the same facts give the same statement.
    let id = sha256(&serde_json::to_vec(&value).map_err(failed)?);
    if let Some(place) = value.pointer_mut("/predicate/runDetails/metadata/invocationId") {
        *place = json!(id);
    }
    Ok(Written {
        outcome,
        subjects: artifacts.iter().map(|made| made.name.clone()).collect(),
        text: serde_json::to_string(&value).map_err(failed)?,
    })
}

/// How the rebuild went, until when that holds, and whose word it is.
fn result(facts: &Facts, outcome: Outcome) -> Value {
    let mut annotations = Map::new();
    annotations.insert("outcome".to_owned(), json!(outcome.word()));
    if let (Outcome::Failed, Some(reason)) = (outcome, &facts.failed) {
        annotations.insert("reason".to_owned(), json!(reason));
    }
    if let Some(expires) = facts.expires {
        annotations.insert("expires".to_owned(), json!(date::written(expires)));
    }
    annotations.insert("signer".to_owned(), json!(facts.signer));
    json!({"name": RESULT, "annotations": annotations})
}

/// What was asked for.
fn external(facts: &Facts, artifacts: &[&Made]) -> Value {
    let mut out = Map::new();
    let mut source = Map::new();
    if let Some(uri) = &facts.source_uri {
        source.insert("uri".to_owned(), json!(uri));
    }
    if let Some(digest) = &facts.source {
        source.insert("digest".to_owned(), json!({"reproTree": digest}));
    }
    if !source.is_empty() {
        out.insert("source".to_owned(), Value::Object(source));
    }
    let commands: Vec<Value> = facts
        .steps
        .iter()
        .map(|step| json!({"name": step.name, "command": step.command}))
        .collect();
    out.insert("steps".to_owned(), json!(commands));
    out.insert("artifacts".to_owned(), json!(facts.globs));
    let expected: Vec<Value> = artifacts
        .iter()
        .filter_map(|made| Some(json!({"name": made.name, "digest": made.expected.as_ref()?.json()})))
        .collect();
    out.insert("expected".to_owned(), json!(expected));
    Value::Object(out)
}

/// What the rebuilder chose.
fn internal(facts: &Facts) -> Value {
    let mut out = Map::new();
    out.insert("variations".to_owned(), json!(facts.variations));
    if let Some(compiled) = &facts.compiled {
        out.insert("doubleCompilation".to_owned(), compiled.json());
    }
    if let Some((record, _)) = &facts.record {
        let known = [
            ("distribution", &record.distribution),
            ("kernel", &record.kernel),
            ("machine", &record.machine),
        ];
        for (name, value) in known {
            if let Some(value) = value {
                out.insert(name.to_owned(), json!(value));
            }
        }
        out.insert("environment".to_owned(), json!(record.environment));
        out.insert("secrets".to_owned(), json!(record.secrets));
    }
    Value::Object(out)
}

/// The record of the environment: itself, then the packages, programs and libraries that it lists.
fn dependencies(facts: &Facts) -> Result<Vec<Value>, Error> {
    let Some((record, sha256)) = &facts.record else {
        return Ok(Vec::new());
    };
    let mut out = vec![json!({
        "name": "environment-record",
        "digest": {"sha256": sha256},
        "annotations": {"environment": record.environment_digest()?},
    })];
    let vendor = record.distribution.as_deref().unwrap_or("debian").to_lowercase();
    for (name, version) in &record.packages {
        let (name, architecture) = name.split_once(':').unwrap_or((name, ""));
        let architecture = match architecture {
            "" => String::new(),
            architecture => format!("?arch={}", percent(architecture, "")),
        };
        let (vendor, package) = (percent(&vendor, ""), percent(name, ""));
        out.push(json!({
            "uri": format!("pkg:deb/{vendor}/{package}@{}{architecture}", percent(version, "")),
        }));
    }
    for file in record.files.iter().flatten() {
        let UsedFile { path, sha256, size, .. } = file;
        let mut annotations = Map::new();
        annotations.insert("kind".to_owned(), json!(file.kind));
        annotations.insert("size".to_owned(), json!(size));
        for (key, value) in [("package", &file.package), ("version", &file.version)] {
            if let Some(value) = value {
                annotations.insert(key.to_owned(), json!(value));
            }
        }
        out.push(json!({
            "uri": format!("file://{}", percent(path, "/")),
            "digest": {"sha256": sha256},
            "annotations": annotations,
        }));
    }
    Ok(out)
}
