//! Reports as lists of problems, and what the formats that print such lists share.

pub mod diff;
pub mod html;
pub mod markdown;
pub mod rebuild;
#[cfg(test)]
mod tests;

pub(super) use crate::model::fingerprint;
use crate::{
    model::{Confidence, Finding, Place, Problem, RuleHelp},
    notation::clean,
};
use std::{cmp::Reverse, collections::BTreeMap};

/// A rule that is no cause: id, what, why, fix.
pub(super) type Own = (&'static str, &'static str, &'static str, &'static str);

/// A difference that no cause accounts for.
pub(super) const UNEXPLAINED: Own = (
    "unexplained",
    "Bytes differ, and no known cause accounts for them.",
    "What nobody can explain may be tampering: treat it as such until you know better.",
    "look at both sides: `repro diff --verbose`",
);

/// Rules of which there is a problem, by id.
#[derive(Default)]
pub(super) struct Rules(BTreeMap<&'static str, RuleHelp>);

impl Rules {
    /// The rule of a finding: its cause.
    pub(super) fn cause(&mut self, finding: &Finding) -> &'static str {
        self.0.entry(finding.cause).or_insert_with(|| RuleHelp {
            id: finding.cause,
            group: finding.group,
            what: finding.summary.clone(),
            why: String::new(),
            fix: finding.fix.clone(),
            references: finding.references.clone(),
        });
        finding.cause
    }

    /// A rule that is no cause, of a group.
    pub(super) fn own(&mut self, (id, what, why, fix): Own, group: &'static str) -> &'static str {
        self.0.entry(id).or_insert_with(|| RuleHelp {
            id,
            group,
            what: what.to_owned(),
            why: why.to_owned(),
            fix: fix.to_owned(),
            references: vec!["https://reproducible-builds.org/docs/"],
        });
        id
    }

    pub(super) fn sorted(self) -> Vec<RuleHelp> {
        self.0.into_values().collect()
    }
}

/// Findings of one cause in one file, in the order of the report: the file, the first of them, how many differences, how many places.
fn by_cause<'f>(findings: &'f [Finding], file: &dyn Fn(&str) -> String) -> Vec<(String, &'f Finding, usize, usize)> {
    let mut groups: Vec<(String, &Finding, usize, usize)> = Vec::new();
    let mut known: BTreeMap<(&str, bool, String), usize> = BTreeMap::new();
    for finding in findings {
        let path = file(&finding.address);
        let at = *known
            .entry((finding.cause, finding.knock_on, path.clone()))
            .or_insert(groups.len());
        match groups.get_mut(at) {
            Some(group) => (group.2, group.3) = (group.2 + finding.count, group.3 + 1),
            None => groups.push((path, finding, finding.count, 1)),
        }
    }
    groups
}

/// `Archive members carry … (4 times, first in data.tar/./usr/bin/hello)`
fn sentence(finding: &Finding, count: usize, places: usize) -> String {
    let what = finding.summary.trim_end_matches('.');
    let place = super::address_or_whole(&finding.address);
    let sure = match finding.confidence {
        Confidence::Likely => "; likely, not proved",
        _ => "",
    };
    match (count, places) {
        (1, _) => format!("{what} ({place}){sure}"),
        (_, 1) => format!("{what} ({count} times in {place}){sure}"),
        _ => format!("{what} ({count} times in {places} places, first in {place}){sure}"),
    }
}

/// `data.tar/./usr/bin/hello: 4 bytes differ`
fn unexplained(place: &Place) -> String {
    format!(
        "Not explained: {}: {}",
        super::address_or_whole(&place.address),
        place.summary
    )
}

/// Both sides of a difference.
pub(super) fn sides(a: &str, b: &str) -> String {
    format!("a  {a}\nb  {b}")
}

/// How often each problem's fingerprint has been there, itself included: services drop all but one of those that are equal.
pub(super) fn numbered(problems: &[Problem]) -> Vec<usize> {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    problems
        .iter()
        .map(|problem| {
            let count = seen.entry(&problem.fingerprint).or_default();
            *count += 1;
            *count
        })
        .collect()
}

/// Those that weigh most first, for reports that have no room for all.
fn by_weight(problems: &[Problem]) -> Vec<&Problem> {
    let mut all: Vec<&Problem> = problems.iter().collect();
    all.sort_by_key(|problem| Reverse(problem.level));
    all
}

/// Text of several lines, each without characters that a terminal would obey or that XML cannot hold.
pub(super) fn clean_lines(text: &str) -> String {
    text.lines().map(clean).collect::<Vec<_>>().join("\n")
}

/// A path as services expect it: without a leading `./`.
pub(super) fn relative(path: &str) -> &str {
    let mut path = path;
    while let Some(rest) = path.strip_prefix("./") {
        path = rest.trim_start_matches('/');
    }
    path
}

/// `text` up to a number of characters, with a mark if that cuts it.
pub(super) fn cut(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        None => text.to_owned(),
        Some(_) => text.chars().take(limit.saturating_sub(1)).chain(['…']).collect(),
    }
}
