//! The records of the two builds in the report: what they vouched for, and what of them does not fit.

use crate::{
    cause::{self, Book, Hit},
    compare::Entry,
    model::{Claim, Evidence, FactKind, Known, Record, RecordUse, Vouched},
};
use std::collections::{BTreeMap, BTreeSet};

/// Longest value that a report shows, in characters.
const SHOWN: usize = 120;
/// Values of tools and variables are many; only these are worth a note where they are found nowhere.
const NOTED: &[FactKind] = &[
    FactKind::Clock,
    FactKind::SourceDateEpoch,
    FactKind::BuildPath,
    FactKind::Host,
    FactKind::User,
    FactKind::KernelRelease,
];

/// What two records have to do with what differs.
#[derive(Debug, Default)]
struct Fit {
    /// How often each fact of a's and of b's record was found.
    counts: [BTreeMap<usize, usize>; 2],
    /// Kinds of facts that causes of this pair ask for.
    asked: BTreeSet<FactKind>,
}

impl Fit {
    /// Reads every claim once more.
    fn of(entries: &[&Entry], book: &Book<'_>) -> Self {
        let mut fit = Self::default();
        for entry in entries {
            let about = book.about(&entry.difference);
            for claim in &entry.claims {
                let kinds = cause::by_id(claim.cause).map(|cause| cause.facts());
                fit.asked.extend(kinds.into_iter().flatten());
                fit.count(&about.warrant(claim).unwrap_or_default());
            }
        }
        fit
    }
    fn count(&mut self, hits: &[Hit]) {
        for hit in hits {
            for (counts, fact) in self.counts.iter_mut().zip(hit.facts) {
                *counts.entry(fact).or_default() += 1;
            }
        }
    }
    /// Whether nothing was found.
    fn nothing(&self) -> bool {
        self.counts[0].is_empty()
    }
}

/// What the records vouch for in one difference: claims that causes have made, and what no cause's form has found.
pub(super) fn vouch(entry: &mut Entry, book: &Book<'_>) {
    let about = book.about(&entry.difference);
    let (adopted, left) = about.adopt(&entry.difference.changes);
    let adopted: Vec<Claim> = adopted
        .into_iter()
        .filter_map(|one| {
            let evidence = Evidence::likely(one.claims)?;
            let cause = one.cause;
            Some(Claim { cause, evidence })
        })
        .collect();
    drop(about);
    entry.claims.extend(adopted);
    entry.difference.changes = left;
}

/// The records as the report tells of them; each side has a file's name, if any, and its SHA-256.
pub(super) fn uses(
    entries: &[&Entry],
    book: &Book<'_>,
    records: [&Record; 2],
    files: [(&str, &str); 2],
) -> Vec<RecordUse> {
    let fit = Fit::of(entries, book);
    let swapped = swapped(&fit, entries, book, records);
    let fit = &fit;
    let [a, b] = files;
    let sides = ['a', 'b']
        .into_iter()
        .zip(records)
        .zip(&fit.counts)
        .zip([(a, b), (b, a)]);
    let sides = sides.map(|(((side, record), counts), (file, other))| {
        let mut vouched: Vec<Vouched> = Vec::new();
        for (at, count) in counts {
            let Some(fact) = record.facts.get(*at) else { continue };
            let value = shown(&fact.value);
            match vouched
                .iter_mut()
                .find(|one| one.kind == fact.kind && one.value == value)
            {
                Some(one) => one.count += count,
                None => vouched.push(Vouched {
                    kind: fact.kind,
                    value,
                    count: *count,
                }),
            }
        }
        let notes = missing(fit, record, &vouched, side);
        RecordUse {
            side,
            whose: record.whose.clone(),
            vouched,
            notes,
            misfit: contradiction(record, file, other.1).or_else(|| swapped.clone()),
        }
    });
    sides.collect()
}

/// Values that causes of this pair ask for, of kinds of which no value was found.
fn missing(fit: &Fit, record: &Record, vouched: &[Vouched], side: char) -> Vec<String> {
    let mut notes = Vec::new();
    for kind in NOTED.iter().filter(|kind| fit.asked.contains(kind)) {
        if vouched.iter().any(|one| one.kind == *kind) {
            continue;
        }
        let of_kind = record.facts.iter().filter(|fact| fact.kind == *kind);
        let values: BTreeSet<String> = of_kind.map(|fact| shown(&fact.value)).collect();
        if !values.is_empty() {
            let values: Vec<String> = values.into_iter().collect();
            notes.push(format!(
                "its {} {} is nowhere among what differs in {side}",
                kind.words(),
                values.join(" or ")
            ));
        }
    }
    notes
}

/// Why the records are taken for each other's: values of each stand in the other side, and none in its own.
fn swapped(fit: &Fit, entries: &[&Entry], book: &Book<'_>, records: [&Record; 2]) -> Option<String> {
    if !fit.nothing() || records[0].facts == records[1].facts {
        return None;
    }
    let other = book.swapped();
    let hit = entries.iter().find_map(|entry| {
        let about = other.about(&entry.difference);
        let hits = entry.claims.iter().find_map(|claim| about.warrant(claim))?;
        Some((entry, *hits.first()?))
    });
    let (entry, hit) = hit?;
    // Found with the records the other way round, so that b's fact stands in a.
    let fact = records[1].facts.get(hit.facts[0])?;
    Some(format!(
        "the records are swapped: {}, {}: its {} {} stands in a, at {}",
        records[1].whose,
        fact.place,
        fact.kind.words(),
        shown(&fact.value),
        entry.difference.address
    ))
}

/// A value as people write it, in one line.
fn shown(value: &Known) -> String {
    use crate::notation::{calendar::moment, clip};
    let text = match value {
        Known::Text(text) => text.clone(),
        Known::Number(number) => number.to_string(),
        Known::Window { from, to } if from == to => format!("{}Z", moment(*from)),
        Known::Window { from, to } => format!("{}Z to {}Z", moment(*from), moment(*to)),
        Known::Named { name, value } => format!("{name}={value}"),
    };
    clip(&text, SHOWN)
}

/// Why a record can't be of an artifact: it lists it with another digest, or lists the other side instead.
fn contradiction(record: &Record, (name, sha256): (&str, &str), other: &str) -> Option<String> {
    if record.made.iter().any(|made| made.sha256 == sha256) {
        return None;
    }
    let listed = record.made.iter().find(|made| made.sha256 == other);
    if let Some(made) = listed {
        return Some(format!(
            "{}: {}: {} has the digest of the other side: the records are swapped",
            record.whose, made.place, made.name
        ));
    }
    let named = |path: &str| !name.is_empty() && path.rsplit('/').next() == Some(name);
    let made = record.made.iter().find(|made| named(&made.name))?;
    Some(format!(
        "{}: {}: {} has sha256 {}…, but {name} has {}…",
        record.whose,
        made.place,
        made.name,
        made.sha256.get(..16).unwrap_or_default(),
        sha256.get(..16).unwrap_or_default()
    ))
}
