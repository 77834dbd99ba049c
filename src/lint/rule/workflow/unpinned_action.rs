//! Actions that are taken by a branch or a tag.

use super::values;
use crate::lint::{
    Code, Confidence, Hits, Language, Rule,
    code::span,
    rule::place::{only_tests, words},
};

/// The rule.
pub static RULE: Rule = Rule {
    id: "gha-unpinned-action",
    languages: &[Language::Workflow],
    cause: "dependency-drift",
    confidence: Confidence::Low,
    what: "An action of a workflow that publishes is taken by a branch or a tag, which may move",
    why: "A branch or tag is whatever its owner puts there: another day's run may use other code, and with it other tools. An \
          action in the same repository, an image with its digest, workflows that only test, and actions that fetch, keep or \
          upload files do not matter.",
    fix: "the full commit, with the version as a comment: `uses: owner/action@<40 hexadecimal digits> # v4.1.0`",
    references: &["https://docs.github.com/en/actions/reference/security/secure-use#using-third-party-actions"],
    triggers: &["uses"],
    check,
};

/// Whether an action, by the words of its name, brings no tool and makes nothing: it moves what is there, or talks to people.
fn only_moves(action: &str) -> bool {
    const WORDS: &[&str] = &[
        "assign",
        "artifact",
        "artifacts",
        "authenticate",
        "auth",
        "buildx",
        "cache",
        "checkout",
        "codecov",
        "comment",
        "coveralls",
        "credentials",
        "deploy",
        "gh",
        "label",
        "labeler",
        "lock",
        "login",
        "notify",
        "publish",
        "qemu",
        "release",
        "releases",
        "runtime",
        "script",
        "slack",
        "stale",
        "upload",
    ];
    let lower = action.to_ascii_lowercase();
    let name = lower.split_once('/').map_or(lower.as_str(), |(_, name)| name);
    words(name).any(|word| WORDS.contains(&word))
}

fn check(code: &Code<'_>, hits: &mut Hits) {
    if only_tests(code.path, &code.text) {
        return;
    }
    for (value, text) in values(code, "uses") {
        if text.starts_with("./") || text.starts_with("../") || text.contains("${{") {
            continue;
        }
        if let Some(image) = text.strip_prefix("docker://") {
            if !image.contains("@sha256:") {
                hits.at(
                    span(value),
                    format!("image `{image}` is taken by a tag, which may move"),
                );
            }
            continue;
        }
        let Some((action, version)) = text.split_once('@') else {
            continue;
        };
        let is_commit = matches!(version.len(), 40 | 64) && version.bytes().all(|b| b.is_ascii_hexdigit());
        if !is_commit && action.contains('/') && !only_moves(action) {
            hits.at(
                span(value),
                format!("`{action}` is taken by `{version}`, which may move"),
            );
        }
    }
}
