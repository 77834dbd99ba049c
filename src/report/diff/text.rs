//! Text for a terminal: the verdict, the root causes, what is not explained. Bounded, and says what it folded.

use crate::{
    model::{Confidence, DiffReport, Finding, Verdict},
    notation::clean,
    report::{
        format::Options,
        parts::{
            text::{DIM, Page, color},
            words::{address_or_whole, counted, join},
        },
        wrap::whole,
    },
};
use anstyle::AnsiColor;
use std::io::{self, Write};

/// The report as text.
pub fn write(report: &DiffReport, options: Options, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(out, options);
    page.verdict(report)?;
    if report.verdict == Verdict::Identical {
        return Ok(());
    }
    page.records(&report.records)?;
    page.causes(&report.findings)?;
    page.places(&report.unexplained, report.unexplained_count)?;
    if !report.undetermined.is_empty() {
        writeln!(page.out, "\nnot compared: {}", report.undetermined.len())?;
        let shown = if options.verbose { usize::MAX } else { 5 };
        for item in report.undetermined.iter().take(shown) {
            let address = whole(address_or_whole(&item.address));
            page.prose(2, format_args!("  {address}  {}", item.reason))?;
        }
        page.folded(report.undetermined.len().saturating_sub(shown), "more")?;
    }
    Ok(())
}

/// The verdict, its colour, and what it rests on.
pub(super) fn verdict(report: &DiffReport) -> (&'static str, AnsiColor, String) {
    let roots: Vec<&Finding> = report
        .findings
        .iter()
        .filter(|f| !f.knock_on && f.confidence != Confidence::Possible)
        .collect();
    let mut names: Vec<&str> = Vec::new();
    for finding in &roots {
        if !names.contains(&finding.cause) {
            names.push(finding.cause);
        }
    }
    if names.is_empty() {
        // Only what follows from something that is not in the artifact: a build ID alone.
        names.extend(
            report
                .findings
                .iter()
                .filter(|f| f.confidence != Confidence::Possible)
                .map(|f| f.cause)
                .take(1),
        );
    }
    let causes = match names.as_slice() {
        few if few.len() <= 5 => join(few),
        many => format!("{} and {} more", many[..5].join(", "), many.len() - 5),
    };
    match report.verdict {
        Verdict::Identical => ("identical", AnsiColor::Green, format!("{} bytes", report.a.size)),
        Verdict::Explained => (
            "explained",
            AnsiColor::Yellow,
            format!("every differing byte comes from {causes}"),
        ),
        Verdict::Plausible if names == ["embedded-signature"] => (
            "plausible",
            AnsiColor::Yellow,
            "equal but for a signature, which only its signer can make".to_owned(),
        ),
        Verdict::Plausible => (
            "plausible",
            AnsiColor::Yellow,
            format!(
                "every differing byte looks like {causes}; nothing proves {}. If you made both builds, give their records \
                 (--record-a, --record-b), or let `repro build` find out",
                unproved(report)
            ),
        ),
        // What only follows from other differences explains nothing.
        Verdict::Different if roots.is_empty() => ("different", AnsiColor::Red, "nothing known explains it".to_owned()),
        Verdict::Different => (
            "different",
            AnsiColor::Red,
            format!(
                "{causes} found, but {} not explained",
                counted(report.unexplained_count, "difference")
            ),
        ),
        Verdict::Undetermined => (
            "undetermined",
            AnsiColor::Magenta,
            report.reason.clone().unwrap_or_default(),
        ),
    }
}

/// The causes that nothing but their form speaks for, where these are not all of them.
fn unproved(report: &DiffReport) -> String {
    let explains = |f: &&Finding| f.confidence != Confidence::Possible;
    let mut open: Vec<&str> = Vec::new();
    for finding in report.findings.iter().filter(explains).filter(|f| f.warrant.is_none()) {
        if !open.contains(&finding.cause) {
            open.push(finding.cause);
        }
    }
    match report
        .findings
        .iter()
        .filter(explains)
        .any(|f| f.warrant.is_some() && !f.knock_on)
    {
        true => open.join(", "),
        false => "it".to_owned(),
    }
}

impl Page<'_> {
    fn verdict(&mut self, report: &DiffReport) -> io::Result<()> {
        let (word, style, rest) = verdict(report);
        let word = self.paint(color(style).bold(), word);
        self.prose(2, format_args!("{word}: {rest}"))?;
        for (letter, side) in [("a", &report.a), ("b", &report.b)] {
            let short = side.sha256.get(..16).unwrap_or_default();
            let digest = whole(&format!("sha256 {short}, {} bytes", side.size));
            let digest = self.paint(DIM, &digest);
            self.prose(3, format_args!("  {letter}  {}  {digest}", whole(&clean(&side.path))))?;
        }
        Ok(())
    }
}
