//! Base images that are taken by a tag.

use super::{super::limit::MOST, is_aside};
use crate::lint::{
    Code, Confidence, Hits, Language, Rule,
    code::{below, span},
};

/// The rule.
pub static RULE: Rule = Rule {
    id: "docker-from-tag",
    languages: &[Language::Dockerfile],
    cause: "toolchain-version",
    confidence: Confidence::Medium,
    what: "A base image is taken by a tag, which moves",
    why: "A tag is whatever the registry has on the day of the build: `debian:12` is another image each few weeks. A stage of the \
          same file and `scratch` do not matter.",
    fix: "FROM image:tag@sha256:… (docker buildx imagetools inspect image:tag shows the digest)",
    references: &["https://docs.docker.com/build/building/best-practices/#pin-base-image-versions"],
    triggers: &["FROM", "from"],
    check,
};

/// Whether a variable of the name brings a digest: `ARG VERSION=12@sha256:…`.
fn digest_by_default(code: &Code<'_>, text: &str) -> bool {
    text.split('$').skip(1).any(|part| {
        let name: String = part
            .trim_start_matches('{')
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect();
        code.text
            .lines()
            .filter_map(|line| {
                line.trim_start()
                    .strip_prefix("ARG ")?
                    .trim_start()
                    .strip_prefix(name.as_str())
            })
            .any(|value| value.starts_with('=') && value.contains("sha256:"))
    })
}

fn check(code: &Code<'_>, hits: &mut Hits) {
    if is_aside(code) {
        return;
    }
    let mut stages: Vec<String> = Vec::new();
    for node in code.nodes(&["from_instruction"]).into_iter().take(MOST) {
        let image = below(node, &["image_spec"]).first().copied();
        if let Some(image) = image {
            let text = code.of(image);
            let is_stage = stages.iter().any(|stage| stage.eq_ignore_ascii_case(text));
            // A variable alone may hold a digest.
            // `FROM build-${VARIANT}` names one of the stages above.
            let one_of_stages = text
                .split_once('$')
                .is_some_and(|(start, _)| !start.is_empty() && stages.iter().any(|stage| stage.starts_with(start)));
            let alone = text.starts_with('$') && !text.contains(['/', ':']);
            let default = text.starts_with("${") && text.ends_with('}');
            // A template's place for a name: `{version}`, `@VERSION@`.
            let name = text.chars().all(|c| c.is_ascii_uppercase() || c == '_');
            let template =
                name || text.replace("${", "").contains('{') || text.split('/').any(|part| part.starts_with('@'));
            let unknown = one_of_stages || alone || default || template || digest_by_default(code, text);
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
