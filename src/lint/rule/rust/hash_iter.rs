//! Entries of a `HashMap` in what a build script or a macro makes.

use super::{super::limit::MOST, flow, is_build_script, is_macro};
use crate::lint::{Code, Confidence, Hits, Language, Rule, code::span};
use std::collections::BTreeSet;
use tree_sitter::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "rs-hash-iter",
    languages: &[Language::Rust],
    cause: "hash-order",
    confidence: Confidence::High,
    what: "A build script or procedural macro writes the entries of a HashMap or HashSet in their own order",
    why: "std's hash maps are seeded anew in each process. Looking up, counting, and collecting into a BTreeMap do not matter, nor \
          do hashers without a seed (FxHashMap).",
    fix: "BTreeMap or BTreeSet, or collect and sort",
    references: &["https://doc.rust-lang.org/std/collections/struct.HashMap.html"],
    triggers: &["HashMap", "HashSet"],
    check,
};

/// Methods that iterate.
const ITERATES: &[&str] = &[
    "drain",
    "into_iter",
    "into_keys",
    "into_values",
    "iter",
    "iter_mut",
    "keys",
    "values",
    "values_mut",
];

/// Whether a type or an expression is one of std's hash maps itself, not something that contains one.
fn is_hashed(text: &str) -> bool {
    let text = text.trim_start_matches(['&', ' ']).trim_start_matches("mut ");
    let text = text.strip_prefix("std::collections::").unwrap_or(text);
    ["HashMap", "HashSet"].iter().any(|kind| {
        text.strip_prefix(kind)
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
    })
}

/// The names of what the file declares as a hash map.
fn names<'c>(code: &'c Code<'_>) -> BTreeSet<&'c str> {
    let mut found = BTreeSet::new();
    for node in code.nodes(&["let_declaration", "parameter", "field_declaration", "static_item"]) {
        let text = |field: &str| node.child_by_field_name(field).map(|it| code.of(it));
        let hashed = match (text("type"), text("value")) {
            (Some(kind), _) => is_hashed(kind),
            (None, Some(value)) => {
                is_hashed(value) || value.contains("collect::<HashMap") || value.contains("collect::<HashSet")
            }
            (None, None) => false,
        };
        if let (true, Some(name)) = (hashed, text("pattern").or_else(|| text("name"))) {
            found.insert(name.trim_start_matches("mut "));
        }
    }
    found
}

fn check(code: &Code<'_>, hits: &mut Hits) {
    if !(is_build_script(code) || is_macro(code))
        || code.text.contains(" as HashMap")
        || code.text.contains(" as HashSet")
    {
        return;
    }
    let names = names(code);
    let ours = |node: Node<'_>| {
        let text = code.of(node);
        names.contains(text.strip_prefix("self.").unwrap_or(text))
            || (node.kind() == "call_expression" && is_hashed(text))
    };
    let mut report = |node: Node<'_>| {
        hits.at(
            span(node),
            "a HashMap's or HashSet's order differs from run to run, and it shows in the output",
        );
    };
    let mut left = MOST;
    for node in code.nodes(&["call_expression", "for_expression"]) {
        if node.kind() == "for_expression" {
            // `for x in &map`: without a method.
            let Some(value) = node.child_by_field_name("value") else {
                continue;
            };
            let plain = value
                .child_by_field_name("value")
                .filter(|_| value.kind() == "reference_expression")
                .unwrap_or(value);
            if left > 0 && ours(plain) {
                left -= 1;
                if flow::shows(code, plain) {
                    report(value);
                }
            }
            continue;
        }
        let Some(function) = node
            .child_by_field_name("function")
            .filter(|it| it.kind() == "field_expression")
        else {
            continue;
        };
        let method = function.child_by_field_name("field").map_or("", |it| code.of(it));
        let on = function.child_by_field_name("value");
        if left > 0 && ITERATES.contains(&method) && on.is_some_and(ours) {
            left -= 1;
            if flow::shows(code, node) {
                report(node);
            }
        }
    }
}
