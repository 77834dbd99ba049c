//! JSON, as scripts read it.

use serde::Serialize;
use std::io::{self, Write};

/// A report as indented JSON with a final newline.
pub(in crate::report) fn write<T: Serialize>(report: &T, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, report)?;
    writeln!(out)
}

/// A verdict as JSON spells it.
pub(in crate::report) fn word(verdict: impl Serialize) -> String {
    match serde_json::to_value(verdict) {
        Ok(serde_json::Value::String(word)) => word,
        _ => "undetermined".to_owned(),
    }
}
