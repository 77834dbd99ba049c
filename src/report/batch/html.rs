//! One page that needs nothing else.

use super::{Batch, Room, words};
use crate::{
    model::BatchLine,
    notation::clip,
    report::parts::html::{
        frame::{class, escape, heading, page, sentence},
        room::number,
        sections::LINE,
    },
};
use std::io::{self, Write};

/// Rows of a table; the page says how many are left out.
const MOST: usize = 2_000;

/// The report as a page.
pub(super) fn write(batch: &Batch<'_>, out: &mut dyn Write) -> io::Result<()> {
    let title = format!("repro merge: {}", batch.found.verdict);
    page(&title, |out| body(batch, out), out)
}

fn body(batch: &Batch<'_>, out: &mut dyn Write) -> io::Result<()> {
    let report = batch.found;
    let color = class(words::color(report.verdict));
    heading(
        "repro merge",
        (report.verdict, color),
        &clip(&words::summary(report), LINE),
        out,
    )?;
    for (what, text) in words::gaps(report) {
        writeln!(out, "<p class=\"magenta\">{what}: {}</p>", escape(&clip(&text, LINE)))?;
    }
    if let Some(cost) = &report.cost {
        let items = report.list.items - report.missing.items;
        writeln!(out, "<p class=\"dim\">cost: {}</p>", words::cost(cost, items))?;
    }
    writeln!(out, "</header>")?;
    table("Verdicts", &words::verdicts(report), out)?;
    table("Found", &words::rules(report), out)?;
    items(batch, out)?;
    writeln!(
        out,
        "<footer class=\"dim\">Of the list with SHA-256 <code>{}</code>, by repro {}. This page loads nothing and can be kept or sent as one file.</footer>",
        escape(&report.list.sha256),
        escape(&report.version)
    )
}

fn table(title: &str, rows: &[(&str, usize)], out: &mut dyn Write) -> io::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "<section><h2>{title}</h2>\n<table><thead><tr><th></th><th>items</th></tr></thead><tbody>"
    )?;
    for (word, count) in rows.iter().take(MOST) {
        let (word, count) = (escape(word), number(*count as u64));
        writeln!(out, "<tr><td><code>{word}</code></td><td>{count}</td></tr>")?;
    }
    writeln!(out, "</tbody></table></section>")
}

/// What is not well, the worst first.
fn items(batch: &Batch<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut room = Room::new(MOST);
    let mut begun = false;
    for exit in [2, 1] {
        (batch.items)(Some(exit), &mut |line| {
            if !room.take() {
                return Ok(());
            }
            if !begun {
                writeln!(
                    out,
                    "<section><h2>Items</h2>\n<table class=\"stack\"><thead><tr><th>item</th><th>verdict</th><th>what</th></tr></thead><tbody>"
                )?;
                begun = true;
            }
            row(&line, out)
        })?;
    }
    if begun {
        writeln!(out, "</tbody></table></section>")?;
    }
    match room.hidden {
        0 => Ok(()),
        more => writeln!(
            out,
            "<p>{} more are not shown: the JSON report has them.</p>",
            number(more as u64)
        ),
    }
}

fn row(line: &BatchLine, out: &mut dyn Write) -> io::Result<()> {
    let color = class(words::item_color(line.exit));
    let (item, verdict) = (clip(&line.item, LINE), clip(&line.verdict, LINE));
    write!(
        out,
        "<tr><td><code>{}</code></td><td class=\"{color}\">{}</td><td>{}",
        escape(&item),
        escape(&verdict),
        escape(&clip(&line.summary, LINE))
    )?;
    let fixes = line
        .problems
        .iter()
        .filter_map(|problem| Some((&problem.rule, problem.fix.as_deref()?)));
    let fixes: Vec<_> = fixes.filter(|(_, fix)| !fix.is_empty()).collect();
    if !fixes.is_empty() {
        writeln!(out, "<details><summary>fix</summary><ul>")?;
        for (rule, fix) in fixes {
            writeln!(
                out,
                "<li><code>{}</code>: {}</li>",
                escape(rule),
                sentence(&clip(fix, LINE))
            )?;
        }
        write!(out, "</ul></details>")?;
    }
    writeln!(out, "</td></tr>")
}
