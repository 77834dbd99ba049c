//! The page of `repro rebuild`: the verdict, both files, the evidence, the plan, what differs.

use super::words;
use crate::{
    model::{PublishedReport, PublishedVerdict},
    notation::clip,
    report::parts::html::{
        colors::Colors,
        frame::{class, escape, heading},
        room::{LeftOut, Rooms, number},
        sections::{LINE, Sections, UNKNOWN, page},
    },
};
use std::io::{self, Write};

/// The report as a page.
pub fn write(report: &PublishedReport, out: &mut dyn Write) -> io::Result<()> {
    let title = format!("repro rebuild: {}", report.verdict.word());
    page(&title, |out| body(report, out), out)
}

fn body(report: &PublishedReport, out: &mut dyn Write) -> io::Result<()> {
    let (mut colors, mut left_out, mut sections) = (Colors::default(), LeftOut::default(), Vec::new());
    if let Some(diff) = &report.diff {
        colors.add(&diff.findings, diff.unexplained_count);
        let parts = Sections {
            layouts: diff.layout.iter().collect(),
            findings: &diff.findings,
            unexplained: &diff.unexplained,
            unexplained_count: diff.unexplained_count,
            open: UNKNOWN,
        };
        parts.write(&colors, ("", 2), &mut Rooms::page(), &mut left_out, &mut sections)?;
    }
    let (word, color) = words::verdict(report.verdict);
    heading("repro rebuild", (word, class(color)), &clip(&report.summary, LINE), out)?;
    writeln!(
        out,
        "<table class=\"pair\"><thead><tr><th><span class=\"dim\">side</span></th><th>file</th><th>size</th><th>SHA-256</th></tr></thead><tbody>"
    )?;
    for (letter, file) in [("a", &report.artifact), ("b", &report.rebuilt)] {
        if let Some(file) = file {
            writeln!(
                out,
                "<tr><td><span class=\"tag {letter}\">{letter}</span></td><td><code>{}</code></td><td>{} bytes</td><td><code>{}</code></td></tr>",
                escape(&clip(&file.path, LINE)),
                number(file.size),
                escape(&file.sha256)
            )?;
        }
    }
    writeln!(out, "</tbody></table>")?;
    if let Some(line) = left_out.line() {
        writeln!(out, "<p class=\"note\">{}</p>", escape(&line))?;
    }
    writeln!(out, "</header>")?;
    if report.diff.is_some() && report.verdict != PublishedVerdict::Identical {
        colors.bar(&[], out)?;
    }
    told(report, out)?;
    out.write_all(&sections)?;
    writeln!(
        out,
        "<footer class=\"dim\">Made by {} {}. This page loads nothing and can be kept or sent as one file.</footer>",
        report.tool.name, report.tool.version
    )
}

/// Evidence, plan, tries and failure.
fn told(report: &PublishedReport, out: &mut dyn Write) -> io::Result<()> {
    let facts = report
        .evidence
        .iter()
        .map(|fact| (fact.what.clone(), format!("{} ({})", fact.value, fact.place)));
    table("What it says of its build", facts.collect(), out)?;
    if let Some(plan) = &report.plan {
        let mut rows: Vec<(String, String)> = words::plan(plan)
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        let tries = words::tries(report).iter();
        rows.extend(tries.map(|tried| ("tried".to_owned(), words::tried(tried))));
        table("How it was built again", rows, out)?;
    }
    let more = report
        .failure
        .iter()
        .map(|failure| ("failure".to_owned(), failure.clone()));
    let notes = report.notes.iter().map(|note| ("note".to_owned(), note.clone()));
    table("What else is to be known", more.chain(notes).collect(), out)
}

fn table(title: &str, rows: Vec<(String, String)>, out: &mut dyn Write) -> io::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(out, "<section><h2>{title}</h2>\n<table><tbody>")?;
    for (name, value) in rows {
        let (name, value) = (clip(&name, LINE), clip(&value, LINE));
        writeln!(out, "<tr><td>{}</td><td>{}</td></tr>", escape(&name), escape(&value))?;
    }
    writeln!(out, "</tbody></table></section>")
}
