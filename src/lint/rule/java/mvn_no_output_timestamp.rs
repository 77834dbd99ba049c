//! Maven archives with the time of the build in their entries.

use super::xml;
use crate::lint::{Code, Confidence, Hits, Language, Rule, code::span, rule::build_file};

/// The rule.
pub static RULE: Rule = Rule {
    id: "mvn-no-output-timestamp",
    languages: &[Language::Maven],
    cause: "archive-mtime",
    confidence: Confidence::High,
    what: "A Maven project does not set project.build.outputTimestamp",
    why: "Without it, Maven's plugins put the time of the build into the entries of each archive, and skip their other measures for \
          reproducible output. A module inherits the property from its parent, and is not reported.",
    fix: "<project.build.outputTimestamp>2024-01-01T00:00:00Z</project.build.outputTimestamp> in <properties>",
    references: &["https://maven.apache.org/guides/mini/guide-reproducible-builds.html"],
    triggers: &["<project"],
    check,
};

fn check(code: &Code<'_>, hits: &mut Hits) {
    // A descriptor of another name is published beside what something else has built.
    if code.file_name() != "pom.xml"
        || build_file::is_test_path(code.path)
        || code.path.starts_with("debian/")
        || code
            .path
            .split('/')
            .any(|part| part == "it" || part == "archetype-resources")
    {
        return;
    }
    let Some(root) = xml::root(code).filter(|root| xml::name(code, *root) == "project") else {
        return;
    };
    let parts = xml::children(root);
    let has = |name: &str| parts.iter().any(|it| xml::name(code, *it) == name);
    let set = parts
        .iter()
        .filter(|it| xml::name(code, **it) == "properties")
        .flat_map(|it| xml::children(*it))
        .any(|it| xml::name(code, it) == "project.build.outputTimestamp");
    // Plugins may also be given the time one by one.
    let is_pom = parts
        .iter()
        .any(|it| xml::name(code, *it) == "packaging" && code.of(*it).contains(">pom<"));
    // A list of versions makes no archive.
    let makes_nothing = is_pom && !code.text.contains("<module>") && !has("build");
    if has("parent") || makes_nothing || set || code.text.contains("<outputTimestamp>") {
        return;
    }
    if let Some(tag) = xml::tag(root) {
        let first = span(tag);
        let end = code
            .of(tag)
            .find(char::is_whitespace)
            .map_or(first.end, |at| first.start + at);
        hits.at(
            first.start..end,
            "archives get the time of the build: project.build.outputTimestamp is not set",
        );
    }
}
