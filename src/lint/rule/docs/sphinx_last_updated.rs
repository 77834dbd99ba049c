//! The time of the build in pages of Sphinx.

use super::super::python::is_sphinx;
use crate::lint::{
    Code, Confidence, Hits, Language, Rule,
    code::{above, below, span},
};

/// The rule.
pub static RULE: Rule = Rule {
    id: "sphinx-last-updated",
    languages: &[Language::Python],
    cause: "doc-generator-date",
    confidence: Confidence::Low,
    what: "Sphinx writes the time of the build, or how long it took, into its pages",
    why: "html_last_updated_fmt prints the clock unless SOURCE_DATE_EPOCH is set, and sphinx-gallery prints how long each example \
          ran. An empty format prints in the default one only where the theme asks for it, and is not reported.",
    fix: "html_last_updated_fmt = None; sphinx_gallery_conf = {\"min_reported_time\": 10**9, \"show_memory\": False}",
    references: &["https://www.sphinx-doc.org/en/master/usage/configuration.html#confval-html_last_updated_fmt"],
    triggers: &["html_last_updated_fmt", "sphinx_gallery"],
    check,
};

fn check(code: &Code<'_>, hits: &mut Hits) {
    if !is_sphinx(code) {
        return;
    }
    for node in code.nodes(&["assignment"]) {
        let left = node.child_by_field_name("left").map_or("", |it| code.of(it));
        let Some(right) = node.child_by_field_name("right") else {
            continue;
        };
        if left == "html_last_updated_fmt" && right.kind() == "string" && !below(right, &["string_content"]).is_empty()
        {
            hits.at(
                span(node),
                "each page shows when it was built, unless SOURCE_DATE_EPOCH is set",
            );
        }
    }
    if code.text.contains("min_reported_time") {
        return;
    }
    for node in code.nodes(&["string_content"]) {
        let listed = above(node, &["assignment", "augmented_assignment"])
            .and_then(|it| it.child_by_field_name("left"))
            .is_some_and(|left| code.of(left) == "extensions");
        if listed && code.of(node).starts_with("sphinx_gallery.gen_gallery") {
            hits.at(span(node), "the gallery shows how long each example ran");
        }
    }
}
