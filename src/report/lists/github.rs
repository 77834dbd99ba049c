//! GitHub Actions' workflow commands: annotations of files.
//!
//! # Specification
//! "Workflow commands for GitHub Actions" of GitHub's documentation. In values `%`, CR and LF are encoded, in properties `:` and `,` as
//! well; a step shows ten annotations of each level, so `annotate` prints no more, while `write` leaves nothing out.

use super::text::{clean_lines, cut, relative};
use crate::{
    model::{Level, Problem, ProblemReport},
    notation::clean,
};
use std::io::{self, Write};

/// Annotations of one level that a step shows.
const SHOWN: usize = 10;
/// Characters of a message.
const MESSAGE: usize = 4000;

/// All problems that are not accepted, and all troubles.
pub fn write(report: &ProblemReport, out: &mut dyn Write) -> io::Result<()> {
    commands(report, usize::MAX, out)
}

/// As many as GitHub shows, and how many there are besides.
pub fn annotate(report: &ProblemReport, out: &mut dyn Write) -> io::Result<()> {
    commands(report, SHOWN, out)
}

fn commands(report: &ProblemReport, shown: usize, out: &mut dyn Write) -> io::Result<()> {
    let of = |level| {
        let all = report.problems.iter();
        all.filter(move |problem| problem.level == level && problem.accepted.is_none())
    };
    let mut left = 0;
    for (path, reason) in report.troubles.iter().take(shown) {
        let text = format!("{}: {}", clean(path), clean_lines(reason));
        let title = property(report.command);
        writeln!(out, "::error title={title}::{}", data(&cut(&text, MESSAGE)))?;
    }
    left += report.troubles.len().saturating_sub(shown);
    for (level, taken) in [(Level::Error, report.troubles.len()), (Level::Warning, 0)] {
        let room = shown.saturating_sub(taken);
        for problem in of(level).take(room) {
            command(report, problem, out)?;
        }
        left += of(level).count().saturating_sub(room);
    }
    let notes = of(Level::Note).count();
    // One notice may have to say what is left out.
    let room = if left > 0 || notes > shown {
        shown.saturating_sub(1)
    } else {
        shown
    };
    for problem in of(Level::Note).take(room) {
        command(report, problem, out)?;
    }
    left += notes.saturating_sub(room);
    if left > 0 {
        let title = property(report.command);
        writeln!(out, "::notice title={title}::{left} more are in the report")?;
    }
    Ok(())
}

fn command(report: &ProblemReport, problem: &Problem, out: &mut dyn Write) -> io::Result<()> {
    let name = match problem.level {
        Level::Note => "notice",
        level => level.word(),
    };
    let mut text = clean(&problem.message);
    if let Some(fix) = problem.fix.as_deref().filter(|fix| !fix.is_empty()) {
        text.push_str(&format!("\nfix: {}", clean_lines(fix)));
    }
    write!(out, "::{name} file={}", property(relative(&problem.path)))?;
    if let Some(at) = problem.region {
        write!(out, ",line={},endLine={}", at.line, at.end_line)?;
        // Columns count only within one line.
        if at.line == at.end_line {
            write!(out, ",col={},endColumn={}", at.column, at.end_column)?;
        }
    }
    let title = format!("{}: {}", report.command, problem.rule);
    writeln!(out, ",title={}::{}", property(&title), data(&cut(&text, MESSAGE)))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
