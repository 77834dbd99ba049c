//! Text written in the encoding of the locale.

use super::{super::limit::MOST, call, in_build};
use crate::lint::{
    Code, Confidence, Hits, Language, Rule,
    code::{below, span},
};
use tree_sitter::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "py-open-encoding",
    languages: &[Language::Python],
    cause: "locale-encoding",
    confidence: Confidence::Low,
    what: "Text with letters outside ASCII is written in the encoding of the locale",
    why: "open() without encoding= takes the locale's (before Python 3.15). Binary files and plain ASCII do not matter.",
    fix: "open(name, \"w\", encoding=\"utf-8\", newline=\"\\n\")",
    references: &["https://peps.python.org/pep-0597/"],
    triggers: &["open("],
    check,
};

/// Whether a text has letters outside ASCII, as such or escaped.
fn beyond_ascii(text: &str) -> bool {
    !text.is_ascii() || text.contains("\\u") || text.contains("\\N{")
}

fn check(code: &Code<'_>, hits: &mut Hits) {
    if !in_build(code) {
        return;
    }
    let calls = code.nodes(&["call"]);
    // What is written, and to what.
    let writes = |to: &dyn Fn(Node<'_>) -> bool| {
        calls.iter().any(|node| {
            call::last(call::name(code, *node)) == "write"
                && call::receiver(*node).is_some_and(to)
                && below(*node, &["string"])
                    .into_iter()
                    .any(|it| beyond_ascii(code.of(it)))
        })
    };
    let opens = calls.iter().filter(|node| call::name(code, **node) == "open");
    for node in opens.take(MOST) {
        if call::keyword(code, *node, "encoding").is_some() {
            continue;
        }
        let text = call::mode(code, *node).is_some_and(|mode| mode.starts_with(['w', 'a', 'x']) && !mode.contains('b'));
        if !text
            || call::arguments(*node)
                .iter()
                .filter(|it| it.kind() != "keyword_argument")
                .count()
                > 3
        {
            continue;
        }
        let bound = call::bound(code, *node);
        if writes(&|it| it == *node || bound.is_some_and(|name| code.of(it) == name)) {
            hits.at(
                span(*node),
                "letters outside ASCII are written in the encoding of the locale",
            );
        }
    }
}
