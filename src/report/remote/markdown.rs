//! Markdown, as a bot would post it.

use super::words::{summary, title};
use crate::{
    model::{RemoteAction, RemoteReport},
    notation::clean,
};
use std::io::{self, Write};

/// Rows of the table.
const ROWS: usize = 200;

/// The report as GitHub-flavoured markdown.
pub fn write(report: &RemoteReport, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "### `repro remote-check`: {}", cell(&summary(report)))?;
    if report.actions.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n| action | verdict | why |\n|---|---|---|")?;
    for action in report.actions.iter().take(ROWS) {
        let (title, why) = (cell(&title(action)), cell(&why(action)));
        writeln!(out, "| {title} | {} | {why} |", action.verdict.word())?;
    }
    match report.actions.len().saturating_sub(ROWS) {
        0 => Ok(()),
        more => writeln!(out, "\n{more} more actions."),
    }
}

fn why(action: &RemoteAction) -> String {
    let outputs = action.outputs.iter().map(|output| {
        let causes: Vec<&str> = output
            .causes
            .iter()
            .filter(|cause| !cause.knock_on)
            .map(|c| c.cause.as_str())
            .collect();
        match causes.as_slice() {
            [] => format!("{}: {}", output.path, output.verdict),
            causes => format!("{}: {}", output.path, causes.join(", ")),
        }
    });
    action
        .reason
        .iter()
        .cloned()
        .chain(outputs)
        .collect::<Vec<_>>()
        .join("; ")
}

pub(super) fn cell(text: &str) -> String {
    clean(text).replace('|', "\\|").replace('<', "&lt;").replace('\n', " ")
}
