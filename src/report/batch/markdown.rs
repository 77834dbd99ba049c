//! Markdown, as a bot would post it.

use super::{Batch, Room, words};
use crate::report::parts::markdown::{cell, code};
use std::io::{self, Write};

/// Rows of a table; the text says how many are left out.
const MOST: usize = 200;

/// The report as GitHub-flavoured markdown.
pub(super) fn write(batch: &Batch<'_>, out: &mut dyn Write) -> io::Result<()> {
    let report = batch.found;
    writeln!(
        out,
        "### `repro merge`: {}\n\n{}",
        report.verdict,
        cell(&words::summary(report))
    )?;
    let gaps = words::gaps(report);
    if !gaps.is_empty() {
        writeln!(out)?;
    }
    for (what, text) in gaps {
        writeln!(out, "- {what}: {}", cell(&text))?;
    }
    if let Some(cost) = &report.cost {
        let items = report.list.items - report.missing.items;
        writeln!(out, "\ncost: {}", words::cost(cost, items))?;
    }
    let rules = words::rules(report);
    if !rules.is_empty() {
        writeln!(out, "\n| found | items |\n|---|--:|")?;
        for (rule, count) in rules.iter().take(MOST) {
            writeln!(out, "| {} | {count} |", code(rule))?;
        }
    }
    let mut room = Room::new(MOST);
    let mut begun = false;
    for exit in [2, 1] {
        (batch.items)(Some(exit), &mut |line| {
            if !room.take() {
                return Ok(());
            }
            if !begun {
                writeln!(out, "\n| item | verdict | |\n|---|---|---|")?;
                begun = true;
            }
            let (item, verdict) = (code(&line.item), cell(&line.verdict));
            writeln!(out, "| {item} | {verdict} | {} |", cell(&line.summary))
        })?;
    }
    match room.hidden {
        0 => Ok(()),
        more => writeln!(out, "\n{more} more are not shown."),
    }
}
