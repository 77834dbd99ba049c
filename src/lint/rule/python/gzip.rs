//! The time in the header of a gzip file.

use super::{call, in_build};
use crate::lint::{Code, Confidence, Hits, Language, Rule, code::span};

/// The rule.
pub static RULE: Rule = Rule {
    id: "py-gzip",
    languages: &[Language::Python],
    cause: "gzip-mtime",
    confidence: Confidence::High,
    what: "A gzip file is written with the current time in its header",
    why: "Python's gzip puts the time of the call into the header unless mtime= is given; gzip.open cannot be given it. \
          Reading does not matter.",
    fix: "gzip.GzipFile(name, \"wb\", mtime=0) or gzip.compress(data, mtime=0)",
    references: &["https://docs.python.org/3/library/gzip.html#gzip.GzipFile"],
    triggers: &["gzip", "GzipFile"],
    check,
};

fn check(code: &Code<'_>, hits: &mut Hits) {
    if !in_build(code) {
        return;
    }
    for node in code.nodes(&["call"]) {
        let name = call::name(code, node);
        let writes = || call::mode(code, node).is_some_and(|mode| mode.starts_with(['w', 'a', 'x']));
        let can_be_told = match name {
            "gzip.open" if writes() => false,
            "gzip.GzipFile" | "GzipFile" if writes() => true,
            "gzip.compress" => true,
            _ => continue,
        };
        let arguments = call::arguments(node);
        let splat = arguments
            .iter()
            .any(|it| matches!(it.kind(), "dictionary_splat" | "list_splat" | "generator_expression"));
        let positional = arguments.iter().filter(|it| it.kind() != "keyword_argument").count();
        // The fifth of GzipFile and the third of compress is the time.
        let given = positional >= if name == "gzip.compress" { 3 } else { 5 };
        if splat || (can_be_told && (given || call::keyword(code, node, "mtime").is_some())) {
            continue;
        }
        let message = format!("`{name}` writes the current time into the header");
        let after = arguments.last().map_or(0, tree_sitter::Node::end_byte);
        if can_be_told && after > 0 {
            hits.fixable(span(node), message, after..after, ", mtime=0");
        } else {
            hits.at(span(node), message);
        }
    }
}
