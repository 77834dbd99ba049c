//! Random values in a bundle.

use super::{super::limit::MOST, call, in_build};
use crate::lint::{
    Code, Confidence, Hits, Language, Rule,
    code::{above, span},
};

/// The rule.
pub static RULE: Rule = Rule {
    id: "js-random",
    languages: &[Language::JavaScript],
    cause: "random-value",
    confidence: Confidence::Medium,
    what: "A build's configuration puts a random value into its output",
    why: "What is random differs in each build. Names of temporary files do not matter.",
    fix: "a hash of the content: createHash(\"sha256\").update(source).digest(\"hex\").slice(0, 8)",
    references: &["https://reproducible-builds.org/docs/randomness/"],
    triggers: &["random", "nanoid", "uuid"],
    check,
};

fn check(code: &Code<'_>, hits: &mut Hits) {
    if !in_build(code) {
        return;
    }
    let draws = code.nodes(&["call_expression"]).into_iter().filter(|node| {
        let name = call::name(code, *node).to_ascii_lowercase();
        ["random", "nanoid", "uuid"].iter().any(|word| name.contains(word))
    });
    for node in draws.take(MOST) {
        let name = call::name(code, node);
        let text = match name {
            "crypto.randomUUID" | "randomUUID" | "crypto.randomBytes" | "randomBytes" => true,
            "nanoid" | "uuidv4" | "uuidv1" | "uuid.v4" | "uuid.v1" => true,
            "Math.random" => call::becomes_text(code, node, 2) || text_of_number(code, node),
            _ => continue,
        };
        let around = above(node, &["variable_declarator", "expression_statement"])
            .map_or("", |it| code.of(it))
            .to_ascii_lowercase();
        let aside = ["tmp", "temp", "port", "sleep", "settimeout"]
            .iter()
            .any(|word| around.contains(word));
        if text && !aside && !call::spoken(code, node) {
            hits.at(span(node), format!("`{name}` differs in each build"));
        }
    }
}

/// `Math.random().toString(36)`.
fn text_of_number(code: &Code<'_>, node: tree_sitter::Node<'_>) -> bool {
    node.parent()
        .and_then(|parent| parent.child_by_field_name("property"))
        .is_some_and(|method| code.of(method) == "toString")
}
