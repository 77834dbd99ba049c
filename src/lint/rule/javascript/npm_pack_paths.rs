//! The build folder in a bundle.

use super::{call, in_build};
use crate::lint::{Code, Confidence, Hits, Language, Rule, code::span};
use tree_sitter::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "npm-pack-paths",
    languages: &[Language::JavaScript],
    cause: "build-path",
    confidence: Confidence::Low,
    what: "A bundler is told to put the build folder, or numbers that depend on it, into its output",
    why: "__dirname and process.cwd() are where the tree lies on this machine. As the place of an entry or of the output they do \
          not matter.",
    fix: "a relative path; optimization.moduleIds = \"deterministic\"",
    references: &["https://webpack.js.org/configuration/optimization/#optimizationmoduleids"],
    triggers: &["__dirname", "process.cwd", "moduleIds", "chunkIds"],
    check,
};

/// Whether a node is inside what the bundler replaces in the output: `new DefinePlugin({…})`, `define: {…}`, `replace({…})`.
fn is_replaced(code: &Code<'_>, node: Node<'_>) -> bool {
    let mut at = node;
    while let Some(parent) = at.parent() {
        let name = call::name(code, parent);
        let defines = match parent.kind() {
            "new_expression" => name.ends_with("DefinePlugin") || name.ends_with("EnvironmentPlugin"),
            "call_expression" => name == "replace",
            "pair" => parent
                .child_by_field_name("key")
                .is_some_and(|key| code.of(key) == "define"),
            _ => false,
        };
        if defines {
            return true;
        }
        // `path.join(__dirname, "x")` in a replacement is still the folder; `require(…)` of it is a module's content.
        if parent.kind() == "call_expression"
            && matches!(
                name,
                "require" | "fs.readFileSync" | "readFileSync" | "path.basename" | "path.relative"
            )
        {
            return false;
        }
        at = parent;
    }
    false
}

fn check(code: &Code<'_>, hits: &mut Hits) {
    if !in_build(code) {
        return;
    }
    for node in code.nodes(&["identifier", "call_expression", "pair"]) {
        match node.kind() {
            "pair" => {
                let part = |field: &str| {
                    node.child_by_field_name(field)
                        .map_or("", |it| code.of(it).trim_matches(['"', '\'']))
                };
                if matches!(part("key"), "moduleIds" | "chunkIds") && part("value") == "natural" {
                    hits.at(span(node), "numbers of modules in the order in which they were met");
                }
            }
            "identifier" if code.of(node) == "__dirname" && is_replaced(code, node) => {
                hits.at(span(node), "the build folder becomes part of the bundle");
            }
            "call_expression" if call::name(code, node) == "process.cwd" && is_replaced(code, node) => {
                hits.at(span(node), "the build folder becomes part of the bundle");
            }
            _ => {}
        }
    }
}
