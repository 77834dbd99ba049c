//! The page of `repro build`: the answer, a section for each guilty set of variations, then the experiment.

use super::{
    failure, fixes,
    words::{self, shell},
};
use crate::{
    model::{Guilty, RebuildReport},
    notation::{clean, clip},
    report::parts::html::{
        causes::copied,
        colors::Colors,
        frame::{class, escape, heading},
        room::{LeftOut, Rooms, number},
        sections::{LINE, Sections, page},
    },
};
use std::io::{self, Write};

/// Sections of guilty sets and unstable artifacts.
const SECTIONS: usize = 100;

/// The report as a page.
pub fn write(report: &RebuildReport, out: &mut dyn Write) -> io::Result<()> {
    let (word, color, rest) = words::answer(report);
    let title = format!("repro build: {word}");
    page(&title, |out| body(report, (word, class(color), &rest), out), out)
}

fn body(report: &RebuildReport, (word, class, rest): (&str, &str, &str), out: &mut dyn Write) -> io::Result<()> {
    let mut colors = Colors::default();
    for unstable in &report.unstable {
        colors.add(&unstable.findings, unstable.unexplained.len());
    }
    for guilty in &report.guilty {
        colors.add(&guilty.findings, guilty.unexplained.len());
    }
    let (mut rooms, mut left_out, mut sections) = (Rooms::page(), LeftOut::default(), Vec::new());
    let count = report.unstable.len() + report.guilty.len();
    for (n, unstable) in report.unstable.iter().take(SECTIONS).enumerate() {
        let head = format!(
            "<h2><code>{}</code> differs between two builds in the same environment</h2>",
            escape(&clip(&clean(&unstable.artifact), LINE))
        );
        let parts = Sections {
            layouts: unstable.layouts.iter().collect(),
            findings: &unstable.findings,
            unexplained: &unstable.unexplained,
            unexplained_count: unstable.unexplained.len(),
            open: OPEN,
        };
        let mut share = rooms.share(count.min(SECTIONS) - n);
        section(
            n,
            head.into_bytes(),
            &parts,
            &colors,
            &mut share,
            &mut left_out,
            &mut sections,
        )?;
        rooms.rejoin(share);
    }
    let rest_of = SECTIONS.saturating_sub(report.unstable.len());
    for (n, guilty) in report.guilty.iter().take(rest_of).enumerate() {
        let n = n + report.unstable.len();
        let parts = Sections {
            layouts: guilty.layouts.iter().collect(),
            findings: &guilty.findings,
            unexplained: &guilty.unexplained,
            unexplained_count: guilty.unexplained.len(),
            open: OPEN,
        };
        let mut share = rooms.share(count.min(SECTIONS) - n);
        section(
            n,
            head(report, guilty)?,
            &parts,
            &colors,
            &mut share,
            &mut left_out,
            &mut sections,
        )?;
        rooms.rejoin(share);
    }
    left_out.lines += count.saturating_sub(SECTIONS);
    experiment(report, &mut rooms, &mut left_out, &mut sections)?;

    heading("repro build", (word, class), &clip(rest, LINE), out)?;
    for secret in &report.secrets {
        for place in secret.found.iter().take(10) {
            writeln!(
                out,
                "<p class=\"note\"><b>secret-in-artifact</b>: {} is in <code>{}</code> at byte {}, as {}</p>",
                escape(&secret.name),
                escape(&clip(&clean(&place.address), LINE)),
                place.offset,
                escape(place.form)
            )?;
        }
    }
    let hints = failure::failed(report).into_iter().flat_map(failure::hints);
    let hints = hints.map(|(what, fix)| (what, Some(fix)));
    for (what, fix) in hints.chain(failure::pins(report)) {
        let fix = fix.map_or_else(String::new, |fix| format!(" <b>Fix:</b> {}", escape(&fix)));
        writeln!(out, "<p class=\"note\">{}.{fix}</p>", escape(&what))?;
    }
    if let Some(line) = left_out.line() {
        writeln!(out, "<p class=\"note\">{}</p>", escape(&line))?;
    }
    writeln!(out, "</header>")?;
    if count > 0 {
        colors.bar(&[], out)?;
    }
    out.write_all(&sections)?;
    writeln!(
        out,
        "<footer class=\"dim\">{}; seed {}. Made by {} {}. This page loads nothing and can be kept or sent as one file.</footer>",
        escape(&words::cost(report)),
        report.plan.seed,
        report.tool.name,
        report.tool.version
    )
}

/// What no cause accounts for is no attack where one builds both sides oneself.
const OPEN: &str = "No known cause accounts for these bytes. Both sides were built here of the same source, so the build itself writes them.";

fn section(
    n: usize,
    head: Vec<u8>,
    parts: &Sections<'_>,
    colors: &Colors,
    rooms: &mut Rooms,
    left_out: &mut LeftOut,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut opened = format!("<section class=\"artifact group\" id=\"section-{n}\">").into_bytes();
    opened.extend(head);
    if !rooms.other.put(&opened, out)? {
        left_out.lines += 1;
        return Ok(());
    }
    parts.write(colors, (&format!("section-{n}-"), 3), rooms, left_out, out)?;
    writeln!(out, "</section>")
}

fn head(report: &RebuildReport, guilty: &Guilty) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    let line = |text: &str| escape(&clip(text, LINE)).to_string();
    writeln!(
        out,
        "<h2><code>{}</code> {}</h2>\n<ul>\n<li>how known: {}</li>",
        line(&guilty.variations.join(" + ")),
        line(&words::effect(guilty, guilty.variations.len() > 1)),
        line(&words::confirmed(report, guilty))
    )?;
    let names: Vec<String> = guilty.artifacts.iter().take(20).map(|name| clean(name)).collect();
    if !names.is_empty() {
        let more = match guilty.artifacts.len() - names.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        writeln!(
            out,
            "<li>artifacts: <code>{}</code>{more}</li>",
            line(&names.join(", "))
        )?;
    }
    if let Some(first) = &guilty.first {
        writeln!(
            out,
            "<li>starts in <code>{}</code>, written by <code>{}</code></li>",
            line(&clean(&first.path)),
            line(&shell(&first.command))
        )?;
        for (n, link) in first.chain.iter().enumerate() {
            if n > 0 {
                writeln!(
                    out,
                    "<li>leads to <code>{}</code>, by <code>{}</code></li>",
                    line(&clean(&link.path)),
                    line(&shell(&link.command))
                )?;
            }
            if let Some(different) = &link.line {
                let shown = |text: &str| format!("<code>{}</code>", line(text));
                writeln!(out, "<li>{}</li>", words::line(different, shown))?;
            }
        }
    }
    for offer in fixes::offers(guilty) {
        writeln!(out, "<li>{}</li>", line(&offer))?;
    }
    for fix in fixes::mending(guilty) {
        writeln!(out, "<li><b>proved</b>: {}</li>", line(&fixes::proved(fix)))?;
    }
    for tried in fixes::tried(report, guilty, false) {
        writeln!(out, "<li>{}</li>", line(&tried))?;
    }
    writeln!(out, "</ul>")?;
    if let Some(run) = report.runs.iter().find(|run| run.id == guilty.only) {
        if let Some(why) = &run.why {
            writeln!(out, "<pre>{}</pre>", line(why))?;
        }
        copied("Again", &run.replay, &mut out)?;
    }
    Ok(out)
}

/// Every variation in one line, and how to repeat it all.
fn experiment(
    report: &RebuildReport,
    rooms: &mut Rooms,
    left_out: &mut LeftOut,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(
        out,
        "<section><h2>Variations <span class=\"dim\">{}</span></h2>\n<div class=\"scroll\"><table><thead><tr><th>variation</th><th>result</th>\
         <th>back end</th><th>effective</th></tr></thead><tbody>",
        number(report.plan.variations.len() as u64)
    )?;
    for row in &report.plan.variations {
        let piece = format!(
            "<tr><td><code>{}</code></td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
            escape(&row.name),
            // A phone shows the first columns.
            escape(&clip(&words::result(report, &row.name), LINE)),
            escape(row.backend.as_deref().unwrap_or("none")),
            if row.effective { "yes" } else { "no" }
        );
        if !rooms.other.put(piece.as_bytes(), out)? {
            left_out.lines += 1;
        }
    }
    writeln!(out, "</tbody></table></div>")?;
    copied("The whole experiment again", &report.replay, out)?;
    writeln!(out, "</section>")
}

#[cfg(test)]
mod tests {
    use crate::report::build::tests::broken;

    #[test]
    fn guilty_sets_and_the_experiment_are_on_the_page() {
        let mut report = broken();
        report.guilty[0].artifacts.push("<script>alert(1)</script>".to_owned());
        let mut out = Vec::new();
        super::write(&report, &mut out).unwrap();
        let page = String::from_utf8(out).unwrap();
        assert!(!page.contains("<script>alert"), "{page}");
        for guilty in &report.guilty {
            assert!(page.contains(&format!("<h2><code>{}</code>", guilty.variations.join(" + "))));
            for finding in &guilty.findings {
                assert!(page.contains(&format!("data-cause=\"{}\"", finding.cause)));
            }
        }
        for row in &report.plan.variations {
            assert!(page.contains(&format!("<tr><td><code>{}</code>", row.name)));
        }
    }
}
