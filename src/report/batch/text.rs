//! Text for a terminal: how many are how, what is missing, which causes, and the items that are not well.

use super::{Batch, Room, words};
use crate::{
    notation::clean,
    report::{
        format::Options,
        parts::{
            text::{BOLD, Page, color},
            words::counted,
        },
    },
};
use std::io::{self, Write};

/// Items, and rules, that are shown without --verbose.
const SHOWN: usize = 20;

/// The report as text.
pub(super) fn write(batch: &Batch<'_>, options: Options, out: &mut dyn Write) -> io::Result<()> {
    let report = batch.found;
    let mut page = Page::new(out, options);
    let word = page.paint(color(words::color(report.verdict)).bold(), report.verdict);
    page.prose(2, format_args!("{word}: {}", words::summary(report)))?;
    for (what, text) in words::gaps(report) {
        page.prose(4, format_args!("  {what}: {text}"))?;
    }
    if let Some(cost) = &report.cost {
        let items = report.list.items - report.missing.items;
        page.prose(4, format_args!("  cost: {}", words::cost(cost, items)))?;
    }
    if options.quiet {
        return Ok(());
    }
    let most = if options.verbose { usize::MAX } else { SHOWN };
    let rules = words::rules(report);
    if !rules.is_empty() {
        let head = page.paint(BOLD, "found");
        page.line(format_args!("\n{head}"))?;
        for (rule, count) in rules.iter().take(most) {
            page.line(format_args!("  {:28}  {}", clean(rule), counted(*count, "item")))?;
        }
        page.folded(rules.len().saturating_sub(most), "more")?;
    }
    items(batch, most, &mut page)
}

/// What is not well, the worst first; with --verbose also what is.
fn items(batch: &Batch<'_>, most: usize, page: &mut Page<'_>) -> io::Result<()> {
    let mut room = Room::new(most);
    let mut begun = false;
    for exit in [2, 1, 0] {
        if exit == 0 && !page.options.verbose {
            continue;
        }
        (batch.items)(Some(exit), &mut |line| {
            if !room.take() {
                return Ok(());
            }
            if !begun {
                let head = page.paint(BOLD, "items");
                page.line(format_args!("\n{head}"))?;
                begun = true;
            }
            let name = page.paint(color(words::item_color(exit)), &clean(&line.item));
            page.prose(4, format_args!("  {name}: {}", clean(&line.summary)))
        })?;
    }
    page.folded(room.hidden, "more items")
}
