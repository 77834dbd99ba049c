//! Text for a terminal: each place with its line of code, why it matters and what to write instead.

use super::words::{counts, help, summary};
use crate::{
    model::{Level, LintFinding, LintReport},
    notation::{clean, unseen},
    report::{
        format::Options,
        parts::text::{BOLD, DIM, color},
        wrap::{whole, wrapped},
    },
};
use anstyle::{AnsiColor, Style};
use std::{
    collections::BTreeSet,
    io::{self, Write},
};

/// Columns of a line of code.
const TAB: usize = 4;

/// The report as text. Why a rule matters is told where it is first met.
pub fn write(report: &LintReport, options: Options, out: &mut dyn Write) -> io::Result<()> {
    let paint = |style: Style, text: &str| match options.color {
        true => format!("{style}{text}{style:#}"),
        false => text.to_owned(),
    };
    let prose = |hang: usize, text: &str, out: &mut dyn Write| writeln!(out, "{}", wrapped(text, hang, options.width));
    let mut told: BTreeSet<&str> = BTreeSet::new();
    for finding in &report.findings {
        let region = &finding.region;
        let style = color(shade(finding.level)).bold();
        let place = whole(&format!("{}:{}:{}", clean(&finding.path), region.line, region.column));
        let (place, rule) = (
            paint(BOLD, &place),
            paint(style, &format!("{}[{}]", finding.level.word(), finding.rule)),
        );
        prose(2, &format!("{place}: {rule} {}", clean(&finding.message)), out)?;
        let (code, carets) = code(finding);
        let number = region.line.to_string();
        let margin = " ".repeat(number.len());
        let bar = paint(DIM, "|");
        writeln!(out, " {margin} {bar}")?;
        writeln!(out, " {} {bar} {code}", paint(DIM, &number))?;
        writeln!(out, " {margin} {bar} {}", paint(style, &carets))?;
        if told.insert(finding.rule)
            && let Some(rule) = help(report, finding)
        {
            let word = paint(color(AnsiColor::Blue), "why");
            prose(4, &format!(" {margin} {word} {}", rule.why), out)?;
        }
        let certain = match finding.edit {
            Some(_) => paint(DIM, " (--fix does it)"),
            None => String::new(),
        };
        let word = paint(color(AnsiColor::Green), "fix");
        prose(4, &format!(" {margin} {word} {}{certain}", finding.fix), out)?;
        writeln!(out)?;
    }
    if options.quiet {
        return Ok(());
    }
    for skipped in &report.skipped {
        // What is made by programs is many files and no news; the others are told by name.
        if options.verbose || skipped.reason != "generated" {
            let paths: Vec<String> = skipped.paths.iter().map(|path| whole(&clean(path))).collect();
            let more = match skipped.count > paths.len() {
                true => format!(" and {} more", skipped.count - paths.len()),
                false => String::new(),
            };
            let line = format!("skipped, {}: {}{more}", skipped.reason, paths.join(", "));
            prose(2, &line, out)?;
        }
    }
    if options.verbose {
        for allowed in &report.allowed {
            let at = &allowed.finding;
            let (path, region) = (whole(&clean(&at.path)), &at.region);
            let place = format!("{path}:{}:{} {}", region.line, region.column, at.rule);
            let line = format!("allowed {place}: {} ({})", clean(&allowed.reason), allowed.by);
            prose(2, &line, out)?;
        }
    }
    let style = match report.summary.findings {
        0 => color(AnsiColor::Green).bold(),
        _ => color(AnsiColor::Red).bold(),
    };
    prose(2, &paint(style, &summary(report)), out)
}

/// How often each rule has found something.
pub fn statistics(report: &LintReport, quiet: bool, out: &mut dyn Write) -> io::Result<()> {
    for (rule, count) in counts(report) {
        let what = report.rules.iter().find(|known| known.id == rule);
        writeln!(
            out,
            "{count:>7}  {rule:26} {}",
            what.map_or("", |rule| rule.what.as_str())
        )?;
    }
    match quiet {
        true => Ok(()),
        false => writeln!(out, "{}", summary(report)),
    }
}

fn shade(level: Level) -> AnsiColor {
    match level {
        Level::Error => AnsiColor::Red,
        Level::Warning => AnsiColor::Yellow,
        Level::Note => AnsiColor::Cyan,
    }
}

/// The line of code with tabs as blanks, and carets under the place.
fn code(finding: &LintFinding) -> (String, String) {
    let mut code = String::new();
    let mut carets = String::new();
    let place = &finding.marked;
    for (index, c) in finding.snippet.chars().enumerate() {
        let width = if c == '\t' { TAB } else { 1 };
        match c {
            '\t' => code.push_str(&" ".repeat(TAB)),
            c => code.push(safe(c)),
        }
        if index < place.end {
            let caret = if place.contains(&index) { "^" } else { " " };
            carets.push_str(&caret.repeat(width));
        }
    }
    if carets.trim_end().is_empty() {
        carets.push('^');
    }
    (code.trim_end().to_owned(), carets.trim_end().to_owned())
}

/// A character of a line of code, at its place: what a terminal must not get is replaced by one of the same width.
fn safe(c: char) -> char {
    match c {
        // How the emoji before it looks: lines of scripts have many.
        '\u{fe0f}' => c,
        c if unseen(c) => '\u{fffd}',
        c => c,
    }
}
