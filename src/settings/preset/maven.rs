//! Projects of Maven.

use super::{Preset, Proposal, tree::Tree};

/// `maven`
pub(super) static PRESET: Preset = Preset {
    name: "maven",
    what: "a Maven project",
    marks: &["pom.xml"],
    propose,
};

fn propose(tree: &Tree) -> Option<Proposal> {
    let maven = if tree.has("mvnw") { "./mvnw" } else { "mvn" };
    let globs: &[&str] = match tree.text("pom.xml")?.contains("<modules>") {
        true => &["**/target/*.jar", "**/target/*.war"],
        false => &["target/*.jar", "target/*.war"],
    };
    let why = "Maven fetches plugins and libraries in each build, for a build has a home folder of its own.";
    let proposal = Proposal::new(
        format!("{maven} --batch-mode --no-transfer-progress package -DskipTests"),
        globs,
    );
    Some(proposal.fetches(tree, why, &["MAVEN_ARGS", "MAVEN_OPTS", "JAVA_HOME"]))
}
