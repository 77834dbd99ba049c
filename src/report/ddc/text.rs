//! Text for a terminal: the answer, the table, what is proved and what not, where it differs.

use super::words;
use crate::{
    model::{Changed, DdcLocalisation, DdcReport, DiffersAt, Finding, Localised, Place},
    report::{
        format::Options,
        parts::text::{BOLD, DIM, Page, color},
    },
};
use anstyle::AnsiColor;
use similar::{ChangeTag, TextDiff};
use std::io::{self, Write};

/// Lines of a function that are shown.
const LINES: usize = 24;

/// The report as text.
pub fn write(report: &DdcReport, options: Options, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(out, options);
    page.ddc_answer(report)?;
    page.ddc_table(report)?;
    page.ddc_chain(report)?;
    page.ddc_classes(report)?;
    page.ddc_behaviour(report)?;
    page.ddc_localised(report)?;
    page.ddc_bytes(report)?;
    page.ddc_words(report)
}

impl Page<'_> {
    fn ddc_answer(&mut self, report: &DdcReport) -> io::Result<()> {
        let (word, style) = words::verdict(report);
        let word = self.paint(color(style).bold(), word);
        self.prose(2, format_args!("{word}: {}", report.claim))?;
        self.prose(0, format_args!("  {}", report.reason))?;
        if let Some(subject) = &report.subject {
            let again = report.regeneration.as_deref().unwrap_or("it was not regenerated");
            self.prose(0, format_args!("  c_A is {}; {again}", words::short(subject)))?;
        }
        Ok(())
    }

    fn ddc_table(&mut self, report: &DdcReport) -> io::Result<()> {
        // What came out again as before needs no column of its own: a terminal has few.
        let (again, columns): (Vec<String>, Vec<String>) = words::columns(report)
            .into_iter()
            .partition(|what| words::repeats(report, what));
        let mut rows = vec![vec!["toolchain".to_owned(), "lineage".to_owned()]];
        rows[0].extend(columns.iter().cloned());
        for toolchain in &report.toolchains {
            let mut row = vec![toolchain.id.clone(), toolchain.lineage.front_end.clone()];
            row.extend(columns.iter().map(|what| words::stage(report, toolchain, what)));
            rows.push(row);
        }
        let width = |n: usize| rows.iter().map(|row| row[n].chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..rows[0].len()).map(width).collect();
        writeln!(self.out)?;
        for (number, row) in rows.iter().enumerate() {
            let mut line = String::new();
            for (cell, width) in row.iter().zip(&widths) {
                line.push_str(&format!("{cell:width$}  "));
            }
            let Some(toolchain) = number.checked_sub(1).and_then(|n| report.toolchains.get(n)) else {
                let line = self.paint(DIM, line.trim_end());
                self.line(format_args!("  {line}"))?;
                continue;
            };
            let (word, style) = words::of(toolchain.verdict);
            let word = self.paint(color(style), word);
            self.line(format_args!("  {line}{word}"))?;
        }
        for toolchain in &report.toolchains {
            use crate::model::ToolchainVerdict as V;
            if !matches!(toolchain.verdict, V::Identical) || self.options.verbose {
                self.prose(2, format_args!("  {}: {}", toolchain.id, toolchain.why))?;
            }
        }
        let same = if again.is_empty() {
            ""
        } else {
            "; what was made again is the same"
        };
        let line = self.paint(DIM, &(words::runs(report) + same));
        self.line(format_args!("  {line}"))
    }

    fn ddc_chain(&mut self, report: &DdcReport) -> io::Result<()> {
        if report.generations.is_empty() {
            return Ok(());
        }
        let title = self.paint(BOLD, "chain");
        writeln!(self.out, "\n{title}  each makes the next")?;
        let width = report
            .generations
            .iter()
            .map(|one| one.name.chars().count())
            .max()
            .unwrap_or(0);
        for [name, digest, words] in words::chain(report) {
            let mark = if report.breaks_at.as_ref() == Some(&name) {
                "  <- it breaks here"
            } else {
                ""
            };
            self.prose(4, format_args!("  {name:width$}  {digest}  {words}{mark}"))?;
        }
        Ok(())
    }

    fn ddc_classes(&mut self, report: &DdcReport) -> io::Result<()> {
        if report.classes.is_empty() {
            return Ok(());
        }
        let title = self.paint(BOLD, "agreement");
        writeln!(
            self.out,
            "\n{title}  by lineage, not by heads; a majority proves nothing"
        )?;
        for class in &report.classes {
            let mark = if class.subject { "  = c_A" } else { "" };
            let (short, class) = (words::short(&class.sha256), words::class(class));
            self.prose(4, format_args!("  {short}  {class}{mark}"))?;
        }
        Ok(())
    }

    fn ddc_behaviour(&mut self, report: &DdcReport) -> io::Result<()> {
        let shown = if self.options.verbose { usize::MAX } else { 8 };
        for found in report.behaviour.iter().take(shown) {
            let name = self.paint(BOLD, &found.run);
            writeln!(self.out, "\n{name}  {} differs", found.what)?;
            for [id, text] in [&found.a, &found.b] {
                self.line(format_args!("  {id}: {text}"))?;
            }
        }
        self.folded(report.behaviour.len().saturating_sub(shown), "more differences")
    }

    fn ddc_localised(&mut self, report: &DdcReport) -> io::Result<()> {
        for found in &report.localised {
            let title = self.paint(BOLD, &format!("by way of {}", found.toolchain));
            self.prose(2, format_args!("\n{title}  {}", words::localised(found)))?;
            let shown = if self.options.verbose { usize::MAX } else { 6 };
            for object in found.differ.iter().take(shown) {
                self.ddc_object(found, object)?;
            }
            self.folded(found.differ.len().saturating_sub(shown), "more")?;
            for line in found.failed.iter().chain(&found.unread).take(shown) {
                self.prose(2, format_args!("  {line}"))?;
            }
        }
        Ok(())
    }

    fn ddc_object(&mut self, found: &DdcLocalisation, object: &Localised) -> io::Result<()> {
        let name = self.paint(color(AnsiColor::Cyan), &object.name);
        self.prose(2, format_args!("  {name}  {}", words::object(found, object)))?;
        for line in words::listed(found, object) {
            self.prose(2, format_args!("    {line}"))?;
        }
        let shown = if self.options.verbose { usize::MAX } else { 3 };
        let changed = object.changed_functions.iter().chain(&object.changed_data);
        for changed in changed.take(shown) {
            let name = self.paint(BOLD, &changed.name);
            let sizes = format!(
                "{} bytes in {}, {} in {}",
                changed.size_a, found.a, changed.size_b, found.b
            );
            self.line(format_args!("    {name}  {sizes}"))?;
            self.ddc_lines(changed)?;
        }
        Ok(())
    }

    /// The lines of either side, those of both once.
    fn ddc_lines(&mut self, changed: &Changed) -> io::Result<()> {
        let (shown, around) = if self.options.verbose {
            (usize::MAX, usize::MAX)
        } else {
            (LINES, 3)
        };
        let diff = TextDiff::from_slices(&slices(&changed.a), &slices(&changed.b));
        let (mut left, mut hidden) = (shown, 0);
        for (number, group) in diff.grouped_ops(around).iter().enumerate() {
            if number > 0 && left > 0 {
                self.line(format_args!("        …"))?;
            }
            for change in group.iter().flat_map(|op| diff.iter_changes(op)).take(left) {
                let text = match change.tag() {
                    ChangeTag::Equal => format!("  {}", change.value()),
                    ChangeTag::Delete => self.paint(color(AnsiColor::Red), &format!("- {}", change.value())),
                    ChangeTag::Insert => self.paint(color(AnsiColor::Green), &format!("+ {}", change.value())),
                };
                self.line(format_args!("      {text}"))?;
            }
            let count: usize = group.iter().map(|op| diff.iter_changes(op).count()).sum();
            (left, hidden) = (left.saturating_sub(count), hidden + count.saturating_sub(left));
        }
        self.folded(hidden, "more lines")
    }

    /// The bytes, where nothing tells more of them.
    fn ddc_bytes(&mut self, report: &DdcReport) -> io::Result<()> {
        if report.differs_at.is_empty() || (!report.localised.is_empty() && !self.options.verbose) {
            return Ok(());
        }
        let mut findings: Vec<Finding> = Vec::new();
        let mut places: Vec<Place> = Vec::new();
        for difference in &report.differs_at {
            match difference {
                DiffersAt::Finding(finding) => findings.push((**finding).clone()),
                DiffersAt::Place(place) => places.push((**place).clone()),
            }
        }
        (self.room, self.block) = ([14, 14], 3);
        self.causes(&findings)?;
        let count = places.len();
        self.places(&places, count)
    }

    fn ddc_words(&mut self, report: &DdcReport) -> io::Result<()> {
        self.sentence("proves", &report.proves)?;
        self.sentence("does not prove", &report.does_not_prove)?;
        for advice in &report.advice {
            self.sentence("try", advice)?;
        }
        Ok(())
    }

    /// A title and a text below it.
    fn sentence(&mut self, title: &str, text: &str) -> io::Result<()> {
        let title = self.paint(BOLD, title);
        writeln!(self.out, "\n{title}")?;
        let words: Vec<&str> = text.split_whitespace().collect();
        self.prose(0, format_args!("  {}", words.join(" ")))
    }
}

fn slices(lines: &[String]) -> Vec<&str> {
    lines.iter().map(String::as_str).collect()
}
