//! The records of the two builds in the report: what they vouched for, and what of them does not fit.

use crate::{
    cause::{self, About, Book, Hit},
    compare::Proved,
    model::{Claim, FactKind, Known, Record, RecordUse, Vouched, Warrant},
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
    /// Facts of these kinds were found, also where something else is the warrant.
    seen: BTreeSet<FactKind>,
    /// Kinds of facts that causes of this pair ask for.
    asked: BTreeSet<FactKind>,
}

impl Fit {
    /// Reads every claim once more.
    fn of(entries: &[&Proved], book: &Book<'_>) -> Self {
        let mut fit = Self::default();
        for entry in entries {
            let about = book.about(&entry.difference);
            for claim in entry.claims.iter().filter(|claim| claim.evidence.explains()) {
                let kinds = cause::by_id(claim.cause).map(cause::Cause::facts);
                fit.asked.extend(kinds.into_iter().flatten());
                let known = claim.evidence.warrant == Some(Warrant::Record);
                for (counts, fact) in fit.counts.iter_mut().zip(claim.evidence.facts.into_iter().flatten()) {
                    *counts.entry(fact).or_default() += 1;
                }
                for hit in hits(&about, claim) {
                    fit.seen.insert(hit.kind);
                    for (counts, fact) in fit.counts.iter_mut().zip(hit.facts).filter(|_| known) {
                        *counts.entry(fact).or_default() += 1;
                    }
                }
            }
        }
        fit
    }
}

/// What the records know of a claim.
fn hits(about: &About<'_, '_>, claim: &Claim) -> Vec<Hit> {
    let ranges = claim.evidence.claims.iter();
    ranges
        .filter_map(|range| about.warrant(claim.cause, *range))
        .flatten()
        .collect()
}

/// The records as the report tells of them; each side has a file's name, if any, and its SHA-256.
pub(super) fn uses(
    entries: &[&Proved],
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
        let notes = missing(fit, record, side);
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
fn missing(fit: &Fit, record: &Record, side: char) -> Vec<String> {
    let mut notes = Vec::new();
    for kind in NOTED
        .iter()
        .filter(|kind| fit.asked.contains(kind) && !fit.seen.contains(kind))
    {
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
fn swapped(fit: &Fit, entries: &[&Proved], book: &Book<'_>, records: [&Record; 2]) -> Option<String> {
    if !fit.seen.is_empty() || records[0].facts == records[1].facts {
        return None;
    }
    let other = book.swapped();
    let hit = entries.iter().find_map(|entry| {
        let about = other.about(&entry.difference);
        let hit = entry
            .claims
            .iter()
            .find_map(|claim| hits(&about, claim).first().copied())?;
        Some((entry, hit))
    });
    let (entry, hit) = hit?;
    // Found with the records the other way round, so that b's fact stands in a.
    let fact = records[1].facts.get(hit.facts[0])?;
    Some(format!(
        "the records are swapped: {}, {}: its {} {} is in a, at {}",
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
