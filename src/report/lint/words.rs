//! Words that the formats share.

use crate::{
    model::{LintFinding, LintReport, RuleHelp},
    report::parts::words::counted,
};

/// The answer in one line.
pub(super) fn summary(report: &LintReport) -> String {
    let figures = &report.summary;
    let files = counted(figures.files, "file");
    let mut parts = Vec::new();
    if figures.findings == 0 {
        parts.push(format!("no findings in {files}"));
    } else {
        let sure: Vec<String> = [(figures.high, "high"), (figures.medium, "medium"), (figures.low, "low")]
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| format!("{count} {word}"))
            .collect();
        parts.push(format!(
            "{} ({}) in {} of {files}",
            counted(figures.findings, "finding"),
            sure.join(", "),
            figures.files_with_findings
        ));
    }
    if figures.fixable > 0 {
        parts.push(format!("{} can be fixed by --fix", figures.fixable));
    }
    if figures.notes > 0 {
        parts.push(counted(figures.notes, "note"));
    }
    if figures.allowed > 0 {
        parts.push(format!("{} allowed", figures.allowed));
    }
    if figures.hidden > 0 {
        parts.push(format!(
            "{} less sure hidden (--confidence low shows them)",
            figures.hidden
        ));
    }
    for skipped in &report.skipped {
        parts.push(format!("{} skipped: {}", skipped.count, skipped.reason));
    }
    parts.join("; ")
}

pub(super) fn help<'r>(report: &'r LintReport, finding: &LintFinding) -> Option<&'r RuleHelp> {
    report.rules.iter().find(|rule| rule.id == finding.rule)
}

/// Rules by how often each has found something, the most frequent first.
pub(super) fn counts(report: &LintReport) -> Vec<(&'static str, usize)> {
    let mut counts: Vec<(&'static str, usize)> = Vec::new();
    for finding in &report.findings {
        match counts.iter_mut().find(|(rule, _)| *rule == finding.rule) {
            Some((_, count)) => *count += 1,
            None => counts.push((finding.rule, 1)),
        }
    }
    counts.sort_by(|x, y| (y.1, x.0).cmp(&(x.1, y.0)));
    counts
}
