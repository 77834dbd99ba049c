//! What reports that become problems share: their rules, and findings as sentences.

use super::words::address_or_whole;
pub(in crate::report) use crate::model::fingerprint;
use crate::model::{Confidence, Finding, Place, RuleHelp};
use std::collections::BTreeMap;

/// A rule that is no cause: id, what, why, fix.
pub(in crate::report) type Own = (&'static str, &'static str, &'static str, &'static str);

/// A difference that no cause accounts for.
pub(in crate::report) const UNEXPLAINED: Own = (
    "unexplained",
    "Bytes differ, and no known cause accounts for them.",
    "What nobody can explain may be tampering: treat it as such until you know better.",
    "look at both sides: `repro diff --verbose`",
);

/// Rules of which there is a problem, by id.
#[derive(Default)]
pub(in crate::report) struct Rules(BTreeMap<&'static str, RuleHelp>);

impl Rules {
    /// The rule of a finding: its cause.
    pub(in crate::report) fn cause(&mut self, finding: &Finding) -> &'static str {
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
    pub(in crate::report) fn own(&mut self, (id, what, why, fix): Own, group: &'static str) -> &'static str {
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

    /// A rule that is known elsewhere.
    pub(in crate::report) fn told(&mut self, help: RuleHelp) -> &'static str {
        let id = help.id;
        self.0.entry(id).or_insert(help);
        id
    }

    pub(in crate::report) fn sorted(self) -> Vec<RuleHelp> {
        self.0.into_values().collect()
    }
}

/// Findings of one cause in one file, in the order of the report: the file, the first of them, how many differences, how many places.
pub(in crate::report) fn by_cause<'f>(
    findings: &'f [Finding],
    file: &dyn Fn(&str) -> String,
) -> Vec<(String, &'f Finding, usize, usize)> {
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
pub(in crate::report) fn sentence(finding: &Finding, count: usize, places: usize) -> String {
    let what = finding.summary.trim_end_matches('.');
    let place = address_or_whole(&finding.address);
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
pub(in crate::report) fn unexplained(place: &Place) -> String {
    format!("Not explained: {}: {}", address_or_whole(&place.address), place.summary)
}

/// Both sides of a difference.
pub(in crate::report) fn sides(a: &str, b: &str) -> String {
    format!("a  {a}\nb  {b}")
}
