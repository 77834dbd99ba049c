//! Markdown, as a bot would post it: the verdict, the first cause of each artifact with its fix, the rest folded.

use super::words::{accepted, bad, rule, state, verdict};
use crate::{
    model::GateReport,
    notation::clean,
    report::parts::{
        html::frame::escape,
        markdown::{causes, cell, code, places},
        records,
    },
};
use std::io::{self, Write};

/// Artifacts that get a section of their own, and rows of the folded table.
const SECTIONS: usize = 10;
const ROWS: usize = 500;

/// The report as GitHub-flavoured markdown; `link` leads to the HTML report.
pub fn write(report: &GateReport, link: Option<&str>, out: &mut dyn Write) -> io::Result<()> {
    let (word, _) = verdict(report);
    writeln!(out, "### `repro gate`: {word}\n\n{}", cell(&report.summary))?;
    if let Some(reason) = &report.reason {
        writeln!(out, "\n{}", cell(reason))?;
    }
    let bad = bad(report);
    if !bad.is_empty() {
        writeln!(out, "\n| artifact | | first cause | fix |\n|---|---|---|---|")?;
        for artifact in bad.iter().take(SECTIONS) {
            let first = artifact.findings.first();
            let cause = first.map_or_else(|| cell(&artifact.why), |finding| code(finding.cause));
            let mark = if artifact.enforced { "" } else { " (warning)" };
            writeln!(
                out,
                "| {} | {}{mark} | {cause} | {} |",
                code(&artifact.path),
                state(artifact),
                cell(&artifact.fix)
            )?;
        }
    }
    for artifact in bad.iter().take(SECTIONS) {
        if artifact.findings.is_empty() && artifact.unexplained.is_empty() {
            continue;
        }
        writeln!(
            out,
            "\n<details><summary>{}: {}</summary>",
            summary(&artifact.path),
            summary(&artifact.why)
        )?;
        for (side, line) in records::lines(&artifact.records, false) {
            writeln!(out, "\n- record {side}: {}", cell(&line))?;
        }
        causes(&artifact.findings, out)?;
        places(&artifact.unexplained, artifact.unexplained_count, out)?;
        writeln!(out, "\n</details>")?;
    }
    if bad.len() > SECTIONS {
        writeln!(out, "\n{} more artifacts are not as locked.", bad.len() - SECTIONS)?;
    }
    if !report.artifacts.is_empty() {
        writeln!(
            out,
            "\n<details><summary>{} artifacts</summary>\n\n| artifact | state | sha256 |\n|---|---|---|",
            report.artifacts.len()
        )?;
        for artifact in report.artifacts.iter().take(ROWS) {
            let digest = artifact.found.as_ref().map_or("", |found| found.sha256.as_str());
            writeln!(
                out,
                "| {} | {} | {} |",
                code(&artifact.path),
                state(artifact),
                code(digest)
            )?;
        }
        if report.artifacts.len() > ROWS {
            writeln!(out, "\n{} more are in the JSON report.", report.artifacts.len() - ROWS)?;
        }
        writeln!(out, "\n</details>")?;
    }
    for artifact in report.artifacts.iter().filter(|a| !a.accepted.is_empty()).take(ROWS) {
        let list: Vec<String> = artifact.accepted.iter().map(accepted).collect();
        writeln!(out, "\n- accepted {}: {}", code(&artifact.path), cell(&list.join(", ")))?;
    }
    for line in report.rules.iter().filter_map(rule).chain(report.notes.iter().cloned()) {
        writeln!(out, "\n- {}", cell(&line))?;
    }
    if let Some(link) = link {
        writeln!(out, "\n[HTML report]({link})")?;
    }
    Ok(())
}

/// Text inside an HTML block: no tag, no blank line, which would end the block, and no mention of a person.
fn summary(text: &str) -> String {
    escape(&clean(text)).to_string().replace('@', "@<!-- -->")
}
