//! `hash()` and `id()` in names and texts.

use super::{call, in_build};
use crate::lint::{
    Code, Confidence, Hits, Language, Rule,
    code::{below, span},
};
use tree_sitter::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "py-hash-builtin",
    languages: &[Language::Python],
    cause: "hash-order",
    confidence: Confidence::Medium,
    what: "A value of hash() or id() becomes part of a name, a text or an order",
    why: "hash() of str and bytes is seeded anew in each process, and id() is an address. A class's own __hash__ and \
          comparisons do not matter.",
    fix: "hashlib.sha256(key.encode()).hexdigest(), or a counter",
    references: &["https://docs.python.org/3/reference/datamodel.html#object.__hash__"],
    triggers: &["hash", "id"],
    check,
};

/// Whether the number becomes text, or decides an order.
fn becomes_text(code: &Code<'_>, node: Node<'_>) -> bool {
    let mut at = node;
    while let Some(parent) = at.parent() {
        match parent.kind() {
            "interpolation" => return true,
            "binary_operator" => {
                let left = parent.child_by_field_name("left");
                if left.is_some_and(|left| left != at && left.kind() == "string") {
                    return true;
                }
            }
            "argument_list" => {
                let name = parent.parent().map_or("", |call| call::last(call::name(code, call)));
                if matches!(name, "str" | "hex" | "oct" | "format" | "repr") {
                    return true;
                }
                if name != "abs" && name != "int" {
                    return false;
                }
            }
            "parenthesized_expression" | "tuple" | "call" | "unary_operator" => {}
            _ => return false,
        }
        at = parent;
    }
    false
}

fn check(code: &Code<'_>, hits: &mut Hits) {
    if !in_build(code) {
        return;
    }
    let defined = definitions(code);
    let is_shadowed = |name: &str| defined.contains(&name) || code.text.contains(&format!(" {name} = "));
    let shadowed_hash = is_shadowed("hash");
    let shadowed_id = is_shadowed("id");
    let shadowed = |name: &str| if name == "id" { shadowed_id } else { shadowed_hash };
    for node in code.nodes(&["call"]) {
        let name = call::name(code, node);
        let own = call::inside_function(code, node, &["__hash__", "__repr__", "__str__", "__eq__"]);
        if !matches!(name, "hash" | "id") || own || call::arguments(node).len() != 1 {
            continue;
        }
        if becomes_text(code, node) && !call::spoken(code, node) && !shadowed(name) {
            let what = if name == "hash" {
                "is seeded anew in each run"
            } else {
                "is an address"
            };
            hits.at(span(node), format!("`{name}()` {what}, and becomes part of a text"));
        }
    }
    for node in code.nodes(&["keyword_argument"]) {
        let part = |field| node.child_by_field_name(field).map_or("", |it| code.of(it));
        if part("name") == "key" && matches!(part("value"), "hash" | "id") && !shadowed(part("value")) {
            hits.at(
                span(node),
                format!("`{}` as the key of an order differs from run to run", part("value")),
            );
        }
    }
}

/// The names of the functions that the file defines.
fn definitions<'c>(code: &'c Code<'_>) -> Vec<&'c str> {
    code.root().map_or_else(Vec::new, |root| {
        below(root, &["function_definition"])
            .into_iter()
            .filter_map(|it| it.child_by_field_name("name"))
            .map(|it| code.of(it))
            .collect()
    })
}
