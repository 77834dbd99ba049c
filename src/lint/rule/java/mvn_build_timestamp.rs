//! The time, or the user, of the build in what Maven makes.

use super::xml;
use crate::lint::{
    Code, Confidence, Hits, Language, Rule,
    rule::{build_file, limit},
};
use tree_sitter::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "mvn-build-timestamp",
    languages: &[Language::Maven],
    cause: "embedded-timestamp",
    confidence: Confidence::High,
    what: "A Maven project writes the time of the build, or the user who builds, into its output",
    why: "${maven.build.timestamp} is the clock's, ${timestamp} of buildnumber-maven-plugin too, and ${user.name} is another one's \
          elsewhere. The format of the timestamp, and profiles that are chosen by the system, do not matter.",
    fix: "leave it out, or use ${project.build.outputTimestamp}",
    references: &["https://maven.apache.org/guides/mini/guide-reproducible-builds.html"],
    triggers: &["maven.build.timestamp", "user.name", "buildnumber-maven-plugin"],
    check,
};

/// Elements that say what goes into a manifest.
const MANIFEST: &[&str] = &["archive", "manifest", "manifestEntries", "manifestSection"];

/// Whether a node lies in an element of one of these names.
fn within(code: &Code<'_>, node: Node<'_>, names: &[&str]) -> bool {
    let mut at = node;
    while let Some(element) = xml::parent(at) {
        if names.contains(&xml::name(code, element)) {
            return true;
        }
        at = element;
    }
    false
}

fn check(code: &Code<'_>, hits: &mut Hits) {
    if build_file::is_test_path(code.path) {
        return;
    }
    let told = |hits: &mut Hits, word: &str, what: &str, only_manifest: bool| {
        for (node, at) in xml::holding(code, word).into_iter().take(limit::MOST) {
            // What is printed or only names a log file is no output.
            let aside = within(
                code,
                node,
                &[
                    "echo",
                    "argLine",
                    "systemPropertyVariables",
                    "reporting",
                    "systemProperties",
                ],
            );
            if !aside && (!only_manifest || within(code, node, MANIFEST)) {
                hits.at(at..at + word.len(), format!("`{word}` is {what}"));
            }
        }
    };
    told(hits, "${maven.build.timestamp}", "the time of the build", false);
    told(hits, "${user.name}", "whoever builds", true);
    if xml::holding(code, "buildnumber-maven-plugin")
        .iter()
        .any(|(node, _)| node.kind() == "CharData")
    {
        told(hits, "${timestamp}", "the time of the build", false);
        // Made for files that are filled in elsewhere.
        if code.text.contains("<filtering>true</filtering>") || code.text.contains("timestampPropertyName") {
            told(
                hits,
                "create-timestamp",
                "a goal that takes the time of the build",
                false,
            );
        }
    }
    hits.0.sort_by_key(|hit| hit.span.start);
}
