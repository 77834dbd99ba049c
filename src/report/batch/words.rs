//! Words that the formats share.

use crate::{
    model::{BatchCost, BatchReport},
    notation::clean,
    report::parts::words::{counted, join},
};
use anstyle::AnsiColor;

/// Names in one sentence.
const FEW: usize = 5;

/// The verdict's colour.
pub(super) fn color(verdict: &str) -> AnsiColor {
    match verdict {
        "same" => AnsiColor::Green,
        "differs" => AnsiColor::Red,
        _ => AnsiColor::Magenta,
    }
}

/// The colour of one item, by its exit status.
pub(super) fn item_color(exit: u8) -> AnsiColor {
    match exit {
        0 => AnsiColor::Green,
        1 => AnsiColor::Red,
        _ => AnsiColor::Magenta,
    }
}

/// How many items have which verdict: those that are many first.
pub(super) fn verdicts(report: &BatchReport) -> Vec<(&str, usize)> {
    by_count(report.verdicts.iter().map(|(word, count)| (word.as_str(), *count)))
}

/// How many items have which rule or cause: those that are many first.
pub(super) fn rules(report: &BatchReport) -> Vec<(&str, usize)> {
    by_count(report.rules.iter().map(|(word, count)| (word.as_str(), *count)))
}

fn by_count<'r>(all: impl Iterator<Item = (&'r str, usize)>) -> Vec<(&'r str, usize)> {
    let mut all: Vec<_> = all.collect();
    all.sort_by(|x, y| y.1.cmp(&x.1).then(x.0.cmp(y.0)));
    all
}

/// The answer in one line.
pub(super) fn summary(report: &BatchReport) -> String {
    let there = report.list.items - report.missing.items;
    let verdicts: Vec<String> = verdicts(report)
        .iter()
        .map(|(word, count)| format!("{count} {}", clean(word)))
        .collect();
    let of = match report.missing.items {
        0 => String::new(),
        _ => format!(" of {}", report.list.items),
    };
    let items = if report.list.items == 1 { "item" } else { "items" };
    let command = clean(&report.command);
    match verdicts.as_slice() {
        [] => format!("no item of {} is done by {command}", report.list.items),
        all => format!("{there}{of} {items} by {command}: {}", all.join(", ")),
    }
}

/// What is missing, there twice, or dropped: a sentence each, with a word for it.
pub(super) fn gaps(report: &BatchReport) -> Vec<(&'static str, String)> {
    let mut gaps = Vec::new();
    let missing = &report.missing;
    if missing.items > 0 {
        let mut text = counted(missing.items, "item");
        if !missing.shards.is_empty() {
            let shards = if missing.shards.len() == 1 { "shard" } else { "shards" };
            text.push_str(&format!("; {shards} {}", few(&missing.shards)));
        }
        let unfinished = missing.unfinished.iter();
        let unfinished: Vec<String> = unfinished
            .map(|(file, left)| format!("{left} in {}", clean(file)))
            .collect();
        if !unfinished.is_empty() {
            text.push_str(&format!("; not done to the end: {}", few(&unfinished)));
        }
        if !missing.names.is_empty() {
            text.push_str(&format!(": {}", few(&missing.names)));
        }
        gaps.push(("missing", text));
    }
    let twice = &report.twice;
    if twice.items > 0 {
        let mut text = format!(
            "{}, in {}: {}",
            counted(twice.items, "item"),
            few(&twice.files),
            few(&twice.names)
        );
        if twice.contradictions > 0 {
            text.push_str(&format!("; {} of them say different things", twice.contradictions));
        }
        gaps.push(("twice", text));
    }
    for dropped in &report.dropped {
        gaps.push((
            "dropped",
            format!("{}:{}: {}", clean(&dropped.file), dropped.line, dropped.why),
        ));
    }
    gaps
}

fn few(names: &[String]) -> String {
    let mut shown: Vec<String> = names.iter().take(FEW).map(|name| clean(name)).collect();
    if names.len() > FEW {
        shown.push(format!("{} more", names.len() - FEW));
    }
    join(&shown)
}

/// What all of it cost.
pub(super) fn cost(cost: &BatchCost, items: usize) -> String {
    let each = cost.cpu_seconds / (items.max(1) as f64);
    let peak = cost.peak_bytes.map_or(String::new(), |bytes| {
        format!("; at most {} MB of memory", bytes.div_ceil(1_000_000))
    });
    format!(
        "{:.1} s, {:.1} s of processor time, {each:.3} s an item{peak}",
        cost.seconds, cost.cpu_seconds
    )
}
