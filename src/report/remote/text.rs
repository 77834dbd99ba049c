//! Text for a terminal: how many reproduce, then each action that does not, with its causes.

use super::words::{count, steadiness, summary, title};
use crate::{
    model::{RemoteAction, RemoteReport, RemoteVerdict},
    notation::clean,
    report::{
        format::Options,
        parts::text::{BOLD, DIM, Page, color},
    },
};
use anstyle::AnsiColor;
use std::io::{self, Write};

/// Actions that are shown in full.
const ACTIONS: usize = 40;
/// Outputs of one action, and causes of one output.
const FEW: usize = 5;

/// The report as text.
pub fn write(report: &RemoteReport, options: Options, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(out, options);
    let (word, style) = match (count(report, RemoteVerdict::Unreproducible), report.actions.len()) {
        (0, 0) => ("reproducible", AnsiColor::Green),
        (0, _) => ("unchecked", AnsiColor::Yellow),
        _ => ("unreproducible", AnsiColor::Red),
    };
    let word = page.paint(color(style).bold(), word);
    page.prose(2, format_args!("{word}: {}", clean(&summary(report))))?;
    let shown = if options.verbose { usize::MAX } else { ACTIONS };
    for action in report.actions.iter().take(shown) {
        page.remote_action(action)?;
    }
    page.folded(report.actions.len().saturating_sub(shown), "more actions")
}

impl Page<'_> {
    fn remote_action(&mut self, action: &RemoteAction) -> io::Result<()> {
        let title = self.paint(BOLD, &clean(&title(action)));
        self.prose(2, format_args!("\n{title}  {}", action.verdict.word()))?;
        let name = self.paint(DIM, &format!("action {}", clean(&action.action)));
        self.line(format_args!("  {name}"))?;
        for why in action.reason.as_deref().into_iter().chain(steadiness(action)) {
            self.prose(4, format_args!("  {}", clean(why)))?;
        }
        for output in action.outputs.iter().take(FEW) {
            self.prose(4, format_args!("  {}: {}", clean(&output.path), output.verdict))?;
            for cause in output.causes.iter().filter(|cause| !cause.knock_on).take(FEW) {
                let place = if cause.address.is_empty() {
                    "the whole file"
                } else {
                    &cause.address
                };
                self.prose(
                    6,
                    format_args!("    {}  {}: {}", cause.cause, clean(place), clean(&cause.summary)),
                )?;
                self.prose(6, format_args!("      fix: {}", clean(&cause.fix)))?;
            }
            if output.unexplained > 0 {
                self.line(format_args!("    {} places that no cause explains", output.unexplained))?;
            }
        }
        self.folded(action.outputs.len().saturating_sub(FEW), "more outputs")
    }
}
