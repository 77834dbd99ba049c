//! terminal-width

use super::{Advice, Case, Cause, document, passage::Reading};
use crate::model::{CauseId, Evidence};

/// The same words, broken at another width.
pub struct TerminalWidth;

impl Cause for TerminalWidth {
    fn id(&self) -> CauseId {
        "terminal-width"
    }
    fn group(&self) -> &'static str {
        "environment"
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "The same words are broken into lines of another width.",
            why: "Help texts, manual pages and tables are laid out for the terminal: COLUMNS, MANWIDTH, or what the terminal says.",
            fix: "COLUMNS=80 for the command that writes the text; MANWIDTH=80 for man; a fixed width in the program (argparse: HelpFormatter(width=80))",
            references: &["https://reproducible-builds.org/docs/env-variations/"],
        }
    }
    fn variations(&self) -> &'static [&'static str] {
        &["terminal", "env"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        case.survey.passage(Reading::Wrapped, case)?;
        let whole = Evidence::whole(case);
        // Where a program reads the lines, their number and their indentation mean something.
        Some(if document::prose(case) { whole } else { whole.hint() })
    }
}
