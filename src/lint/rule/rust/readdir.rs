//! A folder's names in the order in which the file system gives them.

use super::{super::limit::MOST, flow, is_build_script, is_macro};
use crate::lint::{Code, Confidence, Hits, Language, Rule, code::span};

/// The rule.
pub static RULE: Rule = Rule {
    id: "rs-readdir",
    languages: &[Language::Rust],
    cause: "readdir-order",
    confidence: Confidence::High,
    what: "A build script lists a folder without sorting, and the order shows in the output",
    why: "fs::read_dir and WalkDir give names in the file system's order. `cargo:rerun-if-changed` lines, copying file by file and \
          counting do not matter.",
    fix: "WalkDir::new(x).sort_by_file_name(), or collect and sort",
    references: &["https://reproducible-builds.org/docs/stable-inputs/"],
    triggers: &["read_dir", "WalkDir"],
    check,
};

fn check(code: &Code<'_>, hits: &mut Hits) {
    if !(is_build_script(code) || is_macro(code)) {
        return;
    }
    let mut left = MOST;
    for node in code.nodes(&["call_expression"]) {
        let Some(function) = node.child_by_field_name("function") else {
            continue;
        };
        let name = code.of(function);
        let lists = matches!(
            name,
            "fs::read_dir" | "std::fs::read_dir" | "read_dir" | "WalkDir::new" | "walkdir::WalkDir::new"
        ) || (function.kind() == "field_expression"
            && function
                .child_by_field_name("field")
                .is_some_and(|it| code.of(it) == "read_dir"));
        if !lists {
            continue;
        }
        let Some(fewer) = left.checked_sub(1) else { break };
        left = fewer;
        if flow::shows(code, node) {
            hits.at(
                span(node),
                "names come in the file system's order, and it shows in the output",
            );
        }
    }
}
