//! JSON, as scripts read it: an item is a line.

use super::Batch;
use std::io::{self, Write};

/// What all is, then the items.
pub(super) fn write(batch: &Batch<'_>, out: &mut dyn Write) -> io::Result<()> {
    let head = serde_json::to_string_pretty(batch.found)?;
    // Without its closing brace: the items are the last field.
    let open = head.strip_suffix("\n}").unwrap_or(&head);
    write!(out, "{open},\n  \"items\": [")?;
    let mut first = true;
    (batch.items)(None, &mut |line| {
        out.write_all(if first { b"\n    " } else { b",\n    " })?;
        first = false;
        Ok(serde_json::to_writer(&mut *out, &line)?)
    })?;
    writeln!(out, "{}]\n}}", if first { "" } else { "\n  " })
}
