//! Container builds that know no SOURCE_DATE_EPOCH.

use super::{is_aside, run};
use crate::lint::{Code, Confidence, Hits, Language, Rule, code::span};

/// The rule.
pub static RULE: Rule = Rule {
    id: "docker-no-sde",
    languages: &[Language::Dockerfile, Language::Shell],
    cause: "oci-created",
    confidence: Confidence::Low,
    what: "An image is built, or stamped, with the time of the build",
    why: "The image's and its layers' times are the build's, unless SOURCE_DATE_EPOCH is passed and layers are rewritten. A build \
          whose image is only run does not matter.",
    fix: "docker buildx build --build-arg SOURCE_DATE_EPOCH=… --output type=oci,rewrite-timestamp=true",
    references: &["https://github.com/moby/buildkit/blob/master/docs/build-repro.md"],
    triggers: &["date", "build", "bud"],
    check,
};

/// Whether words build an image.
fn builds(words: &[&str]) -> bool {
    matches!(
        words,
        ["docker" | "podman", "build", ..]
            | ["docker", "buildx", "build", ..]
            | ["docker", "image", "build", ..]
            | ["buildah", "bud" | "build", ..]
    )
}

fn check(code: &Code<'_>, hits: &mut Hits) {
    if is_aside(code) || code.text.contains("SOURCE_DATE_EPOCH") || code.text.contains("rewrite-timestamp") {
        return;
    }
    if code.language == Language::Shell {
        for node in code.nodes(&["command"]) {
            let words: Vec<&str> = code.of(node).split_whitespace().collect();
            if builds(&words) {
                hits.at(span(node), "the image gets the time of the build");
            }
        }
        return;
    }
    for node in code.nodes(&["run_instruction"]) {
        let Some(rest) = code.of(node).get(3..) else { continue };
        for words in run::commands(rest, node.start_byte() + 3) {
            let (Some((first, tool)), Some((last, _))) = (words.first(), words.last()) else {
                continue;
            };
            let into_file = words
                .iter()
                .any(|(_, word)| word.starts_with('>') && !word.starts_with(">/dev/null"));
            let fixed = words
                .iter()
                .any(|(_, word)| word.starts_with("-r") || word.starts_with("-d") || word.starts_with("--date"));
            if tool == "date" && into_file && !fixed {
                hits.at(first.start..last.end, "the time of the build is written into the image");
            }
        }
    }
}
