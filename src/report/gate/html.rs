//! The gate's page: the verdict, a section for each artifact that is not as locked, then the policy and all that were looked at.

use super::words::{bad, state, verdict};
use crate::{
    model::{ArtifactState, Digests, Enforce, GateArtifact, GateReport, RuleState},
    notation::clip,
    report::parts::html::{
        causes::fix,
        colors::Colors,
        frame::{class, escape, heading},
        room::{LeftOut, Rooms, number},
        sections::{LINE, Sections, UNKNOWN, page},
    },
};
use std::io::{self, Write};

/// Artifacts that get a section of their own.
const SECTIONS: usize = 200;

/// The report as a page.
pub fn write(report: &GateReport, out: &mut dyn Write) -> io::Result<()> {
    let (word, color) = verdict(report);
    let title = format!("repro gate: {word}");
    page(&title, |out| body(report, word, class(color), out), out)
}

fn body(report: &GateReport, word: &str, class: &str, out: &mut dyn Write) -> io::Result<()> {
    let bad = bad(report);
    let accepted = report.artifacts.iter().filter(|a| a.state == ArtifactState::Accepted);
    let shown: Vec<&GateArtifact> = bad.iter().copied().chain(accepted).collect();
    let mut colors = Colors::default();
    for artifact in &shown {
        colors.add(&artifact.findings, artifact.unexplained_count);
    }
    let (mut rooms, mut left_out, mut sections) = (Rooms::page(), LeftOut::default(), Vec::new());
    let mut own = rooms.share(3);
    list(report, &shown, &mut own, &mut left_out, &mut sections)?;
    rooms.rejoin(own);
    left_out.lines += shown.len().saturating_sub(SECTIONS);
    let count = shown.len().min(SECTIONS);
    for (n, artifact) in shown.iter().take(SECTIONS).enumerate() {
        let mut share = rooms.share(count - n);
        section(artifact, n, &colors, &mut share, &mut left_out, &mut sections)?;
        rooms.rejoin(share);
    }
    rules(report, &mut rooms, &mut left_out, &mut sections)?;

    heading("repro gate", (word, class), &clip(&report.summary, LINE), out)?;
    let enforce = match report.enforce {
        Enforce::Block => "blocks",
        Enforce::Warn => "only warns",
    };
    writeln!(
        out,
        "<p class=\"dim\">Lock file <code>{}</code>; the policy {enforce}, for {} % of artifacts.</p>",
        escape(&clip(&report.lock, LINE)),
        report.enforce_share * 100.0
    )?;
    for note in report.reason.iter().chain(&report.notes).take(50) {
        writeln!(out, "<p class=\"note\">{}</p>", escape(&clip(note, LINE)))?;
    }
    left_out.lines += report.notes.len().saturating_sub(50);
    if let Some(line) = left_out.line() {
        writeln!(out, "<p class=\"note\">{}</p>", escape(&line))?;
    }
    writeln!(out, "</header>")?;
    if !shown.is_empty() {
        let mut states: Vec<&str> = shown.iter().map(|artifact| state(artifact)).collect();
        states.sort_unstable();
        states.dedup();
        colors.bar(&states, out)?;
    }
    out.write_all(&sections)?;
    writeln!(
        out,
        "<footer class=\"dim\">Made by {} {}. This page loads nothing and can be kept or sent as one file.</footer>",
        report.tool.name, report.tool.version
    )
}

fn section(
    artifact: &GateArtifact,
    n: usize,
    colors: &Colors,
    rooms: &mut Rooms,
    left_out: &mut LeftOut,
    out: &mut dyn Write,
) -> io::Result<()> {
    let state = state(artifact);
    let mut head = Vec::new();
    writeln!(
        head,
        "<section class=\"artifact group\" id=\"artifact-{n}\" data-state=\"{state}\"><h2><code>{}</code> <span class=\"badge {}\">{state}</span>{}</h2>",
        escape(&clip(&artifact.path, LINE)),
        color(artifact),
        match artifact.enforced || artifact.state == ArtifactState::Accepted {
            true => "",
            false => " <span class=\"badge yellow\">warning only</span>",
        }
    )?;
    if !artifact.why.is_empty() {
        writeln!(head, "<p>{}</p>", escape(&clip(&artifact.why, LINE)))?;
    }
    for accepted in artifact.accepted.iter().take(50) {
        writeln!(
            head,
            "<p>accepted{}: <b>{}</b>: {}</p>",
            if accepted.plausible {
                " as plausible, not proved"
            } else {
                ""
            },
            escape(&clip(&accepted.cause, LINE)),
            escape(&clip(&accepted.reason, LINE))
        )?;
    }
    // The fix of a cause stands with the cause.
    if artifact.findings.is_empty() {
        fix(&artifact.fix, &mut head)?;
    }
    digests(artifact, &mut head)?;
    if !rooms.other.put(&head, out)? {
        left_out.lines += 1;
        return Ok(());
    }
    let parts = Sections {
        layouts: artifact.layout.iter().collect(),
        findings: &artifact.findings,
        unexplained: &artifact.unexplained,
        unexplained_count: artifact.unexplained_count,
        open: UNKNOWN,
    };
    parts.write(colors, (&format!("artifact-{n}-"), 3), rooms, left_out, out)?;
    writeln!(out, "</section>")
}

fn color(artifact: &GateArtifact) -> &'static str {
    match artifact.state {
        ArtifactState::Same => "green",
        ArtifactState::Accepted => "yellow",
        ArtifactState::Unreadable => "magenta",
        _ => "red",
    }
}

/// What is locked, what is there, and what they were compared with.
fn digests(artifact: &GateArtifact, out: &mut dyn Write) -> io::Result<()> {
    let row = |what: &str, digests: Option<&Digests>, out: &mut dyn Write| {
        let Some(digests) = digests else {
            return writeln!(out, "<tr><th>{what}</th><td>none</td><td></td></tr>");
        };
        let link = if digests.symlink { ", a link" } else { "" };
        writeln!(
            out,
            "<tr><th>{what}</th><td>{} bytes{link}</td><td><code>{}</code></td></tr>",
            number(digests.size),
            escape(&digests.sha256)
        )
    };
    writeln!(out, "<table class=\"digests\"><tbody>")?;
    row("locked", artifact.locked.as_ref(), out)?;
    row("built", artifact.found.as_ref(), out)?;
    writeln!(out, "</tbody></table>")?;
    if let Some(reference) = &artifact.reference {
        let which = match (reference.locked, reference.same) {
            (true, _) => ", which has the locked bytes",
            (_, true) => ", which has the artifact's bytes",
            _ => ", which is neither the locked bytes nor the artifact's",
        };
        writeln!(
            out,
            "<p class=\"dim\">a is the {} reference <code>{}</code>{which}; b is the artifact.</p>",
            reference.kind.word(),
            escape(&clip(&reference.name, LINE))
        )?;
    }
    Ok(())
}

/// The policy's exceptions.
fn rules(report: &GateReport, rooms: &mut Rooms, left_out: &mut LeftOut, out: &mut dyn Write) -> io::Result<()> {
    if report.rules.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "<section><h2>Policy</h2>\n<table><thead><tr><th>artifacts</th><th>causes</th><th>reason</th><th>until</th><th>state</th></tr></thead><tbody>"
    )?;
    for rule in &report.rules {
        let (word, color) = match rule.state {
            RuleState::Used => ("used", "green"),
            RuleState::Stale => ("stale: matches no difference", "yellow"),
            RuleState::Expired => ("expired", "red"),
        };
        let mut causes = rule.causes.join(", ");
        if rule.accept.is_some() {
            causes.push_str(" (plausible is enough)");
        }
        let mut piece = Vec::new();
        writeln!(
            piece,
            "<tr><td><code>{}</code></td><td>{}</td><td>{}</td><td>{}</td><td class=\"{color}\">{word}</td></tr>",
            escape(&clip(&rule.artifact, LINE)),
            escape(&clip(&causes, LINE)),
            escape(&clip(&rule.reason, LINE)),
            escape(rule.until.as_deref().unwrap_or_default())
        )?;
        if !rooms.other.put(&piece, out)? {
            left_out.lines += 1;
        }
    }
    writeln!(out, "</tbody></table></section>")
}

/// Every artifact in one line; those with a section are links to it.
fn list(
    report: &GateReport,
    shown: &[&GateArtifact],
    rooms: &mut Rooms,
    left_out: &mut LeftOut,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(
        out,
        "<section><h2>Artifacts <span class=\"dim\">{}</span></h2>\n<details{}><summary>all that were looked at</summary>\n\
         <table class=\"digests\"><thead><tr><th>artifact</th><th>state</th><th>SHA-256 of what was built</th></tr></thead><tbody>",
        number(report.artifacts.len() as u64),
        if report.artifacts.len() <= 20 { " open" } else { "" }
    )?;
    let mut rest: Vec<&GateArtifact> = report
        .artifacts
        .iter()
        .filter(|artifact| artifact.state == ArtifactState::Same)
        .collect();
    let mut all = shown.to_vec();
    all.append(&mut rest);
    for (n, artifact) in all.into_iter().enumerate() {
        let path = clip(&artifact.path, LINE);
        let name = match n < shown.len().min(SECTIONS) {
            true => format!("<a href=\"#artifact-{n}\">{}</a>", escape(&path)),
            false => escape(&path).to_string(),
        };
        let mut piece = Vec::new();
        writeln!(
            piece,
            "<tr><td><code>{name}</code></td><td class=\"{}\">{}</td><td><code>{}</code></td></tr>",
            color(artifact),
            state(artifact),
            escape(artifact.found.as_ref().map_or("", |found| found.sha256.as_str()))
        )?;
        if !rooms.other.put(&piece, out)? {
            left_out.lines += 1;
        }
    }
    writeln!(out, "</tbody></table></details></section>")
}
