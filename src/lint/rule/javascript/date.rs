//! The time of the build in a bundle's banner.

use super::{super::limit::MOST, call, in_build};
use crate::lint::{
    Code, Confidence, Hits, Language, Rule,
    code::{below, span},
};

/// The rule.
pub static RULE: Rule = Rule {
    id: "js-date",
    languages: &[Language::JavaScript],
    cause: "embedded-timestamp",
    confidence: Confidence::Medium,
    what: "A build's configuration puts the current time into its output",
    why: "The clock differs in each build. new Date(x) of a given time, timing and log lines do not matter.",
    fix: "new Date(1000 * (process.env.SOURCE_DATE_EPOCH ?? Date.now() / 1000)), or leave the date out of the banner",
    references: &["https://reproducible-builds.org/docs/source-date-epoch/"],
    triggers: &["Date", "template.today", "moment("],
    check,
};

fn check(code: &Code<'_>, hits: &mut Hits) {
    if !in_build(code) || code.text.contains("SOURCE_DATE_EPOCH") {
        return;
    }
    let mut left = MOST;
    for node in code.nodes(&["new_expression", "call_expression", "string", "template_string"]) {
        let name = call::name(code, node);
        let now = match node.kind() {
            "new_expression" => name == "Date" && call::count(node) == 0,
            "call_expression" => {
                name == "Date.now" || (matches!(name, "Date" | "moment" | "dayjs") && call::count(node) == 0)
            }
            // `<%= grunt.template.today("yyyy-mm-dd") %>`: the template is text, run by grunt.
            _ => {
                if below(node, &["template_substitution"]).is_empty()
                    && !call::spoken(code, node)
                    && let Some(at) = code.of(node).find("grunt.template.today(")
                {
                    let start = node.start_byte() + at;
                    hits.at(
                        start..start + "grunt.template.today".len(),
                        "the template puts the time of the build into the output",
                    );
                }
                continue;
            }
        };
        if !now {
            continue;
        }
        let Some(fewer) = left.checked_sub(1) else { break };
        left = fewer;
        if !call::spoken(code, node) && call::becomes_text(code, node, 2) {
            hits.at(
                span(node),
                format!("`{}` puts the time of the build into the output", code.of(node)),
            );
        }
    }
    for node in code.nodes(&["call_expression"]) {
        if call::name(code, node) == "grunt.template.today" && !call::spoken(code, node) {
            hits.at(
                span(node),
                "`grunt.template.today` puts the time of the build into the output",
            );
        }
    }
    hits.0.sort_by_key(|hit| hit.span.start);
}
