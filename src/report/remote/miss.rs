//! Why a build missed a cache: what has changed, and how much missed for it.

use super::{markdown::cell, words::cause};
use crate::{
    model::{MissCause, MissReport},
    notation::clean,
    report::{
        format::Options,
        parts::text::{BOLD, Page},
    },
};
use std::io::{self, Write};

/// Causes that are shown.
const CAUSES: usize = 20;
/// What stands for a side that has nothing there.
const NONE: &str = "(not there)";

/// The report as text.
pub fn text(report: &MissReport, options: Options, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(out, options);
    page.prose(2, clean(&summary(report)))?;
    let shown = if options.verbose { usize::MAX } else { CAUSES };
    for cause in report.causes.iter().take(shown) {
        page.miss(cause)?;
    }
    page.folded(report.causes.len().saturating_sub(shown), "more causes")
}

impl Page<'_> {
    fn miss(&mut self, found: &MissCause) -> io::Result<()> {
        let count = self.paint(BOLD, &format!("{} missed", found.misses));
        self.prose(2, format_args!("\n{count}: {}", clean(&cause(found))))?;
        for (side, value) in [("a", &found.a), ("b", &found.b)] {
            let value = value.as_deref().unwrap_or(NONE);
            self.prose(5, format_args!("  {side}  {}", clean(value)))?;
        }
        if !found.way.is_empty() {
            self.prose(
                5,
                format_args!("  by {}", clean(&found.way.join(", which is made from "))),
            )?;
        }
        Ok(())
    }
}

/// The report as GitHub-flavoured markdown.
pub fn markdown(report: &MissReport, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "### Why the cache was missed\n\n{}", cell(&summary(report)))?;
    if report.causes.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n| missed | why | a | b |\n|---|---|---|---|")?;
    for found in &report.causes {
        let side = |value: &Option<String>| cell(value.as_deref().unwrap_or(NONE));
        writeln!(
            out,
            "| {} | {} | {} | {} |",
            found.misses,
            cell(&cause(found)),
            side(&found.a),
            side(&found.b)
        )?;
    }
    Ok(())
}

fn summary(report: &MissReport) -> String {
    let mut all = format!(
        "{} actions missed, {} are the same; only a has {}, only b {}",
        report.missed, report.same, report.only_a, report.only_b
    );
    if report.more > 0 {
        all.push_str(&format!("; {} missed for causes that are not listed", report.more));
    }
    all
}
