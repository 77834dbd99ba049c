//! Gradle archives with times and in the order of the disk.

use crate::lint::{
    Code, Confidence, Hits, Language, Rule,
    rule::{build_file, mask},
};

/// The rule.
pub static RULE: Rule = Rule {
    id: "gradle-archive",
    languages: &[Language::Gradle],
    cause: "archive-mtime",
    confidence: Confidence::Medium,
    what: "Gradle packs archives with the files' times and in the order of the disk",
    why: "Before Gradle 9, archive tasks keep the times of files and take them in the file system's order. Android's packages are \
          made by tasks of their own, and are not reported.",
    fix: "tasks.withType(AbstractArchiveTask).configureEach { preserveFileTimestamps = false; reproducibleFileOrder = true }",
    references: &["https://docs.gradle.org/current/userguide/working_with_files.html#sec:reproducible_archives"],
    triggers: &["plugin", "Jar", "Zip", "Tar"],
    check,
};

/// Plugins that bring tasks that pack archives.
const PACKS: &[&str] = &[
    "application",
    "distribution",
    "ear",
    "groovy",
    "java",
    "java-gradle-plugin",
    "java-library",
    "java-library-distribution",
    "scala",
    "war",
];

/// Where a build file asks for a plugin that packs, if it does.
fn packs(code: &Code<'_>, masked: &str) -> Option<std::ops::Range<usize>> {
    let (mut start, block) = (0, masked.contains("plugins {"));
    for line in code.text.split_inclusive('\n') {
        let here = start;
        start += line.len();
        // Strings are blanked in the masked text: the call must be code, the plugin's name is read from the file.
        let live = masked.get(here..start).unwrap_or("");
        let asks = live.contains("apply plugin")
            || live.trim_start().starts_with("id ")
            || live.contains(" id ")
            || live.contains("id(")
            || live.contains("apply(plugin");
        let bare = live.trim();
        let alone = block
            && PACKS
                .iter()
                .any(|plugin| bare == format!("`{plugin}`") || (bare == *plugin && *plugin != "groovy"));
        let quoted = |plugin: &str| {
            ['"', '\''].iter().any(|quote| {
                line.find(&format!("{quote}{plugin}{quote}"))
                    .is_some_and(|at| live.get(at..).is_some_and(|live| live.starts_with(*quote)))
            })
        };
        let named = PACKS.iter().any(|plugin| quoted(plugin));
        // `apply false` only puts the plugin on the path.
        if ((asks && named) || alone) && !live.contains("apply false") {
            let trimmed = line.trim();
            let at = here + (line.len() - line.trim_start().len());
            return Some(at..at + trimmed.len());
        }
    }
    None
}

fn check(code: &Code<'_>, hits: &mut Hits) {
    let android = ["com.android.", "AndroidManifest", "android {"]
        .iter()
        .any(|word| code.text.contains(word));
    if android || build_file::is_test_path(code.path) || code.path.split('/').any(|part| part == "buildSrc") {
        return;
    }
    let masked = mask::code(&code.text, &mask::GROOVY);
    if masked.contains("reproducibleFileOrder") || masked.contains("ReproducibleFileOrder") {
        return;
    }
    if let Some(place) = packs(code, &masked) {
        hits.at(place, "archives keep the times of files and the order of the disk");
    }
}
