//! The time of the build in what a generator writes.

use super::{super::limit::MOST, is_generator};
use crate::lint::{
    Code, Confidence, Hits, Language, Rule,
    code::{above, below, span},
};
use tree_sitter::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "go-now",
    languages: &[Language::Go],
    cause: "embedded-timestamp",
    confidence: Confidence::High,
    what: "A generator, or a build written in Go, puts the time at which it runs into its output",
    why: "The clock differs in each build. Timing, messages, and a program that takes SOURCE_DATE_EPOCH do not matter.",
    fix: "leave it out, or take SOURCE_DATE_EPOCH",
    references: &["https://reproducible-builds.org/docs/source-date-epoch/"],
    triggers: &["time.Now"],
    check,
};

/// Whether it is a program of mage: a build.
fn is_magefile(code: &Code<'_>) -> bool {
    code.text.contains("//go:build mage") || code.text.contains("// +build mage")
}

fn check(code: &Code<'_>, hits: &mut Hits) {
    if !(is_generator(code) || is_magefile(code)) || code.text.contains("SOURCE_DATE_EPOCH") {
        return;
    }
    for node in code.nodes(&["call_expression"]).into_iter().take(MOST) {
        let called = node.child_by_field_name("function").map_or("", |it| code.of(it));
        if called == "time.Now" && reaches(code, node, 2) {
            hits.at(span(node), "`time.Now` puts the time of the build into the output");
        }
    }
}

/// Whether a value gets into a file, a template or a flag of the linker.
fn reaches(code: &Code<'_>, node: Node<'_>, hops: u8) -> bool {
    let mut at = node;
    while let Some(parent) = at.parent() {
        match parent.kind() {
            "selector_expression" => {
                let method = parent.child_by_field_name("field").map_or("", |it| code.of(it));
                let text = [
                    "Date", "Format", "In", "Local", "Round", "String", "Truncate", "UTC", "Unix", "Year",
                ];
                if !text.contains(&method) {
                    return false;
                }
            }
            "call_expression" | "argument_list" | "parenthesized_expression" => {}
            // `"-X main.date=" + time.Now()…`
            "binary_expression" => return code.of(parent).contains("-X"),
            // The data of a template.
            "keyed_element" | "literal_element" => {
                at = parent;
                if parent.kind() == "keyed_element" {
                    return code.text.contains(".Execute(") || code.text.contains(".ExecuteTemplate(");
                }
                continue;
            }
            "expression_list" => {}
            "short_var_declaration" | "var_spec" => {
                let left = parent
                    .child_by_field_name("left")
                    .or_else(|| parent.child_by_field_name("name"));
                return hops > 0 && left.is_some_and(|left| name_reaches(code, left, hops - 1));
            }
            _ => return false,
        }
        if parent.kind() == "argument_list"
            && let Some(call) = parent.parent()
        {
            let called = call.child_by_field_name("function").map_or("", |it| code.of(it));
            let first = parent.named_child(0).map_or("", |it| code.of(it));
            match called.rsplit('.').next().unwrap_or(called) {
                "Fprint" | "Fprintf" | "Fprintln" => return !matches!(first, "os.Stderr" | "os.Stdout"),
                "WriteString" => return !called.starts_with("os.Std"),
                "Execute" => return true,
                "Sprint" | "Sprintf" => {}
                _ => return false,
            }
        }
        at = parent;
    }
    false
}

/// Whether what a name holds gets there.
fn name_reaches(code: &Code<'_>, name: Node<'_>, hops: u8) -> bool {
    let scope = above(name, &["function_declaration", "method_declaration", "func_literal"]);
    let Some(scope) = scope.filter(|_| name.kind() != "expression_list" || name.named_child_count() == 1) else {
        return false;
    };
    let text = code.of(name);
    below(scope, &["identifier"])
        .into_iter()
        .filter(|it| it.start_byte() > name.end_byte() && code.of(*it) == text)
        .take(20)
        .any(|it| reaches(code, it, hops))
}
