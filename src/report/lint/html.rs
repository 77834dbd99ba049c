//! One page that needs nothing else, and runs no script: findings by rule, each with its code.

use super::{counts, summary, word};
use crate::model::{LintFinding, LintReport};
use std::{
    fmt::Write as _,
    io::{self, Write},
};

/// Places that are written out; the page says how many are not.
const MOST: usize = 3_000;

const STYLE: &str = "
:root{color-scheme:light dark;--line:#8884;--mark:#e5534b;--soft:#8882}
body{font:16px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem}
code,pre{font:13px/1.5 ui-monospace,monospace}
table{border-collapse:collapse}td,th{padding:.2rem .8rem .2rem 0;text-align:left;border-bottom:1px solid var(--line);vertical-align:top}
pre{background:var(--soft);padding:.5rem .8rem;margin:.2rem 0 1rem;overflow-x:auto;border-radius:4px}
mark{background:none;color:inherit;border-bottom:2px solid var(--mark);font-weight:bold}
summary{cursor:pointer;font-weight:600;margin:.6rem 0}
.error{color:#d1242f}.warning{color:#9a6700}.note{color:#0969da}
@media(prefers-color-scheme:dark){.error{color:#ff7b72}.warning{color:#d29922}.note{color:#79c0ff}}
";

/// The report as a page.
pub fn write(report: &LintReport, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n\
        <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
        <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
        <title>repro lint</title><style>{STYLE}</style></head><body><main>\n<h1>repro lint</h1>\n<p>{}</p>",
        escape(&summary(report))
    )?;
    let counts = counts(report);
    if !counts.is_empty() {
        writeln!(out, "<table><thead><tr><th>rule<th>times<th>what</thead><tbody>")?;
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
                escape(&help.what),
                escape(&help.why),
                escape(&help.fix)
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
        writeln!(out, "<section><h2>Allowed</h2><table><tbody>")?;
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
        writeln!(out, "</tbody></table></section>")?;
    }
    for trouble in &report.troubles {
        writeln!(
            out,
            "<p>Not read: <code>{}</code>: {}</p>",
            escape(&trouble.path),
            escape(&trouble.reason)
        )?;
    }
    writeln!(out, "</main></body></html>")
}

fn place(finding: &LintFinding, out: &mut dyn Write) -> io::Result<()> {
    let part = |from: usize, to: usize| -> String {
        let characters = finding.snippet.chars().skip(from).take(to.saturating_sub(from));
        escape(&characters.collect::<String>())
    };
    let marked = &finding.marked;
    writeln!(
        out,
        "<div><code>{}:{}:{}</code> <span class=\"{}\">{}</span> {}</div><pre>{}<mark>{}</mark>{}</pre>",
        escape(&finding.path),
        finding.region.line,
        finding.region.column,
        word(finding.level),
        word(finding.level),
        escape(&finding.message),
        part(0, marked.start),
        part(marked.start, marked.end),
        part(marked.end, usize::MAX)
    )
}

/// Text that is only text to a browser. What turns the direction of writing is shown as a number.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' => out.push('\t'),
            c if c.is_control()
                || matches!(c, '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}') =>
            {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}
