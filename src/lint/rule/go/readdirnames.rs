//! A folder's names in the order in which the file system gives them.

use super::{super::limit::MOST, flow, is_generator};
use crate::lint::{Code, Confidence, Hits, Language, Rule, code::span};

/// The rule.
pub static RULE: Rule = Rule {
    id: "go-readdirnames",
    languages: &[Language::Go],
    cause: "readdir-order",
    confidence: Confidence::High,
    what: "A generator lists a folder without sorting, and the order shows in the output",
    why: "The methods Readdir, Readdirnames and ReadDir of an open file give the folder's own order. os.ReadDir, ioutil.ReadDir, \
          filepath.Walk and filepath.Glob sort, and do not matter.",
    fix: "os.ReadDir, or sort.Strings(names)",
    references: &["https://pkg.go.dev/os#File.Readdirnames"],
    triggers: &["Readdir", "ReadDir"],
    check,
};

fn check(code: &Code<'_>, hits: &mut Hits) {
    if !is_generator(code) {
        return;
    }
    let sorted = flow::sorted(code);
    let mut left = MOST;
    for node in code.nodes(&["call_expression"]) {
        let called = node.child_by_field_name("function").map_or("", |it| code.of(it));
        let Some((on, method)) = called.rsplit_once('.') else {
            continue;
        };
        let argument = node
            .child_by_field_name("arguments")
            .and_then(|list| list.named_child(0))
            .map_or("", |it| code.of(it));
        let counts = argument.trim_start_matches('-').bytes().all(|b| b.is_ascii_digit()) && !argument.is_empty();
        let lists = matches!(method, "Readdir" | "Readdirnames" | "ReadDir") && counts;
        if !lists || matches!(on, "os" | "ioutil" | "fs") {
            continue;
        }
        let Some(fewer) = left.checked_sub(1) else { break };
        left = fewer;
        // names, err := f.Readdirnames(-1)
        let name = node
            .parent()
            .and_then(|list| list.parent())
            .and_then(|declares| declares.child_by_field_name("left"))
            .and_then(|left| left.named_child(0))
            .map_or("", |it| code.of(it));
        if name.is_empty() || sorted.contains(name) {
            continue;
        }
        let joined = code.text.contains(&format!("strings.Join({name}"));
        let repeated = code.nodes(&["for_statement"]).into_iter().any(|repeat| {
            let mut cursor = repeat.walk();
            let over = repeat
                .named_children(&mut cursor)
                .find(|it| it.kind() == "range_clause")
                .and_then(|range| range.child_by_field_name("right"));
            over.is_some_and(|it| code.of(it) == name)
                && repeat
                    .child_by_field_name("body")
                    .is_some_and(|body| flow::writes(code, body, &sorted))
        });
        if joined || repeated {
            hits.at(
                span(node),
                format!("`{method}` gives the file system's order, and it shows in the output"),
            );
        }
    }
}
