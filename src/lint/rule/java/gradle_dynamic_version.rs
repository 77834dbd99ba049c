//! Versions of libraries that are chosen on the day of the build.

use crate::lint::{
    Code, Confidence, Hits, Language, Rule,
    rule::{build_file, mask},
};
use regex::Regex;
use std::sync::LazyLock;

/// The rule.
pub static RULE: Rule = Rule {
    id: "gradle-dynamic-version",
    languages: &[Language::Gradle],
    cause: "dependency-drift",
    confidence: Confidence::Medium,
    what: "Gradle chooses a dependency's version on the day of the build",
    why: "`1.+` and `latest.release` are what the repository has that day. With dependency locking they do not matter.",
    fix: "a whole version, or dependency locking (gradle.lockfile)",
    references: &["https://docs.gradle.org/current/userguide/dependency_locking.html"],
    triggers: &["+", "latest."],
    check,
};

/// `'group:name:1.+'`, `"group:name:latest.release"`.
static DYNAMIC: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"['"][\w.-]+:[\w.-]+:([\w.-]*\+|latest\.(?:release|integration))(?::[\w-]+)?(?:@\w+)?['"]"#).ok()
});

fn check(code: &Code<'_>, hits: &mut Hits) {
    let Some(dynamic) = DYNAMIC.as_ref() else { return };
    let locked = code.text.contains("dependencyLocking") || code.sibling("gradle.lockfile");
    if locked || build_file::is_test_path(code.path) {
        return;
    }
    let masked = mask::code(&code.text, &mask::GROOVY);
    for found in dynamic.captures_iter(&code.text) {
        let (Some(whole), Some(version)) = (found.get(0), found.get(1)) else {
            continue;
        };
        // In a comment the quotes are blank, too.
        let live = masked
            .as_bytes()
            .get(whole.start())
            .is_some_and(|quote| matches!(quote, b'"' | b'\''));
        if live {
            hits.at(
                whole.range(),
                format!("`{}` is whatever the repository has that day", version.as_str()),
            );
        }
    }
}
