//! One page that needs nothing else, and runs no script: findings by rule, each with its code.

use super::words::{counts, summary};
use crate::{
    model::{LintFinding, LintReport},
    report::parts::html::frame::{Frame, escape, heading, sentence},
};
use std::io::{self, Write};

/// Places that are written out; the page says how many are not.
const MOST: usize = 3_000;

const STYLE: &str = "\
pre{margin:.2rem 0 1rem}mark{background:var(--mark);color:inherit;border-radius:2px}summary{font-weight:600;margin:.6rem 0}\
.error{color:var(--red)}.warning{color:var(--yellow)}.note{color:var(--link)}";

/// The report as a page.
pub fn write(report: &LintReport, out: &mut dyn Write) -> io::Result<()> {
    let frame = Frame {
        title: "repro lint",
        style: STYLE,
        ..Frame::default()
    };
    frame.write(|out| body(report, out), out)
}

fn body(report: &LintReport, out: &mut dyn Write) -> io::Result<()> {
    let verdict = match report.summary.findings {
        0 => ("clean", "green"),
        _ => ("findings", "red"),
    };
    heading("repro lint", verdict, &summary(report), out)?;
    writeln!(out, "</header>")?;
    let counts = counts(report);
    if !counts.is_empty() {
        writeln!(
            out,
            "<table class=\"stack\"><thead><tr><th>rule<th>times<th>what</thead><tbody>"
        )?;
        for (rule, count) in &counts {
            let what = report.rules.iter().find(|known| known.id == *rule);
            let what = what.map_or("", |known| known.what.as_str());
            writeln!(
                out,
                "<tr><td><a href=\"#{rule}\">{rule}</a><td>{count}<td>{}",
                escape(what)
            )?;
        }
        writeln!(out, "</tbody></table>")?;
    }
    let mut left = MOST;
    for (rule, count) in &counts {
        writeln!(out, "<section id=\"{rule}\"><h2>{rule}</h2>")?;
        if let Some(help) = report.rules.iter().find(|known| known.id == *rule) {
            writeln!(
                out,
                "<p>{} {}</p><p><b>Fix:</b> {}</p>",
                sentence(&help.what),
                sentence(&help.why),
                sentence(&help.fix)
            )?;
        }
        writeln!(out, "<details open><summary>{count} × {rule}</summary>")?;
        for finding in report
            .findings
            .iter()
            .filter(|finding| finding.rule == *rule)
            .take(left)
        {
            place(finding, out)?;
        }
        if *count > left {
            writeln!(out, "<p>{} more are not shown.</p>", count - left)?;
        }
        left = left.saturating_sub(*count);
        writeln!(out, "</details></section>")?;
    }
    if !report.allowed.is_empty() {
        writeln!(out, "<section><h2>Allowed</h2><table class=\"stack\"><tbody>")?;
        for allowed in report.allowed.iter().take(MOST) {
            let finding = &allowed.finding;
            writeln!(
                out,
                "<tr><td>{}<td><code>{}:{}</code><td>{}",
                finding.rule,
                escape(&finding.path),
                finding.region.line,
                escape(&allowed.reason)
            )?;
        }
        writeln!(out, "</tbody></table>")?;
        not_shown(report.allowed.len(), out)?;
        writeln!(out, "</section>")?;
    }
    for trouble in report.troubles.iter().take(MOST) {
        writeln!(
            out,
            "<p>Not read: <code>{}</code>: {}</p>",
            escape(&trouble.path),
            escape(&trouble.reason)
        )?;
    }
    not_shown(report.troubles.len(), out)
}

fn not_shown(all: usize, out: &mut dyn Write) -> io::Result<()> {
    match all.saturating_sub(MOST) {
        0 => Ok(()),
        more => writeln!(out, "<p>{more} more are not shown.</p>"),
    }
}

fn place(finding: &LintFinding, out: &mut dyn Write) -> io::Result<()> {
    let part = |from: usize, to: usize| -> String {
        let characters = finding.snippet.chars().skip(from).take(to.saturating_sub(from));
        escape(&characters.collect::<String>()).to_string()
    };
    let marked = &finding.marked;
    writeln!(
        out,
        "<div><code>{}:{}:{}</code> <span class=\"{}\">{}</span> {}</div><pre>{}<mark>{}</mark>{}</pre>",
        escape(&finding.path),
        finding.region.line,
        finding.region.column,
        finding.level.word(),
        finding.level.word(),
        escape(&finding.message),
        part(0, marked.start),
        part(marked.start, marked.end),
        part(marked.end, usize::MAX)
    )
}
