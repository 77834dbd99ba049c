//! JSON, as scripts read it.

use crate::model::Report;
use std::io::{self, Write};

/// JSON Schema (draft 2020-12) of what [`write()`] prints.
pub const SCHEMA: &str = include_str!("schema/diff.json");

/// The report as indented JSON with a final newline.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, report)?;
    writeln!(out)
}
