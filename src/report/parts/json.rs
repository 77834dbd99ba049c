//! JSON, as scripts read it.

use serde::Serialize;
use std::io::{self, Write};

/// A report as indented JSON with a final newline.
pub fn write<T: Serialize>(report: &T, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, report)?;
    writeln!(out)
}
