//! A set, or the environment, in a serialised file.

use super::{call, in_build};
use crate::lint::{Code, Confidence, Hits, Language, Rule, code::span};
use tree_sitter::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "py-pickle-set",
    languages: &[Language::Python],
    cause: "hash-order",
    confidence: Confidence::Low,
    what: "A set, or the environment, is serialised in its own order",
    why: "A set's order differs from run to run, and the environment's from machine to machine. A dictionary keeps the order in \
          which it was filled, and does not matter.",
    fix: "sorted(s); sort_keys=True",
    references: &["https://docs.python.org/3/library/json.html#json.dump"],
    triggers: &["dump"],
    check,
};

/// Whether this is a set, or a list of one.
fn is_set(code: &Code<'_>, node: Node<'_>) -> bool {
    match node.kind() {
        "set" | "set_comprehension" => true,
        "call" => match call::name(code, node) {
            "set" | "frozenset" => true,
            "list" | "tuple" => call::arguments(node).first().is_some_and(|it| is_set(code, *it)),
            _ => false,
        },
        _ => false,
    }
}

fn check(code: &Code<'_>, hits: &mut Hits) {
    if !in_build(code) {
        return;
    }
    for node in code.nodes(&["call"]) {
        let name = call::name(code, node);
        let module = name.split('.').next().unwrap_or("");
        if !matches!(module, "json" | "pickle" | "marshal" | "yaml") || !matches!(call::last(name), "dump" | "dumps") {
            continue;
        }
        let Some(value) = call::arguments(node).first().copied() else {
            continue;
        };
        let sorts = call::keyword(code, node, "sort_keys").is_some_and(|it| code.of(it) == "True");
        if is_set(code, value) {
            hits.at(
                span(value),
                format!("`{name}` writes a set in an order that differs from run to run"),
            );
        } else if !sorts && module == "json" && matches!(code.of(value), "os.environ" | "dict(os.environ)") {
            hits.at(span(value), "the environment is written, in its own order");
        }
    }
}
