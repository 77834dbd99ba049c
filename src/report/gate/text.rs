//! Text for a terminal: the verdict, then what is wrong with each artifact, its causes and the fix.

use super::words::{accepted as accepted_cause, bad, rule, state, verdict};
use crate::{
    model::{ArtifactState, GateReport},
    notation::clean,
    report::{
        format::Options,
        parts::text::{BOLD, DIM, Page, color},
        wrap::whole,
    },
};
use anstyle::AnsiColor;
use std::io::{self, Write};

/// Artifacts that are shown with their causes.
const SHOWN: usize = 20;

/// The report as text.
pub fn write(report: &GateReport, options: Options, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(out, options);
    let (word, style) = verdict(report);
    let word = page.paint(color(style).bold(), word);
    page.prose(2, format_args!("{word}: {}", clean(&report.summary)))?;
    if let Some(reason) = &report.reason {
        page.prose(2, clean(reason))?;
    }
    let bad = bad(report);
    let shown = if options.verbose { usize::MAX } else { SHOWN };
    for artifact in bad.iter().take(shown) {
        let name = page.paint(BOLD, &clean(&artifact.path));
        let mark = match artifact.enforced {
            true => String::new(),
            false => page.paint(DIM, " (warning only)"),
        };
        page.line(format_args!("\n{name}  {}{mark}", state(artifact)))?;
        page.prose(0, format_args!("  {}", clean(&artifact.why)))?;
        if artifact.findings.is_empty() {
            let fix = page.paint(color(AnsiColor::Green), "fix");
            page.prose(4, format_args!("  {fix} {}", clean(&artifact.fix)))?;
        }
        if let Some(reference) = artifact.reference.as_ref().filter(|reference| !reference.same) {
            page.line(format_args!(
                "  {}",
                page.paint(
                    DIM,
                    &format!("a is the {} reference, b the artifact", reference.kind.word())
                )
            ))?;
        }
        page.margin = "  ";
        page.records(&artifact.records)?;
        page.causes(&artifact.findings)?;
        page.places(&artifact.unexplained, artifact.unexplained_count)?;
        page.margin = "";
    }
    page.folded(bad.len().saturating_sub(shown), "more artifacts")?;
    let accepted = report.artifacts.iter().filter(|a| a.state == ArtifactState::Accepted);
    for artifact in accepted {
        let list: Vec<String> = artifact.accepted.iter().map(accepted_cause).collect();
        let path = whole(&clean(&artifact.path));
        page.prose(2, format_args!("accepted {path}: {}", list.join(", ")))?;
    }
    for line in report.rules.iter().filter_map(rule).chain(report.notes.iter().cloned()) {
        page.prose(6, format_args!("note: {}", clean(&line)))?;
    }
    Ok(())
}
