//! Entries of a map in what a generator writes.

use super::{super::limit::MOST, flow, is_generator};
use crate::lint::{
    Code, Confidence, Hits, Language, Rule,
    code::{below, span},
};
use std::collections::BTreeSet;

/// The rule.
pub static RULE: Rule = Rule {
    id: "go-map-range",
    languages: &[Language::Go],
    cause: "hash-order",
    confidence: Confidence::Medium,
    what: "A generator writes the entries of a map in the order of `range`",
    why: "Go iterates over a map in another order each time, on purpose. encoding/json, fmt.Println(map) and templates sort the keys, \
          and do not matter.",
    fix: "for _, k := range slices.Sorted(maps.Keys(m))",
    references: &["https://go.dev/ref/spec#For_range"],
    triggers: &["map["],
    check,
};

/// The names that the file declares as maps.
fn maps<'c>(code: &'c Code<'_>) -> BTreeSet<&'c str> {
    let mut found = BTreeSet::new();
    for node in code.nodes(&["var_spec", "parameter_declaration", "short_var_declaration"]) {
        let field = |name: &str| node.child_by_field_name(name);
        let typed = field("type").is_some_and(|it| it.kind() == "map_type");
        let value = field("value").or_else(|| field("right")).map_or("", |it| code.of(it));
        if typed || value.starts_with("map[") || value.starts_with("make(map[") {
            let names = field("name").or_else(|| field("left"));
            found.extend(
                names
                    .into_iter()
                    .flat_map(|it| below(it, &["identifier"]))
                    .map(|it| code.of(it)),
            );
        }
    }
    found
}

fn check(code: &Code<'_>, hits: &mut Hits) {
    if !is_generator(code) {
        return;
    }
    let maps = maps(code);
    let sorted = flow::sorted(code);
    let mut left = MOST;
    for node in code.nodes(&["for_statement"]) {
        let Some(range) = below_one(node) else { continue };
        let over = range.child_by_field_name("right").map_or("", |it| code.of(it));
        if !maps.contains(over) {
            continue;
        }
        let Some(fewer) = left.checked_sub(1) else { break };
        left = fewer;
        if node
            .child_by_field_name("body")
            .is_some_and(|body| flow::writes(code, body, &sorted))
        {
            hits.at(
                span(range),
                format!("`{over}` is a map: its order differs each time, and it shows in the output"),
            );
        }
    }
}

/// A loop's own range clause.
fn below_one(node: tree_sitter::Node<'_>) -> Option<tree_sitter::Node<'_>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).find(|it| it.kind() == "range_clause")
}
