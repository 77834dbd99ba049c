//! The HTML report of a comparison: one page that needs nothing else.
//!
//! It holds the verdict, where in the files the differences lie, the findings by cause with their fixes, and the bytes of both sides.
//! Its script filters and copies; without it, all is there. What of a page is chosen stands in the address behind `#`, for links:
//! `#cause=archive-mtime,unexplained&verdict=proven&state=differs&in=data.tar&text=word`.

mod causes;
mod excerpt;
pub(in crate::report) mod frame;
pub mod gate;
pub mod rebuild;
pub(in crate::report) mod room;
#[cfg(test)]
mod tests;
mod tree;

use super::{address_or_whole, records, text};
use crate::{
    model::{Artifact, CauseId, DiffReport, Finding, Place, Undetermined, Verdict},
    notation::{clip, percent},
};
use frame::{Frame, class, escape};
use room::{LeftOut, Room, Rooms, number};
use std::{
    collections::BTreeMap,
    io::{self, Write},
};

/// What stands for the cause of what has none.
const OPEN: &str = "unexplained";
/// Colours that causes have of their own; further ones share one.
const COLORS: usize = 12;
/// Characters of a line.
const LINE: usize = 2000;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The report as a page.
pub fn write(report: &DiffReport, out: &mut dyn Write) -> io::Result<()> {
    let (word, color, rest) = text::verdict(report);
    let title = format!("repro diff: {word}");
    page(&title, |out| body(report, (word, class(color), &rest), out), out)
}

fn page(title: &str, body: impl FnOnce(&mut dyn Write) -> io::Result<()>, out: &mut dyn Write) -> io::Result<()> {
    let frame = Frame {
        title,
        style: STYLE,
        script: SCRIPT,
    };
    frame.write(body, out)
}

fn body(report: &DiffReport, (word, class, rest): (&str, &str, &str), out: &mut dyn Write) -> io::Result<()> {
    let mut colors = Colors::default();
    colors.add(&report.findings, report.unexplained_count);
    let (mut rooms, mut left_out, mut sections) = (Rooms::page(), LeftOut::default(), Vec::new());
    let parts = Parts {
        layouts: report.layout.iter().collect(),
        findings: &report.findings,
        unexplained: &report.unexplained,
        unexplained_count: report.unexplained_count,
    };
    parts.write(&colors, ("", 2), &mut rooms, &mut left_out, &mut sections)?;
    undetermined(&report.undetermined, &mut rooms.other, &mut left_out, &mut sections)?;

    writeln!(
        out,
        "<header><p class=\"dim\">repro diff</p>\n<h1 class=\"{class}\">{word}</h1>\n<p class=\"lead\">{}</p>",
        escape(&clip(rest, LINE))
    )?;
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

/// What a comparison found: of a pair of its own, of one artifact of the gate, or of all artifacts that a variation changes.
struct Parts<'r> {
    layouts: Vec<&'r crate::model::Layout>,
    findings: &'r [Finding],
    unexplained: &'r [Place],
    unexplained_count: usize,
}

impl Parts<'_> {
    fn write(
        &self,
        colors: &Colors,
        at: (&str, u8),
        rooms: &mut Rooms,
        left_out: &mut LeftOut,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        for layout in &self.layouts {
            // What earlier artifacts left out is not this one's.
            let mut own = LeftOut::default();
            tree::write(layout, colors, at.1, &mut rooms.tree, &mut own, out)?;
            left_out.members += own.members;
        }
        // What is open comes first: it decides.
        causes::places(
            self.unexplained,
            self.unexplained_count,
            at,
            &mut rooms.places,
            left_out,
            out,
        )?;
        causes::findings(self.findings, colors, at, &mut rooms.findings, left_out, out)
    }
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

/// The colour of each cause, and how often it was found: the legend, which is also the filter.
#[derive(Default)]
struct Colors {
    causes: Vec<(CauseId, usize)>,
    verdicts: BTreeMap<&'static str, usize>,
    open: usize,
}

impl Colors {
    fn add(&mut self, findings: &[Finding], unexplained: usize) {
        for same in findings.chunk_by(|x, y| x.cause == y.cause) {
            let Some(first) = same.first() else { continue };
            let count: usize = same.iter().map(|finding| finding.count).sum();
            match self.causes.iter_mut().find(|(cause, _)| *cause == first.cause) {
                Some(known) => known.1 += count,
                None => self.causes.push((first.cause, count)),
            }
            for finding in same {
                *self.verdicts.entry(causes::verdict(finding)).or_default() += finding.count;
            }
        }
        self.open += unexplained;
    }

    fn class(&self, cause: Option<CauseId>) -> &'static str {
        const CLASSES: [&str; COLORS] = ["k0", "k1", "k2", "k3", "k4", "k5", "k6", "k7", "k8", "k9", "k10", "k11"];
        let Some(cause) = cause else { return "ku" };
        let at = self.causes.iter().position(|(known, _)| *known == cause);
        at.and_then(|at| CLASSES.get(at)).copied().unwrap_or("kx")
    }

    /// The legend and the filters; those are hidden until the script shows that they work. `states` are those of the gate's artifacts.
    fn bar(&self, states: &[&str], out: &mut dyn Write) -> io::Result<()> {
        writeln!(
            out,
            "<form id=\"filters\" role=\"search\" aria-label=\"Filter the report\">\n<div class=\"chips\" role=\"group\" aria-label=\"Causes\">"
        )?;
        let open = (self.open > 0).then_some((OPEN, None, self.open));
        let causes = self.causes.iter().map(|(cause, count)| (*cause, Some(*cause), *count));
        for (word, cause, count) in open.into_iter().chain(causes) {
            writeln!(
                out,
                "<button type=\"button\" class=\"chip\" data-cause=\"{word}\" aria-pressed=\"false\"><span class=\"sw {}\"></span>{word} \
                 <span class=\"dim\">{}</span></button>",
                self.class(cause),
                number(count as u64)
            )?;
        }
        writeln!(out, "</div>\n<div class=\"controls\" hidden>")?;
        let mut verdicts: Vec<(&str, usize)> = ["proven", "likely", "possible", "follows"]
            .into_iter()
            .filter_map(|word| Some((word, *self.verdicts.get(word)?)))
            .collect();
        verdicts.extend((self.open > 0).then_some((OPEN, self.open)));
        let verdicts: Vec<String> = verdicts.into_iter().map(|(word, _)| word.to_owned()).collect();
        choice("verdict", "any verdict", &verdicts, out)?;
        if !states.is_empty() {
            let states: Vec<String> = states.iter().map(|state| (*state).to_owned()).collect();
            choice("state", "any state", &states, out)?;
        }
        writeln!(
            out,
            "<input type=\"search\" id=\"text\" placeholder=\"Search addresses and text\" aria-label=\"Search addresses and text\">\n\
             <button type=\"button\" id=\"within\" hidden></button>\n\
             <button type=\"button\" id=\"unfold\">Unfold all</button>\n<button type=\"button\" id=\"clear\">Clear</button>\n\
             <span id=\"shown\" class=\"dim\" role=\"status\"></span>\n</div></form>"
        )
    }
}

fn choice(id: &str, any: &str, words: &[String], out: &mut dyn Write) -> io::Result<()> {
    write!(
        out,
        "<select id=\"{id}\" aria-label=\"{id}\"><option value=\"\">{any}</option>"
    )?;
    for word in words {
        write!(out, "<option>{}</option>", escape(word))?;
    }
    writeln!(out, "</select>")
}

/// A link that filters the page.
fn link(key: &str, value: &str) -> String {
    format!("#{key}={}", percent(value, "/"))
}
