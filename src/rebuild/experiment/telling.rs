//! Names the cause of a difference that shows what the run is known to have varied: the control's word on side a, the varied one on side b.

use super::compare::Explained;
use crate::{
    cause,
    model::{Confidence, Finding, Place, Warrant},
    rebuild::runner::{ChangedVariable, Telling},
};

/// Turns the differences that show such words into findings, proven since nothing else was varied.
pub(super) fn name_causes(explained: &mut Explained, variation: &str, tellings: &[Telling]) {
    rename(explained, |place| {
        let cause = tellings.iter().find(|telling| shows(place, telling)).map(|t| t.cause);
        let uuids = variation == "random" && has_uuid(&place.a) && has_uuid(&place.b);
        cause.or(uuids.then_some("random-uuid"))
    });
}

/// The same for variables that only the run has: whoever shows one has captured the environment.
pub(super) fn name_captures(explained: &mut Explained, changes: &[ChangedVariable]) {
    let new = |change: &&ChangedVariable| change.control.is_none();
    let shown =
        |place: &Place, change: &ChangedVariable| place.b.contains(&change.name) && !place.a.contains(&change.name);
    rename(explained, |place| {
        let captured = changes.iter().filter(new).any(|change| shown(place, change));
        captured.then_some("env-capture")
    });
}

fn rename(explained: &mut Explained, cause: impl Fn(&Place) -> Option<&'static str>) {
    let mut left = Vec::new();
    for place in std::mem::take(&mut explained.unexplained) {
        match cause(&place).and_then(cause::by_id) {
            Some(cause) => {
                // A guess at the same place is settled.
                let guess = |f: &Finding| f.confidence == Confidence::Possible && f.address == place.address;
                explained.findings.retain(|finding| !guess(finding));
                let container = place.address.get(..place.container).unwrap_or_default();
                for layout in &mut explained.layouts {
                    layout.attribute(container, &place.spans, cause.id());
                }
                explained.findings.push(finding(cause, place));
            }
            None => left.push(place),
        }
    }
    explained.unexplained = left;
    explained.sort();
}

fn shows(place: &Place, telling: &Telling) -> bool {
    // Within the word that is marked: "control" alone would be found in any text.
    let marked = |text: &str, marks: &[(usize, usize)], word: &str| {
        let mut found = text.match_indices(word).map(|(at, _)| (at, at + word.len()));
        found.any(|(start, end)| marks.is_empty() || marks.iter().any(|(from, to)| *from < end && start < *to))
    };
    telling.control.len() > 2
        && marked(&place.a, &place.marks[0], &telling.control)
        && marked(&place.b, &place.marks[1], &telling.varied)
}

/// RFC 9562, section 4: 8-4-4-4-12 hexadecimal digits.
fn has_uuid(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_hexdigit() && c != '-')
        .any(|word| word.split('-').map(str::len).eq([8, 4, 4, 4, 12]))
}

fn finding(cause: &dyn cause::Cause, place: Place) -> Finding {
    let advice = cause.advice();
    Finding {
        cause: cause.id(),
        group: cause.group(),
        confidence: Confidence::Proven,
        warrant: Some(Warrant::Record),
        knock_on: false,
        address: place.address,
        format: place.format,
        count: 1,
        a: place.a,
        b: place.b,
        marks: place.marks,
        spans: place.spans,
        summary: advice.what.to_owned(),
        fix: advice.fix.to_owned(),
        settle: None,
        references: advice.references.to_vec(),
        why: advice.why,
        excerpts: place.excerpt.into_iter().map(|excerpt| *excerpt).collect(),
    }
}
