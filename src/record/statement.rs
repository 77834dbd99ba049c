//! In-toto statements with SLSA provenance (0.1, 0.2, 1), bare, in a DSSE envelope, or in a bundle of Sigstore's.

use super::{LONGEST, moment, variables::variables};
use crate::{
    bytes::{Error, digest::is_hex},
    model::{Fact, FactKind, Made, Record},
    notation::clip,
};
use base64ct::{Base64, Base64Url, Encoding};
use serde_json::Value;
use std::collections::BTreeMap;

const STATEMENT: &str = "https://in-toto.io/Statement/";
const PROVENANCE: &str = "https://slsa.dev/provenance/";

/// Whether a JSON object is a statement, or holds one.
pub(super) fn detect(json: &Value) -> bool {
    ["_type", "payloadType", "dsseEnvelope"]
        .iter()
        .any(|key| json.get(key).is_some())
}

pub(super) fn read(json: &Value) -> Result<(String, Record), Error> {
    let envelope = json.get("dsseEnvelope").unwrap_or(json);
    let Some(payload) = envelope.get("payload") else {
        return statement(json, "unsigned");
    };
    let text = payload
        .as_str()
        .ok_or_else(|| Error::malformed("payload: not a string"))?;
    let bytes = Base64::decode_vec(text)
        .or_else(|_| Base64Url::decode_vec(text))
        .map_err(|_| Error::malformed("payload: not base64"))?;
    let inner: Value = serde_json::from_slice(&bytes)
        .map_err(|error| Error::malformed(format!("payload: line {}: {error}", error.line())).because(error))?;
    statement(&inner, "signed; the signature is not checked").map_err(|why| why.about("payload"))
}

/// The text at a path of keys.
fn text<'j>(json: &'j Value, path: &str) -> Option<&'j str> {
    json.pointer(path)?.as_str()
}

fn statement(json: &Value, seal: &str) -> Result<(String, Record), Error> {
    let kind = text(json, "/_type").unwrap_or_default();
    if !kind.starts_with(STATEMENT) {
        return Err(Error::malformed(format!(
            "_type: {:?} is not an in-toto statement",
            clip(kind, 80)
        )));
    }
    let predicate = text(json, "/predicateType").unwrap_or_default();
    if !predicate.starts_with(PROVENANCE) {
        return Err(Error::malformed(format!(
            "predicateType: {:?} is no SLSA provenance",
            clip(predicate, 80)
        )));
    }
    let mut record = Record {
        made: made(json)?,
        ..Record::default()
    };
    let facts = &mut record.facts;
    facts.extend(clock(json)?);
    for path in [
        "/predicate/invocation/environment",
        "/predicate/buildDefinition/internalParameters/environment",
        "/predicate/buildDefinition/internalParameters/env",
        "/predicate/buildDefinition/externalParameters/environment",
        "/predicate/buildDefinition/externalParameters/env",
    ] {
        let place = |name: &str| format!("{}.{name}", dotted(path));
        facts.extend(variables(&strings(json.pointer(path)), place));
    }
    for path in ["/predicate/runDetails/builder/version", "/predicate/builder/version"] {
        for (name, version) in strings(json.pointer(path)) {
            let place = format!("{}.{name}", dotted(path));
            facts.push(Fact::named(FactKind::Tool, &name, &version, place));
        }
    }
    let builder = text(json, "/predicate/runDetails/builder/id").or_else(|| text(json, "/predicate/builder/id"));
    let builder = builder.map_or_else(|| "nobody named".to_owned(), |id| clip(id, 120));
    Ok((format!("SLSA provenance by {builder}, {seal}"), record))
}

/// A path of keys as people write it.
fn dotted(path: &str) -> String {
    path.trim_start_matches('/').replace('/', ".")
}

/// Those values of an object that are texts.
fn strings(json: Option<&Value>) -> BTreeMap<String, String> {
    let pairs = json.and_then(Value::as_object).into_iter().flatten();
    pairs
        .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
        .collect()
}

/// When it was built, as far as it is told.
fn clock(json: &Value) -> Result<Option<Fact>, Error> {
    let of = |paths: [&'static str; 2]| {
        let found = paths.into_iter().find_map(|path| Some((path, text(json, path)?)));
        let Some((path, text)) = found else { return Ok(None) };
        match moment::rfc3339(text) {
            Some(at) => Ok(Some((at, dotted(path)))),
            None => Err(Error::malformed(format!(
                "{}: {:?} is not a moment of RFC 3339",
                dotted(path),
                clip(text, 40)
            ))),
        }
    };
    let started = of([
        "/predicate/runDetails/metadata/startedOn",
        "/predicate/metadata/buildStartedOn",
    ])?;
    let finished = of([
        "/predicate/runDetails/metadata/finishedOn",
        "/predicate/metadata/buildFinishedOn",
    ])?;
    Ok(match (started, finished) {
        (Some((from, place)), Some((to, _))) if from > to => {
            return Err(Error::malformed(format!("{place}: it began after it was over")));
        }
        (Some((from, place)), Some((to, _))) => Some(Fact::window(FactKind::Clock, (from, to), place)),
        (Some((from, place)), None) => Some(Fact::window(FactKind::Clock, (from, from + LONGEST), place)),
        (None, Some((to, place))) => Some(Fact::window(FactKind::Clock, (to - LONGEST, to), place)),
        (None, None) => None,
    })
}

fn made(json: &Value) -> Result<Vec<Made>, Error> {
    let all = json
        .get("subject")
        .and_then(Value::as_array)
        .ok_or_else(|| Error::malformed("subject: not a list"))?;
    let mut made = Vec::new();
    for (at, subject) in all.iter().enumerate() {
        let place = format!("subject[{at}].digest.sha256");
        // Other algorithms are other readers' business.
        let Some(sha256) = text(subject, "/digest/sha256") else {
            continue;
        };
        if !is_hex(sha256, 64) {
            return Err(Error::malformed(format!(
                "{place}: not 64 lower-case hexadecimal digits"
            )));
        }
        made.push(Made {
            name: text(subject, "/name").unwrap_or_default().to_owned(),
            sha256: sha256.to_owned(),
            place,
        });
    }
    Ok(made)
}
