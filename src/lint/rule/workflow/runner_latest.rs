//! Runners whose tools change under a workflow.

use super::values;
use crate::lint::{
    Code, Confidence, Hits, Language, Rule,
    code::{below, span},
};

/// The rule.
pub static RULE: Rule = Rule {
    id: "gha-runner-latest",
    languages: &[Language::Workflow],
    cause: "toolchain-version",
    confidence: Confidence::Low,
    what: "A job runs on the newest image of runners",
    why: "`ubuntu-latest` is another release, with another compiler, from one day to the next. What is built in a pinned \
          container does not depend on it.",
    fix: "a named release (`ubuntu-24.04`), or a container with a digest",
    references: &["https://github.com/actions/runner-images"],
    triggers: &["-latest"],
    check,
};

fn check(code: &Code<'_>, hits: &mut Hits) {
    for (value, _) in values(code, "runs-on") {
        for scalar in below(value, &["plain_scalar", "double_quote_scalar", "single_quote_scalar"]) {
            let text = code.of(scalar).trim_matches(['"', '\'']);
            if text.ends_with("-latest") {
                hits.at(
                    span(scalar),
                    format!("`{text}` is another release from one day to the next"),
                );
            }
        }
    }
}
