//! A guilty set: how it is known, where its difference begins, what it changes, and what helps.

use super::COMMAND;
use crate::{
    model::{FirstDifference, Guilty, RebuildReport},
    notation::{clean, clip},
    report::{
        build::{
            fixes,
            words::{self, shell},
        },
        parts::{
            text::{DIM, Page, color},
            words::join,
        },
        wrap::whole,
    },
};
use anstyle::AnsiColor;
use std::io;

/// Characters of a command line behind a path, and of a text's line.
const LINK: usize = 60;
/// Files of a chain.
const LINKS: usize = 5;

impl Page<'_> {
    pub(super) fn guilty(&mut self, report: &RebuildReport, guilty: &Guilty, brief: bool) -> io::Result<()> {
        self.title(&words::together(guilty), &words::effect(guilty, false))?;
        self.prose(11, format_args!("how known  {}", words::confirmed(report, guilty)))?;
        let only = report.runs.iter().find(|run| run.id == guilty.only);
        if let Some(why) = only.and_then(|run| run.why.as_deref()) {
            let lines: Vec<&str> = why.lines().collect();
            let skipped = if self.options.verbose {
                0
            } else {
                lines.len().saturating_sub(6)
            };
            for (n, line) in lines[skipped..].iter().enumerate() {
                let head = if n == 0 { "says     " } else { "         " };
                self.line(format_args!("{head}  {}", clean(line)))?;
            }
        }
        if let Some(found) = only.and_then(|run| run.failure.as_ref()) {
            self.wrong(found)?;
        }
        self.artifacts(guilty)?;
        if !guilty.captured.is_empty() {
            let names = join(&guilty.captured);
            self.prose(
                11,
                format_args!("captured   the artifacts copy the environment, and so show {names}, too"),
            )?;
        }
        if !guilty.mixed.is_empty() {
            let names = join(&guilty.mixed);
            let why = "changes the same places only, as one of several sources of the random value";
            self.prose(11, format_args!("mixed in   {names}: {why}"))?;
        }
        self.first(guilty, brief)?;
        self.found(&guilty.findings, &guilty.unexplained, brief)?;
        self.fixes(report, guilty)?;
        if let Some(run) = only.filter(|_| !brief) {
            let replay = self.paint(DIM, &format!("run {} again: {}", run.id, clean(&run.replay)));
            self.line(replay)?;
        }
        Ok(())
    }

    /// A guilty set without its bytes: where many are shown before it.
    pub(super) fn listed(&mut self, report: &RebuildReport, guilty: &Guilty) -> io::Result<()> {
        self.title(&words::together(guilty), &words::effect(guilty, false))?;
        self.prose(11, format_args!("how known  {}", words::confirmed(report, guilty)))?;
        let mut causes: Vec<&str> = Vec::new();
        for finding in guilty.findings.iter().filter(|finding| !finding.knock_on) {
            if !causes.contains(&finding.cause) {
                causes.push(finding.cause);
            }
        }
        if !causes.is_empty() {
            self.prose(
                11,
                format_args!("causes     {} (--verbose shows the bytes)", join(&causes)),
            )?;
        }
        self.fixes(report, guilty)
    }

    /// What the build's tools offer, what is proved, and what was tried.
    fn fixes(&mut self, report: &RebuildReport, guilty: &Guilty) -> io::Result<()> {
        for line in fixes::offers(guilty) {
            self.prose(2, line)?;
        }
        for fix in fixes::mending(guilty) {
            let word = self.paint(color(AnsiColor::Green).bold(), "proved");
            self.prose(2, format_args!("{word}: {}", fixes::proved(fix)))?;
        }
        for line in fixes::tried(report, guilty, self.options.verbose) {
            self.prose(2, line)?;
        }
        Ok(())
    }

    /// The artifacts, where the title only gives their number.
    fn artifacts(&mut self, guilty: &Guilty) -> io::Result<()> {
        if guilty.artifacts.len() <= 2 {
            return Ok(());
        }
        let shown = if self.options.verbose { usize::MAX } else { 4 };
        let mut names: Vec<String> = guilty.artifacts.iter().take(shown).map(|a| whole(&clean(a))).collect();
        if guilty.artifacts.len() > shown {
            names.push(format!("{} more", guilty.artifacts.len() - shown));
        }
        self.prose(11, format_args!("artifacts  {}", join(&names)))
    }

    fn first(&mut self, guilty: &Guilty, brief: bool) -> io::Result<()> {
        let Some(first) = &guilty.first else {
            return Ok(());
        };
        let verbose = self.options.verbose;
        let command = |command: &[String]| {
            let line = shell(command);
            if verbose { line } else { clip(&line, COMMAND) }
        };
        let path = self.paint(color(AnsiColor::Cyan), &clean(&first.path));
        self.line(format_args!("starts in  {path}, written by"))?;
        self.line(format_args!("             {}", command(&first.command)))?;
        // What a compiler runs out of its own folder says little to whoever wrote the build.
        let own = |parent: &&Vec<String>| parent.first().is_some_and(|p| p.starts_with("/usr/lib"));
        // A line that differs says more.
        let lined = first.chain.first().is_some_and(|link| link.line.is_some());
        let shown = match verbose {
            true => usize::MAX,
            false => 2 - usize::from(brief) - usize::from(lined),
        };
        for parent in first.parents.iter().filter(|p| verbose || !own(p)).take(shown) {
            let line = self.paint(DIM, &command(parent));
            self.line(format_args!("             … run by {line}"))?;
        }
        self.chain(first, brief)?;
        // The way says what follows better than a list.
        if !first.then.is_empty() && !brief && (first.chain.len() < 2 || verbose) {
            let shown = if verbose { usize::MAX } else { 4 };
            let mut names: Vec<String> = first.then.iter().take(shown).map(|p| whole(&clean(p))).collect();
            if first.then.len() > shown {
                names.push(format!("{} more", first.then.len() - shown));
            }
            self.prose(11, format_args!("then       {}", join(&names)))?;
        }
        Ok(())
    }

    /// The way from the first file to an artifact, with the lines that differ.
    fn chain(&mut self, first: &FirstDifference, brief: bool) -> io::Result<()> {
        if brief {
            let line = first.chain.first().and_then(|link| link.line.as_ref());
            return line.map_or(Ok(()), |line| {
                let line = words::line(line, |text| clip(text, LINK / 2));
                self.line(format_args!("             {line}"))
            });
        }
        let (room, shown) = match self.options.verbose {
            true => (usize::MAX, usize::MAX),
            false => (LINK, LINKS),
        };
        let mut previous = None;
        for (n, link) in first.chain.iter().enumerate().take(shown) {
            if n > 0 {
                let path = self.paint(color(AnsiColor::Cyan), &clean(&link.path));
                let by = clip(&shell(&link.command), room);
                self.line(format_args!("leads to   {path}, by {by}"))?;
            }
            // The same line again, copied from file to file, says nothing new.
            let Some(line) = link.line.as_ref().filter(|line| previous != Some((&line.a, &line.b))) else {
                continue;
            };
            previous = Some((&line.a, &line.b));
            for (name, text) in [("a", &line.a), ("b", &line.b)] {
                let text = text
                    .as_deref()
                    .map_or_else(|| "(no such line)".to_owned(), |text| clip(&clean(text), room));
                self.line(format_args!("             line {} {name}  {text}", line.number))?;
            }
        }
        self.folded(first.chain.len().saturating_sub(shown), "more files on the way")
    }
}
