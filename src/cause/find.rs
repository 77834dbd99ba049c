//! What causes share: pairing tokens of the two sides around what differs, and the words before them.

use super::Case;
use crate::model::{Change, Difference, Role, Span};

/// For each unclaimed change, the token (found by `tokens` in each unit) that holds it on both sides, where `accept` agrees with the
/// pair. The differing bytes must lie inside the tokens, and the tokens must begin at the same place: what comes before is equal.
pub fn around(case: &Case<'_>, tokens: impl Fn(&[u8]) -> Vec<Span>, accept: impl Fn(Change) -> bool) -> Vec<Change> {
    let difference = case.difference;
    if !difference.both() || case.open.is_empty() {
        return Vec::new();
    }
    let (ta, tb) = (tokens(&difference.a.unit), tokens(&difference.b.unit));
    let mut found: Vec<Change> = Vec::new();
    for change in case.open {
        if found.iter().any(|c| c.a.contains(change.a) && c.b.contains(change.b)) {
            continue;
        }
        // The longest token on each side: a date and time together rather than the date alone.
        let pick = |all: &[Span], span: Span| all.iter().filter(|t| t.contains(span)).max_by_key(|t| t.len()).copied();
        let (Some(x), Some(y)) = (pick(&ta, change.a), pick(&tb, change.b)) else {
            continue;
        };
        let first = case
            .open
            .iter()
            .find(|c| x.contains(c.a) && y.contains(c.b))
            .unwrap_or(change);
        let pair = Change { a: x, b: y };
        if first.a.start - x.start == first.b.start - y.start && accept(pair) {
            found.push(pair);
        }
    }
    found
}

/// Runs of bytes that `part` accepts.
pub fn runs(text: &[u8], part: impl Fn(u8) -> bool) -> Vec<Span> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let length = text[at..].iter().take_while(|&&c| part(c)).count();
        if length > 0 {
            found.push(Span::at(at, length));
        }
        at += length.max(1);
    }
    found
}

/// The text of a unit before `at`, at most `reach` bytes of it and not over the beginning of its line, in lower case.
pub fn before(unit: &[u8], at: usize, reach: usize) -> String {
    let line = memchr::memrchr(b'\n', &unit[..at]).map_or(0, |i| i + 1);
    let text = String::from_utf8_lossy(&unit[line.max(at.saturating_sub(reach))..at]);
    let mut words = String::with_capacity(text.len());
    let mut lower = false;
    for c in text.chars() {
        // camelCase is two words.
        if lower && c.is_ascii_uppercase() {
            words.push('_');
        }
        lower = c.is_ascii_lowercase();
        words.extend(c.to_lowercase());
    }
    words
}

/// True when one of `words` stands in `text` as a word (or the beginning of one that an underscore, hyphen or digit continues).
pub fn says(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| {
        text.match_indices(word).any(|(i, _)| {
            let edge = |c: Option<char>| c.is_none_or(|c| !c.is_ascii_alphabetic());
            edge(text[..i].chars().next_back()) && edge(text[i + word.len()..].chars().next())
        })
    })
}

/// Lines and strings: what a person could read.
pub fn textual(difference: &Difference) -> bool {
    matches!(
        difference.role,
        Role::Text | Role::String | Role::Version | Role::Reference
    ) && difference.both()
}

/// Two parts of the units.
pub fn sides(difference: &Difference, pair: Change) -> (&[u8], &[u8]) {
    (
        &difference.a.unit[pair.a.start..pair.a.end],
        &difference.b.unit[pair.b.start..pair.b.end],
    )
}

/// The claims, if they account for everything that no other cause has claimed: a line in which something else changes too may be
/// about another thing.
pub fn only(case: &Case<'_>, claims: Vec<Change>) -> Vec<Change> {
    let all = case
        .open
        .iter()
        .all(|change| claims.iter().any(|c| c.a.contains(change.a) && c.b.contains(change.b)));
    if all { claims } else { Vec::new() }
}
