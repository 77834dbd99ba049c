//! Downloads whose content nobody checks.

use super::is_aside;
use crate::lint::{
    Code, Confidence, Hits, Language, Rule,
    code::{below, span},
};

/// The rule.
pub static RULE: Rule = Rule {
    id: "docker-add-url",
    languages: &[Language::Dockerfile],
    cause: "dependency-drift",
    confidence: Confidence::Medium,
    what: "ADD downloads a file without checking its content",
    why: "What a server gives may change. A checksum, and a git address with its commit, do not matter.",
    fix: "ADD --checksum=sha256:… https://…",
    references: &["https://docs.docker.com/reference/dockerfile/#add---checksum"],
    triggers: &["ADD", "add"],
    check,
};

fn check(code: &Code<'_>, hits: &mut Hits) {
    if is_aside(code) {
        return;
    }
    // Checked by a command of the image that comes after it.
    let checked = |after: usize| {
        let rest = code.text.get(after..).unwrap_or("");
        [
            "sha256sum",
            "sha512sum",
            "sha1sum",
            "shasum",
            "Get-FileHash",
            "gpg --verify",
            "gpgv",
            "cosign verify",
        ]
        .iter()
        .any(|tool| rest.contains(tool))
    };
    for node in code.nodes(&["add_instruction"]) {
        if code.of(node).contains("--checksum") {
            continue;
        }
        let paths = below(node, &["path", "json_string"]);
        for path in paths.iter().take(paths.len().saturating_sub(1)) {
            let text = code.of(*path).trim_matches('"');
            let address = text.starts_with("http://") || text.starts_with("https://");
            let commit = text.rsplit_once('#').is_some_and(|(_, commit)| {
                commit.len() >= 40 && commit.bytes().take(40).all(|b| b.is_ascii_hexdigit())
            });
            if address && !commit && !checked(node.end_byte()) {
                hits.at(span(*path), "the download's content is not checked");
            }
        }
    }
}
