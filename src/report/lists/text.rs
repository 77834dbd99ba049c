//! What the formats share: numbers and order of problems, paths, text within limits.

use crate::{model::Problem, notation::clean};
use std::{cmp::Reverse, collections::BTreeMap};

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
pub(super) fn by_weight(problems: &[Problem]) -> Vec<&Problem> {
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
