//! terminal-width

use super::{
    Advice, Case, Cause, document,
    passage::{self, Reading},
};
use crate::model::{CauseId, Evidence, Known, Record};

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
    fn recorded(&self, case: &Case<'_>, records: [&Record; 2]) -> Option<[usize; 2]> {
        laid_out(case, records)
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        case.survey.passage(Reading::Wrapped, case)?;
        let whole = Evidence::whole(case);
        // Where a program reads the lines, their number and their indentation mean something.
        Some(if document::prose(case) { whole } else { whole.hint() })
    }
}

/// Columns that programs leave free at the right.
const MARGIN: usize = 4;

/// The variables of both records that say how wide the lines were to be, where both texts are broken just as for these.
fn laid_out(case: &Case<'_>, records: [&Record; 2]) -> Option<[usize; 2]> {
    let passage = case.survey.passage(Reading::Wrapped, case)?;
    let member = case.survey.container(case)?;
    let a = std::str::from_utf8(member.a.get(passage.a.start..passage.a.end)?).ok()?;
    let b = std::str::from_utf8(member.b.get(passage.b.start..passage.b.end)?).ok()?;
    let widths = [passage::widths(a, b)?, passage::widths(b, a)?];
    let said = |record: &Record, variable: &str| {
        record
            .facts
            .iter()
            .enumerate()
            .find_map(|(at, fact)| match &fact.value {
                Known::Named { name, value } if name == variable => Some((at, value.parse::<usize>().ok()?)),
                _ => None,
            })
    };
    ["MANWIDTH", "COLUMNS"].into_iter().find_map(|variable| {
        let [(at, x), (other, y)] = [said(records[0], variable)?, said(records[1], variable)?];
        let within = |width: usize, (from, to): (usize, usize), margin: usize| {
            width
                .checked_sub(margin)
                .is_some_and(|width| (from..=to).contains(&width))
        };
        let fits = |margin: usize| within(x, widths[0], margin) && within(y, widths[1], margin);
        (x != y && (0..=MARGIN).any(fits)).then_some([at, other])
    })
}
