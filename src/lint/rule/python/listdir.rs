//! A folder's names in the order in which the file system gives them.

use super::{call, flow::Flow, in_build};
use crate::lint::{Code, Confidence, Hits, Language, Rule, code::span};
use tree_sitter::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "py-listdir",
    languages: &[Language::Python],
    cause: "readdir-order",
    confidence: Confidence::High,
    what: "A folder is listed without sorting, and the order shows in the output",
    why: "os.listdir, os.scandir, os.walk, glob and Path.iterdir give names in the file system's order, which differs between \
          file systems, and between two copies of one tree. It does not matter where names are only counted, looked up, \
          removed or copied one by one, nor for an extension's sources, which build_ext sorts.",
    fix: "sorted(…) around the call; for os.walk `dirs.sort()` as the first statement of the loop, and `sorted(files)`",
    references: &["https://reproducible-builds.org/docs/stable-inputs/"],
    triggers: &["listdir", "scandir", "walk", "glob", "iterdir"],
    check,
};

/// What is listed without an order, for the message.
fn lister(code: &Code<'_>, node: Node<'_>) -> Option<&'static str> {
    let name = call::name(code, node);
    let method = name.contains('.') && !name.starts_with("glob.");
    Some(match call::last(name) {
        "listdir" if name == "os.listdir" || name == "listdir" => "os.listdir",
        "scandir" if name == "os.scandir" || name == "scandir" => "os.scandir",
        "walk" if name == "os.walk" || (name == "walk" && code.text.contains("from os import")) => "os.walk",
        "glob" if name == "glob.glob" || (name == "glob" && code.text.contains("from glob import")) => "glob",
        "iglob" => "iglob",
        "iterdir" if method => "iterdir",
        "glob" if method && code.text.contains("pathlib") => "Path.glob",
        "rglob" if method => "Path.rglob",
        _ => return None,
    })
}

fn check(code: &Code<'_>, hits: &mut Hits) {
    if !in_build(code) {
        return;
    }
    let flow = Flow::new(code);
    for node in code.nodes(&["call"]) {
        let Some(lister) = lister(code, node) else { continue };
        if !flow.shows(node) {
            continue;
        }
        let message = format!("`{lister}` gives the file system's order, and it shows in the output");
        let loops = node.parent().is_some_and(|parent| {
            parent.kind() == "for_statement" && parent.child_by_field_name("right") == Some(node)
        });
        // Entries of `scandir` and tuples of `walk` do not sort like names.
        if loops && !matches!(lister, "os.walk" | "os.scandir") {
            hits.fixable(span(node), message, span(node), format!("sorted({})", code.of(node)));
        } else {
            hits.at(span(node), message);
        }
    }
}
