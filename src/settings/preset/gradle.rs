//! Projects of Gradle.

use super::{Preset, Proposal, tree::Tree};

/// `gradle`
pub(super) static PRESET: Preset = Preset {
    name: "gradle",
    what: "a Gradle project",
    marks: &[
        "build.gradle",
        "build.gradle.kts",
        "settings.gradle",
        "settings.gradle.kts",
    ],
    propose,
};

fn propose(tree: &Tree) -> Option<Proposal> {
    let gradle = if tree.has("gradlew") { "./gradlew" } else { "gradle" };
    let globs = ["**/build/libs/*.jar", "**/build/libs/*.war", "**/build/distributions/*"];
    let why = "Gradle fetches plugins and libraries in each build, for a build has a home folder of its own.";
    let proposal = Proposal::new(format!("{gradle} --no-daemon assemble"), &globs);
    Some(proposal.fetches(tree, why, &["JAVA_HOME", "GRADLE_OPTS"]))
}
