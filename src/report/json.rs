//! JSON, as scripts read it.

use serde::Serialize;
use std::io::{self, Write};

/// JSON Schema (draft 2020-12) of a [`DiffReport`](crate::model::DiffReport).
pub const SCHEMA: &str = include_str!("schema/diff.json");
/// JSON Schema of a [`RebuildReport`](crate::model::RebuildReport).
pub const BUILD_SCHEMA: &str = include_str!("schema/build.json");
/// JSON Schema of a [`DdcReport`](crate::model::DdcReport).
pub const DDC_SCHEMA: &str = include_str!("schema/ddc.json");
/// JSON Schema of a [`VerifyReport`](crate::model::VerifyReport).
pub const VERIFY_SCHEMA: &str = include_str!("schema/verify.json");

/// JSON Schema of a [`GateReport`](crate::model::GateReport).
pub const GATE_SCHEMA: &str = include_str!("schema/gate.json");
/// JSON Schema of a [`HistoryReport`](crate::model::HistoryReport).
pub const HISTORY_SCHEMA: &str = include_str!("schema/history.json");
/// JSON Schema of a [`LintReport`](crate::model::LintReport).
pub const LINT_SCHEMA: &str = include_str!("schema/lint.json");

/// A report as indented JSON with a final newline.
pub fn write<T: Serialize>(report: &T, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, report)?;
    writeln!(out)
}
