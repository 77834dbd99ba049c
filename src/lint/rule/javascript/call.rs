//! Calls of JavaScript, and what becomes of their value.

use crate::lint::code::{Code, above, below};
use tree_sitter::Node;

/// What is called: `Date.now`.
pub fn name<'c>(code: &'c Code<'_>, call: Node<'_>) -> &'c str {
    call.child_by_field_name("function")
        .or_else(|| call.child_by_field_name("constructor"))
        .map_or("", |function| code.of(function))
}

/// How many arguments a call has.
pub fn count(call: Node<'_>) -> usize {
    call.child_by_field_name("arguments")
        .map_or(0, |list| list.named_child_count())
}

/// Whether a value is only said to a person: `console.log`, an error.
pub(crate) fn spoken(code: &Code<'_>, node: Node<'_>) -> bool {
    if above(node, &["throw_statement"]).is_some() {
        return true;
    }
    let mut at = node;
    while let Some(call) = above(at, &["call_expression"]) {
        let called = name(code, call);
        let on = called.split('.').next().unwrap_or("");
        if matches!(
            on,
            "console" | "log" | "logger" | "gutil" | "debug" | "signale" | "consola"
        ) || called.contains("grunt.log")
            || called.ends_with(".log")
            || called.starts_with("process.stdout")
            || called.starts_with("process.stderr")
        {
            return true;
        }
        at = call;
    }
    false
}

/// Whether a value becomes text that is kept: in a template, added to a string, given as a property's value.
pub(crate) fn becomes_text(code: &Code<'_>, node: Node<'_>, depth: u8) -> bool {
    let mut at = node;
    while let Some(parent) = at.parent() {
        let field = |name: &str| parent.child_by_field_name(name);
        match parent.kind() {
            "template_substitution" => return true,
            "pair" if field("value") == Some(at) => return true,
            "parenthesized_expression" | "ternary_expression" => {}
            "binary_expression" => {
                let text =
                    |it: Option<Node<'_>>| it.is_some_and(|it| !below(it, &["string", "template_string"]).is_empty());
                match field("operator").map_or("", |it| code.of(it)) {
                    "+" if text(field("left")) || text(field("right")) => return true,
                    "||" | "??" | "+" => {}
                    _ => return false,
                }
            }
            // A method of it: `.toISOString()`. A date's number in a comparison or a difference ends at another kind above.
            "member_expression" if field("object") == Some(at) => {
                let method = field("property").map_or("", |it| code.of(it));
                if matches!(
                    method,
                    "toISOString"
                        | "toString"
                        | "toUTCString"
                        | "toLocaleDateString"
                        | "toLocaleString"
                        | "toGMTString"
                        | "toDateString"
                        | "toJSON"
                        | "format"
                ) {
                    return used(code, parent, depth);
                }
                if !method.starts_with("get")
                    && !matches!(method, "slice" | "substr" | "substring" | "replace" | "split")
                {
                    return false;
                }
            }
            "call_expression" if field("function") == Some(at) => {}
            "arguments" => {
                let called = parent.parent().map_or("", |call| name(code, call));
                if matches!(called, "JSON.stringify" | "String") {
                    return true;
                }
                if !matches!(
                    called,
                    "Math.floor" | "Math.round" | "new Date" | "Date" | "dateFormat" | "dateformat" | "Number"
                ) {
                    return false;
                }
                let Some(call) = parent.parent() else { return false };
                at = call;
                continue;
            }
            "variable_declarator" | "assignment_expression" => return used(code, at, depth),
            _ => return false,
        }
        at = parent;
    }
    false
}

/// Whether a value that is text already is used for more than a message: what its name holds is text somewhere else.
fn used(code: &Code<'_>, node: Node<'_>, depth: u8) -> bool {
    let mut at = node;
    while let Some(parent) = at.parent() {
        match parent.kind() {
            "variable_declarator" | "assignment_expression" => {
                let target = parent
                    .child_by_field_name("name")
                    .or_else(|| parent.child_by_field_name("left"));
                let Some(target) = target.filter(|target| target.kind() == "identifier" && depth > 0) else {
                    return target_is_property(target);
                };
                return code
                    .nodes(&["identifier"])
                    .into_iter()
                    .filter(|it| it.id() != target.id() && code.of(*it) == code.of(target))
                    .take(50)
                    .any(|it| !spoken(code, it) && becomes_text(code, it, depth - 1));
            }
            "member_expression" | "call_expression" | "parenthesized_expression" | "binary_expression" => at = parent,
            "template_substitution" | "pair" | "template_string" | "arguments" | "array" => return true,
            _ => return false,
        }
    }
    false
}

/// Whether something is assigned to a property: `options.banner = …`.
fn target_is_property(target: Option<Node<'_>>) -> bool {
    target.is_some_and(|target| target.kind() == "member_expression")
}
