//! Text for a terminal: the verdict, what the artifact says of its build, the plan, what differs.

use super::words;
use crate::{
    model::PublishedReport,
    notation::clean,
    report::{
        format::Options,
        parts::text::{BOLD, DIM, Page, color},
        wrap::whole,
    },
};
use std::io::{self, Write};

/// The report as text.
pub fn write(report: &PublishedReport, options: Options, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(out, options);
    let (word, style) = words::verdict(report.verdict);
    let word = page.paint(color(style).bold(), word);
    page.prose(2, format_args!("{word}: {}", clean(&report.summary)))?;
    for (name, file) in [("published", &report.artifact), ("rebuilt", &report.rebuilt)] {
        if let Some(file) = file {
            let short = file.sha256.get(..16).unwrap_or_default();
            let digest = page.paint(DIM, &whole(&format!("sha256 {short}, {} bytes", file.size)));
            page.prose(4, format_args!("  {name:9}  {}  {digest}", whole(&clean(&file.path))))?;
        }
    }
    if options.quiet {
        return Ok(());
    }
    page.evidence(report)?;
    page.plan(report)?;
    if let Some(failure) = &report.failure {
        page.head("failure")?;
        for line in failure.lines() {
            page.line(format_args!("  {}", clean(line)))?;
        }
    }
    if let Some(diff) = &report.diff {
        page.causes(&diff.findings)?;
        page.places(&diff.unexplained, diff.unexplained_count)?;
        for item in &diff.undetermined {
            page.prose(
                2,
                format_args!("not compared: {}: {}", clean(&item.address), item.reason),
            )?;
        }
    }
    for note in &report.notes {
        page.prose(6, format_args!("note: {}", clean(note)))?;
    }
    Ok(())
}

impl Page<'_> {
    fn head(&mut self, title: &str) -> io::Result<()> {
        let title = self.paint(BOLD, title);
        self.line(format_args!("\n{title}"))
    }

    fn evidence(&mut self, report: &PublishedReport) -> io::Result<()> {
        if report.evidence.is_empty() {
            return Ok(());
        }
        self.head("what it says of its build")?;
        for fact in &report.evidence {
            let place = self.paint(DIM, &format!("({})", clean(&fact.place)));
            self.prose(4, format_args!("  {}: {}  {place}", fact.what, clean(&fact.value)))?;
        }
        Ok(())
    }

    fn plan(&mut self, report: &PublishedReport) -> io::Result<()> {
        let Some(plan) = &report.plan else { return Ok(()) };
        self.head("how it was built again")?;
        for (name, value) in words::plan(plan) {
            self.prose(4, format_args!("  {name}: {}", clean(&value)))?;
        }
        let shown = if self.options.verbose { usize::MAX } else { 0 };
        for input in plan.inputs.iter().take(shown) {
            self.line(format_args!("  input: {}  sha256 {}", clean(&input.path), input.sha256))?;
        }
        for tried in words::tries(report) {
            let mark = if tried.best { "*" } else { " " };
            self.prose(6, format_args!("  {mark} tried {}", clean(&words::tried(tried))))?;
        }
        Ok(())
    }
}
