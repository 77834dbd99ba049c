//! One HTML page without scripts or anything from outside: the verdict, a graph of who agrees, the table, the code that differs.

use super::{graph, words};
use crate::{
    model::{Changed, DdcLocalisation, DdcReport, Localised},
    report::parts::{
        html::frame::{class, escape as text, heading, page},
        words::counted,
    },
};
use std::io::{self, Write};

/// The report as a page.
pub fn write(report: &DdcReport, out: &mut dyn Write) -> io::Result<()> {
    let (word, style) = words::verdict(report);
    page(
        &format!("repro ddc: {word}"),
        |out| body(report, word, class(style), out),
        out,
    )
}

fn body(report: &DdcReport, word: &str, class: &str, out: &mut dyn Write) -> io::Result<()> {
    heading("repro ddc", (word, class), &report.claim, out)?;
    writeln!(out, "<p>{}</p>\n</header>", text(&report.reason))?;
    if let Some(subject) = &report.subject {
        let regeneration = report.regeneration.as_deref().unwrap_or("it was not regenerated");
        writeln!(out, "<p>c_A is <code>{subject}</code>; {}</p>", text(regeneration))?;
    }
    graph::write(report, out)?;
    table(report, out)?;
    chain(report, out)?;
    writeln!(out, "<h2>What this proves</h2>\n<p>{}</p>", text(&report.proves))?;
    writeln!(
        out,
        "<h2>What it does not prove</h2>\n<p>{}</p>",
        text(&report.does_not_prove)
    )?;
    if !report.advice.is_empty() {
        writeln!(out, "<h2>What to try</h2>\n<ul>")?;
        for advice in &report.advice {
            writeln!(out, "<li>{}</li>", text(advice))?;
        }
        writeln!(out, "</ul>")?;
    }
    for found in &report.localised {
        writeln!(
            out,
            "<h2>By way of {}: {}</h2>",
            text(&found.toolchain),
            text(&words::localised(found))
        )?;
        for object in &found.differ {
            self::object(found, object, out)?;
        }
        for line in found.failed.iter().chain(&found.unread) {
            writeln!(out, "<p>{}</p>", text(line))?;
        }
    }
    behaviour(report, out)?;
    inputs(report, out)
}

fn table(report: &DdcReport, out: &mut dyn Write) -> io::Result<()> {
    let columns = words::columns(report);
    write!(
        out,
        "<h2>Stages</h2>\n<div class=\"scroll\"><table><tr><th>toolchain<th>lineage"
    )?;
    for name in &columns {
        write!(out, "<th>{name}")?;
    }
    writeln!(out, "<th>verdict<th>why</tr>")?;
    for toolchain in &report.toolchains {
        write!(
            out,
            "<tr><td>{}<td>{}",
            text(&toolchain.id),
            text(&words::lineage(&toolchain.lineage))
        )?;
        for what in &columns {
            write!(out, "<td><code>{}</code>", text(&words::stage(report, toolchain, what)))?;
        }
        let (word, style) = words::of(toolchain.verdict);
        writeln!(
            out,
            "<td class=\"{}\">{word}<td>{}</tr>",
            class(style),
            text(&toolchain.why)
        )?;
    }
    writeln!(out, "</table></div>")
}

fn chain(report: &DdcReport, out: &mut dyn Write) -> io::Result<()> {
    if report.generations.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "<h2>Chain</h2>\n<p>Each makes the next.</p>\n<div class=\"scroll\"><table>"
    )?;
    for [name, digest, said] in words::chain(report) {
        let style = match report.breaks_at.as_ref() == Some(&name) {
            true => " class=\"red\"",
            false => "",
        };
        writeln!(
            out,
            "<tr><td{style}>{}<td><code>{digest}</code><td>{}</tr>",
            text(&name),
            text(&said)
        )?;
    }
    writeln!(out, "</table></div>")
}

fn object(found: &DdcLocalisation, object: &Localised, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "<h3><code>{}</code>: {}</h3>",
        text(&object.name),
        text(&words::object(found, object))
    )?;
    writeln!(out, "<ul>")?;
    for line in words::listed(found, object) {
        writeln!(out, "<li>{}</li>", text(&line))?;
    }
    writeln!(out, "</ul>")?;
    for Changed { name, a, b, .. } in object.changed_functions.iter().chain(&object.changed_data) {
        writeln!(out, "<p><code>{}</code></p>\n<div class=\"sides\">", text(name))?;
        for (side, lines) in [(&found.a, a), (&found.b, b)] {
            writeln!(out, "<div>{}<pre>{}</pre></div>", text(side), text(&lines.join("\n")))?;
        }
        writeln!(out, "</div>")?;
    }
    Ok(())
}

fn behaviour(report: &DdcReport, out: &mut dyn Write) -> io::Result<()> {
    if report.behaviour.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "<h2>What the programs do otherwise</h2>\n<div class=\"scroll\"><table>"
    )?;
    for found in &report.behaviour {
        write!(out, "<tr><td>{}<td>{}", text(&found.run), text(&found.what))?;
        for [id, what] in [&found.a, &found.b] {
            write!(out, "<td>{}: <code>{}</code>", text(id), text(what))?;
        }
        writeln!(out, "</tr>")?;
    }
    writeln!(out, "</table></div>")
}

fn inputs(report: &DdcReport, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "<h2>Inputs</h2>\n<p>Source <code>{}</code>; kernel {}.</p>",
        report.source,
        text(&report.kernel)
    )?;
    writeln!(
        out,
        "<details><summary>{} opened on the machine</summary>\n<div class=\"scroll\"><table>",
        counted(report.inputs.len(), "file")
    )?;
    for input in &report.inputs {
        writeln!(
            out,
            "<tr><td>{}<td><code>{}</code><td><code>{}</code><td>{}</tr>",
            input.role,
            text(&input.path),
            words::short(&input.sha256),
            text(&input.used_by.join(", "))
        )?;
    }
    writeln!(out, "</table></div></details>")
}
