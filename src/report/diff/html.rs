//! The page of `repro diff`: the verdict, both sides, what was found, what was not compared.

use super::text;
use crate::{
    model::{Artifact, DiffReport, Undetermined, Verdict},
    notation::clip,
    report::parts::{
        html::{
            colors::Colors,
            frame::{class, escape, heading},
            room::{LeftOut, Room, Rooms, number},
            sections::{LINE, Sections, UNKNOWN, page},
        },
        records,
        words::address_or_whole,
    },
};
use std::io::{self, Write};

/// The report as a page.
pub fn write(report: &DiffReport, out: &mut dyn Write) -> io::Result<()> {
    let (word, color, rest) = text::verdict(report);
    let title = format!("repro diff: {word}");
    page(&title, |out| body(report, (word, class(color), &rest), out), out)
}

fn body(report: &DiffReport, (word, class, rest): (&str, &str, &str), out: &mut dyn Write) -> io::Result<()> {
    let mut colors = Colors::default();
    colors.add(&report.findings, report.unexplained_count);
    let (mut rooms, mut left_out, mut sections) = (Rooms::page(), LeftOut::default(), Vec::new());
    let parts = Sections {
        layouts: report.layout.iter().collect(),
        findings: &report.findings,
        unexplained: &report.unexplained,
        unexplained_count: report.unexplained_count,
        open: UNKNOWN,
    };
    parts.write(&colors, ("", 2), &mut rooms, &mut left_out, &mut sections)?;
    undetermined(&report.undetermined, &mut rooms.other, &mut left_out, &mut sections)?;

    heading("repro diff", (word, class), &clip(rest, LINE), out)?;
    writeln!(
        out,
        "<table class=\"pair\"><thead><tr><th><span class=\"dim\">side</span></th><th>path</th><th>size</th><th>SHA-256</th></tr></thead><tbody>"
    )?;
    for (letter, Artifact { path, sha256, size }) in [("a", &report.a), ("b", &report.b)] {
        writeln!(
            out,
            "<tr><td><span class=\"tag {letter}\">{letter}</span></td><td><code>{}</code></td><td>{} bytes</td><td><code>{}</code></td></tr>",
            escape(&clip(path, LINE)),
            number(*size),
            escape(sha256)
        )?;
    }
    writeln!(out, "</tbody></table>")?;
    for (side, line) in records::lines(&report.records, false) {
        writeln!(out, "<p>record {side}: {}</p>", escape(&clip(&line, LINE)))?;
    }
    if let Some(line) = left_out.line() {
        writeln!(out, "<p class=\"note\">{}</p>", escape(&line))?;
    }
    writeln!(out, "</header>")?;
    if report.verdict != Verdict::Identical {
        colors.bar(&[], out)?;
    }
    out.write_all(&sections)?;
    writeln!(
        out,
        "<footer class=\"dim\">Made by {} {}. This page loads nothing and can be kept or sent as one file.</footer>",
        report.tool.name, report.tool.version
    )
}

fn undetermined(all: &[Undetermined], room: &mut Room, left_out: &mut LeftOut, out: &mut dyn Write) -> io::Result<()> {
    if all.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "<section><h2>Not compared <span class=\"dim\">{}</span></h2>\n<ul>",
        number(all.len() as u64)
    )?;
    for item in all {
        let mut piece = Vec::new();
        writeln!(
            piece,
            "<li><code>{}</code> {}</li>",
            escape(&clip(address_or_whole(&item.address), LINE)),
            escape(&clip(&item.reason, LINE))
        )?;
        if !room.put(&piece, out)? {
            left_out.lines += 1;
        }
    }
    writeln!(out, "</ul></section>")
}
