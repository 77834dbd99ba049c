//! JSON, as `schemas/check.json` has it.

use super::words::{is_stale, is_unreadable, stale, verdict};
use crate::{
    model::{CheckFinding as Finding, CheckReport, CheckWhat as What, Tool},
    notation::name,
};
use serde::{
    Serialize, Serializer,
    ser::{SerializeMap, SerializeSeq},
};

/// Counts up when a field changes its meaning or goes.
const VERSION: u64 = 1;

const TOOL: Tool = Tool {
    name: "repro",
    version: env!("CARGO_PKG_VERSION"),
};

/// The whole report.
pub(super) struct Whole<'a>(pub(super) &'a CheckReport);

impl Serialize for Whole<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let report = self.0;
        let some = |which| Some(Those(&report.findings, which));
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("schema_version", &VERSION)?;
        map.serialize_entry("kind", "check")?;
        map.serialize_entry("tool", &TOOL)?;
        map.serialize_entry("verdict", verdict(report))?;
        map.serialize_entry("strict", &report.strict)?;
        map.serialize_entry("checked", &report.checked)?;
        map.serialize_entry("changed", &some(|what| matches!(what, What::Changed { .. })))?;
        map.serialize_entry("missing", &some(|what| *what == What::Missing))?;
        map.serialize_entry("extra", &some(|what| *what == What::Extra).filter(|_| report.extras))?;
        map.serialize_entry("mode_changed", &some(|what| matches!(what, What::Mode { .. })))?;
        map.serialize_entry("told", &some(|what| matches!(what, What::Told { .. })))?;
        map.serialize_entry("unreadable", &some(is_unreadable))?;
        map.serialize_entry("malformed", &Lines(&report.malformed))?;
        if report.before_commit {
            map.serialize_entry("stale", &some(is_stale))?;
            map.serialize_entry("not_built", &some(|what| *what == What::NotBuilt))?;
        }
        map.end()
    }
}

/// Lines that could not be understood.
struct Lines<'a>(&'a [(usize, String)]);

impl Serialize for Lines<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(Some(self.0.len()))?;
        for (line, error) in self.0 {
            seq.serialize_element(&serde_json::json!({ "line": line, "error": error }))?;
        }
        seq.end()
    }
}

/// The findings of one sort.
struct Those<'a>(&'a [Finding], fn(&What) -> bool);

impl Serialize for Those<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().filter(|finding| (self.1)(&finding.what)).map(One))
    }
}

/// One finding.
struct One<'a>(&'a Finding);

impl Serialize for One<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        name(&mut map, ("path", "path_hex"), &self.0.path)?;
        match &self.0.what {
            What::Changed { field, expected, found } | What::Told { field, expected, found } => {
                map.serialize_entry("field", field)?;
                map.serialize_entry("expected", expected)?;
                map.serialize_entry("found", found)?;
            }
            What::Mode { expected, found, .. } => {
                map.serialize_entry("expected", expected)?;
                map.serialize_entry("found", found)?;
            }
            What::Unreadable(error) => map.serialize_entry("error", error)?,
            What::Stale(what) => map.serialize_entry("why", stale(*what))?,
            What::Missing | What::Extra | What::NotBuilt => {}
        }
        map.end()
    }
}
