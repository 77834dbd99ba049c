//! A set's members in the order of their hashes.

use super::{call, flow::Flow, in_build};
use crate::lint::{Code, Confidence, Hits, Language, Rule, code::span};
use tree_sitter::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "py-set-iter",
    languages: &[Language::Python],
    cause: "hash-order",
    confidence: Confidence::Medium,
    what: "A set's order shows in the output",
    why: "The hash of str and bytes is seeded anew in each process, so that a set of them iterates in another order each run. \
          Dictionaries keep the order in which they were filled, and small integers hash to themselves: neither matters.",
    fix: "sorted(s); PYTHONHASHSEED=0 for a script that cannot be changed",
    references: &["https://docs.python.org/3/using/cmdline.html#envvar-PYTHONHASHSEED"],
    triggers: &["set(", "{"],
    check,
};

/// Whether this makes a set whose order is not stable.
fn is_set(code: &Code<'_>, node: Node<'_>) -> bool {
    match node.kind() {
        "set" => {
            let mut cursor = node.walk();
            let members: Vec<_> = node
                .named_children(&mut cursor)
                .filter(|it| it.kind() != "comment")
                .collect();
            members.len() > 1 && !members.iter().all(|it| it.kind() == "integer")
        }
        "set_comprehension" => true,
        "call" => {
            matches!(call::name(code, node), "set" | "frozenset")
                && !code.of(node).contains("range(")
                && !code.of(node).contains("int(")
                && !code.of(node).contains("ord(")
        }
        _ => false,
    }
}

fn check(code: &Code<'_>, hits: &mut Hits) {
    if !in_build(code) {
        return;
    }
    let flow = Flow::new(code);
    let mut line = None;
    for node in code.nodes(&["set", "set_comprehension", "call"]) {
        // `set(a) - set(b)` is one place.
        if line == Some(node.start_position().row) || !is_set(code, node) || !flow.shows(node) {
            continue;
        }
        line = Some(node.start_position().row);
        hits.at(
            span(node),
            "the order of this set differs from run to run, and it shows in the output",
        );
    }
}
