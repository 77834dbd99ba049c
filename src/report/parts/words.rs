//! Words that reports share: counts, lists, how sure a cause is.

use crate::model::{Confidence, Finding, Warrant};

/// An address, or words for the empty one.
pub(in crate::report) fn address_or_whole(address: &str) -> &str {
    if address.is_empty() {
        "(the artifact itself)"
    } else {
        address
    }
}

/// How sure the findings of one cause are, and what shows it: `proven by structure`, `likely: nothing proves it`.
pub(in crate::report) fn sure(all: &[&Finding]) -> (Confidence, String) {
    let best = all.iter().map(|finding| finding.confidence).min();
    let best = best.unwrap_or(Confidence::Possible);
    let likely = all.iter().any(|finding| finding.confidence == Confidence::Likely);
    let by: Vec<&str> = [
        (Warrant::Structure, "structure"),
        (Warrant::Record, "the builds' records"),
        (Warrant::Derived, "recomputing"),
    ]
    .into_iter()
    .filter(|(warrant, _)| all.iter().any(|finding| finding.warrant == Some(*warrant)))
    .map(|(_, word)| word)
    .collect();
    match (best, likely) {
        (Confidence::Possible, _) => (best, "possible: explains nothing by itself".to_owned()),
        (Confidence::Likely, _) => (best, "likely: nothing proves it".to_owned()),
        // What is weakest is to be seen.
        (Confidence::Proven, true) => (
            Confidence::Likely,
            format!("in part proven by {}, elsewhere likely: nothing proves it", join(&by)),
        ),
        (Confidence::Proven, false) if by.is_empty() => (best, "proven".to_owned()),
        (Confidence::Proven, false) => (best, format!("proven by {}", join(&by))),
    }
}

/// `1 run`, `2 runs`.
pub(in crate::report) fn counted(count: usize, what: &str) -> String {
    if count == 1 {
        format!("1 {what}")
    } else {
        format!("{count} {what}s")
    }
}

/// `a, b and c`.
pub(in crate::report) fn join<T: AsRef<str>>(names: &[T]) -> String {
    match names {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [many @ .., last] => {
            let many: Vec<&str> = many.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", many.join(", "), last.as_ref())
        }
    }
}
