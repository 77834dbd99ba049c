//! Text for a terminal: the verdict, then for each artifact who agrees, who does not, and a line for each envelope.

use super::words::{agreeing, place, state, verdict};
use crate::{
    model::{EnvelopeState, VerifyArtifact, VerifyReport},
    notation::clean,
    report::{
        format::Options,
        parts::{
            text::{BOLD, DIM, Page, color},
            words::join,
        },
        wrap::whole,
    },
};
use anstyle::AnsiColor;
use std::io::{self, Write};

/// The report as text.
pub fn write(report: &VerifyReport, options: Options, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(out, options);
    let (word, style) = verdict(report.verdict);
    let word = page.paint(color(style).bold(), word);
    page.prose(2, format_args!("{word}: {}", clean(&report.summary)))?;
    for artifact in &report.artifacts {
        page.verify_artifact(artifact)?;
    }
    for note in &report.notes {
        page.prose(6, format_args!("note: {}", clean(note)))?;
    }
    Ok(())
}

impl Page<'_> {
    fn verify_artifact(&mut self, artifact: &VerifyArtifact) -> io::Result<()> {
        let (word, style) = verdict(artifact.verdict);
        let name = self.paint(BOLD, &clean(&artifact.path));
        let word = self.paint(color(style), word);
        self.prose(2, format_args!("\n{name}  {word}: {}", clean(&agreeing(artifact))))?;
        let digest = self.paint(DIM, &format!("sha256 {}", artifact.sha256));
        self.line(format_args!("  {digest}"))?;
        if artifact.groups.iter().any(|group| !group.artifact) {
            for group in &artifact.groups {
                let short = group.sha256.get(..12).unwrap_or_default();
                let who = clean(&join(&group.rebuilders));
                let place = place(group.artifact, group.alone);
                self.prose(14, format_args!("  {short}  {who} ({place})"))?;
            }
        }
        for failed in &artifact.failed {
            let who = clean(&failed.rebuilder);
            self.prose(14, format_args!("  failed        {who}: {}", clean(&failed.reason)))?;
        }
        let width = artifact
            .envelopes
            .iter()
            .map(|e| e.file.chars().count())
            .max()
            .unwrap_or(0);
        for envelope in &artifact.envelopes {
            let counts = envelope.state == EnvelopeState::Counts;
            let (mark, style) = match counts {
                true => ("+", AnsiColor::Green),
                false => ("-", AnsiColor::Red),
            };
            let mark = self.paint(color(style), mark);
            let who = envelope.rebuilder.as_deref().unwrap_or("?");
            let width = width.min(60);
            let file = whole(&format!("{:width$}", clean(&envelope.file)));
            let state = state(envelope.state);
            let line = format!("  {mark} {file}  {}: {state}: {}", clean(who), clean(&envelope.why));
            self.prose(2, line)?;
        }
        Ok(())
    }
}
