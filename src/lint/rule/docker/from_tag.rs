//! Base images that are taken by a tag.

use super::is_aside;
use crate::lint::{
    Code, Confidence, Hits, Language, Rule,
    code::{below, span},
};

/// The rule.
pub static RULE: Rule = Rule {
    id: "docker-from-tag",
    languages: &[Language::Dockerfile],
    cause: "toolchain-version",
    confidence: Confidence::High,
    what: "A base image is taken by a tag, which moves",
    why: "A tag is whatever the registry has on the day of the build: `debian:12` is another image each few weeks. A stage of the \
          same file and `scratch` do not matter.",
    fix: "FROM image:tag@sha256:… (docker buildx imagetools inspect image:tag shows the digest)",
    references: &["https://docs.docker.com/build/building/best-practices/#pin-base-image-versions"],
    triggers: &["FROM", "from"],
    check,
};

fn check(code: &Code<'_>, hits: &mut Hits) {
    if is_aside(code) {
        return;
    }
    let mut stages: Vec<String> = Vec::new();
    for node in code.nodes(&["from_instruction"]) {
        let image = below(node, &["image_spec"]).first().copied();
        if let Some(image) = image {
            let text = code.of(image);
            let is_stage = stages.iter().any(|stage| stage.eq_ignore_ascii_case(text));
            // A variable alone may hold a digest.
            let alone = text.starts_with('$') && !text.contains(['/', ':']);
            let default = text.starts_with("${") && text.ends_with('}');
            // A template's place for a name: `{version}`, `@VERSION@`.
            let template = text.replace("${", "").contains('{') || text.split('/').any(|part| part.starts_with('@'));
            let unknown = alone || default || template;
            if text != "scratch" && !is_stage && !unknown && !text.contains("@sha256:") && !text.contains("@$") {
                hits.at(span(image), format!("image `{text}` has no digest: the tag moves"));
            }
        }
        stages.extend(
            below(node, &["image_alias"])
                .into_iter()
                .map(|it| code.of(it).to_owned()),
        );
    }
}
