//! A folder's names in the order in which the file system gives them.

use super::{super::limit::MOST, call, in_build};
use crate::lint::{
    Code, Confidence, Hits, Language, Rule,
    code::{above, below, span},
};
use tree_sitter::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "js-opendir",
    languages: &[Language::JavaScript],
    cause: "readdir-order",
    confidence: Confidence::Medium,
    what: "A folder is listed without sorting, and the order shows in the output",
    why: "fs.opendir, globby and fast-glob give names in the file system's order. fs.readdir is sorted by libuv on Unix, and does \
          not matter.",
    fix: "collect the names, and .sort() them",
    references: &["https://reproducible-builds.org/docs/stable-inputs/"],
    triggers: &["opendir", "glob"],
    check,
};

/// Whether the loop or the chain that takes the names puts them into an output.
fn shows(code: &Code<'_>, node: Node<'_>) -> bool {
    let mut at = node;
    while let Some(parent) = at.parent() {
        match parent.kind() {
            "await_expression" | "parenthesized_expression" | "call_expression" | "spread_element" | "array" => {}
            "member_expression" => {
                let method = parent.child_by_field_name("property").map_or("", |it| code.of(it));
                match method {
                    "sort" | "toSorted" | "length" | "some" | "every" | "includes" => return false,
                    "join" | "reduce" => return !call::spoken(code, node),
                    "forEach" => return parent.parent().is_some_and(|call| writes(code, call)),
                    "map" | "filter" | "flatMap" | "concat" | "then" => {}
                    _ => return false,
                }
            }
            "for_in_statement" => {
                return parent.child_by_field_name("right") == Some(at)
                    && parent
                        .child_by_field_name("body")
                        .is_some_and(|body| writes(code, body));
            }
            "variable_declarator" => {
                let Some(target) = parent.child_by_field_name("name") else {
                    return false;
                };
                let name = code.of(target);
                let sorted =
                    code.text.contains(&format!("{name}.sort(")) || code.text.contains(&format!("sort({name}"));
                return !sorted
                    && code
                        .nodes(&["identifier"])
                        .into_iter()
                        .filter(|it| it.id() != target.id() && code.of(*it) == name)
                        .take(50)
                        .any(|it| at != it && flows(code, it));
            }
            _ => return false,
        }
        at = parent;
    }
    false
}

/// Whether this use of a list takes its members in order, and writes them.
fn flows(code: &Code<'_>, node: Node<'_>) -> bool {
    let Some(parent) = node.parent() else { return false };
    match parent.kind() {
        "for_in_statement" => {
            parent.child_by_field_name("right") == Some(node)
                && parent
                    .child_by_field_name("body")
                    .is_some_and(|body| writes(code, body))
        }
        "member_expression" => match parent.child_by_field_name("property").map_or("", |it| code.of(it)) {
            "join" => !call::spoken(code, node),
            "forEach" => parent.parent().is_some_and(|call| writes(code, call)),
            // An open folder, read name by name.
            "readSync" | "read" => above(node, &["while_statement", "for_statement"])
                .and_then(|it| it.child_by_field_name("body"))
                .is_some_and(|body| writes(code, body)),
            _ => false,
        },
        _ => false,
    }
}

/// Whether a part of the code adds to a text, a list or an output.
fn writes(code: &Code<'_>, part: Node<'_>) -> bool {
    !below(part, &["augmented_assignment_expression"]).is_empty()
        || below(part, &["call_expression"]).into_iter().any(|it| {
            let name = call::name(code, it);
            let on_console = name.starts_with("console.") || name.starts_with("process.std");
            !on_console
                && matches!(
                    name.rsplit('.').next().unwrap_or(""),
                    "push" | "write" | "appendFileSync" | "update"
                )
        })
}

fn check(code: &Code<'_>, hits: &mut Hits) {
    if !in_build(code) {
        return;
    }
    let fast = code.text.contains("fast-glob") || code.text.contains("tinyglobby");
    let mut left = MOST;
    for node in code.nodes(&["call_expression"]) {
        let name = call::name(code, node);
        let lists = match name {
            "fs.opendir" | "fs.opendirSync" | "opendirSync" | "opendir" | "fsp.opendir" | "fs.promises.opendir" => true,
            "globby" | "globbySync" | "globby.sync" => true,
            "fg" | "fg.sync" | "fg.globSync" | "glob" | "globSync" | "glob.sync" | "fastGlob" | "fastGlob.sync" => fast,
            _ => false,
        };
        if !lists {
            continue;
        }
        let Some(fewer) = left.checked_sub(1) else { break };
        left = fewer;
        if shows(code, node) {
            hits.at(
                span(node),
                format!("`{name}` gives the file system's order, and it shows in the output"),
            );
        }
    }
}
