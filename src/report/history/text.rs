//! Text for a terminal: the rate, a bar for each span of time, what fails and since when, the causes.

use super::words::{cause, change, failure, headline, letter, path, point, several, window};
use crate::{
    model::{ArtifactHistory, HistoryReport, Outcome},
    notation::clean,
    report::{
        format::Options,
        parts::{
            text::{BOLD, DIM, Page, color},
            words::counted,
        },
    },
};
use anstyle::AnsiColor;
use std::io::{self, Write};

/// Buckets, artifacts, changes and causes that are shown.
const BUCKETS: usize = 31;
const SHOWN: usize = 25;
const CHANGES: usize = 6;
const CAUSES: usize = 10;
/// Width of a full bar, and outcomes in a strip.
const BAR: usize = 30;
const STRIP: usize = 30;

/// The report as text.
pub fn write(report: &HistoryReport, options: Options, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(out, options);
    let verbose = options.verbose;
    if report.runs > 0 {
        let line = page.paint(BOLD, &headline(report));
        page.prose(2, line)?;
    }
    let window = window(report);
    if !window.is_empty() {
        let line = page.paint(DIM, &format!("of {}", clean(&window)));
        page.prose(2, line)?;
    }
    let hidden = if verbose {
        0
    } else {
        report.buckets.len().saturating_sub(BUCKETS)
    };
    if !report.buckets.is_empty() {
        page.line("")?;
    }
    if hidden > 0 {
        let line = page.paint(
            DIM,
            &format!("… {} before (--verbose shows all)", counted(hidden, report.bucket)),
        );
        page.line(line)?;
    }
    for bucket in report.buckets.iter().skip(hidden) {
        let count = &bucket.count;
        let full = (count.reproduced * BAR).checked_div(count.results).unwrap_or(0);
        let style = match count.reproduced == count.results {
            true => color(AnsiColor::Green),
            false => color(AnsiColor::Yellow),
        };
        let (on, off) = ("█".repeat(full), "·".repeat(BAR - full));
        let bar = format!("{}{}", page.paint(style, &on), page.paint(DIM, &off));
        let (rate, of) = (count.percent(), format!("{}/{}", count.reproduced, count.results));
        page.line(format_args!("{}  {bar} {rate:>6}  {of}", bucket.from))?;
    }
    let names = several(report);
    let mut left = 0;
    for (number, artifact) in report.artifacts.iter().enumerate() {
        if !verbose && number >= SHOWN {
            left += 1;
            continue;
        }
        self::artifact(artifact, names, verbose, &mut page)?;
    }
    page.folded(left, "more artifacts")?;
    if !report.causes.is_empty() {
        page.line("\nwhat came first in the failures")?;
        let shown = if verbose { usize::MAX } else { CAUSES };
        for one in report.causes.iter().take(shown) {
            page.line(format_args!(
                "  {:>4} × {}  in {}",
                one.count,
                clean(cause(one)),
                counted(one.artifacts, "artifact")
            ))?;
        }
        page.folded(report.causes.len().saturating_sub(shown), "more causes")?;
    }
    for note in &report.notes {
        page.prose(6, format_args!("note: {note}"))?;
    }
    if !report.checks.failed.is_empty() {
        page.line("")?;
    }
    for line in &report.checks.failed {
        let word = page.paint(color(AnsiColor::Red).bold(), "alarm");
        page.prose(2, format_args!("{word}: {}", clean(line)))?;
    }
    Ok(())
}

fn artifact(
    artifact: &ArtifactHistory,
    (projects, kinds): (bool, bool),
    verbose: bool,
    page: &mut Page<'_>,
) -> io::Result<()> {
    let mut name = page.paint(BOLD, &clean(&path(artifact)));
    if projects {
        name = format!("{} {name}", clean(&artifact.project));
    }
    if kinds {
        name = format!("{name} ({})", artifact.kind.word());
    }
    let good = artifact.newest.outcome == Outcome::Reproduced;
    let (word, style) = match (artifact.regression, good) {
        (true, _) => ("regression", color(AnsiColor::Red).bold()),
        (_, false) => ("fails", color(AnsiColor::Red)),
        (_, true) => ("good", color(AnsiColor::Green)),
    };
    let word = page.paint(style, word);
    page.line(format_args!("\n{name}  {word}  {}", artifact.count.percent()))?;
    let from = artifact.strip.len().saturating_sub(STRIP);
    let outcomes = artifact.strip.len() - from;
    let strip: String = artifact
        .strip
        .iter()
        .skip(from)
        .map(|outcome| outcome_mark(*outcome, page))
        .collect();
    page.prose(outcomes + 2, format_args!("  {strip}  {}", clean(&artifact.summary)))?;
    if let Some(first) = &artifact.first_failure {
        let (at, how) = (clean(&point(first)), clean(&failure(first)));
        page.prose(19, format_args!("  first failure      {at}: {how}"))?;
    }
    if let Some(last) = artifact.last_reproduced.as_ref().filter(|_| !good) {
        page.prose(19, format_args!("  last reproduced    {}", clean(&point(last))))?;
    }
    if let Some(changed) = &artifact.changed {
        let shown = if verbose { usize::MAX } else { CHANGES };
        for item in changed.items.iter().take(shown) {
            let line = clean(&change(item));
            page.prose(2, format_args!("    {line}"))?;
        }
        let rest = changed.items.len().saturating_sub(shown) + changed.more;
        page.folded(rest, "more changes")?;
    }
    Ok(())
}

/// One outcome of a strip.
fn outcome_mark(outcome: Outcome, page: &Page<'_>) -> String {
    let style = match outcome {
        Outcome::Reproduced => color(AnsiColor::Green),
        Outcome::Failed => color(AnsiColor::Red),
        Outcome::Unknown => color(AnsiColor::Magenta),
    };
    page.paint(style, &letter(outcome).to_string())
}
