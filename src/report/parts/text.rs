//! What every text report is made of: causes, places, the two sides of a difference. Bounded, and says what it folded.

use super::{
    records,
    words::{address_or_whole, counted, sure},
};
use crate::{
    model::{Finding, Place, RecordUse},
    notation::clean,
    report::{
        format::Options,
        wrap::{whole, wrapped},
    },
};
use anstyle::{AnsiColor, Style};
use std::{
    fmt::Display,
    io::{self, Write},
};

/// Places of one container, when there are many containers.
const FEW: usize = 3;
/// A text report as it is written.
pub(in crate::report) struct Page<'w> {
    pub(in crate::report) out: &'w mut dyn Write,
    pub(in crate::report) options: Options,
    /// What every line begins with; blocks of an indented page stand without blank lines.
    pub(in crate::report) margin: &'static str,
    /// Lines for root causes, and lines for unexplained places, before they are folded.
    pub(in crate::report) room: [usize; 2],
    /// Lines of one side of a difference.
    pub(in crate::report) block: usize,
}

pub(in crate::report) const BOLD: Style = Style::new().bold();
pub(in crate::report) const DIM: Style = Style::new().dimmed();

pub(in crate::report) fn color(color: AnsiColor) -> Style {
    Style::new().fg_color(Some(anstyle::Color::Ansi(color)))
}

impl<'w> Page<'w> {
    /// A page without a margin.
    pub(in crate::report) fn new(out: &'w mut dyn Write, options: Options) -> Self {
        Self {
            out,
            options,
            margin: "",
            room: [42, 45],
            block: 6,
        }
    }

    /// One line, behind the margin.
    pub(in crate::report) fn line(&mut self, text: impl Display) -> io::Result<()> {
        writeln!(self.out, "{}{text}", self.margin)
    }

    /// The same of prose, which is broken at the width; what follows stands `hang` blanks further in.
    pub(in crate::report) fn prose(&mut self, hang: usize, text: impl Display) -> io::Result<()> {
        let text = wrapped(&format!("{}{text}", self.margin), hang, self.options.width);
        writeln!(self.out, "{text}")
    }

    /// A blank line before a block.
    fn gap(&mut self) -> io::Result<()> {
        if self.margin.is_empty() {
            writeln!(self.out)?;
        }
        Ok(())
    }

    pub(in crate::report) fn paint(&self, style: Style, text: &str) -> String {
        if self.options.color {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }

    pub(in crate::report) fn folded(&mut self, count: usize, what: &str) -> io::Result<()> {
        if count == 0 {
            return Ok(());
        }
        let line = self.paint(DIM, &format!("  … {count} {what} (--verbose shows all)"));
        self.line(format_args!("{line}"))
    }

    pub(in crate::report) fn records(&mut self, records: &[RecordUse]) -> io::Result<()> {
        for (side, line) in records::lines(records, self.options.verbose) {
            self.prose(10, format_args!("  record {side}  {}", clean(&line)))?;
        }
        Ok(())
    }

    pub(in crate::report) fn causes(&mut self, findings: &[Finding]) -> io::Result<()> {
        let mut shown: Vec<&str> = Vec::new();
        let mut lines = 0;
        let mut hidden = 0;
        for finding in findings.iter().filter(|f| !f.knock_on) {
            if shown.contains(&finding.cause) {
                continue;
            }
            shown.push(finding.cause);
            if lines >= self.room[0] && !self.options.verbose {
                hidden += 1;
                continue;
            }
            let all: Vec<&Finding> = findings
                .iter()
                .filter(|f| !f.knock_on && f.cause == finding.cause)
                .collect();
            lines += self.cause(&all)?;
        }
        self.folded(hidden, "more causes")?;
        let mut follows: Vec<(&str, usize)> = Vec::new();
        for finding in findings.iter().filter(|f| f.knock_on) {
            match follows.iter_mut().find(|(cause, _)| *cause == finding.cause) {
                Some(known) => known.1 += finding.count,
                None => follows.push((finding.cause, finding.count)),
            }
        }
        if !follows.is_empty() {
            let list: Vec<String> = follows
                .iter()
                .map(|(cause, count)| whole(&format!("{count} × {cause}")))
                .collect();
            let what = match shown.as_slice() {
                [] => "what only follows from other differences",
                _ => "what follows from these",
            };
            let line = self.paint(DIM, &format!("{what}: {}", list.join(", ")));
            self.gap()?;
            self.prose(2, line)?;
            if self.options.verbose {
                for finding in findings.iter().filter(|f| f.knock_on) {
                    self.line(format_args!(
                        "  {}  {} × {}",
                        address_or_whole(&finding.address),
                        finding.count,
                        finding.cause
                    ))?;
                }
            }
        }
        Ok(())
    }

    fn cause(&mut self, all: &[&Finding]) -> io::Result<usize> {
        let Some(first) = all.first() else { return Ok(0) };
        let count: usize = all.iter().map(|f| f.count).sum();
        let times = if count == 1 {
            "once".to_owned()
        } else {
            format!("{count} times")
        };
        let name = self.paint(BOLD, first.cause);
        let (_, sure) = sure(all);
        self.gap()?;
        self.line(format_args!("{name}  {times}, {sure}"))?;
        self.prose(0, format_args!("  {}", first.summary))?;
        let mut lines = 3;
        let shown = if self.options.verbose { all.len() } else { 1 };
        for finding in all.iter().take(shown) {
            self.line(format_args!(
                "  {} {}",
                self.paint(color(AnsiColor::Cyan), address_or_whole(&finding.address)),
                self.paint(DIM, &format!("({})", finding.format))
            ))?;
            lines += 1 + self.sides([&finding.a, &finding.b], &finding.marks)?;
        }
        if all.len() > shown {
            let others: Vec<String> = all[shown..]
                .iter()
                .take(3)
                .map(|f| whole(address_or_whole(&f.address)))
                .collect();
            let more = if all.len() > shown + 3 {
                format!(" and {} more places", all.len() - shown - 3)
            } else {
                String::new()
            };
            let line = self.paint(DIM, &format!("also in {}{more}", others.join(", ")));
            self.prose(2, format_args!("  {line}"))?;
            lines += 1;
        }
        let fix = self.paint(color(AnsiColor::Green), "fix");
        self.prose(4, format_args!("  {fix} {}", first.fix))?;
        if let Some(command) = all.iter().find_map(|finding| finding.settle.as_ref()) {
            let settled = self.paint(color(AnsiColor::Green), "settled by");
            self.prose(4, format_args!("  {settled} {}", whole(command)))?;
            lines += 1;
        }
        Ok(lines + 1)
    }

    /// Places by container: of each the most telling few, so that one file does not hide the others.
    pub(in crate::report) fn places(&mut self, places: &[Place], count: usize) -> io::Result<()> {
        if places.is_empty() {
            return Ok(());
        }
        let title = self.paint(BOLD, &format!("unexplained: {}", counted(count, "difference")));
        self.gap()?;
        self.line(format_args!("{title}"))?;
        let container = |place: &Place| place.address[..place.container.min(place.address.len())].to_owned();
        let mut groups: Vec<(String, Vec<&Place>)> = Vec::new();
        for place in places {
            let name = container(place);
            match groups.iter_mut().find(|(known, _)| *known == name) {
                Some((_, members)) => members.push(place),
                None => groups.push((name, vec![place])),
            }
        }
        let few = if self.options.verbose {
            usize::MAX
        } else {
            (FEW * 4 / groups.len().max(1)).clamp(FEW, FEW * 4)
        };
        let mut lines = 0;
        let mut shown = 0;
        for (name, mut members) in groups {
            if lines >= self.room[1] && !self.options.verbose {
                break;
            }
            if !self.options.verbose {
                members.sort_by_key(|place| place.rank);
            }
            for place in members.iter().take(few) {
                let format = self.paint(DIM, &format!(" ({})", place.format));
                let address = self.paint(color(AnsiColor::Cyan), &whole(address_or_whole(&place.address)));
                self.prose(2, format_args!("  {address}{format}  {}", place.summary))?;
                lines += 1 + self.sides([&place.a, &place.b], &place.marks)?;
                shown += 1;
                if lines >= self.room[1] && !self.options.verbose {
                    break;
                }
            }
            let rest = members.len().saturating_sub(few);
            if rest > 0 && lines < self.room[1] {
                let line = self.paint(DIM, &format!("  … {rest} more in {}", address_or_whole(&name)));
                self.line(format_args!("{line}"))?;
                shown += rest;
                lines += 1;
            }
        }
        let limit = if self.options.verbose { places.len() } else { shown };
        if self.options.verbose && count > limit {
            return self.line(format_args!("  … {} more, not listed", count - limit));
        }
        self.folded(count.saturating_sub(limit), "more")
    }

    fn sides(&mut self, texts: [&str; 2], marks: &[Vec<(usize, usize)>; 2]) -> io::Result<usize> {
        let mut lines = 0;
        for (letter, style, text, marks) in [
            ("a", AnsiColor::Red, texts[0], &marks[0]),
            ("b", AnsiColor::Green, texts[1], &marks[1]),
        ] {
            if text.is_empty() {
                continue;
            }
            let mut start = 0;
            for (n, line) in text.split('\n').enumerate() {
                if n == self.block && !self.options.verbose {
                    self.line(format_args!("       …"))?;
                    lines += 1;
                    break;
                }
                let marked = self.marked(line, start, marks, color(style));
                let letter = if n == 0 { letter } else { " " };
                self.line(format_args!("    {letter}  {marked}"))?;
                lines += 1;
                start += line.len() + 1;
            }
        }
        Ok(lines)
    }

    /// The differing parts in colour, or between `⟦ ⟧` where there is none; a line that differs as a whole needs no marks.
    fn marked(&self, line: &str, start: usize, marks: &[(usize, usize)], style: Style) -> String {
        let mut out = String::new();
        let mut at = 0;
        let inside = marks.iter().filter(|m| m.0 < start + line.len() && m.1 > start);
        let mut ranges: Vec<(usize, usize)> = Vec::new();
        for m in inside {
            let (from, to) = (m.0.max(start) - start, m.1.min(start + line.len()) - start);
            match ranges.last_mut() {
                Some(last) if from <= last.1 + 1 && line.get(last.1..from).is_some_and(|gap| gap.trim().is_empty()) => {
                    last.1 = to;
                }
                _ => ranges.push((from, to)),
            }
        }
        if !self.options.color && matches!(ranges.as_slice(), [(0, end)] if *end == line.len()) {
            return line.to_owned();
        }
        for (from, to) in ranges {
            let (Some(before), Some(inside)) = (line.get(at..from), line.get(from..to)) else {
                continue;
            };
            out.push_str(before);
            out.push_str(&if self.options.color {
                self.paint(style.bold(), inside)
            } else {
                format!("⟦{inside}⟧")
            });
            at = to;
        }
        out.push_str(line.get(at..).unwrap_or_default());
        out
    }
}
