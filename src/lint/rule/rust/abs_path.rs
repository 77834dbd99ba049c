//! The build folder compiled into a crate.

use super::{is_build_script, is_macro};
use crate::lint::{
    Code, Confidence, Hits, Language, Rule,
    code::above,
    rule::{build_file, limit},
};
use tree_sitter::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "rs-abs-path",
    languages: &[Language::Rust],
    cause: "build-path",
    confidence: Confidence::Medium,
    what: "The build folder's absolute path is compiled in",
    why: "CARGO_MANIFEST_DIR and OUT_DIR are absolute, and --remap-path-prefix does not reach them. Inside include!, include_str! \
          and include_bytes! they do not reach the output, and tests do not matter.",
    fix: "include_bytes!/include_str!, or a path relative to the installed program",
    references: &["https://doc.rust-lang.org/cargo/reference/environment-variables.html"],
    triggers: &["CARGO_MANIFEST_DIR", "OUT_DIR", "file!"],
    check,
};

/// Macros that read the file at compile time, and those that take a path for themselves.
const READS: &[&str] = &[
    "include",
    "include_bytes",
    "include_str",
    "include_dir",
    "embed_migrations",
    "asset",
    "pest_derive",
    "compile_error",
];

/// Whether the code around a node is for tests only, or reads the path while it is compiled.
fn is_aside(code: &Code<'_>, node: Node<'_>) -> bool {
    let mut at = node;
    while let Some(parent) = at.parent() {
        match parent.kind() {
            "line_comment" | "block_comment" | "macro_definition" | "attribute_item" | "inner_attribute_item" => {
                return true;
            }
            "macro_invocation" => {
                let called = parent.child_by_field_name("macro").map_or("", |it| code.of(it));
                if READS.contains(&called.rsplit("::").next().unwrap_or("")) {
                    return true;
                }
            }
            "token_tree" => {
                // `include_str!` within another macro is only words: the one before the tree.
                let before = code.text.get(..parent.start_byte()).unwrap_or("").trim_end();
                if before
                    .strip_suffix('!')
                    .is_some_and(|before| READS.iter().any(|word| before.ends_with(word)))
                {
                    return true;
                }
            }
            _ => {}
        }
        let mut before = parent.prev_named_sibling();
        while let Some(attribute) = before.filter(|it| matches!(it.kind(), "attribute_item" | "line_comment")) {
            if code.of(attribute).contains("test") {
                return true;
            }
            before = attribute.prev_named_sibling();
        }
        at = parent;
    }
    false
}

fn check(code: &Code<'_>, hits: &mut Hits) {
    let tool = code.path.split('/').any(|part| part.starts_with("xtask"));
    if is_build_script(code) || is_macro(code) || build_file::is_test_path(code.path) || tool {
        return;
    }
    if code.file_name() == "build.rs" || code.file_name() == "tests.rs" {
        return;
    }
    let Some(root) = code.root() else { return };
    for pattern in ["env!(\"CARGO_MANIFEST_DIR\")", "env!(\"OUT_DIR\")", "file!()"] {
        for (at, found) in code.text.match_indices(pattern).take(limit::MOST) {
            let whole = code
                .text
                .get(..at)
                .is_some_and(|before| !before.ends_with(|c: char| c.is_alphanumeric() || c == '_'));
            let Some(node) = root.descendant_for_byte_range(at, at + 3) else {
                continue;
            };
            if !whole || node.kind() != "identifier" || is_aside(code, node) {
                continue;
            }
            // The path of a source is relative to the crate, except where the crate is a dependency: only constants are told of.
            if pattern == "file!()" && above(node, &["const_item", "static_item"]).is_none() {
                continue;
            }
            hits.at(
                at..at + found.len(),
                format!("`{found}` compiles in where the tree lies on the build machine"),
            );
        }
    }
    hits.0.sort_by_key(|hit| hit.span.start);
}
