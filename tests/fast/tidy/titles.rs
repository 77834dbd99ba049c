//! A name or a title ends in no full stop; what a cause is, is a sentence, and `registry` holds it to that, and its id to letters.

use super::none;
use repro::{
    lint::{allow, rule},
    rebuild::variation::VARIATIONS,
};

fn complaints<'a>(titles: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<String> {
    let stopped = titles.filter(|(_, title)| title.ends_with('.') || title.is_empty());
    stopped
        .map(|(id, title)| format!("{id}: the title is empty or ends in a full stop: {title:?}"))
        .collect()
}

#[test]
fn titles_end_in_no_full_stop() {
    let rules = rule::all()
        .chain(allow::OWN.iter().copied())
        .map(|rule| (rule.id, rule.what));
    let variations = VARIATIONS.iter().map(|variation| (variation.name(), variation.name()));
    none(&complaints(rules.chain(variations)));
}

#[test]
fn broken_once() {
    let titles = [("a", "A"), ("b", "B."), ("c", "")];
    assert_eq!(complaints(titles.into_iter()).len(), 2);
}
